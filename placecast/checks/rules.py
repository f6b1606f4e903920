"""What a rule is: a name, a reason, a cure, and a function that finds what breaks it.

The functions yield sentences and nothing else; who is meant is added here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Literal, NamedTuple

from lxml import etree

from placecast.checks.built import EMPTY, Files
from placecast.checks.sources import sources
from placecast.model import Cue, Episode, Publication, Release, Show, Text
from placecast.plan import FEED
from placecast.rss.extensions import APPLE, ATOM, PODCAST, PODLOVE

NAMESPACES = {"itunes": APPLE, "podcast": PODCAST}
NAMED = {**NAMESPACES, "atom": ATOM, "psc": PODLOVE}

FOLDER = "feed/"
"""Where the built files lie in a show, for people."""

Severity = Literal["required", "recommended", "best"]
"""`required`: apps or directories refuse without it. `recommended`: a standard asks for it. `best`: good practice."""

SEVERITIES: tuple[Severity, ...] = ("required", "recommended", "best")
"""The gravest first."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that breaks a rule: where and what, why it matters and who says so, and what to do."""

    code: str
    severity: Severity
    file: str
    key: str
    what: str
    why: str
    cure: str

    @property
    def where(self) -> str:
        return ": ".join(filter(None, (self.file, self.key)))

    @property
    def sources(self) -> tuple[str, ...]:
        """Addresses of those who ask for it."""
        return sources(self.why)


class Complaint(NamedTuple):
    """What breaks a rule, and where. `cure`: one that is known better here than in the rule."""

    file: str
    what: str
    key: str = ""
    cure: str = ""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is checked: the facts, and what was built from them.

    `feed`: as listeners' apps would read it. `outdated`: built files that are not as the facts want them. `taken`: what
    listeners would lose, by code. `unbuilt`: there is no built feed, and this one is what would be built.
    """

    publication: Publication
    feed: bytes
    files: Files = EMPTY
    outdated: tuple[str, ...] = ()
    taken: tuple[tuple[str, Complaint], ...] = ()
    unbuilt: bool = False
    known: dict[str, Any] = field(default_factory=dict, compare=False)  # what a rule has found out for the next

    @cached_property
    def parsed(self) -> Any:
        """The root of the feed, or the reason why it has none."""
        # Nobody's entities are followed: a feed in the folder may come from anywhere.
        parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
        try:
            return etree.fromstring(self.feed, parser)
        except etree.XMLSyntaxError as error:
            return error

    @property
    def channel(self) -> Any:
        """The feed's channel; None when the feed cannot be read."""
        return None if isinstance(self.parsed, etree.XMLSyntaxError) else self.parsed.find("channel")

    @property
    def items(self) -> list[Any]:
        return [] if self.channel is None else self.channel.findall("item")

    def path(self, address: str) -> str:
        """The built file behind an address; "" when it is none of the show's own."""
        if not address.startswith(self.publication.show.url):
            return ""
        path = address.removeprefix(self.publication.show.url).partition("#")[0].partition("?")[0]
        return f"{path}index.html" if path.endswith("/") or not path else path


Complaints = Callable[[Subject], Iterable[Complaint]]
"""Everything in the subject that breaks a rule."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """`key`: which part of the file is meant."""

    code: str
    severity: Severity
    broken: Complaints
    why: str
    cure: str
    key: str = ""

    def findings(self, subject: Subject) -> Iterator[Finding]:
        return map(self.finding, self.broken(subject))

    def finding(self, complaint: Complaint) -> Finding:
        return Finding(
            code=self.code,
            severity=self.severity,
            file=complaint.file,
            key=" > ".join(filter(None, (complaint.key, self.key))),
            what=complaint.what,
            why=self.why,
            cure=complaint.cure or self.cure,
        )


def of_feed(test: Callable[[Subject], Iterable[str]]) -> Complaints:
    """What a test says about the feed as a whole."""
    return lambda subject: (Complaint(FOLDER + FEED, what) for what in test(subject))


def of_channel(test: Callable[[Any], Iterable[str]]) -> Complaints:
    """What a test says about the channel element of a readable feed."""

    def complaints(subject: Subject) -> Iterator[Complaint]:
        if subject.channel is not None:
            yield from (Complaint(FOLDER + FEED, what) for what in test(subject.channel))

    return complaints


def of_items(test: Callable[[Any], Iterable[str]]) -> Complaints:
    """What a test says about each item element of the feed."""
    return lambda subject: (
        Complaint(FOLDER + FEED, what, item_name(item)) for item in subject.items for what in test(item)
    )


def of_both(test: Callable[[Any], Iterable[str]]) -> Complaints:
    """What a test says about the channel, and about each item."""

    def complaints(subject: Subject) -> Iterator[Complaint]:
        yield from of_channel(test)(subject)
        yield from of_items(test)(subject)

    return complaints


def of_show(test: Callable[[Show], Iterable[str]]) -> Complaints:
    """What a test says about the show's facts."""
    return lambda subject: (Complaint("placecast.toml", what) for what in test(subject.publication.show))


def of_releases(test: Callable[[Release, Show], Iterable[str]]) -> Complaints:
    """What a test says about each release."""

    def complaints(subject: Subject) -> Iterator[Complaint]:
        show = subject.publication.show
        for release in subject.publication.releases:
            yield from (Complaint(file_of(release.episode), what) for what in test(release, show))

    return complaints


def of_facts(test: Callable[[Show | Episode], Iterable[str]]) -> Complaints:
    """What a test says about the show, and about each episode."""

    def complaints(subject: Subject) -> Iterator[Complaint]:
        yield from of_show(test)(subject)
        yield from of_releases(lambda release, _: test(release.episode))(subject)

    return complaints


def file_of(episode: Episode) -> str:
    """`episodes/<slug>/episode.md`, wherever on this machine the show lies."""
    return "/".join(episode.file.parts[-3:])


def cues_of(release: Release) -> tuple[Cue, ...]:
    """The sentences of its transcript, as they are published."""
    return _cues(release.text)


@lru_cache(maxsize=1)  # one rule after the other asks for the same release
def _cues(read: Callable[[], Text]) -> tuple[Cue, ...]:
    return read().transcript.cues


def item_name(item: Any) -> str:
    return str(item.findtext("title") or item.findtext("guid") or "an episode without a title")
