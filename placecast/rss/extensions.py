"""Extensions of feedgen: the tags of Podcasting 2.0 and Podlove, which it lacks, and Apple's and links that it refuses.

feedgen 1.0 accepts only `yes`, `no` and `clean` as `itunes:explicit`, where Apple documents true and
false; drops a channel's `itunes:image` without a word unless it ends in .jpg or .png; and fails on a
category with a quotation mark. So those three go through here. Of a channel's Atom links it writes `self` alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from feedgen.feed import FeedGenerator
from lxml import etree

ATOM = "http://www.w3.org/2005/Atom"
APPLE = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
PODLOVE = "http://podlove.org/simple-chapters"
_PREFIXES = {"itunes": APPLE, "podcast": PODCAST, "atom": ATOM, "psc": PODLOVE}


class Tag(NamedTuple):
    """An element to write, without its namespace, which the extension knows."""

    name: str
    text: str | None
    children: tuple[Tag, ...]
    attributes: dict[str, str]

    def write(self, parent: Any, namespace: str) -> None:
        """Below this parent; the namespace in braces, as lxml wants it."""
        element = etree.SubElement(parent, namespace + self.name, self.attributes)
        if self.text is not None:
            element.text = self.text
        for child in self.children:
            child.write(element, namespace)


def tag(name: str, text: str | None = None, /, *children: Tag, **attributes: str | None) -> Tag:
    """A `Tag`; attributes without a value are left out."""
    return Tag(name, text, children, {key: value for key, value in attributes.items() if value})


class Tags:
    """What feedgen asks of an extension of the feed and of its items: its namespaces, and what to write."""

    def __init__(self) -> None:
        self._tags: list[tuple[str, Tag]] = []
        self._left_out: tuple[str, ...] = ()

    def add(self, namespace: str, *tags: Tag) -> None:
        self._tags += [(f"{{{namespace}}}", each) for each in tags]

    def leave_out(self, *names: str) -> None:
        """Remove elements that feedgen writes by itself."""
        self._left_out = names

    def extend_ns(self) -> dict[str, str]:
        """Each namespace, whether it is used or not."""
        return _PREFIXES

    def extend_rss(self, element: Any) -> Any:
        parent = element.find("channel") if element.tag == "rss" else element
        for name in self._left_out:
            _remove(parent, parent.findall(name))
        for namespace, each in self._tags:
            each.write(parent, namespace)
        return element


def new_feed() -> Any:
    """A feedgen feed: with its own `podcast` (Apple's tags), and with ours as `tags`."""
    feed = FeedGenerator()
    feed.load_extension("podcast", atom=False)
    feed.register_extension("tags", Tags, Tags, atom=False)
    return feed


def _remove(parent: Any, elements: Iterable[Any]) -> None:
    for element in elements:
        parent.remove(element)
