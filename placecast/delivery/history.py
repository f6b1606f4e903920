"""Earlier feeds, kept beside the public tree: what `placecast rollback` goes back to."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from placecast import plan
from placecast.fingerprint import sha256
from placecast.plan import Upload

FOLDER = ".placecast/feeds/"
KEPT = 20

_NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}\.xml", re.ASCII)


def copy(body: bytes, now: datetime) -> Upload:
    """The note that keeps this feed. Its name sorts by the moment in which another one took its place."""
    return plan.note(f"{FOLDER}{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{sha256(body)[:8]}.xml", body)


def is_copy(key: str) -> bool:
    """Whether this is a key that `copy` may have given."""
    return key.startswith(FOLDER) and _NAME.fullmatch(key.removeprefix(FOLDER)) is not None
