"""Whatever stands in a file, it is read or refused with a place, a sentence and a cure, and soon."""

from __future__ import annotations

import json
import os
import random
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from placecast import captions, chapters, importing
from placecast.errors import FactsError
from placecast.model import Audio, Chapter, Cue, MadeFrom, Mastering, Transcript
from placecast.project import Project, front_matter
from placecast.realign import timed
from placecast.timecode import clock, long_clock, parse_clock
from placecast.typed import checked
from tests import parsers
from tests.feeds import episode, release, show

EXAMPLES = 60
ANYTHING = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return parsers.make(tmp_path / "show")


@pytest.mark.parametrize("name", parsers.READERS)
def test_the_good_file_is_read(project: Project, name: str) -> None:
    assert parsers.holds(project, name, parsers.READERS[name].seed.encode())


@pytest.mark.parametrize("name", parsers.READERS)
def test_a_file_with_a_few_things_wrong_is_read_or_refused(project: Project, name: str) -> None:
    for number in range(EXAMPLES):
        parsers.holds(project, name, parsers.spoiled(parsers.READERS[name].seed, random.Random(f"{name} {number}")))


@pytest.mark.parametrize("name", parsers.READERS)
@given(content=st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
@ANYTHING
def test_any_bytes_are_read_or_refused(project: Project, name: str, content: bytes) -> None:
    parsers.holds(project, name, content)


HEADS = {"transcript": "WEBVTT\n\n00:01.000 --> 00:02.000\n", "a brought .srt": parsers.SUBRIP}
ENDLESS = ("<v ", "<v.", "<", "{\\", "&", "-->", "a ", "A: ", "[", '{"', "\n", " \t", "x\n", "+++\n", '"""', "é")


@pytest.mark.parametrize("name", parsers.READERS)
def test_the_same_thing_twenty_thousand_times_takes_no_long_time(project: Project, name: str) -> None:
    """A pattern that looks at each place again from each other place would take minutes for some of these."""
    for piece in ENDLESS:
        parsers.holds(project, name, (HEADS.get(name, "") + piece * 20_000).encode())


@pytest.mark.slow
@pytest.mark.parametrize("name", parsers.READERS)
def test_no_spoiled_file_gets_past_its_reader(project: Project, name: str) -> None:
    """For as many seconds as PLACECAST_FUZZ says; PLACECAST_SEED repeats a run that failed."""
    seed = os.environ.get("PLACECAST_SEED", str(time.time_ns()))
    until = time.monotonic() + float(os.environ.get("PLACECAST_FUZZ", "60"))
    chance = random.Random(seed)
    content = b""
    try:
        while time.monotonic() < until:
            content = parsers.spoiled(parsers.READERS[name].seed, chance)
            parsers.holds(project, name, content)
    except BaseException as error:
        error.add_note(f"PLACECAST_SEED={seed}, {name}: {content!r}")
        raise


FACTS = (
    ("placecast.toml", 'title = "Small places"', "title = " + "[" * 3000, "lists within lists without end"),
    ("placecast.toml", "explicit = false", "explicit = " + "9" * 5000, "a number of digits without end"),
    ("placecast.toml", '"cover.png"', '"a\\u0000b"', "cannot be the name of a file"),
    ("placecast.toml", '"cover.png"', f'"{"é" * 200}.png"', "cannot be the name of a file"),
    ("placecast.toml", '"Europe/London"', "7", "is no time zone"),
    ("episodes/trust/episode.md", "start = 754.5", "start = inf", "is not a time in the recording"),
    ("episodes/trust/episode.md", "start = 754.5", f"start = {'9' * 400}", "is not a time in the recording"),
    ("episodes/trust/episode.md", "2026-05-01T06:00:00", "0001-01-01T00:00:00+23:59", "is no date that a podcast can"),
    ("episodes/trust/episode.md", '"recording.wav"', '"a\\u0000b.wav"', "cannot be the name of a file"),
)


@pytest.mark.parametrize(("file", "old", "new", "said"), FACTS)
def test_what_fuzzing_found_in_facts_has_a_sentence(project: Project, file: str, old: str, new: str, said: str) -> None:
    text = (project.root / file).read_text("utf-8")
    assert old in text
    (project.root / file).write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(FactsError) as caught:
        project.load()
    assert any(fault.file == file and said in fault.what for fault in caught.value.faults)


def test_weights_of_a_user_who_is_not_here_are_looked_for_in_the_show(project: Project) -> None:
    path = project.root / "placecast.toml"
    path.write_text(parsers.SHOW.replace("base.pt", "~nobody-of-this-name/base.pt"), "utf-8")
    show, _ = project.load()
    assert show.transcription.weights == project.root / "~nobody-of-this-name" / "base.pt"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("48000", "true", "bytes is True"),
        ("4.0,", "NaN,", "seconds is nan"),
        ("4.0,", "9" * 400 + ",", "cannot be read"),
        ('"trust-0123456789ab.mp3"', '"../../x.mp3"', "is no name of a file"),
        ('"trust-0123456789ab.mp3"', "7", "cannot be read"),
        ('"mono_kbps": 96', '"mono_kbps": "96"', "mono_kbps is '96'"),
        ("{", "[" * 3000 + "{", "cannot be read"),
    ],
)
def test_published_facts_of_another_kind_are_refused(project: Project, old: str, new: str, said: str) -> None:
    project.audio_file("trust").write_text(parsers.SOUND.replace(old, new, 1), "utf-8")
    with pytest.raises(FactsError, match=r"(?s)audio\.json: .*git") as caught:
        project.audio("trust")
    assert said in str(caught.value)


NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
HASHES = st.text("0123456789abcdef", min_size=64, max_size=64)


@given(
    st.builds(
        Audio,
        name=HASHES.map(lambda digest: Audio.name_for("trust", digest)),
        bytes=st.integers(0),
        seconds=NUMBERS,
        sha256=HASHES,
        loudness=NUMBERS,
        true_peak=NUMBERS,
        made_from=st.builds(MadeFrom, recording=HASHES, mastering=st.just(Mastering()), version=st.integers(1)),
    )
)
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_published_facts_are_read_back_as_they_were_written(project: Project, audio: Audio) -> None:
    assert checked(audio) is audio
    project.write_audio("trust", audio)
    assert project.audio("trust") == audio


SAID = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1, max_size=20)


@st.composite
def transcripts(draw: st.DrawFn) -> Transcript:
    """Sentences one after another, on whole milliseconds."""
    cues, start = [], 0
    for text in draw(st.lists(SAID, min_size=1, max_size=6)):
        start += draw(st.integers(1, 5000))
        end = start + draw(st.integers(500, 5000))
        cues.append(
            Cue(start=start / 1000, end=end / 1000, text=f"{text}.", speaker=draw(st.sampled_from((None, "Jo"))))
        )
        start = end
    return Transcript(cues=tuple(cues), language="en-GB")


def words_of(transcript: Transcript) -> str:
    return "".join("".join(cue.text.split()) for cue in transcript.cues)


@given(transcripts())
def test_a_transcript_as_podcasting_json_is_read_back_with_its_words_and_speakers(transcript: Transcript) -> None:
    read = importing.read(captions.podcast_json(transcript), "talk.json", "en-GB").transcript
    assert read is not None
    assert words_of(read) == words_of(transcript)
    assert (read.cues[0].start, read.cues[-1].end) == (transcript.cues[0].start, transcript.cues[-1].end)
    assert {cue.speaker for cue in read.cues} == {cue.speaker for cue in transcript.cues}


LETTERS = st.text(st.characters(categories=("Ll", "Lu")), min_size=1, max_size=12)


@given(st.lists(LETTERS, min_size=1, max_size=12))
def test_a_transcript_as_subrip_is_read_back_with_its_words(words: list[str]) -> None:
    said = Transcript(cues=(Cue(start=1.0, end=9.0, text=" ".join(words) + "."),), language="en-GB")
    read = importing.read(captions.srt(said, timed(said, ())), "talk.srt", "en-GB").transcript
    assert read is not None
    assert words_of(read) == words_of(said)
    assert read.cues[0].start == 1.0


@given(st.lists(st.builds(Chapter, seconds=st.floats(0, 360_000), title=st.text(min_size=1)), max_size=8))
def test_chapters_as_json_keep_their_order_times_and_titles(given_chapters: list[Chapter]) -> None:
    made = json.loads(chapters.render(show(), release(episode(chapters=tuple(given_chapters)))))
    ordered = sorted(given_chapters, key=lambda chapter: chapter.seconds)
    assert [entry["startTime"] for entry in made["chapters"]] == [round(each.seconds, 3) for each in ordered]
    assert len(made["chapters"]) == len(given_chapters)


@given(st.integers(0, 360_000_000))
def test_a_time_is_read_as_it_was_written(milliseconds: int) -> None:
    seconds = milliseconds / 1000
    assert parse_clock(long_clock(seconds)) == seconds
    assert parse_clock(long_clock(seconds, separator=",")) == seconds
    assert parse_clock(clock(seconds)) == int(seconds)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=80), st.integers(1, 10**9))
def test_a_line_put_into_an_episode_changes_that_fact_alone(notes: str, number: int) -> None:
    text = parsers.EPISODE + notes
    before, said = front_matter.read(text, "episode.md")
    after, same = front_matter.read(front_matter.change(text, f"number = {number}", key="number"), "episode.md")
    assert (after, same) == (before | {"number": number}, said)
