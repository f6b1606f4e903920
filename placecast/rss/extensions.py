"""Extensions of feedgen: the tags of Podcasting 2.0 and Podlove, which it lacks, and Apple's and links that it refuses.

feedgen 1.0 accepts only `yes`, `no` and `clean` as `itunes:explicit`, where Apple documents true and
false; drops a channel's `itunes:image` without a word unless it ends in .jpg or .png; and fails on a
category with a quotation mark. So those three go through here. Of a channel's Atom links it writes `self` alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, NamedTuple

from feedgen.feed import FeedGenerator
from lxml import etree

ATOM = "http://www.w3.org/2005/Atom"
APPLE = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
PODLOVE = "http://podlove.org/simple-chapters"


class Tag(NamedTuple):
    """An element to write, without its namespace, which the extension knows."""

    name: str
    text: str | None
    children: tuple[Tag, ...]
    attributes: dict[str, str]

    def write(self, parent: Any, namespace: str) -> None:
        element = etree.SubElement(parent, f"{{{namespace}}}{self.name}", self.attributes)
        if self.text is not None:
            element.text = self.text
        for child in self.children:
            child.write(element, namespace)


def tag(name: str, text: str | None = None, /, *children: Tag, **attributes: str | None) -> Tag:
    """A `Tag`; attributes without a value are left out."""
    return Tag(name, text, children, {key: value for key, value in attributes.items() if value})


class _Tags:
    """What feedgen asks of an extension of the feed and of its items: a namespace, and what to write."""

    prefix: ClassVar[str]
    namespace: ClassVar[str]

    def __init__(self) -> None:
        self._tags: list[Tag] = []
        self._left_out: tuple[str, ...] = ()

    def add(self, *tags: Tag) -> None:
        self._tags += tags

    def leave_out(self, *names: str) -> None:
        """Remove elements that feedgen writes by itself."""
        self._left_out = names

    def extend_ns(self) -> dict[str, str]:
        return {self.prefix: self.namespace}

    def extend_rss(self, element: Any) -> Any:
        parent = element.find("channel") if element.tag == "rss" else element
        for name in self._left_out:
            _remove(parent, parent.findall(name))
        for each in self._tags:
            each.write(parent, self.namespace)
        return element


class AppleTags(_Tags):
    prefix = "itunes"
    namespace = APPLE


class AtomTags(_Tags):
    prefix = "atom"
    namespace = ATOM


class PodcastTags(_Tags):
    prefix = "podcast"
    namespace = PODCAST


class PodloveTags(_Tags):
    prefix = "psc"
    namespace = PODLOVE


def new_feed() -> Any:
    """A feedgen feed: with its own `podcast` (Apple's tags) and with ours, each of which it declares, used or not."""
    feed = FeedGenerator()
    feed.load_extension("podcast", atom=False)
    feed.register_extension("apple", AppleTags, AppleTags, atom=False)
    feed.register_extension("podcasting", PodcastTags, PodcastTags, atom=False)
    feed.register_extension("atom", AtomTags, AtomTags, atom=False)
    feed.register_extension("podlove", PodloveTags, PodloveTags, atom=False)
    return feed


def _remove(parent: Any, elements: Iterable[Any]) -> None:
    for element in elements:
        parent.remove(element)
