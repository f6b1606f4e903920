"""Speech is found, heard in chunks and put back in its place; what is no speech has no words.

The tests marked `weights` hear the sample episode with a real model. The others need none: a model of random
numbers exercises the same code, and a synthetic voice is speech to the real voice activity detection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import av
import jiwer
import numpy as np
import pytest
import torch
import whisper
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from whisper.normalizers import EnglishTextNormalizer

from placecast.errors import EngineError
from placecast.model import Name, Names, Transcription, Word, no_progress
from placecast.sentences import cues
from placecast.transcribe import Engine, FakeEngine, load_engine
from placecast.transcribe.chunks import LONGEST, pack, place, unspoken
from placecast.transcribe.languages import whisper_language
from placecast.transcribe.listening import Request, listen
from placecast.transcribe.openai_engine import WhisperEngine
from placecast.transcribe.vad import FRAME, RATE, Span, probabilities, speech
from tests.tiny_models import tiny_whisper, voice

# Whisper's normaliser leaves a file of its own open.
pytestmark = pytest.mark.filterwarnings(r"ignore:(?s).*english\.json:pytest.PytestUnraisableExceptionWarning")

Sound = NDArray[np.float32]
ENGINES = ("whisper", "faster-whisper")


def silence(seconds: float) -> Sound:
    return np.zeros(round(seconds * RATE), np.float32)


def noise(seconds: float) -> Sound:
    """Pink noise, louder than any room."""
    random = np.random.default_rng(1)
    spectrum = np.fft.rfft(random.standard_normal(round(seconds * RATE)))
    pink = np.fft.irfft(spectrum / np.sqrt(np.arange(1, len(spectrum) + 1)))
    return (0.1 * pink / pink.std()).astype(np.float32)


def hum(seconds: float) -> Sound:
    times = np.arange(round(seconds * RATE)) / RATE
    return sum(0.2 / number * np.sin(2 * np.pi * 50 * number * times) for number in (1, 2, 3)).astype(np.float32)


def chords(seconds: float) -> Sound:
    """A plucked chord each second, as a jingle has them."""
    times = np.arange(RATE) / RATE
    notes = [(262, 330, 392), (220, 262, 330), (175, 220, 262), (196, 247, 294)]
    played = [
        sum(0.1 * np.exp(-3 * times) * np.sin(2 * np.pi * note * times) for note in notes[number % 4])
        for number in range(round(seconds))
    ]
    return np.concatenate(played).astype(np.float32)


def music(seconds: float) -> Sound:
    """The chords with a drum and a sung-like melody over them."""
    random = np.random.default_rng(1)
    beat = np.arange(RATE // 4) / RATE
    drum = 0.2 * np.exp(-beat * 50)
    notes = (440, 494, 523, 587, 659, 523, 494, 392)
    bars = [
        drum * random.standard_normal(len(beat))
        + 0.15 * np.sin(2 * np.pi * notes[number % 8] * beat + 3 * np.sin(2 * np.pi * 5.5 * beat))
        for number in range(round(seconds) * 4)
    ]
    return chords(seconds) + np.concatenate(bars).astype(np.float32)


NO_SPEECH: tuple[Callable[[float], Sound], ...] = (silence, noise, hum, chords, music)


def hear(engine: Engine, sound: Sound, *, language: str = "en-GB", names: tuple[str, ...] = ()) -> tuple[Word, ...]:
    """The words of a whole recording, in which these names may be said."""
    request = Request(language=language, names=Names(entries=tuple(Name(name=each, kind="term") for each in names)))
    return listen(engine, sound, request, journal=None, progress=no_progress).words


def text_of(words: tuple[Word, ...]) -> str:
    return "".join(word.text for word in words)


def in_order(words: tuple[Word, ...]) -> bool:
    inside = all(word.start <= word.end for word in words)
    return inside and all(one.end <= two.start for one, two in pairwise(words))


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """PyTorch's threads wait for each other at every step: beside other tests, two are far slower than one."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def tiny() -> WhisperEngine:
    return WhisperEngine(tiny_whisper(), model="base", weights="0" * 64)


@pytest.fixture(scope="session")
def sample(sample_recording: Path) -> Sound:
    """The sample episode as engines get it."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    with av.open(str(sample_recording)) as file:
        frames = [part for frame in file.decode(audio=0) for part in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray().ravel() for frame in [*frames, *resampler.resample(None)]])


def real_engine(name: str) -> Engine:
    try:
        return load_engine(Transcription(engine=name), offline=True)  # type: ignore[arg-type]
    except EngineError as exc:
        pytest.skip(f"NOT TESTED, there is no real Whisper on this machine: {exc}")


def test_speech_between_music_and_hum_is_found_where_it_is() -> None:
    sound = np.concatenate([music(5), voice(6), silence(8), voice(4), hum(5)])
    chunks = pack(speech(probabilities(sound, no_progress)), sound)
    starts, stops = zip(*((chunk.start / RATE, chunk.stop / RATE) for chunk in chunks), strict=True)
    assert starts == pytest.approx((5, 19), abs=1)
    assert stops == pytest.approx((11, 23), abs=1)


def test_a_click_is_no_speech_and_a_breath_does_not_end_it() -> None:
    def frames(*parts: tuple[int, float]) -> NDArray[np.float32]:
        return np.concatenate([np.full(count, value, np.float32) for count, value in parts])

    assert list(speech(frames((10, 0.0), (5, 0.9), (20, 0.0)))) == []
    one = list(speech(frames((10, 0.0), (20, 0.9), (4, 0.1), (20, 0.9), (10, 0.0))))
    assert one == [Span(start=10 * FRAME, stop=54 * FRAME)]
    two = list(speech(frames((20, 0.9), (5, 0.1), (20, 0.9))))
    assert two == [Span(start=0, stop=20 * FRAME), Span(start=25 * FRAME, stop=45 * FRAME)]
    assert len(list(speech(frames((20, 0.9), (30, 0.4), (20, 0.9))))) == 1


@st.composite
def timelines(draw: st.DrawFn) -> tuple[list[Span], int]:
    clock, spans = 0, []
    for gap, length in draw(st.lists(st.tuples(st.integers(5, 300), st.integers(8, 2500)), max_size=30)):
        start = clock + gap * FRAME
        clock = start + length * FRAME
        spans.append(Span(start=start, stop=clock))
    return spans, clock + draw(st.integers(0, 50)) * FRAME


@given(timelines())
def test_chunks_hold_all_speech_fit_the_window_and_never_overlap(timeline: tuple[list[Span], int]) -> None:
    spans, length = timeline
    chunks = pack(spans, np.zeros(length, np.float32))
    assert all(0 <= chunk.start < chunk.stop <= length and chunk.samples <= LONGEST for chunk in chunks)
    assert all(one.stop <= two.start for one, two in pairwise(chunks))
    held = np.zeros(length, bool)
    for chunk in chunks:
        held[chunk.start : chunk.stop] = True
    assert all(held[span.start : span.stop].all() for span in spans)


def test_a_chunk_ends_at_the_longest_pause_and_not_in_the_middle_of_a_sentence() -> None:
    seconds = [(0, 9), (9.3, 17), (18, 24), (24.3, 28.5), (28.8, 40)]
    spans = [Span(start=int(start * RATE), stop=int(stop * RATE)) for start, stop in seconds]
    first, second = pack(spans, silence(41))
    assert (first.stop / RATE, second.start / RATE) == (17.4, 17.6)


def test_speech_without_a_pause_is_cut_where_it_is_quietest() -> None:
    sound = noise(45)
    sound[20 * RATE : 20 * RATE + RATE // 4] *= 0.01
    first, second = pack([Span(start=0, stop=len(sound))], sound)
    assert first.stop == second.start
    assert first.stop / RATE == pytest.approx(20.125, abs=0.1)


def word(start: float, end: float, text: str = " a") -> Word:
    return Word(start=start, end=end, text=text, probability=0.51234)


def test_words_are_put_back_on_the_recordings_timeline() -> None:
    chunk = Span(start=100 * RATE, stop=110 * RATE)
    heard = [word(-0.2, 0.5), word(0.4, 0.9), word(0.9, 0.9, " "), word(3, 2), word(9.8, 10.7), word(11, 12)]
    times = [(placed.start, placed.end, placed.probability) for placed in place(heard, chunk)]
    assert [time[:2] for time in times] == [
        (100.0, 100.5),
        (100.5, 100.9),
        (103.0, 103.0),
        (109.8, 110.0),
        (110.0, 110.0),
    ]
    assert times[0][2] == 0.512


def test_a_model_of_random_numbers_is_heard_twice_alike_and_in_order(tiny: WhisperEngine) -> None:
    # Nothing that it says can be believed, so this goes through every temperature.
    sound = np.concatenate([silence(3), voice(3), silence(5)])
    first, second = (hear(tiny, sound, language="en-GB") for _ in range(2))
    assert first == second
    assert len(first) > 1
    assert in_order(first)
    assert 2.5 <= first[0].start <= first[-1].end <= 6.6


def test_a_window_is_filled_but_not_at_the_price_of_a_cut_within_a_breath() -> None:
    def chunks(*seconds: tuple[float, float]) -> list[tuple[float, float]]:
        spans = [Span(start=int(start * RATE), stop=int(stop * RATE)) for start, stop in seconds]
        return [(span.start / RATE, span.stop / RATE) for span in pack(spans, silence(100))]

    # A greedy packer ends its first chunk at the longest pause (after 16 s), and then needs three.
    assert len(chunks((1, 16), (18, 29), (29.8, 43), (44, 58))) == 2
    assert len(chunks((1, 16), (18, 29), (29.2, 43), (44, 57))) == 2
    assert chunks((1, 16), (18, 25), (25.2, 43), (44, 58))[1][0] == pytest.approx(17.6)


@pytest.mark.parametrize(
    ("said", "wanted"), [("en-GB", "en"), ("EN", "en"), ("nb-NO", "no"), ("pt_BR", "pt"), ("cy", "cy")]
)
def test_the_shows_language_becomes_whispers(said: str, wanted: str) -> None:
    assert whisper_language(said, "base", whisper.tokenizer.LANGUAGES) == wanted


def test_a_language_that_the_model_does_not_know_is_named_with_a_cure(tiny: WhisperEngine) -> None:
    with pytest.raises(EngineError, match=r"(?s)'tlh-Latn'.*en-GB"):
        tiny.hear([voice(1)], language="tlh-Latn")
    with pytest.raises(EngineError, match="'yue'"):
        tiny.hear([voice(1)], language="yue")


def test_an_english_model_refuses_other_languages() -> None:
    english = WhisperEngine(tiny_whisper(vocabulary=51864), model="tiny.en", weights="0" * 64)
    with pytest.raises(EngineError, match=r'(?s)hears only English.*model = "tiny"'):
        english.hear([voice(1)], language="de")


def test_the_fake_speaks_where_the_recording_is_not_silent() -> None:
    engine: Engine = FakeEngine("Hello there.")
    sound = np.concatenate([silence(2), noise(2), silence(2)])
    words = hear(engine, sound, language="en")
    assert [made.text for made in words] == [" Hello", " there."] * 2 + [" Hello"]
    assert (words[0].start, words[-1].end) == (2.0, 4.0)
    assert hear(engine, silence(5), language="en") == ()


@pytest.mark.parametrize(
    ("no_speech", "log_probability", "dropped"), [(0.7, -2.5, True), (0.7, -0.3, False), (0.2, -2.5, False)]
)
def test_what_is_neither_like_speech_nor_likely_is_dropped(
    no_speech: float, log_probability: float, dropped: bool
) -> None:
    assert unspoken(no_speech, log_probability) is dropped


def errors_from_the_start(script: str, words: tuple[Word, ...]) -> float:
    """The word error rate of the beginning of a recording against the beginning of its script."""
    normal = EnglishTextNormalizer()
    heard = normal(text_of(words)).split()
    return float(jiwer.wer(" ".join(normal(script).split()[: len(heard)]), " ".join(heard)))


@pytest.mark.weights
def test_the_sample_episode_is_transcribed_as_it_was_said(sample: Sound, sample_script: str) -> None:
    engine = real_engine("whisper")
    words = hear(engine, sample[: 58 * RATE], language="en-GB", names=("Placecast",))
    assert len(words) > 100
    assert errors_from_the_start(sample_script, words) < 0.12
    assert "Placecast" in text_of(words)
    assert in_order(words)
    assert 4 < words[0].start < 7
    sentences = cues(words)
    ending_well = [cue for cue in sentences if cue.text.endswith((".", "?", "!"))]
    assert len(ending_well) > 0.9 * len(sentences) > 10


@pytest.mark.weights
def test_faster_whisper_hears_the_same_words_in_the_same_places(sample: Sound, sample_script: str) -> None:
    engine = real_engine("faster-whisper")
    words = hear(engine, sample[: 65 * RATE], language="en-GB")
    assert len(words) > 100
    assert errors_from_the_start(sample_script, words) < 0.12
    assert in_order(words)
    assert 4 < words[0].start < 7


@pytest.mark.weights
@pytest.mark.parametrize("engine", ENGINES)
def test_silence_noise_and_music_have_no_words(engine: str) -> None:
    loaded = real_engine(engine)
    for sound in NO_SPEECH:
        heard = hear(loaded, sound(12), language="en-GB")
        assert heard == (), f"{sound.__name__}: {text_of(heard)}"
