"""Speakers are named, renamed in bulk, and corrected sentence by sentence."""

from __future__ import annotations

import pytest

from placecast import turns
from placecast.errors import UsageError
from placecast.model import Cue, Transcript


def transcript(*speakers: str | None) -> Transcript:
    cues = (Cue(start=n * 5.0, end=n * 5.0 + 4, text=f"Sentence {n}.", speaker=name) for n, name in enumerate(speakers))
    return Transcript(cues=tuple(cues), language="en-GB")


def who(made: Transcript) -> list[str | None]:
    return [cue.speaker for cue in made.cues]


def test_voices_get_the_names_that_are_known_and_numbers_otherwise() -> None:
    made = turns.labelled(transcript(None, "someone", None), (0, 1, 0), ["Rosa Hartley"])
    assert who(made) == ["Rosa Hartley", "Speaker 2", "Rosa Hartley"]


def test_two_speakers_can_change_places() -> None:
    made = turns.renamed(transcript("Rosa", "Daniel", None), {"Rosa": "Daniel", "Daniel": "Rosa"})
    assert who(made) == ["Daniel", "Rosa", None]


def test_a_speaker_who_is_not_there_is_named_with_those_who_are() -> None:
    with pytest.raises(UsageError, match=r"(?s)Rose.*Rosa, Daniel"):
        turns.renamed(transcript("Rosa", "Daniel", "Rosa"), {"Rose": "Rosa"})


@pytest.mark.parametrize(("seconds", "number"), [(0, 0), (4.5, 1), (5, 1), (8.9, 1), (10, 2)])
def test_one_sentence_gets_another_speaker(seconds: float, number: int) -> None:
    made = turns.assigned(transcript("A", "A", "A"), seconds, "B")
    assert who(made) == ["B" if each == number else "A" for each in range(3)]


def test_a_time_after_the_end_is_refused() -> None:
    with pytest.raises(UsageError, match=r"0:59"):
        turns.assigned(transcript("A"), 59, "B")
