"""The guarantee, whole: `python3 tests/run.py -m slow tests/test_guarantee_soak.py -n 2`, some half an hour.

Every plan of `faults` with twenty seeds, fifty races of four publishers and two hundred kills. A table at the end
says what they have come to.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests import faults, soak_table, soaking
from tests.seaweed import Bucket
from tests.soaking import Outcome, Templates

pytestmark = [pytest.mark.s3, pytest.mark.slow]

SEEDS = 20
RACES = 50
LEASES = 5
KILLS, AT_ONCE = 200, 10


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return Templates.make(tmp_path_factory.mktemp("templates"))


@pytest.fixture(autouse=True)
def _in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    soaking.haste(monkeypatch)


def keep(request: pytest.FixtureRequest, outcomes: list[Outcome]) -> None:
    request.node.user_properties.extend((soak_table.NAME, tuple(each)) for each in outcomes)


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("plan", faults.PLANS, ids=lambda plan: plan.name)
def test_faults(
    plan: faults.FaultPlan,
    seed: int,
    bucket: Bucket,
    tmp_path: Path,
    templates: Templates,
    request: pytest.FixtureRequest,
) -> None:
    with soaking.stage(bucket, tmp_path / "show", templates) as made:
        outcome = soaking.strike(made, plan, seed)
    keep(request, [outcome])


@pytest.mark.parametrize("seed", range(KILLS // AT_ONCE))
def test_kills(seed: int, bucket: Bucket, tmp_path: Path, templates: Templates, request: pytest.FixtureRequest) -> None:
    with soaking.stage(bucket, tmp_path / "show", templates) as made:
        outcomes = soaking.assault(made, AT_ONCE, seed)
    keep(request, outcomes)


@pytest.mark.parametrize("seed", range(RACES))
def test_races(seed: int, bucket: Bucket, tmp_path: Path, templates: Templates, request: pytest.FixtureRequest) -> None:
    with soaking.stage(bucket, tmp_path / "show", templates) as made:
        outcome = soaking.race(made, 4, seed, partial(soaking.hasty, ""))
        soaking.assert_sound(made)
    keep(request, [outcome])


@pytest.mark.parametrize("seed", range(LEASES))
def test_races_for_the_lease(
    seed: int,
    bucket: Bucket,
    tmp_path: Path,
    templates: Templates,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    soaking.haste(monkeypatch, settling=1.0, dead=30.0)
    plan = faults.plan("conditions-ignored")
    with (
        soaking.stage(bucket, tmp_path / "show", templates) as made,
        faults.proxy(bucket.server.endpoint, plan, seed) as proxy,
    ):
        outcome = soaking.race(made, 4, seed, partial(soaking.hasty, proxy.endpoint))
        soaking.assert_sound(made, guarded=False)
    keep(request, [outcome._replace(what="race for the lease", struck=len(proxy.faults))])


@pytest.mark.parametrize("seed", range(LEASES))
def test_races_on_a_server_that_ignores_conditions(
    seed: int,
    unconditional_bucket: Bucket,
    tmp_path: Path,
    templates: Templates,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    soaking.haste(monkeypatch, settling=1.0, dead=30.0)
    with soaking.stage(unconditional_bucket, tmp_path / "show", templates) as made:
        outcome = soaking.race(made, 4, seed, partial(soaking.hasty, ""))
        soaking.assert_sound(made, guarded=False)
    keep(request, [outcome._replace(what="race on juicefs")])
