"""A sentence is replaced in a transcript's file, and nothing else in it changes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placecast import sentences, vtt
from placecast.errors import FactsError, PlacecastError, UsageError
from placecast.model import Cue, Transcript, Word
from placecast.review.saving import Edit, Sentence, edited

STRICT = """WEBVTT

00:00:01.000 --> 00:00:02.000
<v Rosa>One.

00:00:03.000 --> 00:00:05.000
<v Rosa>Two and three.

00:00:06.000 --> 00:00:07.000
<v Daniel>Four.
"""
LOOSE = """\ufeffWEBVTT - kept by hand

NOTE The name below was asked for.

7
00:01.000 --> 00:02.000 position:50%
- One,
  in two lines.


STYLE
::cue { color: red }

00:03.000 --> 00:05.000
<v Rosa>Two</v>
NOTE is a word here


00:06.000 --> 00:07.000
Four."""
WORDS = tuple(
    Word(start=start, end=start + 0.3, text=text, probability=0.9)
    for start, text in ((1.0, " One."), (3.0, " Two"), (3.5, " and"), (4.5, " three."), (6.0, " Four."))
)


def save(text: str, first: int, last: int, *said: Sentence) -> str:
    return edited(text, "x.vtt", "en", WORDS, Edit(first=first, last=last, sentences=said))


def say(text: str, speaker: str | None = "Rosa") -> Sentence:
    return Sentence(text=text, speaker=speaker)


def test_only_the_sentence_that_was_changed_changes() -> None:
    assert save(STRICT, 0, 1, say("One & <only>.")) == STRICT.replace("One.", "One &amp; &lt;only&gt;.")
    assert save(STRICT, 2, 3, say("Four.", "Ana")) == STRICT.replace("Daniel", "Ana")
    assert save(STRICT, 2, 3, say("Four.", None)) == STRICT.replace("<v Daniel>", "")


def test_a_file_that_is_kept_in_a_form_of_its_own_keeps_it() -> None:
    assert save(LOOSE, 2, 3, say("Five.", None)) == LOOSE.replace("Four.", "Five.").replace(
        "00:06.000 --> 00:07.000", "00:00:06.000 --> 00:00:07.000"
    )
    made = save(LOOSE, 0, 1, say("One.", None))
    assert made.startswith("\ufeffWEBVTT - kept by hand\n\nNOTE The name below was asked for.\n\n00:00:01.000 -->")
    assert made.endswith(LOOSE[LOOSE.index("STYLE") :])


def test_line_ends_of_windows_stay() -> None:
    made = save(STRICT.replace("\n", "\r\n"), 1, 2, say("Two."), say("And three."))
    assert "\n" not in made.replace("\r\n", "")
    assert made.count("\r\n\r\n") == 4


def test_a_file_whose_sentences_are_not_apart_is_written_in_our_form() -> None:
    crowded = STRICT.replace("\n\n00:00:06", "\n00:00:06")
    made = save(crowded, 0, 1, say("Uno."))
    assert made == STRICT.replace("One.", "Uno.")


def test_a_sentence_is_split_where_its_words_were_heard() -> None:
    made = vtt.parse(save(STRICT, 1, 2, say("Two and"), say("three.", "Daniel")), "", "en")
    assert [(cue.start, cue.end, cue.text, cue.speaker) for cue in made.cues[1:3]] == [
        (3.0, 3.8, "Two and", "Rosa"),
        (4.5, 5.0, "three.", "Daniel"),
    ]


def test_two_sentences_become_one() -> None:
    made = save(STRICT, 0, 2, say("One, two and three."))
    assert made == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:05.000\n<v Rosa>One, two and three.\n\n" + STRICT[STRICT.index("00:00:06") :]
    )


@pytest.mark.parametrize("number", range(3))
def test_a_sentence_is_removed_and_brought_back(number: int) -> None:
    without = save(STRICT, number, number + 1, say(" "))
    cues = vtt.parse(STRICT, "", "en").cues
    assert vtt.parse(without, "", "en").cues == cues[:number] + cues[number + 1 :]
    cue = cues[number]
    back = Sentence(text=cue.text, speaker=cue.speaker, start=cue.start, end=cue.end)
    assert save(without, number, number, back) == STRICT


def test_the_last_sentence_can_be_removed_too() -> None:
    assert save("WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nThanks for watching.\n", 0, 1) == "WEBVTT\n"


@pytest.mark.parametrize(("first", "last"), [(-1, 1), (2, 1), (0, 4), (4, 4)])
def test_a_sentence_that_is_not_there_cannot_be_edited(first: int, last: int) -> None:
    with pytest.raises(UsageError, match="no such sentence"):
        save(STRICT, first, last, say("x"))


def test_an_edit_that_would_break_the_file_is_refused() -> None:
    with pytest.raises(FactsError, match="starts before the one above"):
        save(STRICT, 1, 2, Sentence(text="Two.", start=0.0, end=0.5))
    with pytest.raises(UsageError, match="has no times"):
        save(STRICT, 1, 1, say("From nowhere."))


@st.composite
def transcripts(draw: st.DrawFn) -> Transcript:
    times = sorted(draw(st.lists(st.integers(0, 3_600_000), unique=True, min_size=2, max_size=20)))
    speaker = st.none() | st.text(min_size=1).map(vtt.tidy)
    cues = [
        Cue(start=one / 1000, end=two / 1000, text=draw(st.text().map(vtt.tidy)), speaker=draw(speaker) or None)
        for one, two in pairwise(times)
    ]
    return vtt.parse(vtt.write(Transcript(cues=tuple(cues), language="en")), "", "en")


@given(transcripts(), st.data())
def test_whatever_is_said_the_file_stays_a_transcript_and_the_rest_stays_as_it_is(
    transcript: Transcript, data: st.DataObject
) -> None:
    text, count = vtt.write(transcript), len(transcript.cues)
    first = data.draw(st.integers(0, count))
    last = data.draw(st.integers(first, count))
    said = data.draw(st.lists(st.builds(Sentence, text=st.text(), speaker=st.none() | st.text()), max_size=3))
    edit = Edit(first=first, last=last, sentences=tuple(said))
    try:
        made = edited(text, "", "en", (), edit)
    except PlacecastError:
        return
    cues = vtt.parse(made, "", "en").cues
    assert cues[:first] == transcript.cues[:first]
    assert cues[len(cues) - (count - last) :] == transcript.cues[last:]
    wanted = [vtt.tidy(each.text) for each in said if vtt.tidy(each.text)]
    assert [cue.text for cue in cues[first : len(cues) - (count - last)]] == wanted


def test_words_are_of_no_use_where_none_was_heard() -> None:
    cues = sentences.cues((Word(start=0, end=4, text=" Aaaa bbbb.", probability=1),))
    text = vtt.write(Transcript(cues=cues, language="en"))
    made = edited(text, "", "en", (), Edit(first=0, last=1, sentences=(say("Aaaa"), say("bbbb."))))
    (one, two) = vtt.parse(made, "", "en").cues
    assert (one.start, two.end) == (0, 4)
    assert 0 < one.end <= two.start < 4
