"""Who else publishes a show: the workflows in its folder that a server runs at set times."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PLACES = (".github/workflows/*.yml", ".github/workflows/*.yaml", ".gitlab-ci.yml", ".forgejo/workflows/*.yml")
_PUBLISHES = re.compile(r"^[^#\n]*\bplacecast\b[^#\n]*\bpublish\b", re.MULTILINE)
_TIMED = re.compile(r"^[^#\n]*\bschedule\b", re.MULTILINE)
_CRON = re.compile(r"""^[^#\n]*\bcron:\s*["']?([\d*/, A-Za-z-]+)""", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Workflow:
    """A file that says so, from the show's folder; and when it runs, as cron writes it (in UTC), if it says that."""

    file: str
    times: tuple[str, ...] = ()


def workflows(root: Path) -> tuple[Workflow, ...]:
    """The workflows that publish at set times, as far as their files show."""
    return tuple(_found(root))


def _found(root: Path) -> Iterator[Workflow]:
    for path in (path for place in _PLACES for path in sorted(root.glob(place))):
        text = path.read_bytes().decode("utf-8", "replace")
        if _PUBLISHES.search(text) and _TIMED.search(text):
            times = tuple(each.strip() for each in _CRON.findall(text))
            yield Workflow(file=path.relative_to(root).as_posix(), times=times)
