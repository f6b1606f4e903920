"""Storage that lives as long as the run: for tests, and for trying the pipeline without a place to publish."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from placecast.fingerprint import sha256
from placecast.model import Progress
from placecast.plan import Stored, Upload, stored
from placecast.storage import fetched, manifest


class MemoryStorage:
    """Keeps files as they are, by key, and the keys in the order in which they were put."""

    name = "memory"
    workers = 1

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.order: list[str] = []

    def look(self) -> Mapping[str, Stored]:
        listed = (Stored(key=key, size=len(content), mark=sha256(content)) for key, content in self.files.items())
        return manifest.recall(listed, manifest.load(self.files.get(manifest.KEY, b"")))

    def put(self, upload: Upload, progress: Progress) -> Stored:
        content = upload.source.read_bytes()
        self.order.append(upload.key)
        self.files[upload.key] = content
        progress(1.0)
        return stored(upload, size=len(content), mark=sha256(content))

    def fetch(self, key: str, to: Path) -> None:
        if key not in self.files:
            raise fetched.absent(self.name, key)
        fetched.save([self.files[key]], to)

    def record(self, objects: Mapping[str, Stored]) -> None:
        self.files[manifest.KEY] = manifest.dump(objects)
