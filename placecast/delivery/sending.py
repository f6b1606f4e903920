"""Sending files, phase after phase: many at a time, none of a phase before the last one is whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from threading import Event, Lock

from placecast.errors import StorageError
from placecast.model import Progress
from placecast.plan import Stored, Upload
from placecast.plan import stored as plan_stored
from placecast.storage import ABSENT, Expected, RefusedError, Storage

_TRIES = 3


def check_sources(uploads: Iterable[Upload]) -> None:
    """Find out before anything is sent that a file of the plan is no longer what was planned."""
    for upload in uploads:
        if isinstance(upload.source, bytes):
            continue
        if not upload.source.is_file() or upload.source.stat().st_size != upload.size:
            raise StorageError(
                str(upload.source),
                f"the file is missing or has changed while {upload.key} was made ready to publish.",
                "Nothing was sent. Run the command again; if the file is missing, make or fetch it first.",
            )


def send(storage: Storage, batch: Sequence[Upload], there: Mapping[str, Stored], meter: Meter) -> dict[str, Stored]:
    """Send one phase, and wait until all of it is there. The first failure stops the others.

    `there`: what is in the storage now, by key.
    """
    if not batch:
        return {}
    with ThreadPoolExecutor(min(storage.workers, len(batch))) as pool:
        puts = [pool.submit(_put, storage, upload, there.get(upload.key), meter.of(upload)) for upload in batch]
        try:
            sent = [put.result() for put in as_completed(puts)]
        except BaseException:  # Ctrl-C as well: the threads must not go on for minutes
            meter.stop()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return {stored.key: stored for stored in sent}


def _put(storage: Storage, upload: Upload, there: Stored | None, progress: Progress) -> Stored:
    """Send one file. What never changes under its name is not sent where another publisher was faster."""
    if not upload.immutable:
        return storage.put(upload, progress)
    if there and there.known:
        return _same(storage, upload, there)
    for _ in range(_TRIES):
        try:
            return storage.put(upload, progress, Expected(there.mark) if there else ABSENT)
        except RefusedError:
            there = storage.facts(upload.key)
        if there:
            return _same(storage, upload, there)
    raise StorageError(
        storage.name,
        f"it refuses {upload.key}, as if something else were there.",
        "Run the command again. If it stays so, look what the storage can do: placecast doctor",
    )


def _same(storage: Storage, upload: Upload, found: Stored) -> Stored:
    if found.sha256 in ("", upload.sha256) and (upload.gzip or found.size == upload.size):
        return plan_stored(upload, size=found.size, mark=found.mark)
    raise StorageError(
        storage.name,
        f"another file lies under the name {upload.key}, which belongs to this content alone.",
        "Somebody has replaced it there. Bring this clone up to date (git pull), or take it away and run again.",
    )


class _Stopped(BaseException):
    """Ends an upload because another one failed. No Exception, or botocore would take it for a network fault."""


class Meter:
    """The share of a whole plan that is sent, told by uploads that run at the same time."""

    def __init__(self, uploads: Iterable[Upload], progress: Progress) -> None:
        self._bytes = {upload.key: upload.size for upload in uploads}
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
