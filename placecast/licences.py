"""Licences by the identifiers that feeds carry: what people call them, and where they can be read."""

from __future__ import annotations

import re

from placecast.addresses import web

_CREATIVE_COMMONS = re.compile(r"cc-(by(?:-nc)?(?:-nd|-sa)?)-([1-4]\.\d)", re.ASCII | re.IGNORECASE)


def licence_name(licence: str) -> str:
    """`CC BY-SA 4.0` for the identifier that feeds carry; any other licence as it is."""
    match = _CREATIVE_COMMONS.fullmatch(licence)
    return f"CC {match[1].upper()} {match[2]}" if match else licence


def licence_address(licence: str) -> str | None:
    """Where this licence can be read, as far as its identifier tells."""
    match = _CREATIVE_COMMONS.fullmatch(licence)
    return f"https://creativecommons.org/licenses/{match[1].lower()}/{match[2]}/" if match else web(licence)
