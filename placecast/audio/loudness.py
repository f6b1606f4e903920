"""How loud sound is: ITU-R BS.1770 loudness and true peak, read by FFmpeg's `ebur128`.

A mono file is read as one channel, as the players and Apple's requirements read it, never as dual mono.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av

from placecast.audio.envelope import SILENT, TICKS, Numbers, decibels, oversampling, peaks
from placecast.audio.filters import Chain, Filter, Shape
from placecast.containers import opened
from placecast.errors import AudioError

_PAD = 0.1  # seconds: the readings come with every full 100 ms, so some silence makes room for the last sound
_METER: list[Filter] = [("apad", f"pad_dur={_PAD}"), ("ebur128", "peak=true:metadata=1:framelog=quiet")]


@dataclass(frozen=True, kw_only=True)
class Loudness:
    """A reading of a whole file."""

    loudness: float  # LUFS, integrated
    true_peak: float  # dBTP
    seconds: float
    range: float  # LU


def measure(path: Path) -> Loudness:
    """The loudness of a sound file as it is, decoded as a player would."""
    samples, readings = 0, dict[str, str]()
    with _opened(path) as (shape, frames):
        for passed in Chain(shape, _METER).run(frames):
            samples += passed.samples
            readings.update(passed.metadata)
    return Loudness(
        loudness=_finite(readings.get("lavfi.r128.I")),
        true_peak=decibels(float(readings.get("lavfi.r128.true_peak", 0.0))),
        seconds=samples / shape.rate - _PAD,
        range=float(readings.get("lavfi.r128.LRA", 0.0)),
    )


def peaks_of(path: Path) -> Iterator[Numbers]:
    """The amplitudes of the true peaks in a file that placecast encoded, a number a tick, some at a time."""
    with _opened(path) as (shape, frames):
        for over in Chain(shape, oversampling(shape)).run(frames):
            yield peaks(over, TICKS[shape.rate] * shape.channels)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Shape, Iterator[av.AudioFrame]]]:
    """The shape of the sound in a file, and its frames."""
    try:
        with opened(path) as file:
            stream = file.streams.audio[0]
            shape = Shape(rate=stream.rate, layout=stream.layout.name, format=stream.format.name)
            yield shape, file.decode(stream)
    except (OSError, IndexError, av.FFmpegError) as exc:
        raise AudioError(str(path), f"its loudness could not be measured: {exc}.", "Make the file again.") from exc


def _finite(reading: str | None) -> float:
    number = float(reading) if reading is not None else SILENT
    return number if math.isfinite(number) else SILENT
