"""Elements of foreign feeds: by one prefix for each namespace, however it is spelt, and with what nobody has read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from placecast.errors import PlacecastError
from placecast.rss.text import legal

SIZE_LIMIT = 64_000_000  # bytes

# Hosts write these with other cases, with http for https, and with or without a slash at the end.
_PREFIXES = {
    "www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "podcastindex.org/namespace/1.0": "podcast",
    "github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md": "podcast",
    "purl.org/rss/1.0/modules/content": "content",
    "www.w3.org/2005/atom": "atom",
    "podlove.org/simple-chapters": "psc",
    "www.google.com/schemas/play-podcasts/1.0": "googleplay",
    "search.yahoo.com/mrss": "media",
    "www.spotify.com/ns/rss": "spotify",
    "purl.org/dc/elements/1.1": "dc",
    "purl.org/rss/1.0/modules/syndication": "sy",
    "purl.org/rss/1.0/modules/slash": "slash",
    "wellformedweb.org/commentapi": "wfw",
    "purl.org/syndication/history/1.0": "fh",
    "www.rawvoice.com/rawvoicerssmodule": "rawvoice",
    "schema.acast.com/1.0": "acast",
    "anchor.fm/xmlns": "anchor",
    "podcastindex.org/namespace/1.0/live": "podcast",
}
_SCHEME = re.compile(r"^https?://")
# C0 but for tab, newline and return; DEL and C1: no title needs them, and terminals obey them.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_ILLEGAL_BYTES = bytes(set(range(32)) - {9, 10, 13})


class Node:
    """An element, its children by name, and a memory of which of them were read."""

    def __init__(self, element: Any) -> None:
        self.element = element
        self._read: set[str] = set()
        self._children: dict[str, list[Any]] = {}
        for child in element.iterchildren(tag=etree.Element):
            self._children.setdefault(name_of(child), []).append(child)

    def all(self, name: str) -> list[Any]:
        self._read.add(name)
        return self._children.get(name, [])

    def first(self, name: str) -> Any | None:
        return next(iter(self.all(name)), None)

    def text(self, name: str) -> str:
        """The text of the first such child that has any, as it is."""
        return next((found for each in self.all(name) if (found := whole_text(each))), "")

    def line(self, name: str) -> str:
        """As `text`, on one line."""
        return one_line(self.text(name))

    def attribute(self, name: str, key: str) -> str:
        return next((value for each in self.all(name) if (value := said(each, key))), "")

    def unread(self) -> Iterator[tuple[str, Any]]:
        for name, elements in self._children.items():
            if name not in self._read:
                yield from ((name, each) for each in elements)


def channel_of(feed: bytes, where: str) -> Any:
    """The `<channel>` of a feed that anybody may have written; PlacecastError when it is none, or does harm."""
    if len(feed) > SIZE_LIMIT:
        raise _unreadable(where, f"it has {len(feed):,} bytes, which no feed of a podcast needs")
    root = _element(feed.lstrip(b" \t\r\n"), where)
    # Entities are declared there: those that grow without end, and those that read files.
    if root.getroottree().docinfo.internalDTD is not None:
        raise _unreadable(where, "it declares a document type (DOCTYPE), through which a feed can do harm")
    if root.tag == "{http://www.w3.org/2005/Atom}feed":
        raise _unreadable(where, "it is an Atom feed, and podcasts are RSS 2.0")
    channel = root.find("channel") if root.tag == "rss" else None
    if channel is None:
        raise _unreadable(where, "it is not RSS 2.0 with a channel")
    return channel


def name_of(element: Any) -> str:
    """`itunes:title`; `{namespace}title` where the namespace is not known."""
    name = etree.QName(element)
    if not name.namespace:
        return str(name.localname)
    place = _SCHEME.sub("", name.namespace.strip().lower()).rstrip("/")
    prefix = _PREFIXES.get(place, element.prefix or "?")
    return f"{prefix}:{name.localname}"


def whole_text(element: Any) -> str:
    """All the text in an element: some hosts forget to escape the tags in it."""
    return _CONTROLS.sub(" ", legal("".join(element.itertext()))).strip()


def one_line(text: str) -> str:
    return " ".join(text.split())


def said(element: Any, key: str) -> str:
    """The value of an attribute, on one line."""
    return one_line(_CONTROLS.sub(" ", legal(element.get(key, ""))))


def _element(feed: bytes, where: str) -> Any:
    try:
        return etree.fromstring(feed, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        # A control character from a word processor makes a feed ill-formed, though apps read it all the same.
        repaired = feed if feed[:2] in (b"\xff\xfe", b"\xfe\xff") else feed.translate(None, _ILLEGAL_BYTES)
        if repaired == feed:
            raise _unreadable(where, f"it is not well-formed XML ({error})") from error
        return _element(repaired, where)


def _parser() -> Any:
    return etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )


def _unreadable(where: str, why: str) -> PlacecastError:
    cure = "Is it the address of the feed, and not of a page? Ask the old host to put it right, or bring a saved feed."
    return PlacecastError(where, f"this feed cannot be read: {why}.", cure)
