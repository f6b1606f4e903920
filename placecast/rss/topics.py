"""What a feed says of each episode, by topic: so that it can be said what of it has changed, in a producer's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from placecast.fingerprint import sha256, short
from placecast.rss import document

SHOW = ""
"""Under this name, in place of a guid, stands what the feed says of the show itself."""

# By the name of a tag, whatever its namespace. What is not here is one of the other facts.
_TOPICS = {
    **dict.fromkeys(("title",), "title"),
    **dict.fromkeys(("description", "summary"), "summary"),
    **dict.fromkeys(("encoded",), "show notes"),
    **dict.fromkeys(("pubDate",), "date"),
    **dict.fromkeys(("enclosure", "alternateEnclosure", "duration"), "sound"),
    **dict.fromkeys(("transcript",), "transcript"),
    **dict.fromkeys(("chapters",), "chapters"),
    **dict.fromkeys(("person",), "people"),
    **dict.fromkeys(("location",), "places"),
    **dict.fromkeys(("image",), "picture"),
    **dict.fromkeys(("season", "episode", "episodeType"), "number"),
    **dict.fromkeys(("license",), "licence"),
    **dict.fromkeys(("soundbite",), "soundbites"),
    **dict.fromkeys(("txt",), "approval"),
}
_OTHER = "other facts"
# They follow from the episodes.
_NOT_THE_SHOWS = {"item", "lastBuildDate", "trailer"}


def topics(feed: bytes) -> Mapping[str, Mapping[str, str]]:
    """By guid (and `SHOW`): what the feed says under each topic, as a hash to compare."""
    channel = document.parsed(feed).find("channel")
    about = [each for each in channel if _name(each) not in _NOT_THE_SHOWS]
    found = {document.identity(item): _said(item) for item in channel.findall("item")}
    return found | {SHOW: {"facts": _hash(about)}}


def _said(item: Any) -> Mapping[str, str]:
    by_topic: dict[str, list[Any]] = {}
    for element in item:
        by_topic.setdefault(_TOPICS.get(_name(element), _OTHER), []).append(element)
    return {topic: _hash(elements) for topic, elements in by_topic.items()}


def _name(element: Any) -> str:
    return str(etree.QName(element).localname)


def _hash(elements: list[Any]) -> str:
    """The same for the same content, whatever else the feed declares."""
    written = [etree.tostring(each, method="c14n", exclusive=True, with_tail=False) for each in elements]
    return short(sha256(b"\n".join(written)))
