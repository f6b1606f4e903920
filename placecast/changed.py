"""What a new feed takes from listeners that the published one has given them: guids, dates and sound.

Apps know an episode by its guid, sort it by its date, and have downloaded its sound. A feed in which one of these
changes shows episodes twice, or has every listener download them again (AntennaPod issue 3275, gpodder issue 1407).
Decides by what two feeds say; who may allow a change is in `Told`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Code = Literal[
    "published.address",
    "published.podcast-guid",
    "published.guid",
    "published.date",
    "published.enclosure",
    "published.dropped",
]


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the producer has said may change for listeners."""

    everything: bool = False
    sound: frozenset[str] = frozenset()  # slugs of episodes that get new sound

    def allows_sound(self, slug: str) -> bool:
        return self.everything or slug in self.sound


NOTHING = Told()


@dataclass(frozen=True, kw_only=True)
class Listed:
    """An episode as a feed lists it. `sound` and `page` are addresses; "" where the feed names none.

    `form`: the bytes and the media type that are promised of the sound, as the feed writes them.
    """

    guid: str
    title: str = ""
    published: datetime | None = None  # aware
    sound: str = ""
    form: tuple[str, str] = ("", "")
    page: str = ""


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What apps remember of a feed: its own address, the show's guid, the episodes."""

    address: str = ""
    guid: str = ""
    episodes: tuple[Listed, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing that listeners' apps would take for something else. `guid`: the published one; "" of the show."""

    code: Code
    was: str
    now: str
    guid: str = ""
    title: str = ""


def differences(before: Listing, after: Listing) -> tuple[Difference, ...]:
    """All that is taken away or otherwise in the newer feed. What is new in it is no difference."""
    show, episodes = _of_show(before, after), _of_episodes(before, after)
    return (*show, *episodes)


def _of_show(before: Listing, after: Listing) -> Iterator[Difference]:
    if before.address and after.address and before.address != after.address:
        yield Difference(code="published.address", was=before.address, now=after.address)
    if before.guid and before.guid != after.guid:
        yield Difference(code="published.podcast-guid", was=before.guid, now=after.guid)


def _of_episodes(before: Listing, after: Listing) -> Iterator[Difference]:
    kept = {each.guid: each for each in after.episodes}
    renamed = dict(_renamed(before, after))
    for old in before.episodes:
        if new := renamed.get(old.guid):
            yield _difference("published.guid", old, old.guid, new)
        elif old.guid not in kept:
            yield _difference("published.dropped", old, old.title, "")
        else:
            yield from _of_episode(old, kept[old.guid], _base(before, after), _base(after, before))


def _of_episode(old: Listed, new: Listed, old_base: str, new_base: str) -> Iterator[Difference]:
    if old.published and _moment(old.published) != _moment(new.published):
        now = new.published.isoformat() if new.published else "no date"
        yield _difference("published.date", old, old.published.isoformat(), now)
    if old.sound and old.sound.removeprefix(old_base) != new.sound.removeprefix(new_base):
        yield _difference("published.enclosure", old, old.sound, new.sound)
    elif old.sound and old.form != new.form:
        yield _difference("published.enclosure", old, _formed(old), _formed(new))


def _renamed(before: Listing, after: Listing) -> Iterator[tuple[str, str]]:
    """The guids of published episodes whose page is now that of an episode that nobody knew."""
    known = {each.guid for each in before.episodes}
    pages = {_page(each, _base(after, before)): each.guid for each in after.episodes if each.guid not in known}
    for old in before.episodes:
        page = _page(old, _base(before, after))
        if page and page in pages:
            yield old.guid, pages[page]


def _base(listing: Listing, other: Listing) -> str:
    """The address that the show's own files begin with; when the whole show moves, its files move with it."""
    return (listing.address or other.address).removesuffix("feed.xml")


def _page(listed: Listed, base: str) -> str:
    """The episode's page within the show, with or without the name that some servers need at its end."""
    return listed.page.removeprefix(base).removesuffix("index.html")


def _moment(published: datetime | None) -> datetime | None:
    # A feed has no fractions of seconds. The same moment in another zone is no other date.
    return published.replace(microsecond=0) if published else None


def _formed(listed: Listed) -> str:
    length, kind = listed.form
    return f"{listed.sound} ({length or 'no'} bytes, {kind or 'of no type'})"


def _difference(code: Code, old: Listed, was: str, now: str) -> Difference:
    return Difference(code=code, was=was, now=now, guid=old.guid, title=old.title)


@dataclass(frozen=True, kw_only=True)
class Words:
    """How a kind of difference is told: in which key it lies, what it is, why it matters, and what to do."""

    key: str
    what: str
    why: str
    cure: str


_ALLOW = "If listeners are to notice it, run: placecast publish --allow-changes"

WORDS: Mapping[Code, Words] = {
    "published.address": Words(
        key="url",
        what="The published feed gives {was} as its address, this one {now}, and all of its files with it.",
        why="Apps that know the old address of an episode's sound may download it again (RSS 2.0, enclosure).",
        cure=f"Put the old address back. {_ALLOW}",
    ),
    "published.podcast-guid": Words(
        key="guid",
        what="The show was published with the guid {was}, now it is {now}.",
        why="Apps take a show with another guid for another show (podcast namespace, guid).",
        cure=f"Put the old guid back. {_ALLOW}",
    ),
    "published.guid": Words(
        key="guid",
        what="The episode was published with the guid {was}, now it is {now}.",
        why="Apps show an episode with another guid as a new one (Apple, A podcaster's guide to RSS; "
        "AntennaPod issue 3275).",
        cure=f"Put the old guid back, or give another episode a folder of another name. {_ALLOW}",
    ),
    "published.date": Words(
        key="published",
        what="The episode was published with the date {was}, now it is {now}.",
        why="Apps sort by the date, and some show the episode as a new one (PSP-1; RSS 2.0, pubDate).",
        cure=f"Put the old date back, with git pull if another clone has changed it. {_ALLOW}",
    ),
    "published.enclosure": Words(
        key="recording",
        what="Listeners have the sound {was}, now it is {now}.",
        why="Every listener's app would download the episode again (castget issue 67; "
        "this-american-life-archive issue 8).",
        cure="Put the old recording and audio.json back, with git pull if another clone has changed them. "
        "To give listeners new sound, run: placecast replace {slug} RECORDING, "
        "or: placecast publish {slug} --allow-changes",
    ),
    "published.dropped": Words(
        key="withdrawn",
        what="The episode {was!r} is in the published feed, and would not be in it any more.",
        why="Apps delete what a feed no longer names, or keep a dead link (gpodder issue 1407).",
        cure="Take the line `withdrawn` out, or run: placecast unpublish {slug}",
    ),
}
