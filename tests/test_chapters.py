"""Chapters as a file and as a list of times in the show notes."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from placecast import chapters
from placecast.media_types import media_type
from placecast.model import Chapter
from tests.feeds import episode, release, show

_TIMES = st.floats(min_value=0, max_value=360_000, allow_nan=False)


def _render(told: tuple[Chapter, ...], **facts: Any) -> bytes:
    return chapters.render(show(), release(episode(chapters=told, **facts)))


def _rendered(*told: Chapter) -> dict[str, object]:
    return json.loads(_render(told))


def test_the_file_is_version_1_2_of_the_format():
    assert _rendered(Chapter(seconds=0, title="Welcome")) == {
        "version": "1.2.0",
        "title": "Who trusts the council?",
        "podcastName": "Placecast",
        "author": "Local Policy Innovation Partnership Hub",
        "fileName": release().audio.name,
        "chapters": [{"startTime": 0, "title": "Welcome"}],
    }


def test_chapters_come_in_the_order_of_their_times():
    told = _rendered(Chapter(seconds=90, title="Later"), Chapter(seconds=5.25, title="Sooner"))
    assert [chapter["startTime"] for chapter in told["chapters"]] == [5.25, 90]


def test_the_first_chapter_stays_where_it_is():
    assert _rendered(Chapter(seconds=12, title="After the music"))["chapters"][0]["startTime"] == 12


def test_times_are_whole_seconds_or_milliseconds():
    text = _render((Chapter(seconds=61.0, title="a"), Chapter(seconds=100 / 3, title="b")))
    assert b'"startTime": 61,' in text
    assert b'"startTime": 33.333,' in text


def test_an_address_is_kept_and_no_address_is_left_out():
    told = _rendered(Chapter(seconds=0, title="a", url="https://example.org/"), Chapter(seconds=1, title="b"))
    assert told["chapters"] == [
        {"startTime": 0, "title": "a", "url": "https://example.org/"},
        {"startTime": 1, "title": "b"},
    ]


def test_other_alphabets_stay_readable_in_the_file():
    assert "Đèrry – 見る 🎧".encode() in _render((Chapter(seconds=0, title="Đèrry – 見る 🎧"),))


def test_the_file_is_served_with_the_type_that_the_feed_names():
    assert media_type(episode().chapters_path) == chapters.TYPE


def test_half_of_a_surrogate_pair_is_left_out_as_in_the_feed():
    assert _rendered(Chapter(seconds=0, title="Trust\ud83c"))["chapters"][0]["title"] == "Trust"


@given(st.lists(st.builds(Chapter, seconds=_TIMES, title=st.text(st.characters(exclude_categories=())))))
def test_any_titles_give_utf8_json_in_ascending_order(told):
    read = json.loads(_render(tuple(told)).decode("utf-8"))["chapters"]
    times = [chapter["startTime"] for chapter in read]
    assert times == sorted(times)
    assert len(read) == len(told)


def test_the_notes_list_times_as_apple_reads_them():
    told = (Chapter(seconds=3661.9, title="Trust & <doubt>"), Chapter(seconds=0, title="Welcome"))
    assert chapters.in_notes(told, "<p>Notes</p>") == (
        "<ul><li>00:00:00 Welcome</li><li>01:01:01 Trust &amp; &lt;doubt&gt;</li></ul>"
    )


def test_notes_that_name_all_times_get_no_second_list():
    told = (Chapter(seconds=0, title="Welcome"), Chapter(seconds=125, title="Trust"))
    assert chapters.in_notes(told, "<p>00:00 Welcome<br>02:05 Trust</p>") == ""
    assert chapters.in_notes(told, "<p>00:00 Welcome</p>") != ""


def test_an_episode_without_chapters_gets_no_list():
    assert chapters.in_notes((), "<p>Notes</p>") == ""
