"""Times as producers say them, on clocks that are put forward and back."""

from __future__ import annotations

import tomllib
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placecast import moments
from placecast.errors import UsageError
from placecast.moments import understood

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)  # a Thursday
ZONES = [
    *("Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "UTC"),
    *("Africa/Casablanca", "America/Sao_Paulo", "Asia/Tehran"),
]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-12-01 07:00", "2026-12-01T07:00:00+00:00"),
        ("2026-12-1 7:00", "2026-12-01T07:00:00+00:00"),
        ("2026-12-01T07:00:30", "2026-12-01T07:00:30+00:00"),
        ("2026-07-01 07:00", "2026-07-01T07:00:00+01:00"),
        ("2026-07-01 07:00Z", "2026-07-01T08:00:00+01:00"),
        ("2026-12-01 07:00 +05:30", "2026-12-01T01:30:00+00:00"),
        ("today 18:00", "2026-11-26T18:00:00+00:00"),
        ("tomorrow 7:00", "2026-11-27T07:00:00+00:00"),
        ("Tomorrow at noon", "2026-11-27T12:00:00+00:00"),
        ("tuesday 7am", "2026-12-01T07:00:00+00:00"),
        ("next tuesday 07:00", "2026-12-01T07:00:00+00:00"),
        ("tue, 7.30 pm", "2026-12-01T19:30:00+00:00"),
        ("thursday 18:00", "2026-11-26T18:00:00+00:00"),
        ("thursday 9:00", "2026-12-03T09:00:00+00:00"),
        ("next thursday 18:00", "2026-12-03T18:00:00+00:00"),
        ("1 december 12am", "2026-12-01T00:00:00+00:00"),
        ("1st jan 07:00", "2027-01-01T07:00:00+00:00"),
        ("Tuesday 1 December 2026, 07:00", "2026-12-01T07:00:00+00:00"),
        ("1 May 2026 06:00", "2026-05-01T06:00:00+01:00"),
    ],
)
def test_a_time_is_understood_as_it_is_said(said: str, meant: str) -> None:
    assert understood(said, NOW, LONDON).at.isoformat() == meant


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("2026-12-01", "no day and time"),
        ("soon", "no day and time"),
        ("", "no day and time"),
        ("x" * 10_000, "no day and time"),
        ("\N{ARABIC-INDIC DIGIT TWO}026-12-01 07:00", "no day"),
        ("tuesday 7", "without minutes"),
        ("tuesday 13pm", "on no clock"),
        ("tuesday 25:00", "hour must be"),
        ("2026-02-30 07:00", "cannot be"),
        ("monday 1 december 2026 07:00", "is a Tuesday"),
        ("someday 07:00", "is no day"),
        ("9999-12-31 23:00", "no date that a podcast can have"),
        ("0001-01-01 00:00 +05:00", "no date that a podcast can have"),
        ("2026-12-01 07:00 +99:99", "cannot be"),
    ],
)
def test_what_is_no_time_is_refused_with_its_reason_and_an_example(said: str, why: str) -> None:
    with pytest.raises(UsageError, match=why) as refused:
        understood(said, NOW, LONDON)
    assert '"tomorrow 7:00"' in refused.value.faults[0].cure
    assert "Europe/London" in refused.value.faults[0].cure


def test_an_hour_that_the_clocks_leave_out_is_refused_with_the_one_after() -> None:
    with pytest.raises(UsageError, match=r"01:30 does not exist in Europe/London.*an hour later it is 02:30"):
        understood("2027-03-28 01:30", NOW, LONDON)


def test_of_an_hour_that_comes_twice_it_is_said_which_was_taken_and_how_to_say_the_other() -> None:
    first = understood("2027-10-31 01:30", NOW, LONDON)
    assert first.at.isoformat() == "2027-10-31T01:30:00+01:00"
    assert "the first, 01:30 BST; the second is 2027-10-31T01:30+00:00" in first.note
    second = understood("2027-10-31T01:30+00:00", NOW, LONDON)
    assert (second.at - first.at, second.note) == (timedelta(hours=1), "")


def walls(first: int, last: int) -> st.SearchStrategy[datetime]:
    """What clocks may show, whatever their zone."""
    year = [datetime.fromisoformat(f"{each}-01-01") for each in (first, last)]
    return st.datetimes(min_value=year[0], max_value=year[1])


@given(
    wall=walls(1850, 2150),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
)
def test_a_clock_shows_what_was_said_or_never_does(wall: datetime, zone: ZoneInfo) -> None:
    shown = {
        (wall.replace(tzinfo=zone, fold=fold)).astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0)
        for fold in (0, 1)
    }
    try:
        found = moments.on_clock(wall, zone)
    except ValueError:
        assert wall not in shown
        return
    assert found.at.astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0) == wall
    later = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    assert bool(found.note) == (later != found.at.astimezone(UTC))
    assert found.at.astimezone(UTC) <= later


@given(
    at=walls(2005, 2100),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
)
def test_what_is_written_is_understood_again_and_read_by_toml(at: datetime, zone: ZoneInfo) -> None:
    at = at.replace(microsecond=0, tzinfo=UTC).astimezone(zone)
    assert understood(moments.iso(at), NOW, zone).at == at
    assert tomllib.loads(f"published = {moments.iso(at)}")["published"] == at


@given(at=walls(1850, 9998), zone=st.sampled_from(ZONES).map(ZoneInfo))
def test_every_date_has_a_form_in_toml(at: datetime, zone: ZoneInfo) -> None:
    moment = at.replace(microsecond=0, tzinfo=zone)
    assert tomllib.loads(f"published = {moments.iso(moment)}")["published"] == moment


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_time_or_an_error_for_people(text: str) -> None:
    with suppress(UsageError):
        assert understood(text, NOW, LONDON).at.tzinfo is not None


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (86_400 * 3, "in 3 days"),
        (86_400, "in 24 hours"),
        (3_600 * 5, "in 5 hours"),
        (3_000, "in 50 minutes"),
        (-90_000 * 2, "2 days ago"),
        (20, "in 0 minutes"),
    ],
)
def test_how_far_a_moment_is_away(seconds: float, said: str) -> None:
    assert moments.away(NOW + timedelta(seconds=seconds), NOW) == said
