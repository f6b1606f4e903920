"""The commands on transcripts, as a producer types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from placecast.transcribe import FakeEngine
from tests.small_show import SmallShow, files_below, make
from tests.test_cli import Command, fake_engine


@pytest.fixture
def placecast(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capfd)


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallShow:
    """A show that wants approvals, in the current folder; the engine is a stand-in."""
    monkeypatch.setattr("placecast.transcribe.load_engine", fake_engine)
    small = make(tmp_path / "show", 'folder = "public"\n[transcription]\nreview = "required"', engine=FakeEngine())
    small.add("digbeth")
    monkeypatch.chdir(small.project.root)
    return small


def test_from_a_recording_to_an_approved_episode(show: SmallShow, placecast: Command) -> None:
    code, out, err = placecast("publish")
    assert code == 6, err
    assert "Held back: digbeth: nobody has approved its transcript" in out
    assert out.splitlines()[-1].endswith("placecast review digbeth")
    assert "to review" in placecast("status")[1]
    code, out, _ = placecast("review", "digbeth")
    assert code == 0
    assert "placecast" in out
    code, out, _ = placecast("approve", "digbeth", "--by", "Rosa Hartley")
    assert (code, out.splitlines()[0][:12]) == (0, "Rosa Hartley")
    assert "approved by Rosa Hartley" in placecast("status")[1]
    code, out, _ = placecast("publish")
    assert code == 0
    assert "checked by Rosa Hartley" in (show.target / "e/digbeth/index.html").read_text("utf-8")
    assert "ai-content" not in (show.target / "feed.xml").read_text("utf-8")


def test_an_episode_goes_out_unreviewed_for_a_reason_alone(show: SmallShow, placecast: Command) -> None:
    code, _, err = placecast("publish", "digbeth", "--unreviewed", " ")
    assert code == 2
    assert "has no reason" in err
    code, _, _ = placecast("publish", "digbeth", "--unreviewed", "The minister resigned")
    assert code == 0
    assert "ai-content" in (show.target / "feed.xml").read_text("utf-8")
    assert "The minister resigned" in (show.project.root / "transcripts/digbeth.review.json").read_text("utf-8")


def test_doubts_are_told_to_programs_too(show: SmallShow, placecast: Command) -> None:
    placecast("transcribe", "digbeth")
    _, out, _ = placecast("review", "digbeth", "--json")
    assert json.loads(out)["slug"] == "digbeth"


def test_a_transcript_is_brought_along_with_the_recording(show: SmallShow, placecast: Command, tmp_path: Path) -> None:
    file = tmp_path / "minutes.txt"
    file.write_text("ROSA: These words are not real.\n\nDANIEL: They stand where somebody speaks.\n", "utf-8")
    code, _, err = placecast("publish", "digbeth", "--transcript", str(file), "--unreviewed", "A test")
    assert code == 0, err
    assert "DANIEL" in files_below(show.target)["e/digbeth/transcript.vtt"].decode()
    code, out, _ = placecast("speakers", "digbeth", "--rename", "DANIEL=Daniel Marsh", "--set", "0:00=Rosa Hartley")
    assert code == 0
    assert "said by Rosa Hartley, Daniel Marsh" in out
    code, _, err = placecast("transcript", "digbeth", str(file))
    assert code == 2
    assert "--replace" in err
    assert placecast("transcript", "digbeth", str(file), "--replace")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("review", "digbeth"), 2, "placecast transcribe digbeth"),
        (("review", "nowhere"), 2, "there is no such episode"),
        (("approve", "digbeth", "--by", "Rosa"), 2, "has no transcript yet"),
        (("approve", "digbeth"), 2, "--by"),
        (("transcribe",), 2, "--all"),
        (("transcribe", "digbeth", "--all"), 2, "names episodes"),
        (("transcribe", "--all", "--cluster", "tcp://127.0.0.1:9", "--speakers", "2"), 2, "placecast speakers"),
        (("transcript", "digbeth", "gone.srt"), 1, "gone.srt"),
        (("speakers", "digbeth"), 2, "--count"),
        (("speakers", "digbeth", "--rename", "Rosa"), 2, "no pair"),
        (("speakers", "digbeth", "--set", "soon=Rosa"), 2, "is not a time"),
        (("models", "fetch", "huge"), 3, "huge"),
        (("models", "verify", "huge"), 3, "huge"),
        (("publish", "--transcript", "a.srt"), 2, "belongs to one episode"),
    ],
)
def test_what_cannot_be_done_ends_with_its_code_and_the_cure(
    show: SmallShow, placecast: Command, arguments: tuple[str, ...], code: int, said: str
) -> None:
    ended, out, err = placecast(*arguments)
    assert ended == code, out + err
    assert said in err
    assert "Traceback" not in err + out


def test_models_are_listed_with_the_one_that_suits(placecast: Command) -> None:
    code, out, _ = placecast("models")
    assert code == 0
    assert "(suits this machine)" in out
    assert len(json.loads(placecast("models", "--json")[1])["models"]) == 10
