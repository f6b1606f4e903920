"""What `placecast doctor` says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from placecast.report import Answer

if TYPE_CHECKING:
    from placecast.doctor.findings import Finding

_COLOURS = {"fault": "red", "warning": "yellow", "fine": "green"}


def examined(found: Sequence[Finding], mended: Sequence[Finding] = (), *, quiet: bool = False) -> Answer:
    """What was looked at, the gravest first, after what was mended. `quiet`: only what needs a person."""
    lines = [line for each in (*mended, *found) if not (quiet and each.severity == "fine") for line in _lines(each)]
    faults, warnings = (sum(each.severity == severity for each in found) for severity in ("fault", "warning"))
    if faults or warnings:
        lines.append(f"Faults: {faults}. Warnings: {warnings}.")
    elif not quiet:
        lines.append("Nothing is wrong.")
    data = {"mended": [asdict(each) for each in mended], "findings": [asdict(each) for each in found]}
    return Answer(lines=tuple(lines), data=data)


def _lines(finding: Finding) -> list[str]:
    head = click.style(finding.severity, fg=_COLOURS[finding.severity])
    rest = [f"  {each}" for each in (finding.why, finding.cure) if each]
    return [f"{head} {finding.code}: {finding.what}", *rest]
