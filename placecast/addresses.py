"""What the addresses of pages and of places look like, wherever one may be written."""

from __future__ import annotations

import re

WEB = re.compile(r"https?://[^\s/?#]+(?:/[^\s]*)?")
GEO = re.compile(r"geo:-?\d{1,2}(\.\d+)?,-?\d{1,3}(\.\d+)?", re.ASCII)  # RFC 5870, without its options
OSM = re.compile(r"[NWR]\d+(#\d+)?", re.ASCII)  # an object of OpenStreetMap


def is_web(text: str | None) -> bool:
    """Whether this is the address of a page or a file in the web."""
    return text is not None and WEB.fullmatch(text) is not None
