"""The scripts as they are sent: made of ours by terser, and committed, so that nobody needs Node.js to build a show."""

from __future__ import annotations

import os
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

from placecast.pages import dressing

ASSETS = Path(str(files("placecast.pages").joinpath("assets")))
OPTIONS = ("--module", "--ecma", "2022", "--compress", "passes=3", "--mangle", "--comments", "false")
CURE = "Run UPDATE_GOLDEN=1 python -m pytest tests/test_pages_lean.py, and commit what it writes."


@pytest.mark.npm
@pytest.mark.parametrize("name", dressing.SCRIPTS)
def test_the_scripts_that_are_sent_are_what_terser_makes_of_ours(node_modules, name):
    source = "".join((ASSETS / part).read_text("utf-8") for part in dressing.SCRIPTS[name])
    command = ["node", node_modules / "terser" / "bin" / "terser", *OPTIONS]
    made = subprocess.run(command, input=source, capture_output=True, text=True, encoding="utf-8", check=True).stdout
    sent = ASSETS / dressing.LEAN / name
    if os.environ.get("UPDATE_GOLDEN"):
        sent.write_text(made, "utf-8")
    assert sent.read_text("utf-8") == made, CURE
