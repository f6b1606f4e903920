"""Whether a new feed says of each episode what the old one says: item by item, and of the show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from placecast.moving.facts import OldEpisode, OldFeed, OldShow, OldSound
from placecast.moving.nodes import one_line
from placecast.rss.text import cut
from placecast.timecode import clock

Length = Callable[[str], int | None]
"""How many bytes an old host sends for an address, where it can be asked."""

_SECONDS = 2.0  # apps show whole seconds, and hosts round in their own ways
_TYPES = {
    **dict.fromkeys(("audio/mp3", "audio/mpeg3", "audio/x-mp3", "audio/mpg", "audio/x-mpeg"), "audio/mpeg"),
    **dict.fromkeys(("audio/mp4", "audio/m4a", "audio/mp4a-latm", "video/x-m4v"), "audio/x-m4a"),
    **dict.fromkeys(("audio/opus", "application/ogg"), "audio/ogg"),
    "audio/x-aac": "audio/aac",
}

# The facts of a channel: what people call each, how it is read, and whether listeners or directories lose by it.
_SHOW: tuple[tuple[str, Callable[[OldShow], object], bool], ...] = (
    ("title", lambda show: cut(show.title), True),
    ("language", lambda show: show.language, True),
    ("author", lambda show: cut(show.author), True),
    ("owner's e-mail", lambda show: show.owner_email, True),
    ("categories", lambda show: ", ".join(show.categories), True),
    ("explicit", lambda show: show.explicit, True),
    ("type", lambda show: show.type, True),
    ("podcast:guid", lambda show: show.guid, True),
    ("description", lambda show: one_line(show.description), False),
    ("copyright", lambda show: show.copyright, False),
    ("license", lambda show: show.license, False),
)
_EPISODE: tuple[tuple[str, Callable[[OldEpisode], object], bool], ...] = (
    ("title", lambda episode: cut(episode.title), True),
    ("date", lambda episode: _moment(episode.published), True),
    ("season", lambda episode: episode.season or "", True),
    ("number", lambda episode: episode.number or "", True),
    ("kind", lambda episode: episode.kind, True),
)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What the two feeds say differently. `about`: "" is the show. `grave`: listeners or directories lose by it."""

    what: str
    old: str
    new: str
    why: str = ""
    about: str = ""
    guid: str = ""
    grave: bool = True


def compare(old: OldFeed, new: OldFeed, length: Length = lambda _: None) -> tuple[Difference, ...]:
    """Every difference, those of the show first, then in the order of the old feed."""
    there = {episode.guid: episode for episode in new.episodes}
    known = {episode.guid for episode in old.episodes}
    return (
        *_differing(_SHOW, old.show, new.show),
        *(
            replace(each, about=episode.title, guid=episode.guid)
            for episode in old.episodes
            for each in _of_one(episode, there.get(episode.guid), old, new, length)
        ),
        *(_added(episode) for episode in new.episodes if episode.guid not in known),
        *_order(old, new),
    )


def _of_one(
    old: OldEpisode, new: OldEpisode | None, feed: OldFeed, other: OldFeed, length: Length
) -> Iterator[Difference]:
    if new is None:
        why = "Nobody who subscribes anew finds this episode, and its guid is unknown."
        yield Difference(what="episode", old="there", new="missing", why=why)
        return
    yield from _differing(_EPISODE, old, new)
    yield from _sound(old, new, length)
    explicit = [feed.show.explicit if old.explicit is None else old.explicit]
    explicit += [other.show.explicit if new.explicit is None else new.explicit]
    if explicit[0] != explicit[1]:
        yield Difference(what="explicit", old=str(explicit[0]), new=str(explicit[1]))
    if old.transcripts and not new.transcripts:
        told = ", ".join(sorted({each.type for each in old.transcripts}))
        yield Difference(what="transcripts", old=told, new="none")
    if (old.chapters or old.chapters_at) and not (new.chapters or new.chapters_at):
        yield Difference(what="chapters", old="there", new="none")
    yield from _missing("people", old.people, new.people or other.show.people)
    yield from _missing("places", old.places, new.places or other.show.places)


def _missing(what: str, old: Any, new: Any) -> Iterator[Difference]:
    names = {each.name for each in new}
    if gone := [each.name for each in old if each.name not in names]:
        yield Difference(what=what, old=", ".join(gone), new="not named", grave=False)


def _sound(old: OldEpisode, new: OldEpisode, length: Length) -> Iterator[Difference]:
    if old.sound is None or new.sound is None:  # an item without sound is none of the episodes
        return
    kinds = [_TYPES.get(each.type.partition(";")[0].strip(), each.type) for each in (old.sound, new.sound)]
    if kinds[0] != kinds[1]:
        yield Difference(what="enclosure type", old=old.sound.type, new=new.sound.type)
    same = old.sound.bytes == new.sound.bytes
    if not same:
        yield _other_length(old.sound, new.sound, length)
    if old.seconds and new.seconds and abs(old.seconds - new.seconds) > _SECONDS:
        why = "The file is as long as before, so the old feed was wrong." if same else ""
        yield Difference(what="duration", old=clock(old.seconds), new=clock(new.seconds), why=why, grave=not same)


def _other_length(old: OldSound, new: OldSound, length: Length) -> Difference:
    """Old feeds are often wrong about it: what counts is what the old host sends."""
    sent = length(old.address)
    if sent and sent == new.bytes:
        why = "The old host sends as many bytes as the new feed says; the old feed was wrong."
    else:
        why = f"The old host sends {sent:,} bytes." if sent else "The old host does not say how many bytes it sends."
    return Difference(
        what="enclosure length",
        old=f"{old.bytes:,}" if old.bytes else "not said",
        new=f"{new.bytes:,}" if new.bytes else "not said",
        why=why,
        grave=sent != new.bytes and not (old.bytes is None and sent is None),
    )


def _added(episode: OldEpisode) -> Difference:
    why = "Apps take it for a new episode."
    return Difference(what="episode", old="missing", new="there", why=why, about=episode.title, guid=episode.guid)


def _order(old: OldFeed, new: OldFeed) -> Iterator[Difference]:
    """Apps go by the dates, so only the order of those that share one is the feed's alone."""
    known = {episode.guid for episode in new.episodes}
    before = _by_date([episode for episode in old.episodes if episode.guid in known])
    kept = set(before)
    after = _by_date([episode for episode in new.episodes if episode.guid in kept])
    if before != after:
        first = next(pair for pair in zip(before, after, strict=True) if pair[0] != pair[1])
        why = "They have the same date, by which apps put episodes in order."
        yield Difference(what="order", old=first[0], new=first[1], why=why, grave=False)


def _by_date(episodes: list[OldEpisode]) -> list[str]:
    undated = datetime(1970, 1, 1, tzinfo=UTC)
    # Old feeds that have the oldest episode first are read by apps from their end.
    turned = len(episodes) > 1 and (episodes[0].published or undated) < (episodes[-1].published or undated)
    listed = episodes[::-1] if turned else episodes
    return [episode.guid for episode in sorted(listed, key=lambda each: each.published or undated, reverse=True)]


def _differing(
    table: tuple[tuple[str, Callable[[Any], object], bool], ...], old: Any, new: Any
) -> Iterator[Difference]:
    """What of a table differs. What the old feed does not say at all is nothing that could get lost."""
    for what, read, grave in table:
        before, after = str(read(old)), str(read(new))
        if before and before != after:
            yield Difference(what=what, old=before, new=after, grave=grave)


def _moment(published: datetime | None) -> str:
    return published.astimezone(UTC).isoformat() if published else ""
