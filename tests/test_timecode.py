"""Times in a recording, as people and files write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placecast.timecode import clock, fragment, iso_duration, long_clock, parse_clock, spoken, tenths


@given(st.integers(0, 100 * 3600 * 1000))
def test_a_time_that_is_written_reads_back_to_the_millisecond(milliseconds: int) -> None:
    seconds = milliseconds / 1000
    assert parse_clock(long_clock(seconds)) == seconds
    assert parse_clock(long_clock(seconds, separator=",")) == seconds
    assert parse_clock(clock(seconds)) == milliseconds // 1000


@given(st.integers(0, 100 * 3600 * 1000))
def test_a_link_leads_to_the_tenth_of_a_second_in_which_a_word_begins_and_never_behind_that(milliseconds: int) -> None:
    moment = tenths(milliseconds / 1000)
    assert milliseconds - 100 < round(moment * 1000) <= milliseconds
    assert float(fragment(milliseconds / 1000).removeprefix("t=")) == moment
    assert fragment(moment) == fragment(milliseconds / 1000)


def test_a_link_has_as_few_digits_as_it_needs() -> None:
    assert [fragment(seconds) for seconds in (0, 4.816, 65, 359_999.96)] == ["t=0", "t=4.8", "t=65", "t=359999.9"]


@pytest.mark.parametrize(("text", "seconds"), [("0:46", 46), ("1:02:03", 3723), ("00:01.5", 1.5), (" 12:34 ", 754)])
def test_times_are_read_as_people_write_them(text: str, seconds: float) -> None:
    assert parse_clock(text) == seconds


@pytest.mark.parametrize("text", ["", "12", "1:60", "1:2:3:4", "-1:00", "1:00.1234", "١:٠٠"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time"):
        parse_clock(text)


@pytest.mark.parametrize(
    ("seconds", "short", "iso", "words"),
    [
        (0, "0:00", "PT0S", "0 seconds"),
        (61.9, "1:01", "PT1M2S", "1 minute 2 seconds"),
        (3600, "1:00:00", "PT1H", "1 hour"),
        (7384.2, "2:03:04", "PT2H3M4S", "2 hours 3 minutes"),
    ],
)
def test_lengths_are_said_as_each_reader_wants_them(seconds: float, short: str, iso: str, words: str) -> None:
    assert (clock(seconds), iso_duration(seconds), spoken(seconds)) == (short, iso, words)
