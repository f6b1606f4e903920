"""The guarantee, in small: publishers are struck, listeners watch. All of it: test_guarantee_soak."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import faults, soaking
from tests.seaweed import Bucket
from tests.soaking import Templates

pytestmark = pytest.mark.s3


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return Templates.make(tmp_path_factory.mktemp("templates"))


@pytest.mark.parametrize(
    ("seed", "plan"), list(enumerate(faults.PLANS)), ids=lambda each: getattr(each, "name", str(each))
)
def test_whatever_befalls_a_publisher_listeners_never_notice_and_the_next_run_completes(
    plan: faults.FaultPlan,
    seed: int,
    bucket: Bucket,
    tmp_path: Path,
    templates: Templates,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    soaking.haste(monkeypatch)
    with soaking.stage(bucket, tmp_path / "show", templates) as made:
        soaking.strike(made, plan, seed)
