"""The preview while somebody works on the show: what is built again, what the browser is told, and what it may do."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from placecast.errors import FactsError, Fault
from placecast.preview import Stage
from placecast.preview.watching import changes, is_of_show
from tests.small_show import SmallShow, make
from tests.test_pages_browser import chromium  # noqa: F401 - a fixture

ROOT = Path(__file__).parents[1]
FAULT = Fault(file="placecast.toml", key="url", what="is missing.", cure="Write it.")


class Built:
    """A build that can be told to fail."""

    error: Exception | None = None

    def __call__(self) -> None:
        if self.error:
            raise self.error


def test_a_build_gives_the_pages_a_new_version() -> None:
    stage = Stage(Built())
    before = stage.version
    stage.renew()
    assert stage.version != before
    assert stage.faults == ()


@pytest.mark.parametrize(
    ("error", "file", "what"),
    [
        (FactsError([FAULT]), "placecast.toml", "is missing."),
        (FileNotFoundError(2, "No such file or directory", "episode.md"), "episode.md", "No such file"),
        (KeyError("season"), "placecast", "KeyError"),
    ],
)
def test_what_goes_wrong_is_told_and_the_version_stays(error: Exception, file: str, what: str) -> None:
    build = Built()
    stage = Stage(build)
    stage.renew()
    before, build.error = stage.version, error
    stage.renew()
    assert stage.version == before
    assert (stage.faults[0].file, what in stage.faults[0].what) == (file, True)
    build.error = None
    stage.renew()
    assert stage.faults == ()


@pytest.mark.parametrize(
    ("path", "counts"),
    [
        ("placecast.toml", True),
        ("episodes/digbeth/episode.md", True),
        ("episodes/digbeth/feed/picture.png", True),
        ("templates/style/20-own.css", True),
        ("feed/index.html", False),
        (".placecast/known.json", False),
        ("episodes/digbeth/.episode.md.swp", False),
        ("episodes/digbeth/episode.md~", False),
        ("public/feed.xml", False),
        ("../elsewhere/placecast.toml", False),
    ],
)
def test_the_files_that_a_show_is_made_from_count(tmp_path: Path, path: str, counts: bool) -> None:
    root = tmp_path / "feed" / ".hidden"  # what lies above the show says nothing
    assert is_of_show(Path(os.path.normpath(root / path)), root, (root / "public",)) == counts


@pytest.mark.parametrize("polling", [None, True])
def test_a_change_is_told_and_only_that(tmp_path: Path, polling: bool | None) -> None:
    (tmp_path / "feed").mkdir()
    (tmp_path / "episodes").mkdir()
    (tmp_path / "episodes/episode.md").touch()  # a new file would change its folder, too
    stop, told = threading.Event(), threading.Event()
    found: list[Path] = []

    def watch() -> None:
        for changed in changes(tmp_path.resolve(), (), stop, polling=polling):
            found.extend(changed)
            told.set()

    watcher = threading.Thread(target=watch)
    watcher.start()
    deadline = time.monotonic() + 20
    while not told.wait(0.2) and time.monotonic() < deadline:  # until the watch has begun
        (tmp_path / "feed/index.html").write_text(str(time.monotonic()))
        (tmp_path / "episodes/episode.md").write_text(str(time.monotonic()))
    stop.set()
    watcher.join(20)
    assert not watcher.is_alive()
    assert {path.name for path in found} == {"episode.md"}


class Running(NamedTuple):
    """A preview in a process of its own."""

    show: SmallShow
    url: str

    def ask(self, path: str, **headers: str) -> tuple[dict[str, str], bytes]:
        straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with straight.open(urllib.request.Request(self.url + path, headers=headers), timeout=10) as answer:
            return {name.lower(): value for name, value in answer.getheaders()}, answer.read()

    def state(self) -> dict[str, Any]:
        return dict(json.loads(self.ask(".preview/state")[1]))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    small = make(tmp_path_factory.mktemp("preview") / "show")
    small.add("digbeth", seconds=3.0)
    small.publish()
    command = [sys.executable, "-m", "placecast", "preview", "--port", "0", "-C", str(small.project.root)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, cwd=ROOT
    ) as process:
        assert process.stdout
        yield Running(small, process.stdout.readline().split()[4])
        process.send_signal(signal.SIGINT)
        said = "".join(process.communicate(timeout=30))
    assert process.returncode == 130
    assert "The preview has ended." in said
    assert "Traceback" not in said


def until(answer: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not answer():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_what_is_saved_is_shown_and_faults_leave_the_last_good_build(running: Running) -> None:
    before = running.state()
    assert before["faults"] == []
    running.show.edit("digbeth", 'title = "Digbeth"', 'title = ""')
    until(lambda: bool(running.state()["faults"]))
    assert running.state()["version"] == before["version"]
    assert running.state()["faults"][0]["file"] == "episodes/digbeth/episode.md"
    assert b"Digbeth" in running.ask("e/digbeth/")[1]
    running.show.edit("digbeth", 'title = ""', 'title = "Deritend"')
    until(lambda: running.state()["version"] != before["version"])
    assert running.state()["faults"] == []
    assert b"Deritend" in running.ask("e/digbeth/")[1]
    running.show.edit("digbeth", 'title = "Deritend"', 'title = "Digbeth"')
    until(lambda: b"Deritend" not in running.ask("e/digbeth/")[1])


def test_the_script_is_in_the_pages_alone_and_the_policy_stays(running: Running) -> None:
    headers, page = running.ask("e/digbeth/")
    assert page.count(b"/.preview/reload.js") == 1
    assert f'data-version="{running.state()["version"]}"'.encode() in page
    assert "script-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert b"/.preview/" not in running.ask("e/digbeth/player/")[1]
    assert b"/.preview/" not in running.ask("feed.xml")[1]
    assert b"/.preview/" not in (running.show.project.preview / "e/digbeth/index.html").read_bytes()
    assert running.ask(".preview/reload.js")[0]["content-type"] == "text/javascript; charset=utf-8"


def test_the_state_is_for_this_computers_own_name_only(running: Running) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        running.ask(".preview/state", Host="evil.example")
    assert refused.value.code == 400
    refused.value.close()
    assert "access-control-allow-origin" not in running.ask(".preview/state", Origin="https://evil.example")[0]


@pytest.mark.browser
def test_the_browser_shows_faults_and_loads_what_was_built_again(running: Running, chromium) -> None:  # noqa: F811
    context = chromium.new_context()
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(running.url + "e/digbeth/")
    assert page.locator(".placecast-preview").is_hidden()
    running.show.edit("digbeth", 'title = "Digbeth"', 'title = ""')
    note = page.get_by_role("status").filter(has_text="Not built")
    note.wait_for()
    assert "episodes/digbeth/episode.md: title" in note.inner_text()
    assert page.locator("h1").inner_text() == "Digbeth"
    running.show.edit("digbeth", 'title = ""', 'title = "Aston"')
    page.locator("h1", has_text="Aston").wait_for()
    assert page.locator(".placecast-preview").is_hidden()
    context.close()
    assert complaints == []
