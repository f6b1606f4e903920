"""What a person should look at in a transcript before answering for it: the most doubtful first, each with a reason.

Decides from the words alone. Where a sentence was edited, what was doubted there is settled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from placecast import names as spelling
from placecast.model import Cue, Flag, MachineRecord, Names, Transcript, Word
from placecast.timecode import clock

Kind = Literal["loop", "phantom", "prompted", "name", "end", "near-name", "unsure", "unlikely", "overlap"]

VERSION = 1  # another one finds other doubts in the same words

# How much harm a doubt of this kind may be; for those that go by a probability, what its lack adds.
_WEIGHTS: dict[Kind, tuple[float, float]] = {
    "loop": (1.0, 0.0),
    "phantom": (0.95, 0.0),
    "end": (0.9, 0.0),
    "prompted": (0.85, 0.0),
    "name": (0.8, 0.04),
    "near-name": (0.4, 0.4),
    "unsure": (0.2, 0.5),
    "unlikely": (0.5, 0.0),
    "overlap": (0.1, 0.0),
}
# The machine's lack of faith in a word (1 less its probability) that is worth a look: in a name, beside one, elsewhere.
_IN_NAME, _BESIDE_NAME, _ELSEWHERE = 0.35, 0.45, 0.35
_SMALL_WORD = 0.6  # of its lack of faith counts: "and" for "in" does less harm than a wrong name
_AT_LEAST, _A_MINUTE = 12, 1.2  # unsure words that are shown, however unsure the machine was: tens in an hour
_TOLERANCE = 1.0  # seconds beyond the end of the sound: an engine's last time may be rounded up
_TOGETHER = 0.3  # seconds that two people must talk at once
_EDGES = re.compile(r"^[^\w]+|(?:[’']s)?[^\w]*$")


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """Something in a sentence that may be wrong. `at`: where `text` begins in the text of the cue."""

    cue: int
    at: int
    start: float
    end: float
    text: str
    kind: Kind
    reason: str
    weight: float
    suggestion: str | None = None


@dataclass(frozen=True, kw_only=True)
class _Written:
    """A word as people see it, without the punctuation around it: the machine's words are not always whole."""

    at: int
    text: str
    start: float
    end: float
    probability: float

    @property
    def lack(self) -> float:
        """How little faith in the word there is, by the harm that a mistake in it would do."""
        small = len(self.text) <= 3 and self.text.islower()
        return (1 - self.probability) * (_SMALL_WORD if small else 1.0)


@dataclass(frozen=True, kw_only=True)
class _Line:
    """A cue of the transcript, and its words with their places in its text."""

    cue: int
    text: str
    words: tuple[_Written, ...]

    def doubt(self, first: int, last: int, kind: Kind, reason: str, suggestion: str | None = None) -> Doubt:
        """A doubt about the words from `first` up to but not including `last`."""
        words = self.words[first:last]
        base, share = _WEIGHTS[kind]
        at, end = words[0].at, words[-1].at + len(words[-1].text)
        return Doubt(
            cue=self.cue,
            at=at,
            start=words[0].start,
            end=words[-1].end,
            text=self.text[at:end],
            kind=kind,
            reason=reason,
            suggestion=suggestion,
            weight=round(base + share * max(word.lack for word in words), 3),
        )


def find(
    transcript: Transcript,
    timed: Sequence[Sequence[Word]],
    record: MachineRecord | None,
    names: Names,
    *,
    seconds: float | None = None,
) -> tuple[Doubt, ...]:
    """What a person should look at, the most doubtful first. `timed`: the words of each cue; `seconds` of sound."""
    lines = [_line(number, words) for number, words in enumerate(timed)]
    found = [
        *(_flagged(lines, record, names) if record else ()),
        *(doubt for line in lines for doubt in _names(line, names)),
        *_unsure(lines, record),
        *_beyond(transcript.cues, seconds),
        *_together(transcript.cues),
    ]
    found.sort(key=lambda doubt: (-doubt.weight, doubt.start, doubt.at))
    return tuple(_once(found))


def text_of(doubt: Doubt, transcript: Transcript) -> tuple[str, str, str]:
    """The sentence in three parts: before the words in doubt, these words, and after them."""
    text = transcript.cues[doubt.cue].text
    end = doubt.at + len(doubt.text)
    return text[: doubt.at], text[doubt.at : end], text[end:]


def _line(cue: int, words: Sequence[Word]) -> _Line:
    """The words as they are written: ` town` and `-centre` are one."""
    groups: list[list[Word]] = []
    for word in words:
        if groups and not word.text[:1].isspace():
            groups[-1].append(word)
        else:
            groups.append([word])
    written: list[_Written] = []
    at = 0
    for group in groups:
        written += _written(group, at)
        at += len(_joined(group))
    return _Line(cue=cue, text=_joined(words), words=tuple(written))


def _written(group: Sequence[Word], at: int) -> Iterator[_Written]:
    """The word that these parts are; none where they are punctuation alone."""
    text = _joined(group)
    bare = _EDGES.sub("", text)
    if bare:
        probability = min(word.probability for word in group)
        start, end = group[0].start, group[-1].end
        yield _Written(at=at + text.index(bare), text=bare, start=start, end=end, probability=probability)


def _joined(words: Sequence[Word]) -> str:
    return "".join(word.text for word in words)


# What the machine's record flags


def _flagged(lines: Sequence[_Line], record: MachineRecord, names: Names) -> Iterator[Doubt]:
    spelled, _ = spelling.correct(record.words, names)
    now = [word for line in lines for word in line.words]
    for flag in record.flags:
        said = _said(now, flag)
        if said not in (_said(record.words, flag), _said(spelled, flag)):
            continue  # somebody has been here
        if flag.kind != "prompted" or _bare(flag.text) not in said:
            yield from _at_flag(lines, flag)


def _said(words: Sequence[Word] | Sequence[_Written], flag: Flag) -> str:
    """What these words say in the time of the flag, whatever their punctuation."""
    inside = (word.text for word in words if flag.start <= (word.start + word.end) / 2 <= flag.end)
    return _bare(" ".join(inside))


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _at_flag(lines: Sequence[_Line], flag: Flag) -> Iterator[Doubt]:
    """The doubt, at the first sentence that the flag touches."""
    for line in lines:
        inside = [n for n, word in enumerate(line.words) if flag.start <= (word.start + word.end) / 2 <= flag.end]
        if inside:
            suggestion = flag.text if flag.kind == "prompted" else None
            made = line.doubt(inside[0], inside[-1] + 1, flag.kind, _sentence(flag.reason), suggestion)
            yield replace(made, end=max(made.end, flag.end))
            return


def _sentence(reason: str) -> str:
    return reason[:1].upper() + reason[1:].rstrip(".") + "."


# Names


def _names(line: _Line, names: Names) -> Iterator[Doubt]:
    """Words that sound like a name and are not written like it, and unsure words in and beside names."""
    for found in spelling.resemblances([word.text for word in line.words], names):
        first, last = found.first, found.last
        if found.score < 1:
            reason = f"This sounds like {found.name}, a name that the show knows, and is written otherwise."
            yield line.doubt(first, last, "name", reason, found.name)
        elif max(word.lack for word in line.words[first:last]) >= _IN_NAME:
            reason = f"{found.name} is a name that the show knows, but the machine was not sure that it was said."
            yield line.doubt(first, last, "near-name", reason)
        else:
            yield from _beside(line, found)


def _beside(line: _Line, found: spelling.Resemblance) -> Iterator[Doubt]:
    for number in (found.first - 1, found.last):
        if 0 <= number < len(line.words) and line.words[number].lack >= _BESIDE_NAME:
            reason = f"The machine was not sure of this word beside {found.name}: it may be a part of the name."
            yield line.doubt(number, number + 1, "near-name", reason)


# What the machine was not sure of


def _unsure(lines: Sequence[_Line], record: MachineRecord | None) -> Iterator[Doubt]:
    limit = _limit(record) if record else _ELSEWHERE
    for line in lines:
        doubtful = [number for number, word in enumerate(line.words) if word.lack >= limit]
        for first, last in _runs(doubtful):
            least = min(word.probability for word in line.words[first:last])
            which = "this word" if last - first == 1 else "these words"
            reason = f"The machine was only {least:.0%} sure of {which}."
            yield line.doubt(first, last, "unsure", reason)


def _limit(record: MachineRecord) -> float:
    """The lack of faith that is worth a look in this recording.

    It goes by all that was heard, so that settling one doubt does not bring up another.
    """
    words = _line(0, record.words).words
    minutes = (record.words[-1].end - record.words[0].start) / 60 if record.words else 0
    wanted = max(_AT_LEAST, round(minutes * _A_MINUTE))
    lacks = sorted((word.lack for word in words), reverse=True)
    return max(_ELSEWHERE, lacks[wanted - 1]) if len(lacks) >= wanted else _ELSEWHERE


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The stretches of numbers that follow each other, as first and one past the last."""
    starts = [number for number in numbers if number - 1 not in numbers]
    ends = [number + 1 for number in numbers if number + 1 not in numbers]
    return zip(starts, ends, strict=True)


# Times


def _beyond(cues: Sequence[Cue], seconds: float | None) -> Iterator[Doubt]:
    """The first sentence that the sound is too short for: when there are more, they have one reason."""
    late = [number for number, cue in enumerate(cues) if seconds is not None and cue.end > seconds + _TOLERANCE]
    if late and seconds is not None:
        more = f", and so do {len(late) - 1} more" if len(late) > 1 else ""
        reason = f"The sound ends at {clock(seconds)}, but this sentence goes on after that{more}."
        yield _of_cue(late[0], cues[late[0]], "end", reason)


def _together(cues: Sequence[Cue]) -> Iterator[Doubt]:
    """Sentences during which another one is said: the machine hears one voice of two."""
    for number, (cue, after) in enumerate(pairwise(cues)):
        if cue.end - after.start >= _TOGETHER:
            yield _of_cue(number + 1, after, "overlap", "Two people talk at once here: compare both sentences.")


def _of_cue(number: int, cue: Cue, kind: Kind, reason: str) -> Doubt:
    weight, _ = _WEIGHTS[kind]
    return Doubt(cue=number, at=0, start=cue.start, end=cue.end, text=cue.text, kind=kind, reason=reason, weight=weight)


def _once(found: Sequence[Doubt]) -> Iterator[Doubt]:
    """The doubts without those about words that a graver one is about already."""
    taken: dict[int, list[tuple[int, int]]] = {}
    for doubt in found:
        place, others = (doubt.at, doubt.at + len(doubt.text)), taken.setdefault(doubt.cue, [])
        if doubt.kind == "unlikely":
            # The machine hardly believes half a minute: which words it doubts most must still be said.
            if place not in others:
                yield doubt
        elif not any(place[0] < end and at < place[1] for at, end in others):
            others.append(place)
            yield doubt
