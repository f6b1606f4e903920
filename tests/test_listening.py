"""A recording is heard batch by batch, every word in its place, and a stopped run goes on where it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from placecast.model import DETECT, Flag, Name, Names, Progress, Word, no_progress
from placecast.transcribe.heard import Heard
from placecast.transcribe.journal import Journal
from placecast.transcribe.listening import Request, listen
from placecast.transcribe.suspicions import suspicions
from placecast.transcribe.vad import RATE, Samples, Span, find_speech
from tests.test_transcribe import Sound, hum, music, noise, silence
from tests.tiny_models import voice

REQUEST = Request(language="en-GB", names=Names())


class Scripted:
    """An engine that finds speech like the real ones, and says what the test tells it to."""

    name, model, weights, batch = "scripted 1", "none", "0" * 64, 2
    options: Mapping[str, str] = MappingProxyType({})

    def __init__(self, say: Callable[[Samples], Sequence[Word]], *, stop_after: int | None = None) -> None:
        self._say = say
        self._stop_after = stop_after
        self.batches: list[int] = []
        self.detected: list[int] = []

    def speech(self, samples: Samples, progress: Progress) -> list[Span]:
        return find_speech(samples, progress)

    def hear(
        self, chunks: Sequence[Samples], *, language: str, names: Sequence[Sequence[str]] = (), timed: bool = True
    ) -> list[Heard]:
        if self._stop_after == len(self.batches):
            raise KeyboardInterrupt
        if chunks:
            self.batches.append(len(chunks))
        return [Heard(words=tuple(self._say(chunk))) for chunk in chunks]

    def detect(self, chunks: Sequence[Samples]) -> str:
        self.detected = [len(chunk) for chunk in chunks]
        return "cy"


def word(start: float, end: float, text: str = " word") -> Word:
    return Word(start=start, end=end, text=text, probability=0.5)


def loudness(chunk: Samples) -> list[Word]:
    return [word(0, len(chunk) / RATE, f" {float(np.square(chunk).sum()):.6f}")]


def never(chunk: Samples) -> list[Word]:
    pytest.fail("the model was asked")


def turns(count: int) -> Sound:
    """Somebody speaks `count` times, for three seconds each, with long pauses."""
    return np.concatenate([part for number in range(count) for part in (voice(3, seed=number), silence(4))])


# A plucked chord is taken for a short voice now and then: there it is the model that hears no words.
@pytest.mark.parametrize("sound", [silence, noise, hum, music])
def test_what_is_no_speech_never_reaches_the_model(sound: Callable[[float], Sound]) -> None:
    assert listen(Scripted(never), sound(30), REQUEST, journal=None, progress=no_progress).words == ()


def test_a_recording_of_no_length_has_no_words() -> None:
    assert listen(Scripted(never), silence(0), REQUEST, journal=None, progress=no_progress).words == ()


def test_progress_grows_from_nothing_to_all() -> None:
    told: list[float] = []
    listen(Scripted(loudness), turns(3), REQUEST, journal=None, progress=told.append)
    assert told == sorted(told)
    assert told[0] < 0.1
    assert told[-1] == 1.0
    assert len(told) >= 4


def test_a_recording_mapped_from_a_file_is_heard_like_one_in_memory(tmp_path: Path) -> None:
    sound = np.concatenate([silence(2), voice(5)])
    sound.tofile(tmp_path / "samples.f32")
    mapped = np.memmap(tmp_path / "samples.f32", np.float32, "r")
    heard = [listen(Scripted(loudness), each, REQUEST, journal=None, progress=no_progress) for each in (mapped, sound)]
    assert heard[0] == heard[1]
    assert heard[0].words


def test_chunks_are_heard_in_batches() -> None:
    engine = Scripted(loudness)
    assert len(listen(engine, turns(5), REQUEST, journal=None, progress=no_progress).words) == 5
    assert engine.batches == [2, 2, 1]


def test_a_stopped_run_goes_on_from_its_last_finished_batch(tmp_path: Path) -> None:
    path, sound = tmp_path / "heard.jsonl", turns(5)
    with pytest.raises(KeyboardInterrupt):
        listen(Scripted(loudness, stop_after=2), sound, REQUEST, journal=Journal(path, "this"), progress=no_progress)
    second, told = Scripted(loudness), list[float]()
    resumed = listen(second, sound, REQUEST, journal=Journal(path, "this"), progress=told.append)
    assert second.batches == [1]
    assert 3 < resumed.fresh < 5
    assert min(share for share in told if share > 0.02) == pytest.approx(0.8, abs=0.05), "what was kept, at once"
    assert resumed == listen(Scripted(loudness), sound, REQUEST, journal=None, progress=no_progress)


def test_a_journal_of_something_else_is_not_believed(tmp_path: Path) -> None:
    path, chunk = tmp_path / "heard.jsonl", Span(start=0, stop=5)
    Journal(path, "this").add(chunk, (word(0, 1),), ())
    assert Journal(path, "this").get(chunk) == ((word(0, 1),), ())
    assert Journal(path, "that").get(chunk) is None


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_line_that_was_cut_off_costs_its_own_chunk_alone(tmp_path: Path, cut: int) -> None:
    path, chunks = tmp_path / "heard.jsonl", [Span(start=number, stop=number + 1) for number in range(3)]
    journal = Journal(path, "this")
    for chunk in chunks[:2]:
        journal.add(chunk, (word(0, 1),), (Flag(start=0, end=1, kind="loop", text="é", reason="r"),))
    path.write_bytes(path.read_bytes()[:-cut])
    again = Journal(path, "this")
    assert again.get(chunks[0]) is not None
    again.add(chunks[2], (word(2, 3),), ())
    last = Journal(path, "this")
    assert last.get(chunks[0]) is not None
    assert last.get(chunks[2]) == ((word(2, 3),), ())


def test_the_language_is_taken_from_speech_and_not_from_the_jingle() -> None:
    engine = Scripted(loudness)
    sound = np.concatenate([music(20), voice(4)])
    request = Request(language=DETECT)
    assert listen(engine, sound, request, journal=None, progress=no_progress).language == "cy"
    assert sum(engine.detected) < 6 * RATE


def test_silence_has_no_language() -> None:
    heard = listen(Scripted(never), silence(10), Request(language=DETECT), journal=None, progress=no_progress)
    assert heard.language == "und"


def said(text: str) -> Heard:
    words = tuple(word(number, number + 0.5, f" {part}") for number, part in enumerate(text.split()))
    return Heard(words=words)


@pytest.mark.parametrize(
    ("text", "kind", "start", "end"),
    [
        ("so we walk and we walk and we walk and we walk and then home", "loop", 1, 12.5),
        ("no no no no no", "loop", 0, 4.5),
        ("that is all. Thanks for watching!", "phantom", 3, 5.5),
        ("Subtitles by the Amara.org community", "phantom", 0, 1.5),
    ],
)
def test_what_a_machine_invents_is_flagged_with_its_time(text: str, kind: str, start: float, end: float) -> None:
    flag = suspicions(said(text))[0]
    assert (flag.kind, flag.start, flag.end) == (kind, start, end)
    assert flag.reason


@pytest.mark.parametrize(
    "text",
    [
        "no no no that is not it",
        "the council thanks people for watching over the park",
        "we were very very lucky",
        "they subscribed to the plan",
    ],
)
def test_what_people_say_is_not_flagged(text: str) -> None:
    assert suspicions(said(text)) == ()


def test_what_the_machine_hardly_believes_is_flagged() -> None:
    heard = said("a few words")
    assert suspicions(heard) == ()
    doubted = Heard(words=heard.words, log_probability=-1.4)
    drawn = Heard(words=heard.words, temperature=0.8)
    assert [suspicions(each)[0].kind for each in (doubted, drawn)] == ["unlikely", "unlikely"]


def test_flags_lie_on_the_recordings_timeline() -> None:
    sound = np.concatenate([silence(6), voice(4, seed=2)])
    engine = Scripted(lambda _: said("no no no no").words)
    (flag,) = listen(engine, sound, REQUEST, journal=None, progress=no_progress).flags
    assert 5 < flag.start < 7


class Prompted(Scripted):
    """Hears "Lynethley" unless it is told how Llanelli is written, and the second time only if it is told little."""

    batch = 8

    def __init__(self, *answers: str) -> None:
        super().__init__(loudness)
        self.answers = list(answers)
        self.told: list[tuple[str, ...]] = []

    def hear(
        self, chunks: Sequence[Samples], *, language: str, names: Sequence[Sequence[str]] = (), timed: bool = True
    ) -> list[Heard]:
        self.told += map(tuple, names)
        assert timed is not bool(names)
        return [said(self.answers.pop(0)) for _ in chunks]


NAMES = Names(
    entries=(
        Name(name="Rosa Hartley", kind="person"),
        Name(name="Llanelli", kind="place", spoken=("Lanethly",)),
        Name(name="City-REDI", kind="term"),
    )
)


def test_a_chunk_is_heard_again_with_the_names_that_it_may_hold() -> None:
    engine = Prompted("we saw Lynethley there", "nobody came", "we saw Llanelli there")
    request = Request(language="en-GB", names=NAMES)
    heard = listen(engine, turns(2), request, journal=None, progress=no_progress)
    assert engine.told == [("Llanelli",)]
    assert "".join(word.text for word in heard.words) == " we saw Llanelli there nobody came"


def test_what_is_still_open_is_asked_once_more_the_other_way_round() -> None:
    first = "we saw Lynethley and city ready there"
    engine = Prompted(first, "we saw", "we saw Llanelli and City-REDI there")
    request = Request(language="en-GB", names=NAMES)
    heard = listen(engine, turns(1), request, journal=None, progress=no_progress)
    assert engine.told == [("Llanelli", "City-REDI"), ("City-REDI", "Llanelli")]
    assert "".join(word.text for word in heard.words) == " we saw Llanelli and City-REDI there"


def test_a_name_that_a_prompt_brought_is_flagged_in_its_place() -> None:
    engine = Prompted("Lynethley is fine", "Llanelli is fine Rosa Hartley")
    sound = np.concatenate([silence(6), voice(4)])
    heard = listen(engine, sound, Request(language="en-GB", names=NAMES), journal=None, progress=no_progress)
    assert "".join(word.text for word in heard.words) == " Llanelli is fine"
    (flag,) = heard.flags
    assert (flag.kind, flag.text) == ("prompted", "Rosa Hartley")
    assert 7 < flag.start < 10
