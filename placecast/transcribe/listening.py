"""A whole recording heard: the speech is found, packed into chunks, heard batch by batch and put in its place.

Every engine is used through this. What is finished is kept in a journal, so that a stopped run goes on from there;
memory is bounded by the batch, not by the recording.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from placecast import names as spelling
from placecast.model import DETECT, Flag, Names, Progress, Word
from placecast.transcribe.chunks import pack, place
from placecast.transcribe.heard import Heard
from placecast.transcribe.journal import Journal
from placecast.transcribe.suspicions import suspicions
from placecast.transcribe.vad import RATE, Samples, Span

if TYPE_CHECKING:
    from placecast.transcribe import Engine

_FINDING_SPEECH = 0.02  # of the progress
_OPINIONS = 2  # times that a chunk is heard again at most, to get its names right
_TO_DETECT = 5  # chunks that the language is taken from


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is known of a recording before it is heard. `language`: BCP 47, or DETECT."""

    language: str
    names: Names = field(default_factory=Names)


@dataclass(frozen=True, kw_only=True)
class Hearing:
    """All that was heard, on the recording's timeline."""

    words: tuple[Word, ...]
    flags: tuple[Flag, ...]
    language: str
    fresh: float = field(default=0.0, compare=False)  # seconds of speech that no earlier run had heard


def listen(
    engine: Engine, samples: Samples, request: Request, *, journal: Journal | None, progress: Progress
) -> Hearing:
    """The words of a whole recording (float32, mono, 16 kHz, in memory or mapped from a file), and what to doubt."""
    chunks = pack(engine.speech(samples, lambda done: progress(done * _FINDING_SPEECH)), samples)
    known = replace(request, language=_language(engine, samples, chunks, request.language))
    words: list[Word] = []
    flags: list[Flag] = []
    kept = {chunk for chunk in chunks if journal and journal.get(chunk)}
    total, done = _length(chunks), _length(kept)
    # First all that an earlier run heard, then once a batch: whoever watches sees how fast this run is.
    progress(_share(done, total))
    for batch in _heard(engine, samples, chunks, known, journal):
        for _, heard, doubts in batch:
            words += heard
            flags += doubts
        done += _length(chunk for chunk, *_ in batch if chunk not in kept)
        progress(_share(done, total))
    progress(1.0)
    fresh = (total - _length(kept)) / RATE
    return Hearing(words=tuple(words), flags=tuple(flags), language=known.language, fresh=fresh)


def _length(chunks: Iterable[Span]) -> int:
    return sum(chunk.samples for chunk in chunks)


def _share(done: int, total: int) -> float:
    return _FINDING_SPEECH + (1 - _FINDING_SPEECH) * done / (total or 1)


def _heard(
    engine: Engine, samples: Samples, chunks: Sequence[Span], request: Request, journal: Journal | None
) -> Iterator[list[tuple[Span, tuple[Word, ...], tuple[Flag, ...]]]]:
    """Batch by batch each chunk with its words and flags, in order; those that the journal has are not heard again."""
    for start in range(0, len(chunks), engine.batch):
        batch = chunks[start : start + engine.batch]
        kept = {chunk: finished for chunk in batch if journal and (finished := journal.get(chunk))}
        fresh = [chunk for chunk in batch if chunk not in kept]
        for chunk, finished in zip(fresh, _hear(engine, samples, fresh, request), strict=True):
            kept[chunk] = finished
            if journal:
                journal.add(chunk, *finished)
        yield [(chunk, *kept[chunk]) for chunk in batch]


def _hear(
    engine: Engine, samples: Samples, chunks: Sequence[Span], request: Request
) -> Iterator[tuple[tuple[Word, ...], tuple[Flag, ...]]]:
    """The words and flags of each chunk: heard without the names, and again with them where one may have been said."""
    if not chunks:
        return
    sounds = [np.asarray(samples[chunk.start : chunk.stop], np.float32) for chunk in chunks]
    first = engine.hear(sounds, language=request.language)
    settled = [(heard.words, suspicions(heard)) for heard in first]
    told = [spelling.likely_names(heard.words, request.names) for heard in first]
    for _ in range(_OPINIONS):
        for number, opinion in _heard_again(engine, sounds, told, request.language):
            words, flags = spelling.second_opinion(settled[number][0], opinion.words, request.names)
            settled[number] = words, tuple(dict.fromkeys((*settled[number][1], *flags)))
            told[number] = spelling.unsettled_names(words, opinion.words, told[number], request.names)
    for chunk, (words, flags) in zip(chunks, settled, strict=True):
        yield _placed(chunk, words, flags)


def _heard_again(
    engine: Engine, sounds: Sequence[Samples], told: Sequence[tuple[str, ...]], language: str
) -> Iterator[tuple[int, Heard]]:
    """What is heard when the engine is told the names that a chunk may hold, by the number of the chunk.

    Each chunk is told its own alone: of a long list Whisper heeds some, and writes others wrong.
    """
    numbers = [number for number, names in enumerate(told) if names]
    if numbers:
        chosen, names = [sounds[number] for number in numbers], [told[number] for number in numbers]
        yield from zip(numbers, engine.hear(chosen, language=language, names=names, timed=False), strict=True)


def _placed(chunk: Span, words: tuple[Word, ...], flags: tuple[Flag, ...]) -> tuple[tuple[Word, ...], tuple[Flag, ...]]:
    """The chunk's words and flags on the recording's timeline."""
    offset = chunk.start / RATE
    moved = (replace(flag, start=_moved(flag.start, offset), end=_moved(flag.end, offset)) for flag in flags)
    return tuple(place(words, chunk)), tuple(moved)


def _moved(seconds: float, offset: float) -> float:
    return round(seconds + offset, 3)


def _language(engine: Engine, samples: Samples, chunks: Sequence[Span], wanted: str) -> str:
    """The language that was asked for, or that of the speech: never that of a jingle before it."""
    if wanted != DETECT:
        return wanted
    if not chunks:
        return "und"  # BCP 47: undetermined
    longest = sorted(chunks, key=lambda chunk: -chunk.samples)[:_TO_DETECT]
    return engine.detect([np.asarray(samples[chunk.start : chunk.stop], np.float32) for chunk in longest])
