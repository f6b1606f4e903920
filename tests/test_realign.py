"""People edit a transcript in any editor; the words that they leave keep the times when they were heard."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from rapidfuzz.distance import LCSseq

from placecast.alignment import normal, pairs, written
from placecast.model import Cue, Transcript, Word
from placecast.realign import timed
from placecast.sentences import cues
from tests.test_sentences import heard, said
from tests.test_vtt import texts, transcripts

TEXT = """Welcome to Place Guest, the podcast about places. I'm Rose Heartly. Whose street is it? You know the picture.
The council owns the pavement. It does not own the shops. The shops are somebody else's."""
TALK = said(*(" " + word for word in TEXT.split()))


def talk(*made: Cue, language: str = "en-GB") -> Transcript:
    return Transcript(cues=made, language=language)


def cue(start: float, end: float, text: str) -> Cue:
    return Cue(start=start, end=end, text=text)


def rewritten(words: Sequence[Word], old: str, new: str) -> Transcript:
    """The sentences of these words, some (| between them) written anew by a person who guesses the new borders."""
    made = list(cues(words))
    first = [each.text for each in made].index(old.split(" | ")[0])
    gone = made[first : first + old.count(" | ") + 1]
    parts = new.split(" | ")
    borders = [gone[0].start + (gone[-1].end - gone[0].start) * number / len(parts) for number in range(len(parts) + 1)]
    made[first : first + len(gone)] = [cue(*span, part) for span, part in zip(pairwise(borders), parts, strict=True)]
    return talk(*made)


def flat(made: Sequence[Sequence[Word]]) -> list[Word]:
    return [word for words in made for word in words]


def facts(words: Sequence[Word]) -> list[tuple[str, float, float, float]]:
    return [(normal(word.text), word.start, word.end, word.probability) for word in words]


def assert_sound(made: Sequence[Sequence[Word]], of: Transcript) -> None:
    """The words are the text, in order, and none overlaps another."""
    assert ["".join(word.text for word in words) for words in made] == [each.text for each in of.cues]
    assert all(word.start <= word.end for word in flat(made))
    assert all(one.end <= two.start for one, two in pairwise(flat(made)))


def test_what_nobody_edited_is_as_it_was_heard() -> None:
    made = timed(talk(*cues(TALK)), TALK)
    assert_sound(made, talk(*cues(TALK)))
    assert facts(flat(made)) == facts(TALK)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("I'm Rose Heartly.", "I'm Rosa Hartley."),
        ("Whose street is it? | You know the picture.", "Whose street is it, you know, the picture?"),
        ("Welcome to Place Guest, the podcast about places.", "Welcome to Placecast! | It's the podcast about places."),
        ("The shops are somebody else's.", "The shops. | Are somebody else's."),
        ("It does not own the shops.", "It does not, however, own any of the shops."),
        ("You know the picture. | The council owns the pavement.", "The council owns the pavement."),
        ("The council owns the pavement.", "The council owns the pavement. | A bus arrives."),
        ("The council owns the pavement.", "The | council | owns | the | pavement."),
    ],
)
def test_words_that_people_leave_keep_their_times_whatever_happens_around_them(old: str, new: str) -> None:
    changed = rewritten(TALK, old, new)
    made = timed(changed, TALK)
    assert_sound(made, changed)
    before, after = ([normal(word) for word in text.split()] for text in (old.replace("|", ""), new.replace("|", "")))
    removed, added = Counter(before) - Counter(after), set(after) - set(before)
    kept = [fact for fact in facts(flat(made)) if fact[0] not in added]
    assert not set(kept) - set(facts(TALK))
    assert len(kept) == len(TALK) - removed.total()
    assert all(word.probability == 1 for word in flat(made) if normal(word.text) in added)


def test_a_corrected_name_gets_the_time_of_what_was_heard() -> None:
    made = flat(timed(rewritten(TALK, "I'm Rose Heartly.", "I'm Ana Smith-Jones."), TALK))
    assert [(word.text, word.start, word.end) for word in made[9:11]] == [
        (" Ana", 3.6, 3.765),
        (" Smith-Jones.", 3.765, 4.3),
    ]


def test_of_two_equal_words_the_one_beside_its_neighbours_is_meant() -> None:
    changed = rewritten(
        TALK, "You know the picture. | The council owns the pavement.", "The council owns the pavement."
    )
    assert timed(changed, TALK)[3][0] == replace(TALK[19], text="The")


def test_a_word_that_occurs_a_hundred_times_is_met_where_it_was_said() -> None:
    words = said(*[" No."] * 100)
    made = list(cues(words))
    del made[40:50]
    made[60] = replace(made[60], text="No, no.")
    assert [each[0].start for each in timed(talk(*made), words)] == [each.start for each in made]


def test_a_merged_sentence_that_kept_the_end_of_its_first_part_keeps_all_its_words() -> None:
    made = list(cues(TALK))
    made[4:6] = [replace(made[4], text=f"{made[4].text} {made[5].text}")]
    assert facts(flat(timed(talk(*made), TALK))) == facts(TALK)


def test_a_sentence_from_elsewhere_does_not_take_its_words_along() -> None:
    words = said(*[" Yes,"] * 200, " certainly.")
    (only,) = timed(talk(cue(0, 5, "Certainly not.")), words)
    assert [(word.text, word.start, word.end, word.probability) for word in only] == [
        ("Certainly", 0, 3.214, 1),
        (" not.", 3.214, 5, 1),
    ]


def test_without_a_machine_words_share_their_cue_by_length() -> None:
    (words,) = timed(talk(cue(10, 20, "To be, or not")), [])
    assert [(word.start, word.end, word.text) for word in words] == [
        (10, 11.538, "To"),
        (11.538, 14.615, " be,"),
        (14.615, 16.923, " or"),
        (16.923, 20, " not"),
    ]


def test_words_that_the_engine_splits_are_whole() -> None:
    words = said(" It", " is", " 3", ".5", " on", " gov", ".uk.")
    made = timed(talk(*cues(words)), words)
    assert [word.text for word in made[0]] == ["It", " is", " 3.5", " on", " gov.uk."]
    assert (made[0][2].start, made[0][2].end) == (words[2].start, words[3].end)


def test_scripts_without_spaces_keep_the_engines_words_and_are_edited_by_characters() -> None:
    words = said("今日は", "晴れ", "。", "明日も", "雨", "。")
    assert [word.text for word in flat(timed(talk(*cues(words)), words))] == ["今日は", "晴れ。", "明日も", "雨。"]
    made = timed(rewritten(words, "明日も雨。", "明日は雪。"), words)
    assert [word.text for word in made[1]] == ["明日", "は", "雪。"]
    assert made[1][0].start == words[3].start
    assert [word.probability for word in made[1]] == [0.9, 1, 1]
    assert [word.text for word in timed(talk(cue(0, 1, "今日は晴れ。")), [])[0]] == ["今", "日", "は", "晴", "れ。"]


def test_two_people_who_talk_at_once_share_the_time() -> None:
    made = timed(talk(cue(0, 6, "One two three"), cue(4, 8, "Four five"), cue(5, 6, "Six")), [])
    assert_sound(made, talk(cue(0, 6, "One two three"), cue(4, 8, "Four five"), cue(5, 6, "Six")))
    assert [(words[0].start, words[-1].end) for words in made] == [(0, 4.75), (4.75, 5.5), (5.5, 6)]


@given(st.lists(texts, max_size=5).map("".join))
def test_written_words_lose_nothing(text: str) -> None:
    assert "".join(written(text)) == text
    assert all(normal(word) for word in written(text)[1:])


@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abc"), max_size=12))
def test_pairs_are_as_many_as_can_be(ours: list[str], theirs: list[str]) -> None:
    found = pairs(ours, theirs, [(0, len(theirs))] * len(ours))
    assert all(ours[i] == theirs[j] for i, j in found)
    assert all(one[0] < two[0] and one[1] < two[1] for one, two in pairwise(found))
    assert len(found) == LCSseq.similarity(ours, theirs)


@st.composite
def edits(draw: st.DrawFn, words: Sequence[Word]) -> Transcript:
    """The sentences of these words after anything that people do to them."""
    made = list(cues(words))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(made)))
        start = draw(st.sampled_from([made[at].start if at < len(made) else 0.0, draw(st.floats(0, 200))]))
        length = draw(st.sampled_from([0.001, 1.0, 30.0]))
        new = [cue(start, start + length, text) for text in draw(st.lists(texts.filter(bool), max_size=2))]
        kept = [replace(each, end=each.start + length) for each in made[at : at + draw(st.integers(0, 3))]]
        made[at : at + len(kept)] = draw(st.sampled_from([new, kept, [*kept, *new]]))
    return talk(*sorted(made, key=lambda each: each.start))


@given(st.data())
def test_whatever_people_do_every_word_has_its_place(data: st.DataObject) -> None:
    words = data.draw(heard())
    changed = data.draw(edits(words))
    assert_sound(timed(changed, words), changed)


@given(transcripts(), heard())
def test_a_transcript_and_the_words_of_another_recording_do_no_harm(made: Transcript, words: list[Word]) -> None:
    assert_sound(timed(made, words), made)


@given(transcripts())
def test_words_that_nobody_heard_are_said_in_their_cue(made: Transcript) -> None:
    assume(all(one.end <= two.start for one, two in pairwise(made.cues)))
    for each, words in zip(made.cues, timed(made, []), strict=True):
        assert words[0].start == each.start
        assert words[-1].end == pytest.approx(each.end)


@given(heard(st.sampled_from([" a.", " B", " e.g.", " 3", ".5", ' "Q?"', "今", "日本"])))
def test_the_words_of_an_unedited_transcript_keep_their_times(words: list[Word]) -> None:
    # A word that takes no time may lie between two sentences, and nobody knows in which.
    words = [replace(each, start=each.start + n / 10, end=each.end + (n + 1) / 10) for n, each in enumerate(words)]
    made = flat(timed(talk(*cues(words)), words))
    assert {word.start for word in made} <= {word.start for word in words}
    assert {word.end for word in made} <= {word.end for word in words}
    assert all(word.probability == 0.5 for word in made)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100), st.text(max_size=5)), max_size=10), transcripts())
def test_words_with_times_out_of_order_are_put_in_order(
    heard: list[tuple[float, float, str]], made: Transcript
) -> None:
    words = [Word(start=start, end=end, text=text, probability=0.5) for start, end, text in heard]
    spoken = talk(cue(0, 100, "".join(text for _, _, text in heard)))
    assert_sound(timed(spoken, words), spoken)


def test_a_long_episode_takes_a_moment() -> None:
    rng = random.Random(3)
    vocabulary = [f" {''.join(rng.choices('aeioulnrst', k=rng.randint(2, 8)))}" for _ in range(900)] + [" the"] * 60
    words = said(*(rng.choice(vocabulary) + rng.choice(["", "", "", "", ",", ".", ". The"]) for _ in range(9000)))
    made = [replace(each, text=each.text.replace("the", "a", number % 2)) for number, each in enumerate(cues(words))]
    began = time.process_time()
    assert len(timed(talk(*made), words)) == len(made)
    timed(talk(*made[::7]), words)
    assert time.process_time() - began < 3
