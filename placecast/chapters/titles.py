"""A chapter's title in the one form that all three kinds of chapters can hold, so that they stay equal."""

from __future__ import annotations

import re
import unicodedata

LIMIT = 255  # characters
# Controls, halves of surrogate pairs, and what XML (section 2.2) and ID3 forbid.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_SPACE = re.compile(r"[^\S\u00a0\u202f]+")  # no-break spaces are meant by the author


def one_line(title: str) -> str:
    """The title on one line, without what a feed, a JSON file or a tag would drop or change."""
    return _SPACE.sub(" ", unicodedata.normalize("NFC", _FORBIDDEN.sub("", title))).strip()
