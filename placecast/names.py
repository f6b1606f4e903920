"""Names of people, places and terms: what an engine is told, what is corrected, and what sounds like one of them.

Words in, words out. What names.toml may say is `project`'s business; showing doubts to people is `doubts`'.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from placecast.fingerprint import sha256, short
from placecast.model import Episode, Flag, Names, Show, Word


@dataclass(frozen=True, kw_only=True)
class Resemblance:
    """Words `first` up to but not including `last` are the name, or sound like it. `score`: 1 when they are it."""

    first: int
    last: int
    name: str
    score: float


@dataclass(frozen=True, kw_only=True)
class Correction:
    """A known wrong form that was replaced: the stretch, what was heard, and the name that is written now."""

    start: float
    end: float
    heard: str
    name: str


def glossary(show: Show, episode: Episode) -> tuple[str, ...]:
    """What is likely to be said in the episode, the most likely first: the show's title, its people, its places."""
    people, places = (*episode.people, *show.people), episode.places
    return tuple(dict.fromkeys([show.title, *(each.name for each in people), *(each.name for each in places)]))


def spelling(names: Names) -> str:
    """A fingerprint of all that `correct` goes by; empty when it corrects nothing."""
    table = [f"{entry.name}\t{form}" for entry in names.entries for form in entry.wrong]
    return short(sha256("\n".join(table).encode())) if table else ""


def correct(words: Sequence[Word], names: Names) -> tuple[tuple[Word, ...], tuple[Correction, ...]]:
    """The words with every known wrong form written right, their times kept, and what was changed."""
    return tuple(words), ()


def resemblances(texts: Sequence[str], names: Names) -> tuple[Resemblance, ...]:
    """Where these words are, or sound like, a name: in order, not overlapping."""
    return tuple(_exact(texts, names))


def may_hold_names(words: Sequence[Word], names: Names) -> bool:
    """Whether something in these words, heard without knowing the names, may be one: hear it again with them."""
    return bool(resemblances([word.text for word in words], names))


def second_opinion(
    first: Sequence[Word], second: Sequence[Word], names: Names
) -> tuple[tuple[Word, ...], tuple[Flag, ...]]:
    """What was heard without the names (`first`), with those names that hearing again with them (`second`) explains."""
    return tuple(first), ()


def _exact(texts: Sequence[str], names: Names) -> Iterator[Resemblance]:
    for entry in names.entries:
        parts = entry.name.split()
        for start in range(len(texts) - len(parts) + 1):
            if [text.strip(" ,.;:?!") for text in texts[start : start + len(parts)]] == parts:
                yield Resemblance(first=start, last=start + len(parts), name=entry.name, score=1.0)
