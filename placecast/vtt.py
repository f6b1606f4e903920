"""Transcripts as WebVTT (https://www.w3.org/TR/webvtt1/), the one source that people edit.

Written in one strict form, a sentence a line, so that git shows what was changed. Read with kindness for what
editors and other programs do to it, but text that players would drop without a word is a fault here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import unescape
from itertools import pairwise

from placecast.errors import FactsError, Fault
from placecast.model import Cue, Transcript
from placecast.timecode import long_clock, parse_clock

# Line ends and odd spaces would end a cue in one reader or another; no-break spaces are meant by the author.
_SPACE = re.compile(r"[^\S\u00a0\u202f]+")
_LINE_END = re.compile(r"\r\n|\n|\r")
# Each looks at a character once (possessive), or a cue with a thousand tags that never end would take minutes.
_VOICE = re.compile(r"<v(?:\.[^\s<>]*+)?+(?:\s++([^<>]*+))?+>")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<\d[\d:.]*>|</>")
_SKIPPED = re.compile(r"(NOTE(?=\s|$)|(STYLE|REGION)\s*$)")
_OVERRIDE = re.compile(r"\{\\[^{}]*+\}")  # {\an8}: where on the screen some programs want a caption
_EXAMPLE = "Write it as 00:01:02.000 --> 00:01:05.000."


@dataclass(frozen=True, kw_only=True)
class _Block:
    """Lines without an empty one between them; `line` is the number of the first."""

    line: int
    lines: tuple[str, ...]


class _CueError(Exception):
    """What is wrong with a cue, and the cure."""

    def __init__(self, line: int, what: str, cure: str) -> None:
        super().__init__(what)
        self.line, self.what, self.cure = line, what, cure


def write(transcript: Transcript) -> str:
    """The transcript as the text of a file. Cues without words are left out."""
    blocks = ["WEBVTT"]
    for cue in transcript.cues:
        if text := tidy(cue.text):
            voice = f"<v {_escape(name)}>" if (name := tidy(cue.speaker or "")) else ""
            blocks.append(f"{long_clock(cue.start)} --> {long_clock(cue.end)}\n{voice}{_escape(text)}")
    return "\n\n".join(blocks) + "\n"


def parse(text: str, file: str, language: str) -> Transcript:
    """The transcript in the text of a file; FactsError with all that is wrong in it."""
    blocks = list(_blocks(text.removeprefix("\ufeff")))
    if not blocks or not re.match(r"WEBVTT(?=\s|$)", blocks[0].lines[0]):
        what = "this is no transcript: it does not start with WEBVTT." if blocks else "the transcript is empty."
        cure = "Write WEBVTT into the first line, or bring back the last version of the file."
        raise FactsError([Fault(file=file, key="line 1", what=what, cure=cure)])
    return Transcript(cues=_read(_parts(blocks), file), language=language)


def parse_srt(text: str, file: str, language: str) -> Transcript:
    """The captions in the text of a SubRip file, which is WebVTT without the first line; FactsError as for that."""
    blocks = _blocks(text.removeprefix("\ufeff"))
    cues = _read((part for block in blocks for part in _apart(block)), file)
    bare = (replace(cue, text=tidy(_OVERRIDE.sub("", cue.text))) for cue in cues)
    return Transcript(cues=tuple(cue for cue in bare if cue.text), language=language)


def _read(parts: Iterable[_Block], file: str) -> tuple[Cue, ...]:
    cues: list[Cue] = []
    faults: list[Fault] = []
    for block in parts:
        try:
            cues += _cue(block, cues[-1].start if cues else 0.0)
        except _CueError as problem:
            faults.append(Fault(file=file, key=f"line {problem.line}", what=problem.what, cure=problem.cure))
    if faults:
        raise FactsError(faults)
    return tuple(cues)


def tidy(text: str) -> str:
    """Text on one line with single spaces, and without what no file may hold."""
    if text.isprintable() and "  " not in text:  # of what is printable, the plain space alone is blank
        return text.strip()
    return _SPACE.sub(" ", text.replace("\0", "\ufffd")).strip()


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _blocks(text: str) -> Iterator[_Block]:
    lines: list[str] = []
    for number, line in enumerate([*_LINE_END.split(text), ""], start=1):
        if line.strip():
            lines.append(line)
        elif lines:
            yield _Block(line=number - len(lines), lines=tuple(lines))
            lines = []


def _parts(blocks: Sequence[_Block]) -> Iterator[_Block]:
    """What must be cues: no header, no comments and styles; taken apart where an empty line is missing."""
    for number, block in enumerate(blocks):
        if number == 0 or _SKIPPED.match(block.lines[0]):
            yield from _cut(block, [index for index in _arrows(block) if index > 0])
        else:
            yield from _apart(block)


def _apart(block: _Block) -> Iterator[_Block]:
    """The cues in a block: a number before the times belongs to them, and so does what else is in the first line."""
    starts = [max(0, index - (index == 1 or block.lines[index - 1].strip().isdigit())) for index in _arrows(block)]
    yield from _cut(block, sorted({0, *starts}))


def _arrows(block: _Block) -> list[int]:
    return [index for index, line in enumerate(block.lines) if "-->" in line]


def _cut(block: _Block, starts: Sequence[int]) -> Iterator[_Block]:
    for start, stop in pairwise([*starts, len(block.lines)]):
        yield _Block(line=block.line + start, lines=block.lines[start:stop])


def _cue(block: _Block, earliest: float) -> list[Cue]:
    """The cue in a block, or none if it has no words; `earliest` is where the cue before it starts."""
    at = next((index for index, line in enumerate(block.lines[:2]) if "-->" in line), None)
    if at is None:
        what = f"this text has no times, so players leave it out: {block.lines[0].strip()[:60]!r}."
        raise _CueError(block.line, what, "Take out the empty line above it, or give it a line with times.")
    start, end = _times(block.lines[at], block.line + at)
    if start < earliest:
        what = f"the sentence starts before the one above it ({long_clock(earliest)})."
        raise _CueError(block.line + at, what, "Put the sentences in the order of their times, or correct the time.")
    speaker, text = _payload(" ".join(block.lines[at + 1 :]), block.line + at + 1)
    return [Cue(start=start, end=end, text=text, speaker=speaker)] if text else []


def _times(line: str, number: int) -> tuple[float, float]:
    before, _, after = line.partition("-->")
    try:
        # Settings such as position:50% may follow the second time.
        start, end = parse_clock(before), parse_clock((after.split() or [""])[0])
    except ValueError as exc:
        raise _CueError(number, f"{exc}.", _EXAMPLE) from exc
    if end <= start:
        raise _CueError(number, "the sentence does not end after its start.", "Correct one of the two times.")
    return start, end


def _payload(markup: str, number: int) -> tuple[str | None, str]:
    """Speaker and plain text of a cue."""
    if "<" not in markup:
        return None, tidy(unescape(markup))
    names = {tidy(unescape(name)) for name in _VOICE.findall(markup)} - {""}
    if len(names) > 1:
        what = f"one cue has two speakers ({', '.join(sorted(names))})."
        raise _CueError(number, what, "Give each speaker a cue with its own times.")
    return next(iter(names), None), tidy(unescape(_TAG.sub("", markup)))
