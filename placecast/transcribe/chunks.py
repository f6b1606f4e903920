"""Speech packed into chunks that Whisper hears in one go, and words put back where they were said.

A chunk is a stretch of the recording as it is, pauses and all: nothing is glued together, so a word's place
in a chunk is its place in the recording. All of this is arithmetic; an engine that hears many chunks at once
can use `pack` and `place` as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from placecast.model import Progress, Word
from placecast.transcribe.vad import FRAME, RATE, Samples, Span, probabilities, speech

LONGEST = 30 * RATE  # samples: Whisper's window
_BRIDGED = 3 * RATE  # samples: a longer pause starts a new chunk
_SMOOTHED = 5  # frames: a pause of 160 ms counts for more than one quiet frame
_FINDING_SPEECH = 0.1  # of the progress

Hear = Callable[[Samples], Iterable[Word]]
"""An engine's ear: the words in a chunk, with times from the start of the chunk."""


def transcribe_chunks(samples: Samples, hear: Hear, progress: Progress) -> tuple[Word, ...]:
    """The words of a whole recording, heard one chunk after the other."""
    heard = probabilities(samples, lambda done: progress(done * _FINDING_SPEECH))
    chunks = pack(speech(heard, len(samples)), samples)
    total = sum(chunk.samples for chunk in chunks)
    words: list[Word] = []
    done = 0
    for chunk in chunks:
        words += place(hear(np.asarray(samples[chunk.start : chunk.stop], np.float32)), chunk)
        done += chunk.samples
        progress(_FINDING_SPEECH + (1 - _FINDING_SPEECH) * done / total)
    progress(1.0)
    return tuple(words)


def pack(spans: Sequence[Span], samples: Samples) -> tuple[Span, ...]:
    """Chunks of at most 30 seconds that hold all of this speech, in order and apart from each other."""
    parts = [part for whole in spans for part in _cut(whole, samples)]
    chunks = []
    while parts:
        count = _together(parts)
        chunks.append(Span(start=parts[0].start, stop=parts[count - 1].stop))
        del parts[:count]
    return tuple(chunks)


def place(words: Iterable[Word], chunk: Span) -> Iterator[Word]:
    """The words on the recording's timeline: inside their chunk, none starting before the last one ends."""
    offset, latest = chunk.start / RATE, chunk.stop / RATE
    earliest = offset
    for word in words:
        start = min(max(word.start + offset, earliest), latest)
        end = min(max(word.end + offset, start), latest)
        earliest = end
        if word.text.strip():
            yield Word(start=round(start, 3), end=round(end, 3), text=word.text, probability=round(word.probability, 3))


def _together(parts: Sequence[Span]) -> int:
    """How many of these parts make the first chunk: it ends at a long pause, or else at the longest in its second half.

    The longest pause is most often the end of a sentence, and Whisper ends its sentence where a chunk ends.
    """
    pauses: dict[int, int] = {}
    for count, (part, following) in enumerate(pairwise(parts), start=1):
        pause = following.start - part.stop
        if part.stop - parts[0].start >= LONGEST // 2:
            pauses[count] = pause
        if pause >= _BRIDGED:
            return count
        if following.stop - parts[0].start > LONGEST:
            return max(pauses or {count: pause}, key=lambda end: (pauses.get(end, 0), end))
    return len(parts)


def _cut(span: Span, samples: Samples) -> Iterator[Span]:
    """The span in parts that fit Whisper's window, cut where the second half of the window is quietest."""
    start = span.start
    while span.stop - start > LONGEST:
        first = start + LONGEST // 2
        window = samples[first : start + LONGEST].astype(np.float32)
        energy = np.square(window[: len(window) // FRAME * FRAME].reshape(-1, FRAME)).mean(axis=1)
        smooth = np.convolve(energy, np.ones(_SMOOTHED), mode="valid")
        middle = int(smooth.argmin()) + _SMOOTHED // 2
        cut = first + middle * FRAME + FRAME // 2
        yield Span(start=start, stop=cut)
        start = cut
    yield Span(start=start, stop=span.stop)
