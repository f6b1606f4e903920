"""Earlier feeds, kept beside the public tree: what `placecast rollback` goes back to."""

from __future__ import annotations

from datetime import UTC, datetime

from placecast import plan
from placecast.fingerprint import sha256
from placecast.plan import Upload

FOLDER = ".placecast/feeds/"
KEPT = 20


def copy(body: bytes, now: datetime) -> Upload:
    """The note that keeps this feed. Its name sorts by the moment in which another one took its place."""
    return plan.note(f"{FOLDER}{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{sha256(body)[:8]}.xml", body)
