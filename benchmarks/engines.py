"""Engines side by side on the same sound: what each costs, and how many words it gets wrong.

    .venv/bin/python benchmarks/engines.py                      the sample episode
    .venv/bin/python benchmarks/engines.py --clip TALK.flac TALK.txt [--clip ...] [--only NAME ...]

Each run is a process of its own: CPU seconds with one thread, then wall seconds with two. Loading the model is not
counted, nor compiling: every engine first hears ten seconds. Ours is timed from chunks to placed words; finding the
speech is the same for all engines behind the seam and has a line of its own. "Faster by" compares
CPU seconds with greedy `whisper.transcribe`. Word errors are counted with jiwer after Whisper's English normaliser.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "episodes" / "whose-high-street"
REFERENCE = "whisper.transcribe, greedy"
WARMING = 10 * 16_000  # samples

Hear = Callable[[Any], str]
"""From samples to text."""


def ours(precision: str, *, timed: bool) -> Callable[[], Hear]:
    def load() -> Hear:
        from placecast.model import Transcription
        from placecast.transcribe.loading import load_model
        from placecast.transcribe.openai_engine import WhisperEngine

        loaded, weights = load_model(Transcription(model="base"), offline=True)
        from placecast.transcribe import precision as precisions

        chosen = getattr(precisions, precision)
        return behind_the_seam(WhisperEngine(loaded, model="base", weights=weights, precision=chosen), timed=timed)

    return load


def faster_behind_the_seam() -> Hear:
    from placecast.model import Transcription
    from placecast.transcribe.faster_engine import load_faster_whisper

    return behind_the_seam(load_faster_whisper(Transcription(model="base"), offline=True), timed=True)


def behind_the_seam(engine: Any, *, timed: bool) -> Hear:
    """An engine of placecast, fed as `listening` feeds it. What finding the speech takes is left out of its time."""
    from placecast.transcribe.chunks import pack

    def hear(samples: Any) -> str:
        with Uncounted():
            chunks = pack(engine.speech(samples, lambda _: None), samples)
        texts = []
        for first in range(0, len(chunks), engine.batch):
            batch = [samples[chunk.start : chunk.stop] for chunk in chunks[first : first + engine.batch]]
            texts += [word.text for heard in engine.hear(batch, language="en", timed=timed) for word in heard.words]
        return "".join(texts)

    return hear


def stock(**options: Any) -> Callable[[], Hear]:
    def load() -> Hear:
        from placecast.model import Transcription
        from placecast.transcribe.loading import load_model

        loaded, _ = load_model(Transcription(model="base"), offline=True)
        return lambda samples: str(loaded.transcribe(samples, language="en", fp16=False, **options)["text"])

    return load


def faster(*, batched: bool, **options: Any) -> Callable[[], Hear]:
    def load() -> Hear:
        from faster_whisper import BatchedInferencePipeline

        from placecast.model import Transcription
        from placecast.transcribe.faster_engine import load_faster_whisper

        model: Any = load_faster_whisper(Transcription(model="base"), offline=True)._loaded
        used = BatchedInferencePipeline(model) if batched else model
        return lambda samples: "".join(each.text for each in used.transcribe(samples, language="en", **options)[0])

    return load


def speech_alone() -> Hear:
    from placecast.transcribe.vad import find_speech

    def hear(samples: Any) -> str:
        find_speech(samples, lambda _: None)
        return ""

    return hear


ENGINES: dict[str, Callable[[], Hear]] = {
    REFERENCE: stock(),
    "whisper.transcribe, beam 5, best of 5": stock(beam_size=5, best_of=5),
    "faster-whisper int8, beam 5": faster(batched=False, beam_size=5),
    "faster-whisper int8, batches of 8, greedy": faster(batched=True, batch_size=8, beam_size=1),
    "faster-whisper int8 in placecast, words": faster_behind_the_seam,
    "placecast fp32": ours("FULL", timed=False),
    "placecast fp32, words": ours("FULL", timed=True),
    "placecast bf16": ours("BRAIN", timed=False),
    "placecast bf16, words": ours("BRAIN", timed=True),
    "placecast fast (int8)": ours("EIGHT_BITS_BRAIN", timed=False),
    "placecast fast (int8), words": ours("EIGHT_BITS_BRAIN", timed=True),
    "finding speech (VAD)": speech_alone,
}


class Uncounted:
    """Seconds that are not counted."""

    wall = cpu = 0.0

    def __enter__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        Uncounted.wall += time.perf_counter() - self._wall
        Uncounted.cpu += time.process_time() - self._cpu


def read(path: Path) -> Any:
    import av
    import numpy as np

    resampler = av.AudioResampler(format="flt", layout="mono", rate=16_000)
    with av.open(str(path)) as file:
        frames = [part for frame in file.decode(audio=0) for part in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray().ravel() for frame in [*frames, *resampler.resample(None)]])


def reference(path: Path) -> str:
    """The words of a reference text, or those that are spoken in a script such as the sample's."""
    lines = path.read_text("utf-8").splitlines()
    spoken = [line.split(": ", 1)[1] for line in lines if re.match(r"[A-Z]+: ", line)]
    return " ".join(spoken or lines)


def one_run(name: str, clip: Path, threads: int) -> None:
    """Hear a clip once, and print what it took and what was heard."""
    warnings.simplefilter("ignore")
    hear = ENGINES[name]()
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(threads)
    samples = read(clip)
    hear(samples[:WARMING])
    Uncounted.wall = Uncounted.cpu = 0.0
    wall, cpu = time.perf_counter(), time.process_time()
    text = hear(samples)
    took = {
        "wall": time.perf_counter() - wall - Uncounted.wall,
        "cpu": time.process_time() - cpu - Uncounted.cpu,
        "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(took | {"text": text}))


def measured(name: str, clip: Path, threads: int) -> dict[str, Any]:
    environment = os.environ | {"OMP_NUM_THREADS": str(threads)}
    command = [sys.executable, __file__, "--run", name, str(clip), str(threads)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment, text=True)
    took: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return took


def errors(text: str, script: str) -> str:
    import jiwer
    from whisper.normalizers import EnglishTextNormalizer

    normal = EnglishTextNormalizer()
    found = jiwer.process_words(normal(script), normal(text))
    return f"{100 * found.wer:.2f} % ({found.substitutions}/{found.deletions}/{found.insertions})"


def rows(clip: Path, script: str, names: list[str]) -> Iterator[str]:
    first: dict[str, Any] | None = None
    for name in names:
        one, two = measured(name, clip, 1), measured(name, clip, 2)
        first = first or one
        wrong = errors(one["text"], script) if one["text"] else "-"
        yield (
            f"| {name} | {one['cpu']:.1f} | {two['wall']:.1f} | {first['cpu'] / one['cpu']:.1f} | {wrong} "
            f"| {max(one['rss'], two['rss']):.0f} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clip", nargs=2, type=Path, action="append", metavar=("AUDIO", "TEXT"))
    parser.add_argument("--only", nargs="*", choices=list(ENGINES), default=list(ENGINES))
    parser.add_argument("--run", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.run:
        name, clip, threads = arguments.run
        one_run(name, Path(clip), int(threads))
        return
    names = [name for name in ENGINES if name in (*arguments.only, REFERENCE)]
    for clip, text in arguments.clip or [[SAMPLE / "recording.flac", SAMPLE / "script.txt"]]:
        print(f"\n{clip.name}\n\n| engine | CPU s, 1 thread | wall s, 2 threads | faster by | WER (s/d/i) | peak MB |")
        print("|---|---|---|---|---|---|")
        for row in rows(clip, reference(text), names):
            print(row, flush=True)


main()
