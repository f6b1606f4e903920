"""How loud sound is: ITU-R BS.1770 loudness and true peak, read by FFmpeg's `ebur128`.

A mono file is read as one channel, as the players and Apple's requirements read it, never as dual mono.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av

from placecast.audio.filters import Chain, Filter, Shape
from placecast.errors import AudioError

SILENT = -70.0
"""LUFS: the absolute gate of BS.1770. Nothing below it counts as sound."""


@dataclass(frozen=True, kw_only=True)
class Loudness:
    """A reading of a whole file."""

    loudness: float  # LUFS, integrated
    true_peak: float  # dBTP
    seconds: float
    range: float  # LU


class Meter:
    """Listens to frames of one shape and knows at any time how loud they were as a whole."""

    def __init__(self, shape: Shape, *, peak: bool = True) -> None:
        self._rate = shape.rate
        self._samples = 0
        self._readings: dict[str, str] = {}
        self._chain = Chain(shape, _filters(peak=peak))

    def push(self, frame: av.AudioFrame | None) -> None:
        self._samples += frame.samples if frame else 0
        for passed in self._chain.push(frame):
            self._readings.update(passed.metadata)

    def read(self) -> Loudness:
        return Loudness(
            loudness=_finite(self._readings.get("lavfi.r128.I")),
            true_peak=_decibels(self._readings.get("lavfi.r128.true_peak")),
            seconds=self._samples / self._rate,
            range=float(self._readings.get("lavfi.r128.LRA", 0.0)),
        )


def listen(frames: Iterable[av.AudioFrame], shape: Shape, *, peak: bool = True) -> Loudness:
    """The loudness of all these frames; the true peak costs a third more and may be left out."""
    meter = Meter(shape, peak=peak)
    for frame in frames:
        meter.push(frame)
    meter.push(None)
    return meter.read()


def measure(path: Path) -> Loudness:
    """The loudness of a sound file as it is, decoded as a player would."""
    try:
        with av.open(f"file:{path}", metadata_errors="replace") as file:
            stream = file.streams.audio[0]
            shape = Shape(rate=stream.rate, layout=stream.layout.name, format=stream.format.name)
            return listen(_decode(file, stream), shape)
    except (OSError, IndexError, av.FFmpegError) as exc:
        raise AudioError(str(path), f"its loudness could not be measured: {exc}.", "Make the file again.") from exc


def _decode(file: av.container.InputContainer, stream: av.AudioStream) -> Iterator[av.AudioFrame]:
    yield from file.decode(stream)


def _filters(*, peak: bool) -> list[Filter]:
    """The readings come with every full 100 ms, so some silence makes room for the last sound."""
    modes = "peak=true" if peak else "peak=none"
    return [("apad", "pad_dur=0.1"), ("ebur128", f"{modes}:metadata=1:framelog=quiet")]


def _finite(reading: str | None) -> float:
    number = float(reading) if reading is not None else SILENT
    return number if math.isfinite(number) else SILENT


def _decibels(amplitude: str | None) -> float:
    peak = float(amplitude) if amplitude is not None else 0.0
    return 20 * math.log10(peak) if peak > 0 else -math.inf
