"""What `placecast deposit` says."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from placecast.citation.reference import DOI
from placecast.report import Answer, size

if TYPE_CHECKING:
    from placecast.depositing import Plan
    from placecast.project.deposits import Deposit


def planned(plan: Plan, server: str) -> Answer:
    """What would be sent, and that it would stay."""
    slug, licence = plan.episode.slug, plan.episode.terms(plan.show)[0]
    if plan.known and plan.known.published:
        lines = [f"{slug} is deposited already: {DOI}{plan.known.doi}"]
    else:
        lines = [f"Would deposit {slug} at {server}, for everybody and for good, under {licence}:"]
        lines += [f"  {name}" for name in plan.names]
        lines.append(f"  ({size(plan.audio.bytes)} of sound; nothing is sent yet)")
        if not plan.approved:
            lines.append(f"Nobody has approved its transcript yet: placecast review {slug}")
        lines.append(f"To do it: placecast deposit {slug} --post")
    data = {"slug": slug, "server": server, "files": list(plan.names), "approved": plan.approved}
    return Answer(lines=tuple(lines), data=data | {"deposit": asdict(plan.known) if plan.known else None})


def reserved(slug: str, made: Deposit) -> Answer:
    """Which DOI waits for the episode."""
    lines = (
        f"{slug} has the DOI {made.doi} reserved. It leads nowhere until the episode is deposited:",
        f"publish the episode, then run: placecast deposit {slug} --post",
    )
    return Answer(lines=lines, data={"slug": slug, "deposit": asdict(made)})


def deposited(slug: str, made: Deposit, *, sandbox: bool) -> Answer:
    """Where the episode is kept now, and under which DOI."""
    if sandbox:
        lines = [f"{slug} was deposited in the sandbox: {made.page}", "Its DOI is a test, and stands nowhere else."]
    else:
        lines = [f"{slug} is deposited: {DOI}{made.doi}"]
        lines.append(
            "Commit episode.md and deposit.json. Page, notes and references show the DOI after: placecast publish"
        )
    return Answer(lines=tuple(lines), data={"slug": slug, "deposit": asdict(made)})
