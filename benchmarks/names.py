"""Names in what is heard: how many are right, how many are invented, and what that costs.

    .venv/bin/python benchmarks/names.py                                the recording of tests/data/names
    .venv/bin/python benchmarks/names.py --clip TALK.flac TALK.txt ...  and speech in which none of its names is said

Four ways: without names; with known wrong forms and spaces put right alone; with all names before every chunk, as
Whisper's `initial_prompt` has it; and placecast's own, which hears again with the names that a chunk may hold.
A name is right when it stands where it is said, letter for letter. CPU seconds are those of the process, one thread.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import jiwer
import numpy as np
import torch
from recordings import samples
from whisper.normalizers import EnglishTextNormalizer

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from placecast.model import Names, Transcription, no_progress  # noqa: E402
from placecast.names import correct  # noqa: E402
from placecast.project.naming import read_names  # noqa: E402
from placecast.transcribe import Engine, load_engine  # noqa: E402
from placecast.transcribe.listening import Hearing, Request, listen  # noqa: E402
from tests import names_said  # noqa: E402


class Prompted:
    """An engine that is told all names before every chunk."""

    def __init__(self, engine: Engine, names: Names) -> None:
        self._engine = engine
        self._names = tuple(entry.name for entry in names.entries)

    def hear(self, chunks: Sequence[Any], *, language: str, **_: Any) -> Any:
        return self._engine.hear(chunks, language=language, names=[self._names] * len(chunks))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)


def forget(engine: Any) -> None:
    """Engines keep the sound of what they heard last, and no way may profit from the one before."""
    engine.hear([np.zeros(16_000, np.float32)], language="en-GB")


def heard(engine: Any, sound: Any, names: Names) -> Hearing:
    return listen(engine, sound, Request(language="en-GB", names=names), journal=None, progress=no_progress)


def ways(engine: Engine, sound: Any, names: Names) -> Iterator[tuple[str, Hearing, float]]:
    """Each way with what it hears, and its CPU seconds."""
    forget(engine)
    started = time.process_time()
    plain = heard(engine, sound, Names())
    alone = time.process_time() - started
    yield "without names", plain, alone
    yield "corrected only", replace(plain, words=correct(plain.words, names)[0]), time.process_time() - started
    forget(engine)
    started = time.process_time()
    yield "prompt on every chunk", heard(Prompted(engine, names), sound, Names()), time.process_time() - started
    forget(engine)
    started = time.process_time()
    ours = heard(engine, sound, names)
    yield "placecast", replace(ours, words=correct(ours.words, names)[0]), time.process_time() - started


def rows(engine: Engine, path: Path, reference: str, script: names_said.Script | None, names: Names) -> Iterator[str]:
    normal = EnglishTextNormalizer()
    for way, hearing, seconds in ways(engine, samples(path), names):
        text = names_said.text_of(hearing.words)
        missed = names_said.missed(script, text) if script else []
        invented = names_said.invented(names, reference, text)
        right = f"{len(script.names) - len(missed)}/{len(script.names)}" if script else "-"
        rate = 1000 * len(invented) / len(reference.split())
        flags = sum(flag.kind == "prompted" for flag in hearing.flags)
        wer = 100 * jiwer.wer(normal(reference), normal(text))
        yield f"| {way} | {right} | {rate:.1f} {', '.join(invented)} | {flags} | {wer:.2f} | {seconds:.1f} |"
        if way == "placecast" and missed:
            yield "\nMissed: " + "; ".join(f"{name} ({instead})" for name, instead in missed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clip", nargs=2, type=Path, action="append", default=[], metavar=("AUDIO", "TEXT"))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    names = read_names((names_said.FOLDER / "names.toml").read_text("utf-8"), "names.toml")
    engine = load_engine(Transcription(model="base"), offline=True)
    heard(engine, samples(names_said.RECORDING)[: 10 * 16_000], Names())  # compiles what is compiled at first use
    script = names_said.script()
    clips = [(names_said.RECORDING, " ".join(script.words), script)]
    clips += [(audio, text.read_text("utf-8"), None) for audio, text in arguments.clip]
    for path, reference, said in clips:
        print(f"\n{path.name}, {len(names.entries)} names\n")
        print("| way | names right | invented / 1,000 words | flagged | WER % | CPU s |\n|---|---|---|---|---|---|")
        for row in rows(engine, path, reference, said, names):
            print(row, flush=True)


main()
