"""Every sentence ever said, looked up without a server: what the build makes, and the page's script reads."""

from __future__ import annotations

from placecast.search.index import FOLDER, STEP, TABLE, Heard, Segment, divided, heard, joined, segment, table
from placecast.search.passages import PART, parts, passages
from placecast.search.postings import Run

__all__ = [
    "FOLDER",
    "PART",
    "STEP",
    "TABLE",
    "Heard",
    "Run",
    "Segment",
    "divided",
    "heard",
    "joined",
    "parts",
    "passages",
    "segment",
    "table",
]
