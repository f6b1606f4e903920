"""What a rule is: a name, a reason, a cure, and a function that finds what breaks it.

The functions yield sentences and nothing else; who is meant is added here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from lxml import etree

from placecast.model import Episode, Publication, Release, Show
from placecast.rss.extensions import APPLE, PODCAST

NAMESPACES = {"itunes": APPLE, "podcast": PODCAST}
NAMED = {**NAMESPACES, "atom": "http://www.w3.org/2005/Atom"}

Severity = Literal["required", "recommended", "best"]
"""`required`: apps or directories refuse without it. `recommended`: a standard asks for it. `best`: good practice."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that breaks a rule: where and what, why it matters and who says so, and what to do."""

    code: str
    severity: Severity
    where: str
    what: str
    why: str
    cure: str


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is checked: the facts, and the feed as it was built from them."""

    publication: Publication
    feed: bytes

    @cached_property
    def parsed(self) -> Any:
        """The root of the feed, or the reason why it has none."""
        try:
            return etree.fromstring(self.feed, etree.XMLParser(resolve_entities=False, no_network=True))
        except etree.XMLSyntaxError as error:
            return error

    @property
    def channel(self) -> Any:
        """The feed's channel; None when the feed cannot be read."""
        return None if isinstance(self.parsed, etree.XMLSyntaxError) else self.parsed.find("channel")

    @property
    def items(self) -> list[Any]:
        return [] if self.channel is None else self.channel.findall("item")


Complaints = Callable[[Subject], Iterable[tuple[str, str]]]
"""Where and what, for everything in the subject that breaks a rule."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    code: str
    severity: Severity
    broken: Complaints
    why: str
    cure: str

    def findings(self, subject: Subject) -> Iterator[Finding]:
        for where, what in self.broken(subject):
            yield Finding(code=self.code, severity=self.severity, where=where, what=what, why=self.why, cure=self.cure)


def of_feed(test: Callable[[Subject], Iterable[str]]) -> Complaints:
    """What a test says about the feed as a whole."""
    return lambda subject: (("feed.xml", what) for what in test(subject))


def of_channel(test: Callable[[Any], Iterable[str]]) -> Complaints:
    """What a test says about the channel element of a readable feed."""

    def complaints(subject: Subject) -> Iterator[tuple[str, str]]:
        if subject.channel is not None:
            yield from (("feed.xml", what) for what in test(subject.channel))

    return complaints


def of_items(test: Callable[[Any], Iterable[str]]) -> Complaints:
    """What a test says about each item element of the feed."""
    return lambda subject: ((_item_name(item), what) for item in subject.items for what in test(item))


def of_show(test: Callable[[Show], Iterable[str]]) -> Complaints:
    """What a test says about the show's facts."""
    return lambda subject: (("placecast.toml", what) for what in test(subject.publication.show))


def of_releases(test: Callable[[Release, Show], Iterable[str]]) -> Complaints:
    """What a test says about each release."""

    def complaints(subject: Subject) -> Iterator[tuple[str, str]]:
        show = subject.publication.show
        for release in subject.publication.releases:
            yield from ((file_of(release.episode), what) for what in test(release, show))

    return complaints


def of_facts(test: Callable[[Show | Episode], Iterable[str]]) -> Complaints:
    """What a test says about the show, and about each episode."""

    def complaints(subject: Subject) -> Iterator[tuple[str, str]]:
        yield from of_show(test)(subject)
        yield from of_releases(lambda release, _: test(release.episode))(subject)

    return complaints


def file_of(episode: Episode) -> str:
    """`episodes/<slug>/episode.md`, wherever on this machine the show lies."""
    return "/".join(episode.file.parts[-3:])


def _item_name(item: Any) -> str:
    return f"feed.xml: {item.findtext('title') or item.findtext('guid') or 'an episode without a title'}"
