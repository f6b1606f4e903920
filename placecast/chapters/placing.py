"""Chapters that lie where nothing begins: their times belong to a recording that has been replaced."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from placecast.chapters.titles import one_line
from placecast.model import Chapter, Cue
from placecast.timecode import clock

_NEAR = 2.0  # seconds: people set chapters by ear, to the whole second
_SHOWN = 40  # characters of a sentence


def astray(chapters: Sequence[Chapter], cues: Sequence[Cue], seconds: float) -> Iterator[str]:
    """What to say of each chapter that lies past the end of the sound, or in the middle of what somebody says."""
    for chapter in chapters:
        name = f"the chapter “{chapter.title}” at {clock(chapter.seconds)}"
        if chapter.seconds >= seconds:
            yield f"{name} lies past the end, {clock(seconds)}"
        elif inside := _interrupted(chapter.seconds, cues):
            yield f"{name} begins in the middle of “{one_line(inside.text)[:_SHOWN]}”"


def _interrupted(moment: float, cues: Sequence[Cue]) -> Cue | None:
    """The sentence that is being said at this moment, unless one begins or ends near it."""
    if any(abs(time - moment) <= _NEAR for cue in cues for time in (cue.start, cue.end)):
        return None
    return next((cue for cue in cues if cue.start < moment < cue.end), None)
