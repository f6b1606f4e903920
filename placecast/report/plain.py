"""Text for a terminal that is only text: titles and names come from feeds, tags and files that others wrote.

A terminal obeys control characters: they move what was printed, rename the window, or type commands. Marks that turn
the direction of writing make one name look like another (https://trojansource.codes).
"""

from __future__ import annotations

import json
import re
from typing import Any
from unicodedata import combining, east_asian_width

# C0 but for tab and newline, DEL, C1; then those that turn the direction.
_CONTROLS = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]"
# Bold, red, green, yellow and their end are ours, and do no harm.
_OURS_OR_CONTROL = re.compile(rf"(\x1b\[(?:[01]|3[123])m)|{_CONTROLS}")
_CONTROL = re.compile(_CONTROLS)


def plain(text: str) -> str:
    """The text with a mark in place of each character that a terminal would obey."""
    return _OURS_OR_CONTROL.sub(lambda found: found[1] or "\ufffd", text)


def plain_line(text: str) -> str:
    """As `plain`, on one line: a name with a newline in it could forge a whole message."""
    return plain(text).replace("\n", "\ufffd")


def columns(text: str) -> int:
    """The places that it takes in a terminal: two for Chinese and Japanese characters, none for accents set on top."""
    if text.isascii():
        return len(text)
    return sum((not combining(each)) * (1 + (east_asian_width(each) in "WF")) for each in text)


def fitted(text: str, width: int) -> str:
    """As much of it as fits, with a mark where it was cut."""
    if columns(text) <= width:
        return text
    kept = ""
    for character in text:
        if columns(kept + character) >= width:
            break
        kept += character
    return f"{kept.rstrip()}…"


def json_line(facts: dict[str, Any]) -> str:
    """The facts on one line, whole; what a terminal would obey is written as JSON's escapes."""
    text = json.dumps(facts, ensure_ascii=False)
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
