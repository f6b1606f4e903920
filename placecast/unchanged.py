"""Knowing within a moment that a run would do nothing: no file of the show has changed, and neither has the feed.

A run that found nothing to do leaves its answer, and what every file looked like that it was made from. As long as
all of them look the same (size, time and place on the disk), no scheduled episode has come due, and everybody still
gets the same feed, the answer is the same. Light to load: nothing is read but the names of files.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from placecast import __version__, files

_RECORD = Path(".placecast/target/unchanged.json")
_LAST_LOOK = Path(".placecast/target")
_FILES = ("placecast.toml", "names.toml")
_FOLDERS = ("episodes", "transcripts", "feed")


def remember(
    root: Path, *, answer: dict[str, Any], feed_url: str, due: datetime | None, outside: Iterable[Path] = ()
) -> None:
    """Keep the answer of a run that had nothing to do.

    `due`: when the next scheduled episode goes out. `outside`: files that the show is made from and that lie elsewhere.
    """
    elsewhere = sorted(map(str, outside))
    record = {
        "answer": answer,
        "feed": feed_url,
        "due": due.isoformat() if due else None,
        "outside": elsewhere,
        "seen": _seen(root),
        "looks": _looks(root, elsewhere),
    }
    files.write(root / _RECORD, json.dumps(record).encode())


def answer(root: Path, now: datetime) -> dict[str, Any] | None:
    """What the last run said that had nothing to do, if this one has nothing to do either."""
    try:
        record = json.loads((root / _RECORD).read_bytes())
        same = record["seen"] == _seen(root) and record["looks"] == _looks(root, record["outside"])
        if not same or (record["due"] and now >= datetime.fromisoformat(record["due"])):
            return None
        found: dict[str, Any] = record["answer"]
        return found if _is_published(root, record["feed"]) else None
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _is_published(root: Path, feed_url: str) -> bool:
    from placecast.delivery import glance

    return glance.is_published(root / _LAST_LOOK, feed_url)


def _seen(root: Path) -> str:
    """Which target was looked at last, and which feed was there: `delivery.glance` keeps it."""
    path = root / _LAST_LOOK / "target.txt"
    return path.read_text("utf-8") if path.is_file() else ""


def _looks(root: Path, outside: Iterable[str]) -> list[Any]:
    """What every file looks like, without opening any; a program of another version looks different, too."""
    found = [look for name in _FOLDERS for look in _below(str(root / name))]
    program = sorted(_below(str(Path(__file__).parent)))
    paths = [*(root / name for name in _FILES), *map(Path, outside)]
    return [__version__, program, sorted(found), [_look(path) for path in paths]]


def _below(folder: str) -> Iterator[list[Any]]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir():
                    if entry.name != "__pycache__":
                        yield from _below(entry.path)
                else:
                    yield _looks_like(entry.path, entry.stat())
    except FileNotFoundError:
        return


def _look(path: Path) -> list[Any]:
    try:
        return _looks_like(str(path), path.stat())
    except OSError:  # a link may lead back to itself
        return [str(path)]


def _looks_like(path: str, found: os.stat_result) -> list[Any]:
    return [path, found.st_size, found.st_mtime_ns, found.st_ino]
