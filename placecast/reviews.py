"""Who answers for a transcript: the record of it, and whether it still holds.

An approval is of certain words and a certain sound. A later change of either takes it away.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from placecast.errors import TranscriptError, UsageError
from placecast.model import Approval, Waiver

_VERSION = 1
_HASH = re.compile(r"[0-9a-f]{64}")
_CURE = "Bring back its last version from git, or delete it and approve the transcript again."


@dataclass(frozen=True, kw_only=True)
class Review:
    """What people have said about a transcript: the last approval and the last waiver."""

    approval: Approval | None = None
    waiver: Waiver | None = None


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Where a transcript stands. `approval` and `waiver` are there only while they hold.

    `lapsed` says of an approval that holds no more why that is so; it is empty otherwise.
    """

    state: Literal["approved", "waived", "edited", "machine"]
    approval: Approval | None = None
    waiver: Waiver | None = None
    lapsed: str = ""


def standing(review: Review | None, *, text: str, sound: str | None, edited: bool) -> Verdict:
    """What the record is worth for this text and sound, by their hashes. `sound` None: no sound is known of."""
    review = review or Review()
    changed = _changed(review.approval, text, sound)
    approval = review.approval if review.approval and not changed else None
    waiver = review.waiver if review.waiver and review.waiver.text == text else None
    lapsed = _lapsed(review.approval, changed) if review.approval and changed else ""
    if approval:
        return Verdict(state="approved", approval=approval, waiver=waiver)
    if waiver:
        return Verdict(state="waived", waiver=waiver, lapsed=lapsed)
    return Verdict(state="edited" if edited else "machine", lapsed=lapsed)


def approved(by: str, at: datetime, *, text: str, sound: str) -> Approval:
    """An approval in this name; UsageError when it is no name."""
    name = _one_line(by)
    if not name:
        raise UsageError("the approval", "has no name.", "Say who answers for the transcript: --by NAME")
    return Approval(by=name, at=at, text=text, sound=sound)


def waived(reason: str, at: datetime, *, text: str) -> Waiver:
    """A waiver with this reason; UsageError when there is none."""
    why = _one_line(reason)
    if not why:
        raise UsageError("the waiver", "has no reason.", "Say why it goes out unreviewed: --unreviewed REASON")
    return Waiver(reason=why, at=at, text=text)


def write(review: Review) -> str:
    """The record as the text of a file: a fact a line, so that git can compare it."""
    facts = {"version": _VERSION, "approved": _facts(review.approval), "waived": _facts(review.waiver)}
    return json.dumps({key: value for key, value in facts.items() if value}, indent=2, ensure_ascii=False) + "\n"


def parse(text: str, file: str) -> Review:
    """The record in the text of a file; TranscriptError when it is not one."""
    try:
        data = json.loads(text)
        if data["version"] != _VERSION:
            raise ValueError(f"its version is {data['version']!r}, not {_VERSION}")
        approval, waiver = data.get("approved"), data.get("waived")
        return Review(
            approval=_approval(approval) if approval else None,
            waiver=_waiver(waiver) if waiver else None,
        )
    except (ValueError, KeyError, TypeError, RecursionError, UsageError) as exc:
        reason = f"{exc} is missing" if isinstance(exc, KeyError) else str(exc).splitlines()[0]
        raise TranscriptError(file, f"the record of the review is damaged ({reason}).", _CURE) from exc


def _changed(approval: Approval | None, text: str, sound: str | None) -> tuple[str, ...]:
    """What is another than what was approved."""
    if approval is None:
        return ()
    differs = (("the text", approval.text != text), ("the sound", sound is not None and approval.sound != sound))
    return tuple(what for what, other in differs if other)


def _lapsed(approval: Approval, changed: tuple[str, ...]) -> str:
    verb = "has" if len(changed) == 1 else "have"
    what = " and ".join(changed)
    return f"{what[:1].upper()}{what[1:]} {verb} changed since {approval.by} approved the transcript."


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _facts(given: Approval | Waiver | None) -> dict[str, str] | None:
    return {**asdict(given), "at": given.at.isoformat(timespec="seconds")} if given else None


def _approval(data: Mapping[str, object]) -> Approval:
    by, at = _string(data["by"], "by"), _moment(data["at"])
    return approved(by, at, text=_hash(data["text"], "text"), sound=_hash(data["sound"], "sound"))


def _waiver(data: Mapping[str, object]) -> Waiver:
    return waived(_string(data["reason"], "reason"), _moment(data["at"]), text=_hash(data["text"], "text"))


def _moment(value: object) -> datetime:
    at = datetime.fromisoformat(_string(value, "at"))
    if at.tzinfo is None:
        raise ValueError("at has no time zone")
    return at


def _hash(value: object, name: str) -> str:
    if not _HASH.fullmatch(_string(value, name)):
        raise ValueError(f"{name} is no hash")
    return str(value)


def _string(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name} is not text")
    return value
