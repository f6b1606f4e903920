"""Who is heard and credited, each with the episodes: of this clone, and those that the published feed alone knows."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from placecast.model import Person, Show
from placecast.pages.shelf import Entry
from placecast.pages.wording import role, web


@dataclass(frozen=True, kw_only=True)
class Credited:
    """Somebody, by name. `everywhere`: one of the show's own people, who stand in every episode."""

    name: str
    roles: tuple[str, ...]
    url: str | None
    entries: tuple[Entry, ...]  # newest first
    everywhere: bool


def credited(show: Show, entries: Iterable[Entry]) -> list[Credited]:
    """Everybody who is named: the show's own people first, in its order, then the others by name."""
    told: dict[str, list[tuple[Person, Entry | None]]] = {}
    for person, entry in _named(show, entries):
        told.setdefault(person.name, []).append((person, entry))
    own = {person.name for person in show.people}
    return sorted((_of(name, each, name in own) for name, each in told.items() if name), key=_order(show))


def _named(show: Show, entries: Iterable[Entry]) -> Iterator[tuple[Person, Entry | None]]:
    yield from ((person, None) for person in show.people)
    for entry in entries:
        yield from ((person, entry) for person in entry.people)


def _of(name: str, told: list[tuple[Person, Entry | None]], everywhere: bool) -> Credited:
    return Credited(
        name=name,
        roles=tuple(dict.fromkeys(role(person) for person, _ in told if role(person))),
        url=next((person.url for person, _ in told if web(person.url)), None),
        entries=tuple({entry.anchor: entry for _, entry in told if entry}.values()),
        everywhere=everywhere,
    )


def _order(show: Show) -> Callable[[Credited], tuple[int, str, str]]:
    own = {person.name: number for number, person in enumerate(show.people)}

    def key(person: Credited) -> tuple[int, str, str]:
        return own.get(person.name, len(own)), sortable(person.name), person.name

    return key


def sortable(name: str) -> str:
    """The name such that Éric stands beside Eric, whatever machine sorts."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))
