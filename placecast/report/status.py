"""`placecast status`: the one screen on a show, in 80 columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from textwrap import wrap
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from placecast.moments import away, told
from placecast.report import Answer
from placecast.report.plain import columns, fitted, plain_line
from placecast.wording import few

if TYPE_CHECKING:
    from placecast.errors import Fault
    from placecast.lastseen import Seen
    from placecast.survey import Need, Standing, State, Survey
    from placecast.survey.outlook import Outlook

_WIDTH = 80
_SLUG, _STATE, _DATE = 24, 12, 17  # columns of the table
_FEW = {"Needs a person": 10, "Waiting": 10, "Live": 5}  # rows; --all shows the rest
_COLOURS: dict[State, str] = {
    **dict.fromkeys(("broken", "no recording"), "red"),
    **dict.fromkeys(("to review", "changed", "due"), "yellow"),
    "live": "green",
}
_COUNTED: tuple[State, ...] = (
    *("live", "changed", "elsewhere", "due", "scheduled", "to review", "transcribed", "recorded", "draft"),
    *("no recording", "broken", "unpublished"),
)
_MORE = "placecast status --all"


def status(found: Survey, next_run: Outlook, *, whole: bool = False) -> Answer:
    """Where every episode is, what the next publish does, and what a person must do. `whole`: however long it is."""
    lines = [*_head(found), *_tables(found, whole=whole), *_next(found, next_run), *_yours(found, whole=whole)]
    return Answer(lines=tuple(lines), data=_data(found, next_run))


def _head(found: Survey) -> Iterator[str]:
    moment = told(found.now.astimezone(found.show.zone))
    title = fitted(plain_line(found.show.title), _WIDTH - len(moment) - 2)
    yield f"{click.style(title, bold=True)}{' ' * (_WIDTH - columns(title) - len(moment))}{moment}"
    yield from _wrapped(f"{_counts(found)}. {_source(found.seen, found)}")


def _counts(found: Survey) -> str:
    number = len(found.standings)
    by_state = [f"{len(there)} {state}" for state in _COUNTED if (there := found.in_state(state))]
    return f"{number} episode{'s' * (number != 1)}" + (f": {', '.join(by_state)}" if by_state else "")


def _source(seen: Seen, found: Survey) -> str:
    """From where it is known what listeners have."""
    name = plain_line(found.target)
    if seen.by == "run" and seen.at:
        return f"As {name} was {away(seen.at, found.now)}; to look again: placecast status --remote"
    if seen.by == "build":
        return f"As it was built here: this clone has not looked into {name} yet; to look: placecast status --remote"
    return f"As {name} is now." if seen.feed else f"Nothing is published in {name} yet."


def _tables(found: Survey, *, whole: bool) -> Iterator[str]:
    urgent = [each for each in found.standings if each.urgent]
    calm = [each for each in found.standings if not each.urgent]
    # What has changed is worth seeing, however long the list behind it is.
    live = sorted((each for each in calm if each.out), key=lambda each: each.state != "changed")
    groups = {"Needs a person": urgent, "Waiting": [each for each in calm if not each.out], "Live": live}
    width = max((size for each in found.standings if (size := columns(each.slug)) <= _SLUG), default=0)
    for name, members in groups.items():
        if members:
            yield from ("", click.style(name, bold=True))
            limit = len(members) if whole else _FEW[name]
            yield from (line for each in members[:limit] for line in _row(each, width, found.show.zone))
            yield from _rest(members[limit:])


def _rest(left_out: Sequence[Standing]) -> Iterator[str]:
    if left_out:
        yield f"  … and {len(left_out):,} more: {_MORE}"


def _row(each: Standing, width: int, zone: ZoneInfo) -> Iterator[str]:
    """A line; a slug that is too long for its column has one of its own, since people type it."""
    slug = plain_line(each.slug)
    if columns(slug) > width:
        yield f"  {slug}"
        slug = ""
    state, colour = f"{each.state:<{_STATE}}", _COLOURS.get(each.state)
    state = click.style(state, fg=colour) if colour else state
    room = _WIDTH - width - _STATE - _DATE - 8
    note = fitted(plain_line(each.note), room)
    yield f"  {slug:<{width}}  {state}  {_date(each.published, zone):<{_DATE}}  {note}".rstrip()


def _date(at: datetime | None, zone: ZoneInfo) -> str:
    if at is None:
        return f"{'no date':>{_DATE}}"
    there = at.astimezone(zone)
    return f"{there.day:>2} {there:%b %Y %H:%M}"


def _next(found: Survey, run: Outlook) -> Iterator[str]:
    yield from ("", click.style("The next `placecast publish`", bold=True))
    if run.stops:
        yield from _wrapped("does nothing at all until this is put right:", "  ")
        yield from _wrapped(few(list(dict.fromkeys(plain_line(each.file) for each in run.stops)), 3), "    ")
    deeds = [line for verb, text in _deeds(found, run) for line in _deed(verb, plain_line(text))]
    if run.stops and deeds:
        yield "  Then it"
    yield from deeds
    if not found.standings:
        yield "  has nothing to publish yet. Begin with: placecast publish RECORDING"
    elif run.idle:
        yield "  has nothing to do for any episode."


def _deeds(found: Survey, run: Outlook) -> Iterator[tuple[str, str]]:
    made = {slug: steps for slug, steps in run.makes.items() if "master" in steps}
    rest = [f"{slug} ({', '.join(steps)})" for slug, steps in run.makes.items() if slug not in made]
    yield "makes", few(list(made), 6)
    yield "puts right", few(rest)
    yield "brings out", few(run.brings_out, 6)
    yield "updates", few([f"{slug} ({', '.join(topics)})" for slug, topics in run.updates.items()])
    yield "updates", "the show itself" if run.updates_show else ""
    yield "holds back", few([f"{slug}, which nobody has approved" for slug in run.holds_back])
    for each in run.later[:3]:
        at = each.published.astimezone(found.show.zone) if each.published else found.now
        yield "leaves", f"{each.slug} until {told(at)}, {away(at, found.now)}"
    if len(run.later) > 3:
        yield "leaves", f"{len(run.later) - 3:,} more that are scheduled"


def _deed(verb: str, text: str) -> Iterator[str]:
    if text:
        yield from wrap(text, _WIDTH, initial_indent=f"  {verb:<10}  ", subsequent_indent=" " * 14, **_ON_WORDS)


def _yours(found: Survey, *, whole: bool) -> Iterator[str]:
    # First what keeps the next publish from doing anything.
    urgent = sorted((each for each in found.standings if each.urgent), key=lambda each: not each.faults)
    if urgent or found.faults:
        yield from ("", click.style("For you", bold=True))
    for fault in found.faults:
        yield from _fault(fault)
    limit = len(urgent) if whole else _FEW["Needs a person"]
    for each in urgent[:limit]:
        yield from (line for fault in each.faults for line in _fault(fault))
        yield from (line for need in each.needs if need.urgent for line in _need(each.slug, need))
    yield from _rest(urgent[limit:])
    yield from _sometime(found, whole=whole)


def _sometime(found: Survey, *, whole: bool) -> Iterator[str]:
    """What nothing waits for."""
    calm = [(each.slug, need) for each in found.standings for need in each.needs if not need.urgent]
    if not (calm or any(each.unread for each in found.standings)):
        return
    yield from ("", click.style("When there is time", bold=True))
    limit = len(calm) if whole else 3
    yield from (line for slug, need in calm[:limit] for line in _need(slug, need))
    if len(calm) > limit:
        yield f"  … and {len(calm) - limit:,} more: {_MORE}"
    yield from _unread(found)


def _unread(found: Survey) -> Iterator[str]:
    """Transcripts that are out, and that nobody answers for: one line for all, with the newest to begin with."""
    waiting = [each for each in found.standings if each.unread]
    if waiting:
        what = "episode is out with a transcript" if len(waiting) == 1 else "episodes are out with transcripts"
        yield from _wrapped(f"{len(waiting):,} {what} that nobody has approved. Begin with the newest:", "  ")
        yield f"      placecast review {waiting[0].slug}"


def _fault(fault: Fault) -> Iterator[str]:
    where = ": ".join(filter(None, (fault.file, fault.key)))
    yield from _wrapped(plain_line(f"{where}: {fault.what}"), "  ")
    yield from _wrapped(plain_line(fault.cure), "    ")


def _need(slug: str, need: Need) -> Iterator[str]:
    yield from _wrapped(plain_line(f"{slug} {need.what}"), "  ")
    yield from (f"      {plain_line(command)}" for command in need.commands)


# A command that is broken over two lines cannot be copied, and a name with a dash is one word.
_ON_WORDS: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}


def _wrapped(text: str, indent: str = "") -> Iterable[str]:
    return wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent and "    ", **_ON_WORDS)


def _data(found: Survey, run: Outlook) -> dict[str, Any]:
    """The shape that docs/status.md promises to other programs."""
    return {
        "show": found.show.title,
        "now": found.now.astimezone(found.show.zone).isoformat(timespec="seconds"),
        "time_zone": found.show.zone.key,
        "target": found.target,
        "seen": {"by": found.seen.by, "at": found.seen.at.isoformat() if found.seen.at else None},
        "episodes": [_episode(each) for each in found.standings],
        "next_publish": {
            "stops": [asdict(each) for each in run.stops],
            "makes": {slug: list(steps) for slug, steps in run.makes.items()},
            "brings_out": list(run.brings_out),
            "updates": {slug: list(topics) for slug, topics in run.updates.items()},
            "updates_show": run.updates_show,
            "holds_back": list(run.holds_back),
            "later": {each.slug: each.published.isoformat() for each in run.later if each.published},
        },
        "faults": [asdict(each) for each in found.faults],
        "unread": [each.slug for each in found.standings if each.unread],
    }


def _episode(each: Standing) -> dict[str, Any]:
    verdict = each.verdict
    return {
        "slug": each.slug,
        "title": each.title,
        "state": each.state,
        "note": each.note,
        "published": each.published.isoformat() if each.published else None,
        "live": each.out,
        "changed": list(each.changed),
        "steps": [{"step": step.name, "reason": step.reason} for step in each.work.steps],
        "transcript": verdict.state if verdict else None,
        "approved_by": verdict.approval.by if verdict and verdict.approval else None,
        "doubtful_words": each.doubts,
        "held": each.held,
        "needs": [asdict(need) | {"commands": list(need.commands)} for need in each.needs],
        "faults": [asdict(fault) for fault in each.faults],
    }
