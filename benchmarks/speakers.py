"""How well voices are told apart: purity, whether it is believed, CPU seconds a second of sound, and peak memory.

    .venv/bin/python benchmarks/speakers.py FOLDER [--threads 2]

FOLDER holds recordings, and beside each `NAME.rttm`, which says who speaks when; without one, one person speaks. The
sentences are stretches of speech. Each clip is sorted once with the true number of people and once with one more. A
clip of two people is then mixed with itself, so that both speak at once for a tenth, a third and all of the time.
Purity is the share of the time, of 10 ms each in which exactly one person speaks, that carries the right number.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from placecast.model import Cue
    from placecast.transcribe.speakers import Labelled

ROOT = Path(__file__).resolve().parents[1]
RATE = 16_000
SUFFIXES = (".flac", ".wav", ".mp3", ".m4a")
JOINED = 0.35  # seconds between two stretches of one sentence
LONGEST = 8  # seconds of a sentence
SHARES = (0.1, 0.33, 1.0)  # of the time, in which two people speak at once


@dataclass(frozen=True, kw_only=True)
class Turn:
    start: float
    end: float
    speaker: str


def turns(recording: Path) -> list[Turn]:
    path = recording.with_suffix(".rttm")
    if not path.exists():
        return []
    rows = [line.split() for line in path.read_text("utf-8").splitlines() if line.startswith("SPEAKER")]
    return [Turn(start=float(row[3]), end=float(row[3]) + float(row[4]), speaker=row[7]) for row in rows]


def sentences(sound: NDArray[np.float32]) -> list[Cue]:
    """Stretches of speech, joined over short pauses."""
    from placecast.model import Cue, no_progress
    from placecast.transcribe.vad import find_speech

    joined: list[tuple[float, float]] = []
    for span in find_speech(sound, no_progress):
        start, end = span.start / RATE, span.stop / RATE
        if joined and start - joined[-1][1] < JOINED and end - joined[-1][0] < LONGEST:
            start = joined.pop()[0]
        joined.append((start, end))
    return [Cue(start=start, end=end, text="-") for start, end in joined]


def purity(cues: list[Cue], labelled: Labelled, truth: list[Turn]) -> float:
    """The share of the time whose number is that of the person who has most of the number's time."""
    counts: dict[int, Counter[str]] = {}
    for cue, number in zip(cues, labelled.speakers, strict=True):
        for hundredth in range(round(cue.start * 100), round(cue.end * 100)):
            heard = [turn.speaker for turn in truth if turn.start <= hundredth / 100 < turn.end]
            if len(heard) == 1:
                counts.setdefault(number, Counter())[heard[0]] += 1
    return sum(max(each.values()) for each in counts.values()) / sum(each.total() for each in counts.values())


def report(name: str, sound: NDArray[np.float32], count: int, truth: list[Turn]) -> None:
    from placecast.model import no_progress
    from placecast.transcribe.speakers import label

    cues = sentences(sound)
    before = time.process_time()
    labelled = label(sound, cues, count=count, progress=no_progress)
    cost = (time.process_time() - before) / len(sound) * RATE
    pure = f"purity {purity(cues, labelled, truth):.3f}, " if truth else ""
    outcome = f"not reliable: {labelled.reason}" if labelled.reason else "reliable"
    print(f"{name}, as {count}: {pure}{outcome} ({cost:.4f} CPU s a second)")


def mixtures(sound: NDArray[np.float32], truth: list[Turn]) -> Iterator[tuple[float, NDArray[np.float32]]]:
    """Each of the two people alone, and then both at once for this share of the time."""
    import numpy as np

    voices = [
        np.concatenate([sound[round(t.start * RATE) : round(t.end * RATE)] for t in truth if t.speaker == speaker])
        for speaker in sorted({turn.speaker for turn in truth})
    ]
    length = min(map(len, voices))
    one, two = (voice[:length] for voice in voices)
    for share in SHARES:
        alone = round(length * (1 - share) / (1 + share))
        yield share, np.concatenate([one[:alone], two[:alone], one[alone:] + two[alone:]])


def measure(path: Path) -> None:
    from benchmarks.recordings import samples

    sound, truth = samples(path), turns(path)
    people = len({turn.speaker for turn in truth}) or 1
    report(path.stem, sound, people, truth)
    report(path.stem, sound, people + 1, truth)
    if people == 2:
        for share, mixed in mixtures(sound, truth):
            report(f"{path.stem}, both at once for {share:.0%}", mixed, 2, [])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    if os.environ.get("OMP_NUM_THREADS") != str(options.threads):  # read once, when numpy is loaded
        os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = str(options.threads)
        os.execv(sys.executable, [sys.executable, *sys.argv])
    sys.path.insert(0, str(ROOT))
    for path in sorted(options.folder.iterdir()):
        if path.suffix in SUFFIXES:
            measure(path)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
