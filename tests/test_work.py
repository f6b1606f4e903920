"""Which steps an episode needs, and the reason that the producer reads."""

from __future__ import annotations

from dataclasses import replace

import pytest

from placecast import work
from placecast.model import Audio, MadeFrom, Mastering
from placecast.work import State, StepName

AUDIO = Audio(
    name="a-0123456789ab.mp3",
    bytes=1000,
    seconds=10.0,
    sha256="0" * 64,
    loudness=-16.0,
    true_peak=-1.5,
    made_from=MadeFrom(recording="rec1", mastering=Mastering(), version=1),
)
DONE = State(
    slug="a",
    file="episodes/a/episode.md",
    recording="rec1",
    audio=AUDIO,
    media=True,
    media_here=True,
    mastered=False,
    transcript=True,
    edited=False,
    heard="rec1",
)
NEW = replace(DONE, audio=None, media=False, media_here=False, transcript=False, heard=None)


def steps(state: State, *redo: StepName) -> dict[str, str]:
    planned = work.plan(state, frozenset(redo))
    assert not planned.faults
    return {step.name: step.reason for step in planned.steps}


def test_a_new_recording_is_mastered_transcribed_and_tagged_in_this_order() -> None:
    assert list(steps(NEW)) == ["master", "transcribe", "tag"]


def test_a_finished_episode_needs_nothing() -> None:
    assert steps(DONE) == {}


def test_a_finished_episode_needs_nothing_where_its_recording_is_not() -> None:
    assert steps(replace(DONE, recording=None)) == {}


def test_a_changed_mastering_setting_does_not_redo_published_audio() -> None:
    other = replace(AUDIO, made_from=replace(AUDIO.made_from, mastering=Mastering(loudness=-19.0), version=9))
    assert steps(replace(DONE, audio=other)) == {}


def test_a_changed_recording_is_named_as_the_reason() -> None:
    assert steps(replace(DONE, recording="rec2")) == {
        "master": "the recording has changed",
        "transcribe": "the recording has changed",
        "tag": "newly mastered",
    }


def test_a_persons_transcript_survives_a_changed_recording_and_it_is_said() -> None:
    planned = work.plan(replace(DONE, recording="rec2", edited=True), frozenset())
    assert [step.name for step in planned.steps] == ["master", "tag"]
    assert "edited by a person" in planned.warnings[0]


def test_redo_transcribes_an_edited_transcript_again_and_says_that_the_edits_are_kept() -> None:
    assert "edited is kept" in steps(replace(DONE, edited=True), "transcribe")["transcribe"]


def test_new_corrections_of_names_spell_a_machines_transcript_again() -> None:
    assert list(steps(replace(DONE, spelled=False))) == ["spell"]
    assert steps(replace(DONE, spelled=False, edited=True)) == {}


def test_a_persons_own_transcript_spares_the_machine_the_work() -> None:
    assert list(steps(replace(NEW, transcript=True, edited=True))) == ["master", "tag"]


def test_a_run_that_was_stopped_after_mastering_does_not_master_again() -> None:
    assert steps(replace(NEW, mastered=True)) == {
        "transcribe": "no transcript yet",
        "tag": "no published audio yet; an earlier run had mastered it",
    }


def test_a_published_file_that_is_nowhere_is_made_again() -> None:
    assert list(steps(replace(DONE, media=False))) == ["master", "tag"]


@pytest.mark.parametrize(
    ("redo", "expected"),
    [("master", ["master", "tag"]), ("tag", ["master", "tag"]), ("transcribe", ["transcribe"])],
)
def test_redo_does_the_step_and_what_depends_on_it(redo: StepName, expected: list[str]) -> None:
    assert list(steps(DONE, redo)) == expected


@pytest.mark.parametrize(
    ("state", "redo", "said"),
    [
        (replace(NEW, recording=None), (), "names no recording that is on this machine"),
        (replace(DONE, recording=None, media=False), (), "neither here nor in the target"),
        (replace(DONE, recording=None), ("master",), "nothing can be redone"),
        (replace(DONE, recording=None, transcript=False, media_here=False), (), "no transcript can be made"),
    ],
)
def test_what_cannot_be_made_without_the_recording_is_a_fault(
    state: State, redo: tuple[StepName, ...], said: str
) -> None:
    (fault,) = work.plan(state, frozenset(redo)).faults
    assert said in fault.what
    assert fault.file == "episodes/a/episode.md"
