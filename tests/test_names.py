"""Names are written right: by known wrong forms, by what sounds alike, and by a second hearing that cannot invent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placecast.model import Name, Names, Person, Place, Word
from placecast.names import correct, likely_names, of_episode, resemblances, second_opinion, spelling
from tests.shows import realistic

NAMES = Names(
    entries=(
        Name(name="Rosa Hartley", kind="person", aliases=("Rosa",)),
        Name(name="Bec Riley", kind="person", aliases=("Bec",), wrong=("Beck Riley", "Bec Reilly", "Beck")),
        Name(name="Anne Green", kind="person", wrong=("Ann Green",)),
        Name(name="Collinson", kind="person"),
        Name(name="Siân Llewellyn", kind="person", aliases=("Siân",), spoken=("Sharn Loo-ellin",)),
        Name(name="Niamh Ó Briain", kind="person", spoken=("Neev O'Breen",)),
        Name(name="Llanelli", kind="place", spoken=("Lanethly",)),
        Name(name="Bath", kind="place"),
        Name(name="City-REDI", kind="term", wrong=("city ready",)),
        Name(name="LPIP", kind="term", spoken=("el pip",), wrong=("el pip",)),
        Name(name="Placecast", kind="term"),
        Name(name="PolicyWISE", kind="term"),
    )
)


def words(text: str, probability: float = 0.9) -> tuple[Word, ...]:
    """The words of a text, one each half second, as an engine gives them."""
    return tuple(
        Word(start=number / 2, end=number / 2 + 0.4, text=f" {part}", probability=probability)
        for number, part in enumerate(text.split())
    )


def text_of(said: Sequence[Word]) -> str:
    return "".join(word.text for word in said).strip()


def corrected(text: str) -> str:
    return text_of(correct(words(text), NAMES)[0])


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("With me is Beck Riley, from city ready.", "With me is Bec Riley, from City-REDI."),
        ("BECK RILEY and CityReady's map", "Bec Riley and City-REDI's map"),
        ("“Beck” said Bec Reilly’s friend", "“Bec Riley” said Bec Riley’s friend"),
        ("It is called el pip?", "It is called LPIP?"),
        ("Ann Green. Ann. Green.", "Anne Green. Ann. Green."),
    ],
)
def test_a_known_wrong_form_is_always_written_right(heard: str, written: str) -> None:
    assert corrected(heard) == written


@pytest.mark.parametrize(
    "heard",
    [
        "The beckoning Beckett read cityready-made plans",
        "a city. Ready or not, el, pip",
        "Bec and Rosa and Siân",
        "Rosa Hartley's Collinson",
    ],
)
def test_longer_words_other_sentences_and_right_names_are_left_alone(heard: str) -> None:
    assert corrected(heard) == heard


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("This is Place cast, and Place-Cast", "This is Placecast, and Placecast"),
        ("We saw city-redi there", "We saw City-REDI there"),
        ("The Lpip and L-PIP", "The LPIP and LPIP"),
        ("PLACECAST is made here", "Placecast is made here"),
        # No name was heard here.
        ("Place cast iron there", "Place cast iron there"),
        ("a bath, and policy wise", "a bath, and policy wise"),
        ("Policy-wise it is good", "Policy-wise it is good"),
    ],
)
def test_a_name_that_is_right_but_for_spaces_and_capitals_is_written_right(heard: str, written: str) -> None:
    assert corrected(heard) == written


def test_words_are_split_and_merged_with_their_times() -> None:
    heard = (
        Word(start=0.0, end=0.5, text=" by", probability=0.9),
        Word(start=1.0, end=2.0, text=" City", probability=0.8),
        Word(start=2.0, end=3.0, text=" Ready,", probability=0.4),
        Word(start=4.0, end=5.0, text=" AnnGreen.", probability=0.7),
    )
    made, corrections = correct(heard, NAMES)
    assert made[1] == Word(start=1.0, end=3.0, text=" City-REDI,", probability=0.4)
    assert [(word.text, word.start, word.end) for word in made[2:]] == [(" Anne", 4.0, 4.444), (" Green.", 4.444, 5.0)]
    assert [(each.start, each.end, each.heard, each.name) for each in corrections] == [
        (1.0, 3.0, "City Ready", "City-REDI"),
        (4.0, 5.0, "AnnGreen", "Anne Green"),
    ]


def test_a_name_that_an_engine_gives_in_pieces_is_one_name() -> None:
    pieces = [" City", "-Redi", "."]
    heard = tuple(Word(start=n, end=n + 1.0, text=text, probability=0.5) for n, text in enumerate(pieces))
    assert text_of(correct(heard, NAMES)[0]) == "City-REDI."


@pytest.mark.parametrize(
    ("heard", "name"),
    [
        ("with Beck Reilly today", "Bec Riley"),
        ("thanks to Sharon Luellen there", "Siân Llewellyn"),
        ("when Sharn came", "Siân"),
        ("and Nivo Brein says", "Niamh Ó Briain"),
        ("we were in Lynethley then", "Llanelli"),
        ("the L-PIP says", "LPIP"),
        ("welcome to Place Gast", "Placecast"),
    ],
)
def test_what_sounds_like_a_name_is_found(heard: str, name: str) -> None:
    (found,) = resemblances(heard.split(), NAMES)
    assert found.name == name
    assert 0.75 <= found.score < 1


def test_a_name_and_an_alias_are_found_as_what_they_are() -> None:
    found = resemblances(["So", "Rosa,", "and", "Rosa", "Hartley's", "LPIP"], NAMES)
    assert [(each.first, each.last, each.name, each.score) for each in found] == [
        (1, 2, "Rosa", 1.0),
        (3, 5, "Rosa Hartley", 1.0),
        (5, 6, "LPIP", 1.0),
    ]


ORDINARY = """
You know the picture. A closed bank, two charity shops, and a department store with paper over its windows. It is easy
to say that the high street is dying. But if you stand there on a Saturday morning, it does not feel dead. It feels like
a place that is waiting for a decision. A pension fund in London owns the empty store. My colleagues and I have a bath
in the back, and the greens in the lane are rising. The bus company decides who can get there, and the shopkeepers
decide whether it is worth staying open after four o'clock. I really cannot say what plan was wise, and the name of
the rose is a pleasure to read. She and Sean came back from the city, already tired, and an agreement was reached.
"""


def test_a_name_is_found_without_the_words_around_it() -> None:
    found = resemblances(["from", "City-REDI", "and"], NAMES)
    assert [(each.first, each.last, each.score) for each in found] == [(1, 2, 1.0)]


@pytest.mark.parametrize("texts", [(" City", "-RED", "I."), ("City", "-REDI"), (" City-REDI's",)])
def test_a_name_in_pieces_is_the_very_name(texts: tuple[str, ...]) -> None:
    assert [each.score for each in resemblances(texts, NAMES)] == [1.0]


def test_ordinary_words_do_not_sound_like_names() -> None:
    found = [each for each in resemblances(ORDINARY.split(), NAMES) if each.score < 1]
    assert found == []


def test_only_names_that_a_chunk_may_hold_are_asked_for_the_likeliest_first() -> None:
    heard = words("Rosa Hartley met Beck Riley and Sharon in Lynethley.")
    assert likely_names(heard, NAMES) == ("Rosa Hartley", "Bec Riley", "Siân Llewellyn", "Llanelli")
    assert likely_names(words("Rosa Hartley came home."), NAMES) == ()
    assert likely_names(words("Nobody came home."), NAMES) == ()
    assert likely_names((), NAMES) == ()


def opinion(first: str, second: str) -> tuple[str, list[tuple[str, float, float]]]:
    made, flags = second_opinion(words(first), words(second, 0.0), NAMES)
    assert {flag.kind for flag in flags} <= {"prompted"}
    return text_of(made), [(flag.text, flag.start, flag.end) for flag in flags]


@pytest.mark.parametrize(
    ("first", "second", "written"),
    [
        ("With Sharon Luelland, who said", "With Siân Llewellyn who sat", "With Siân Llewellyn, who said"),
        ("the city ready's plan", "The City-REDI's plan", "the City-REDI's plan"),
        ("it is in Lynethley's market", "it is in Llanelli's market", "it is in Llanelli's market"),
        # The second hearing has not the very name, but came nearer to it.
        ("Yes. Sharon Luelland did it", "Yes, Sean Llewellyn did it", "Yes. Siân Llewellyn did it"),
        ("A poster. Policy-wise printed it.", "A poster. PolicyWISE printed it", "A poster. PolicyWISE printed it."),
        # Two spellings, both much like it, of what the machine does not know.
        ("with Beck Reilley here", "with Beck Ryley here", "with Bec Riley here"),
        # The first wrote a name as it sounds, and the second holds to that; but not where it may be ordinary words.
        ("We were in Lanethly, then", "We were in Lanethly then", "We were in Llanelli, then"),
        ("The el pip paid", "The el pip paid", "The el pip paid"),
        # The second is not believed in anything else.
        ("the greens say no", "Anne Green says yes", "the greens say no"),
    ],
)
def test_a_second_hearing_decides_how_what_sounds_alike_is_written(first: str, second: str, written: str) -> None:
    assert opinion(first, second)[0] == written


@pytest.mark.parametrize(
    ("first", "second", "flag"),
    [
        ("we were joined by colleagues then", "we were joined by Collinson then", ("Collinson", 2.0, 2.4)),
        ("it was a fine morning", "it was a fine morning, Placecast", ("Placecast", 2.4, 2.4)),
        ("it was fine", "Rosa, it was fine", ("Rosa", 0.0, 0.0)),
    ],
)
def test_a_name_that_is_heard_only_when_it_is_suggested_is_not_written(
    first: str, second: str, flag: tuple[str, float, float]
) -> None:
    made, flags = opinion(first, second)
    assert made == first
    assert flags == [flag]


def test_one_right_name_is_not_taken_for_another() -> None:
    assert opinion("and Rosa came", "and Anne Green came")[0] == "and Rosa came"


def test_what_both_hear_is_no_doubt() -> None:
    assert opinion("Rosa Hartley, and Collinson.", "Rosa Hartley and Collinson!") == (
        "Rosa Hartley, and Collinson.",
        [],
    )


PIECES = ["Beck", "Riley", "Bec", "city", "ready", "City-Redi,", "el", "pip.", "Ann", "Green's", "place", "Cast", "the"]
PIECES += ["Rosa", "“Hartley”", "Sharon", "Luellen", "—", "I'm", "ÉCOLE", "Ó", "12"]


@st.composite
def spoken(draw: st.DrawFn) -> tuple[Word, ...]:
    made, now = [], 0.0
    for piece in draw(st.lists(st.sampled_from(PIECES), max_size=14)):
        start = now + draw(st.floats(0, 1))
        now = start + draw(st.floats(0, 1))
        space = draw(st.sampled_from([" ", " ", " ", ""]))
        made.append(Word(start=round(start, 3), end=round(now, 3), text=space + piece, probability=0.5))
    return tuple(made)


def in_order(said: Sequence[Word]) -> bool:
    return all(word.start <= word.end for word in said) and all(one.end <= two.start for one, two in pairwise(said))


@given(spoken())
def test_correcting_keeps_time_and_does_nothing_twice(said: tuple[Word, ...]) -> None:
    made, corrections = correct(said, NAMES)
    assert in_order(made)
    assert correct(made, NAMES) == (made, ())
    if not corrections:
        assert made == said
    spans = [(each.start, each.end) for each in corrections]
    untouched = [word for word in said if not any(start <= word.start <= end for start, end in spans)]
    assert [word for word in untouched if word not in made] == []


@given(spoken(), spoken())
def test_a_second_opinion_keeps_time_and_adds_nothing_but_names(
    first: tuple[Word, ...], second: tuple[Word, ...]
) -> None:
    made, flags = second_opinion(first, second, NAMES)
    assert in_order(made)
    assert all(flag.start <= flag.end for flag in flags)
    written = {part for entry in NAMES.entries for name in (entry.name, *entry.aliases) for part in name.split()}
    new = [word.text for word in made if word not in first]
    assert all(any(part in text for part in written) for text in new)
    assert second_opinion(first, first, Names()) == (first, ())


def test_the_names_of_an_episode_are_its_own_then_the_shows_then_the_rest() -> None:
    publication = realistic()
    known = Name(name="Siân Llewellyn", kind="person", aliases=("Siân",))
    show = replace(
        publication.show,
        title="Placecast",
        people=(Person(name="Rosa Hartley", role="host"),),
        places=(Place(name="Digbeth"),),
        names=Names(entries=(Name(name="LPIP", kind="term"), known)),
    )
    episode = replace(
        publication.releases[0].episode, people=(Person(name="Siân Llewellyn"),), places=(Place(name="Llanelli"),)
    )
    names = of_episode(show, episode)
    said = [entry.name for entry in names.entries]
    assert said == ["Placecast", "Siân Llewellyn", "Rosa Hartley", "Llanelli", "Digbeth", "LPIP"]
    assert known in names.entries


def test_the_fingerprint_changes_with_what_is_corrected() -> None:
    one, two = (Names(entries=(Name(name="LPIP", kind="term", wrong=wrong),)) for wrong in ((), ("el pip",)))
    spoken = Names(entries=(Name(name="LPIP", kind="term", spoken=("el pip",)),))
    assert spelling(Names()) == ""
    assert spelling(one) != spelling(two)
    assert spelling(one) == spelling(spoken)
