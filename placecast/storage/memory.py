"""Storage that lives as long as the run: for tests, and for trying the pipeline without a place to publish."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from threading import Lock

from placecast.fingerprint import sha256
from placecast.model import Progress, no_progress
from placecast.plan import Stored, Upload, stored
from placecast.storage import fetched
from placecast.storage.objects import GUARDED, Content, Expected, Guard, RefusedError


class MemoryStorage:
    """Keeps files as they are, by key, and the keys in the order in which they were put."""

    name = "memory"
    workers = 1
    lists_freely = True

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.order: list[str] = []
        self._lock = Lock()

    def guard(self, known: Guard | None = None) -> Guard:
        return known or GUARDED

    def read(self, key: str) -> Content | None:
        body = self.files.get(key)
        return None if body is None else Content(body=body, mark=sha256(body))

    def facts(self, key: str) -> Stored | None:
        body = self.files.get(key)
        return None if body is None else Stored(key=key, size=len(body), mark=sha256(body), sha256=sha256(body))

    def listed(self, prefix: str = "") -> Iterator[Stored]:
        for key, body in sorted(self.files.items()):
            if key.startswith(prefix):
                yield Stored(key=key, size=len(body), mark=sha256(body))

    def put(self, upload: Upload, progress: Progress = no_progress, expected: Expected | None = None) -> Stored:
        body = upload.source if isinstance(upload.source, bytes) else upload.source.read_bytes()
        progress(0.5)
        with self._lock:
            there = self.files.get(upload.key)
            if expected and expected.mark != (None if there is None else sha256(there)):
                raise RefusedError(upload.key)
            self.order.append(upload.key)
            self.files[upload.key] = body
        progress(1.0)
        return stored(upload, size=len(body), mark=sha256(body))

    def delete(self, keys: Sequence[str]) -> None:
        for key in keys:
            self.files.pop(key, None)

    def fetch(self, key: str, to: Path) -> None:
        if key not in self.files:
            raise fetched.absent(self.name, key)
        fetched.save([self.files[key]], to)

    def tidy(self, keep: Container[str], before: datetime) -> int:  # noqa: ARG002 - the seam's
        return 0
