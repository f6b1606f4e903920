"""What the feed tells apps and directories about a show besides its sound and its words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import gcd
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Image:
    """A picture that is published: `media/<name>`, where the name carries a hash of the content.

    `purpose`: what it is meant for, in words of the podcast namespace's own (artwork, banner, social, …).
    """

    source: Path
    name: str
    type: str
    width: int
    height: int
    alt: str = ""
    purpose: str = ""

    @property
    def path(self) -> str:
        return f"media/{self.name}"

    @property
    def ratio(self) -> str:
        """Its shape, as CSS writes it: 16/9."""
        common = gcd(self.width, self.height) or 1
        return f"{self.width // common}/{self.height // common}"


@dataclass(frozen=True, kw_only=True)
class Link:
    """An address, and what to call it. Of money for the show, or of the same episode elsewhere."""

    url: str
    text: str


@dataclass(frozen=True, kw_only=True)
class RemoteShow:
    """Another show's feed: its podcast:guid, which survives moves, and where it was last."""

    guid: str
    url: str | None = None
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """How often episodes come: for people, and as a recurrence rule (RFC 5545, section 3.3.10)."""

    text: str
    rule: str = ""
    start: date | None = None  # a date, or an aware datetime


@dataclass(frozen=True, kw_only=True)
class Note:
    """A text that a service asks to find in the feed, to see whose it is. `purpose` is that service's word."""

    text: str
    purpose: str = ""


@dataclass(frozen=True, kw_only=True)
class Block:
    """Which services may not show this. `allowed` ones may, whatever else is said."""

    everywhere: bool = False
    services: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()

    @property
    def apple(self) -> bool:
        """Whether Apple may not: it reads a tag of its own."""
        return "apple" not in self.allowed and (self.everywhere or "apple" in self.services)


@dataclass(frozen=True, kw_only=True)
class Comments:
    """The post that a conversation hangs on. The protocol "disabled" says that there is to be none."""

    protocol: str
    uri: str | None = None
    account: str | None = None
    account_url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Chat:
    """Where listeners talk with each other at any time."""

    server: str
    protocol: str
    account: str | None = None
    space: str | None = None


@dataclass(frozen=True, kw_only=True)
class Season:
    """A season that has a name."""

    number: int
    name: str
