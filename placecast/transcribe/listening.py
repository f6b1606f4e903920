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
    opinions = _heard_again(engine, sounds, first, request)
    for number, (chunk, heard) in enumerate(zip(chunks, first, strict=True)):
        yield _settled(chunk, heard, opinions.get(number), request.names)


def _heard_again(
    engine: Engine, sounds: Sequence[Samples], first: Sequence[Heard], request: Request
) -> dict[int, Heard]:
    """What is heard when the engine knows the names, of those chunks in which one may have been said.

    Each chunk is told only the names that it may hold: of a long list Whisper heeds some, and writes others wrong.
    """
    told: dict[tuple[str, ...], list[int]] = {}
    for number, heard in enumerate(first):
        told.setdefault(spelling.likely_names(heard.words, request.names), []).append(number)
    told.pop((), None)
    opinions: dict[int, Heard] = {}
    for names, numbers in told.items():
        chosen = [sounds[number] for number in numbers]
        again = engine.hear(chosen, language=request.language, names=names, timed=False)
        opinions |= zip(numbers, again, strict=True)
    return opinions


def _settled(
    chunk: Span, heard: Heard, opinion: Heard | None, names: Names
) -> tuple[tuple[Word, ...], tuple[Flag, ...]]:
    """The chunk's words and flags on the recording's timeline, the second opinion taken into account."""
    words, flags = heard.words, suspicions(heard)
    if opinion:
        words, doubts = spelling.second_opinion(words, opinion.words, names)
        flags += doubts
    offset = chunk.start / RATE
    placed = (replace(flag, start=_moved(flag.start, offset), end=_moved(flag.end, offset)) for flag in flags)
    return tuple(place(words, chunk)), tuple(placed)


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
