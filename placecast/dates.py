"""Days as people write them, wherever they are told: the same on every machine."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

# strftime asks the machine's locale; the same content must have the same bytes everywhere.
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def day(moment: datetime, zone: ZoneInfo) -> str:
    """`20 November 2026`, where the show is at home."""
    there = moment.astimezone(zone)
    return f"{there.day} {MONTHS[there.month - 1]} {there.year}"


def local_iso(moment: datetime, zone: ZoneInfo) -> str:
    """`2026-11-20T06:00:00+00:00`, for `<time datetime>` and structured data."""
    return moment.astimezone(zone).isoformat(timespec="seconds")
