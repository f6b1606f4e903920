"""What is no speech has no words: not alone, and not before, between or after what people say. With real weights."""

from __future__ import annotations

import numpy as np
import pytest

from placecast.model import DETECT, Name, Names, no_progress
from placecast.transcribe.listening import Hearing, Request, listen
from placecast.transcribe.vad import RATE
from tests.test_transcribe import (
    ENGINES,
    NO_SPEECH,
    Sound,
    chords,
    noise,
    one_thread,
    real_engine,
    sample,
    text_of,
)

__all__ = ["one_thread", "sample"]

pytestmark = [
    pytest.mark.weights,
    pytest.mark.filterwarnings(r"ignore:(?s).*english\.json:pytest.PytestUnraisableExceptionWarning"),
]

# "I'm Rosa Hartley, and today we are asking a simple question."
SENTENCE = slice(round(10.6 * RATE), round(14.5 * RATE))
LENGTH = 7  # seconds of each sound that is no speech
NAMES = Names(entries=(Name(name="Placecast", kind="term"), Name(name="Rosa Hartley", kind="person")))


def around(sentence: Sound) -> tuple[Sound, list[tuple[float, float]]]:
    """The sentence after each sound that is no speech, and such sound at the end; and where the sentence is said."""
    parts: list[Sound] = []
    spans: list[tuple[float, float]] = []
    for sound in (*NO_SPEECH, NO_SPEECH[1]):
        parts += [sound(LENGTH), sentence]
        end = sum(map(len, parts)) / RATE
        spans.append((end - len(sentence) / RATE, end))
    return np.concatenate([*parts, chords(LENGTH), noise(LENGTH), np.zeros(LENGTH * RATE, np.float32)]), spans


def heard(engine: str, sound: Sound, language: str = "en-GB") -> Hearing:
    request = Request(language=language, names=NAMES)
    return listen(real_engine(engine), sound, request, journal=None, progress=no_progress)


@pytest.mark.parametrize("engine", ENGINES)
def test_noise_and_music_around_speech_add_no_word_and_take_none_away(engine: str, sample: Sound) -> None:
    sound, spans = around(sample[SENTENCE])
    words = heard(engine, sound).words
    for start, end in spans:
        inside = [word for word in words if start - 0.3 <= word.start and word.end <= end + 0.3]
        assert "asking a simple question" in text_of(tuple(inside))
        words = tuple(word for word in words if word not in inside)
    assert words == (), text_of(words)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_language_is_that_of_the_speech_behind_a_jingle(engine: str, sample: Sound) -> None:
    sound = np.concatenate([chords(20), noise(20), sample[SENTENCE]])
    assert heard(engine, sound, DETECT).language == "en"
