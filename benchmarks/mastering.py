"""CPU seconds and peak memory of the whole mastering route beside two others, on the same hour of sound in one run.

    .venv/bin/python benchmarks/mastering.py                       60 minutes
    .venv/bin/python benchmarks/mastering.py --minutes 180 --ours  placecast alone, for its memory

Beside it: `ffmpeg-normalize` (PyPI; `--normalize` names it when it is not on PATH) with FFmpeg from PATH, and raw LAME
(Debian: lame), which neither decodes anything but WAV nor measures. All three write MP3 at 96 kb/s in LAME's quality 5.
placecast also measures the written file again, and makes the samples for Whisper. Rounds are interleaved, since other
work on the machine slows all three; the ratios are of the medians.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "episodes" / "whose-high-street" / "recording.flac"
RATE = 48_000
OURS, NORMALIZE, LAME = "placecast", "ffmpeg-normalize", "lame"
GOALS = {NORMALIZE: 0.45, LAME: 3.0}

_MASTER = """
import sys
from pathlib import Path
from placecast import audio
from placecast.model import Mastering
recording, folder = map(Path, sys.argv[1:])
audio.master(recording, folder / "placecast.mp3", folder / "samples.f32", Mastering())
"""


def hour(minutes: float, path: Path) -> Path:
    """The sample recording at 48 kHz, again and again until it is this long, as a WAV file."""
    import av

    with av.open(str(path), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=RATE, layout="mono")
        samples = 0
        while samples < minutes * 60 * RATE:
            resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
            with av.open(str(SAMPLE)) as source:
                for frame in source.decode(audio=0):
                    for part in resampler.resample(frame):
                        part.pts = samples
                        samples += part.samples
                        out.mux(stream.encode(part))
        out.mux(stream.encode(None))
    return path


def commands(wav: Path, folder: Path, normalize: str) -> dict[str, Sequence[str]]:
    """What each of them is asked to do."""
    target = ["-t", "-16", "-tp", "-1.5", "--keep-loudness-range-target", "-ar", str(RATE)]
    mp3 = ["-c:a", "libmp3lame", "-b:a", "96k", "-e=-compression_level 5", "-f"]
    return {
        OURS: [sys.executable, "-c", _MASTER, str(wav), str(folder)],
        NORMALIZE: [normalize, str(wav), *target, *mp3, "-o", str(folder / "normalize.mp3")],
        LAME: ["lame", "--quiet", "--cbr", "-b", "96", "-q", "5", "-m", "m", str(wav), str(folder / "lame.mp3")],
    }


def measured(command: Sequence[str]) -> dict[str, float]:
    """What the command and all that it starts take."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    began = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read() if process.stderr else b""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command[0]} failed:\n{said.decode(errors='replace')}")
    return {"cpu": used.ru_utime + used.ru_stime, "wall": time.perf_counter() - began, "MiB": used.ru_maxrss / 1024}


def show(rounds: Mapping[str, Sequence[Mapping[str, float]]]) -> None:
    """A table, and the two ratios that are goals."""
    print(f"{'':18}{'CPU s':>8}{'wall s':>8}{'MiB':>6}   (medians of {len(rounds[OURS])})")
    middle = {
        name: {key: statistics.median(each[key] for each in done) for key in done[0]} for name, done in rounds.items()
    }
    for name, figures in middle.items():
        print(f"{name:18}{figures['cpu']:8.1f}{figures['wall']:8.1f}{figures['MiB']:6.0f}")
    for name in (each for each in GOALS if each in rounds):
        ratios = [ours["cpu"] / other["cpu"] for ours, other in zip(rounds[OURS], rounds[name], strict=True)]
        spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
        print(f"placecast / {name}: {middle[OURS]['cpu'] / middle[name]['cpu']:.2f} ({spread}), goal {GOALS[name]}")
    print(json.dumps(rounds))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--normalize", default=NORMALIZE, help="where ffmpeg-normalize is")
    parser.add_argument("--ours", action="store_true", help="placecast alone")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asked = commands(hour(arguments.minutes, folder / "hour.wav"), folder, arguments.normalize)
        names = [OURS] if arguments.ours else list(asked)
        rounds: dict[str, list[dict[str, float]]] = {each: [] for each in names}
        for _ in range(arguments.rounds):
            for each in names:
                rounds[each].append(measured(asked[each]))
        show(rounds)


if __name__ == "__main__":
    main()
