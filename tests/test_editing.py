"""`placecast open` and `placecast edit`, as a producer types them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import Command
from tests.small_show import SmallShow, make

ROOT = Path(__file__).parents[1]
FILE = "episodes/digbeth/episode.md"


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallShow:
    small = make(tmp_path / "show")
    small.add("digbeth")
    monkeypatch.chdir(small.project.root)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    return small


@pytest.fixture
def placecast(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capfd)


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the editor does to the file: Python that finds its text in `text` and leaves it there."""
    program, wish = tmp_path / "editor.py", tmp_path / "wish.py"
    program.write_text(
        "import pathlib, sys\nfile = pathlib.Path(sys.argv[1])\nsaid = {'text': file.read_text('utf-8')}\n"
        f"exec(pathlib.Path({str(wish)!r}).read_text('utf-8'), said)\nfile.write_text(said['text'], 'utf-8')\n",
        "utf-8",
    )
    wish.write_text("", "utf-8")
    monkeypatch.setenv("EDITOR", f'"{sys.executable}" "{program}"')
    return wish


@pytest.mark.parametrize(
    ("arguments", "address"),
    [
        ((), "https://podcast.example.org/small/"),
        (("digbeth",), "https://podcast.example.org/small/e/digbeth/"),
        (("--feed",), "https://podcast.example.org/small/feed.xml"),
    ],
)
def test_open_says_the_address_and_where_a_folder_can_be_seen(
    show: SmallShow, placecast: Command, arguments: tuple[str, ...], address: str
) -> None:
    code, out, _ = placecast("open", "--print", *arguments)
    assert (code, out.splitlines()[0]) == (0, address)
    assert "placecast preview" in out
    assert json.loads(placecast("open", "--json", *arguments)[1])["address"] == address


def test_open_opens_the_browser_only_for_a_person(
    show: SmallShow, placecast: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("click.launch", lambda url: opened.append(url) or 0)
    placecast("open", "digbeth")
    assert opened == []
    monkeypatch.setattr("placecast.cli.editing.interactive", lambda: True)
    placecast("open", "digbeth")
    placecast("open", "digbeth", "--print")
    assert opened == ["https://podcast.example.org/small/e/digbeth/"]
    show.add("hull", published="2100-01-01T06:00:00")
    out = placecast("open", "hull")[1]
    assert "scheduled for Friday 01 January 2100" in out
    assert len(opened) == 1


def test_open_refuses_what_there_is_not(show: SmallShow, placecast: Command) -> None:
    assert placecast("open", "nowhere")[0] == 2
    assert placecast("open", "digbeth", "--feed")[0] == 2


def test_edit_checks_what_was_saved(show: SmallShow, placecast: Command, editor: Path) -> None:
    editor.write_text("text = text.replace('Notes on', 'All about')", "utf-8")
    code, out, err = placecast("edit", "digbeth")
    assert (code, err) == (0, "")
    assert out == f"{FILE} is saved, and the facts are right. See it all with: placecast preview\n"
    assert "All about" in Path(FILE).read_text("utf-8")
    assert f"{FILE} is as it was" in placecast("edit", "digbeth")[1]


def test_a_fault_is_told_and_nothing_of_what_was_written_is_lost(
    show: SmallShow, placecast: Command, editor: Path
) -> None:
    editor.write_text("text = text.replace('guid =', 'giud =').replace('Notes on', 'All about')", "utf-8")
    code, out, err = placecast("edit", "digbeth")
    assert (code, out) == (1, "")
    assert err.startswith(f"{FILE}: guid: is missing.")
    assert "All about" in Path(FILE).read_text("utf-8")


def test_a_person_is_asked_whether_to_go_on_until_it_is_right(
    show: SmallShow, placecast: Command, editor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor.write_text("text = text.replace('guid =', 'GUID =') if 'guid =' in text else text.replace('GUID', 'guid')")
    asked: list[str] = []
    monkeypatch.setattr("placecast.cli.editing.interactive", lambda: True)
    monkeypatch.setattr("click.confirm", lambda text, **_: asked.append(text) or True)
    code, out, err = placecast("edit", "digbeth")
    assert code == 0
    assert asked == ["Edit it again?"]
    assert err.count("guid: is missing.") == 1
    assert f"{FILE} is as it was" in out


@pytest.mark.parametrize(
    ("option", "file", "wrong"),
    [
        ("--show", "placecast.toml", "text = text.replace('author', 'auhtor')"),
        ("--names", "names.toml", "text = '[[people]]\\n'"),
        ("--transcript", "transcripts/digbeth.vtt", "text = 'no transcript'"),
    ],
)
def test_other_files_are_opened_and_checked_too(
    show: SmallShow, placecast: Command, editor: Path, option: str, file: str, wrong: str
) -> None:
    show.publish()
    Path("names.toml").touch()
    assert placecast("edit", "digbeth", option)[0] == 0
    editor.write_text(wrong, "utf-8")
    code, _, err = placecast("edit", "digbeth", option)
    assert (code, err.partition(":")[0]) == (1, file)


def test_without_anybody_to_edit_the_file_is_named_with_its_faults(show: SmallShow, placecast: Command) -> None:
    told = json.loads(placecast("edit", "digbeth", "--json")[1])
    assert (told["file"], told["changed"], told["faults"]) == (FILE, False, [])
    show.edit("digbeth", "guid", "giud")
    code, out, _ = placecast("edit", "digbeth", "--json")
    assert (code, json.loads(out)["faults"][0]["key"]) == (1, "guid")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere",), "there is no such episode"),
        (("digbet",), "Did you mean digbeth?"),
        ((), "names no episode"),
        (("digbeth", "--transcript"), "placecast transcribe digbeth"),
    ],
)
def test_what_cannot_be_edited_is_told(
    show: SmallShow, placecast: Command, arguments: tuple[str, ...], said: str
) -> None:
    code, _, err = placecast("edit", *arguments)
    assert (code, said in err) == (2, True)


def test_an_editor_that_is_not_here_is_told_with_a_cure(
    show: SmallShow, placecast: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "/no/such/editor")
    code, _, err = placecast("edit", "digbeth")
    assert code == 3
    assert "export EDITOR=" in err


def test_ctrl_c_while_an_editor_is_open_is_the_editors(show: SmallShow) -> None:
    """One that ignores it goes on, and what is saved then is checked; one that dies of it takes placecast with it."""
    stubborn = "trap '' INT; echo ready >&2; read line; echo more >> \"$0\""
    for wish, code in ((stubborn, 0), ("echo ready >&2; exec sleep 20", 130)):
        environment = os.environ | {"EDITOR": f'sh -c "{wish}"'.replace('"$0"', "$0"), "PYTHONPATH": str(ROOT)}
        with subprocess.Popen(
            [sys.executable, "-m", "placecast", "edit", "digbeth"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
            start_new_session=True,
        ) as process:
            assert process.stderr
            assert process.stderr.readline() == "ready\n"
            os.killpg(process.pid, signal.SIGINT)
            out, err = process.communicate("go on\n", timeout=30)
        assert process.returncode == code, err
        assert "Traceback" not in out + err
        assert ("Stopped" in err) == (code == 130)
