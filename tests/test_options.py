"""The options that every command understands, wherever they stand; held against the whole tree of commands."""

from __future__ import annotations

import inspect
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from placecast.cli import cli, everywhere
from tests.commands import Command
from tests.small_show import SmallShow, make

COMMON = {"-C", "--json", "--quiet", "--verbose", "--no-input", "--no-color"}
# They show something until Ctrl-C, and answer nothing.
WITHOUT_ANSWER = {"preview"}
ASKS = re.compile(r"click\.(confirm|prompt)|\bask\b|_edited\(")


def commands(group: click.Group, path: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        yield f"{path}{name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{path}{name} ")


TREE = dict(commands(cli))


@pytest.fixture
def show(tmp_path: Path) -> SmallShow:
    small = make(tmp_path / "show")
    small.add("digbeth")
    return small


@pytest.fixture
def placecast(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capfd)


@pytest.mark.parametrize("name", TREE)
def test_every_command_accepts_the_common_options(name: str) -> None:
    taken = {option for parameter in TREE[name].params for option in parameter.opts}
    assert taken >= COMMON
    assert len([each for each in TREE[name].params if "-C" in each.opts]) == 1


@pytest.mark.parametrize("name", TREE)
def test_every_command_that_answers_says_that_it_can_do_so_for_programs(name: str) -> None:
    shown = [each for each in TREE[name].params if isinstance(each, click.Option) and not each.hidden]
    assert any("--json" in each.opts for each in shown) == (name not in WITHOUT_ANSWER)


@pytest.mark.parametrize("name", TREE)
def test_every_command_that_asks_can_be_told_to_ask_nothing(name: str) -> None:
    callback = inspect.unwrap(TREE[name].callback or pytest.fail("it does nothing"))
    if ASKS.search(inspect.getsource(callback)):
        shown = [each for each in TREE[name].params if isinstance(each, click.Option) and not each.hidden]
        assert any(each.opts == ["--no-input"] for each in shown)


@pytest.mark.parametrize("name", TREE)
def test_every_command_explains_itself_in_a_sentence(name: str) -> None:
    assert re.match(r"[A-Z].*[.?,:]", TREE[name].help or "")


def test_help_shows_the_common_options_once_for_all() -> None:
    shown = cli.get_help(click.Context(cli))
    assert all(option in shown for option in COMMON)


def test_options_before_the_command_are_as_those_after_it(
    show: SmallShow, placecast: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    after = placecast("status", "-C", "show", "--json")
    assert after[0] == 0
    assert placecast("-C", "show", "--json", "status") == after
    assert placecast("-C", "nowhere", "status", "-C", "show", "--json") == after
    assert json.loads(after[1])["episodes"][0]["slug"] == "digbeth"


def test_a_command_within_a_command_hears_them_too(placecast: Command) -> None:
    code, out, _ = placecast("--json", "models", "verify", "a-model-that-nobody-has")
    assert code != 0 or json.loads(out)["verified"] == []


def test_where_a_directory_is_named_it_lies_below_the_folder(
    placecast: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    given = ("--title", "T", "--description", "D", "--url", "https://example.org", "--author", "A")
    given = (*given, "--email", "us@example.org", "--category", "Government", "--no-input")
    assert placecast("-C", "shelf", "init", "mine", *given)[0] == 0
    assert placecast("init", "-C", "shelf/yours", *given)[0] == 0
    assert sorted(path.parent.name for path in tmp_path.glob("shelf/*/placecast.toml")) == ["mine", "yours"]


def test_verbose_names_each_file_that_was_sent(
    show: SmallShow, placecast: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.commands import fake_engine

    monkeypatch.setattr("placecast.transcribe.load_engine", fake_engine)
    monkeypatch.chdir(show.project.root)
    code, out, err = placecast("-v", "publish")
    assert code == 0, err
    assert re.search(r"^sent feed\.xml \(\d+\.\d kB\)$", out, re.MULTILINE)
    show.edit("digbeth", "Notes on", "More on")
    assert "sent " not in placecast("publish")[1]


def test_verbose_adds_what_a_report_of_an_error_needs(placecast: Command, tmp_path: Path) -> None:
    said = placecast("status", "-C", str(tmp_path))[2]
    assert "Traceback" not in said
    more = placecast("status", "-C", str(tmp_path), "-v")[2]
    assert more.startswith(said)
    assert re.search(r"placecast \d+\.\d+\.\d+, Python 3\.\d+", more)
    assert "find_root" in more


def test_a_fault_of_our_own_is_a_sentence_too(placecast: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(folder: Path) -> Path:
        raise KeyError("season")

    monkeypatch.setattr("placecast.project.find_root", fails)
    code, out, err = placecast("status")
    assert code == 70
    assert "a fault of its own stopped it (KeyError in tests/test_options.py" in err
    assert "-v" in err
    assert "Traceback" not in err + out


@pytest.mark.parametrize(
    ("arguments", "environment", "coloured"),
    [([], {}, True), (["--no-color"], {}, False), ([], {"NO_COLOR": "1"}, False), ([], {"NO_COLOR": ""}, True)],
)
def test_colours_are_off_when_asked(
    tmp_path: Path, arguments: list[str], environment: dict[str, str], coloured: bool
) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "placecast", "status", "-C", str(tmp_path), *arguments]
    clean = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    done = subprocess.run(command, stderr=theirs, env=clean | environment, check=False)
    os.close(theirs)
    said = os.read(ours, 65536).decode()
    os.close(ours)
    assert done.returncode == 2
    assert ("\x1b[" in said) == coloured


def test_the_common_options_are_defined_once() -> None:
    assert len(everywhere.ALL) == len(COMMON)
