"""A transcript that the producer has already is read, whatever made it, or refused with what is wrong and the cure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from placecast import captions, vtt
from placecast.errors import FactsError, PlacecastError, TranscriptError
from placecast.importing import Imported, Turn, align, check, decode, read
from placecast.model import Cue, Transcript, Word
from placecast.realign import timed
from tests.test_captions import TALK
from tests.test_realign import TALK as HEARD
from tests.test_realign import assert_sound
from tests.test_sentences import heard, said
from tests.test_vtt import transcripts


def cues(text: str, name: str = "minutes.txt") -> list[tuple[float, float, str | None, str]]:
    transcript = read(text, name, "en").transcript
    assert transcript is not None
    return [(cue.start, cue.end, cue.speaker, cue.text) for cue in transcript.cues]


def turns(text: str) -> list[tuple[str | None, str]]:
    return [(turn.speaker, turn.text) for turn in read(text, "minutes.txt", "en").turns]


def texts(text: str, name: str = "minutes.txt") -> list[str]:
    return [cue[3] for cue in cues(text, name)]


def faults(text: str, name: str) -> list[tuple[str, str]]:
    with pytest.raises(FactsError) as caught:
        read(text, name, "en")
    assert all(fault.file == name and fault.cure for fault in caught.value.faults)
    return [(fault.key, fault.what) for fault in caught.value.faults]


SRT = """1
00:00:01,000 --> 00:00:03,000
{\\an8}<i>Welcome to the podcast</i>

2
00:00:03,000 --> 00:00:05,000
about places. Tom & Ann
3
00:00:05,000 --> 00:00:06,000
are here.
"""


def test_captions_that_are_pieces_of_sentences_are_joined() -> None:
    assert cues(SRT) == [
        (1.0, 4.13, None, "Welcome to the podcast about places."),
        (4.13, 6.0, None, "Tom & Ann are here."),
    ]


@pytest.mark.parametrize("write", [lambda each: captions.srt(each, timed(each, ())), captions.podcast_json, vtt.write])
def test_what_we_write_ourselves_comes_back(write: object) -> None:
    assert callable(write)
    text = write(TALK)
    made = read(text, "e", "en-GB").transcript
    assert made is not None
    assert [(cue.speaker, cue.text) for cue in made.cues] == [(cue.speaker, cue.text) for cue in TALK.cues]
    assert made.cues[0].start == TALK.cues[0].start
    assert made.cues[-1].end == TALK.cues[-1].end


def test_sentences_that_are_whole_stay_as_they_are() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nDr. Who? No, J. Smith.\n\n00:02.000 --> 00:09.000\nOne. Two.\n"
    assert texts(text) == ["Dr. Who? No, J. Smith.", "One. Two."]


def test_voices_and_names_are_kept() -> None:
    voices = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Rosa>Hello\n\n00:02.000 --> 00:03.000\n<v Dan>Yes, good day\n"
    assert [cue[2:] for cue in cues(voices)] == [("Rosa", "Hello"), ("Dan", "Yes, good day")]
    names = (
        SRT.replace("{\\an8}<i>Welcome", "ROSA HARTLEY: Welcome").replace("</i>", "").replace("are here.", "- TOM: So?")
    )
    assert [cue[2:] for cue in cues(names)] == [
        ("ROSA HARTLEY", "Welcome to the podcast about places."),
        ("ROSA HARTLEY", "Tom & Ann"),
        ("TOM", "So?"),
    ]


def test_a_word_and_a_colon_are_no_name_where_nothing_shows_it() -> None:
    assert turns("Remember: it is late.\nWe said this: go home.") == [
        (None, "Remember: it is late. We said this: go home.")
    ]
    assert turns("Rosa: One.\nAnn: Two.\nRosa: Three.") == [("Rosa", "One."), ("Ann", "Two."), ("Rosa", "Three.")]


def test_captions_that_overlap_are_cut_where_the_next_begins() -> None:
    text = "1\n00:00:01,000 --> 00:00:04,000\nOne.\n\n2\n00:00:03,000 --> 00:00:05,000\nTwo.\n"
    assert cues(text) == [(1, 3, None, "One."), (3, 5, None, "Two.")]
    assert [cue[:2] for cue in cues(text.replace("One", "ANN: One").replace("Two", "BEN: Two"))] == [(1, 4), (3, 5)]


def test_captions_that_roll_up_the_screen_say_each_word_once() -> None:
    text = """WEBVTT

00:00.000 --> 00:02.000
so today we are<00:00:01.000><c> talking</c>

00:02.000 --> 00:02.010
so today we are talking

00:02.010 --> 00:04.000
so today we are talking
about the high street

00:04.000 --> 00:06.000
about the high street
and its shops
"""
    assert texts(text) == ["so today we are talking about the high street and its shops"]


def test_podcasting_json_is_read() -> None:
    segments = [
        {"speaker": "Ann", "startTime": 0.5, "endTime": 1.5, "body": "This is"},
        {"speaker": "Ann", "startTime": 1.5, "endTime": 2, "body": "it.", "more": 1},
        {"startTime": 3, "endTime": 4, "body": "Yes"},
    ]
    assert cues(json.dumps({"version": "1.0.0", "segments": segments})) == [
        (0.5, 2.0, "Ann", "This is it."),
        (3.0, 4.0, None, "Yes"),
    ]


def test_whispers_words_keep_their_times() -> None:
    words = [("", " It"), ("", " is"), ("", " 3"), ("", ".5."), ("", " Or"), ("", " not?")]
    timed_words = [{"word": word, "start": n, "end": n + 0.5, "probability": 1} for n, (_, word) in enumerate(words)]
    whole = {
        "text": "",
        "language": "en",
        "segments": [{"id": 0, "start": 0, "end": 6, "text": " It", "words": timed_words}],
    }
    assert cues(json.dumps(whole)) == [(0, 3.5, None, "It is 3.5."), (4, 5.5, None, "Or not?")]
    del timed_words[2]["start"]
    whole["segments"] = [{"start": 0, "end": 6, "text": " It is 3.5. Or not?", "words": timed_words}]
    assert cues(json.dumps(whole))[0] == (0, 3.333, None, "It is 3.5.")


def test_whisperx_and_whisper_cpp_are_read() -> None:
    words = [
        {"word": word, "start": n, "end": n + 1, "score": 0.5, "speaker": "S1"}
        for n, word in enumerate(("So", "it", "is."))
    ]
    assert cues(json.dumps({"segments": [{"start": 0, "end": 3, "text": "So it is.", "words": words}]})) == [
        (0, 3, "S1", "So it is.")
    ]
    pieces = [{"timestamps": {}, "offsets": {"from": 500, "to": 1500}, "text": " So it is."}]
    assert cues(json.dumps({"transcription": pieces})) == [(0.5, 1.5, None, "So it is.")]


def test_japanese_captions_are_joined_without_spaces() -> None:
    assert texts(
        SRT.replace("Welcome to the podcast", "今日は")
        .replace("about places. Tom & Ann", "晴れ。明日も")
        .replace("are here.", "雨。")
    ) == [
        "今日は晴れ。",
        "明日も雨。",
    ]


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("WEBVTT\n\n00:99.000 --> 00:02.000\nHi", "a.vtt", [("line 3", "is not a time")]),
        (
            "1\n00:00:02,000 --> 00:00:01,000\nHi\n\nthere",
            "a.srt",
            [("line 2", "does not end after"), ("line 5", "no times")],
        ),
        ("Hello", "a.vtt", [("line 1", "does not start with WEBVTT")]),
        ('{"segments": [\n{"start": 1,', "a.json", [("line 2", "is no JSON")]),
        (
            '[{"start": 1, "end": 2, "text": 7}, {"start": 3, "end": "4"}]',
            "a.json",
            [("segments[0].text", "not text"), ("segments[1].end", "not a number")],
        ),
        (
            '[{"start": 5, "end": 6, "text": "a"}, {"start": 3, "end": 4, "text": "b"}, 7]',
            "a.json",
            [("segments[1].start", "starts before"), ("segments[2]", "no object")],
        ),
        (
            '[{"start": 5, "end": 4, "text": "a"}, {"start": NaN, "end": 1e999}, {"start": 1}]',
            "a.json",
            [("segments[0].end", "ends before"), ("segments[1].start", "no time"), ("segments[2].end", "missing")],
        ),
    ],
)
def test_all_faults_are_named_with_their_places(text: str, name: str, expected: list[tuple[str, str]]) -> None:
    found = faults(text, name)
    assert [key for key, _ in found] == [key for key, _ in expected]
    assert all(part in what for (_, what), (_, part) in zip(found, expected, strict=True))


@pytest.mark.parametrize(
    ("text", "name", "what"),
    [
        ("", "a.txt", "is empty"),
        (" \n\n", "a.vtt", "is empty"),
        ("- - -", "a.txt", "no words"),
        ("WEBVTT\n", "a.vtt", "no words"),
        ("{}", "a.json", "no transcript with times"),
        ('{"segments": [{"from": 1}]}', "a.json", "no transcript with times"),
        ("[" * 100_000, "a.json", "no transcript"),
        ("<!DOCTYPE html><p>Hello", "a.txt", "neither WebVTT"),
    ],
)
def test_what_is_no_transcript_is_refused(text: str, name: str, what: str) -> None:
    with pytest.raises(TranscriptError, match=rf"^{name}: .*{what}.*\n  \S"):
        read(text, name, "en")


def test_the_encodings_of_editors_are_read() -> None:
    text = "Él said “no”.\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"):
        assert decode(text.encode(encoding), "a.txt").text.removeprefix("\ufeff") == text
        assert decode(text.encode(encoding), "a.txt").note == ""
    western = decode(text.encode("cp1252"), "a.txt")
    assert western.text == text
    assert "a.txt is not UTF-8 and was read as Windows-1252" in western.note


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"PK\x03\x04word/document.xml", "a Word, OpenDocument or zip file"),
        (b"%PDF-1.7", "a PDF"),
        (b"{\\rtf1\\ansi}", "an RTF file"),
        (b"ID3\x03", "a sound file"),
        (b"\x00\x01\x02\x03\x81", "no text"),
        (b"a\x81b", "no text"),
    ],
)
def test_what_is_no_text_is_refused_with_what_to_do(content: bytes, what: str) -> None:
    with pytest.raises(TranscriptError, match=f"minutes.doc: is {what}.*\n  Save it"):
        decode(content, "minutes.doc")


def test_times_beyond_the_end_of_the_sound_are_found() -> None:
    made = Transcript(cues=(Cue(start=1, end=9.5, text="One."), Cue(start=61, end=62, text="Two.")), language="en")
    check(made, 61.5, "a.srt")
    with pytest.raises(
        TranscriptError, match=r"(?s)a\.srt: 1 of its sentences .* at 0:30; the first is at 1:01: 'Two\.'"
    ):
        check(made, 30, "a.srt")


SCRIPT = """ROSA: Welcome to Placecast, the podcast about places.
I'm Rosa Hartley. Whose street is it?

DANIEL: You know the picture. The council owns the pavement. It doesn't own the shops.
The shops are somebody else's.
"""


def test_plain_text_gets_the_times_when_its_words_were_heard() -> None:
    aligned = align(read(SCRIPT, "script.txt", "en"), HEARD, "en")
    assert [(cue.start, cue.speaker, cue.text) for cue in aligned.transcript.cues] == [
        (0.0, "ROSA", "Welcome to Placecast, the podcast about places."),
        (3.2, "ROSA", "I'm Rosa Hartley."),
        (4.4, "ROSA", "Whose street is it?"),
        (6.0, "DANIEL", "You know the picture."),
        (7.6, "DANIEL", "The council owns the pavement."),
        (9.6, "DANIEL", "It doesn't own the shops."),
        (12.0, "DANIEL", "The shops are somebody else's."),
    ]
    assert 0.8 < aligned.share < 1


def test_the_text_of_another_recording_is_refused() -> None:
    other = "It was the best of times, it was the worst of times, the age of wisdom and the age of foolishness."
    with pytest.raises(TranscriptError, match=r"other\.txt: only \d+% of its words were heard"):
        align(read(other, "other.txt", "en"), HEARD, "en")
    with pytest.raises(TranscriptError, match="only 0%"):
        align(read(SCRIPT, "script.txt", "en"), (), "en")


def test_turns_are_known_by_names_times_and_lines() -> None:
    assert turns("Rosa Hartley  0:05\nHello there.\n\nDaniel Marsh (1:02:03)\nYes.\nIndeed.\n") == [
        ("Rosa Hartley", "Hello there."),
        ("Daniel Marsh", "Yes. Indeed."),
    ]
    assert turns("[00:05] ROSA: Hello.\n[00:07.5] DAN: Yes.\n0:09 - And?") == [("ROSA", "Hello."), ("DAN", "Yes. And?")]
    assert turns("It is 10:30 now.") == [(None, "It is 10:30 now.")]


def test_a_text_without_spaces_is_aligned_by_characters() -> None:
    words = said("今日は", "晴れ", "です。", "明日も", "雨", "です。")
    aligned = align(Imported(name="a", kind="text", turns=(Turn(text="今日は晴れです。明日は雨です。"),)), words, "ja")
    assert [(cue.start, cue.text) for cue in aligned.transcript.cues] == [
        (0.0, "今日は晴れです。"),
        (1.2, "明日は雨です。"),
    ]


def test_a_long_script_is_aligned_in_a_moment() -> None:
    words = said(*(f" {('the', 'of', 'and')[number % 3]}" for number in range(9000)))
    text = "".join(word.text for word in words)
    assert align(Imported(name="a", kind="text", turns=(Turn(text=text.strip()),)), words, "en").share > 0.9


def assert_written(transcript: Transcript) -> None:
    """It can be kept: what is written is read back, with a start before each end, in order."""
    assert all(cue.text and cue.start < cue.end for cue in transcript.cues)
    assert all(one.start <= two.start for one, two in pairwise(transcript.cues))
    assert [cue.text for cue in vtt.parse(vtt.write(transcript), "e.vtt", "en").cues] == [
        cue.text for cue in transcript.cues
    ]


SCRAPS = [
    "WEBVTT",
    "\n",
    "\n\n",
    "1",
    "00:00:01,000",
    "00:00:01.500",
    "00:02.000",
    " --> ",
    "<v A>",
    "NOTE",
    "ANN: ",
    "Hi.",
    "x ",
]
KEYS = """segments transcription start end text words word offsets from to speaker startTime endTime body"""
JSON_SCRAPS = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS.split()), inner, max_size=5),
    max_leaves=20,
)
NAMES = st.sampled_from(["a.vtt", "a.srt", "a.json", "a.txt", "a"])


def read_or_refused(text: str, name: str) -> None:
    try:
        made = read(text, name, "en")
    except PlacecastError:
        return
    assert made.transcript or made.turns
    if made.transcript:
        assert_written(made.transcript)


@given(st.text() | st.lists(st.sampled_from(SCRAPS), max_size=30).map("".join), NAMES)
def test_any_text_is_read_or_refused(text: str, name: str) -> None:
    read_or_refused(text, name)


@given(JSON_SCRAPS.map(json.dumps), NAMES)
def test_any_json_is_read_or_refused(text: str, name: str) -> None:
    read_or_refused(text, name)


SEGMENTS = st.lists(
    st.fixed_dictionaries(
        {"start": st.floats(0, 100), "end": st.floats(0, 100), "text": st.text(max_size=20)},
        optional={"speaker": st.sampled_from(["A", "B"]), "words": JSON_SCRAPS},
    ),
    min_size=1,
)


@given(SEGMENTS)
def test_any_segments_are_read_or_refused(segments: list[dict[str, object]]) -> None:
    read_or_refused(json.dumps(sorted(segments, key=lambda each: str(each["start"]))), "a.json")


@given(SEGMENTS)
def test_segments_in_order_are_read(segments: list[dict[str, object]]) -> None:
    assume(any(vtt.tidy(str(each["text"])) for each in segments))
    spread = [{**each, "start": number, "end": number + 2, "words": None} for number, each in enumerate(segments)]
    made = read(json.dumps(spread), "a.json", "en").transcript
    assert made is not None
    assert_written(made)
    assert made.cues[-1].end <= len(segments) + 1


@given(st.binary())
def test_any_bytes_are_decoded_or_refused(content: bytes) -> None:
    try:
        assert "\0" not in decode(content, "a.txt").text
    except TranscriptError:
        return


@given(transcripts())
def test_every_transcript_of_ours_comes_back(transcript: Transcript) -> None:
    for text in (
        vtt.write(transcript),
        captions.podcast_json(transcript),
        captions.srt(transcript, timed(transcript, ())),
    ):
        read_or_refused(text, "a")


@given(st.lists(st.tuples(st.sampled_from([None, "A", "B"]), st.text(max_size=20)), min_size=1, max_size=5), heard())
def test_any_turns_are_aligned_or_refused(said: Sequence[tuple[str | None, str]], words: list[Word]) -> None:
    spoken = tuple(Turn(speaker=speaker, text=text) for speaker, text in said)
    try:
        made = align(Imported(name="a", kind="text", turns=spoken), words, "en")
    except TranscriptError:
        return
    assert 0.5 <= made.share <= 1
    assert_written(made.transcript)


@given(heard())
def test_the_text_of_what_was_heard_is_aligned_with_it(words: list[Word]) -> None:
    text = " ".join("".join(word.text for word in words).split())
    try:
        made = align(Imported(name="a", kind="text", turns=(Turn(text=text),)), words, "en").transcript
    except TranscriptError:
        return
    assert "".join("".join(cue.text.split()) for cue in made.cues) == "".join(text.split())
    assert_sound(timed(made, words), made)
