"""What gain each moment of a sound gets: the same everywhere, less where peaks would pass the ceiling.

The limiter sees the whole sound, so it needs no delay: it turns down before a peak and up after it, in straight lines
of decibels, and no peak that the envelope knows is left above the ceiling.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from placecast.audio.envelope import Envelope, Numbers, amplitude, integrated, stretches, sums

MOST = 60.0
"""dB that the limiter takes away at most: a gain that asks for more must not be given."""

_STRETCH = 30_000  # ticks, about a minute


@dataclass(frozen=True, kw_only=True)
class Speed:
    """How fast the limiter turns down before a peak and up after it: dB a tick, which are 500 dB a second."""

    attack: float
    release: float


SPEEDS = (Speed(attack=0.8, release=0.12), Speed(attack=3.0, release=0.6), Speed(attack=3.0, release=2.0))
"""The slower, the less is heard of it; the faster, the louder the rest can be."""


@dataclass(frozen=True, kw_only=True)
class Curve:
    """A gain in dB, and a ceiling in dBTP that is lower where the coder was found to need more room."""

    envelope: Envelope
    gain: float
    ceiling: float
    speed: Speed = SPEEDS[0]
    ride: Numbers | None = None  # dB a tenth of a second, that even out what is unequally loud
    room: Numbers | None = None  # dB a tick, to be taken off the ceiling

    def nodes(self, start: int, stop: int) -> Numbers:
        """The factors at the edges of the ticks from `start` to `stop`, one more than there are ticks."""
        reach = round(MOST / self.speed.release)  # ticks after which a peak no longer matters
        before, after = max(start - reach, 0), min(stop + reach, len(self.envelope.peaks))
        given = _edges(self._given(before, after))
        allowed = self._allowed(before, after)
        if allowed.min(initial=0.0) < 0:
            given = given + _limited(_lowest(allowed), self.speed)
        inside: Numbers = given[start - before : stop - before + 1]
        return np.asarray(10 ** (inside / 20))

    @property
    def most(self) -> float:
        """The highest gain that the limiter can still keep below the ceiling."""
        ridden = 0.0 if self.ride is None else float(self.ride.max(initial=0.0))
        taken = 0.0 if self.room is None else float(self.room.max(initial=0.0))
        return self.ceiling + MOST - taken - self.envelope.true_peak - ridden

    @property
    def loudness(self) -> float:
        """LUFS, integrated, of the sound with these gains."""
        tenth, envelope = self.envelope.tenth, self.envelope
        parts = []
        for start, stop in stretches(len(envelope.energies), _STRETCH // tenth * tenth):
            nodes = self.nodes(start, stop)
            energies = envelope.energies[start:stop] * ((nodes[1:] + nodes[:-1]) / 2) ** 2
            parts.append(sums(energies, tenth))
        return integrated(np.concatenate(parts) / (tenth * envelope.tick))

    def _given(self, start: int, stop: int) -> Numbers:
        """The gain of each tick before the limiter."""
        if self.ride is None:
            return np.full(stop - start, self.gain)
        middles = np.arange(start, stop) / self.envelope.tenth - 0.5
        return self.gain + np.interp(middles, np.arange(len(self.ride)), self.ride)

    def _allowed(self, start: int, stop: int) -> Numbers:
        """The dB by which the limiter must turn down each tick; 0 where it need not."""
        peaks = self.envelope.peaks[start:stop] * 10 ** (_loudest(self._given(start, stop)) / 20)
        excess = 20 * np.log10(np.maximum(peaks, 1e-9)) - self.ceiling
        if self.room is not None:
            excess += self.room[start:stop]
        return np.clip(-excess, -MOST, 0.0)


def _edges(ticks: Numbers) -> Numbers:
    """The value at each edge: what lies between its two ticks."""
    padded = np.pad(ticks, 1, mode="edge")
    return (padded[1:] + padded[:-1]) / 2


def _loudest(ticks: Numbers) -> Numbers:
    """The highest gain that may act within each tick, as its edges are halfway to its neighbours."""
    edges = _edges(ticks)
    return np.maximum(edges[1:], edges[:-1])


def _lowest(ticks: Numbers) -> Numbers:
    """The value at each edge that suits both of its ticks."""
    padded = np.pad(ticks, 1, mode="edge")
    return np.minimum(padded[1:], padded[:-1])


def _limited(allowed: Numbers, speed: Speed) -> Numbers:
    """The highest curve below `allowed` that falls and rises no faster than attack and release."""
    steps = np.arange(len(allowed))
    released = np.minimum.accumulate(allowed - speed.release * steps) + speed.release * steps
    turned = released[::-1]
    return np.asarray(np.minimum.accumulate(turned - speed.attack * steps) + speed.attack * steps)[::-1]


def faded(block: Numbers, nodes: Numbers, tick: int) -> Numbers:
    """The samples with the gain drawn in straight lines from edge to edge."""
    if nodes.min() == nodes.max():
        return np.asarray(block * np.float32(nodes[0]))
    ramp = np.arange(tick) / tick
    gains = (nodes[:-1, None] + np.diff(nodes)[:, None] * ramp).ravel()[: len(block)]
    return np.asarray(block * gains.astype(np.float32)[:, None])


def factor(decibels: float) -> np.float32:
    return np.float32(amplitude(decibels))
