"""`placecast import` and `placecast verify-migration` as a producer types them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from placecast import cli
from placecast.project import Project
from tests import hosts
from tests.small_show import SmallShow, files_below
from tests.web import Reply, serving

Command = Callable[..., tuple[int, str, str]]
URL = "https://new.example.org/"


@pytest.fixture
def placecast(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["placecast", *arguments])
        code = 0
        try:
            cli.main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = capfd.readouterr()
        return code, out, err

    return run


@pytest.fixture
def libsyn(no_proxy: None) -> Iterator[hosts.Host]:
    with hosts.host("libsyn") as made:
        yield made


def test_import_build_verify_as_the_instructions_say(libsyn: hosts.Host, tmp_path: Path, placecast: Command) -> None:
    show = str(tmp_path / "show")
    code, out, err = placecast("import", libsyn.feed, show, "--url", URL, "--allow-private")
    assert code == 0
    assert "bring ward-by-ward (1 of 2)" in err
    assert "What could not be kept:" in out
    assert "itunes:keywords: parish,council" in out
    assert "What to do now:" in out
    assert "301" in out
    assert placecast("build", "-C", show)[0] == 0
    code, out, _ = placecast("verify-migration", libsyn.feed, f"{show}/feed/feed.xml", "--allow-private")
    assert code == 0, out
    assert out.splitlines()[-1] == "Nothing differs that listeners or directories lose by."
    assert "note enclosure length: Ward by ward" in out


def test_the_published_show_is_the_old_one_as_listeners_get_it(
    libsyn: hosts.Host, tmp_path: Path, placecast: Command
) -> None:
    with serving({}) as new:
        assert placecast("import", libsyn.feed, str(tmp_path), "--url", new.address, "--allow-private")[0] == 0
        SmallShow(project=Project(root=tmp_path)).publish("ward-by-ward")
        new.files.update(files_below(tmp_path / "public"))
        code, out, _ = placecast("verify-migration", libsyn.feed, f"{new.address}feed.xml", "--allow-private", "--json")
    assert code == 0, out
    assert json.loads(out)["both"] == 2
    sounds = {body for key, body in libsyn.web.files.items() if ".mp3" in key}
    assert sounds == {body for key, body in new.files.items() if key.endswith(".mp3")}


def test_verify_ends_with_1_and_names_what_differs(libsyn: hosts.Host, tmp_path: Path, placecast: Command) -> None:
    other = tmp_path / "other.xml"
    other.write_bytes(libsyn.web.files["libsyn.xml"].replace(b"0f1e2d3c4b5a", b"changed"))
    code, out, _ = placecast("verify-migration", libsyn.feed, str(other), "--allow-private")
    assert code == 1
    assert "differs episode: What is a parish?\n  old: there\n  new: missing" in out
    code, out, _ = placecast("verify-migration", libsyn.feed, str(other), "--allow-private", "--json")
    told = json.loads(out)
    assert (code, told["event"], told["both"], told["old"]) == (1, "result", 1, 2)
    assert {each["guid"] for each in told["differences"] if each["grave"]} == {
        "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
        "changed69788796a5b4c3d2e1f0",
    }


def test_an_import_that_is_not_whole_ends_with_1(libsyn: hosts.Host, tmp_path: Path, placecast: Command) -> None:
    libsyn.web.change = lambda asked, reply: Reply(status=403) if "parish.mp3" in asked.key else reply
    code, out, _ = placecast("import", libsyn.feed, str(tmp_path), "--url", URL, "--allow-private", "--json")
    told = json.loads(out.splitlines()[-1])
    assert code == 1
    assert {each["slug"]: each["outcome"] for each in told["episodes"]} == {
        "what-is-a-parish": "without sound",
        "ward-by-ward": "brought",
    }
    assert told["feed"] == f"{URL}feed.xml"
    assert Path(told["plan"]).is_file()


def test_this_machine_is_not_asked_unless_that_is_said(libsyn: hosts.Host, tmp_path: Path, placecast: Command) -> None:
    code, _, err = placecast("import", libsyn.feed, str(tmp_path / "show"), "--url", URL)
    assert code == 4
    assert "private network" in err
    assert "--allow-private" in err
    assert libsyn.web.asked == []


def test_a_locked_feed_ends_with_1_and_the_cure(no_proxy: None, tmp_path: Path, placecast: Command) -> None:
    with hosts.host("buzzsprout") as buzz:
        code, _, err = placecast("import", buzz.feed, str(tmp_path / "show"), "--url", URL, "--allow-private")
    assert code == 1
    assert "podcast:locked" in err
    assert "--owner" in err


def test_what_a_stranger_writes_does_not_reach_the_terminal(
    libsyn: hosts.Host, tmp_path: Path, placecast: Command
) -> None:
    libsyn.replace("parish,council", "\u202egnp\u009b31m")
    _, out, err = placecast("import", libsyn.feed, str(tmp_path), "--url", URL, "--allow-private")
    assert not {"\u202e", "\u009b"} & set(out + err)
