"""What listeners have been given stays: the published feed, beside the one that would follow it.

Puts the facts of a show into the form in which `changed` compares feeds, and what it finds into words for producers.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from placecast import changed, files, rss
from placecast.changed import NOTHING, Difference, Listed, Listing, Told
from placecast.errors import FactsError, Fault
from placecast.model import Episode, Show
from placecast.plan import FEED
from placecast.project import Project
from placecast.root import SHOW_FILE

_TOLD = "told.json"


def promised(show: Show, feed: bytes, keys: Collection[str] | None = None) -> Listing:
    """What the published feed has promised. `keys`: what the target holds; sound that is gone is no promise any more.

    Without them, all that it names is taken to be there.
    """
    listing = rss.listing(feed)
    if keys is None:
        return listing
    lost = {guid for guid, key in rss.named(show, feed).episodes.items() if key not in keys}
    episodes = tuple(replace(each, sound="") if each.guid in lost else each for each in listing.episodes)
    return replace(listing, episodes=episodes)


def intended(show: Show, episodes: Sequence[Episode], before: Listing, now: datetime) -> Listing:
    """What the next feed will list, by the facts alone: sound is left as it is, and so are others' episodes.

    When the whole show gets another address, its sound moves with it.
    """
    known = {each.guid: each for each in before.episodes}
    shown = [each for each in episodes if each.published and each.published <= now and not each.withdrawn]
    ours = {each.guid for each in shown}
    listed = [_listed(show, each, known.get(each.guid)) for each in shown]
    others = [each for each in before.episodes if each.guid not in ours]
    moved = tuple(_moved(each, before.address.removesuffix(FEED), show.url) for each in (*listed, *others))
    return Listing(address=show.feed_url, guid=show.guid, episodes=moved)


def without(listing: Listing, guids: Collection[str]) -> Listing:
    """The listing without the episodes that are meant to go."""
    return replace(listing, episodes=tuple(each for each in listing.episodes if each.guid not in guids))


def require(
    project: Project, episodes: Sequence[Episode], before: Listing, after: Listing, told: Told = NOTHING
) -> None:
    """FactsError with all that would change for listeners, unless the producer has said that it may."""
    slugs = {each.guid: each.slug for each in episodes}
    found = [each for each in changed.differences(before, after) if not _allowed(each, slugs, told)]
    if found:
        raise FactsError([fault(project, each, episodes) for each in found])


def fault(project: Project, difference: Difference, episodes: Sequence[Episode]) -> Fault:
    """The difference as a fault in the file that makes it."""
    words, episode = changed.WORDS[difference.code], _episode(difference, episodes)
    facts = {"was": difference.was, "now": difference.now, "slug": episode.slug if episode else difference.guid}
    file = project.shown(episode.file) if episode else "feed.xml" if difference.guid else SHOW_FILE
    return Fault(file=file, key=words.key, what=words.what.format(**facts), cure=words.cure.format(**facts))


def remember(project: Project, slugs: Iterable[str]) -> None:
    """Keep in mind that these get new sound, until it is out: a run that dies is run again without being told again."""
    if known := sorted({*slugs, *recalled(project)}):
        files.write(project.cache / _TOLD, json.dumps(known).encode())


def recalled(project: Project) -> frozenset[str]:
    """The slugs of episodes of which an earlier run was told that they get new sound, and did not come to its end."""
    try:
        return frozenset(map(str, json.loads((project.cache / _TOLD).read_bytes())))
    except (FileNotFoundError, ValueError, TypeError):
        return frozenset()


def forget(project: Project) -> None:
    """All that was told is done."""
    (project.cache / _TOLD).unlink(missing_ok=True)


def _episode(difference: Difference, episodes: Sequence[Episode]) -> Episode | None:
    guid = difference.now if difference.code == "published.guid" else difference.guid
    return next((each for each in episodes if guid and each.guid == guid), None)


def _allowed(difference: Difference, slugs: Mapping[str, str], told: Told) -> bool:
    if difference.code == "published.enclosure":
        return told.allows_sound(slugs.get(difference.guid, ""))
    return told.everything


def _moved(listed: Listed, old: str, new: str) -> Listed:
    inside = old and listed.sound.startswith(old)
    return replace(listed, sound=new + listed.sound.removeprefix(old)) if inside else listed


def _listed(show: Show, episode: Episode, before: Listed | None) -> Listed:
    as_it_was = before or Listed(guid=episode.guid)
    page = show.page(episode.folder)
    return replace(as_it_was, title=episode.title, published=episode.published, page=page)
