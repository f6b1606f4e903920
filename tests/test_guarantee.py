"""The guarantee, in small: publishers are struck, listeners watch. All of it: test_guarantee_soak."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests import faults, soaking
from tests.seaweed import Bucket
from tests.soaking import Stage, Templates

pytestmark = pytest.mark.s3

# Each with the seed that goes with a change to the show: see `soaking.CHANGES`.
STRUCK = (
    ("reset-after-write", 1),
    ("no-conditions", 2),
    ("answer-without-head", 4),
    ("rights-revoked", 6),
    ("kill-within", 11),
    ("kill-after", 3),
    ("only-unquoted", 4),
    ("only-unquoted", 5),
)


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return Templates.make(tmp_path_factory.mktemp("templates"))


@pytest.fixture(autouse=True)
def _in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    soaking.haste(monkeypatch)


@pytest.mark.parametrize(("plan", "seed"), STRUCK)
def test_whatever_befalls_a_publisher_no_listener_notices_and_the_next_run_completes(
    plan: str, seed: int, bucket: Bucket, tmp_path: Path, templates: Templates
) -> None:
    with soaking.stage(bucket, tmp_path / "show", templates) as made:
        soaking.strike(made, faults.plan(plan), seed)


def test_four_publishers_at_once_lose_nothing(bucket: Bucket, tmp_path: Path, templates: Templates) -> None:
    with soaking.stage(bucket, tmp_path / "show", templates) as made:
        soaking.race(made, 4, 4, partial(soaking.hasty, ""))
        soaking.assert_sound(made)


def test_a_publisher_may_be_killed_at_any_moment(bucket: Bucket, tmp_path: Path, templates: Templates) -> None:
    with soaking.stage(bucket, tmp_path / "show", templates) as made:
        soaking.assault(made, 2, 3)


def test_where_conditions_and_encodings_are_ignored_two_publishers_take_turns(
    unconditional_bucket: Bucket, tmp_path: Path, templates: Templates, monkeypatch: pytest.MonkeyPatch
) -> None:
    soaking.haste(monkeypatch, settling=0.5, dead=30.0)
    with soaking.stage(unconditional_bucket, tmp_path / "show", templates) as made:
        soaking.race(made, 2, 0, partial(soaking.hasty, ""))
        soaking.assert_sound(made, guarded=False)


def test_a_server_that_wants_its_marks_without_quotes_gets_them_so(
    bucket: Bucket, tmp_path: Path, templates: Templates
) -> None:
    plan = faults.plan("only-unquoted")
    with (
        faults.proxy(bucket.server.endpoint, plan, 0) as proxy,
        soaking.stage(bucket, tmp_path / "show", templates) as made,
    ):
        made.endpoint = proxy.endpoint
        made.publish()
        guard = soaking.record(bucket).guard
        assert guard is not None
        assert (guard.swap, guard.whole) == ("unquoted", True)
        publish_again(made)


def publish_again(made: Stage) -> None:
    soaking.edit(made.project, "digbeth", 1)
    made.publish()
    soaking.assert_sound(made)
