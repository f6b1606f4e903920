"""A recording is transcribed again: what people wrote stays, what the machine now hears better is taken."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from placecast.merging import Merged, diff, merge
from placecast.model import Word
from placecast.sentences import cues
from tests.test_realign import TALK, edits, rewritten, talk
from tests.test_sentences import heard, said


def again(old: str, new: str) -> list[Word]:
    """What a machine hears the second time: other words in place of the old ones, in the same time."""
    made = list(TALK)
    texts = [word.text.strip() for word in made]
    parts = old.split()
    first = next(number for number in range(len(texts)) if texts[number : number + len(parts)] == parts)
    start, end = made[first].start, made[first + len(parts) - 1].end
    step = (end - start) / max(1, len(new.split()))
    made[first : first + len(parts)] = [
        Word(start=start + number * step, end=start + (number + 1) * step, text=f" {text}", probability=0.7)
        for number, text in enumerate(new.split())
    ]
    return made


def texts(merged: Merged) -> list[str]:
    return [cue.text for cue in merged.transcript.cues]


def changes(merged: Merged) -> list[tuple[str, str, str, bool]]:
    return [(change.was, change.yours, change.new, change.conflict) for change in merged.changes]


MINE = rewritten(TALK, "I'm Rose Heartly.", "I'm Rosa Hartley.")


def test_a_persons_words_stay_where_the_machine_hears_what_it_heard_before() -> None:
    merged = merge(TALK, MINE, TALK)
    assert merged == Merged(transcript=MINE, changes=())


def test_what_the_machine_hears_better_elsewhere_is_taken() -> None:
    merged = merge(TALK, MINE, again("Place Guest,", "Placecast"))
    assert texts(merged)[:2] == ["Welcome to Placecast, the podcast about places.", "I'm Rosa Hartley."]
    assert changes(merged) == [("Place Guest,", "Place Guest,", "Placecast", False)]
    assert merged.taken == merged.changes
    assert [(cue.start, cue.end) for cue in merged.transcript.cues] == [(cue.start, cue.end) for cue in MINE.cues]


def test_where_both_changed_the_words_the_persons_stay_and_it_is_said() -> None:
    merged = merge(TALK, MINE, again("Rose Heartly.", "Rosa Heart Lee."))
    assert merged.transcript == MINE
    assert changes(merged) == [("Rose Heartly.", "Rosa Hartley.", "Rosa Heart Lee.", True)]
    assert merged.conflicts == merged.changes


def test_when_the_machine_now_hears_what_the_person_wrote_there_is_nothing_to_say() -> None:
    assert merge(TALK, MINE, again("Rose Heartly.", "Rosa Hartley,")) == Merged(transcript=MINE, changes=())


def test_speakers_and_borders_of_the_edited_file_stay() -> None:
    mine = talk(
        *(replace(cue, speaker="Rosa") for cue in rewritten(TALK, "You know the picture.", "You | know it.").cues)
    )
    merged = merge(TALK, mine, again("owns the pavement.", "owns no pavement at all"))
    assert {cue.speaker for cue in merged.transcript.cues} == {"Rosa"}
    assert texts(merged)[3:6] == ["You", "know it.", "The council owns no pavement at all."]


def test_the_file_keeps_its_capitals_and_its_punctuation() -> None:
    merged = merge(TALK, MINE, again("You know the", "do you see the"))
    assert texts(merged)[3] == "Do you see the picture."
    assert merge(TALK, MINE, again("pavement. It does", "pavement, it does")).transcript == MINE


def test_a_sentence_that_was_not_heard_before_becomes_a_cue_of_its_own() -> None:
    early, late = TALK[:19], [replace(word, start=word.start + 9, end=word.end + 9) for word in TALK[19:]]
    mine = talk(*(replace(cue, speaker="Rosa") for cue in cues([*early, *late])))
    missed = [replace(word, start=word.start + 10, end=word.end + 10) for word in said(" It", " is", " dead.")]
    merged = merge([*early, *late], mine, [*early, *missed, *late])
    assert texts(merged) == [*(cue.text for cue in mine.cues[:4]), "It is dead.", *(cue.text for cue in mine.cues[4:])]
    assert merged.transcript.cues[4].start == 10


def test_what_the_new_machine_does_not_hear_any_more_goes() -> None:
    merged = merge(TALK, MINE, again("You know the picture.", ""))
    assert texts(merged) == [cue.text for cue in MINE.cues if cue.text != "You know the picture."]
    assert texts(merge(TALK, MINE, again("the picture.", "")))[3] == "You know."


def test_a_sentence_that_a_person_took_out_stays_out() -> None:
    mine = talk(*MINE.cues[:3], *MINE.cues[4:])
    assert merge(TALK, mine, again("Place Guest,", "Placecast,")).transcript.cues[3] == mine.cues[3]


def test_a_transcript_that_nobody_changed_becomes_the_new_machines() -> None:
    new = again("You know the picture.", "You know. The picture?")
    merged = merge(TALK, talk(*cues(TALK)), new)
    assert merged.transcript.cues == cues(new)


def test_the_difference_is_shown_three_ways_with_time_and_context() -> None:
    new = again("Rose Heartly.", "Rosa Heart Lee.")
    new[2:4] = [replace(new[2], text=" Placecast,", end=new[3].end)]
    assert diff(merge(TALK, MINE, new)) == [
        "0:00  Welcome to […] the podcast about",
        "    was    Place Guest,",
        "  * new    Placecast,",
        "0:03  about places. I'm […] Whose street is",
        "    was    Rose Heartly.",
        "  * yours  Rosa Hartley.",
        "    new    Rosa Heart Lee.",
    ]
    assert diff(merge(TALK, MINE, TALK)) == []


@given(st.data())
def test_hearing_the_same_again_changes_nothing(data: st.DataObject) -> None:
    words = data.draw(heard())
    mine = data.draw(edits(words))
    assert merge(words, mine, words) == Merged(transcript=mine, changes=())


@given(heard(), heard())
def test_an_unedited_transcript_is_replaced(base: list[Word], new: list[Word]) -> None:
    unedited = talk(*cues(base))
    assert merge(base, unedited, new).transcript.cues == cues(new)


@given(st.data())
def test_whatever_is_heard_the_merged_transcript_is_in_order_and_has_no_empty_cues(data: st.DataObject) -> None:
    base, new = data.draw(heard()), data.draw(heard())
    mine = data.draw(edits(base))
    made = merge(base, mine, new).transcript
    assert all(cue.text == cue.text.strip() != "" for cue in made.cues)
    assert [cue.start for cue in made.cues] == sorted(cue.start for cue in made.cues)
    assert len(diff(merge(base, mine, new))) >= 3 * len(merge(base, mine, new).changes)
