"""Chapters as a list of times in show notes, read as Apple reads it: from 0:00 on, ascending, three or more."""

from __future__ import annotations

import re
from collections.abc import Iterator

from placecast.chapters.titles import one_line
from placecast.model import Chapter
from placecast.timecode import parse_clock

_FEWEST = 3  # Apple, support article 5482
_TIME = r"(?:\d{1,3}:)?\d{1,2}:\d\d"
_LINE = re.compile(
    rf"\s*(?:[-–—*+•·]\s+|\d+[.)]\s+)?"  # a list's mark
    rf"[(\[]?(?P<start>{_TIME})(?:\s*[-–—]\s*{_TIME})?[)\]]?"  # some say when it ends
    rf"(?:\s+[-–—|:]\s+|\s*[-–—|:]\s+|\s+)(?P<title>\S.{{0,254}})",
    re.ASCII,
)
_MAYBE = re.compile(r"(?<![\d:])\d{1,3}:\d\d(?!\d)", re.ASCII)


def from_notes(text: str) -> tuple[Chapter, ...]:
    """The chapters that the lines of show notes list; none when it is no such list."""
    found: list[Chapter] = []
    for chapter in lines_with_times(text):
        if found and chapter.seconds <= found[-1].seconds:
            break
        if found or chapter.seconds == 0:
            found.append(chapter)
    return tuple(found) if len(found) >= _FEWEST else ()


def may_list(markdown: str) -> bool:
    """Whether notes can have such a list: asked of every episode, so it must cost nothing."""
    return len(_MAYBE.findall(markdown)) >= _FEWEST


def lines_with_times(text: str) -> Iterator[Chapter]:
    """Each line that begins with a time, as a chapter."""
    for line in text.splitlines():
        match = _LINE.fullmatch(line.rstrip())
        if match and (seconds := _seconds(match["start"])) is not None:
            yield Chapter(seconds=seconds, title=one_line(match["title"]))


def _seconds(text: str) -> float | None:
    try:
        return parse_clock(text)
    except ValueError:
        return None
