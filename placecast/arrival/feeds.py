"""A feed with all its pages, from an address or from a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urljoin

from placecast.abroad import Abroad, Page
from placecast.errors import HostError, UsageError
from placecast.moving import reading
from placecast.moving.facts import OldFeed
from placecast.moving.nodes import SIZE_LIMIT

_MOST_PAGES = 1000
_MOST_BYTES = 4 * SIZE_LIMIT  # of all pages together


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """The feed, and all its pages in one document."""

    feed: OldFeed
    body: bytes


def load(abroad: Abroad, source: str) -> Loaded:
    """The feed at an address, or in a file that somebody saved, with the pages that it leads to (RFC 5005)."""
    first = _first(abroad, source)
    pages = [first, *_others(abroad, first)]
    read = reading.read([page.body for page in pages], source)
    address = first.addresses[0] if first.addresses else read.show.self_at
    feed = replace(read, address=address, redirected=first.addresses[1:])
    return Loaded(feed=feed, body=reading.together([page.body for page in pages], source))


def is_address(source: str) -> bool:
    return source.lower().startswith(("https://", "http://"))


def _first(abroad: Abroad, source: str) -> Page:
    if is_address(source):
        return abroad.read(source, SIZE_LIMIT)
    if "://" in source:
        what = "only addresses that begin with https:// or http:// are asked."
        raise UsageError(source, what, "For a feed that you have saved, give the path of the file.")
    try:
        size = Path(source).stat().st_size
        body = Path(source).read_bytes() if size <= SIZE_LIMIT else b""
    except FileNotFoundError:
        what, cure = "there is no such file.", "Give the feed's address, with https://, or the path of a saved feed."
        raise UsageError(source, what, cure) from None
    if size > SIZE_LIMIT:
        raise UsageError(source, f"it has {size / 1e6:,.0f} MB, which no feed has.", "Is it the feed, and not sound?")
    return Page(body=body, type="", addresses=())


def _others(abroad: Abroad, first: Page) -> list[Page]:
    """The pages after the first one, each once, however the links between them go."""
    found: list[Page] = []
    seen, page = set(first.addresses), first
    while following := reading.next_page(page.body, page.addresses[-1] if page.addresses else "the saved feed"):
        address = urljoin(page.address, following) if page.addresses else following
        if address in seen:
            return found
        if len(found) >= _MOST_PAGES or sum(len(each.body) for each in found) > _MOST_BYTES:
            raise HostError(address, "the feed has pages without end.", "Ask the old host for a feed in one piece.")
        page = abroad.read(address, SIZE_LIMIT)
        seen |= {address, *page.addresses}
        found.append(page)
    return found


def require_old(feed: OldFeed, new_feed: str) -> None:
    """UsageError when this is the new feed, to which the old address leads after the move."""
    if _end(feed) == new_feed:
        what = "leads to the new feed already, so nothing is left to be brought."
        raise UsageError(feed.address, what, "The move is done. New episodes begin with: placecast new RECORDING")


def require_two(old: OldFeed, new: OldFeed) -> None:
    """UsageError when the old address leads to the new feed already: that feed would be compared with itself."""
    if old.redirected and _end(old) == _end(new):
        what = "redirects to the new feed already, so there is nothing to compare."
        raise UsageError(old.address, what, "Compare with the copy that the import has kept: moving/old-feed.xml")


def _end(feed: OldFeed) -> str:
    return feed.redirected[-1] if feed.redirected else feed.address
