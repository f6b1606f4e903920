"""The account as tables, for spreadsheets (CSV), for programs (JSON), and for the page."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass

from placecast.accounts.account import Account, Heard, Made, Measure, Named

Value = str | int | float

REVIEWS = {
    "approved": "approved by a person",
    "edited": "edited, not approved",
    "machine": "as the machine heard it",
    "none": "none",
}
KINDS = {"app": "app", "browser": "browser", "library": "part of several apps", "unknown": "not told"}

# What makes a spreadsheet take a text for a formula.
_FORMULA = ("=", "+", "@", "\t", "\r")


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows under a head. `name`: of its file."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def of(account: Account) -> tuple[Table, ...]:
    """All tables of the account, in the order in which they are read."""
    return tuple(_tables(account))


def as_csv(table: Table) -> bytes:
    """As spreadsheets read it without asking: commas, UTF-8 with its mark, lines as RFC 4180 ends them."""
    text = io.StringIO()
    csv.writer(text).writerows([table.columns, *(map(_cell, row) for row in table.rows)])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def as_json(account: Account, shown: tuple[Table, ...]) -> bytes:
    """Every table as a list of its rows, by the names of their columns."""
    period = {"from": account.period.first.isoformat(), "to": account.period.last.isoformat()}
    rows = {table.name: [dict(zip(table.columns, row, strict=True)) for row in table.rows] for table in shown}
    whole = {"show": account.show.title, "url": account.show.url} | period | rows
    return json.dumps(whole, ensure_ascii=False, indent=1).encode() + b"\n"


def _cell(value: Value) -> Value:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _tables(account: Account) -> Iterator[Table]:
    yield Table(
        name="summary",
        title="In short",
        columns=("Measure", "In this period", "Since the beginning"),
        rows=tuple(map(_measure, account.measures)),
    )
    yield Table(
        name="episodes",
        title="Episodes",
        columns=(
            "Episode",
            "Out on",
            "Minutes",
            "People",
            "Places",
            "Transcript",
            "Corrections",
            "Downloads",
            "Address",
        ),
        rows=tuple(_episode(each, account.heard) for each in account.episodes),
    )
    yield _named("people", "People", "Name", "Roles", account.people)
    yield _named("organisations", "Organisations", "Organisation", "People", account.organisations)
    yield _named("places", "Places", "Place", "How", account.places)
    if account.heard:
        yield from _downloads(account.heard)


def _measure(each: Measure) -> tuple[Value, ...]:
    return (
        each.name,
        *(round(number, each.digits) if each.digits else int(number) for number in (each.period, each.so_far)),
    )


def _episode(each: Made, heard: Heard | None) -> tuple[Value, ...]:
    count = next((n for slug, _, n in heard.episodes if slug == each.slug), 0) if heard else ""
    return (
        *(each.title, each.published.isoformat(), round(each.seconds / 60)),
        *("; ".join(each.people), "; ".join(each.places), REVIEWS[each.review]),
        *(each.corrections, count, each.address),
    )


def _named(name: str, title: str, what: str, about: str, found: tuple[Named, ...]) -> Table:
    rows = tuple((each.name, "; ".join(each.about), each.episodes) for each in found)
    return Table(name=name, title=title, columns=(what, about, "Episodes"), rows=rows)


def _downloads(heard: Heard) -> Iterator[Table]:
    days = tuple((day.isoformat(), count) for day, count in heard.days.items())
    yield Table(name="downloads-by-day", title="Downloads by day", columns=("Day (UTC)", "Downloads"), rows=days)
    yield Table(
        name="downloads-by-episode",
        title="Downloads by episode",
        columns=("Episode", "Downloads"),
        rows=tuple((title, count) for _, title, count in heard.episodes),
    )
    yield Table(
        name="downloads-by-app",
        title="Downloads by app",
        columns=("App", "Kind", "Downloads"),
        rows=tuple((name, KINDS[kind], count) for name, kind, count in heard.apps),
    )
    if heard.countries:
        yield Table(
            name="downloads-by-country",
            title="Downloads by country",
            columns=("Country (ISO 3166)", "Downloads"),
            rows=heard.countries,
        )
