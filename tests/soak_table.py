"""What soak runs have come to, as a table at the end of the test command: a plugin of pytest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest

NAME = "soak"  # of the property that a test leaves: what, how it ended, faults, polls, dangling links, late ones

Row = tuple[str, str, int, int, int, int]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [each for kind in ("passed", "failed") for each in terminalreporter.getreports(kind)]
    rows = [tuple(value) for each in reports for name, value in each.user_properties if name == NAME]
    if rows:
        terminalreporter.section("What the soak has come to")
        for line in table(rows):
            terminalreporter.write_line(line)


def table(rows: Iterable[Row]) -> list[str]:
    """A line for everything that befell publishers."""
    found = list(rows)
    names = list(dict.fromkeys(row[0] for row in found))
    lines = [_line("", "runs", "faults", "polls", "dangling", "late", "how they ended")]
    for name in sorted(names):
        lines.append(_sum(name, [row for row in found if row[0] == name]))
    return [*lines, _sum("all", found)]


def _sum(name: str, rows: list[Row]) -> str:
    ends = ", ".join(f"{count} {end}" for end, count in sorted(Counter(row[1] for row in rows).items()))
    return _line(name, len(rows), *(sum(row[at] for row in rows) for at in range(2, 6)), ends)


def _line(name: str, *rest: object) -> str:
    *numbers, ends = rest
    return f"{name:24}" + "".join(f"{number:>10}" for number in numbers) + f"  {ends}"
