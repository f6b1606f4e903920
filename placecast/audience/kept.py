"""What is kept of the counts, so that the logs can be deleted: numbers by day, episode and app, and nothing else.

Tables under `audience/` in the show's folder, one a month, which git can compare and any program can open. A day is
counted anew as long as the logs tell at least as much of it as they did before.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from placecast import files
from placecast.audience.counting import Counted
from placecast.errors import FactsError, Fault

FOLDER = "audience"
_DAYS = "days.csv"
_DAY_COLUMNS = ("day", "requests", "whole")
_COLUMNS = ("day", "episode", "app", "kind", "downloads")
_COUNTRY_COLUMNS = ("day", "country", "downloads")
# CloudFront may take a day to write what it has seen.
_LATE = timedelta(days=1)
_CURE = "Get it back from git, or delete it and count again from the logs."

App = tuple[date, str, str, str]  # day, episode, app, its kind
Country = tuple[date, str]
Key = TypeVar("Key", App, Country)


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day that was counted. `requests`: how many it was counted from; `whole`: no more were to come."""

    requests: int
    whole: bool


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The counts of all days so far."""

    days: Mapping[date, Day] = field(default_factory=dict)
    apps: Mapping[App, int] = field(default_factory=dict)
    countries: Mapping[Country, int] = field(default_factory=dict)

    @property
    def whole(self) -> frozenset[date]:
        """The days of which no logs need be kept."""
        return frozenset(day for day, known in self.days.items() if known.whole)


def merged(before: Kept, counted: Counted, now: datetime) -> tuple[Kept, tuple[date, ...]]:
    """The counts with those of these logs, and the days of which the logs tell less than was known: those stay."""
    less = {day for day, n in counted.requests.items() if day in before.days and n < before.days[day].requests}
    new = set(counted.requests) - less
    days = {day: Day(requests=counted.requests[day], whole=_is_over(day, now)) for day in new}
    apps, countries = Counter[App](), Counter[Country]()
    for each in counted.downloads:
        apps[each.day, each.episode, each.app, each.kind] += each.count
        if each.country:
            countries[each.day, each.country] += each.count
    kept = Kept(
        days={**before.days, **days},
        apps={**_without(before.apps, new), **{key: n for key, n in apps.items() if key[0] in new}},
        countries={**_without(before.countries, new), **{key: n for key, n in countries.items() if key[0] in new}},
    )
    return kept, tuple(sorted(less))


def _without(counts: Mapping[Key, int], days: set[date]) -> dict[Key, int]:
    return {key: count for key, count in counts.items() if key[0] not in days}


def _is_over(day: date, now: datetime) -> bool:
    end = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
    return now >= end + _LATE


def read(root: Path) -> Kept:
    """The counts that this show has kept; none before the first time."""
    folder = root / FOLDER
    days = {
        date.fromisoformat(day): Day(requests=int(n), whole=whole == "yes")
        for day, n, whole in _rows(folder / _DAYS, _DAY_COLUMNS)
    }
    apps = {
        (date.fromisoformat(day), episode, app, kind): int(count)
        for path in sorted(folder.glob("[0-9]*-downloads.csv"))
        for day, episode, app, kind, count in _rows(path, _COLUMNS)
    }
    countries = {
        (date.fromisoformat(day), country): int(count)
        for path in sorted(folder.glob("[0-9]*-countries.csv"))
        for day, country, count in _rows(path, _COUNTRY_COLUMNS)
    }
    return Kept(days=days, apps=apps, countries=countries)


def write(root: Path, kept: Kept) -> tuple[str, ...]:
    """Write the tables that have changed; their names."""
    days = [(day.isoformat(), each.requests, "yes" if each.whole else "no") for day, each in sorted(kept.days.items())]
    tables = {_DAYS: _table(_DAY_COLUMNS, days)}
    tables |= {f"{month}-downloads.csv": _table(_COLUMNS, rows) for month, rows in _by_month(kept.apps).items()}
    tables |= {
        f"{month}-countries.csv": _table(_COUNTRY_COLUMNS, rows) for month, rows in _by_month(kept.countries).items()
    }
    folder = root / FOLDER
    changed = {name: table for name, table in tables.items() if not _holds(folder / name, table)}
    for name, table in changed.items():
        files.write(folder / name, table)
    return tuple(f"{FOLDER}/{name}" for name in changed)


def _by_month(counts: Mapping[Key, int]) -> dict[str, list[tuple[object, ...]]]:
    months: dict[str, list[tuple[object, ...]]] = {}
    for key, count in sorted(counts.items()):
        day, *rest = key
        months.setdefault(f"{day:%Y-%m}", []).append((str(day), *rest, count))
    return months


def _table(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([columns, *rows])
    return text.getvalue().encode()


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[list[str]]:
    """The rows of a table, each as long as its head."""
    if not path.is_file():
        return
    try:
        head, *rows = csv.reader(io.StringIO(path.read_text("utf-8")))
        yield from _checked(tuple(head), rows, columns)
    except (ValueError, csv.Error) as error:
        what = f"is no table of counts: {error}."
        raise FactsError([Fault(file=f"{FOLDER}/{path.name}", what=what, cure=_CURE)]) from error


def _checked(head: tuple[str, ...], rows: list[list[str]], columns: tuple[str, ...]) -> list[list[str]]:
    if head != columns:
        raise ValueError(f"its columns are not {', '.join(columns)}")
    for number, row in enumerate(rows, start=2):
        if len(row) != len(columns):
            raise ValueError(f"line {number} has {len(row)} columns")
        date.fromisoformat(row[0])
        int(row[1] if columns == _DAY_COLUMNS else row[-1])
    return rows


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content
