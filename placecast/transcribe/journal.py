"""Chunks that are finished, kept on the disk while a transcription goes on: a run that is stopped loses none of them.

A line of JSON for each chunk. The first line says of what they are; for anything else the journal begins anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from placecast import files
from placecast.model import Flag, Word
from placecast.transcribe.vad import RATE, Span

Finished = tuple[tuple[Word, ...], tuple[Flag, ...]]


class Journal:
    """The finished chunks of one recording, heard in one way: `about` names both."""

    def __init__(self, path: Path, about: str) -> None:
        self._path = path
        self._finished = dict(_read(path, about))
        # Written anew, so that a line which a power cut left half written is not written on.
        lines = [json.dumps({"about": about}), *(_line(span, *kept) for span, kept in self._finished.items())]
        files.write(path, "".join(f"{line}\n" for line in lines).encode())

    @property
    def seconds(self) -> float:
        """How much of the recording is finished."""
        return sum(chunk.samples for chunk in self._finished) / RATE

    def get(self, chunk: Span) -> Finished | None:
        """What was heard in this chunk, if it is finished."""
        return self._finished.get(chunk)

    def add(self, chunk: Span, words: tuple[Word, ...], flags: tuple[Flag, ...]) -> None:
        """Keep what was heard in a chunk."""
        self._finished[chunk] = (words, flags)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(_line(chunk, words, flags) + "\n")


def _line(chunk: Span, words: tuple[Word, ...], flags: tuple[Flag, ...]) -> str:
    entry = {"span": [chunk.start, chunk.stop], "words": [*map(asdict, words)], "flags": [*map(asdict, flags)]}
    return json.dumps(entry, ensure_ascii=False)


def _read(path: Path, about: str) -> Iterator[tuple[Span, Finished]]:
    """The finished chunks in a file that is about this; the last line may have been cut off."""
    try:
        first, *lines = path.read_bytes().split(b"\n")
        if json.loads(first)["about"] != about:
            return
        for line in filter(None, lines):
            entry = json.loads(line)
            start, stop = entry["span"]
            words = tuple(Word(**word) for word in entry["words"])
            yield Span(start=start, stop=stop), (words, tuple(Flag(**flag) for flag in entry["flags"]))
    except (OSError, ValueError, KeyError, TypeError):
        return
