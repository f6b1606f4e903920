"""The feed as a document: read without trusting it, and written so that equal content has equal bytes.

Every item, whoever wrote it, is placed by what it says itself. So two clones, each of which knows a part of the
episodes by their facts and the rest by the feed alone, write the same feed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from lxml import etree

from placecast.errors import PlacecastError
from placecast.rss.text import legal

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for the date of an item that has none: such items come last."""

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'  # as PSP-1 spells it; lxml's has single quotes
_ITEM, _END = b"\n    <item>", b"\n  </channel>"  # as `written` has them
_SIZE_LIMIT = 64_000_000  # bytes: thirty times what two thousand episodes take


def parsed(feed: bytes) -> Any:
    """The `<rss>` element of a feed that comes from storage, where anybody with the right keys may have written it."""
    if len(feed) > _SIZE_LIMIT:
        raise _unreadable(f"it has {len(feed):,} bytes, which no feed of a podcast needs")
    root = element(feed)
    # Entities are declared there: those that grow without end, and those that read files.
    if root.getroottree().docinfo.internalDTD is not None:
        raise _unreadable("it declares a document type, which no feed of ours does")
    if root.tag != "rss" or root.find("channel") is None:
        raise _unreadable("it is not RSS 2.0 with a channel")
    return root


def written(root: Any) -> bytes:
    """The whole file."""
    xml: bytes = etree.tostring(root, encoding="UTF-8", pretty_print=True)
    return _DECLARATION + xml


def joined(parts: Sequence[bytes]) -> bytes:
    """One feed of several that differ in their items alone, each `written`: the items in the order of the parts."""
    first, *rest = parts
    if not rest:
        return first
    end = first.rindex(_END)
    return b"".join([first[:end], *map(_items, rest), first[end:]])


def _items(part: bytes) -> bytes:
    # No text before the items is CDATA, so no `<` stands there for itself.
    return part[part.index(_ITEM) : part.rindex(_END)]


def newest_first(items: Iterable[Any]) -> list[Any]:
    """These items in the order of the feed."""
    return sorted(items, key=lambda item: (moment(item), identity(item)), reverse=True)


def alone(item: Any) -> bytes:
    """The item as XML that stands alone: with the namespaces that it uses, and no more."""
    copied = deepcopy(item)
    etree.cleanup_namespaces(copied)
    xml: bytes = etree.tostring(copied, encoding="UTF-8", with_tail=False)
    return xml


def identity(item: Any) -> str:
    """By what apps know the item: its guid, or else the address of its sound, or of its page."""
    enclosure = item.find("enclosure")
    address = enclosure.get("url", "") if enclosure is not None else ""
    return legal(item.findtext("guid", "")) or legal(address) or legal(item.findtext("link", ""))


def moment(item: Any) -> datetime:
    """When it was published; `UNDATED` if it does not say so in a way that can be understood."""
    try:
        there = parsedate_to_datetime(item.findtext("pubDate", ""))
        # RFC 2822 knows dates without a zone; they are meant as UTC.
        found = there.astimezone(UTC) if there.tzinfo else there.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        return UNDATED
    # At the very ends of the calendar, another zone's date would not exist.
    return found if 1900 < found.year < 9999 else UNDATED


def element(xml: bytes) -> Any:
    """The element that this XML is; nobody's entities are followed."""
    try:
        return etree.fromstring(xml, _parser())
    except etree.XMLSyntaxError as error:
        raise _unreadable(f"it is not well-formed XML ({error})") from error


def _parser() -> Any:
    # Blanks between elements go, so that the new indentation is right wherever an item comes from; CDATA stays.
    return etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_blank_text=True,
        remove_comments=True,
        remove_pis=True,
        strip_cdata=False,
    )


def _unreadable(why: str) -> PlacecastError:
    return PlacecastError(
        "feed.xml",
        f"the published feed cannot be read: {why}.",
        "It may name episodes that are known nowhere else, so it is not written over. "
        "Put an earlier one in its place: placecast rollback",
    )
