"""Transcripts as JSON: Podcasting 2.0's, Whisper's (also WhisperX's), and whisper.cpp's."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

from placecast.errors import FactsError, Fault, TranscriptError
from placecast.model import Cue, Transcript
from placecast.vtt import tidy

_LONGEST = 360_000  # seconds: a hundred hours
_SHORTEST = 0.001  # seconds: a cue must have a length


@dataclass(frozen=True, kw_only=True)
class _Form:
    """Where a kind of JSON keeps its pieces, and what they call their facts; times are in `unit` seconds."""

    pieces: str
    start: str
    end: str
    text: str
    times: str | None = None  # the key of an object that holds the times
    unit: float = 1.0


_FORMS = (
    _Form(pieces="segments", start="startTime", end="endTime", text="body"),
    _Form(pieces="segments", start="start", end="end", text="text"),
    _Form(pieces="transcription", start="from", end="to", text="text", times="offsets", unit=0.001),
)
_WORDS = _Form(pieces="words", start="start", end="end", text="word")
_KNOWN = "Podcasting 2.0, Whisper, WhisperX and whisper.cpp"


class _PieceError(Exception):
    """What is wrong with a piece, by its key."""

    def __init__(self, key: str, what: str) -> None:
        super().__init__(what)
        self.key, self.what = key, what


def parse(text: str, file: str, language: str) -> Transcript:
    """The captions in the text of a JSON file; FactsError with all that is wrong in it."""
    data = _loaded(text, file)
    form, pieces = _form(data, file)
    cues: list[Cue] = []
    faults: list[Fault] = []
    for number, piece in enumerate(pieces):
        try:
            cues += _cue(piece, form, cues[-1].start if cues else 0.0)
        except _PieceError as problem:
            key = f"{form.pieces}[{number}]{problem.key}"
            cure = "Correct it, or export the transcript again."
            faults.append(Fault(file=file, key=key, what=problem.what, cure=cure))
    if faults:
        raise FactsError(faults)
    return Transcript(cues=tuple(cues), language=language)


def _loaded(text: str, file: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        what, cure = f"is no JSON: {error.msg}.", "Export the transcript again: the file may be cut off."
        raise FactsError([Fault(file=file, key=f"line {error.lineno}", what=what, cure=cure)]) from error
    except (ValueError, RecursionError) as error:
        raise TranscriptError(file, "is no transcript.", f"The kinds that are known: {_KNOWN}.") from error


def _form(data: Any, file: str) -> tuple[_Form, Sequence[Any]]:
    """Which kind it is, by the first of its pieces that has one of the times."""
    listed = {"segments": data} if isinstance(data, list) else data
    for form in _FORMS if isinstance(listed, Mapping) else ():
        pieces = listed.get(form.pieces)
        if isinstance(pieces, list) and any(form.start in _times(piece, form) for piece in pieces):
            return form, pieces
    cure = f"The kinds that are known: {_KNOWN}. Or save it as WebVTT, SubRip or plain text."
    raise TranscriptError(file, "is JSON, but no transcript with times.", cure)


def _times(piece: Any, form: _Form) -> Mapping[str, Any]:
    holder = piece.get(form.times) if form.times and isinstance(piece, Mapping) else piece
    return holder if isinstance(holder, Mapping) else {}


def _cue(piece: Any, form: _Form, earliest: float) -> list[Cue]:
    """The caption in a piece, or its words where it gives their times; nothing if nothing is said in it."""
    if not isinstance(piece, Mapping):
        raise _PieceError("", "is no object.")
    text, speaker = _text(piece, form.text), _text(piece, "speaker") or None
    start, end = (_seconds(_times(piece, form), key, form) for key in (form.start, form.end))
    if end < start:
        raise _PieceError(f".{form.end}", f"ends before its start ({end:g} < {start:g}).")
    if start < earliest:
        raise _PieceError(f".{form.start}", f"starts before the one above it ({start:g} < {earliest:g}).")
    whole = [Cue(start=start, end=max(end, start + _SHORTEST), text=text, speaker=speaker)] if text else []
    return _words(piece, speaker, earliest) or whole


def _words(piece: Mapping[str, Any], speaker: str | None, earliest: float) -> list[Cue]:
    """The words of a piece, if it has them all with usable times: WhisperX leaves some without."""
    listed = piece.get("words")
    if not isinstance(listed, list) or not all(isinstance(word, Mapping) for word in listed):
        return []
    try:
        words = [_word(word, speaker) for word in listed]
    except _PieceError:
        return []
    starts = [earliest, *(word.start for word in words)]
    return _glued(words) if starts == sorted(starts) else []


def _word(word: Mapping[str, Any], speaker: str | None) -> Cue:
    start, end = (_seconds(word, key, _WORDS) for key in (_WORDS.start, _WORDS.end))
    named = _text(word, "speaker") or speaker
    return Cue(start=start, end=max(end, start + _SHORTEST), text=_raw(word, _WORDS.text), speaker=named)


def _glued(words: Sequence[Cue]) -> list[Cue]:
    """Whisper's words bring their spaces, and those without one go on the word before; WhisperX's bring none."""
    spaced = any(word.text[:1].isspace() for word in words)
    made: list[Cue] = []
    for word in words:
        if made and spaced and not word.text[:1].isspace():
            made[-1] = replace(made[-1], end=max(word.end, made[-1].end), text=made[-1].text + word.text)
        else:
            made.append(word)
    return [replace(word, text=text) for word in made if (text := tidy(word.text))]


def _text(piece: Mapping[str, Any], key: str) -> str:
    return tidy(_raw(piece, key))


def _raw(piece: Mapping[str, Any], key: str) -> str:
    value = piece.get(key)
    if value is not None and not isinstance(value, str):
        raise _PieceError(f".{key}", "is not text.")
    # JSON can hold halves of characters, which no file can.
    return (value or "").encode("utf-8", "replace").decode()


def _seconds(times: Mapping[str, Any], key: str, form: _Form) -> float:
    value = times.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _PieceError(f".{key}", "is missing." if value is None else f"is not a number ({value!r:.40}).")
    if not 0 <= value <= _LONGEST / form.unit or not isfinite(value):
        raise _PieceError(f".{key}", f"is no time in a recording ({value!r:.40}).")
    return float(value) * form.unit
