"""Texts as references can hold them, whatever somebody has put into a title."""

from __future__ import annotations

import unicodedata

# Marks that turn the direction of writing make one name look like another (https://trojansource.codes).
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NOTHING = ("Cc", "Cs", "Cn")  # controls, halves of signs, and what stands for no sign


def one_line(text: str) -> str:
    """The text with single blanks, and without what is no letter, mark or sign."""
    return " ".join("".join(map(_plain, text)).split())


def _plain(sign: str) -> str:
    return " " if sign in _TURNING or unicodedata.category(sign) in _NOTHING else sign
