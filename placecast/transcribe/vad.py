"""Where somebody speaks: Silero's voice activity detection, and our rules on its probabilities.

Whisper invents words in silence and takes the language of a jingle for that of the episode, so it never
hears anything that is not speech. What is done with the stretches of speech is chunks.py's business.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from placecast.model import Progress
from placecast.transcribe.silero import FRAME, load_silero

Samples = NDArray[np.float32]

__all__ = ["FRAME", "RATE", "Samples", "Span", "find_speech", "probabilities", "speech"]

RATE = 16_000  # Hz; what both Silero and Whisper hear
_BLOCK = 512  # frames: more at a time are no faster
_STARTS = 0.5  # speech starts at this probability ...
_STOPS = 0.35  # ... and stops below this one: two thresholds, so that it does not flutter
_SHORTEST_SPEECH = 0.25  # seconds; a click or a breath is shorter
_SHORT = 0.5  # seconds; a plucked chord may pass for as much ...
_SURE = 0.85  # ... but not this surely. A word does, in all of 700 stretches and in noise as loud as the voice
_SHORTEST_SILENCE = 0.16  # seconds; the gap inside a word such as "backpack" is shorter


@dataclass(frozen=True, kw_only=True)
class Span:
    """A stretch of the recording, in samples."""

    start: int
    stop: int

    @property
    def samples(self) -> int:
        return self.stop - self.start


def probabilities(samples: Samples, progress: Progress) -> NDArray[np.float32]:
    """How likely somebody speaks, for each frame of 32 ms."""
    network = load_silero()
    frames = -(-len(samples) // FRAME)
    heard = np.empty(frames, np.float32)
    for first in range(0, frames, _BLOCK):
        progress(first / frames)
        last = min(first + _BLOCK, frames)
        heard[first:last] = network.hear(_frames(samples[first * FRAME : last * FRAME]))
    return heard


def find_speech(samples: Samples, progress: Progress) -> list[Span]:
    """The stretches of speech in a recording, in order and apart from each other."""
    return list(speech(probabilities(samples, progress)))


def speech(heard: NDArray[np.float32]) -> Iterator[Span]:
    """The stretches of speech, in order and apart from each other, cut close to what is said."""
    return (span for span in _spoken(heard) if _believed(span, heard))


def _believed(span: Span, heard: NDArray[np.float32]) -> bool:
    if span.samples >= _SHORT * RATE:
        return True
    surest = heard[span.start // FRAME : span.stop // FRAME].max()
    return bool(span.samples >= _SHORTEST_SPEECH * RATE and surest >= _SURE)


def _spoken(heard: NDArray[np.float32]) -> Iterator[Span]:
    start: int | None = None
    quiet: int | None = None
    enough = _SHORTEST_SILENCE * RATE / FRAME
    for number, probability in enumerate(heard.tolist()):
        if probability >= _STARTS:
            start, quiet = (number if start is None else start), None
        elif start is not None and (probability < _STOPS or quiet is not None):
            quiet = number if quiet is None else quiet
            if number - quiet + 1 >= enough:
                yield Span(start=start * FRAME, stop=quiet * FRAME)
                start = quiet = None
    if start is not None:
        yield Span(start=start * FRAME, stop=len(heard) * FRAME)


def _frames(samples: Samples) -> Samples:
    """One frame a row, the last one filled up with silence."""
    frames = np.zeros((-(-len(samples) // FRAME), FRAME), np.float32)
    frames.reshape(-1)[: len(samples)] = samples
    return frames
