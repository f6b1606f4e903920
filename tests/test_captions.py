"""What apps get that do not take WebVTT: it is complete, readable and cannot do harm."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from difflib import unified_diff
from html.parser import HTMLParser

import pytest
import webvtt
from hypothesis import given
from lxml import html as lxml_html

from placecast import captions
from placecast.errors import TranscriptError
from placecast.model import Cue, Flag, MachineRecord, Transcript, Word
from placecast.realign import timed
from placecast.record import parse_record, write_record
from tests.test_vtt import transcripts


def talk(*said: tuple[float, float, str | None, str], language: str = "en-GB") -> Transcript:
    cues = tuple(Cue(start=start, end=end, speaker=speaker, text=text) for start, end, speaker, text in said)
    return Transcript(cues=cues, language=language)


TALK = talk(
    (0.0, 4.0, "Rosa Hartley", "Welcome to Placecast, the podcast about places, policy, and the people who run them."),
    (4.5, 6.0, "Rosa Hartley", "Whose high street is it?"),
    (6.0, 7.25, "Daniel Marsh", "Nobody's & everybody's."),
)


def test_srt_is_two_short_lines_with_a_name_where_the_speaker_changes() -> None:
    assert captions.srt(TALK, timed(TALK, ())).split("\n\n") == [
        "1\n00:00:00,000 --> 00:00:02,238\nRosa Hartley: Welcome to Placecast,\nthe podcast about places,",
        "2\n00:00:02,238 --> 00:00:04,000\npolicy, and the people who run them.",
        "3\n00:00:04,500 --> 00:00:06,000\nWhose high street is it?",
        "4\n00:00:06,000 --> 00:00:07,250\nDaniel Marsh: Nobody's & everybody's.\n",
    ]


@given(transcripts())
def test_another_reader_takes_the_srt(transcript: Transcript) -> None:
    text = captions.srt(transcript, timed(transcript, ()))
    if transcript.cues:
        assert len(webvtt.from_buffer(io.StringIO(text), format="srt").captions) == text.count(" --> ")


def test_the_json_is_the_namespaces() -> None:
    made = json.loads(captions.podcast_json(TALK))
    assert made["version"] == "1.0.0"
    assert made["segments"][2] == {
        "speaker": "Daniel Marsh",
        "startTime": 6.0,
        "endTime": 7.25,
        "body": "Nobody's & everybody's.",
    }
    assert "speaker" not in json.loads(captions.podcast_json(talk((0, 1, None, "é"))))["segments"][0]
    assert "é" in captions.podcast_json(talk((0, 1, None, "é")))
    assert json.loads(captions.podcast_json(talk())) == {"version": "1.0.0", "segments": []}


def test_plain_text_is_in_paragraphs_by_speaker() -> None:
    first, second = captions.plain_text(TALK).split("\n\n")
    assert first.startswith("Rosa Hartley: Welcome to")
    assert first.endswith("Whose high street is it?")
    assert second == "Daniel Marsh: Nobody's & everybody's.\n"


def test_a_name_is_not_said_again_in_the_next_paragraph_of_the_same_speaker() -> None:
    many = talk(*((number, number + 0.9, "Rosa", "Yes.") for number in range(7)))
    assert captions.plain_text(many).count("Rosa:") == 1


def test_paragraphs_end_at_speakers_pauses_and_five_sentences() -> None:
    def sizes(*said: tuple[float, str]) -> list[int]:
        transcript = talk(*((start, start + 1, speaker, "Yes.") for start, speaker in said))
        return [len(paragraph) for paragraph in captions.paragraphs(transcript)]

    assert sizes(*((number, "A") for number in range(12))) == [5, 5, 2]
    assert sizes((0, "A"), (1, "B"), (2, "B"), (3, "A")) == [1, 2, 1]
    assert sizes((0, "A"), (1, "A"), (4, "A"), (5, "A")) == [2, 2]
    assert sizes((0, "A"), (4, "A"), (5, "A")) == [3]
    assert sizes() == []


def test_html_is_the_namespaces_in_a_whole_document() -> None:
    made = captions.html(TALK, title="Whose <street>?")
    document = lxml_html.document_fromstring(made)
    assert document.get("lang") == "en-GB"
    assert document.findtext(".//title") == document.findtext(".//h1") == "Whose <street>?"
    names = [(element.tag, element.text_content()) for element in document.find(".//main")]
    assert names[1:4] == [
        ("cite", "Rosa Hartley:"),
        ("time", "0:00"),
        ("p", " ".join(cue.text for cue in TALK.cues[:2])),
    ]
    assert names[4:] == [("cite", "Daniel Marsh:"), ("time", "0:06"), ("p", "Nobody's & everybody's.")]


@given(transcripts())
def test_no_transcript_puts_its_own_elements_into_the_html(transcript: Transcript) -> None:
    seen: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.append(tag)

    Reader().feed(captions.html(transcript, title="<script>"))
    known = {"html", "head", "meta", "title", "style", "body", "main", "h1", "cite", "time", "p"}
    assert set(seen) <= known


RECORD = MachineRecord(
    engine="fake 1",
    model="fake",
    weights="0" * 64,
    language="en-GB",
    recording="1" * 64,
    vtt="2" * 64,
    options={"precision": "fp32"},
    spelling="abc",
    flags=(Flag(start=0.4, end=1.0, kind="loop", text="wörld", reason="again and again"),),
    words=(
        Word(start=0.12, end=0.4, text=" Hello", probability=0.98),
        Word(start=0.4, end=1.0, text=' "wörld"\n', probability=1.0),
    ),
)


def test_the_machines_record_is_a_word_a_line_and_reads_back() -> None:
    text = write_record(RECORD)
    assert '\n[0.12, 0.4, 0.98, " Hello"],\n[0.4, 1.0, 1.0, " \\"wörld\\"\\n"]\n' in text
    assert '\n[0.4, 1.0, "loop", "wörld", "again and again"]\n' in text
    assert json.loads(text)["version"] == 2
    assert parse_record(text, "e.words.json") == RECORD


def test_a_record_from_before_flags_and_options_is_read() -> None:
    data = json.loads(write_record(RECORD)) | {"version": 1}
    for name in ("options", "spelling", "flags"):
        del data[name]
    assert parse_record(json.dumps(data), "e.words.json") == replace(RECORD, options={}, spelling="", flags=())


def test_a_corrected_word_is_one_line_of_a_difference() -> None:
    other = replace(RECORD, words=(replace(RECORD.words[0], text=" Hullo"), *RECORD.words[1:]))
    changed = list(unified_diff(*(write_record(each).splitlines() for each in (RECORD, other)), n=0))
    assert [line for line in changed if line[:3] not in ("---", "+++")][1:] == [
        '-[0.12, 0.4, 0.98, " Hello"],',
        '+[0.12, 0.4, 0.98, " Hullo"],',
    ]


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (("{", ""), "damaged"),
        (('"version": 2', '"version": 3'), "its version is 3"),
        (('"model"', '"modl"'), "'model' is missing"),
        (('"fake"', "7"), "model is not text"),
        (("0.98", '"0.98"'), "is not a number"),
        (("0.98", "NaN"), "is not a number"),
        (("0.98", "true"), "is not a number"),
        ((', " Hello"', ""), "is not a word"),
        (('"words": [', '"words": 7, "w": ['), "damaged"),
    ],
)
def test_a_damaged_record_is_refused_with_a_way_out(damage: tuple[str, str], why: str) -> None:
    with pytest.raises(TranscriptError, match=rf"(?s)e\.words\.json.*{why}.*from git"):
        parse_record(write_record(RECORD).replace(*damage, 1), "e.words.json")


@pytest.mark.parametrize("text", ["", "[]", "null", "7", '{"version": 1}'])
def test_what_is_no_record_is_refused(text: str) -> None:
    with pytest.raises(TranscriptError):
        parse_record(text, "e.words.json")
