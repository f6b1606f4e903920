"""The Info frame: a silent first frame of an MP3 that says how many frames and samples there are.

Without it players guess the length, and play the silence that every coder puts before and after the sound. Layout:
Xing's VBR header as Gabriel Bouvigne's "Mp3 Info Tag revision 1" extends it, which LAME writes and players read.
"""

from __future__ import annotations

import os
import struct
from functools import cache
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from placecast.audio.filters import Shape

_FRAME = 1152  # samples: ISO/IEC 11172-3, layer III
_DELAY = 576  # samples of silence that LAME begins with
_CODER = b"LAME3.100"
_ALL_FIELDS = 0b1111  # frames, bytes, table of contents, quality
_QUALITY = 50  # of 100
_CBR = 1
_PADDED = 2  # the bit of the third byte of a header that says that its frame is a byte longer
_SIDE = {1: 17, 2: 32}  # bytes of side information after the header, by channels
_BLOCK, _LANES = 256, 4096


def size(shape: Shape, kbps: int) -> int:
    """The bytes of this frame, and of each one that has no padding."""
    return _FRAME // 8 * kbps * 1000 // shape.rate


def write(file: BinaryIO, shape: Shape, kbps: int, samples: int) -> None:
    """Fill in the frame at the beginning of the file, whose place was kept, from the frames that follow it."""
    place, total = size(shape, kbps), file.seek(0, os.SEEK_END)
    file.seek(place)
    header = bytearray(file.read(4))
    header[2] &= ~_PADDED
    # At a constant bit rate padding keeps the whole within a byte of what the rate says.
    frames = round((total - place) * shape.rate / (_FRAME // 8 * kbps * 1000))
    frame = bytes(header) + bytes(_SIDE[shape.channels]) + _xing(frames, total) + _lame(frames, samples, kbps)
    file.seek(place)
    frame += struct.pack(">IH", total, checksum(file))
    frame += struct.pack(">H", _lane(np.frombuffer(frame, np.uint8)[:, None])[0])
    file.seek(0)
    file.write(frame)


def _xing(frames: int, total: int) -> bytes:
    """At a constant bit rate each hundredth of the time begins at a hundredth of the bytes."""
    contents = bytes(place * 256 // 100 for place in range(100))
    return struct.pack(">4sIII100sI", b"Info", _ALL_FIELDS, frames, total, contents, _QUALITY)


def _lame(frames: int, samples: int, kbps: int) -> bytes:
    """LAME's addition, up to the length of the file; what is unknown or not used is 0."""
    silence = _DELAY << 12 | (frames * _FRAME - _DELAY - samples)  # before and after the sound, twelve bits each
    return struct.pack(">9sB10xB3s4x", _CODER, _CBR, kbps, silence.to_bytes(3, "big"))


def checksum(file: BinaryIO) -> int:
    """The CRC-16 (polynomial 0x8005, reflected, from 0) of the rest of the file.

    Many short lanes are computed at once and joined: byte after byte would take longer than coding the sound.
    """
    start = file.tell()
    rest = file.seek(0, os.SEEK_END) - start
    file.seek(start)
    state, ahead = 0, _ahead()
    length = rest % (_BLOCK * _LANES)  # the short block comes first: zeros before it change nothing
    while block := file.read(length or _BLOCK * _LANES):
        lanes = np.frombuffer(block.rjust(_BLOCK * _LANES, b"\0"), np.uint8).reshape(_LANES, _BLOCK)
        for lane in _lane(lanes.T).tolist():
            state = ahead[state] ^ lane
        length = 0
    return state


def _lane(columns: NDArray[np.uint8], state: NDArray[np.uint16] | None = None) -> NDArray[np.uint16]:
    """The checksum of each column."""
    table = _table()
    now = np.zeros(columns.shape[1], np.uint16) if state is None else state
    for row in columns:
        now = now >> 8 ^ table[(now ^ row) & 0xFF]
    return now


@cache
def _table() -> NDArray[np.uint16]:
    values = np.arange(256, dtype=np.uint16)
    for _ in range(8):
        values = np.where(values & 1, values >> 1 ^ 0xA001, values >> 1).astype(np.uint16)
    return values


@cache
def _ahead() -> list[int]:
    """What becomes of each state after a block of zeros."""
    zeros = np.zeros((_BLOCK, 1), np.uint8)
    states: list[int] = _lane(zeros, np.arange(65536, dtype=np.uint16)).tolist()
    return states
