"""Which app, browser or bot a user agent stands for, by the list of the Open Podcast Analytics Working Group.

Its rule is kept: bots, apps, libraries and browsers are asked in this order, and the first pattern that is found wins.
A list of crawlers of the web at large is asked beside its bots.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from placecast.errors import FactsError, Fault

Kind = Literal["app", "library", "browser", "unknown", "bot"]
NAMED: tuple[tuple[str, Kind], ...] = (("apps", "app"), ("libraries", "library"), ("browsers", "browser"))
"""The parts of a list that name what they find, in the order in which they are asked, and the kind of each."""

FILE = "audience/apps.json"
"""Where a show keeps a newer list than the one that came with this program."""

_TOGETHER = 25  # patterns in one expression: twice as fast as one by one, and more are slower again
_CURE = "Take the file away, or fetch it anew with: placecast report --update-apps"


@dataclass(frozen=True, kw_only=True, eq=False)  # each is one object, which is quick to look up
class Agent:
    """Who asked. `name`: what people call it."""

    name: str
    kind: Kind


UNKNOWN = Agent(name="Unknown", kind="unknown")
BOT = Agent(name="Bot", kind="bot")


class Agents:
    """A list of user agents, ready to be asked. `re.error` when one of its patterns is none."""

    def __init__(self, listed: Mapping[str, Sequence[Sequence[str]]]) -> None:
        bots = [pattern for _, pattern in listed["bots"]]
        self._bots = [re.compile("|".join(bots[at : at + _TOGETHER])) for at in range(0, len(bots), _TOGETHER)]
        self._named = [
            (re.compile(pattern), Agent(name=name, kind=kind)) for part, kind in NAMED for name, pattern in listed[part]
        ]

    def of(self, text: str) -> Agent:
        """Who sends this user agent."""
        if any(pattern.search(text) for pattern in self._bots):
            return BOT
        return next((agent for pattern, agent in self._named if pattern.search(text)), UNKNOWN)


def read(path: Path | None) -> Agents:
    """The list in this file of a show, or the one that came with this program."""
    if path is None or not path.is_file():
        return _ready()
    try:
        listed = json.loads(path.read_bytes())
        return Agents({**listed, "bots": [*listed["bots"], *_shipped()["bots"]]})
    except (ValueError, KeyError, TypeError, re.error) as error:
        raise FactsError([Fault(file=FILE, what=f"is no list of apps: {error}.", cure=_CURE)]) from error


def sources(path: Path | None) -> tuple[str, ...]:
    """Where the list comes from, for people: who made it, when, and under which licence."""
    own = json.loads(path.read_bytes()).get("sources", []) if path and path.is_file() else []
    return tuple(str(each) for each in own or _shipped()["sources"])


@lru_cache(1)
def _ready() -> Agents:
    return Agents(_shipped())


@lru_cache(1)
def _shipped() -> dict[str, Any]:
    listed: dict[str, Any] = json.loads(files("placecast.audience").joinpath("data", "agents.json").read_bytes())
    return listed
