"""Readers of feeds and pages from npm, installed from their lock file when they are not there: a plugin of pytest."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from tests.run import READERS, install_npm_readers


@pytest.fixture(scope="session")
def node_modules() -> Path:
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip(
            "NODE OR NPM IS NOT INSTALLED: nobody checks feed and pages with the Podcast Index's parser and axe"
        )
    with FileLock(Path(tempfile.gettempdir()) / "placecast-test-readers.lock"):
        left_out = install_npm_readers()
    if left_out:
        pytest.skip(f"NOBODY CHECKS FEED AND PAGES WITH NPM'S READERS: {left_out[0]}")
    return READERS / "node_modules"


def parsed(parser: str, feed: Path) -> Any:
    """What one of the parsers in read.mjs makes of a feed."""
    return json.loads(node(str(READERS / "read.mjs"), parser, str(feed)))


def node(*arguments: str) -> str:
    # The Podcast Index's logger writes to the same place as we do.
    environment = {**os.environ, "LOG": "silent"}
    return subprocess.run(["node", *arguments], capture_output=True, text=True, check=True, env=environment).stdout
