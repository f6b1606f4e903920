"""Words become sentences at the ends that people would choose."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placecast.model import Word
from placecast.sentences import cues


def said(*texts: str, pause: float = 0.1, length: float = 0.3) -> list[Word]:
    step = length + pause
    return [
        Word(start=round(number * step, 3), end=round(number * step + length, 3), text=text, probability=0.9)
        for number, text in enumerate(texts)
    ]


def spoken(text: str) -> list[str]:
    """The cues of a text that is said at an even pace."""
    return [cue.text for cue in cues(said(*(" " + word for word in text.split())))]


@pytest.mark.parametrize(
    "text",
    [
        "Who decides? | The council owns the pavement. | It does not own the shops!",
        "“Is it dead?” | “No.” | It waits for a decision…",
        "He said (quietly.) | Then he left.",
        "Dr. Smith met Mrs. Jones and Prof. Lee at St. Paul's.",
        "We saw, e.g. Leeds, i.e. the city, and Hull vs. York.",
        "It grew by 3.5 per cent, to No. 4 in the table.",
        "Is it big? | No. | Nobody goes there.",
        "J. K. Rowling lives in the U.K. Government people do not.",
        "She came from the U.K. | The weather was better.",
        "Shops, banks, etc. | They all closed at 5 p.m. | And then?",
        "It opens at 9 a.m. Mondays only.",
        "And then ... well, it closed. | That was it.",
        "It is on gov.uk and on placecast.example. | Look there.",
        "“Really?” she asked. | “Yes!” he said.",
        "It closed. and then it opened.",
        "We asked John Lewis plc. about it.",
    ],
)
def test_a_sentence_ends_where_people_end_it(text: str) -> None:
    assert spoken(text.replace("| ", "")) == text.split(" | ")


def test_words_that_whisper_splits_are_whole_again() -> None:
    words = said(" It", " is", " on", " gov", ".uk,", " and", " 3", ".5", " per", " cent.", " The", " U", ".K.", " is.")
    assert [cue.text for cue in cues(words)] == ["It is on gov.uk, and 3.5 per cent.", "The U.K. is."]


def test_scripts_without_spaces_end_their_sentences_too() -> None:
    assert [cue.text for cue in cues(said("今日は", "晴れ。", "明日は", "雨。"))] == ["今日は晴れ。", "明日は雨。"]


def test_a_pause_of_two_seconds_ends_a_sentence() -> None:
    first, second = said(" One", " two"), said(" three", " four")
    later = [Word(start=word.start + 2.8, end=word.end + 2.8, text=word.text, probability=1) for word in second]
    assert [cue.text for cue in cues([*first, *later])] == ["One two", "three four"]


def test_a_cue_starts_with_its_first_word_and_ends_with_its_last() -> None:
    made = cues(said(" Hello", " there.", " Good", " day."))
    assert [(cue.start, cue.end) for cue in made] == [(0.0, 0.7), (0.8, 1.5)]


def test_a_long_sentence_is_cut_after_a_comma() -> None:
    words = [" word"] * 30 + [" comma,"] + [" word"] * 40
    made = cues(said(*words, pause=0.0, length=0.25))
    assert len(made) == 2
    assert made[0].text.endswith("comma,")


def test_an_endless_sentence_without_commas_is_cut_at_its_longest_pause() -> None:
    words = said(*[" word"] * 60, pause=0.05)
    gap = [Word(start=word.start + 0.8, end=word.end + 0.8, text=word.text, probability=1) for word in words[25:]]
    made = cues([*words[:25], *gap])
    assert len(made[0].text.split()) == 25


def test_no_cue_is_too_long_to_read() -> None:
    made = cues(said(*[" unending"] * 900))
    assert all(cue.end - cue.start <= 20 and len(cue.text) <= 250 for cue in made)
    assert " ".join(cue.text for cue in made).split() == ["unending"] * 900


def test_silence_has_no_cues() -> None:
    assert cues([]) == ()
    assert cues(said(" ", "")) == ()


ANYTHING = st.text(max_size=12) | st.sampled_from([" a.", " B", " e.g.", " ", ".5", "…", ' "Q?"'])


@st.composite
def heard(draw: st.DrawFn, texts: st.SearchStrategy[str] = ANYTHING) -> list[Word]:
    """Words in time order, some of no length, with anything for a text."""
    clock, words = 0.0, []
    for text in draw(st.lists(texts, max_size=40)):
        start = clock + draw(st.sampled_from([0.0, 0.1, 0.5, 2.5]))
        clock = start + draw(st.sampled_from([0.0, 0.02, 0.4, 25.0]))
        words.append(Word(start=round(start, 3), end=round(clock, 3), text=text, probability=0.5))
    return words


@given(heard())
def test_whatever_is_heard_nothing_is_lost_and_no_cue_overlaps_another(words: list[Word]) -> None:
    made = cues(words)
    everything = "".join("".join(word.text for word in words).split())
    assert "".join("".join(cue.text.split()) for cue in made) == everything
    assert all(cue.start < cue.end and cue.text == " ".join(cue.text.split()) != "" for cue in made)
    assert all(one.end <= two.start for one, two in pairwise(made))
