"""An episode in CSL-JSON, from which Zotero, Pandoc and their kin make references in any style.

Of the Citation Style Language 1.0.2. Hosts stand as the authors: APA's style would name guests before them, and most
others know no hosts. The medium is one that APA's style writes in brackets.
"""

from __future__ import annotations

from typing import Any

from placecast.citation.people import Name
from placecast.citation.reference import MEDIUM, Reference
from placecast.timecode import clock


def csl_json(reference: Reference) -> list[dict[str, Any]]:
    """The list of items that a file in this format is, with this one item."""
    day = reference.date
    item = {
        "id": reference.key,
        "type": "broadcast",
        "medium": MEDIUM,
        "title": reference.title,
        "container-title": reference.show,
        "author": [_name(name) for name in reference.authors],
        "guest": [_name(name) for name in reference.cast.guests],
        "issued": {"date-parts": [[day.year, day.month, day.day]]},
        "number": _number(reference),
        "publisher": reference.publisher if reference.cast.leads else "",
        "URL": reference.url,
        "DOI": reference.doi,
        "language": reference.language,
        "abstract": reference.abstract,
        "note": f"At {clock(reference.at)}" if reference.at is not None else "",
    }
    return [{key: value for key, value in item.items() if value}]


def _number(reference: Reference) -> str:
    return reference.place if reference.season else str(reference.number or "")


def _name(name: Name) -> dict[str, str]:
    if not name.given:
        return {"literal": name.family}
    parts = {"family": name.family, "given": name.given, "suffix": name.suffix}
    return {key: value for key, value in parts.items() if value}
