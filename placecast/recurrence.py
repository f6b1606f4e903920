"""Recurrence rules as calendars write them (RFC 5545, section 3.3.10): they are checked, never worked out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime

_DAY = r"(?:MO|TU|WE|TH|FR|SA|SU)"
_FREQUENCIES = ("SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_COUNTED_DAY = r"[+-]?(?:[1-9]|[1-4]\d|5[0-3])"
_MONTHDAY = r"[+-]?(?:[1-9]|[12]\d|3[01])"
_YEARDAY = r"[+-]?(?:[1-9]|[1-9]\d|[12]\d\d|3[0-5]\d|36[0-6])"
_SIXTY = r"(?:[0-9]|[0-5]\d)"

# Each part of a rule: its name, and what one of its values looks like. A star: it may have several.
_PARTS = {
    "FREQ": "|".join(_FREQUENCIES),
    "UNTIL": r"\d{8}(?:T\d{6}Z)?",
    "COUNT": r"[1-9]\d{0,5}",
    "INTERVAL": r"[1-9]\d{0,5}",
    "WKST": _DAY,
    "BYSECOND*": rf"{_SIXTY}|60",
    "BYMINUTE*": _SIXTY,
    "BYHOUR*": r"[0-9]|[01]\d|2[0-3]",
    "BYDAY*": rf"(?:{_COUNTED_DAY})?{_DAY}",
    "BYMONTHDAY*": _MONTHDAY,
    "BYYEARDAY*": _YEARDAY,
    "BYWEEKNO*": _COUNTED_DAY,
    "BYMONTH*": r"0?[1-9]|1[0-2]",
    "BYSETPOS*": _YEARDAY,
}
_SHAPES = {
    name.rstrip("*"): re.compile(rf"(?:{value})(?:,(?:{value}))*" if name.endswith("*") else value, re.ASCII)
    for name, value in _PARTS.items()
}
# The frequencies that some parts have no meaning with.
_SENSELESS = {
    "BYMONTHDAY": ("WEEKLY",),
    "BYYEARDAY": ("DAILY", "WEEKLY", "MONTHLY"),
    "BYWEEKNO": _FREQUENCIES[:-1],
}


def rule_faults(rule: str, start: date | None) -> Iterator[str]:
    """What is wrong with a rule that begins at this date, or at this aware datetime."""
    pairs = [part.partition("=")[::2] for part in rule.split(";")]
    said = dict(pairs)
    if len(said) < len(pairs):
        yield "says the same thing twice"
    for name, value in said.items():
        if name not in _SHAPES:
            yield f"has the part {name!r}, which no rule has"
        elif not _SHAPES[name].fullmatch(value):
            yield f"has {name}={value}, which calendars cannot read"
    yield from _contradictions(said)
    yield from _ends(said, start)


def _contradictions(said: Mapping[str, str]) -> Iterator[str]:
    frequency = said.get("FREQ", "")
    if not frequency:
        yield "has no FREQ"
    for name, frequencies in _SENSELESS.items():
        if name in said and frequency in frequencies:
            yield f"has {name}, which makes no sense with FREQ={frequency}"
    if re.search(r"\d", said.get("BYDAY", "")) and (frequency not in ("MONTHLY", "YEARLY") or "BYWEEKNO" in said):
        yield "numbers its days, which only months and years without BYWEEKNO have"
    if "BYSETPOS" in said and not any(name.startswith("BY") for name in said.keys() - {"BYSETPOS"}):
        yield "has BYSETPOS without another BY to choose from"


def _ends(said: Mapping[str, str], start: date | None) -> Iterator[str]:
    """The podcast namespace's own conditions, on when the rule begins, and RFC 5545's on how it ends."""
    if "COUNT" in said and "UNTIL" in said:
        yield "has both COUNT and UNTIL"
    if "COUNT" in said and start is None:
        yield "has COUNT, so it needs a start"
    until = said.get("UNTIL", "")
    if not _SHAPES["UNTIL"].fullmatch(until):
        return
    if start and isinstance(start, datetime) != ("T" in until):
        yield "ends at a date and starts at a moment, or the other way round"
    if not _exists(until):
        yield f"has UNTIL={until}, which is no day of the calendar"


def _exists(until: str) -> bool:
    try:
        datetime.strptime(until, "%Y%m%dT%H%M%SZ" if "T" in until else "%Y%m%d").replace(tzinfo=UTC)
    except ValueError:
        return False
    return True


def iso_start(start: date) -> str:
    """As the podcast namespace writes it: `2026-11-20`, or `2026-11-20T07:00:00.000Z`."""
    if not isinstance(start, datetime):
        return start.isoformat()
    return start.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
