"""How long a text is for a network that limits it: people's characters, as Unicode's annex 29 tells them apart."""

from __future__ import annotations

import regex

BLUESKY, MASTODON, LINKEDIN = 300, 500, 3000
"""The most that a post may have: app.bsky.feed.post, a Mastodon server as it is installed, LinkedIn."""

_BYTES_FOR_ONE = 10  # app.bsky.feed.post: 3,000 bytes for 300 characters
_LINK_COUNTS = 23  # Mastodon's StatusLengthValidator: each link, however long
_LINK = regex.compile(r"https?://\S+")
_REMOTE = regex.compile(r"(?<![\w/])(@\w[\w.-]*)@[\w.-]*\w")


def graphemes(text: str) -> int:
    """What people would count as characters: a family of emoji is one."""
    return len(regex.findall(r"\X", text))


def on_bluesky(text: str) -> int:
    """Of at most `BLUESKY`: characters, or the bytes that count for as many."""
    return max(graphemes(text), -(-len(text.encode("utf-8", "replace")) // _BYTES_FOR_ONE))


def on_mastodon(text: str) -> int:
    """Of at most `MASTODON`: links count as 23, and of a handle only its first part."""
    return graphemes(_REMOTE.sub(r"\1", _LINK.sub("x" * _LINK_COUNTS, text)))


def first(text: str, most: int) -> str:
    """So many characters of a text, none of them torn."""
    return "".join(regex.findall(r"\X", text)[: max(most, 0)])
