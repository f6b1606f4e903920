"""Speech packed into chunks that Whisper hears in one go, and words put back where they were said.

A chunk is a stretch of the recording as it is, pauses and all: nothing is glued together, so a word's place
in a chunk is its place in the recording. All of this is arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from placecast.model import Word
from placecast.transcribe.vad import FRAME, RATE, Samples, Span

LONGEST = 30 * RATE  # samples: Whisper's window
_PADDING = 4 * RATE // 10  # samples before and after: Whisper misses a short first word such as "In" with less
_FULL = LONGEST - 2 * _PADDING
_BRIDGED = 3 * RATE  # samples: a longer pause starts a new chunk
_BREATH = RATE // 4  # samples: a shorter pause may be anywhere in a sentence
_SMOOTHED = 5  # frames: a pause of 160 ms counts for more than one quiet frame
_NO_SPEECH = 0.6
UNLIKELY = -1.0  # mean log probability of a chunk's tokens: less is not believed


def unspoken(no_speech: float, log_probability: float) -> bool:
    """Whether what was decoded is no speech, by Whisper's own rule; the second is the mean of the tokens' logs."""
    return no_speech > _NO_SPEECH and log_probability < UNLIKELY


def pack(spans: Iterable[Span], samples: Samples) -> tuple[Span, ...]:
    """Chunks of at most 30 seconds that hold all of this speech, in order and apart from each other."""
    parts = [part for span in spans for part in _cut(span, samples)]
    borders = [0, *_borders(parts), len(parts)]
    chunks = [
        Span(start=parts[first].start, stop=parts[end - 1].stop) for first, end in pairwise(borders) if first < end
    ]
    return tuple(_padded(chunks, len(samples)))


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


def _borders(parts: Sequence[Span]) -> list[int]:
    """The parts before which a new chunk starts: few, since Whisper's window costs the same full or half empty.

    But a border within a breath may be in the middle of a sentence, and is as bad as one chunk more. Of ways that are
    equal in this, the one with the longest pauses: Whisper ends its sentence where a chunk ends.
    """
    best: list[tuple[int, int]] = [(0, 0)]  # up to each part: chunks and breaths, and what the pauses lack
    previous: list[int] = []
    for end in range(1, len(parts) + 1):
        ways = [(_added(best[first], parts, first), first) for first in _firsts(parts, end)]
        cheapest, first = min(ways)
        best.append(cheapest)
        previous.append(first)
    borders, at = [], len(parts)
    while at and (at := previous[at - 1]):
        borders.append(at)
    return borders[::-1]


def _firsts(parts: Sequence[Span], end: int) -> Iterator[int]:
    """The parts with which a chunk can start that ends before part `end`: it fits, and no long pause is in it."""
    for first in range(end - 1, -1, -1):
        if parts[end - 1].stop - parts[first].start > _FULL:
            return
        yield first
        if first and parts[first].start - parts[first - 1].stop >= _BRIDGED:
            return


def _added(best: tuple[int, int], parts: Sequence[Span], first: int) -> tuple[int, int]:
    """What it costs in all when one more chunk begins with this part."""
    chunks, lack = best
    if not first:
        return chunks + 1, lack
    pause = parts[first].start - parts[first - 1].stop
    return chunks + 1 + (pause < _BREATH), lack + max(0, _BRIDGED - pause)


def _padded(chunks: Sequence[Span], length: int) -> Iterator[Span]:
    """The chunks with some of the quiet around them; neighbours share a gap that is too short for both."""
    middles = [(chunk.stop + following.start) // 2 for chunk, following in pairwise(chunks)]
    for chunk, first, last in zip(chunks, [0, *middles], [*middles, length], strict=False):
        yield Span(start=max(chunk.start - _PADDING, first), stop=min(chunk.stop + _PADDING, last))


def _cut(span: Span, samples: Samples) -> Iterator[Span]:
    """The span in parts that fit a chunk, cut where the second half of the chunk is quietest."""
    start = span.start
    while span.stop - start > _FULL:
        first = start + _FULL // 2
        window = np.asarray(samples[first : start + _FULL], np.float32)
        energy = np.square(window[: len(window) // FRAME * FRAME].reshape(-1, FRAME)).mean(axis=1)
        smooth = np.convolve(energy, np.ones(_SMOOTHED), mode="valid")
        middle = int(smooth.argmin()) + _SMOOTHED // 2
        cut = first + middle * FRAME + FRAME // 2
        yield Span(start=start, stop=cut)
        start = cut
    yield Span(start=start, stop=span.stop)
