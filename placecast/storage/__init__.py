"""Where the public tree is published: what every storage can do, and the order in which it is asked.

`plan` has decided what is sent. A run that dies at any moment leaves the old feed with all that it points to,
and is completed by running again: nothing is ever deleted here, and feed.xml comes last.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Event, Lock
from typing import Protocol

from placecast.errors import StorageError
from placecast.model import Progress, S3Target, Target, no_progress
from placecast.plan import Phase, Stored, Upload
from placecast.storage.folder import FolderStorage
from placecast.storage.memory import MemoryStorage
from placecast.storage.objects import ABSENT, Content, Expected, Guard, Refused

__all__ = ["FolderStorage", "MemoryStorage", "Storage", "open_storage", "publish"]


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
        """Send one file. `Refused` when something else is there than `expected`. What `progress` raises ends it.

        A large file whose sending was broken off is gone on with where it stopped.
        """

    def delete(self, keys: Sequence[str]) -> None:
        """Take objects away. One that is not there is no fault."""

    def fetch(self, key: str, to: Path) -> None:
        """Bring one file here as it was before it was sent: it appears whole or not at all."""

    def tidy(self, keep: Container[str], before: datetime) -> int:
        """End what was sent in part and given up: all but the keys to keep, begun before this moment. How many."""


def open_storage(target: Target) -> Storage:
    """The storage behind a target. S3 reads its credentials here; nothing is written yet."""
    if isinstance(target, S3Target):
        from placecast.storage.s3 import S3Storage  # boto3 costs a third of a second

        return S3Storage(target)
    return FolderStorage(target.folder)


def publish(
    storage: Storage, plan: Sequence[Upload], remote: Mapping[str, Stored], progress: Progress = no_progress
) -> None:
    """Send what `plan.uploads` has decided against `remote`, phase after phase.

    What is sent is recorded after each phase, so that a run that died need not begin again.
    `progress` is called from several threads, one at a time.
    """
    _check_sources(plan)
    there = dict(remote)
    meter = _Meter(plan, progress)
    for phase in Phase:
        if batch := [upload for upload in plan if upload.phase is phase]:
            there |= _send(storage, batch, meter)
            storage.record(there)


def _check_sources(plan: Iterable[Upload]) -> None:
    """Find out before anything is sent that a file of the plan is no longer what was planned."""
    for upload in plan:
        if not upload.source.is_file() or upload.source.stat().st_size != upload.size:
            raise StorageError(
                str(upload.source),
                f"the file is missing or has changed while {upload.key} was made ready to publish.",
                "Nothing was sent. Run the command again; if the file is missing, make or fetch it first.",
            )


def _send(storage: Storage, batch: Sequence[Upload], meter: _Meter) -> dict[str, Stored]:
    """Send one phase, and wait until all of it is there. The first failure stops the others."""
    with ThreadPoolExecutor(storage.workers) as pool:
        puts = [pool.submit(storage.put, upload, meter.of(upload)) for upload in batch]
        try:
            sent = [put.result() for put in as_completed(puts)]
        except BaseException:  # Ctrl-C as well: the threads must not go on for minutes
            meter.stop()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return {stored.key: stored for stored in sent}


class _Stopped(BaseException):
    """Ends an upload because another one failed. No Exception, or botocore would take it for a network fault."""


class _Meter:
    """The share of the whole plan that is sent, told by uploads that run at the same time."""

    def __init__(self, plan: Iterable[Upload], progress: Progress) -> None:
        self._bytes = {upload.key: upload.size for upload in plan}
        self._total = sum(self._bytes.values()) or 1
        self._shares = dict.fromkeys(self._bytes, 0.0)
        self._sent = 0.0
        self._progress = progress
        self._lock = Lock()
        self._stopped = Event()

    def of(self, upload: Upload) -> Progress:
        return partial(self._tell, upload.key)

    def stop(self) -> None:
        """Make every upload end the next time it tells its share."""
        self._stopped.set()

    def _tell(self, key: str, share: float) -> None:
        if self._stopped.is_set():
            raise _Stopped
        with self._lock:
            self._sent += (share - self._shares[key]) * self._bytes[key]
            self._shares[key] = share
            self._progress(min(self._sent / self._total, 1.0))
