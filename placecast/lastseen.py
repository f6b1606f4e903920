"""What listeners have, as far as this machine knows without asking anybody.

A target that is a folder is looked into; of a bucket it is what the last run here saw. A clone that has never looked
takes what was built here for published.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from placecast import delivery, files, looks
from placecast.delivery import Sight, Withdrawn, glance
from placecast.errors import StorageError
from placecast.model import FolderTarget, Show
from placecast.plan import FEED, Stored
from placecast.project import Project
from placecast.storage import FolderStorage


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
        try:
            sight = delivery.look(FolderStorage(show.target.folder))
        except StorageError:  # it is not fit to publish into, which `publish` says
            return Seen(by="build")
        return of_sight(sight, by="folder", root=show.target.folder)
    last = glance.last_sight(project.last_look, show.target)
    if last:
        return of_sight(last, by="run", at=glance.last_time(project.last_look))
    return of_sight(delivery.look(FolderStorage(project.feed)), by="build", root=project.feed)


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
