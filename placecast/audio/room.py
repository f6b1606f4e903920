"""Room for the coder: where an encoded file has peaks that it should not have, the sound is turned down before coding.

Only there: a lower ceiling for all of it would cost loudness everywhere for a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from placecast.audio.envelope import Numbers, amplitude
from placecast.audio.limiter import Curve
from placecast.audio.loudness import peaks_of

_AROUND = 12  # ticks: a frame of MP3 spreads what happens in it over about 25 ms
_SPARE = 0.2  # dB


def room(path: Path, curve: Curve, allowed: float) -> Curve:
    """The curve that leaves more room wherever this file, coded with the given one, has peaks above what is allowed."""
    ticks = len(curve.envelope.peaks)
    taken = np.zeros(ticks, np.float16) if curve.room is None else curve.room.copy()
    places, excess = _above(path, allowed)
    for run in _runs(places):
        start, stop = max(int(places[run][0]) - _AROUND, 0), min(int(places[run][-1]) + 1 + _AROUND, ticks)
        if start < stop:
            needed = curve.ceiling - _highest(curve, start, stop) + float(excess[run].max()) + _SPARE
            taken[start:stop] = np.maximum(taken[start:stop], needed)
    return replace(curve, room=taken)


def _above(path: Path, allowed: float) -> tuple[NDArray[np.integer], Numbers]:
    """The ticks of this file whose peaks are above what is allowed, and by how many dB."""
    start, places, excess = 0, [], []
    for block in peaks_of(path):
        loud = np.flatnonzero(block > amplitude(allowed))
        places.append(start + loud)
        excess.append(20 * np.log10(block[loud]) - allowed)
        start += len(block)
    return np.concatenate(places), np.concatenate(excess)


def _highest(curve: Curve, start: int, stop: int) -> float:
    """The highest peak between these ticks before coding, in dBTP."""
    nodes = curve.nodes(start, stop)
    return float(20 * np.log10((curve.envelope.peaks[start:stop] * np.maximum(nodes[1:], nodes[:-1])).max() + 1e-9))


def _runs(ticks: NDArray[np.integer]) -> Iterator[slice]:
    """Those that are close together."""
    edges = [0, *(np.flatnonzero(np.diff(ticks) > _AROUND) + 1), len(ticks)]
    return (slice(first, last) for first, last in pairwise(edges) if first < last)
