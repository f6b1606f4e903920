"""What the shell gets: completion that is quick and knows the episodes, and man pages that others' programs read."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from placecast.cli import cli
from placecast.cli.manual import pages
from placecast.errors import PlacecastError
from tests.commands import Command
from tests.small_show import make
from tests.test_floors import HEAVY
from tests.test_options import TREE

ROOT = Path(__file__).parents[1]
PROGRAM = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
PROGRAM += "from placecast.cli import main\n"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    small = make(tmp_path_factory.mktemp("shell") / "show")
    for slug in ("digbeth", "deritend", "hull"):
        (small.project.root / "episodes" / slug).mkdir(parents=True)
        (small.project.root / "episodes" / slug / "episode.md").write_text("not even read", "utf-8")
    return small.project.root


@pytest.fixture
def placecast(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capfd)


@pytest.fixture
def offered(root: Path, placecast: Command, monkeypatch: pytest.MonkeyPatch):
    """What bash is offered for the last of these words."""

    def offered(*words: str) -> list[str]:
        monkeypatch.setenv("_PLACECAST_COMPLETE", "bash_complete")
        monkeypatch.setenv("COMP_WORDS", " ".join(["placecast", *words]))
        monkeypatch.setenv("COMP_CWORD", str(len(words)))
        monkeypatch.chdir(root)
        return [line.partition(",")[2] for line in placecast()[1].splitlines() if line]

    return offered


def test_commands_options_and_episodes_are_offered(offered) -> None:
    assert "publish" in offered("")
    assert offered("pub") == ["publish"]
    assert offered("publish", "--red") == ["--redo"]
    assert offered("publish", "--redo", "m") == ["master"]
    assert offered("publish", "") == ["deritend", "digbeth", "hull"]
    assert offered("publish", "d") == ["deritend", "digbeth"]
    assert offered("edit", "hu") == ["hull"]
    assert offered("rename", "hull", "d") == []
    assert offered("models", "") == ["fetch", "verify"]


def test_the_episodes_are_those_of_the_folder_that_was_named(
    offered, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert offered("edit", "-C", str(tmp_path), "") == []
    assert offered("-C", str(root), "edit", "") == ["deritend", "digbeth", "hull"]
    assert offered("edit", "-C", str(root), "h") == ["hull"]


def test_where_no_episode_is_called_so_files_are_offered(offered, placecast: Command) -> None:
    assert offered("publish", "012") == ["012"]  # the word itself: bash looks for files


@pytest.mark.parametrize("name", [name for name in TREE if "slug" in {each.name for each in TREE[name].params}])
def test_every_command_on_an_episode_completes_its_name(offered, name: str) -> None:
    assert offered(*name.split(), "hu") == ["hull"]


def test_completion_loads_nothing_heavy(root: Path) -> None:
    code = PROGRAM + f"import atexit\natexit.register(lambda: print(sorted(set(sys.modules) & {HEAVY!r})))\nmain()"
    words = {"_PLACECAST_COMPLETE": "bash_complete", "COMP_WORDS": "placecast edit d", "COMP_CWORD": "2"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=os.environ | words, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["plain,deritend", "plain,digbeth", "[]"]


@pytest.mark.parametrize(("shell", "check"), [("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")])
def test_the_shell_understands_what_it_is_given(placecast: Command, tmp_path: Path, shell: str, check: str) -> None:
    code, out, _ = placecast("completion", shell)
    assert code == 0
    assert "_PLACECAST_COMPLETE" in out
    if not shutil.which(shell):
        pytest.skip(f"NO {shell} READ ITS COMPLETION: it is not here")
    (tmp_path / "script").write_text(out, "utf-8")
    done = subprocess.run([shell, check, tmp_path / "script"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


BASH = """eval "$(placecast completion bash)"
COMP_WORDS=(placecast edit d); COMP_CWORD=2; _placecast_completion placecast; echo ${COMPREPLY[@]}"""
FISH = "placecast completion fish | source; complete -C 'placecast edit d'"


@pytest.mark.parametrize(("shell", "script"), [("bash", BASH), ("fish", FISH)])
def test_a_real_shell_completes_an_episodes_name(root: Path, tmp_path: Path, shell: str, script: str) -> None:
    if not shutil.which(shell):
        pytest.skip(f"NO {shell} COMPLETED ANYTHING: it is not here")
    command = tmp_path / "placecast"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m placecast "$@"\n', "utf-8")
    command.chmod(0o755)
    environment = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([shell, "-c", script], cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["deritend", "digbeth"], done.stderr


def test_there_is_a_man_page_for_every_command(placecast: Command, tmp_path: Path) -> None:
    code, out, _ = placecast("man", str(tmp_path / "man1"))
    assert code == 0
    names = {path.name for path in (tmp_path / "man1").iterdir()}
    assert names == {"placecast.1", *(f"placecast-{name.replace(' ', '-')}.1" for name in TREE)}
    assert f"Wrote {len(names)} man pages" in out


def test_the_man_page_of_the_whole_says_every_exit_code() -> None:
    page, kinds = pages(cli)["placecast.1"], [PlacecastError]
    for kind in kinds:
        kinds += kind.__subclasses__()
        assert f"\\fB{kind.exit_code}\\fR" in page


def test_man_pages_are_read_without_a_complaint(tmp_path: Path) -> None:
    if not shutil.which("mandoc"):
        pytest.skip("NO MAN PROGRAM READ THE MAN PAGES: mandoc is not here (apt-get install mandoc)")
    made = pages(cli)
    for name, text in made.items():
        (tmp_path / name).write_text(text, "utf-8")
    lint = ["mandoc", "-T", "lint", "-W", "style", *sorted(made)]
    done = subprocess.run(lint, capture_output=True, text=True, cwd=tmp_path, check=False)
    # They have no date: the same program makes the same pages. Lines are as long as paragraphs.
    found = [line for line in done.stdout.splitlines() if not ("missing date" in line or "longer than 80" in line)]
    assert found == []
    shown = ["mandoc", "-T", "utf8", "placecast-publish.1"]
    text = subprocess.run(shown, capture_output=True, text=True, cwd=tmp_path, check=True).stdout
    assert "-odd-name.wav" in text
    assert "`" not in text
