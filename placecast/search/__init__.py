"""Every sentence ever said, looked up without a server: what the build makes, and the page's script reads."""

from __future__ import annotations

from placecast.search.index import FOLDER, TABLE, Heard, Segment, divided, heard, segment, table
from placecast.search.passages import PART, parts, passages

__all__ = ["FOLDER", "PART", "TABLE", "Heard", "Segment", "divided", "heard", "parts", "passages", "segment", "table"]
