"""Names in real speech, heard by a real model: the goals for names, on the first ninety seconds of the recording."""

from __future__ import annotations

import pytest

from placecast.model import Names, no_progress
from placecast.names import correct
from placecast.project.naming import read_names
from placecast.transcribe.listening import Request, listen
from placecast.transcribe.vad import RATE
from tests import names_said
from tests.sounds import load
from tests.test_transcribe import Sound, one_thread, real_engine

__all__ = ["one_thread"]

LINES, SECONDS = 7, 82  # the script's first lines, and when the last of them ends


@pytest.fixture(scope="module")
def beginning() -> Sound:
    sound, rate = load(names_said.RECORDING)
    assert rate == RATE
    return sound[: SECONDS * RATE, 0].copy()


def known() -> Names:
    return read_names((names_said.FOLDER / "names.toml").read_text("utf-8"), "names.toml")


def test_there_are_forty_names_over_several_minutes() -> None:
    script = names_said.script()
    assert len(script.names) >= 40
    assert len(script.words) / len(script.names) > 15
    assert names_said.missed(script, " ".join(script.words)) == []
    assert names_said.RECORDING.stat().st_size < 3_000_000


@pytest.mark.weights
def test_nearly_all_names_are_right_and_none_is_invented(beginning: Sound) -> None:
    engine, names, script = real_engine("whisper"), known(), names_said.script(LINES)
    hearings = [
        listen(engine, beginning, Request(language="en-GB", names=told), journal=None, progress=no_progress)
        for told in (Names(), names)
    ]
    without, text = (names_said.text_of(hearing.words) for hearing in hearings)
    text = names_said.text_of(correct(hearings[1].words, names)[0])
    assert len(names_said.missed(script, without)) > len(script.names) / 2
    assert len(names_said.missed(script, text)) <= 0.05 * len(script.names)
    assert names_said.invented(names, " ".join(script.words), text) == []
    others = [word.text for word in hearings[0].words if word.text.strip(" ,.").islower()]
    assert len(set(others) - {word.text for word in hearings[1].words}) <= 0.05 * len(others)
