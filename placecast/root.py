"""Where a show's folder begins."""

from __future__ import annotations

from pathlib import Path

from placecast.errors import UsageError

SHOW_FILE = "placecast.toml"


def find_root(start: Path) -> Path:
    """The show that this folder belongs to: here or in a folder above."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / SHOW_FILE).is_file():
            return folder
    cure = "Go to the show's folder, name it with -C FOLDER, or make a new show with: placecast init"
    raise UsageError(str(start), f"here is no show: no {SHOW_FILE} in this folder or above it.", cure)
