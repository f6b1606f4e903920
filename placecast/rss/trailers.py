"""`podcast:trailer`: the channel names the episodes that are trailers, so that apps can offer one before all others.

Nobody says twice that an episode is a trailer: its item's `itunes:episodeType` does, whoever has published it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import NamedTuple

from placecast.model import Elsewhere, Release, Show
from placecast.rss import document
from placecast.rss.extensions import Tag, tag
from placecast.rss.text import NAME_LIMIT, cut, legal


class _Sound(NamedTuple):
    url: str
    length: str
    type: str


def trailer_tags(show: Show, listed: Iterable[Release | Elsewhere]) -> Iterator[Tag]:
    """A tag for each trailer among these episodes, in their order."""
    for each in listed:
        if isinstance(each, Release) and each.episode.kind == "trailer":
            title, season = each.episode.title or each.episode.slug, each.episode.season
            sound = _Sound(show.at(each.audio.path), str(each.audio.bytes), each.audio.type)
            yield _trailer(title, season, each.published, sound)
        elif isinstance(each, Elsewhere) and each.kind == "trailer" and each.published != document.UNDATED:
            yield from (_trailer(each.title, each.season, each.published, sound) for sound in _sound(each))


def _trailer(title: str, season: int | None, published: datetime, sound: _Sound) -> Tag:
    return tag(
        "trailer",
        cut(legal(title), NAME_LIMIT),
        pubdate=format_datetime(published.astimezone(UTC)),
        url=legal(sound.url),
        length=legal(sound.length),
        type=legal(sound.type),
        season=str(season) if season else None,
    )


def _sound(told: Elsewhere) -> Iterator[_Sound]:
    enclosure = document.element(told.item).find("enclosure")
    if enclosure is not None and enclosure.get("url"):
        yield _Sound(enclosure.get("url"), enclosure.get("length", ""), enclosure.get("type", ""))
