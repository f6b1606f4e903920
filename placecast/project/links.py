"""No link in a show leads out of it: a clone that holds one would have us write, delete or publish foreign files.

Only folders that we write into are looked at, and files that are published as they are. Where a single file of ours is
a link, writing it takes the link's place (see `files.replacing`). A recording may lie anywhere.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from placecast.errors import Fault

_OURS = ("audience", "episodes", "feed", "reports", "templates", "transcripts", ".placecast")
_HOLDING = (
    *("audience", "episodes", "feed", "feed/e", "feed/media", "reports", "templates", "templates/style", "transcripts"),
    *(".placecast", ".placecast/work", ".placecast/preview", ".placecast/preview/e"),
)
_CURE = "Take the link away, and put there what it leads to if you need it. Was it there in a clone? Ask who made it."


def link_faults(root: Path) -> list[Fault]:
    """A fault for each link that leads out of the show."""
    root = root.resolve()
    found = [path for name in _OURS if (path := root / name).is_symlink()]
    found += [path for name in _HOLDING for path in _links(root / name)]
    return [
        Fault(file=path.relative_to(root).as_posix(), what="is a link that leads out of the show.", cure=_CURE)
        for path in found
        if not path.resolve().is_relative_to(root)
    ]


def _links(folder: Path) -> Iterator[Path]:
    if folder.is_dir() and not folder.is_symlink():
        with os.scandir(folder) as entries:
            yield from sorted(Path(entry.path) for entry in entries if entry.is_symlink())
