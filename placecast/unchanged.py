"""Knowing within a moment that a run would do nothing: no file of the show has changed, and neither has the feed.

A run that found nothing to do leaves its answer, and what every file looked like that it was made from. As long as
all of them look the same (size, time and place on the disk), no scheduled episode has come due, and everybody still
gets the same feed, the answer is the same. Light to load: nothing is read but the names of files.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from placecast import files, looks

_LAST_LOOK = Path(".placecast/target")
_RECORDS = {"publish": _LAST_LOOK / "unchanged.json", "build": Path(".placecast/built.json")}
_FILES = ("placecast.toml", "names.toml")
_FOLDERS = ("episodes", "transcripts", "templates")


Command = Literal["publish", "build"]


def remember(
    root: Path,
    *,
    answer: dict[str, Any],
    feed_url: str | None,
    due: datetime | None,
    outside: Iterable[Path] = (),
    command: Command = "publish",
) -> None:
    """Keep the answer of a run that had nothing to do.

    `feed_url`: where the feed is asked for that everybody gets; None for what has nothing to do with it.
    `due`: when the next scheduled episode goes out. `outside`: files that the show is made from and that lie elsewhere.
    """
    elsewhere = sorted(map(str, outside))
    record = {
        "answer": answer,
        "feed": feed_url,
        "due": due.isoformat() if due else None,
        "outside": elsewhere,
        "seen": _seen(root),
        "looks": [_made_from(root, elsewhere), _made(root)],
    }
    files.write(root / _RECORDS[command], json.dumps(record).encode())


def answer(root: Path, now: datetime, command: Command = "publish") -> dict[str, Any] | None:
    """What the last run said that had nothing to do, if this one has nothing to do either."""
    try:
        record = json.loads((root / _RECORDS[command]).read_bytes())
        sources, made = record["looks"]
        same = record["seen"] == _seen(root) and sources == _made_from(root, record["outside"]) and made == _made(root)
        if not same or (record["due"] and now >= datetime.fromisoformat(record["due"])):
            return None
        found: dict[str, Any] = record["answer"]
        return found if record["feed"] is None or _is_published(root, record["feed"]) else None
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _is_published(root: Path, feed_url: str) -> bool:
    from placecast.delivery import glance

    return glance.is_published(root / _LAST_LOOK, feed_url)


def _seen(root: Path) -> str:
    """Which target was looked at last, and which feed was there: `delivery.glance` keeps it."""
    path = root / _LAST_LOOK / "target.txt"
    return path.read_text("utf-8") if path.is_file() else ""


def _made_from(root: Path, outside: Iterable[str]) -> list[str]:
    """Names for the program, and for what all files look like that people write."""
    written = (root / name for name in _FOLDERS)
    return [looks.program(), looks.name(written, [*(root / name for name in _FILES), *outside])]


def _made(root: Path) -> str:
    """A name for what the public tree looks like, which has five times as many files."""
    return looks.name([root / "feed"])
