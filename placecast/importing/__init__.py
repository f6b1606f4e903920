"""A transcript that the producer has already: WebVTT, SubRip, JSON or plain text, made into one of ours.

Text in, transcript out. What brings its own times is used as it is; plain text gets its times from what a machine
heard (`align`). What comes of it is a person's: no machine's record stands beside it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from placecast import vtt
from placecast.errors import TranscriptError
from placecast.importing import captions, encodings, plain, structured
from placecast.importing.plain import Aligned, Turn
from placecast.model import Transcript, Word
from placecast.timecode import clock

__all__ = ["Aligned", "Imported", "Turn", "align", "check", "decode", "read"]

Kind = Literal["vtt", "srt", "json", "text"]

_TOLERANCE = 1.0  # seconds: programs round the end of the last sentence up
_ARROW = re.compile(r"^\s*(?:\d+:)?\d+:\d+[.,]\d+\s*-->", re.MULTILINE)
_MARKUP = re.compile(r"\s*(?:<\?xml|<!doctype|<html|<tt[\s>]|\{\\rtf|\[Script Info\])", re.IGNORECASE)
_AS_TEXT = "Open it in the program that made it and save it as WebVTT, SubRip or plain text."

decode = encodings.decode


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What a file holds: a transcript with times, or else the turns of the speakers, which have none yet."""

    name: str  # of the file, for messages
    kind: Kind
    transcript: Transcript | None = None
    turns: tuple[Turn, ...] = ()


def read(text: str, name: str, language: str) -> Imported:
    """The transcript in the text of a file; FactsError or TranscriptError with all that is wrong in it."""
    text = text.removeprefix("\ufeff")
    kind = _kind(text, name)
    if kind == "text":
        return Imported(name=name, kind=kind, turns=plain.turns(text, name))
    pieces = _PARSERS[kind](text, name, language)
    transcript = captions.sentence_by_sentence(pieces, trusted=kind == "vtt")
    if not transcript.cues:
        raise TranscriptError(name, "has no words in it.", "Export it again from the program that made it.")
    return Imported(name=name, kind=kind, transcript=transcript)


def check(transcript: Transcript, seconds: float, name: str) -> None:
    """TranscriptError if something is said after the end of the sound, which has this many seconds."""
    beyond = [cue for cue in transcript.cues if cue.end > seconds + _TOLERANCE]
    if beyond:
        what = (
            f"{len(beyond)} of its sentences end after the sound, which ends at {clock(seconds)}; the first is at"
            f" {clock(beyond[0].start)}: {beyond[0].text[:60]!r}."
        )
        cure = "It may belong to another cut of the recording. Correct the times, or bring its text without times."
        raise TranscriptError(name, what, cure)


def align(imported: Imported, words: Sequence[Word], language: str) -> Aligned:
    """The turns of a plain text at the times when a machine heard them; TranscriptError if it heard something else."""
    return plain.align(imported.turns, words, imported.name, language)


def _kind(text: str, name: str) -> Kind:
    """By what is in the file; its name is asked only where that leaves a doubt."""
    if not text.strip():
        raise TranscriptError(name, "is empty.", "Export it again from the program that made it.")
    if _MARKUP.match(text):
        raise TranscriptError(name, "is neither WebVTT, SubRip, JSON nor plain text.", _AS_TEXT)
    suffix = name.lower().rpartition(".")[2]
    if suffix == "vtt" or re.match(r"\s*WEBVTT(?=\s|$)", text):
        return "vtt"
    if suffix == "json" or _is_json(text):
        return "json"
    return "srt" if suffix == "srt" or _ARROW.search(text) else "text"


def _is_json(text: str) -> bool:
    if text.lstrip()[0] not in "[{":
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


_PARSERS = {"vtt": vtt.parse, "srt": vtt.parse_srt, "json": structured.parse}
