"""Posting on social networks by their own HTTP interfaces. What to post is decided elsewhere.

Every request may be sent twice without posting twice: what was written is found again, by a key that follows from the
episode. No message holds what a server wrote, since that may repeat a secret.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Media:
    """A picture or a film of a post, and the same in words."""

    content: bytes = field(repr=False)
    type: str
    name: str
    alternative: str


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What is to be posted about an episode. `guid` and `published` make the keys."""

    text: str
    page: str
    title: str
    description: str
    language: str
    guid: str
    published: datetime  # aware
    media: Media


@dataclass(frozen=True, kw_only=True)
class Posted:
    """A post that is out: `uri` for feeds, `address` for people. `earlier`: it was there before."""

    uri: str
    address: str
    account: str
    account_url: str
    earlier: bool = False
