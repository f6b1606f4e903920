"""An episode as an entry for BibTeX and biblatex, which have no kind for podcasts that both know: so as @misc."""

from __future__ import annotations

import re
from collections.abc import Iterator

from placecast.citation.people import Name
from placecast.citation.reference import MEDIUM, Reference
from placecast.dates import MONTHS
from placecast.timecode import clock

# What TeX would act upon. A brace with a backslash still counts as one for BibTeX, so braces have names.
_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: "\\" + sign for sign in "&%$#_"},
}
# What would end a field too early. `%` and `#` stay: addresses are read as they are.
_IN_ADDRESS = {"\\": "%5C", "{": "%7B", "}": "%7D"}
# BibTeX splits names at these, wherever no brace protects them.
_SPLITTING = re.compile(r",|\band\b", re.IGNORECASE)


def bibtex(reference: Reference) -> str:
    """The entry as a file with this one entry, in UTF-8."""
    fields = "".join(f"  {name} = {value},\n" for name, value in _fields(reference))
    return f"@misc{{{reference.key},\n{fields}}}\n"


def _fields(reference: Reference) -> Iterator[tuple[str, str]]:
    day = reference.date
    yield "author", _braced(" and ".join(map(_name, reference.authors)))
    # A second pair of braces keeps capitals in titles as they are.
    yield "title", _braced(_braced(_tex(reference.title)))
    place = f", {_tex(reference.place)}" if reference.place else ""
    yield "howpublished", _braced(f"{MEDIUM}, \\emph{{{_tex(reference.show)}}}{place}")
    yield "series", _braced(_tex(reference.show))
    if reference.number is not None:
        yield "number", _braced(str(reference.number))
    yield "publisher", _braced(_tex(reference.publisher))
    yield "date", _braced(f"{day:%Y-%m-%d}")
    yield "year", _braced(f"{day.year}")
    yield "month", MONTHS[day.month - 1][:3].lower()  # a word that every style knows
    if reference.doi:
        yield "doi", _braced(_address(reference.doi))
    yield "url", _braced(_address(reference.url))
    yield from _texts(reference)


def _texts(reference: Reference) -> Iterator[tuple[str, str]]:
    guests = " and ".join(_tex(f"{name.given} {name.family}".strip()) for name in reference.cast.guests)
    time = f"At {clock(reference.at)}" if reference.at is not None else ""
    note = "; ".join(filter(None, (f"With {guests}" if guests else "", time)))
    for name, text in (("note", note), ("abstract", _tex(reference.abstract)), ("language", _tex(reference.language))):
        if text:
            yield name, _braced(text)


def _name(name: Name) -> str:
    if not name.given:
        return _braced(_tex(name.family))
    parts = [name.family, name.suffix, name.given] if name.suffix else [name.family, name.given]
    return ", ".join(_part(part) for part in parts)


def _part(text: str) -> str:
    return _braced(_tex(text)) if _SPLITTING.search(text) or not text[:1].isupper() else _tex(text)


def _tex(text: str) -> str:
    return "".join(_TEX.get(sign, sign) for sign in text)


def _address(text: str) -> str:
    return "".join(_IN_ADDRESS.get(sign, sign) for sign in text)


def _braced(text: str) -> str:
    return f"{{{text}}}"
