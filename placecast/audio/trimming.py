"""Silence at both ends: how much of it there is, and a file without it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from placecast.audio.ear import pauses
from placecast.audio.envelope import Envelope, power

_SILENT = 40.0  # dB below what is said
_LEAST = 25.0  # dB: noise that is louder than this is part of the sound, such as rain
_ROOM = 3.0  # dB: the noise of a room is not quite steady
_LEFT = 5  # tenths of a second that stay: breath, and the end of an echo
_BLOCK = 1 << 20


def sounding(envelope: Envelope) -> tuple[int, int]:
    """The tenths of a second between which there is sound, with a little air around it."""
    tenths = envelope.tenths()
    loud = np.flatnonzero(tenths > power(envelope.loudness - _depth(envelope)))
    if not len(loud):
        return 0, len(tenths)
    return max(int(loud[0]) - _LEFT, 0), min(int(loud[-1]) + 1 + _LEFT, len(tenths))


def keep(path: Path, start: int, length: int) -> None:
    """Leave only these bytes of a file, without a copy of it."""
    with path.open("r+b") as file:
        for at in range(0, length, _BLOCK):
            file.seek(start + at)
            block = file.read(min(_BLOCK, length - at))
            file.seek(at)
            file.write(block)
        file.truncate(length)


def _depth(envelope: Envelope) -> float:
    """How far below what is said silence begins: above the noise of the room, if that is heard."""
    between = pauses(envelope)
    return _SILENT if between is None else min(max(between - _ROOM, _LEAST), _SILENT)
