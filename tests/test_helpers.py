"""Processes that help with a long archive: the same bytes and the same faults as without, whatever becomes of them."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from click.testing import CliRunner

from placecast import building, helpers, pipeline, search
from placecast.cli import cli
from placecast.helpers import Helpers
from placecast.project import Project
from tests.small_show import SmallShow, files_below, make

Found = TypeVar("Found")
SLUGS = ("digbeth", "grimsby", "marlow")


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallShow:
    monkeypatch.setattr(helpers, "FEW", 2)
    monkeypatch.setenv(helpers.SETTING, "2")
    small = make(tmp_path / "show")
    for day, slug in enumerate(SLUGS, 1):
        small.add(slug, f"2026-05-{day:02d}T06:00:00", seed=day)
    small.publish()
    return small


def built_anew(show: SmallShow) -> dict[str, bytes]:
    """The folder `feed` after a build from nothing, by a process that knows nothing."""
    shutil.rmtree(show.project.cache)
    shutil.rmtree(show.project.feed / "e", ignore_errors=True)
    fresh = replace(show, project=Project(root=show.project.root))
    pipeline.rebuild(fresh.run())
    return files_below(show.project.feed)


def test_one_process_or_many_or_none_to_help_build_the_same_bytes(
    show: SmallShow, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as smaller:
        smaller.setattr(search, "STEP", 1)  # an episode a batch, or there would be one, which is not shared out
        with_two = built_anew(show)
    assert len(list((show.project.cache / "search/batches").iterdir())) == len(SLUGS)
    monkeypatch.setenv(helpers.SETTING, "1")
    with_one = built_anew(show)
    monkeypatch.setattr(helpers, "FEW", 1000)
    assert with_two == with_one == built_anew(show)


def test_a_show_is_sent_to_a_helper_as_its_folder(show: SmallShow) -> None:
    release = building.publication(show.project, *show.project.load(), show.run().now).releases[0]
    show.project.helpers.keep("what only", "this process", [lambda: "knows"])
    sent = pickle.dumps(release)
    assert len(sent) < 20_000
    assert pickle.loads(sent).text().transcript == release.text().transcript


def test_what_helpers_have_read_is_remembered_and_what_they_made_is_moved(show: SmallShow) -> None:
    built_anew(show)
    assert not show.project.helpers.spool.exists()
    again = CliRunner().invoke(cli, ["build", "-C", str(show.project.root)])
    assert "up to date" in again.output


def test_a_hostile_episode_is_told_as_without_helpers(show: SmallShow, monkeypatch: pytest.MonkeyPatch) -> None:
    (show.project.root / "transcripts/grimsby.vtt").write_text("WEBVTT\n\n<script>alert(1)</script>\n")
    told = []
    for few in (2, 1000):
        monkeypatch.setattr(helpers, "FEW", few)
        shutil.rmtree(show.project.cache)
        found = CliRunner().invoke(cli, ["build", "-C", str(show.project.root)])
        assert found.exit_code != 0
        told.append(str(found.exception))
    assert told[0] == told[1]
    assert "grimsby.vtt" in told[0]


def named(path: Path) -> str:
    (path.parent / f"{path.name}-{os.getpid()}").touch()
    return path.name


def deadly(path: Path) -> str:
    if path.name == "3":
        os.kill(os.getpid(), signal.SIGKILL)
    return path.name


def faulty(path: Path) -> str:
    raise ValueError(path)


def slow(path: Path) -> str:
    named(path)
    time.sleep(60)
    return path.name


def jobs(folder: Path, count: int = helpers.FEW) -> Sequence[Path]:
    return [folder / str(number) for number in range(count)]


def test_helpers_do_what_is_asked_in_processes_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(helpers.SETTING, "2")
    there = Helpers(tmp_path / "spool")
    with there.at_hand():
        assert dict(there.shared(named, jobs(tmp_path), print)) == {job: job.name for job in jobs(tmp_path)}
    assert not any(str(os.getpid()) in path.name for path in tmp_path.iterdir())


def test_few_jobs_and_jobs_at_other_times_are_left_to_who_asks(tmp_path: Path) -> None:
    there = Helpers(tmp_path / "spool")
    assert not list(there.shared(named, jobs(tmp_path), print))
    with there.at_hand():
        assert not list(there.shared(named, jobs(tmp_path, helpers.FEW - 1), print))


@pytest.mark.parametrize("processes", ["1", "2"])
def test_what_goes_wrong_is_left_to_who_asks(tmp_path: Path, processes: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(helpers.SETTING, processes)
    there = Helpers(tmp_path / "spool")
    with there.at_hand():
        assert not list(there.shared(faulty, jobs(tmp_path), print))


def test_a_helper_that_dies_is_told_and_others_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(helpers.SETTING, "2")
    there, told = Helpers(tmp_path / "spool"), list[str]()
    with there.at_hand():
        assert len(list(there.shared(deadly, jobs(tmp_path), told.append))) < helpers.FEW
        assert ["died" in each for each in told] == [True]
        assert len(list(there.shared(named, jobs(tmp_path), told.append))) == helpers.FEW


def test_what_a_killed_run_has_left_is_cleared_up(tmp_path: Path) -> None:
    there = Helpers(tmp_path / "spool")
    there.spool.mkdir()
    (there.spool / "old").touch()
    with there.at_hand():
        assert not there.spool.exists()


SLOW = """
import sys
from pathlib import Path
from placecast.helpers import Helpers
from tests.test_helpers import jobs, slow
there = Helpers(Path(sys.argv[1]) / "spool")
with there.at_hand():
    list(there.shared(slow, jobs(Path(sys.argv[1])), print))
"""


def test_helpers_end_with_a_run_that_is_killed(tmp_path: Path) -> None:
    run = subprocess.Popen([sys.executable, "-c", SLOW, tmp_path], env={**os.environ, helpers.SETTING: "2"})
    started = waited_for(lambda: [int(path.name.rpartition("-")[2]) for path in tmp_path.glob("[0-9]*-*")])
    run.kill()
    run.wait()
    assert waited_for(lambda: not any(map(lives, started)))


def test_ctrl_c_ends_a_build_soon_and_leaves_nothing_half_done(show: SmallShow) -> None:
    before = built_anew(show)
    shutil.rmtree(show.project.cache)
    shutil.rmtree(show.project.feed / "e", ignore_errors=True)
    code = "import sys; from placecast import helpers; helpers.FEW = 2; from placecast.cli import main; main()"
    command = [sys.executable, "-c", code, "build", "-C", str(show.project.root)]
    run = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
    waited_for(show.project.helpers.spool.exists)
    os.killpg(run.pid, signal.SIGINT)
    assert run.wait(timeout=60) != 0
    assert not show.project.helpers.spool.exists()
    there = files_below(show.project.feed)
    assert there == {path: before[path] for path in there}
    assert built_anew(show) == before


def lives(process: int) -> bool:
    path = Path(f"/proc/{process}/stat")
    return path.exists() and path.read_text().rpartition(")")[2].split()[0] != "Z"


def waited_for(find: Callable[[], Found]) -> Found:
    """What is found, as soon as there is something."""
    until = time.monotonic() + 60
    while not (found := find()) and time.monotonic() < until:
        time.sleep(0.02)
    return found
