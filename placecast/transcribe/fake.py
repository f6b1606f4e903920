"""An engine without a model, for tests and for trying the pipeline by hand: it ships, but never by itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from placecast.fingerprint import sha256
from placecast.model import Progress, Word
from placecast.transcribe.vad import RATE, Samples

_TEXT = "These words are not real. They stand where somebody speaks. Nobody has said them."
_PACE = 0.4  # seconds a word
_LOUD = 0.003  # about -50 dBFS


class FakeEngine:
    """Says the words of `text` again and again, one each 0.4 seconds, wherever the recording is not silent."""

    name = "fake 1"
    model = "fake"

    def __init__(self, text: str = _TEXT) -> None:
        self._words: Sequence[str] = text.split()
        self.weights = sha256(text.encode())

    def transcribe(  # it hears nothing, so language and prompt do not matter
        self,
        samples: Samples,
        *,
        language: str,  # noqa: ARG002
        prompt: str,  # noqa: ARG002
        progress: Progress,
    ) -> tuple[Word, ...]:
        step = int(_PACE * RATE)
        starts = range(0, len(samples) - step + 1, step)
        loud = [start for start in starts if np.abs(samples[start : start + step]).max() > _LOUD]
        words = tuple(self._word(number, start / RATE) for number, start in enumerate(loud))
        progress(1.0)
        return words

    def _word(self, number: int, start: float) -> Word:
        text = " " + self._words[number % len(self._words)]
        return Word(start=round(start, 3), end=round(start + _PACE, 3), text=text, probability=1.0)
