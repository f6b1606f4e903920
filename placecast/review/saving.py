"""A transcript's file with some of its sentences replaced, and the rest of it as it was.

A file that is not in our own form is written anew in it when its sentences cannot be told apart line by line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from placecast import realign, vtt
from placecast.errors import FactsError, UsageError
from placecast.model import Cue, Transcript, Word

# Atomic: a line end of Windows must not be taken for two.
_GAP = re.compile(r"((?>\r\n|\n|\r)[^\S\r\n]*(?>\r\n|\n|\r)\s*)")
_SHORTEST = 0.01  # seconds of a sentence


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """What is said instead. Without times it takes those of what it replaces."""

    text: str
    speaker: str | None = None
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True, kw_only=True)
class Edit:
    """The cues from `first` up to but not including `last` are replaced by these sentences."""

    first: int
    last: int
    sentences: tuple[Sentence, ...]


def edited(text: str, file: str, language: str, words: Sequence[Word], edit: Edit) -> str:
    """The text of the file after the edit; FactsError when that would be no transcript. `words`: as heard."""
    before = vtt.parse(text, file, language)
    if not 0 <= edit.first <= edit.last <= len(before.cues):
        raise UsageError(file, "has no such sentence.", "Load the page again.")
    new = _cues(before, edit, words)
    after = replace(before, cues=(*before.cues[: edit.first], *new, *before.cues[edit.last :]))
    made = _patched(text, len(before.cues), edit, new)
    if made is None or not _says(made, after):
        made = vtt.write(after)
    vtt.parse(made, file, language)
    return made


def _says(text: str, wanted: Transcript) -> bool:
    try:
        return vtt.parse(text, "", wanted.language) == wanted
    except FactsError:
        return False


# The times of what is new


def _cues(before: Transcript, edit: Edit, words: Sequence[Word]) -> tuple[Cue, ...]:
    said = [sentence for sentence in edit.sentences if vtt.tidy(sentence.text)]
    old = before.cues[edit.first : edit.last]
    if all(sentence.start is not None and sentence.end is not None for sentence in said):
        return tuple(_cue(sentence, sentence.start or 0.0, sentence.end or 0.0) for sentence in said)
    if not old:
        raise UsageError("a new sentence", "has no times.", "Load the page again.")
    if len(old) == len(said):
        return tuple(_cue(sentence, cue.start, cue.end) for sentence, cue in zip(said, old, strict=True))
    return _shared(before, edit, said, words)


def _cue(sentence: Sentence, start: float, end: float) -> Cue:
    speaker = vtt.tidy(sentence.speaker or "") or None
    return Cue(start=round(start, 3), end=round(end, 3), text=vtt.tidy(sentence.text), speaker=speaker)


def _shared(before: Transcript, edit: Edit, said: Sequence[Sentence], words: Sequence[Word]) -> tuple[Cue, ...]:
    """The time of the old sentences shared out: by length at first, then where the words were heard."""
    start, end = before.cues[edit.first].start, before.cues[edit.last - 1].end
    shares = list(accumulate((len(sentence.text) for sentence in said), initial=0))
    borders = [start + (end - start) * share / shares[-1] for share in shares]
    guessed = [_cue(sentence, *times) for sentence, times in zip(said, pairwise(borders), strict=True)]
    whole = replace(before, cues=(*before.cues[: edit.first], *guessed, *before.cues[edit.last :]))
    heard = realign.timed(whole, words)[edit.first : edit.first + len(said)]
    starts = [start, *(line[0].start for line in heard[1:])] if all(heard) else []
    ends = [*(line[-1].end for line in heard[:-1]), end] if all(heard) else []
    fits = all(one < two for one, two in zip(starts, ends, strict=True))
    if not (starts and fits and all(one <= two for one, two in zip(ends, starts[1:], strict=False))):
        return tuple(guessed)
    return tuple(_cue(*made) for made in zip(said, starts, ends, strict=True))


# The text of the file


def _patched(text: str, count: int, edit: Edit, new: Sequence[Cue]) -> str | None:
    """The text with these cues in place of the old ones; None where they cannot be told apart by empty lines."""
    parts = _GAP.split(text)  # blocks at even places, the empty lines between them at odd ones
    places = _places(parts)
    if places is None or len(places) != count:
        return None
    end = "\r\n" if "\r\n" in text else "\n"
    written = [_block(cue, end) for cue in new]
    if edit.first == edit.last:
        after = places[edit.first - 1] if edit.first else 0
        parts[after] = (end * 2).join([parts[after].rstrip(), *written]) + _tail(parts[after])
        return "".join(parts)
    first, *others = places[edit.first : edit.last]
    parts[first] = (end * 2).join(written) + _tail(parts[first])
    for place in others if written else (first, *others):
        parts[place - 1 : place + 1] = ["", _tail(parts[place])]
    return "".join(parts)


def _places(parts: Sequence[str]) -> list[int] | None:
    """Where the blocks are that hold a cue each; None if a block holds several."""
    if "-->" in parts[0]:
        return None
    places = []
    for place in range(2, len(parts), 2):
        try:
            cues = vtt.parse(f"WEBVTT\n\n{parts[place]}", "", "").cues
        except FactsError:
            return None
        if len(cues) > 1:
            return None
        places += [place] * len(cues)
    return places


def _block(cue: Cue, end: str) -> str:
    text = vtt.write(Transcript(cues=(cue,), language="")).removeprefix("WEBVTT\n\n").rstrip("\n")
    return text.replace("\n", end)


def _tail(block: str) -> str:
    return block[len(block.rstrip()) :]
