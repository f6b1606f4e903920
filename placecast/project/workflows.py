"""Who else publishes a show: the workflows in its folder that a server runs at set times."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

_PLACES = (".github/workflows/*.yml", ".github/workflows/*.yaml", ".gitlab-ci.yml", ".forgejo/workflows/*.yml")
_PUBLISHES = re.compile(r"^[^#\n]*\bplacecast\b[^#\n]*\bpublish\b", re.MULTILINE)
_TIMED = re.compile(r"^[^#\n]*\bschedule\b", re.MULTILINE)
_CRON = re.compile(r"""^[^#\n]*\bcron:\s*["']?([\d*/, A-Za-z-]+)""", re.MULTILINE)
_PART = re.compile(r"(\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/(\d{1,2}))?", re.ASCII)
_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))  # minute, hour, day, month, weekday, where 0 and 7 are Sunday
_FAR = 366  # days


@dataclass(frozen=True, kw_only=True)
class Workflow:
    """A file that says so, from the show's folder; and when it runs, as cron writes it (in UTC), if it says that."""

    file: str
    times: tuple[str, ...] = ()

    def next_run(self, after: datetime) -> datetime | None:
        """When it runs first at this moment or later; None when that is not known."""
        return min((found for each in self.times if (found := next_time(each, after))), default=None)


def workflows(root: Path) -> tuple[Workflow, ...]:
    """The workflows that publish at set times, as far as their files show."""
    return tuple(_found(root))


def _found(root: Path) -> Iterator[Workflow]:
    for path in (path for place in _PLACES for path in sorted(root.glob(place))):
        text = path.read_bytes().decode("utf-8", "replace")
        if _PUBLISHES.search(text) and _TIMED.search(text):
            times = tuple(each.strip() for each in _CRON.findall(text))
            yield Workflow(file=path.relative_to(root).as_posix(), times=times)


def next_time(cron: str, after: datetime) -> datetime | None:
    """The first moment from this one on that these five fields name; None when they cannot be read or never come."""
    fields = cron.split()
    numbers = [_numbers(field, *limits) for field, limits in zip(fields, _RANGES, strict=False)]
    if len(fields) != len(_RANGES) or not all(numbers):
        return None
    minutes, hours, days, months, weekdays = numbers
    first = after.astimezone(UTC)
    for date in (first.date() + timedelta(days=number) for number in range(_FAR)):
        # Where both days are given, either will do (POSIX, crontab).
        of_month, of_week = date.day in days, not {date.isoweekday(), date.isoweekday() % 7}.isdisjoint(weekdays)
        either = "*" not in (fields[2], fields[4])
        if date.month in months and (of_month or of_week if either else of_month and of_week):
            times = (datetime.combine(date, time(h, m), UTC) for h in sorted(hours) for m in sorted(minutes))
            if found := next((each for each in times if each >= first), None):
                return found
    return None


def _numbers(field: str, low: int, high: int) -> frozenset[int]:
    """The numbers of one field; none when it is not understood, such as the names of days."""
    found: set[int] = set()
    for part in field.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            return frozenset()
        start = low if match[1] == "*" else int(match[2])
        end = high if match[1] == "*" or (match[4] and not match[3]) else int(match[3] or start)
        found |= set(range(start, end + 1, int(match[4] or 1) or 1))
    return frozenset(each for each in found if low <= each <= high)
