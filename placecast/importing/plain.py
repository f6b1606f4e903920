"""Plain text: the turns of its speakers, and their times from what a machine heard."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby

from placecast import sentences
from placecast.alignment import normal, pairs, written
from placecast.errors import TranscriptError
from placecast.importing.speakers import prefixes
from placecast.model import Cue, Transcript, Word
from placecast.realign import timed, whole
from placecast.vtt import tidy

_ENOUGH = 0.5  # of the words, in runs of two or more, must have been heard: what two texts share by chance is less

_CLOCK = r"[\[(]?(?:\d{1,2}:)?\d{1,3}:\d\d(?:[.,]\d+)?[\])]?"
_TIME_FIRST = re.compile(rf"^\s*{_CLOCK}\s*(?:[-–—]\s+)?")
_NAME_AND_TIME = re.compile(rf"^\s*(?P<name>[^\W\d_][^:\[\](){{}}]{{0,60}}?)\s*[-–—,]?\s*{_CLOCK}\s*:?\s*$")


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What one person says before another does."""

    text: str
    speaker: str | None = None


@dataclass(frozen=True, kw_only=True)
class Aligned:
    """A transcript whose times were heard, and how much of its text was."""

    transcript: Transcript
    share: float


def turns(text: str, name: str) -> tuple[Turn, ...]:
    """Who says what in a plain text: a name and a colon, or a name and a time on a line, begin a turn."""
    lines = list(_lines(text))
    named = prefixes([line for _, line in lines])
    spoken: list[tuple[str | None, str]] = []
    speaker = None
    for (above, _), (prefix, said) in zip(lines, named, strict=True):
        speaker = prefix or above or speaker
        spoken.append((speaker, said))
    made = [
        Turn(speaker=speaker, text=" ".join(said for _, said in group))
        for speaker, group in groupby(spoken, key=lambda turn: turn[0])
    ]
    if not any(normal(turn.text) for turn in made):
        raise TranscriptError(name, "has no words in it.", "Export it again from the program that made it.")
    return tuple(made)


def align(turns: Sequence[Turn], words: Sequence[Word], name: str, language: str) -> Aligned:
    """The turns in sentences, at the times of the words that were heard."""
    share = _share(turns, words)
    if share < _ENOUGH:
        what = f"only {share:.0%} of its words were heard in the recording."
        cure = "It seems to be the transcript of something else. If it is not, give it times (.srt or .vtt)."
        raise TranscriptError(name, what, cure)
    cues: list[Cue] = []
    for turn, said in zip(turns, _said(turns, words), strict=True):
        cues += [replace(cue, speaker=turn.speaker) for cue in sentences.cues(said)]
    return Aligned(transcript=Transcript(cues=tuple(cues), language=language), share=share)


def _lines(text: str) -> Iterator[tuple[str | None, str]]:
    """The lines that are said, each with the name that stands on a line of its own above it, without times."""
    above = None
    for line in map(tidy, text.splitlines()):
        if match := _NAME_AND_TIME.match(line):
            above = match["name"].rstrip(" ,-–—")
        elif said := _TIME_FIRST.sub("", line):
            yield above, said
            above = None


def _share(turns: Sequence[Turn], words: Sequence[Word]) -> float:
    """How much of the text was heard, in runs of two words or more."""
    ours = [normal(word) for turn in turns for word in written(turn.text)]
    theirs = [normal(word.text) for word in whole(words)]
    found = set(pairs(ours, theirs, [(0, len(theirs))] * len(ours)))
    run = [(i, j) for i, j in found if (i - 1, j - 1) in found or (i + 1, j + 1) in found]
    return len(run) / max(1, len(ours))


def _said(turns: Sequence[Turn], words: Sequence[Word]) -> list[list[Word]]:
    """The words of each turn with their times: the whole text is laid over the whole recording."""
    text = " ".join(turn.text for turn in turns)
    everything = Cue(start=words[0].start, end=words[-1].end, text=text)
    (all_words,) = timed(Transcript(cues=(everything,), language=""), words)
    ends = list(accumulate(len(turn.text) + 1 for turn in turns))
    made: list[list[Word]] = [[] for _ in turns]
    place = number = 0
    for word in all_words:
        while place + (word.text[:1] == " ") >= ends[number]:
            number += 1
        made[number].append(word)
        place += len(word.text)
    return made
