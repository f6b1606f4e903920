"""What files look like from outside: size, time and place on the disk. Equal looks mean that nothing was written.

Nothing is opened, so a folder of ten thousand files takes a tenth of a second.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from placecast import __version__

Look = list[Any]
"""As JSON keeps it: size in bytes, time of the last change in nanoseconds, number on the disk; [] for no file."""


def look(path: str | Path) -> Look:
    """What this file looks like."""
    try:
        return _of(os.stat(path))  # noqa: PTH116  # a Path costs more than the answer
    except OSError:  # a link may lead back to itself
        return []


def below(folder: str) -> Iterator[tuple[str, Look]]:
    """Every file below this folder, and what it looks like. What Python compiles for itself does not count."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.is_dir():
                    yield entry.path, _of(entry.stat())
                elif entry.name != "__pycache__":
                    yield from below(entry.path)
    except FileNotFoundError:
        return


@cache
def program() -> str:
    """What this program looks like: another version makes other things of the same files."""
    seen = sorted([path, *seen] for path, seen in below(str(Path(__file__).parent)))
    return f"{__version__} {hashlib.sha256(repr(seen).encode()).hexdigest()}"


def _of(found: os.stat_result) -> Look:
    return [found.st_size, found.st_mtime_ns, found.st_ino]
