"""References as people write them: APA's 7th edition, and Harvard as Cite Them Right has it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from placecast.citation.people import Name, initials
from placecast.citation.reference import MEDIUM, Reference
from placecast.dates import MONTHS
from placecast.timecode import clock

_MOST_IN_APA = 20  # authors, after which all but the last are left out (section 9.8)
_MOST_IN_HARVARD = 3
_UNKNOWN_DAY = "[day month year]"  # a page cannot know when it is read


class Line(NamedTuple):
    """A reference, with the part in it that stands in italics."""

    before: str
    italic: str
    after: str

    def __str__(self) -> str:
        return "".join(self)


def apa(reference: Reference) -> Line:
    """`Hartley, R. (Host). (2026, May 1). Title (No. 12) [Audio podcast episode]. In Show. Publisher. https://…`.

    Section 10.13, example 95: hosts are the authors, and a publisher who is the author is not named again.
    """
    day, title = reference.date, reference.title
    place = f" ({reference.place})" if reference.place else ""
    before = (
        f"{_apa_authors(reference)} ({day.year}, {MONTHS[day.month - 1]} {day.day}). {title}{place} [{MEDIUM}]. In "
    )
    named = reference.cast.leads and reference.publisher != reference.show
    publisher = f" {_ended(reference.publisher)}" if named else ""
    return Line(before, reference.show, f"{_stop(reference.show)}{publisher} {reference.address}")


def harvard(reference: Reference, read: date | None = None) -> Line:
    """`Hartley, R. (2026) ‘Title’, Show [Podcast]. 1 May. Available at: https://… (Accessed: 2 May 2026).`.

    `read`: the day on which somebody reads it. What a DOI leads to does not change, so it needs none.
    """
    day = reference.date
    accessed = "" if reference.doi else f" (Accessed: {_written(read) if read else _UNKNOWN_DAY})"
    before = f"{_harvard_authors(reference.authors)} ({day.year}) ‘{reference.title}’, "
    after = f" [Podcast]. {day.day} {MONTHS[day.month - 1]}. Available at: {reference.address}{accessed}."
    return Line(before, reference.show, after)


def in_text(reference: Reference) -> str:
    """What stands in the text in brackets: `Hartley, 2026`, and the time of a moment (APA, section 8.28)."""
    families = [name.family for name in reference.authors]
    who = f"{families[0]} et al." if len(families) > 2 else " & ".join(families)
    time = [clock(reference.at)] if reference.at is not None else []
    return ", ".join([who, str(reference.date.year), *time])


def moment(reference: Reference, line: Line) -> str:
    """A reference with what cites the moment in it, and the address that plays from there."""
    return f"{line}\n({in_text(reference)}) {reference.url}"


def _apa_authors(reference: Reference) -> str:
    if not reference.cast.leads:
        return _ended(reference.publisher)
    names = [_inverted(name, " ") for name in reference.authors]
    role = reference.cast.role.capitalize() + "s" * (len(names) > 1)
    return f"{_apa_list(names)} ({role})."


def _apa_list(names: Sequence[str]) -> str:
    if len(names) > _MOST_IN_APA:
        return f"{', '.join(names[: _MOST_IN_APA - 1])}, … {names[-1]}"
    return f"{', '.join(names[:-1])}, & {names[-1]}" if len(names) > 1 else names[0]


def _harvard_authors(authors: Sequence[Name]) -> str:
    names = [_inverted(name, "") for name in authors]
    if len(names) > _MOST_IN_HARVARD:
        return f"{names[0]} et al."
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _inverted(name: Name, between: str) -> str:
    return ", ".join(filter(None, (name.family, initials(name, between), name.suffix)))


def _written(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _ended(text: str) -> str:
    return text + _stop(text)


def _stop(text: str) -> str:
    """The full stop that a text still needs."""
    return "" if text.endswith((".", "!", "?", "…")) else "."
