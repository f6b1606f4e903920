"""Fixtures that every test may use: the sample episode, and a show in a folder of its own."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

pytest_plugins = ["tests.seaweed", "tests.second_servers", "tests.soak_table", "tests.npm"]

# Machines are noisy: no test of ours fails because one example took long.
settings.register_profile("placecast", deadline=None)
settings.load_profile("placecast")

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "episodes" / "whose-high-street"


_MARKED = {"lame": "NO HEADER WAS COMPARED WITH LAME'S OWN", "loudgain": "NO SECOND METER READ THE AUDIO FILES"}


def pytest_runtest_setup(item: pytest.Item) -> None:
    missing = [name for name in ("ffmpeg", "ffprobe") if not shutil.which(name)]
    if missing and item.get_closest_marker("ffprobe"):
        pytest.skip(f"NO OTHER READER CHECKED THE AUDIO FILES: {missing[0]} is not here (apt-get install ffmpeg)")
    for name, lost in _MARKED.items():
        if item.get_closest_marker(name) and not shutil.which(name):
            pytest.skip(f"{lost}: {name} is not here (apt-get install {name})")


@pytest.fixture(scope="session")
def sample_recording() -> Path:
    """Three minutes of two people talking, after a few chords."""
    return SAMPLE / "recording.flac"


@pytest.fixture(scope="session")
def sample_script() -> str:
    """The words that are spoken in the sample recording."""
    lines = (SAMPLE / "script.txt").read_text("utf-8").splitlines()
    return " ".join(line.split(": ", 1)[1] for line in lines if re.match(r"(HOST|GUEST): ", line))


@pytest.fixture
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers of this machine are asked straight."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
