"""An episode in RIS, which reference managers read: a tag of two letters, two blanks, a dash, and a value to the line.

As Research Information Systems described it; the record of a sound.
"""

from __future__ import annotations

from collections.abc import Iterator

from placecast.citation.reference import MEDIUM, Reference
from placecast.timecode import clock


def ris(reference: Reference) -> str:
    """The record as a file with this one record."""
    return "".join(f"{tag}  - {value}\r\n" for tag, value in _lines(reference) if value or tag == "ER")


def _lines(reference: Reference) -> Iterator[tuple[str, str]]:
    yield "TY", "SOUND"
    yield "ID", reference.key
    yield from (("AU", name.inverted) for name in reference.authors)
    yield from (("A2", name.inverted) for name in reference.cast.guests)
    yield "TI", reference.title
    yield "T2", reference.show
    yield "M1", reference.place
    yield "M3", MEDIUM
    yield "PB", reference.publisher
    yield "PY", str(reference.date.year)
    yield "DA", f"{reference.date:%Y/%m/%d}/"
    yield "LA", reference.language
    yield "AB", reference.abstract
    yield "DO", reference.doi
    yield "UR", reference.url
    yield "N1", f"At {clock(reference.at)}" if reference.at is not None else ""
    yield "ER", ""
