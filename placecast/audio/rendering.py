"""The mastered sound before it is coded: whoever codes it, as MP3 or otherwise, has its samples from here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import av

from placecast.audio.filters import Pcm, Samples, Shape, frame_of
from placecast.audio.limiter import Curve, faded
from placecast.model import Progress, no_progress


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """Samples in a file and the gains that they get on the way out."""

    pcm: Pcm
    curve: Curve

    @property
    def shape(self) -> Shape:
        return self.pcm.shape

    def blocks(self, progress: Progress = no_progress) -> Iterator[Samples]:
        """The samples at their published level, a second at a time."""
        tick = self.curve.envelope.tick
        ticks = self.shape.rate // tick
        for number, block in enumerate(self.pcm.blocks()):
            start = number * ticks
            stop = start - (-len(block) // tick)
            yield faded(block, self.curve.nodes(start, stop), tick)
            progress(min((number + 1) * self.shape.rate / self.pcm.samples, 1.0))

    def frames(self, progress: Progress = no_progress) -> Iterator[av.AudioFrame]:
        """The same as frames of FFmpeg's."""
        for number, block in enumerate(self.blocks(progress)):
            yield frame_of(block, self.shape, number * self.shape.rate)
