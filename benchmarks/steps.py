"""Seconds, CPU seconds and peak memory of every step of a first publish, for the sample and for a long recording.

    .venv/bin/python benchmarks/steps.py               the sample episode
    .venv/bin/python benchmarks/steps.py --minutes 60  the sample again and again, for an hour

Each step runs in a process of its own, which is stopped when it would begin the next one; the next process goes on
from there, as a producer's second run does. So the peak memory is that step's alone.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "episodes" / "whose-high-street"


class OneStep:
    """A reporter that lets one step be done, measures it, and stops the run at the next."""

    def __init__(self) -> None:
        self.done: dict[str, object] | None = None

    @contextmanager
    def step(self, what: str, reason: str) -> Iterator[object]:  # noqa: ARG002
        if self.done:
            raise KeyboardInterrupt
        wall, cpu = time.perf_counter(), time.process_time()
        yield lambda done: None  # noqa: ARG005
        self.done = {"step": what, "wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}

    def tell(self, text: str) -> None: ...

    def warn(self, text: str) -> None: ...

    def ask(self, question: str, lines: object) -> bool | None: ...


def one_step(folder: Path) -> None:
    """Do the next step of the show in this folder, and print what it took; nothing when all is done."""
    from placecast import pipeline
    from placecast.project import Project
    from placecast.run import Run
    from placecast.storage import open_storage
    from placecast.transcribe import load_engine

    reporter = OneStep()
    run = Run(
        project=Project(root=folder),
        reporter=reporter,  # type: ignore[arg-type]
        now=datetime.now(UTC),
        load_engine=load_engine,
        open_storage=open_storage,
    )
    with suppress(KeyboardInterrupt):
        pipeline.publish(run)
    if reporter.done:
        print(json.dumps(reporter.done | {"rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def lengthened(minutes: float, path: Path) -> None:
    """The sample recording, again and again until it is this long."""
    import av

    with av.open(str(path), "w") as out:
        stream = out.add_stream("flac", rate=24_000, layout="mono")
        seconds = 0.0
        while seconds < minutes * 60:
            with av.open(str(SAMPLE / "recording.flac")) as source:
                for frame in source.decode(audio=0):
                    seconds += frame.samples / frame.sample_rate
                    frame.pts = None
                    out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def show_in(folder: Path, minutes: float | None) -> None:
    for name in ("placecast.toml", "names.toml", "cover.png"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(SAMPLE, folder / "episodes" / SAMPLE.name, ignore=shutil.ignore_patterns("audio.json"))
    if minutes:
        lengthened(minutes, folder / "episodes" / SAMPLE.name / "recording.flac")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, help="length of the recording; the sample itself when left out")
    parser.add_argument("--one-step", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one_step:
        one_step(arguments.one_step)
        return
    with tempfile.TemporaryDirectory() as folder:
        show_in(Path(folder), arguments.minutes)
        print("| step | wall s | CPU s | peak MB |\n|---|---|---|---|")
        command = [sys.executable, __file__, "--one-step", folder]
        while line := subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout:
            took = json.loads(line)
            print(
                f"| {took['step'].split()[0]} | {took['wall']:.1f} | {took['cpu']:.1f} | {took['rss']:.0f} |",
                flush=True,
            )


main()
