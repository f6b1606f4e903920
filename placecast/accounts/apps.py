"""The newest list of podcast apps and bots, fetched from those who keep it: github.com/opawg/user-agents-v2."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

from urllib3.exceptions import HTTPError

from placecast import asking, files
from placecast.audience import agents
from placecast.errors import HostError

SOURCE = "https://raw.githubusercontent.com/opawg/user-agents-v2/master/build"
_PARTS = ("bots", "apps", "libraries", "browsers")
_SECONDS = 30.0
_CURE = "Try again later. The list that is here goes on being used."


def update(root: Path, today: date, source: str = SOURCE) -> Path:
    """Fetch the list, and keep it in the show's folder if it is one."""
    listed: dict[str, Any] = {part: _entries(f"{source}/{part}.runtime.json") for part in _PARTS}
    try:
        agents.Agents(listed)
    except re.error as error:
        raise HostError(source, f"has a pattern that is none: {error}.", _CURE) from error
    told = f"Open Podcast Analytics Working Group, user-agents-v2, as of {today.isoformat()}, MIT licence"
    path = root / agents.FILE
    files.write(path, json.dumps({"sources": [told], **listed}, ensure_ascii=False, indent=0).encode() + b"\n")
    return path


def _entries(address: str) -> list[tuple[str, str]]:
    try:
        answer = asking.pool(address).request(
            "GET", address, headers={"User-Agent": asking.AGENT}, timeout=_SECONDS, retries=asking.patience(0.5)
        )
    except HTTPError as error:
        raise HostError(address, asking.why(error), _CURE) from error
    if answer.status != 200:
        raise HostError(address, f"answers with {answer.status}.", _CURE)
    try:
        return [(str(each["name"]), str(each["pattern"])) for each in json.loads(answer.data)["entries"]]
    except (ValueError, KeyError, TypeError) as error:
        raise HostError(address, "answers with something that is no list of apps.", _CURE) from error
