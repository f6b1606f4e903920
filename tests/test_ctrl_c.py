"""Ctrl-C, sent to real processes at different moments: one sentence, code 130, and nothing half done.

How a preview ends is in test_preview.
"""

from __future__ import annotations

import os
import pty
import random
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.small_show import SmallShow, files_below, make

ROOT = Path(__file__).parents[1]
# The engine is a stand-in; it is put in its place before the process says that it has begun.
PROGRAM = """
import sys
import placecast.transcribe
from placecast.__main__ import main
from tests.commands import fake_engine
placecast.transcribe.load_engine = fake_engine
sys.stderr.write("begun\\n")
sys.stderr.flush()
main()
"""
MOMENTS = 0.02, 0.4
MORE_MOMENTS = [random.Random(seed).uniform(0.0, 1.5) for seed in range(12)]


def start(*arguments: str, folder: Path, **streams: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM, *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "EDITOR": "sleep 30; true"}
    given = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams
    return subprocess.Popen(command, cwd=folder, text=True, env=environment, **given)


def interrupted(*arguments: str, folder: Path, after: float) -> tuple[int, str]:
    """How a process ends that gets the signal so many seconds after it began, and what it says."""
    with start(*arguments, folder=folder) as process:
        assert process.stderr
        assert process.stderr.readline() == "begun\n"
        time.sleep(after)
        process.send_signal(signal.SIGINT)
        said = "".join(process.communicate(timeout=30))
    return process.returncode, said


def assert_clean(code: int, said: str, folder: Path) -> None:
    assert code in (0, 130), said  # it may have been done already
    assert "Traceback" not in said
    assert len(re.findall("Stopped", said)) == (code == 130)
    assert not [name for name in files_below(folder) if re.search(r"(^|/)\.[^/]+\.[^/]{8}\.\w+$", name)]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The public tree of an undisturbed run."""
    small = a_show(tmp_path_factory.mktemp("whole"))
    small.publish()
    return files_below(small.target)


def a_show(folder: Path) -> SmallShow:
    small = make(folder / "show")
    small.add("digbeth", seconds=3.0)
    return small


def public(tree: dict[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in tree.items() if not name.startswith(".placecast/")}


def stops_and_goes_on(tmp_path: Path, whole: dict[str, bytes], after: float) -> None:
    small = a_show(tmp_path)
    code, said = interrupted("publish", folder=small.project.root, after=after)
    assert_clean(code, said, small.project.root)
    feed = small.target / "feed.xml"
    assert not feed.exists() or feed.read_bytes() == whole["feed.xml"]
    small.publish()
    assert public(files_below(small.target)) == public(whole)


@pytest.mark.parametrize("after", MOMENTS)
def test_a_publish_that_was_stopped_goes_on_to_the_same_end(
    tmp_path: Path, whole: dict[str, bytes], after: float
) -> None:
    stops_and_goes_on(tmp_path, whole, after)


@pytest.mark.slow
@pytest.mark.parametrize("after", MORE_MOMENTS)
def test_a_publish_that_was_stopped_anywhere_goes_on_to_the_same_end(
    tmp_path: Path, whole: dict[str, bytes], after: float
) -> None:
    stops_and_goes_on(tmp_path, whole, after)


def test_a_build_that_was_stopped_leaves_no_half_file(tmp_path: Path) -> None:
    small = a_show(tmp_path)
    small.publish()
    code, said = interrupted("build", "--no-color", folder=small.project.root, after=0.25)
    assert_clean(code, said, small.project.root)


def on_a_terminal(*arguments: str, folder: Path, until: str) -> tuple[int, str]:
    """How a process ends that gets the signal once its terminal shows these words."""
    ours, theirs = pty.openpty()
    with start(*arguments, folder=folder, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        said = read_until(ours, [until])
        process.send_signal(signal.SIGINT)
        said += read_until(ours, [])
        process.wait(timeout=30)
    os.close(ours)
    return process.returncode, said


def read_until(terminal: int, words: Sequence[str]) -> str:
    """What a terminal shows until it has shown these words, or until nobody writes to it any more."""
    said = b""
    while select.select([terminal], [], [], 20)[0]:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # Linux's way to say that the other end is closed
            break
        said += part
        if not part or (words and all(word.encode() in said for word in words)):
            break
    return said.decode()


def test_questions_that_nobody_answers_leave_no_show(tmp_path: Path) -> None:
    code, said = on_a_terminal("init", "mine", folder=tmp_path, until="name")
    assert code == 130
    assert said.count("Stopped") == 1
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


def test_while_it_loads_it_stops_as_well(tmp_path: Path) -> None:
    code = "import os, signal\nfrom placecast import __main__ as door\n"
    code += "import builtins\nload = builtins.__import__\n"
    code += "def slowly(name, *rest):\n    if name == 'placecast.cli': os.kill(os.getpid(), signal.SIGINT)\n"
    code += "    return load(name, *rest)\nbuiltins.__import__ = slowly\ndoor.main()\n"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stderr) == (130, "\nStopped before anything was done.\n")
