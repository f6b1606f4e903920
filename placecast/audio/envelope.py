"""The envelope of a sound: how loud it is and how high its peaks are, every two milliseconds.

A gain that changes slowly changes both as if it were the sound. So what a gain and a limiter would give is computed
from the envelope, without going through the sound again. ITU-R BS.1770-5: annex 1 for loudness, annex 2 for true peak.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import av
import numpy as np
from numpy.typing import NDArray

from placecast.audio.filters import Chain, Filter, Shape

Numbers = NDArray[np.floating]

SILENT = -70.0
"""LUFS: the absolute gate of BS.1770. Nothing below it counts as sound."""

TICKS = {48000: 96, 44100: 98}
"""The samples of a tick, at either rate that is delivered: 50 or 45 ticks are 100 ms."""

_OFFSET = -0.691  # dB, annex 1
_RELATIVE_GATE = -10.0  # LU
_BLOCK = 4  # tenths of a second in a gating block, one beginning at each tenth
_OVERSAMPLED = 4
_LOUDEST = 65504.0  # the largest float16: peaks are kept in half the memory, within 0.005 dB


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """Peaks and energies of a sound, a number a tick; both take in all channels."""

    rate: int
    peaks: Numbers  # amplitudes of true peaks
    energies: Numbers  # sums of squares, as weighted for loudness

    @property
    def tick(self) -> int:
        return TICKS[self.rate]

    @property
    def tenth(self) -> int:
        """The ticks in 100 ms."""
        return self.rate // (10 * self.tick)

    @property
    def loudness(self) -> float:
        """LUFS, integrated; SILENT where nothing is louder."""
        return integrated(self.tenths())

    @property
    def true_peak(self) -> float:
        """dBTP."""
        return decibels(float(self.peaks.max(initial=0.0)))

    def tenths(self) -> Numbers:
        """The mean square of each 100 ms; the last one may be filled up with silence."""
        return sums(self.energies, self.tenth) / (self.tenth * self.tick)

    def part(self, start: int, stop: int) -> Envelope:
        """The envelope between two ticks."""
        return replace(self, peaks=self.peaks[start:stop], energies=self.energies[start:stop])


class Listener:
    """Makes the envelope of frames of one shape; all but the last must be whole ticks long."""

    def __init__(self, shape: Shape) -> None:
        self._rate = shape.rate
        self._tick = TICKS[shape.rate] * shape.channels
        self._weighing = Chain(shape, _weighting(shape.rate))
        self._oversampling = Chain(shape, oversampling(shape))
        self._energies, self._peaks = bytearray(), bytearray()

    def push(self, frame: av.AudioFrame | None) -> None:
        for weighted in self._weighing.push(frame):
            rows = _rows(weighted, self._tick)
            self._energies += np.einsum("ij,ij->i", rows, rows).tobytes()
        for over in self._oversampling.push(frame):
            self._peaks += peaks(over, self._tick).clip(max=_LOUDEST).astype(np.float16).tobytes()

    def read(self) -> Envelope:
        # The resampler may hand out a sample more or less than four times what it got.
        missing = len(self._energies) // 2 - len(self._peaks)
        self._peaks += bytes(max(missing, 0))
        energies = np.frombuffer(self._energies, np.float32)
        return Envelope(
            rate=self._rate, peaks=np.frombuffer(self._peaks, np.float16)[: len(energies)], energies=energies
        )


def oversampling(shape: Shape) -> list[Filter]:
    """Makes blocks of a second, in which the peaks between the samples are seen."""
    over = shape.rate * _OVERSAMPLED
    return [("aresample", str(over)), ("asetnsamples", f"n={over}:p=0")]


def peaks(over: av.AudioFrame, tick: int) -> NDArray[np.float32]:
    """The highest amplitude of each tick, which has so many values before oversampling."""
    highest: NDArray[np.float32] = np.abs(_rows(over, tick * _OVERSAMPLED)).max(axis=1)
    return highest


def integrated(tenths: Numbers) -> float:
    """The gated loudness of a sound from the mean squares of its tenths of a second."""
    blocks = np.convolve(tenths, np.full(_BLOCK, 1 / _BLOCK), "valid") if len(tenths) >= _BLOCK else tenths
    loud = blocks[blocks > power(SILENT)]
    if not len(loud):
        return SILENT
    loud = loud[loud > power(level(float(loud.mean())) + _RELATIVE_GATE)]
    return level(float(loud.mean()))


def level(mean_square: float) -> float:
    """LUFS."""
    return _OFFSET + 10 * math.log10(mean_square) if mean_square > 0 else -math.inf


def power(loudness: float) -> float:
    """The mean square that has this loudness."""
    return float(10 ** ((loudness - _OFFSET) / 10))


def decibels(amplitude: float) -> float:
    return 20 * math.log10(amplitude) if amplitude > 0 else -math.inf


def amplitude(decibels: float) -> float:
    return float(10 ** (decibels / 20))


def sums(values: Numbers, length: int) -> Numbers:
    """The sum of every so many values; the last ones may be fewer."""
    return np.add.reduceat(values, np.arange(0, len(values), length), dtype=np.float64)


def stretches(ticks: int, length: int) -> Iterator[tuple[int, int]]:
    """The ticks in parts, so that hours of them need little memory at a time."""
    for start in range(0, ticks, length):
        yield start, min(start + length, ticks)


def _rows(frame: av.AudioFrame, width: int) -> NDArray[np.float32]:
    """The interleaved samples of a frame, a row a tick, filled up with silence."""
    flat = frame.to_ndarray().ravel().astype(np.float32, copy=False)
    if missing := -len(flat) % width:
        flat = np.concatenate([flat, np.zeros(missing, np.float32)])
    return flat.reshape(-1, width)


def _weighting(rate: int) -> list[Filter]:
    """The two filters of annex 1, whose coefficients it gives for 48 kHz only.

    Here they are made for any rate by the bilinear transform of the analogue filters that give those coefficients.
    """
    k = math.tan(math.pi * 1681.974450955533 / rate)
    q, gain = 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    band = gain**0.4996667741545416
    shelf = (gain + band * k / q + k * k, 2 * (k * k - gain), gain - band * k / q + k * k)
    j = math.tan(math.pi * 38.13547087602444 / rate)
    return [_biquad(shelf, k, q), _biquad((1.0, -2.0, 1.0), j, 0.5003270373238773, normal=False)]


def _biquad(b: tuple[float, float, float], k: float, q: float, *, normal: bool = True) -> Filter:
    """A filter of second order with this numerator, over that of the resonance at `k`."""
    a0 = 1 + k / q + k * k
    b0, b1, b2 = (each / a0 for each in b) if normal else b
    a1, a2 = 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0
    # In double precision: the second filter works so near to 0 Hz that float32 would add noise of its own.
    return "biquad", f"b0={b0!r}:b1={b1!r}:b2={b2!r}:a0=1:a1={a1!r}:a2={a2!r}:precision=f64"
