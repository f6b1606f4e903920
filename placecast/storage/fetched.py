"""Bringing one file back from a storage: it appears whole or not at all."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from placecast import files
from placecast.errors import StorageError

BLOCK = 1 << 20
_GZIP = 16 + zlib.MAX_WBITS


def save(blocks: Iterable[bytes], to: Path) -> None:
    """Write the blocks into a file that takes its place when the last one is there."""
    with files.replacing(to) as temporary, temporary.open("wb") as file:
        file.writelines(blocks)


def counted(blocks: Iterable[bytes], size: int, name: str, key: str) -> Iterator[bytes]:
    """The blocks of a file, which are as many bytes as its storage promised; StorageError when they are not."""
    arrived = 0
    for block in blocks:
        arrived += len(block)
        yield block
    if arrived != size:
        what = f"{key} should have {size} bytes, and {arrived} arrived."
        raise StorageError(name, what, "Check the network and run the command again.")


def unzipped(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The content of blocks that were compressed for the web, in blocks: one may become a thousand times as large."""
    reader = zlib.decompressobj(_GZIP)
    for block in blocks:
        rest = block
        while rest:
            yield reader.decompress(rest, BLOCK)
            rest = reader.unconsumed_tail
    yield reader.flush()


def unzipped_whole(body: bytes, most: int) -> bytes:
    """The content of a body that was compressed for the web, cut after so many bytes. ValueError when it is none."""
    reader = zlib.decompressobj(_GZIP)
    try:
        content = reader.decompress(body, most)
    except zlib.error as error:
        raise ValueError("no gzip") from error
    if not reader.eof and len(content) < most:
        raise ValueError("half of a gzip")
    return content


def read(path: Path) -> Iterator[bytes]:
    """A file, block by block."""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def absent(name: str, key: str) -> StorageError:
    """The error for a file that is not in the storage."""
    cure = "Publish the show from a machine that has the file: placecast publish"
    return StorageError(name, f"there is no {key} here.", cure)
