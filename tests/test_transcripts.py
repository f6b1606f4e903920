"""A producer brings a transcript along, or says who speaks: what is theirs is taken, checked and kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from placecast import pipeline, transcripts
from placecast.errors import PlacecastError, TranscriptError, UsageError
from placecast.transcribe import FakeEngine
from tests.small_show import SmallShow, make

SRT = """\
1
00:00:00,200 --> 00:00:01,500
ROSA: Whose street
is it

2
00:00:01,600 --> 00:00:03,000
really? DANIEL: Nobody knows.
"""
VTT = "WEBVTT\n\n00:00.500 --> 00:02.000\n<v Rosa Hartley>Whose street is it?\n"
JSON = json.dumps(
    {
        "version": "1.0.0",
        "segments": [{"speaker": "Rosa", "startTime": 0.5, "endTime": 2.0, "body": "Whose street is it?"}],
    }
)
TEXT = "ROSA: These words are not real.\n\nDANIEL: They stand where somebody speaks. Nobody has said them.\n"


@pytest.fixture
def show(tmp_path: Path) -> SmallShow:
    made = make(tmp_path / "show", engine=FakeEngine())
    made.add("digbeth", seconds=8.0)
    return made


def brought(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(("name", "text"), [("a.srt", SRT), ("a.vtt", VTT), ("a.json", JSON)])
def test_a_transcript_with_times_is_taken_instead_of_transcribing(
    show: SmallShow, tmp_path: Path, name: str, text: str
) -> None:
    transcripts.take(show.run(), "digbeth", brought(tmp_path, name, text))
    taken = show.project.transcript_file("digbeth").read_text("utf-8")
    show.publish()
    assert not any(what.startswith("transcribe") for what, _ in show.last.steps)
    assert show.project.transcript_file("digbeth").read_text("utf-8") == taken
    assert "street is it" in taken
    assert "street is it" in (show.target / "e/digbeth/index.html").read_text("utf-8")


def test_plain_text_is_laid_over_what_is_heard(show: SmallShow, tmp_path: Path) -> None:
    transcripts.take(show.run(), "digbeth", brought(tmp_path, "script.txt", TEXT))
    said = transcripts.read(show.run(), "digbeth")
    assert [cue.text for cue in said.cues[:2]] == ["These words are not real.", "They stand where somebody speaks."]
    assert said.cues[0].start < 1
    record = show.project.record("digbeth")
    assert record is not None
    assert said.cues[1].start == pytest.approx(record.words[5].start, abs=0.05)
    assert [cue.speaker for cue in said.cues[:2]] == ["ROSA", "DANIEL"]
    show.publish()
    assert not any(what.startswith("transcribe") for what, _ in show.last.steps)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("other.txt", "Something else was said here, about rivers and boats. " * 5, "were heard"),
        ("late.vtt", VTT.replace("00:02.000", "00:52.000"), "after the sound"),
        ("broken.vtt", "WEBVTT\n\n00:05.000 --> 00:02.000\nBack in time.\n", "does not end after its start"),
        ("empty.srt", "", "empty"),
    ],
)
def test_what_cannot_be_the_transcript_is_refused_and_nothing_is_lost(
    show: SmallShow, tmp_path: Path, name: str, text: str, said: str
) -> None:
    with pytest.raises(PlacecastError, match=said):
        transcripts.take(show.run(), "digbeth", brought(tmp_path, name, text))
    assert not show.project.transcript_file("digbeth").exists()


def test_a_file_that_is_not_there_is_named(show: SmallShow, tmp_path: Path) -> None:
    with pytest.raises(TranscriptError, match=r"gone\.srt"):
        transcripts.take(show.run(), "digbeth", tmp_path / "gone.srt")


def test_what_people_wrote_is_replaced_only_when_that_is_said(show: SmallShow, tmp_path: Path) -> None:
    transcripts.take(show.run(), "digbeth", brought(tmp_path, "a.vtt", VTT))
    other = brought(tmp_path, "b.vtt", VTT.replace("street", "road"))
    with pytest.raises(UsageError, match=r"(?s)transcripts/digbeth\.vtt.*--replace"):
        transcripts.take(show.run(), "digbeth", other)
    transcripts.take(show.run(), "digbeth", other, replace=True)
    assert "road" in show.project.transcript_file("digbeth").read_text("utf-8")


def test_a_machines_transcript_gives_way_to_the_producers(show: SmallShow, tmp_path: Path) -> None:
    show.publish()
    transcripts.take(show.run(), "digbeth", brought(tmp_path, "a.vtt", VTT))
    assert show.project.edited("digbeth")
    show.publish()
    assert "Whose street" in show.project.transcript_file("digbeth").read_text("utf-8")


def test_speakers_are_renamed_everywhere_and_corrected_one_by_one(show: SmallShow, tmp_path: Path) -> None:
    transcripts.take(show.run(), "digbeth", brought(tmp_path, "script.txt", TEXT))
    transcripts.rename(show.run(), "digbeth", {"ROSA": "Rosa Hartley", "DANIEL": "Daniel Marsh"})
    made = transcripts.assign(show.run(), "digbeth", 0.5, "Daniel Marsh")
    assert {cue.speaker for cue in made.cues} == {"Daniel Marsh"}
    assert pipeline.make_plan(show.run()).work["digbeth"].faults == ()


def test_an_episode_without_a_transcript_has_no_speakers(show: SmallShow) -> None:
    with pytest.raises(UsageError, match=r"(?s)no transcript yet.*placecast transcribe digbeth"):
        transcripts.rename(show.run(), "digbeth", {"A": "B"})
