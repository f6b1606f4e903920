"""A small public tree on disk, for tests of what is published."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from placecast import delivery, plan
from placecast.delivery import Parcel, Publisher
from placecast.fingerprint import sha256
from placecast.storage import Storage

NOW = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)

FILES = {
    "media/one-0123456789ab.mp3": b"\xff\xfb sound of one" * 50,
    "media/cover-ba9876543210.jpg": b"\xff\xd8 picture" * 20,
    "e/one/transcript.vtt": b"WEBVTT\n\n00:00.000 --> 00:02.000\nHello.\n",
    "e/one/chapters.json": b'{"version": "1.2.0", "chapters": []}\n',
    "e/one/index.html": b"<!doctype html><title>One</title>",
    "index.html": b"<!doctype html><title>Show</title>",
    "feed.xml": b"<rss>one</rss>",
}


@dataclass(frozen=True, kw_only=True)
class Tree:
    """Files by key; `uploads` writes them out and says how each is sent."""

    folder: Path
    files: dict[str, bytes] = field(default_factory=lambda: dict(FILES))

    def uploads(self) -> list[plan.Upload]:
        return [self._upload(key, content) for key, content in self.files.items()]

    def _upload(self, key: str, content: bytes) -> plan.Upload:
        source = self.folder / key
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_bytes(content)
        return plan.upload(key, source, len(content), sha256(content))


def run(storage: Storage, tree: Tree, *, clone: str = "here", now: datetime = NOW, thorough: bool = False) -> list[str]:
    """Publish the tree, and say what was sent."""
    sight = delivery.look(storage, thorough=thorough)
    local = tree.uploads()
    planned = plan.uploads(local, sight.objects)
    if planned or (sight.unsettled and not storage.lists_freely):
        parcel = Parcel(uploads=planned, kept=frozenset(upload.key for upload in local))
        delivery.send(Publisher(storage=storage, clone=clone, now=now), sight, parcel)
    return [upload.key for upload in planned]
