"""The date of an episode in its episode.md: written, changed or taken out, and not a byte else.

A line that looks like the date's may stand in a text of several lines, or belong to a table. So what was changed is
read again, and counts only if it says the same as before but for the date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from placecast.errors import FactsError, Fault
from placecast.moments import iso
from placecast.project import front_matter

_KEY = "published"
_DATE = re.compile(rf"(\s*[\"']?{_KEY}[\"']?\s*=\s*)([^#\r]*?)(\s*(?:#.*)?\r?)", re.DOTALL)
_GUID = re.compile(r"\s*[\"']?guid[\"']?\s*=")
_CURE = "Write it there yourself, on a line of its own below that of the guid: published = {}"


def dated(text: str, at: datetime | None, file: str) -> str:
    """The same episode.md with this date, or without any; FactsError where no line can be found for it."""
    before, notes = front_matter.read(text, file)
    wanted = {key: value for key, value in before.items() if key != _KEY} | ({_KEY: at} if at else {})
    if before.get(_KEY) == wanted.get(_KEY):
        return text
    for changed in _changed(text, iso(at) if at else None, new=_KEY not in before):
        try:
            if front_matter.read(changed, file) == (wanted, notes):
                return changed
        except FactsError:
            continue
    date = iso(at) if at else "(no such line)"
    raise FactsError(
        [Fault(file=file, key=_KEY, what="stands where it cannot be changed from here.", cure=_CURE.format(date))]
    )


def _changed(text: str, date: str | None, *, new: bool) -> Iterator[str]:
    """The file with one line put in, changed or taken out, at each place where that line may be."""
    lines = text.split("\n")
    inside = front_matter.inside(lines)
    for number in inside:
        line = lines[number]
        if new and _GUID.match(line):
            yield "\n".join([*lines[: number + 1], *_line(date, line), *lines[number + 1 :]])
        elif not new and (match := _DATE.fullmatch(line)):
            left = [f"{match[1]}{date}{match[3]}"] if date else []
            yield "\n".join([*lines[:number], *left, *lines[number + 1 :]])
    if new:
        fence = inside.start - 1
        yield "\n".join([*lines[: fence + 1], *_line(date, lines[fence]), *lines[fence + 1 :]])


def _line(date: str | None, beside: str) -> list[str]:
    """A new line that ends as the one beside it."""
    end = "\r" if beside.endswith("\r") else ""
    return [f"{_KEY} = {date}{end}"] if date else []
