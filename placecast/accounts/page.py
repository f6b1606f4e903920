"""The account as one page that needs nothing else: no script, no other file, no other host."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from placecast.accounts import plots
from placecast.accounts.account import Account, Heard
from placecast.accounts.plots import Bar
from placecast.accounts.tables import Table
from placecast.audience.rules import BUSY
from placecast.pages import tokens

_FIRST = {"episodes", "people", "organisations", "places"}  # tables without a plot
_NUMBERS = {"Downloads", "Episodes", "Minutes", "Corrections", "In this period", "Since the beginning"}


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A table, and the plot that stands beside it."""

    table: Table
    plot: Markup | None = None


def render(account: Account, shown: Sequence[Table]) -> bytes:
    """The page. `shown`: its tables."""
    named = {table.name: table for table in shown}
    text = _template().render(
        account=account,
        show=account.show,
        first=_day(account.period.first),
        last=_day(account.period.last),
        summary=named["summary"],
        made=[table for table in shown if table.name in _FIRST and table.rows],
        heard=_heard(account.heard, named) if account.heard else [],
        numbers=_NUMBERS,
        light=tokens.light(),
        dark=tokens.dark(),
        busy=BUSY,
        unsure=", ".join(map(_day, account.heard.unsure)) if account.heard else "",
    )
    return text.encode()


def _heard(heard: Heard, named: dict[str, Table]) -> list[Shown]:
    unit, bars = plots.spans(list(heard.days.items()))
    by_time = Table(
        name="downloads-by-time",
        title=f"Downloads by {unit}",
        columns=(unit.capitalize(), "Downloads"),
        rows=tuple((bar.name, bar.count) for bar in bars),
    )
    found = [Shown(table=by_time, plot=plots.columns(bars, by_time.title, by_time.name))]
    for name in ("downloads-by-episode", "downloads-by-app", "downloads-by-country"):
        if (table := named.get(name)) and table.rows:
            counted = [Bar(name=str(row[0]), count=int(row[-1])) for row in table.rows]
            found.append(Shown(table=table, plot=plots.rows(counted, table.title, name)))
    return found


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


@cache
def _template() -> Template:
    made = Environment(
        loader=PackageLoader("placecast.accounts"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return made.get_template("report.html")
