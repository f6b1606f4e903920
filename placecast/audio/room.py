"""Room for the coder: where an encoded file has peaks that it should not have, the sound is turned down before coding.

Only there: a lower ceiling for all of it would cost loudness everywhere for a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from placecast.audio.limiter import Curve
from placecast.audio.loudness import envelope_of

_AROUND = 12  # ticks: a frame of MP3 spreads what happens in it over about 25 ms
_SPARE = 0.2  # dB


def room(path: Path, curve: Curve, allowed: float) -> Curve:
    """The curve that leaves more room wherever this file, coded with the given one, has peaks above what is allowed."""
    ticks = len(curve.envelope.peaks)
    taken = np.zeros(ticks, np.float32) if curve.room is None else curve.room.copy()
    excess = 20 * np.log10(np.maximum(envelope_of(path).peaks[:ticks], 1e-9)) - allowed
    for first, last in _runs(np.flatnonzero(excess > 0)):
        start, stop = max(first - _AROUND, 0), min(last + 1 + _AROUND, ticks)
        unused = curve.ceiling - _highest(curve, start, stop)
        needed = unused + float(excess[first : last + 1].max()) + _SPARE
        taken[start:stop] = np.maximum(taken[start:stop], needed)
    return replace(curve, room=taken)


def _highest(curve: Curve, start: int, stop: int) -> float:
    """The highest peak between these ticks before coding, in dBTP."""
    nodes = curve.nodes(start, stop)
    return float(20 * np.log10((curve.envelope.peaks[start:stop] * np.maximum(nodes[1:], nodes[:-1])).max() + 1e-9))


def _runs(ticks: NDArray[np.integer]) -> Iterator[tuple[int, int]]:
    """First and last of those that are close together."""
    breaks = np.flatnonzero(np.diff(ticks) > _AROUND) + 1
    for run in np.split(ticks, breaks):
        if len(run):
            yield int(run[0]), int(run[-1])
