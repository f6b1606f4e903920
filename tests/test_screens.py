"""Captions are cut from words, where people would end them, and stay on the screen as long as people need."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placecast.model import Cue, Transcript, Word
from placecast.realign import timed
from placecast.screens import _cuts, _parts, _passage, _pieces, _Ways, cut
from placecast.sentences import cues
from tests.test_sentences import heard, said
from tests.test_vtt import transcripts


def screens(text: str, name: str = "", pause: float = 0.1, length: float = 0.3) -> list[Cue]:
    """The captions of a text that is said at an even pace; sentences end at their full stops."""
    words = said(*(f" {word}" for word in text.split()), pause=pause, length=length)
    made = Transcript(cues=cues(words), language="en")
    return cut([(name, timed(made, words))])


def texts(made: Sequence[Cue]) -> list[str]:
    return [caption.text.replace("\n", " | ") for caption in made]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Whose high street is it?", ["Whose high street is it?"]),
        (
            "The council owns the pavement and also the car park.",
            ["The council owns the pavement | and also the car park."],
        ),
        (
            "The library took the ground floor, and the college put a kitchen upstairs.",
            ["The library took the ground floor, | and the college put a kitchen upstairs."],
        ),
        (
            "Within a year, more people came in through that door than through the old store in its last year.",
            [
                "Within a year, more people | came in through that door",
                "than through the old store | in its last year.",
            ],
        ),
    ],
)
def test_lines_end_where_people_take_breath(text: str, expected: list[str]) -> None:
    assert texts(screens(text, length=0.2)) == expected


def test_a_caption_is_there_while_its_words_are_said() -> None:
    one, two = screens("One thing after another, then some more of the same thing, and then the end of it all is near.")
    assert (one.start, one.end) == (0.0, 4.3)
    assert two.start == 4.4
    assert two.text.startswith("and then the end")


def test_a_word_that_is_quickly_said_stays_readable() -> None:
    assert [(caption.start, caption.end) for caption in screens("No.", length=0.2)] == [(0.0, 0.8)]
    short = "Nobody goes there. No. Everybody stays at home and waits, and nothing happens in the street."
    assert texts(screens(short, length=0.2))[0] == "Nobody goes there. No."


def test_a_word_that_was_heard_too_long_does_not_hang_on_the_screen() -> None:
    assert [caption.end for caption in screens("Well.", length=25.0)] == [7.0]


def test_nothing_is_shown_through_a_long_pause() -> None:
    words = said(" So", " it", " was.", pause=2.5)
    assert texts(cut([("", [words])])) == ["So", "it", "was."]


def test_no_short_word_stands_alone() -> None:
    made = screens("word " * 60 + "it", length=0.2)
    assert min(len(caption.text) for caption in made) > 30


def test_a_name_goes_before_what_is_said_first_and_is_never_parted_from_it() -> None:
    assert texts(screens("Nobody's.", "Daniel Marsh")) == ["Daniel Marsh: Nobody's."]
    long = screens(
        "It is what we all have been waiting for.", "The Right Honourable Baroness Ashworth of Stepney Green"
    )
    assert long[0].text.split("\n")[0] == "The Right Honourable Baroness"
    assert "Stepney Green: It" in long[0].text.replace("\n", " ")


def test_words_longer_than_a_line_are_cut() -> None:
    lines = "\n".join(caption.text for caption in screens("a" * 100)).split("\n")
    assert max(map(len, lines)) <= 42
    assert "".join(lines) == "a" * 100


def test_wide_characters_take_two_places() -> None:
    words = said(*["今日は", "晴れ", "明日も"] * 8)
    lines = "\n".join(caption.text for caption in cut([("", [words])])).split("\n")
    assert max(map(len, lines)) <= 21
    assert "".join(lines) == "今日は晴れ明日も" * 8


def test_no_arrow_is_taken_for_times() -> None:
    assert texts(screens("So 00:01 --> 00:02 it is.")) == ["So 00:01 -> 00:02 it is."]


def assert_readable(made: Sequence[Cue], everything: str) -> None:
    """Arrows are left out of the comparison: SubRip cannot hold them."""
    lines = [line for caption in made for line in caption.text.split("\n")]
    assert all(0 < len(line) <= 42 for line in lines)
    assert all(caption.text.count("\n") < 2 and caption.start < caption.end for caption in made)
    assert all(caption.end - caption.start <= 7.001 for caption in made)
    assert all(one.end <= two.start for one, two in pairwise(made))
    shown, said = (re.sub("-+>", ">", "".join(text.split())) for text in ("".join(lines), everything))
    assert shown == said


@given(transcripts(), heard())
def test_captions_lose_no_word_fit_every_screen_and_never_overlap(made: Transcript, words: list[Word]) -> None:
    turns = [(cue.speaker or "", [said]) for cue, said in zip(made.cues, timed(made, words), strict=True)]
    assert_readable(cut(turns), "".join(f"{cue.speaker}:{cue.text}" if cue.speaker else cue.text for cue in made.cues))


@given(heard())
def test_what_is_heard_becomes_readable_captions(words: list[Word]) -> None:
    made = Transcript(cues=cues(words), language="en")
    assert_readable(cut([("", timed(made, words))]), "".join(cue.text for cue in made.cues))


SOME = ("and", "the", "to", "of,", "Grimsby.", "Yes?", "no", "street", "council;", "people,", "which", "because")
spoken = st.lists(st.tuples(st.sampled_from(SOME), st.sampled_from([0.01, 0.2, 0.4, 3.0])), min_size=1, max_size=60)


@given(spoken, st.integers(1, 12))
def test_where_a_caption_could_begin_is_passed_over_only_if_that_costs_no_less(
    words: list[tuple[str, float]], length: int
) -> None:
    ends = list(accumulate(seconds for _, seconds in words))
    timed = [
        Word(start=end - seconds, end=end, text=f" {text}", probability=1.0)
        for (text, seconds), end in zip(words, ends, strict=True)
    ]
    sentences = [timed[at : at + length] for at in range(0, len(timed), length)]
    for part in _parts(_pieces("", sentences)):
        passage = _passage(part, float("inf"))
        ways = _Ways(passage)
        for first in range(len(part)):  # none is passed over
            ways.see(first, first, ways.reach(first))
        assert _cuts(passage) == ways.cheapest()
