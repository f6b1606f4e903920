"""What a published feed says: the episodes that another clone has put there, and every address that must answer."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal, get_args

from placecast.changed import Listed, Listing
from placecast.model import Elsewhere, Person, Place
from placecast.rss import document
from placecast.rss.extensions import APPLE, ATOM, PODCAST
from placecast.rss.text import legal

_NAMES = {"itunes": APPLE, "podcast": PODCAST, "atom": ATOM}
_LINKING_ATTRIBUTES = ("feedUrl", "href", "image", "img", "src", "uri", "url")
_LINKING_ELEMENTS = frozenset({"comments", "docs", "link", "url", f"{{{APPLE}}}new-feed-url"})
_WEB = re.compile(r"https?://\S+", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_DURATION = re.compile(r"(?:(?:(\d{1,4}):)?(\d{1,4}):)?(\d{1,7}(?:\.\d{1,6})?)", re.ASCII)

Kind = Literal["full", "trailer", "bonus"]


def elsewhere(feed: bytes, known: Collection[str]) -> tuple[Elsewhere, ...]:
    """The episodes of a published feed whose guid is not among the known ones, newest first.

    An item without a guid is known by the address of its sound.
    """
    guids = set(map(legal, known))
    found = [item for item in _items(document.parsed(feed)) if document.identity(item) not in guids]
    return tuple(map(_elsewhere, document.newest_first(found)))


def without(feed: bytes, gone: Collection[str]) -> bytes:
    """The feed without the episodes of these guids: as it would be had they never been there."""
    root, guids = document.parsed(feed), set(map(legal, gone))
    channel = root.find("channel")
    leaving = [each for each in _items(root) if document.identity(each) in guids]
    sound = {address for item in leaving for address, _ in _main(item)}
    for each in (*leaving, *(each for each in channel.findall("podcast:trailer", _NAMES) if each.get("url") in sound)):
        channel.remove(each)
    _redate(channel)
    return document.written(root)


def guids(feed: bytes) -> tuple[str, ...]:
    """The guids of the episodes, in the feed's order."""
    return tuple(document.identity(item) for item in _items(document.parsed(feed)))


def listing(feed: bytes) -> Listing:
    """What apps remember of the feed: by what they know the show and its episodes, their dates and their sound."""
    root = document.parsed(feed)
    channel = root.find("channel")
    own = channel.find("atom:link[@rel='self']", _NAMES)
    return Listing(
        address="" if own is None else own.get("href", ""),
        guid=_text(channel, "podcast:guid").strip(),
        episodes=tuple(map(_listed, _items(root))),
    )


def enclosures(feed: bytes) -> Mapping[str, tuple[int, str]]:
    """The sound that the feed promises: address, and its bytes (0 when the feed gives no number) and media type."""
    items = _items(document.parsed(feed))
    return {address: _promised(each) for item in items for address, each in (*_main(item), *_alternates(item))}


def _main(item: Any) -> Iterator[tuple[str, Any]]:
    yield from ((each.get("url", ""), each) for each in item.findall("enclosure"))


def _alternates(item: Any) -> Iterator[tuple[str, Any]]:
    """Those that are had as they are; a source with a type of its own is another way to them, such as a torrent."""
    for each in item.findall("podcast:alternateEnclosure", _NAMES):
        sources = each.findall("podcast:source", _NAMES)
        yield from ((source.get("uri", ""), each) for source in sources if not source.get("contentType"))


def _promised(enclosure: Any) -> tuple[int, str]:
    return _number(enclosure.get("length")) or 0, enclosure.get("type", "")


def sounds(feed: bytes) -> Mapping[str, str]:
    """The address of each episode's sound, by the episode's guid."""
    items = ((item, item.find("enclosure")) for item in _items(document.parsed(feed)))
    return {document.identity(item): found.get("url", "") for item, found in items if found is not None}


def addresses(feed: bytes) -> frozenset[str]:
    """Every absolute web address in the feed's links and attributes, that of the feed itself included.

    Those of sound, pages, pictures, transcripts, chapters, people and licences, and guids that are said to be
    addresses. Not those within show notes, which are text to the feed.
    """
    elements = document.parsed(feed).iter("*")
    # Nobody asks for what stands behind the mark (RFC 9110, section 7.1).
    found = (address.partition("#")[0].strip() for element in elements for address in _linked(element))
    return frozenset(address for address in found if _WEB.fullmatch(address))


def _items(root: Any) -> list[Any]:
    items: list[Any] = root.find("channel").findall("item")
    return items


def _listed(item: Any) -> Listed:
    enclosure, moment = item.find("enclosure"), document.moment(item)
    return Listed(
        guid=document.identity(item),
        title=_text(item, "title"),
        published=None if moment == document.UNDATED else moment,
        sound="" if enclosure is None else enclosure.get("url", ""),
        form=("", "") if enclosure is None else (enclosure.get("length", ""), enclosure.get("type", "")),
        page=_text(item, "link"),
    )


def _elsewhere(item: Any) -> Elsewhere:
    title, description = _text(item, "title"), _text(item, "description")
    return Elsewhere(
        guid=document.identity(item),
        title=title,
        published=document.moment(item),
        page=_web(_text(item, "link")),
        # Where there is nothing to say about an episode, the feed repeats its title.
        summary="" if description == title else description,
        seconds=_seconds(_text(item, "itunes:duration")),
        season=_number(_text(item, "itunes:season")),
        number=_number(_text(item, "itunes:episode")),
        kind=_kind(_text(item, "itunes:episodeType")),
        people=tuple(map(_person, item.findall("podcast:person", _NAMES))),
        places=tuple(map(_place, item.findall("podcast:location", _NAMES))),
        unchecked=item.find("podcast:txt[@purpose='ai-content']", _NAMES) is not None,
        item=document.alone(item),
    )


def _redate(channel: Any) -> None:
    """Give the feed the date of its newest item."""
    built, items = channel.find("lastBuildDate"), channel.findall("item")
    if built is None:
        return
    if items:
        built.text = max(items, key=document.moment).findtext("pubDate", built.text)
    else:
        channel.remove(built)


def _linked(element: Any) -> Iterator[str]:
    yield from (element.get(name, "") for name in _LINKING_ATTRIBUTES)
    # Without the attribute, RSS 2.0 takes a guid for an address.
    if element.tag in _LINKING_ELEMENTS or (element.tag == "guid" and element.get("isPermaLink", "true") == "true"):
        yield element.text or ""


def _person(element: Any) -> Person:
    facts = {key: legal(element.get(key, "")) for key in ("role", "group", "href", "img")}
    return Person(
        name=legal(element.text or ""),
        role=facts["role"],
        group=facts["group"],
        url=facts["href"] or None,
        image=facts["img"] or None,
    )


def _place(element: Any) -> Place:
    facts = {key: legal(element.get(key, "")) or None for key in ("geo", "osm", "country")}
    rel: Literal["subject", "creator"] = "creator" if element.get("rel") == "creator" else "subject"
    return Place(name=legal(element.text or ""), rel=rel, **facts)


def _text(item: Any, name: str) -> str:
    return legal(item.findtext(name, "", _NAMES))


def _web(address: str) -> str:
    return address if _WEB.fullmatch(address) else ""


def _number(text: str | None) -> int | None:
    return int(text) if text and _NUMBER.fullmatch(text) else None


def _kind(text: str) -> Kind:
    return next((kind for kind in get_args(Kind) if kind == text), "full")


def _seconds(text: str) -> float | None:
    """`178`, `2:58` and `0:02:58`: apps take all of them."""
    if not (match := _DURATION.fullmatch(text)):
        return None
    hours, minutes, seconds = match.groups(default="0")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
