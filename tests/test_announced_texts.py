"""The texts that announce an episode: no post is too long, and Bluesky is told where links, mentions and tags are."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placecast.model import Person, Place
from placecast.promotion import Telling, lengths, posts, telling
from placecast.promotion.facets import Facet, facets
from placecast.sentences import split
from tests import feeds

ROSA = Person(name="Rosa Hartley", role="host")
DANIEL = Person(name="Daniel Marsh", bluesky="daniel.bsky.social", mastodon="daniel@social.example")
TOLD = Telling(
    show="Placecast",
    title="Whose high street is it?",
    summary=("Who decides what becomes of a high street?", "Daniel Marsh counted forty-one owners."),
    guests=(DANIEL,),
    hashtags=("HighStreets", "Grimsby"),
    page="https://podcast.example.org/e/whose-high-street/",
    language="en-GB",
)
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)
LINES = ANY.map(lambda text: " ".join(text.split()))


def sliced(text: str) -> list[tuple[str, str, str]]:
    """Each facet's kind and value, and what its bytes say."""
    content = text.encode()
    return [(each.kind, each.value, content[each.start : each.end].decode()) for each in facets(text)]


def test_a_post_has_hook_title_guest_address_and_hashtags():
    assert posts.bluesky(TOLD) == (
        "Who decides what becomes of a high street? Daniel Marsh counted forty-one owners.\n\n"
        "Placecast: Whose high street is it? – with Daniel Marsh (@daniel.bsky.social)\n\n"
        "https://podcast.example.org/e/whose-high-street/\n\n#HighStreets #Grimsby\n"
    )
    assert "(@daniel@social.example)" in posts.mastodon(TOLD)
    assert "@" not in posts.linkedin(TOLD)


def test_a_hook_that_is_too_long_is_cut_after_a_word():
    text = posts.bluesky(replace(TOLD, summary=("Everybody has an opinion about the high street " * 9,)))
    assert text.startswith("Everybody has an opinion")
    assert lengths.on_bluesky(text.strip()) <= 300
    hook = text.partition("\n")[0]
    assert hook.endswith("…")
    assert hook[:-1].split()[-1] in ["Everybody", "has", "an", "opinion", "about", "the", "high", "street"]
    assert TOLD.page in text


@given(
    LINES, st.lists(LINES, max_size=4), LINES, st.lists(st.from_regex(r"[A-Za-z]{1,64}", fullmatch=True), max_size=4)
)
def test_no_post_is_longer_than_its_network_takes(title, summary, show, tags):
    told = replace(TOLD, title=title, summary=tuple(summary), show=show, hashtags=tuple(tags))
    assert lengths.on_bluesky(posts.bluesky(told).strip("\n")) <= 300
    assert len(posts.bluesky(told).strip("\n").encode()) <= 3000
    assert lengths.on_mastodon(posts.mastodon(told).strip("\n")) <= 500
    assert lengths.graphemes(posts.linkedin(told).strip("\n")) <= 3000
    assert told.page in posts.bluesky(told)
    assert told.page in posts.mastodon(told)


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("abc", 3), ("e\u0301", 1), ("👩‍👩‍👧‍👦", 1), ("🇬🇧🇫🇷", 2), ("\r\n", 1), ("நி", 1), ("각", 1)],
)
def test_characters_are_counted_as_people_see_them(text, count):
    assert lengths.graphemes(text) == count


def test_many_bytes_count_for_more_than_their_characters():
    family = "👩‍👩‍👧‍👦"  # one character of 25 bytes
    assert lengths.on_bluesky(family * 120) == 300
    assert lengths.on_bluesky(family * 121) == 303


def test_mastodon_counts_a_link_as_23_and_a_handle_without_its_server():
    assert lengths.on_mastodon("https://example.org/" + "x" * 400) == 23
    assert lengths.on_mastodon("@rosa@social.example says") == len("@rosa says")


def test_offsets_count_bytes():
    text = "Café ☕ 👩‍👩‍👧‍👦 @daniel.bsky.social: https://example.org/ünder?a=b#c, (#Größe!) #Größe!"
    assert sliced(text) == [
        ("mention", "daniel.bsky.social", "@daniel.bsky.social"),
        ("link", "https://example.org/ünder?a=b#c", "https://example.org/ünder?a=b#c"),
        ("tag", "Größe", "#Größe"),
    ]
    assert facets("é #a") == (Facet(start=3, end=5, kind="tag", value="a"),)


@pytest.mark.parametrize(
    "text",
    ["#1", "# a", "a#b", "me@example.org", "@rosa", "http:// x", "#" + "x" * 65, "https://example.org@x.example/"[:8]],
)
def test_what_only_looks_like_a_facet_is_none(text):
    assert facets(text) == ()


def test_a_link_ends_before_the_bracket_that_it_stands_in():
    assert sliced("(see https://example.org/a_(b).)")[0][2] == "https://example.org/a_(b)"


PARTS = st.sampled_from(
    ["https://example.org/a", "@a.example", "#tag", "#", "@", "é", "👩‍👩‍👧", " ", "\n", ".", "(", ")"]
)


@given(st.one_of(ANY, st.lists(PARTS, max_size=20).map("".join)))
def test_facets_are_whole_characters_in_order_and_say_what_they_stand_for(text):
    found = facets(text)
    assert all(one.end <= two.start for one, two in pairwise(found))
    for kind, value, said in sliced(text):
        assert said.casefold() == value.casefold() if kind == "link" else said[1:].casefold() == value.casefold()
        assert value


def test_an_episode_is_told_by_its_facts():
    show = replace(feeds.show(), people=(ROSA,), hashtags=("LocalPolicy",))
    episode = replace(
        feeds.episode("trust", title="Trust"),
        summary="Dr. Smith asks why. It matters!",
        people=(ROSA, DANIEL),
        hashtags=("HighStreets", "localpolicy"),
        places=(Place(name="Stoke-on-Trent"), Place(name="King's Lynn"), Place(name="Leeds", rel="creator")),
    )
    told = telling(show, episode)
    assert told.guests == (DANIEL,)
    assert told.hashtags == ("HighStreets", "localpolicy", "StokeOnTrent", "KingsLynn")
    assert told.summary == ("Dr. Smith asks why.", "It matters!")
    assert told.page == show.page("e/trust/")


def test_sentences_end_where_people_end_them():
    assert split("One. Two? “Three!” Four e.g. five.") == ("One.", "Two?", "“Three!”", "Four e.g. five.")
