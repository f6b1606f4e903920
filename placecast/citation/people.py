"""Who stands in a reference: names as lists of references write them, and who of an episode's people is an author."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from placecast.citation.cleaning import one_line
from placecast.model import Person

# APA names the hosts as the authors, each with the role. Where nobody is said to host, who tells the story leads.
_LEADS = (
    ("host", ("host", "co-host", "cohost", "guest host")),
    ("narrator", ("narrator",)),
    ("reporter", ("reporter",)),
)


@dataclass(frozen=True, kw_only=True)
class Name:
    """A person's name in the two parts that references turn round; an organisation has `family` alone."""

    family: str
    given: str = ""
    suffix: str = ""

    @property
    def inverted(self) -> str:
        """`Hartley, Rosa`, as reference managers read it."""
        return ", ".join(filter(None, (self.family, self.given, self.suffix)))


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Who leads an episode, in which role, who is a guest, and who else is credited."""

    leads: tuple[Name, ...]
    role: str  # of the leads: "host"
    guests: tuple[Name, ...]


def cast(people: Sequence[Person]) -> Cast:
    """The people of an episode as references need them."""
    by_role = [(_role(person), name_of(person)) for person in heard(people)]
    guests = tuple(name for role, name in by_role if role == "guest")
    for lead, roles in _LEADS:
        if found := tuple(name for role, name in by_role if role in roles):
            return Cast(leads=found, role=lead, guests=guests)
    return Cast(leads=(), role="", guests=guests)


def heard(people: Sequence[Person]) -> list[Person]:
    """Those who are heard, once each. Who only cut the sound is credited, but stands before no title."""
    speaking = [person for person in people if person.group.strip().lower() == "cast" and one_line(person.name)]
    return list({person.name: person for person in reversed(speaking)}.values())[::-1]


def initials(name: Name, between: str) -> str:
    """`J.-L. R.`: of the given names."""
    words = name.given.replace(".", ". ").split()
    return between.join("-".join(f"{part[0]}." for part in word.split("-") if part) for word in words)


def _role(person: Person) -> str:
    return person.role.strip().lower()


def name_of(person: Person) -> Name:
    """The parts of a person's name: as the facts say which is the family's, or as is usual in Europe."""
    family, name = one_line(person.family or ""), one_line(person.name)
    if family and family in name and family != name:
        return Name(family=family, given=" ".join(name.replace(family, " ", 1).split()))
    return Name(family=name) if family else _parted(name)


@lru_cache(maxsize=1024)
def _parted(name: str) -> Name:
    from nameparser import HumanName  # half a tenth of a second, for those who cite

    found = HumanName(name)
    given = " ".join(filter(None, (found.first, found.middle)))
    if not (found.last and given):
        return Name(family=name)
    return Name(family=found.last, given=given, suffix=found.suffix)
