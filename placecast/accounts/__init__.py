"""The report for funders: what was made in a period, with whom, about which places, and how often it was downloaded.

`account` gathers it, `listening` counts downloads from logs, `tables`, `plots` and `page` show it. Nothing in it comes
from the clock: the same show, counts and period give the same files.
"""

from __future__ import annotations

from pathlib import Path

from placecast import files
from placecast.accounts import page, tables
from placecast.accounts.account import Account, Period, gather

__all__ = ["Account", "Period", "gather", "write"]


def write(account: Account, folder: Path) -> tuple[Path, ...]:
    """The report as a page, as tables and as data, in this folder: what was written."""
    shown = tables.of(account)
    made = {"report.html": page.render(account, shown), "report.json": tables.as_json(account, shown)}
    made |= {f"{table.name}.csv": tables.as_csv(table) for table in shown}
    for name, content in made.items():
        files.write(folder / name, content)
    return tuple(folder / name for name in made)
