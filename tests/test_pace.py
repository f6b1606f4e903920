"""The time that is left is that of the work at its present speed, whatever was there before."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placecast.pace import Pace


def even(speed: float, every: float, start: float = 0.0, at: float = 0.0) -> Iterator[tuple[float, float]]:
    """Shares and times of something that is done at this share a second and tells it so often."""
    share = start
    while share < 1.0:
        yield share, at
        share, at = share + speed * every, at + every


@given(st.floats(1e-4, 1e-2), st.floats(0.001, 20.0), st.floats(0.0, 0.5))
def test_even_work_has_an_exact_end(speed: float, every: float, start: float) -> None:
    pace, said = Pace(), 0
    for share, now in islice(even(speed, every, start), 300):
        left = pace.told(share, now)
        if left is not None:
            said += 1
            assert left == pytest.approx((1 - share) / speed, rel=0.01)
    assert said or 300 * every < 2 or share < 0.03 or (1 - start) / speed / every < 3


@given(st.floats(0.03, 0.9), st.floats(0.5, 30.0), st.floats(0.0005, 0.01))
def test_after_a_resumed_run_only_the_new_work_counts(kept: float, batch: float, speed: float) -> None:
    pace = Pace()
    for share, now in even(0.002, 0.2):  # the speech is found
        if share > 0.02:
            break
        pace.told(share, now)
    for number in range(1, 11):  # the journal is read
        pace.told(0.02 + number / 10 * (kept - 0.02), now + number / 1e4)
    heard = islice(even(speed, batch, kept, now), 1, None)
    for share, later in heard:
        left = pace.told(share, later)
        if later - now > 180:
            assert left == pytest.approx((1 - share) / speed, rel=0.25)
            return


def test_a_resumed_run_is_right_from_its_first_batch_on() -> None:
    pace = Pace()
    for share, now in ((0.0, 0.0), (0.01, 2.0), (0.02, 4.0), (0.6, 4.01)):
        pace.told(share, now)
    left = pace.told(0.65, 14.0)
    assert left is not None
    assert 0.35 / 0.005 * 0.7 < left < 0.35 / 0.005 * 1.3, "and not the second that the jump would promise"


def test_shares_that_come_in_bursts_are_not_taken_for_what_was_there() -> None:
    pace = Pace()
    pace.told(0.0, 0.0)
    for second in range(1, 31):
        for number in range(1, 11):
            left = pace.told((second - 1) * 0.01 + number / 1000, second + number / 1e5)
    assert left == pytest.approx(70, rel=0.05)


def test_a_change_of_speed_shows_within_minutes() -> None:
    pace = Pace()
    for done, now in islice(even(0.001, 5.0), 60):
        pace.told(done, now)
    for share, later in islice(even(0.0005, 5.0, done, now), 1, 49):
        left = pace.told(share, later)
    assert left == pytest.approx((1 - share) / 0.0005, rel=0.15)


def test_nothing_is_promised_too_early_or_when_the_share_shrinks() -> None:
    pace = Pace()
    assert pace.told(0.5, 0.0) is None
    assert pace.told(0.5001, 0.4) is None
    assert pace.told(0.3, 10.0) is None


def test_when_all_is_done_nothing_is_left() -> None:
    pace = Pace()
    for share, now in even(0.01, 1.0):
        pace.told(share, now)
    assert pace.told(1.0, now + 1) == 0
