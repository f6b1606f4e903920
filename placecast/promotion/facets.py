"""Links, mentions and hashtags in a post for Bluesky: where they are in its bytes (app.bsky.richtext.facet).

Bluesky finds none by itself. Offsets count UTF-8 bytes, the end is exclusive, and none overlaps another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import regex

from placecast.promotion.lengths import graphemes

_LINK = regex.compile(r"(?<![\w@])https?://[^\s<>\"“”]+", regex.IGNORECASE)
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MENTION = regex.compile(rf"(?<![\w@./-])@((?:{_LABEL}\.)+[A-Za-z](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])?)(?![\w@])")
# https://github.com/bluesky-social/atproto, packages/api/src/rich-text: a tag has a sign that is no digit.
_TAG = regex.compile(r"(?:(?<=\s)|^)[#＃]((?!\N{VARIATION SELECTOR-16})\S+)")
_TAG_MOST = 64  # app.bsky.richtext.facet#tag
_ENDS = regex.compile(r"\p{P}+$")


@dataclass(frozen=True, kw_only=True)
class Facet:
    """What a stretch of a text is: bytes from `start` to before `end`."""

    start: int
    end: int
    kind: Literal["link", "mention", "tag"]
    value: str  # an address, a handle, or a tag without its sign


def facets(text: str) -> tuple[Facet, ...]:
    """Every link, mention and hashtag of the text, in order."""
    found: list[Facet] = []
    for start, end, kind, value in sorted(_spans(text)):
        facet = Facet(start=_bytes(text[:start]), end=_bytes(text[:end]), kind=kind, value=value)
        if not found or facet.start >= found[-1].end:
            found.append(facet)
    return tuple(found)


def _spans(text: str) -> Iterator[tuple[int, int, Literal["link", "mention", "tag"], str]]:
    for match in _LINK.finditer(text):
        address = _without_punctuation(match[0])
        if len(address) > len("https://"):
            yield match.start(), match.start() + len(address), "link", address
    for match in _MENTION.finditer(text):
        yield match.start(), match.end(), "mention", match[1].lower()
    for match in _TAG.finditer(text):
        tag = _ENDS.sub("", match[1])
        if tag and not tag.isdecimal() and graphemes(tag) <= _TAG_MOST:
            yield match.start(), match.start(1) + len(tag), "tag", tag


def _without_punctuation(address: str) -> str:
    """The address without the sentence's own marks, or the bracket that it stands in."""
    while address and (
        address[-1] in ".,;:!?'’*_]" or (address[-1] == ")" and address.count(")") > address.count("("))
    ):
        address = address[:-1]
    return address


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
