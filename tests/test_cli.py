"""The command as a producer types it: answers on stdout, progress on stderr, and the right exit code."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from placecast import __version__
from placecast.transcribe import FakeEngine
from tests import sounds
from tests.commands import Command, fake_engine
from tests.small_show import SmallShow, files_below, make


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallShow:
    """A show, in the current folder; the engine is a stand-in."""
    monkeypatch.setattr("placecast.transcribe.load_engine", fake_engine)
    small = make(tmp_path / "show")
    monkeypatch.chdir(small.project.root)
    return small


@pytest.fixture
def placecast(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capfd)


INIT = (
    *("--title", "My show", "--description", "About us.", "--url", "https://example.org"),
    *("--author", "Us", "--email", "us@example.org", "--category", "Government"),
)


def test_from_nothing_to_a_published_episode_with_two_commands(
    show: SmallShow, placecast: Command, tmp_path: Path
) -> None:
    recording = tmp_path / "007 what's a place, really.wav"
    sounds.save(recording, sounds.speech(4.0))
    assert placecast("init", str(tmp_path / "mine"), *INIT)[0] == 0
    code, out, err = placecast("publish", "-C", str(tmp_path / "mine"), str(recording), "--no-input")
    assert code == 0, err
    assert "nobody has given yet: summary, people, places, show notes" in err
    assert "Feed: https://example.org/feed.xml (1 episode)" in out
    assert "master what-s-a-place-really (no published audio yet)" in err
    tree = files_below(tmp_path / "mine" / "public")
    assert "feed.xml" in tree
    assert "e/what-s-a-place-really/index.html" in tree
    code, out, err = placecast("publish", "-C", str(tmp_path / "mine"), str(recording), "--no-input")
    assert (code, out.splitlines()[0]) == (0, "Nothing to do: everything is published as it is here.")


def test_a_damaged_export_and_its_second_try_are_one_episode(
    show: SmallShow, placecast: Command, tmp_path: Path
) -> None:
    recording = tmp_path / "trust.wav"
    whole = sounds.save(recording, sounds.speech(4.0)).read_bytes()
    recording.write_bytes(whole[: len(whole) // 2])
    code, _, err = placecast("publish", str(recording), "--no-input")
    assert code == 1
    assert "cut off" in err
    assert not list(Path("episodes").iterdir())
    recording.write_bytes(whole)
    code, _, err = placecast("publish", str(recording), "--no-input")
    assert code == 0, err
    assert "Made episodes/trust/episode.md" in err
    assert [path.name for path in Path("episodes").iterdir()] == ["trust"]


def test_the_recording_inside_the_show_is_known_again(show: SmallShow, placecast: Command) -> None:
    show.add("digbeth")
    assert placecast("publish", "episodes/digbeth/recording.wav")[0] == 0
    code, out, _ = placecast("publish", "episodes/digbeth/recording.wav")
    assert (code, out.splitlines()[0]) == (0, "Nothing to do: everything is published as it is here.")


def test_a_dry_run_on_a_new_recording_tells_all_and_makes_nothing(show: SmallShow, placecast: Command) -> None:
    sounds.save(Path("trust.wav"), sounds.speech(4.0))
    code, out, _ = placecast("publish", "trust.wav", "--dry-run")
    assert code == 0
    assert "would master trust (no published audio yet)" in out
    assert "would transcribe trust (no transcript yet)" in out
    assert not Path("episodes").exists()


def test_embedded_tags_fill_in_the_new_episode(show: SmallShow, placecast: Command) -> None:
    from mutagen.id3 import COMM, ID3, TIT2

    sounds.save(Path("x.mp3"), sounds.speech(4.0))
    tags = ID3()
    tags.add(TIT2(encoding=3, text="Who owns the river?"))
    tags.add(COMM(encoding=3, lang="eng", desc="", text="A walk along the Severn."))
    tags.save("x.mp3")
    assert placecast("new", "x.mp3", "--no-input")[0] == 0
    text = Path("episodes/who-owns-the-river/episode.md").read_text("utf-8")
    assert 'title = "Who owns the river?"' in text
    assert 'summary = "A walk along the Severn."' in text
    assert 'recording = "../../x.mp3"' in text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.wav", b"", "empty"),
        ("notes.mp3", b"Dear all, here are the minutes.\n" * 40, "text"),
        ("-dash.mp3", b"\x00\x01\x02" * 500, ""),
        ("odd ' \" : name.wav", b"RIFF", ""),
    ],
)
def test_a_file_that_is_no_recording_begins_no_episode(
    show: SmallShow, placecast: Command, name: str, content: bytes, said: str
) -> None:
    Path(name).write_bytes(content)
    code, _, err = placecast("publish", "--no-input", "--", name)
    assert code == 1
    assert name in err
    assert said in err
    assert "Traceback" not in err
    assert not Path("episodes").exists()


@pytest.mark.parametrize("name", ["It's 10:30 “now”.wav", "-dash.wav", "ü 🎙️.wav", "a'b\"c.wav"])
def test_odd_names_are_published(show: SmallShow, placecast: Command, name: str) -> None:
    sounds.save(Path("plain.wav"), sounds.speech(4.0))
    Path("plain.wav").rename(name)
    code, _, err = placecast("publish", "--no-input", "--", name)
    assert code == 0, err
    assert "feed.xml" in files_below(show.target)


def test_the_version_says_what_a_bug_report_needs_and_not_where(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "placecast", "--version"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    for needed in (f"placecast {__version__}\n", platform.python_version(), platform.machine(), "feedgen 1.", "lxml "):
        assert needed in said
    assert str(Path.home()) not in said
    assert "pytest" not in said


def test_check_ends_with_1_only_when_something_required_is_wrong(show: SmallShow, placecast: Command) -> None:
    show.add("digbeth")
    placecast("publish")
    assert placecast("check")[0] == 0
    show.edit("digbeth", 'title = "Digbeth"', 'title = " "')
    assert placecast("check")[0] == 1


def test_json_is_one_event_a_line_and_ends_with_the_result(show: SmallShow, placecast: Command) -> None:
    show.add("digbeth")
    code, out, _ = placecast("publish", "--json")
    events = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [event["event"] for event in events][-1] == "result"
    assert events[-1]["feed"] == "https://podcast.example.org/small/feed.xml"
    assert "feed.xml" in events[-1]["uploaded"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("publish", "nowhere"), 2, "there is no such episode"),
        (("publish", "--redo", "everything"), 2, "everything"),
        (("publish", "-C", "/"), 2, "placecast init"),
        (("init", "another", "--no-input"), 2, "--title"),
        (("init", ".", *INIT), 2, "is there already"),
        (("frobnicate",), 2, "frobnicate"),
    ],
)
def test_what_cannot_be_done_ends_with_its_code_and_a_sentence(
    show: SmallShow, placecast: Command, arguments: tuple[str, ...], code: int, said: str
) -> None:
    ended, out, err = placecast(*arguments)
    assert ended == code
    assert said in err
    assert "Traceback" not in err + out


def test_wrong_facts_end_with_1_and_name_every_file(show: SmallShow, placecast: Command) -> None:
    show.add("digbeth")
    show.edit("digbeth", "guid", "giud")
    code, _, err = placecast("publish")
    assert code == 1
    assert "episodes/digbeth/episode.md: guid: is missing." in err
    assert "Did you mean guid?" in err


def test_a_folder_that_cannot_be_written_is_named_without_a_traceback(show: SmallShow, placecast: Command) -> None:
    show.add("digbeth")
    Path("transcripts").write_text("a file where a folder should be", "utf-8")
    code, out, err = placecast("publish")
    assert code == 1
    assert "transcripts" in err
    assert "cannot be read or written" in err
    assert "Traceback" not in err + out


def test_ctrl_c_ends_with_130_and_says_how_to_go_on(
    show: SmallShow, placecast: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(transcription: object, **told: object) -> FakeEngine:
        raise KeyboardInterrupt

    monkeypatch.setattr("placecast.transcribe.load_engine", interrupted)
    show.add("digbeth")
    code, _, err = placecast("publish")
    assert code == 130
    assert "Run the same command again" in err


def test_without_weights_nothing_is_invented_and_the_cure_is_named(show: SmallShow, tmp_path: Path) -> None:
    show.add("digbeth")
    path = show.project.root / "placecast.toml"
    path.write_text(path.read_text("utf-8") + '[transcription]\nmodel = "large-v3"\nweights = "none.pt"\n', "utf-8")
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)}
    command = [sys.executable, "-m", "placecast.cli", "publish", "--no-input"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=show.project.root, env=environment, check=False)
    assert done.returncode == 3, done.stderr
    assert "none.pt" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (show.project.root / "transcripts").exists()
    assert not show.target.exists() or "feed.xml" not in files_below(show.target)
