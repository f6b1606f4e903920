"""A stretch of a file, read as if it were a file: what is sent of a recording without holding it in memory."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class Part(io.RawIOBase):
    """`size` bytes from `start`. `told` hears how far the file has been read; a retry begins the part again."""

    def __init__(self, file: BinaryIO, start: int, size: int, told: Callable[[int], None] | None = None) -> None:
        self._file = file
        self._start = start
        self._size = size
        self._at = 0
        self._told = told

    def md5(self) -> bytes:
        """The digest that servers check what arrives by: a guard against damage, not against people."""
        quiet = Part(self._file, self._start, self._size)
        return hashlib.file_digest(quiet, lambda: hashlib.md5(usedforsecurity=False)).digest()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        self._file.seek(self._start + self._at)
        block = self._file.read(min(len(view), max(0, self._size - self._at)))
        view[: len(block)] = block
        self._at += len(block)
        if self._told:
            self._told(self._start + self._at)
        return len(block)


def content_md5(digest: bytes) -> str:
    """A digest as the header Content-MD5 has it (RFC 1864)."""
    return base64.b64encode(digest).decode()
