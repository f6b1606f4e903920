"""What listeners have of a show, episode by episode, and what of it is other than this clone would have it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from placecast import chapters, looks, rss
from placecast.changed import Listed, Listing
from placecast.fingerprint import sha256
from placecast.lastseen import Seen
from placecast.model import Publication, Release, Show
from placecast.project import Project


@dataclass(frozen=True, kw_only=True)
class Heard:
    """The published feed: what apps remember of it, and by guid the episodes with the keys of their sound."""

    listing: Listing = field(default_factory=Listing)
    sound: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def episodes(self) -> Mapping[str, Listed]:
        return {each.guid: each for each in self.listing.episodes}


def heard(project: Project, show: Show, seen: Seen) -> Heard:
    """The published feed, as far as it is known; remembered, since a long one takes its time to read."""
    feed = seen.feed
    if feed is None:
        return Heard()
    about = [sha256(feed), show.url, looks.program()]
    kept = project.memory.found("heard", "feed", about, lambda: _read(show, feed))
    episodes = tuple(map(_listed, kept["episodes"]))
    return Heard(listing=Listing(address=kept["address"], guid=kept["guid"], episodes=episodes), sound=kept["sound"])


def _read(show: Show, feed: bytes) -> dict[str, Any]:
    """As JSON has it."""
    listing = rss.listing(feed)
    facts = [vars(each) | {"published": each.published and each.published.isoformat()} for each in listing.episodes]
    sound = dict(rss.named(show, feed).episodes)
    return {"address": listing.address, "guid": listing.guid, "episodes": facts, "sound": sound}


def _listed(facts: Mapping[str, Any]) -> Listed:
    at = facts["published"] and datetime.fromisoformat(facts["published"])
    return Listed(**{**facts, "published": at, "form": tuple(facts["form"])})


def changes(project: Project, publication: Publication, seen: Seen) -> Mapping[str, tuple[str, ...]]:
    """By slug (and `rss.SHOW`): what listeners have otherwise, in a word or two each. All of them are in the feed."""
    feed = seen.feed
    if feed is None:
        return {}
    base = [sha256(feed), sha256(repr(publication.show).encode()), looks.program()]
    keys = {each.episode.slug: [*base, *_about(project, each, seen)] for each in publication.releases}
    keys[rss.SHOW] = base
    known = {slug: project.memory.recall("changed", slug, key) for slug, key in keys.items()}
    fresh = [each for each in publication.releases if known[each.episode.slug] is None]
    if fresh or known[rss.SHOW] is None:
        found = _compared(project, replace(publication, releases=tuple(fresh), others=()), seen, feed)
        known |= found
        for slug, topics in found.items():
            project.memory.keep("changed", slug, keys[slug], topics)
    return {slug: tuple(topics) for slug, topics in known.items() if topics}


def _about(project: Project, release: Release, seen: Seen) -> list[str]:
    episode = release.episode
    there = [seen.digest(project, path) for path in (episode.transcript_path("vtt"), episode.chapters_path)]
    return [sha256(repr(release).encode()), *there]


def _compared(project: Project, publication: Publication, seen: Seen, feed: bytes) -> dict[str, list[str]]:
    theirs, ours = rss.topics(feed), rss.topics(rss.render(publication))
    found = {rss.SHOW: _differing(theirs[rss.SHOW], ours[rss.SHOW])}
    for release in publication.releases:
        guid, slug = release.episode.guid, release.episode.slug
        said = _differing(theirs.get(guid, {}), ours.get(guid, {}))
        # The chapters' file repeats the titles of the episode and of the show, which have been told of.
        titled = bool(found[rss.SHOW]) or "title" in said
        found[slug] = list(dict.fromkeys([*said, *_files(project, publication.show, release, seen, titled=titled)]))
    return found


def _differing(theirs: Mapping[str, str], ours: Mapping[str, str]) -> list[str]:
    return [topic for topic in {**ours, **theirs} if theirs.get(topic) != ours.get(topic)]


def _files(project: Project, show: Show, release: Release, seen: Seen, *, titled: bool) -> Sequence[str]:
    """The files beside the feed whose content is not what is there."""
    episode = release.episode
    ours = {"transcript": (episode.transcript_path("vtt"), release.said.sha256)}
    if episode.chapters and not titled:
        ours["chapters"] = (episode.chapters_path, sha256(chapters.render(show, release)))
    there = {topic: seen.digest(project, path) for topic, (path, _) in ours.items()}
    return [topic for topic, (_, digest) in ours.items() if there[topic] and there[topic] != digest]
