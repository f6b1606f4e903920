"""Which app, browser or bot a user agent stands for, by the list of the Open Podcast Analytics Working Group.

Its rule is kept: bots, apps, libraries and browsers are asked in this order, and the first pattern that is found wins.
A list of crawlers of the web at large is asked beside its bots.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
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

_LETTERS = 4  # by which plain texts are looked up
_ESCAPED = re.compile(r"\\([^a-zA-Z0-9])")
_SPECIAL = re.compile(r"[\\^$.|?*+()\[\]{}]")
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
        bots = {pattern: _literal(pattern) for _, pattern in listed["bots"]}
        self._phrases = _Phrases([text for text in bots.values() if text])
        self._patterns = [(re.compile(pattern), BOT) for pattern, text in bots.items() if not text]
        for part, kind in NAMED:
            self._patterns += [(re.compile(found), Agent(name=name, kind=kind)) for name, found in listed[part]]

    def of(self, text: str) -> Agent:
        """Who sends this user agent."""
        if self._phrases.found_in(text):
            return BOT
        # One by one: most begin with ^ and are done at once; joined by | they take three times as long.
        return next((agent for pattern, agent in self._patterns if pattern.search(text)), UNKNOWN)


class _Phrases:
    """Plain texts, more than a thousand, that are looked for all at once: by their first letters."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._starting: dict[str, list[str]] = {}
        self._short = []
        for text in texts:
            if len(text) < _LETTERS:
                self._short.append(text)
            else:
                self._starting.setdefault(text[:_LETTERS], []).append(text)

    def found_in(self, text: str) -> bool:
        starting = self._starting
        for at in range(len(text) - _LETTERS + 1):
            likely = starting.get(text[at : at + _LETTERS])
            if likely and any(text.startswith(each, at) for each in likely):
                return True
        return any(each in text for each in self._short)


def _literal(pattern: str) -> str:
    """The text that a pattern looks for, if it looks for no more than a text."""
    text = _ESCAPED.sub(r"\1", pattern)
    return "" if _SPECIAL.search(_ESCAPED.sub("", pattern)) else text


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
