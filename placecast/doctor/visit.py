"""A visit to a show's public address: what is published there, and how the feed answered."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from placecast.delivery.web import Answer, Site
from placecast.doctor.findings import Finding, found
from placecast.media_types import media_type
from placecast.model import Show
from placecast.rss import Named

_AGE = re.compile(r"\b(?:s-maxage|max-age)\s*=\s*\"?(\d+)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Published:
    """A show as it is published."""

    show: Show
    feed: bytes
    named: Named

    @property
    def examples(self) -> tuple[str, ...]:
        """One file of every kind that the feed names."""
        kinds = {media_type(key): key for key in sorted(self.named.keys, reverse=True)}
        return tuple(sorted(kinds.values()))


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A show, its address, and the feed as it was answered there."""

    published: Published
    site: Site
    feed: Answer


def told_of_redirects(what: str, answer: Answer) -> Iterator[Finding]:
    """Whether an answer came from elsewhere than was asked."""
    way = [urlsplit(address).scheme for address in (*answer.redirected, answer.address)]
    if ("https", "http") in itertools.pairwise(way):
        yield found("downgrade", f"{what} is redirected from HTTPS to {answer.address}")
    elif answer.redirected:
        yield found("redirect", f"{what} is redirected from {answer.redirected[0]} to {answer.address}")


def longest(cache_control: str) -> int | None:
    """For how many seconds caches may keep it, or None when that is not said."""
    return max(map(int, _AGE.findall(cache_control)), default=None)
