"""What `placecast correct` says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from placecast import corrections as words
from placecast.report import Answer
from placecast.report.plain import plain_line
from placecast.timecode import clock

if TYPE_CHECKING:
    from placecast.amending import Amended
    from placecast.model import Correction
    from placecast.project import Project


def amended(slug: str, made: Amended, project: Project) -> Answer:
    """What is recorded now, and how listeners get to see it."""
    file = project.shown(made.file) if made.file else None
    if file:
        lines = [f"Recorded in {file}. Commit it; page and notes show it after: placecast publish"]
    else:
        lines = [f"{slug}: recorded already, on {made.correction.date:%d %B %Y}. Nothing was written."]
    data = {"slug": slug, "new": made.new, "file": file, "correction": _facts(made.correction)}
    return Answer(lines=tuple(lines), data=data)


def listed(slug: str, corrections: Sequence[Correction]) -> Answer:
    """Every correction of an episode, the newest first."""
    lines = [line for each in reversed(corrections) for line in _told(each)] or [f"{slug} has no corrections."]
    return Answer(
        lines=tuple(lines), data={"slug": slug, "corrections": [_facts(each) for each in reversed(corrections)]}
    )


def _told(each: Correction) -> tuple[str, ...]:
    where = f" at {clock(each.at)}" if each.at is not None else ""
    head = f"{each.date:%Y-%m-%d}  {words.kind(each)}{where}, by {plain_line(each.by)}"
    return head, f"    Wrong: {plain_line(each.wrong)}", f"    Right: {plain_line(each.right)}"


def _facts(each: Correction) -> dict[str, Any]:
    return {**vars(each), "date": each.date.isoformat(timespec="seconds")}
