"""What storages say about their objects, and the conditions under which they write: see `Storage`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


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


@dataclass(frozen=True, kw_only=True)
class Guard:
    """What a storage does with conditional writes (RFC 9110, sections 13.1.1 and 13.1.2).

    `create`: it refuses `If-None-Match: *` where an object is. `swap`: how the ETag is to be written in `If-Match` so
    that a stale one is refused and the current one is not; "none": conditions are ignored or not understood.
    `gzip`: it hands out the header Content-Encoding as it was given. Without that, compressed pages are unreadable.
    """

    create: bool
    swap: Literal["quoted", "unquoted", "none"]
    gzip: bool = True

    @property
    def whole(self) -> bool:
        """Whether two publishers cannot overwrite each other's feed."""
        return self.create and self.swap != "none"


GUARDED = Guard(create=True, swap="quoted")
