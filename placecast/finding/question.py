"""What is asked for: words, phrases in quotation marks, and which sentences count."""

from __future__ import annotations

import re
from dataclasses import dataclass

from placecast.search.passages import FURTHER
from placecast.search.words import words

_QUOTED = re.compile(r'["“”„«»]([^"“”„«»]+)["“”„«»]')
_MOST = 40  # words: who pastes a page finds the place by its beginning


@dataclass(frozen=True, kw_only=True)
class Question:
    """Words as a listener remembers them. A quoted phrase must be said just so.

    `looked_up`: the words that a passage must say by itself; a long phrase may end in the next one.
    """

    said: tuple[str, ...]
    looked_up: tuple[str, ...]
    quoted: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Only:
    """Which sentences count. `since` and `until`: a day, a month or a year (ISO 8601), both included.

    A draft has no day yet: it is later than any.
    """

    speaker: str = ""
    place: str = ""
    since: str = ""
    until: str = ""

    def __bool__(self) -> bool:
        return any((self.speaker, self.place, self.since, self.until))


EVERYTHING = Only()


def understood(text: str) -> Question:
    """The question in what somebody has typed. Nothing that is typed is wrong."""
    phrases = (tuple(words(found[1])[:_MOST]) for found in _QUOTED.finditer(text))
    shortened = _QUOTED.sub(lambda found: f" {' '.join(words(found[1])[: FURTHER + 1])} ", text)
    return Question(
        said=tuple(words(text)[:_MOST]),
        looked_up=tuple(words(shortened)[:_MOST]),
        quoted=tuple(phrase for phrase in phrases if phrase),
    )
