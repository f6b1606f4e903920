"""Corrections as listeners read them: in the notes that apps show, and in words for machines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from zoneinfo import ZoneInfo

from placecast.dates import day
from placecast.model import Correction
from placecast.model.correction import CorrectionKind
from placecast.timecode import clock

KINDS: dict[CorrectionKind, str] = {"transcript": "the transcript", "audio": "the sound", "facts": "the facts"}


def kind(correction: Correction) -> str:
    """What was corrected: `the facts`."""
    return KINDS[correction.kind]


def sentence(correction: Correction) -> str:
    """What was wrong and what is right, as one text."""
    return f"Wrong: {_ended(correction.wrong)} Right: {_ended(correction.right)}"


def in_notes(corrections: Sequence[Correction], zone: ZoneInfo) -> str:
    """The corrections, given oldest first, as HTML that stands below an episode's notes; nothing for none."""
    if not corrections:
        return ""
    items = "".join(_item(each, zone) for each in reversed(corrections))
    return f"<h3>Corrections</h3><ul>{items}</ul>"


def _item(correction: Correction, zone: ZoneInfo) -> str:
    told = f"{day(correction.date, zone)}, {', '.join(_where(correction))}. {sentence(correction)} ({correction.by})"
    return f"<li>{escape(told)}</li>"


def _where(correction: Correction) -> Iterator[str]:
    yield kind(correction)
    if correction.at is not None:
        yield f"at {clock(correction.at)}"


def _ended(text: str) -> str:
    """The text with a full stop, if it does not end by itself."""
    return text if text.endswith((".", "!", "?", "…", ".”", "!”", "?”")) else f"{text}."
