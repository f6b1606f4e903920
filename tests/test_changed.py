"""What a new feed takes from listeners: every kind of difference, and what is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as some

from placecast.changed import WORDS, Code, Listed, Listing, differences

URL = "https://example.org/show/"
MAY = datetime(2026, 5, 1, 6, 0, tzinfo=UTC)


def listed(name: str, **facts: Any) -> Listed:
    usual = {
        "published": MAY,
        "sound": f"{URL}media/{name}.mp3",
        "form": ("9", "audio/mpeg"),
        "page": f"{URL}e/{name}/",
    }
    return Listed(**{"guid": name, "title": name.title(), **usual, **facts})


def listing(*episodes: Listed, **facts: str) -> Listing:
    return Listing(**{"address": f"{URL}feed.xml", "guid": "show", **facts}, episodes=episodes)


BEFORE = listing(listed("trust"), listed("ely"))
NEW = "https://new.example.org/"


def moved(each: Listed) -> Listed:
    """The same episode where the whole show has another address."""
    return replace(each, sound=each.sound.replace(URL, NEW), page=each.page.replace(URL, NEW))


# What each kind of difference looks like, in the newer feed.
AFTER: dict[Code, list[Listing]] = {
    "published.address": [listing(*map(moved, BEFORE.episodes), address=f"{NEW}feed.xml")],
    "published.podcast-guid": [replace(BEFORE, guid="other"), replace(BEFORE, guid="")],
    "published.guid": [
        listing(listed("trust", guid="new"), listed("ely")),
        listing(listed("trust", guid="new", page=f"{URL}e/trust/index.html"), listed("ely")),
    ],
    "published.date": [
        listing(listed("trust", published=MAY + timedelta(seconds=1)), listed("ely")),
        listing(listed("trust", published=None), listed("ely")),
    ],
    "published.enclosure": [
        listing(listed("trust", sound=f"{URL}media/trust-2.mp3"), listed("ely")),
        listing(listed("trust", sound=""), listed("ely")),
        listing(listed("trust", form=("10", "audio/mpeg")), listed("ely")),
        listing(listed("trust", form=("9", "audio/x-m4a")), listed("ely")),
    ],
    "published.dropped": [listing(listed("ely"))],
}


def test_every_kind_of_difference_has_words_and_a_case() -> None:
    assert set(get_args(Code)) == set(WORDS) == set(AFTER)


@pytest.mark.parametrize(("code", "after"), [(code, each) for code, cases in AFTER.items() for each in cases])
def test_one_change_is_one_difference(code: Code, after: Listing) -> None:
    assert [each.code for each in differences(BEFORE, after)] == [code]


@pytest.mark.parametrize(
    "after",
    [
        BEFORE,
        listing(listed("ely"), listed("trust")),
        listing(listed("new"), listed("trust"), listed("ely")),
        listing(listed("trust", title="Retitled", page=""), listed("ely")),
        listing(listed("trust", published=MAY.astimezone(timezone(timedelta(hours=1)))), listed("ely")),
        listing(listed("trust", published=MAY + timedelta(microseconds=9)), listed("ely")),
    ],
    ids=["the same", "another order", "one more", "another title", "another zone", "a fraction of a second"],
)
def test_what_apps_do_not_take_for_something_else_is_no_difference(after: Listing) -> None:
    assert differences(BEFORE, after) == ()


def test_a_guid_is_changed_where_the_page_is_another_ones_now_and_not_where_both_are_there() -> None:
    both = listing(listed("trust"), listed("new", page=f"{URL}e/trust/"), listed("ely"))
    assert [each.code for each in differences(BEFORE, both)] in ([], ["published.guid"])


GUIDS = some.lists(some.text(min_size=1, max_size=4), unique=True, max_size=6)


@given(before=GUIDS, after=GUIDS)
def test_exactly_what_is_gone_is_dropped(before: list[str], after: list[str]) -> None:
    old, new = (listing(*(listed(name) for name in names)) for names in (before, after))
    found = differences(old, new)
    assert {each.code for each in found} <= {"published.dropped"}
    assert [each.guid for each in found] == [name for name in before if name not in after]
