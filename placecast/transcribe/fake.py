"""An engine without a model, for tests and for trying the pipeline by hand: it ships, but never by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from types import MappingProxyType

import numpy as np

from placecast.fingerprint import sha256
from placecast.model import Progress, Word
from placecast.transcribe.heard import Heard
from placecast.transcribe.vad import RATE, Samples, Span

_TEXT = "These words are not real. They stand where somebody speaks. Nobody has said them."
_PACE = 0.4  # seconds a word
_LOUD = 0.003  # about -50 dBFS


class FakeEngine:
    """Says the words of `text` again and again, one each 0.4 seconds, wherever the recording is not silent."""

    name = "fake 1"
    model = "fake"
    options: Mapping[str, str] = MappingProxyType({})
    batch = 4

    def __init__(self, text: str = _TEXT) -> None:
        self._words: Sequence[str] = text.split()
        self.weights = sha256(text.encode())

    def speech(self, samples: Samples, progress: Progress) -> list[Span]:
        progress(1.0)
        return list(_joined(_loud(samples)))

    def hear(
        self,
        chunks: Sequence[Samples],
        *,
        language: str,  # noqa: ARG002  (it hears nothing, so neither language nor names matter)
        names: Sequence[Sequence[str]] = (),  # noqa: ARG002
        timed: bool = True,  # noqa: ARG002
    ) -> list[Heard]:
        numbers = count()
        return [Heard(words=tuple(self._said(chunk, numbers))) for chunk in chunks]

    def detect(self, chunks: Sequence[Samples]) -> str:  # noqa: ARG002
        return "en"

    def _said(self, chunk: Samples, numbers: count[int]) -> list[Word]:
        return [self._word(next(numbers), start / RATE) for start in _loud(chunk)]

    def _word(self, number: int, start: float) -> Word:
        text = " " + self._words[number % len(self._words)]
        return Word(start=round(start, 3), end=round(start + _PACE, 3), text=text, probability=1.0)


def _loud(samples: Samples) -> Iterator[int]:
    """Where each step begins that is not silent."""
    step = int(_PACE * RATE)
    starts = range(0, len(samples) - step + 1, step)
    return (start for start in starts if np.abs(samples[start : start + step]).max() > _LOUD)


def _joined(starts: Iterable[int]) -> Iterator[Span]:
    """Steps that follow each other as one span."""
    step = int(_PACE * RATE)
    span: Span | None = None
    for start in starts:
        if span and span.stop == start:
            span = Span(start=span.start, stop=start + step)
            continue
        if span:
            yield span
        span = Span(start=start, stop=start + step)
    if span:
        yield span
