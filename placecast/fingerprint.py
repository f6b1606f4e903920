"""Names made from content, so that equal things have equal names. Reads no files."""

from __future__ import annotations

import hashlib
import uuid

# https://podcasting2.org/docs/podcast-namespace/tags/guid gives this namespace and the rule below.
_PODCAST_NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")


def sha256(data: bytes) -> str:
    """The SHA-256 of these bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def short(digest: str) -> str:
    """The part of a hexadecimal digest that goes into the names of published files."""
    return digest[:12]


def podcast_guid(feed_url: str) -> str:
    """The show's `podcast:guid`: UUIDv5 of the feed's address without scheme and trailing slashes.

    Minted once and then kept in placecast.toml: it survives a change of address.
    """
    address = feed_url.split("://", 1)[-1].rstrip("/")
    return str(uuid.uuid5(_PODCAST_NAMESPACE, address))
