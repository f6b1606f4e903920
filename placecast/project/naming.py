"""names.toml: its names, what contradicts itself in it, and what it adds to the people and places of other files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

from placecast.errors import FactsError, Fault
from placecast.model import Name, Names, Person, Place
from placecast.names import same_letters
from placecast.project.faults import validate
from placecast.project.front_matter import read_toml
from placecast.project.names_schema import NameFacts, NamesFacts
from placecast.project.schema import ChapterPlaceFacts, PersonFacts, PlaceFacts
from placecast.project.secrets import without_secrets
from placecast.project.shapes import Facts

Kind = Literal["person", "place", "term"]
_SPELT = {"aliases", "spoken", "wrong"}


class _Entry(NamedTuple):
    """A table of names.toml, by the key that a producer finds it under, such as people[2]."""

    key: str
    kind: Kind
    facts: NameFacts


def read_names(text: str, file: str) -> Names:
    """The names that this names.toml has; FactsError with everything that is wrong with it."""
    data = read_toml(text, file)
    with without_secrets(data, file):
        facts = validate(NamesFacts, data, file)
    entries = [
        *_entries("people", "person", facts.people),
        *_entries("places", "place", facts.places),
        *_entries("terms", "term", facts.terms),
    ]
    faults = [*_twice(entries, file), *_contradictions(entries, file)]
    if faults:
        raise FactsError(faults)
    return Names(
        entries=tuple(Name(kind=entry.kind, **entry.facts.model_dump(include={"name"} | _SPELT)) for entry in entries),
        people=tuple(Person(**_told(each)) for each in facts.people),
        places=tuple(Place(**_told(each)) for each in facts.places),
    )


def people(tables: Sequence[PersonFacts], names: Names) -> tuple[Person, ...]:
    """The people of a file, written as names.toml has them, with what it tells of them; what the file says wins."""
    known = {person.name: person for person in names.people}
    return tuple(Person(**_completed(table, "person", names, known)) for table in tables)


def places(tables: Sequence[PlaceFacts], names: Names) -> tuple[Place, ...]:
    """The places of a file, in the same way."""
    known = {place.name: place for place in names.places}
    return tuple(Place(**_completed(table, "place", names, known)) for table in tables)


def place(table: ChapterPlaceFacts, names: Names, also: Sequence[Place]) -> Place:
    """One place, with what names.toml or these other places tell of it; what the table says wins."""
    known = {each.name: each for each in (*also, *names.places)}
    return Place(**_completed(table, "place", names, known))


def _completed(table: Facts, kind: Kind, names: Names, known: dict[str, Any]) -> dict[str, Any]:
    said = table.model_dump(exclude_unset=True)
    name = _canonical(said["name"], kind, names)
    told = vars(known[name]) if name in known else {}
    return told | said | {"name": name}


def _canonical(name: str, kind: Kind, names: Names) -> str:
    """The name as names.toml has it, whether it is given as an alias, a wrong form or otherwise spaced."""
    entries = [entry for entry in names.entries if entry.kind == kind]
    exact = (entry.name for entry in entries if name == entry.name)
    forms = ((entry.name, form) for entry in entries for form in (entry.name, *entry.aliases, *entry.wrong))
    return next(exact, None) or next((right for right, form in forms if same_letters(name, form)), name)


def _told(facts: NameFacts) -> dict[str, Any]:
    """What a table says besides how to write the name; what it leaves out has the defaults of the model."""
    return facts.model_dump(exclude=_SPELT, exclude_none=True)


def _entries(table: str, kind: Kind, facts: Sequence[NameFacts]) -> Iterator[_Entry]:
    for number, each in enumerate(facts, start=1):
        yield _Entry(f"{table}[{number}]", kind, each)


def _twice(entries: Sequence[_Entry], file: str) -> Iterator[Fault]:
    """Names and aliases that stand twice in one table: which of the two is meant cannot be told."""
    seen: dict[tuple[Kind, str], _Entry] = {}
    for entry in entries:
        for name in (entry.facts.name, *entry.facts.aliases):
            other = seen.setdefault((entry.kind, name.casefold()), entry)
            if other is not entry:
                what = f"{name!r} is also {other.key}."
                yield Fault(file=file, key=entry.key, what=what, cure="Put the two tables together, or drop one name.")


def _contradictions(entries: Sequence[_Entry], file: str) -> Iterator[Fault]:
    """Wrong forms that are right elsewhere: one rule would undo the other."""
    for entry in entries:
        for number, form in enumerate(entry.facts.wrong, start=1):
            what = next(_objections(form, entry, entries), None)
            if what:
                cure = "Take it out of the wrong forms: it would be written otherwise wherever it is heard."
                yield Fault(file=file, key=f"{entry.key}.wrong[{number}]", what=f"{form!r} {what}", cure=cure)


def _objections(form: str, entry: _Entry, entries: Sequence[_Entry]) -> Iterator[str]:
    own = entry.facts.name.casefold()
    if form in (entry.facts.name, *entry.facts.aliases):
        yield "is a right name of the same table."
    if form.casefold() != own and f" {own} " in f" {form.casefold()} ":
        yield "has the right name in it."
    for other in (each for each in entries if each.facts.name != entry.facts.name):
        if any(same_letters(form, right) for right in (other.facts.name, *other.facts.aliases)):
            yield f"is a right name of {other.key}."
        if any(same_letters(form, wrong) for wrong in other.facts.wrong):
            yield f"is a wrong form of {other.key} as well."
