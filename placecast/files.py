"""Writing files so that nobody sees half of one. Every tool that writes uses this."""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_BLOCK = 1 << 20


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file in the same folder, which takes the place of `path` when all went well.

    After an error the temporary file is gone and `path` is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def write(path: Path, content: bytes) -> None:
    """Write a file whole, in place of what was there."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def move(source: Path, path: Path) -> None:
    """Put a file that was made elsewhere in the place of `path`, whole as by `write`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    source.chmod(0o644)
    try:
        source.replace(path)
    except OSError:  # another disk, or no room: `write` knows
        write(path, source.read_bytes())


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal, read block by block."""
    return _digest(path, "sha256").hex()


def sri_of(path: Path) -> str:
    """What a file's content is known by in a feed: W3C Subresource Integrity, section 3.5, with its SHA-384."""
    return "sha384-" + base64.b64encode(_digest(path, "sha384")).decode("ascii")


def _digest(path: Path, algorithm: str) -> bytes:
    digest = hashlib.new(algorithm)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.digest()
