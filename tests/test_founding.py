"""A new show: what is asked, what is written, and what is never written over."""

from __future__ import annotations

import os
import pty
import select
import signal
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from placecast import categories, founding
from placecast.errors import UsageError
from placecast.founding import NewShow
from placecast.founding.answers import Choice, NoAnswerError, OptionsError, judged, questions
from placecast.inspection import examine
from placecast.project import Project
from placecast.project.front_matter import read_toml
from tests.commands import Command
from tests.small_show import SmallShow, files_below

NEW = NewShow(
    title="Our places",
    description="Who decides what happens in a place?",
    url="https://podcast.example.org/",
    author="The team",
    email="team@example.org",
    category="News > Politics",
)
INIT = (
    *("--title", "Our places", "--description", "About us.", "--url", "example.org/p", "--author", "Us"),
    *("--email", "us@example.org", "--category", "polit"),
)


@pytest.fixture
def placecast(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capfd)


def test_what_init_writes_is_right_and_builds(tmp_path: Path, placecast: Command) -> None:
    folder = tmp_path / "mine"
    code, out, err = placecast("init", str(folder), *INIT)
    assert code == 0, err
    assert "Next: cd " in out
    run = SmallShow(project=Project(root=folder)).run()
    assert [each for each in examine(run) if each.severity == "required"] == []
    assert placecast("build", "-C", str(folder))[0] == 0
    assert (folder / "feed" / "feed.xml").is_file()
    code, out, _ = placecast("check", "-C", str(folder))
    assert (code, out) == (0, "Nothing found: the facts and the feed follow the rules.\n")
    show, _ = run.project.load()
    assert (show.url, show.categories) == ("https://example.org/p/", (("News", "Politics"),))


def test_a_show_that_is_there_is_never_written_over(tmp_path: Path, placecast: Command) -> None:
    founding.found(tmp_path, NEW)
    before = files_below(tmp_path)
    code, _, err = placecast("init", str(tmp_path), *INIT)
    assert code == 2
    assert "placecast init --complete" in err
    assert files_below(tmp_path) == before


def test_files_of_the_producers_own_stay_as_they_are(tmp_path: Path) -> None:
    mine = {"names.toml": "# mine", ".gitlab-ci.yml": "mine: {}", ".gitignore": "*.tmp", "README.md": "# Mine"}
    for name, text in mine.items():
        (tmp_path / name).write_text(text, "utf-8")
    made = founding.found(tmp_path, NEW)
    assert {".gitlab-ci.yml", "names.toml"} <= set(made.kept)
    after = {name: (tmp_path / name).read_text("utf-8") for name in mine}
    assert after.pop(".gitignore").startswith("*.tmp\n\n# Made by placecast")
    assert after == {name: text for name, text in mine.items() if name != ".gitignore"}


def test_what_a_show_lacks_is_added_once_and_its_facts_stay(tmp_path: Path, placecast: Command) -> None:
    founding.found(tmp_path, NEW)
    facts = (tmp_path / "placecast.toml").read_bytes()
    (tmp_path / "names.toml").unlink()
    (tmp_path / ".schemas" / "placecast.json").write_text("of an earlier version", "utf-8")
    code, out, _ = placecast("init", "--complete", str(tmp_path))
    assert code == 0
    assert "names.toml" in out
    assert ".schemas/placecast.json" in out
    assert (tmp_path / "placecast.toml").read_bytes() == facts
    assert placecast("init", "--complete", str(tmp_path))[1] == "Nothing to do: nothing is missing.\n"


def test_a_run_that_cannot_write_everything_has_made_no_show(tmp_path: Path) -> None:
    (tmp_path / ".github").write_text("a file where a folder must be", "utf-8")
    with pytest.raises(OSError, match="github"):
        founding.found(tmp_path, NEW)
    assert not (tmp_path / "placecast.toml").exists()
    (tmp_path / ".github").unlink()
    founding.found(tmp_path, NEW)


@given(st.text(min_size=1), st.text(min_size=1))
def test_every_title_and_description_reads_back_as_it_was_given(title: str, description: str) -> None:
    text = founding.show_text(replace(NEW, title=title, description=description), "cover.png")
    facts = read_toml(text, "placecast.toml")
    said = [each.encode("utf-8", "replace").decode() for each in (title, description)]
    assert [facts["title"], facts["description"]] == said


def test_a_given_cover_is_made_to_fit(tmp_path: Path) -> None:
    Image.new("RGB", (900, 600), "teal").save(tmp_path / "logo.png")
    made = founding.found(tmp_path / "show", replace(NEW, cover=tmp_path / "logo.png"))
    assert "cover.jpg" in made.written
    assert "900 x 600 pixels" in made.told[0]
    with Image.open(tmp_path / "show" / "cover.jpg") as cover:
        assert cover.size == (1400, 1400)
    assert "cover.jpg" in (tmp_path / "show" / "placecast.toml").read_text("utf-8")


def test_a_cover_in_the_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    Image.new("RGB", (1500, 1500), "teal").save(tmp_path / "cover.jpg")
    before = (tmp_path / "cover.jpg").read_bytes()
    made = founding.found(tmp_path, NEW)
    assert "cover.jpg" in made.kept
    assert not (tmp_path / "cover.png").exists()
    assert (tmp_path / "cover.jpg").read_bytes() == before


def test_what_is_no_picture_is_no_cover(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("words", "utf-8")
    with pytest.raises(UsageError, match="no picture that can be read"):
        founding.read_cover(tmp_path / "notes.txt")
    with pytest.raises(UsageError, match="No such file"):
        founding.read_cover(tmp_path / "nowhere.png")


def test_every_category_is_found_by_its_own_name() -> None:
    every = list(categories.written())
    assert [Choice().read(f" {category.upper()} ") for category in every] == every


def test_a_category_is_chosen_by_its_number_in_the_list_that_was_shown_last() -> None:
    choice = Choice()
    assert choice.read("6") == "Government"
    with pytest.raises(NoAnswerError, match="2  Society & Culture"):
        choice.read("soc")
    assert choice.read("2") == "Society & Culture"


@pytest.mark.parametrize(
    ("key", "typed", "kept"),
    [
        ("url", "podcast.example.org", "https://podcast.example.org/"),
        ("url", "http://example.org/show/", "http://example.org/show/"),
        ("language", "EN_gb", "en-GB"),
        ("language", "zh-hant-tw", "zh-Hant-TW"),
        ("title", "  Our   places ", "Our places"),
        ("cover", " ", ""),
        ("time_zone", "Europe/Vienna", "Europe/Vienna"),
    ],
)
def test_what_is_meant_is_understood(key: str, typed: str, kept: str) -> None:
    assert {each.key: each for each in questions()}[key].read(typed) == kept


def test_all_options_that_are_no_answers_are_named_together() -> None:
    given = dict.fromkeys((each.key for each in questions()), None)
    wrong = {
        "title": " ",
        "url": "ftp://x",
        "email": "us",
        "category": "cats",
        "time_zone": "Mars",
        "cover": "none.png",
    }
    with pytest.raises(OptionsError) as error:
        judged(questions(), {**given, **wrong, "language": "klingon"})
    assert {each.file for each in error.value.faults} == {
        *("--title", "--url", "--email", "--category", "--time-zone", "--cover", "--language")
    }
    assert error.value.exit_code == 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
def test_init_asks_what_was_not_given_and_asks_again_where_an_answer_is_none(tmp_path: Path) -> None:
    answers = [
        "",
        "Our places",
        "About us.",
        "Us",
        "nowhere",
        "example.org/p",
        "us@example.org",
        "soc",
        "2",
        "",
        "",
        "y",
    ]
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(tmp_path)
        os.execv(sys.executable, [sys.executable, "-m", "placecast.cli", "init", "mine"])
    said = converse(child, terminal, [*answers, "y"])
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, said
    assert "Nothing was given." in said
    assert "'nowhere' is not a web address." in said
    assert "= Society & Culture" in said
    assert "Made the show Our places in" in said
    show, episodes = Project(root=tmp_path / "mine").load()
    assert (show.url, episodes) == ("https://example.org/p/", ())
    assert show.transcription.review == "required"


def converse(child: int, terminal: int, answers: list[str]) -> str:
    """Answer each question as it comes; everything that was said."""
    said, waiting = "", list(answers)
    while select.select([terminal], [], [], 60)[0]:
        try:
            part = os.read(terminal, 4096).decode()
        except OSError:
            return said
        said += part
        if said.rstrip(" ").endswith(":"):
            if not waiting:
                break
            os.write(terminal, (waiting.pop(0) + "\n").encode())
    os.kill(child, signal.SIGTERM)  # it asks more than there are answers for, or has nothing to say
    return said
