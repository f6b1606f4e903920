"""How an episode is cited: in words for people, and in the formats that reference managers and registries read.

Data in, text out. Sources: APA's Publication Manual (7th edition, section 10.13), Cite Them Right (12th edition),
the formats' own documents, which are named where they are written.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from placecast.citation.bibtex import bibtex
from placecast.citation.csl import csl_json
from placecast.citation.datacite import datacite
from placecast.citation.people import heard
from placecast.citation.reference import Reference, of_episode
from placecast.citation.ris import ris
from placecast.citation.styles import Line, apa, harvard, in_text, moment

__all__ = ["FILES", "Line", "Reference", "apa", "datacite", "files", "harvard", "heard", "in_text", "moment"]
__all__ += ["bibtex", "csl_json", "of_episode", "ris", "written"]


def written(record: object) -> str:
    """A record as a file that people can read, too."""
    return json.dumps(record, indent=1, ensure_ascii=False) + "\n"


FILES: dict[str, Callable[[Reference], str]] = {
    "cite.bib": bibtex,
    "cite.ris": ris,
    "cite.json": lambda reference: written(csl_json(reference)),
}
"""What lies beside an episode's page for reference managers."""


def files(reference: Reference, folder: str) -> dict[str, bytes]:
    """The files for reference managers, by their paths in the public tree."""
    return {folder + name: write(reference).encode() for name, write in FILES.items()}
