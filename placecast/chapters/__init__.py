"""Chapters as listeners' apps read them: the Podcasting 2.0 file, and a list of times in the show notes.

The third form, the chapters inside the audio file, is written by `tags` from the same facts. Reading what others have
written is the business of `listed` and `sidecars`, finding them in a transcript that of `proposing`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import escape, unescape
from typing import Any

from placecast.addresses import is_web
from placecast.chapters.listed import from_notes, lines_with_times, may_list
from placecast.chapters.placing import astray
from placecast.chapters.sidecars import parse, placed
from placecast.chapters.titles import LIMIT, one_line
from placecast.fingerprint import sha256, short
from placecast.model import Audio, Chapter, Episode, Image, Place, Release, Show
from placecast.timecode import exact_clock

__all__ = [
    "LIMIT",
    "MOST",
    "TYPE",
    "astray",
    "behind",
    "contradicted",
    "fingerprint",
    "from_notes",
    "in_notes",
    "in_order",
    "lines",
    "may_list",
    "one_line",
    "parse",
    "placed",
    "render",
    "spans",
    "usable",
]

TYPE = "application/json+chapters"
MOST = 255  # a table of contents counts in one byte (ID3v2 Chapter Frame Addendum, section 3.2)
_VERSION = "1.2.0"  # of the format, not of ours
_BEHIND = (
    "the published file has other chapters than the feed; `placecast publish {slug} --redo tag` brings "
    "them, at a new address, and apps download the episode again"
)
_LINE_END = re.compile(r"<br\s*/?>|</(?:p|li|h\d|tr|blockquote)>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


def render(show: Show, release: Release) -> bytes:
    """The episode's chapters.json: the Podcasting 2.0 JSON chapters format, version 1.2."""
    episode = release.episode
    document: dict[str, Any] = {
        "version": _VERSION,
        "title": episode.title,
        "podcastName": show.title,
        "author": show.author,
        "fileName": release.audio.name,
        **({"waypoints": True} if episode.waypoints else {}),
        "chapters": [_entry(chapter, show) for chapter in in_order(episode.chapters)],
    }
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    # Half of a surrogate pair has no UTF-8 form; the feed leaves it out as well.
    return text.encode("utf-8", errors="ignore")


def in_order(chapters: Sequence[Chapter]) -> list[Chapter]:
    """Chapters by the time they start: the format wants them ascending."""
    return sorted(chapters, key=lambda chapter: chapter.seconds)


def spans(chapters: Sequence[Chapter], seconds: float) -> Iterator[tuple[Chapter, float]]:
    """Each chapter, in order, and when it ends: as it says, or with the start of the next one or the end of the sound.

    A hidden one does not end the chapter in which it lies.
    """
    ordered = in_order(chapters)
    for number, chapter in enumerate(ordered):
        after = (each.seconds for each in ordered[number + 1 :] if chapter.hidden or not each.hidden)
        yield chapter, seconds if (end := chapter.end or next(after, None)) is None else min(end, seconds)


def usable(chapters: Sequence[Chapter]) -> tuple[Chapter, ...]:
    """Chapters from elsewhere as episode.md may have them: titled, in order, each with a start of its own."""
    tidied = (_tidied(each) for each in in_order(chapters) if each.seconds >= 0)
    starts = {each.seconds: each for each in reversed([each for each in tidied if each.title or each.hidden])}
    return tuple(reversed(starts.values()))


def lines(chapters: Sequence[Chapter]) -> list[str]:
    """A line for each chapter that is listed, as a person or `parse` reads it: its time and its title."""
    return [f"{exact_clock(each.seconds)} {each.title}" for each in in_order(chapters) if not each.hidden]


def in_notes(chapters: Sequence[Chapter], notes_html: str) -> str:
    """The list of times to put below these show notes; empty when the notes list every time already.

    Apple, Spotify and YouTube make chapters of it where they do not read the chapters file.
    """
    shown = [chapter for chapter in in_order(chapters) if not chapter.hidden]
    there = {int(chapter.seconds) for chapter in lines_with_times(_lines(notes_html))}
    if {int(chapter.seconds) for chapter in shown} <= there:
        return ""
    items = "".join(f"<li>{_hours(chapter)} {escape(chapter.title)}</li>" for chapter in shown)
    return f"<ul>{items}</ul>"


def contradicted(chapters: Sequence[Chapter], notes_html: str) -> bool:
    """Whether the notes have a list of times that is not that of the chapters: apps would show one or the other."""
    told = [int(chapter.seconds) for chapter in from_notes(_lines(notes_html))]
    return bool(told) and told != [int(chapter.seconds) for chapter in in_order(chapters) if not chapter.hidden]


def fingerprint(chapters: Sequence[Chapter]) -> str:
    """What the tag says of these chapters, as a name to compare."""
    return short(sha256(json.dumps([_tagged(each) for each in in_order(chapters)]).encode()))


def behind(episode: Episode, audio: Audio | None) -> str:
    """What to tell the producer when the published file has other chapters than the feed; "" when it has the same.

    Published audio is not made again because a chapter was corrected, so this is nothing that a run mends by itself.
    """
    if audio is None or audio.chapters in (None, fingerprint(episode.chapters)):
        return ""
    return _BEHIND.format(slug=episode.slug)


def _tidied(chapter: Chapter) -> Chapter:
    seconds, end = round(chapter.seconds, 3), chapter.end
    return replace(
        chapter,
        seconds=seconds,
        title=one_line(one_line(chapter.title)[:LIMIT]),
        url=chapter.url if is_web(chapter.url) else None,
        image=chapter.image if not isinstance(chapter.image, str) or is_web(chapter.image) else None,
        end=round(end, 3) if end and round(end, 3) > seconds else None,
    )


def _tagged(chapter: Chapter) -> list[object]:
    """What the tag has of a chapter."""
    times = [None if time is None else round(time * 1000) for time in (chapter.seconds, chapter.end)]
    picture = chapter.image.name if isinstance(chapter.image, Image) else None
    return [*times, chapter.title, chapter.url, picture, chapter.hidden]


def _entry(chapter: Chapter, show: Show) -> dict[str, Any]:
    entry = {
        "startTime": _time(chapter.seconds),
        "title": chapter.title or None,
        "img": show.at(chapter.image.path) if isinstance(chapter.image, Image) else chapter.image,
        "url": chapter.url,
        "toc": False if chapter.hidden else None,
        "endTime": None if chapter.end is None else _time(chapter.end),
        "location": _location(chapter.place),
    }
    return {key: value for key, value in entry.items() if value is not None}


def _location(place: Place | None) -> dict[str, str] | None:
    """The place, if it has what the format asks for: a name and a geo address."""
    if place is None or not place.geo:
        return None
    return {"name": place.name, "geo": place.geo, **({"osm": place.osm} if place.osm else {})}


def _time(seconds: float) -> float:
    rounded = round(seconds, 3)
    return int(rounded) if rounded == int(rounded) else rounded


def _hours(chapter: Chapter) -> str:
    # Apple recognises a list of chapters by its first time, 00:00:00.
    minutes, seconds = divmod(int(chapter.seconds), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"


def _lines(html: str) -> str:
    return unescape(_TAG.sub("", _LINE_END.sub("\n", html)))
