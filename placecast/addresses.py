"""What the addresses of pages and of places look like, wherever one may be written."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

WEB = re.compile(r"https?://[^\s/?#]+(?:/[^\s]*)?")
GEO = re.compile(r"geo:-?\d{1,2}(\.\d+)?,-?\d{1,3}(\.\d+)?", re.ASCII)  # RFC 5870, without its options
DOI = re.compile(r"10\.\d{4,9}/[!-~]+", re.ASCII)  # as DataCite has it, of what every address can hold
OSM = re.compile(r"[NWR]\d+(#\d+)?", re.ASCII)  # an object of OpenStreetMap


def is_web(text: str | None) -> bool:
    """Whether this is the address of a page or a file in the web."""
    return text is not None and WEB.fullmatch(text) is not None


def web(address: str | None) -> str | None:
    """The address if it leads to the web; None if it is missing or would do something else."""
    return address if address and _scheme(address) in ("http", "https") else None


def _scheme(address: str) -> str:
    """The scheme of an address, or nothing where it cannot be read as one."""
    try:
        return urlsplit(address).scheme.lower()
    except ValueError:
        return ""
