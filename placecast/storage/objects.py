"""What storages say about their objects, and the conditions under which they write: see `Storage`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from placecast.errors import StorageError


@dataclass(frozen=True, kw_only=True)
class Content:
    """An object that was read whole, as it was before it was compressed for the web."""

    body: bytes
    mark: str  # as `Stored.mark`: changes whenever the object is written


@dataclass(frozen=True)
class Expected:
    """What must be there for a write to happen: the object with this mark, or, when it is None, no object at all."""

    mark: str | None


ABSENT = Expected(None)


class RefusedError(Exception):
    """Something else is there than was expected, so nothing was written. Whoever asked knows what that means."""


Swap = Literal["quoted", "unquoted", "none"]
"""How an ETag is written in `If-Match`."""


@dataclass(frozen=True, kw_only=True)
class Guard:
    """What a storage makes of what it is asked, above all of conditional writes (RFC 9110, sections 13.1.1 and 13.1.2).

    `create`: it refuses `If-None-Match: *` where an object is. `swap`: how the ETag is to be written in `If-Match` so
    that a stale one is refused and the current one is not; "none": conditions are ignored or not understood. `zips`:
    it says of compressed objects that they are (Content-Encoding); where it forgets that, none may be.
    """

    create: bool
    swap: Swap
    zips: bool = True

    @property
    def whole(self) -> bool:
        """Whether two publishers cannot overwrite each other's feed."""
        return self.create and self.swap != "none"


LARGEST = 64_000_000
"""Bytes of what `read` may give: thirty times the feed or the record of a show with two thousand episodes."""

GUARDED = Guard(create=True, swap="quoted")


def too_large(name: str, key: str) -> StorageError:
    """The error for a small object that is none."""
    what = f"{key} has more than {LARGEST:,} bytes, which nothing of ours has: it was not read."
    cure = "Somebody else has put it there. Look at it, and take it away or give it another name."
    return StorageError(name, what, cure)
