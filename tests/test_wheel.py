"""The wheel: it holds all that the program reads, and installs with pip, uv and pipx on every Python that is here."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

from placecast import __version__
from tests import sounds

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "placecast"
OLDEST = 11  # as `requires-python` has it: 3.11
SHOW = (
    *("init", "show", "--title", "Trust", "--description", "About places.", "--url", "https://example.org"),
    *("--author", "Us", "--email", "us@example.org", "--category", "Government"),
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # Of a copy: what is built from a checkout leaves files in it.
    source = shutil.copytree(PACKAGE, folder / "source" / "placecast", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source.parent)
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, source.parent)
    return next(folder.glob("*.whl"))


def run(*command: object, cwd: Path | None = None, **environment: str) -> str:
    words = [str(each) for each in command]
    done = subprocess.run(words, cwd=cwd, env=os.environ | environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_the_whole_package_and_nothing_else(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        held = set(archive.namelist())
    there = {path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    told = {f"placecast-{__version__}.dist-info/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt")}
    told.add(f"placecast-{__version__}.dist-info/licenses/LICENSE")
    assert held == {path.relative_to(ROOT).as_posix() for path in there} | told


def pythons() -> dict[str, Path]:
    """One of each version that placecast wants: on the path, or as pyenv installs them."""
    on_path = filter(None, map(shutil.which, (f"python3.{minor}" for minor in range(OLDEST, 20))))
    there = [Path(sys.executable), *map(Path, on_path), *Path.home().glob(".pyenv/versions/3.*/bin/python3")]
    # pyenv's own commands stand for Pythons that it may not have.
    told = {subprocess.getoutput(f"{shlex.quote(str(path))} --version"): path for path in there}
    found = {re.fullmatch(r"Python (3\.(\d+)\.\d+)", version): path for version, path in told.items()}
    return {match[1]: path for match, path in found.items() if match and int(match[2]) >= OLDEST}


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """uv and pipx, in an environment of their own."""
    folder = tmp_path_factory.mktemp("tools")
    venv.create(folder, with_pip=True)
    run(folder / "bin" / "pip", "install", "--quiet", "uv", "pipx")
    return folder / "bin"


@pytest.mark.slow
@pytest.mark.parametrize("installer", ["pip", "uv", "pipx"])
def test_it_installs_and_publishes_on_every_python_that_is_here(
    wheel: Path, tools: Path, installer: str, tmp_path: Path
) -> None:
    there = pythons()
    assert there
    recording, words = tmp_path / "talk.wav", tmp_path / "talk.vtt"
    sounds.save(recording, sounds.speech(3))
    words.write_text("WEBVTT\n\n00:00.500 --> 00:02.500\nWhose high street is it?\n", "utf-8")
    for version, python in there.items():
        folder = tmp_path / version
        command = install(installer, tools, python, wheel, folder) / "placecast"
        assert run(command, "--version").startswith(f"placecast {__version__}\nCPython {version},")
        run(command, *SHOW, cwd=folder)
        run(command, "publish", recording, "--transcript", words, "--no-input", "-C", folder / "show")
        feed = (folder / "show" / "public" / "feed.xml").read_text("utf-8")
        assert feed.count("<item>") == 1


def install(installer: str, tools: Path, python: Path, wheel: Path, folder: Path) -> Path:
    """Where the command then is."""
    folder.mkdir()
    if installer == "pipx":
        home = {
            "PIPX_HOME": str(folder / "home"),
            "PIPX_BIN_DIR": str(folder / "bin"),
            "PIPX_MAN_DIR": str(folder / "man"),
        }
        run(tools / "pipx", "install", "--quiet", "--python", python, wheel, **home)
        return folder / "bin"
    run(python, "-m", "venv", *(["--without-pip"] if installer == "uv" else []), folder / "venv")
    inside = folder / "venv" / "bin"
    if installer == "uv":
        run(tools / "uv", "pip", "install", "--quiet", "--python", inside / "python", wheel)
    else:
        run(inside / "pip", "install", "--quiet", wheel)
    return inside
