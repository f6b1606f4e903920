"""Lines of FFmpeg filters, and the float samples that wait between decoding and encoding.

Samples stay 32-bit float all the way: a 16-bit step would clip what an Opus or AAC decoder hands out above full scale.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.filter import Graph
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""A row a sample and a column a channel."""

Filter = tuple[str, str]
"""A filter's name and its options, as FFmpeg's documentation writes them."""

_BYTES = 4  # of a float32


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How samples are laid out."""

    rate: int
    layout: str  # FFmpeg's name: "mono", "stereo", "5.1", or "8 channels" where the file says no more
    format: str = "flt"

    @staticmethod
    def of(frame: av.AudioFrame) -> Shape:
        return Shape(rate=frame.sample_rate, layout=frame.layout.name, format=frame.format.name)

    @property
    def channels(self) -> int:
        return av.AudioLayout(self.layout).nb_channels


class Chain:
    """Filters one after the other: frames go in and come out, as float samples."""

    def __init__(self, shape: Shape, filters: Sequence[Filter]) -> None:
        self._graph = graph = Graph()  # kept: PyAV's filters do not keep the graph that they belong to alive
        self._in = graph.add_abuffer(
            sample_rate=shape.rate, format=shape.format, layout=shape.layout, time_base=Fraction(1, shape.rate)
        )
        self._out = graph.add("abuffersink")
        line = (graph.add(name, options) for name, options in (*filters, ("aformat", "sample_fmts=flt")))
        graph.link_nodes(self._in, *line, self._out)
        graph.configure()

    def push(self, frame: av.AudioFrame | None) -> Iterator[av.AudioFrame]:
        """What comes out for this frame; None asks for all that is still inside."""
        self._in.push(frame)
        while True:
            try:
                passed = self._out.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            yield cast(av.AudioFrame, passed)  # an abuffersink gives nothing else

    def run(self, frames: Iterable[av.AudioFrame]) -> Iterator[av.AudioFrame]:
        for frame in frames:
            yield from self.push(frame)
        yield from self.push(None)


class Converter:
    """Frames of any shape in, frames of one shape out: files may change their shape half-way."""

    def __init__(self, target: Shape) -> None:
        self._target = target
        self._shape: Shape | None = None
        self._chain: Chain | None = None

    def push(self, frame: av.AudioFrame | None) -> Iterator[av.AudioFrame]:
        if frame is None:
            yield from self._flush()
            return
        if Shape.of(frame) != self._shape:
            yield from self._flush()
            self._shape = Shape.of(frame)
            self._chain = Chain(self._shape, conversion(self._shape, self._target))
        if self._chain:
            yield from self._chain.push(frame)

    def _flush(self) -> Iterator[av.AudioFrame]:
        if self._chain:
            yield from self._chain.push(None)


def conversion(source: Shape, target: Shape) -> list[Filter]:
    """The filters from one shape to another."""
    wanted = f"sample_rates={target.rate}:channel_layouts={target.layout}"
    return [*_microphones(source), ("aformat", wanted)]


def even_blocks(shape: Shape) -> Filter:
    """Makes blocks of a second each, and a last one of what is left."""
    return "asetnsamples", f"n={shape.rate}:p=0"


def unordered(layout: str) -> bool:
    """Whether these are tracks side by side that no one said are left, right or centre."""
    return re.fullmatch(r"\d+ channels", layout) is not None and av.AudioLayout(layout).nb_channels > 2


def _microphones(source: Shape) -> list[Filter]:
    """An equal mix of the tracks of a field recorder.

    FFmpeg would take eight such tracks for 7.1 and drop the fourth, which there is the subwoofer.
    """
    if not unordered(source.layout):
        return []
    mix = "+".join(f"c{number}" for number in range(source.channels))
    return [("aformat", "sample_fmts=flt"), ("pan", f"stereo|c0<{mix}|c1<{mix}")]


def values(frame: av.AudioFrame) -> np.ndarray:
    """The samples of a frame: a row a channel, in whatever type it has."""
    array = frame.to_ndarray()
    return array if frame.format.is_planar else array.reshape(-1, frame.layout.nb_channels).T


@dataclass(frozen=True, kw_only=True)
class Pcm:
    """Raw float samples in a file: hours of sound that need no memory."""

    path: Path
    shape: Shape
    samples: int
    start: int = 0  # the sample of the file with which the sound begins

    @property
    def seconds(self) -> float:
        return self.samples / self.shape.rate

    def blocks(self) -> Iterator[Samples]:
        """The samples again, a second at a time: a row a sample, a column a channel."""
        width = self.shape.channels
        with self.path.open("rb") as file:
            file.seek(_BYTES * width * self.start)
            for at in range(0, self.samples, self.shape.rate):
                length = min(self.shape.rate, self.samples - at)
                yield np.frombuffer(file.read(_BYTES * width * length), np.float32).reshape(-1, width)


def frame_of(block: Samples, shape: Shape, at: int) -> av.AudioFrame:
    """These samples as FFmpeg wants them, beginning at this sample of the sound."""
    frame = av.AudioFrame.from_ndarray(block.reshape(1, -1), format="flt", layout=shape.layout)
    frame.sample_rate = shape.rate
    frame.time_base = Fraction(1, shape.rate)
    frame.pts = at
    return frame
