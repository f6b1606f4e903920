"""What listeners have, as far as this machine knows without asking anybody.

A target that is a folder is looked into; of a bucket it is what the last run here saw. A clone that has never looked
takes what was built here for published.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from placecast import files, looks, plan
from placecast.delivery import Sight, Withdrawn, glance, manifest
from placecast.model import FolderTarget, Show
from placecast.plan import FEED, Stored
from placecast.project import Project


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What is known of the target, and from where. `at`: when it was looked at, if that was not now."""

    by: Literal["target", "folder", "run", "build"]
    feed: bytes | None = None
    objects: Mapping[str, Stored] = field(default_factory=dict)  # by key; not all have their hash
    withdrawn: Mapping[str, Withdrawn] = field(default_factory=dict)  # by guid
    root: Path | None = None  # where its files can be read
    at: datetime | None = None

    def digest(self, project: Project, key: str) -> str:
        """The SHA-256 of what is there under a key; "" where there is nothing, or nobody knows."""
        there = self.objects.get(key)
        if there and there.sha256:
            return there.sha256
        path = self.root / key if there and self.root else None
        if path is None or not (look := looks.look(path)):
            return ""
        return str(project.memory.found("there", str(path), look, lambda: files.sha256_of(path)))


def seen(project: Project, show: Show) -> Seen:
    """What is known of the target, without a word to the network."""
    if isinstance(show.target, FolderTarget):
        return _folder(show.target.folder, by="folder")
    last = glance.last_sight(project.last_look, show.target)
    if last:
        return of_sight(last, by="run", at=glance.last_time(project.last_look))
    return _folder(project.feed, by="build")


def _folder(root: Path, *, by: Literal["folder", "build"]) -> Seen:
    """What lies there now. Nothing is made or locked, as `publish` does it."""
    feed, record = root / FEED, root / manifest.KEY
    return Seen(
        by=by,
        feed=feed.read_bytes() if feed.is_file() else None,
        objects={each.key: each for each in _files(root)},
        withdrawn=manifest.load(record.read_bytes()).withdrawn if record.is_file() else {},
        root=root,
    )


def _files(root: Path) -> Iterator[Stored]:
    """Every file below, links to other folders left aside."""
    start = len(f"{root}{os.sep}")
    for folder, _, names in os.walk(root):
        for path in (os.path.join(folder, name) for name in names):  # noqa: PTH118  thousands of them
            key, look = path[start:].replace(os.sep, "/"), looks.look(path)
            if look and plan.is_path(key):
                yield Stored(key=key, size=look[0], mark="")


def of_sight(
    sight: Sight,
    *,
    by: Literal["target", "folder", "run", "build"],
    root: Path | None = None,
    at: datetime | None = None,
) -> Seen:
    """The same, of what was looked at."""
    feed = sight.feed.body if sight.feed else None
    return Seen(by=by, feed=feed, objects=sight.objects, withdrawn=sight.withdrawn, root=root, at=at)


def feed(project: Project, show: Show) -> bytes | None:
    """The published feed alone; None where this machine has seen none."""
    if isinstance(show.target, FolderTarget):
        path = show.target.folder / FEED
        return path.read_bytes() if path.is_file() else None
    return glance.last_feed(project.last_look, show.target)
