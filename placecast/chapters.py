"""Chapters as listeners' apps read them: the Podcasting 2.0 file, and a list of times in the show notes.

The third form, the chapters inside the audio file, is written by `tags` from the same facts.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape

from placecast.model import Chapter, Episode
from placecast.timecode import clock, long_clock

TYPE = "application/json+chapters"
_VERSION = "1.2.0"  # of the format, not of ours


def render(episode: Episode) -> bytes:
    """The episode's chapters.json: the Podcasting 2.0 JSON chapters format, version 1.2."""
    document = {"version": _VERSION, "chapters": [_entry(chapter) for chapter in in_order(episode.chapters)]}
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    # Half of a surrogate pair has no UTF-8 form; the feed leaves it out as well.
    return text.encode("utf-8", errors="ignore")


def in_order(chapters: Sequence[Chapter]) -> list[Chapter]:
    """Chapters by the time they start: the format wants them ascending."""
    return sorted(chapters, key=lambda chapter: chapter.seconds)


def in_notes(chapters: Sequence[Chapter], notes_html: str) -> str:
    """The list of times to put below these show notes; empty when the notes name every time already.

    Apple, Spotify and YouTube make chapters of it where they do not read the chapters file.
    """
    if all(clock(chapter.seconds) in notes_html for chapter in chapters):
        return ""
    lines = "".join(f"<li>{_hours(chapter)} {escape(chapter.title)}</li>" for chapter in in_order(chapters))
    return f"<ul>{lines}</ul>"


def _entry(chapter: Chapter) -> dict[str, float | str]:
    entry: dict[str, float | str] = {"startTime": _start_time(chapter.seconds), "title": chapter.title}
    if chapter.url:
        entry["url"] = chapter.url
    return entry


def _start_time(seconds: float) -> float:
    rounded = round(seconds, 3)
    return int(rounded) if rounded == int(rounded) else rounded


def _hours(chapter: Chapter) -> str:
    # Apple recognises a list of chapters by its first time, 00:00:00.
    return long_clock(int(chapter.seconds)).partition(".")[0]
