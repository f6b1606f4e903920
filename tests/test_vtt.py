"""Transcripts are written in one strict form, read back as they were, and read kindly when people edit them."""

from __future__ import annotations

import io
from html import unescape

import pytest
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from placecast.errors import FactsError
from placecast.model import Cue, Transcript
from placecast.timecode import long_clock
from placecast.vtt import parse, tidy, write

HOSTILE = [
    "-->",
    "<b>",
    "</v>",
    "<v Eve>",
    "&amp;",
    "&",
    "<",
    ">",
    "WEBVTT",
    "NOTE",
    "00:01.000 --> 00:02.000",
    "\u00a0",
    "é",
    "“",
]

texts = st.lists(st.text(max_size=10) | st.sampled_from(HOSTILE), min_size=1, max_size=6).map(" ".join).map(tidy)


@st.composite
def transcripts(draw: st.DrawFn) -> Transcript:
    clock, cues = 0, []
    for text in draw(st.lists(texts.filter(bool), max_size=6)):
        clock += draw(st.integers(0, 5_000_000))
        length = draw(st.integers(1, 90_000))
        speaker = draw(st.none() | texts.filter(bool))
        cues.append(Cue(start=clock / 1000, end=(clock + length) / 1000, text=text, speaker=speaker))
    return Transcript(cues=tuple(cues), language="en-GB")


def read(text: str) -> Transcript:
    return parse(text, "transcripts/e.vtt", "en-GB")


def faults(text: str) -> list[tuple[str, str]]:
    with pytest.raises(FactsError) as caught:
        read(text)
    assert all(fault.file == "transcripts/e.vtt" and fault.cure for fault in caught.value.faults)
    return [(fault.key, fault.what) for fault in caught.value.faults]


def sentences(text: str) -> list[str]:
    return [cue.text for cue in read(text).cues]


@given(transcripts())
def test_what_is_written_is_read_back_as_it_was(transcript: Transcript) -> None:
    assert read(write(transcript)) == transcript


@given(transcripts())
def test_another_reader_sees_the_same_texts_and_times(transcript: Transcript) -> None:
    captions = webvtt.from_buffer(io.StringIO(write(transcript))).captions
    seen = [(caption.start, caption.end, unescape(caption.text)) for caption in captions]
    assert seen == [(long_clock(cue.start), long_clock(cue.end), cue.text) for cue in transcript.cues]


def test_speaker_and_text_cannot_be_taken_for_markup() -> None:
    cue = Cue(start=1, end=2.5, text="Tea & <cake> --> now", speaker="Jo > Co")
    (caption,) = webvtt.from_buffer(io.StringIO(write(Transcript(cues=(cue,), language="en"))))
    assert caption.raw_text == "<v Jo &gt; Co>Tea &amp; &lt;cake&gt; --&gt; now"


def test_a_sentence_stays_on_one_line_for_git() -> None:
    cue = Cue(start=3661.5, end=3662, text="word " * 40, speaker="Rosa")
    assert write(Transcript(cues=(cue,), language="en")) == (
        "WEBVTT\n\n01:01:01.500 --> 01:01:02.000\n<v Rosa>" + "word " * 39 + "word\n"
    )


def test_a_transcript_without_words_is_written_and_read() -> None:
    assert write(Transcript(cues=(), language="en")) == "WEBVTT\n"
    assert read("WEBVTT") == Transcript(cues=(), language="en-GB")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_other_editors_line_ends_and_byte_order_marks_are_read(end: str, mark: str) -> None:
    text = mark + end.join(
        ["WEBVTT", "", "00:01.000 --> 00:02.000", "Hello", "there", "", "00:03.000 --> 00:04.000", "Bye"]
    )
    assert sentences(text) == ["Hello there", "Bye"]


def test_what_other_programs_add_is_passed_over() -> None:
    text = """WEBVTT - made by some editor
Kind: captions
Language: en-GB

STYLE
::cue { color: red }

REGION
id:fred

NOTE This is not said.
Neither is this.

intro
00:01.000 --> 00:02.000 align:start position:50%
<v.loud Rosa Hartley><i>Tea</i> &amp; <00:01.500><c.big>cake</c>&nbsp;now</v>

1:00:03,5-->1:00:04
<v   Daniel   Marsh >3 < 5, and 6 > 4

NOTE

2:00:00.000 --> 2:00:01.000
Last
"""
    one, two, three = read(text).cues
    assert one == Cue(start=1, end=2, text="Tea & cake\u00a0now", speaker="Rosa Hartley")
    assert two == Cue(start=3603.5, end=3604, text="3 < 5, and 6 > 4", speaker="Daniel Marsh")
    assert three.text == "Last"


def test_a_missing_empty_line_between_cues_is_forgiven() -> None:
    assert sentences("WEBVTT\n00:01.000 --> 00:02.000\nOne\n00:02.000 --> 00:03.000\nTwo") == ["One", "Two"]


def test_a_cue_without_words_is_no_cue() -> None:
    assert sentences("WEBVTT\n\n00:01.000 --> 00:02.000\n\n00:02.000 --> 00:03.000\n<v Jo></v>\n") == []


def test_sentences_may_overlap_when_two_people_talk() -> None:
    assert sentences("WEBVTT\n\n00:01.000 --> 00:05.000\nA\n\n00:02.000 --> 00:03.000\nB") == ["A", "B"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "the transcript is empty."),
        (" \n\n", "the transcript is empty."),
        ("1\n00:01.000 --> 00:02.000\nHi", "this is no transcript: it does not start with WEBVTT."),
        ("WEBVTTX\n", "this is no transcript: it does not start with WEBVTT."),
    ],
)
def test_what_is_no_transcript_is_refused(text: str, what: str) -> None:
    assert faults(text) == [("line 1", what)]


def test_all_faults_of_a_file_are_named_together_with_their_lines() -> None:
    text = """WEBVTT

00:10.000 --> 00:12.000
Good.

00:13.000 --> 00:99.000
No such time.

00:15.000 --> 00:15.000
No length.

00:05.000 --> 00:06.000
Out of order.

Text that players would leave out.

00:20.000 --> 00:25.000
<v Rosa>Hello. <v Daniel>Hello.
"""
    keys, whats = zip(*faults(text), strict=True)
    assert keys == ("line 6", "line 9", "line 12", "line 15", "line 18")
    assert "'00:99.000' is not a time" in whats[0]
    assert "does not end after its start" in whats[1]
    assert "starts before the one above it (00:00:10.000)" in whats[2]
    assert "has no times, so players leave it out: 'Text that players" in whats[3]
    assert "two speakers (Daniel, Rosa)" in whats[4]


def test_a_sentence_that_an_empty_line_tore_apart_is_a_fault_not_a_loss() -> None:
    assert faults("WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n\nthere")[0][0] == "line 6"


@given(
    st.text()
    | st.lists(st.sampled_from(["WEBVTT", "\n", "\n\n", "00:01.000", " --> ", "NOTE", "<v A>", "x"]), max_size=20).map(
        "".join
    )
)
def test_any_text_is_read_or_refused_with_faults(text: str) -> None:
    for content in (text, "WEBVTT\n\n" + text):
        try:
            transcript = read(content)
        except FactsError:
            continue
        assert read(write(transcript)) == transcript
