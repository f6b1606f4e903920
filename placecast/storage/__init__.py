"""Where the public tree is published: what every storage can do. In which order it is asked is `delivery`'s part."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from placecast.model import Progress, S3Target, Target, no_progress
from placecast.plan import Stored, Upload
from placecast.storage.folder import FolderStorage
from placecast.storage.memory import MemoryStorage
from placecast.storage.objects import ABSENT, Content, Expected, Guard, RefusedError

__all__ = [
    "ABSENT",
    "Content",
    "Expected",
    "FolderStorage",
    "Guard",
    "MemoryStorage",
    "RefusedError",
    "Storage",
    "open_storage",
]


class Storage(Protocol):
    """A place that keeps files by key and serves them. Failures are StorageErrors, after patient tries.

    Keys have forward slashes and are relative to the public tree. An object appears whole or not at all.
    """

    name: str
    """For people: `the folder /srv/podcast`, `s3://bucket/prefix/`."""

    workers: int
    """How many files may be put at the same time, from as many threads."""

    lists_freely: bool
    """Whether `listed` costs next to nothing, so that no memory of what is there need be trusted."""

    def guard(self, known: Guard | None = None) -> Guard:
        """What conditional writes are worth here, which `put` then goes by.

        `known`: what was found another time. Without it the place is tried out with an object of our own.
        """

    def read(self, key: str) -> Content | None:
        """A small object, or None when it is not there."""

    def facts(self, key: str) -> Stored | None:
        """What is known of one object, or None when it is not there."""

    def listed(self, prefix: str = "") -> Iterable[Stored]:
        """What is there, below a prefix: key, size and mark of each object."""

    def put(self, upload: Upload, progress: Progress = no_progress, expected: Expected | None = None) -> Stored:
        """Send one file. `RefusedError` when something else is there than `expected`. What `progress` raises ends it.

        A large file whose sending was broken off is gone on with where it stopped.
        """

    def delete(self, keys: Sequence[str]) -> None:
        """Take objects away. One that is not there is no fault."""

    def fetch(self, key: str, to: Path) -> None:
        """Bring one file here as it was before it was sent: it appears whole or not at all."""

    def tidy(self, keep: Container[str], before: datetime) -> int:
        """End what was sent in part and given up: all but the keys to keep, begun before this moment. How many."""


def open_storage(target: Target) -> Storage:
    """The storage behind a target. Nothing is asked or written yet."""
    if isinstance(target, S3Target):
        from placecast.storage.s3 import S3Storage

        return S3Storage(target)
    return FolderStorage(target.folder)
