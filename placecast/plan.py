"""What must be sent so that the published tree equals ours, and in which order. Pure: no files, no network.

How each file is served and when it is sent comes from one table of rules. `delivery` does what is decided here.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from fnmatch import translate
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, cast

from placecast.fingerprint import sha256
from placecast.media_types import is_compressible, media_type


class Phase(IntEnum):
    """What is pointed to is sent before what points to it: nothing of a phase starts before the last one is whole.

    Notices stand where an episode was: they come when the feed does not name it any more.
    """

    MEDIA = 0
    SIDECARS = 1
    PAGES = 2
    FEED = 3
    NOTICES = 4


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file of ours, and how it is to be served. `source`: where it is, or what is in it."""

    key: str
    source: Path | bytes
    size: int
    sha256: str
    type: str
    cache_control: str
    gzip: bool  # for storage that serves what it was given; a folder leaves this to its web server
    phase: Phase

    @property
    def immutable(self) -> bool:
        """Whether its name carries its content's hash: under this key there is never anything else."""
        return self.cache_control == _FOREVER

    def open(self) -> BinaryIO:
        """Its content, for reading once."""
        if isinstance(self.source, bytes):
            return io.BytesIO(self.source)
        return cast("BinaryIO", self.source.open("rb", buffering=0))


@dataclass(frozen=True, kw_only=True)
class Stored:
    """An object that is there. Only size and mark are sure; the rest is remembered, and empty when it is unknown."""

    key: str
    size: int  # as stored: after gzip
    mark: str  # changes whenever the object is written: S3's ETag, a folder's modification time
    sha256: str = ""  # of the content before gzip
    type: str = ""
    cache_control: str = ""
    gzip: bool = False

    @property
    def known(self) -> bool:
        return bool(self.sha256)


@dataclass(frozen=True, kw_only=True)
class _Rule:
    pattern: str
    phase: Phase
    cache_control: str
    gzip: bool = True  # if it is text

    @cached_property
    def fits(self) -> Callable[[str], object]:
        return _one_of(self.pattern)


def _one_of(*patterns: str) -> Callable[[str], object]:
    """Tells whether a key fits one of these patterns, in a third of the time of `fnmatchcase` for each."""
    return re.compile("|".join(map(translate, patterns))).match


# The name carries the content's hash, so it never changes its bytes.
_FOREVER = "public, max-age=31536000, immutable"
# Caches ask again after five minutes: a correction reaches listeners soon, and a busy feed is not asked for each time.
_SHORTLY = "public, max-age=300"

# The first pattern that fits; a star reaches across slashes.
_RULES = (
    # S3 sends what it stores, also to clients that did not ask for gzip: wget, which fetches feeds for podget, is one.
    _Rule(pattern="feed.xml", phase=Phase.FEED, cache_control=_SHORTLY, gzip=False),
    # Players ask for parts of media (Range), which has no use for compressed bytes.
    _Rule(pattern="media/*", phase=Phase.MEDIA, cache_control=_FOREVER, gzip=False),
    _Rule(pattern="assets/*", phase=Phase.SIDECARS, cache_control=_FOREVER),
    # Named for what they show, and sent before the pages that show them.
    _Rule(pattern="e/*/card-*", phase=Phase.SIDECARS, cache_control=_FOREVER),
    _Rule(pattern="search/*.bin", phase=Phase.SIDECARS, cache_control=_FOREVER),
    _Rule(pattern="e/*/part-*.json", phase=Phase.SIDECARS, cache_control=_SHORTLY),
    _Rule(pattern="e/*/transcript.*", phase=Phase.SIDECARS, cache_control=_SHORTLY),
    _Rule(pattern="*.html", phase=Phase.PAGES, cache_control=_SHORTLY),
    _Rule(pattern="sitemap.xml", phase=Phase.PAGES, cache_control=_SHORTLY),
    _Rule(pattern="*", phase=Phase.SIDECARS, cache_control=_SHORTLY),
)


_drawn = _one_of("e/*/card-*.jpg", "assets/card-*.jpg", "assets/icon-*.png")

FEED = "feed.xml"

# Another system's path, or what no name of ours has in it.
_ODD = re.compile(r"[\\:\x00-\x1f\x7f]")

PUBLIC = (
    *(FEED, "index.html", "404.html", "robots.txt", "site.webmanifest", "sitemap.xml"),
    *("about/*", "accessibility/*", "assets/*", "e/*", "media/*", "people/*", "places/*", "search/*", "subscribe/*"),
    "transcripts/*",
)
"""All that listeners may read: what is published lies under one of these patterns."""

_in_public = _one_of(*PUBLIC)


def is_public(key: str) -> bool:
    """Whether a key is one of the public tree: whatever else is in a bucket is somebody else's, or our own notes."""
    return is_path(key) and _in_public(key) is not None


def is_path(key: str) -> bool:
    """Whether a key leads to a place below its root, whoever reads it: Python, a web server or Windows."""
    return not _ODD.search(key) and not any(part in ("", ".", "..") for part in key.split("/"))


def _is_drawn(key: str) -> bool:
    """Whether this is a picture of ours, which is named for what it shows and not for its bytes."""
    return _drawn(key) is not None


def upload(key: str, source: Path | bytes, size: int, digest: str) -> Upload:
    """How this file of the public tree is sent and served. `key` is its path, with forward slashes."""
    if not is_path(key):
        raise ValueError(f"{key!r} is not a path inside the public tree")
    rule = next(rule for rule in _RULES if rule.fits(key))
    return Upload(
        key=key,
        source=source,
        size=size,
        sha256=digest,
        type=media_type(key),
        cache_control=rule.cache_control,
        gzip=rule.gzip and is_compressible(key),
        phase=rule.phase,
    )


def as_notice(upload: Upload) -> Upload:
    """The same file, sent when the feed does not name the episode any more whose place it takes."""
    return replace(upload, phase=Phase.NOTICES)


def as_passing(upload: Upload) -> Upload:
    """The same file, under a name that belonged to another content: nobody is told that it stays for ever."""
    return replace(upload, cache_control=_SHORTLY)


def note(key: str, body: bytes) -> Upload:
    """A note of our own beside the public tree: asked for again each time, and never shown to listeners."""
    return Upload(
        key=key,
        source=body,
        size=len(body),
        sha256=sha256(body),
        type=media_type(key),
        cache_control="no-store",
        gzip=is_compressible(key),
        phase=Phase.FEED,
    )


def uploads(local: Iterable[Upload], remote: Mapping[str, Stored]) -> tuple[Upload, ...]:
    """The files that are not there as they should be, in the order in which they are to be sent."""
    changed = [ours for ours in local if not _same(ours, remote.get(ours.key))]
    return tuple(sorted(changed, key=lambda ours: (ours.phase, ours.key)))


def stored(ours: Upload, *, size: int, mark: str) -> Stored:
    """What is remembered of a file once it is sent."""
    return Stored(
        key=ours.key,
        size=size,
        mark=mark,
        sha256=ours.sha256,
        type=ours.type,
        cache_control=ours.cache_control,
        gzip=ours.gzip,
    )


def _same(ours: Upload, theirs: Stored | None) -> bool:
    if theirs is None:
        return False
    if _is_drawn(ours.key):  # another clone's library drew the same a hair apart
        return theirs.known
    if ours.phase is Phase.MEDIA:  # the name carries the hash: sound is never sent twice because a memory was lost
        return ours.size == theirs.size
    return theirs.known and theirs == stored(ours, size=theirs.size, mark=theirs.mark)
