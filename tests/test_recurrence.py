"""Rules of recurrence: what RFC 5545 allows, and what the podcast namespace adds for when they begin."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placecast.recurrence import iso_start, rule_faults

DAYS = st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"])
NUMBERS = st.integers(-53, 53).filter(bool)


def listed(values: st.SearchStrategy[object]) -> st.SearchStrategy[str]:
    return st.lists(values, min_size=1, max_size=4, unique=True).map(lambda found: ",".join(map(str, found)))


RULES = st.one_of(
    st.builds("FREQ=DAILY;INTERVAL={}".format, st.integers(1, 999)),
    st.builds("FREQ=WEEKLY;INTERVAL={};BYDAY={};WKST={}".format, st.integers(1, 52), listed(DAYS), DAYS),
    st.builds("FREQ=MONTHLY;BYDAY={}{}".format, st.integers(-5, 5).filter(bool), DAYS),
    st.builds("FREQ=MONTHLY;BYMONTHDAY={}".format, listed(st.integers(-31, 31).filter(bool))),
    st.builds("FREQ=MONTHLY;BYDAY={};BYSETPOS={}".format, listed(DAYS), NUMBERS),
    st.builds("FREQ=YEARLY;BYMONTH={};BYDAY=+{}{}".format, st.integers(1, 12), st.integers(1, 53), DAYS),
    st.builds("FREQ=YEARLY;BYWEEKNO={};BYDAY={}".format, NUMBERS, DAYS),
    st.builds("FREQ=YEARLY;BYYEARDAY={}".format, listed(st.integers(-366, 366).filter(bool))),
    st.builds("FREQ=DAILY;BYHOUR={};BYMINUTE={}".format, listed(st.integers(0, 23)), st.integers(0, 59)),
    st.dates(date(1970, 1, 1), date(9999, 12, 31)).map("FREQ=WEEKLY;UNTIL={:%Y%m%d}".format),
)


@given(RULES)
def test_what_calendars_write_is_right(rule: str) -> None:
    assert list(rule_faults(rule, None)) == []


@given(RULES, st.integers(1, 99_999))
def test_a_rule_that_counts_needs_a_start(rule: str, count: int) -> None:
    if "UNTIL" not in rule:
        counted = f"{rule};COUNT={count}"
        assert list(rule_faults(counted, None)) == ["has COUNT, so it needs a start"]
        assert list(rule_faults(counted, date(2026, 5, 1))) == []


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ("", "no FREQ"),
        ("weekly", "no rule has"),
        ("FREQ=FORTNIGHTLY", "cannot read"),
        ("FREQ=WEEKLY;FREQ=DAILY", "twice"),
        ("FREQ=WEEKLY;BYDAY=FRI", "cannot read"),
        ("FREQ=WEEKLY;INTERVAL=0", "cannot read"),
        ("FREQ=WEEKLY;BYMONTHDAY=13", "makes no sense"),  # as an example of the namespace has it, against RFC 5545
        ("FREQ=WEEKLY;BYDAY=1FR", "numbers its days"),
        ("FREQ=MONTHLY;BYSETPOS=1", "without another BY"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20260501", "both COUNT and UNTIL"),
        ("FREQ=DAILY;UNTIL=2026-05-01", "cannot read"),
        ("FREQ=DAILY;UNTIL=20260231", "no day of the calendar"),
        ("FREQ=DAILY;INTERVAL=٢", "cannot read"),
    ],
)
def test_what_no_calendar_reads_is_named(rule: str, fault: str) -> None:
    assert any(fault in said for said in rule_faults(rule, date(2026, 5, 1)))


@given(st.text(max_size=80))
def test_no_text_is_too_odd_to_be_looked_at(rule: str) -> None:
    assert all(isinstance(fault, str) for fault in rule_faults(rule, None))


def test_an_end_is_told_as_the_start_is() -> None:
    moment = datetime(2026, 5, 1, 7, tzinfo=UTC)
    assert not list(rule_faults("FREQ=DAILY;UNTIL=20260601T070000Z", moment))
    assert not list(rule_faults("FREQ=DAILY;UNTIL=20260601", moment.date()))
    for until, start in (("20260601", moment), ("20260601T070000Z", moment.date())):
        assert list(rule_faults(f"FREQ=DAILY;UNTIL={until}", start))


def test_a_start_is_a_day_or_a_moment_in_universal_time() -> None:
    assert iso_start(date(2026, 5, 1)) == "2026-05-01"
    summer = datetime(2026, 5, 1, 7, tzinfo=timezone(timedelta(hours=1)))
    assert iso_start(summer) == "2026-05-01T06:00:00.000Z"
