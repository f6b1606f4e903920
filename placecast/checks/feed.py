"""Rules for the feed as it was built: what an app or a directory finds in feed.xml."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from placecast.checks.rules import NAMED, NAMESPACES, Rule, Subject, of_channel, of_feed, of_items
from placecast.checks.vocabularies import RFC_2822
from placecast.rss.text import DESCRIPTION_LIMIT
from placecast.wording import few

_REQUIRED_OF_CHANNEL = (
    "title",
    "link",
    "description",
    "language",
    "itunes:category",
    "itunes:explicit",
    "itunes:image",
)
_RECOMMENDED_OF_CHANNEL = ("itunes:author", "podcast:guid", "podcast:locked")
_REQUIRED_OF_ITEM = ("title", "enclosure", "guid")
_RECOMMENDED_OF_ITEM = ("pubDate", "description", "link", "itunes:duration", "itunes:explicit", "podcast:transcript")

# What Apple takes from RSS, and the suffixes that say the same.
_AUDIO_TYPES = {".mp3": {"audio/mpeg"}, ".m4a": {"audio/x-m4a", "audio/mp4", "audio/m4a"}}

_SIZE_LIMIT = 1_000_000


def _malformed(subject: Subject) -> Iterator[str]:
    if isinstance(subject.parsed, Exception):
        yield f"It is not well-formed XML: {subject.parsed}."


def _not_rss(subject: Subject) -> Iterator[str]:
    if isinstance(subject.parsed, Exception):
        return
    if subject.parsed.tag != "rss" or subject.parsed.get("version") != "2.0" or subject.channel is None:
        yield "It is not RSS 2.0 with a channel."
    for prefix, address in NAMESPACES.items():
        if subject.parsed.nsmap.get(prefix) != address:
            yield f"The namespace {prefix} is not declared as {address}."


def _self_link(subject: Subject) -> Iterator[str]:
    if subject.channel is None:
        return
    links = [link.get("href") for link in subject.channel.findall("atom:link[@rel='self']", NAMED)]
    if links != [subject.publication.show.feed_url]:
        yield f"It does not name its own address, {subject.publication.show.feed_url}."


def _missing(names: Iterable[str]) -> Callable[[Any], Iterator[str]]:
    def test(parent: Any) -> Iterator[str]:
        for name in names:
            if not any(_says_something(element) for element in parent.findall(name, NAMED)):
                yield f"The tag {name} is missing or empty."

    return test


def _says_something(element: Any) -> bool:
    return bool((element.text or "").strip() or any(element.attrib.values()))


def _explicit(parent: Any) -> Iterator[str]:
    for element in parent.findall("itunes:explicit", NAMED):
        if element.text not in {"true", "false"}:
            yield f"itunes:explicit is {element.text!r}."


def _several_enclosures(item: Any) -> Iterator[str]:
    if (count := len(item.findall("enclosure"))) > 1:
        yield f"It has {count} enclosures."


def _enclosure_length(item: Any) -> Iterator[str]:
    for enclosure in item.findall("enclosure"):
        length = enclosure.get("length", "")
        if not re.fullmatch(r"[1-9]\d*", length, re.ASCII):
            yield f"The enclosure's length is {length!r}."


def _enclosure_type(item: Any) -> Iterator[str]:
    for enclosure in item.findall("enclosure"):
        path = urlsplit(enclosure.get("url", "")).path
        types = next((types for suffix, types in _AUDIO_TYPES.items() if path.endswith(suffix)), set())
        if enclosure.get("type") not in types:
            yield f"The enclosure's type {enclosure.get('type')!r} does not fit {path.rpartition('/')[2]!r}."


def _enclosure_address(item: Any) -> Iterator[str]:
    for enclosure in item.findall("enclosure"):
        url = enclosure.get("url", "")
        if not re.fullmatch(r"https?://[!-~]+", url) or "?" in url or "#" in url:
            yield f"The enclosure's address is {url}."


def _same_enclosure(subject: Subject) -> Iterator[str]:
    yield from _repeated("enclosure", (each.get("url") for item in subject.items for each in item.findall("enclosure")))


def _same_guid(subject: Subject) -> Iterator[str]:
    yield from _repeated("guid", (item.findtext("guid") for item in subject.items))


def _repeated(kind: str, values: Iterable[str | None]) -> Iterator[str]:
    for value, count in Counter(filter(None, values)).items():
        if count > 1:
            yield f"{count} episodes have the same {kind}, {value}."


def _guid_is_address(item: Any) -> Iterator[str]:
    enclosures = {enclosure.get("url") for enclosure in item.findall("enclosure")}
    if item.findtext("guid") in enclosures:
        yield "Its guid is the address of its audio."


def _guid_as_link(item: Any) -> Iterator[str]:
    for guid in item.findall("guid"):
        if guid.get("isPermaLink") != "false" and not (guid.text or "").startswith(("https://", "http://")):
            yield 'Its guid is no web address and is not marked isPermaLink="false".'


def _date_form(item: Any) -> Iterator[str]:
    date = item.findtext("pubDate")
    if date and not RFC_2822.fullmatch(date):
        yield f"Its pubDate is {date!r}."


def _order(subject: Subject) -> Iterator[str]:
    texts = [item.findtext("pubDate") or "" for item in subject.items]
    dates = [parsedate_to_datetime(text) for text in texts if RFC_2822.fullmatch(text)]
    if dates != sorted(dates, reverse=True):
        yield "The newest episode is not the first."


def _description_length(parent: Any) -> Iterator[str]:
    for name in ("description", "itunes:summary"):
        length = len(parent.findtext(name, "", NAMED).encode())
        if length > DESCRIPTION_LIMIT:
            yield f"The tag {name} has {length:,} bytes."


def _outdated(subject: Subject) -> Iterator[str]:
    if subject.channel is None:
        return
    lengths = {item.findtext("guid"): _length_of(item) for item in subject.items}
    for release in subject.publication.releases:
        length = lengths.get(release.episode.guid)
        if length is None:
            yield f"The episode {release.episode.slug!r} is not in it."
        elif length != str(release.audio.bytes):
            yield f"The audio of {release.episode.slug!r} has {release.audio.bytes:,} bytes, the feed says {length}."


def _length_of(item: Any) -> str:
    enclosure = item.find("enclosure")
    return "" if enclosure is None else enclosure.get("length", "")


def _unbuilt(subject: Subject) -> Iterator[str]:
    if subject.unbuilt:
        yield "It has not been built yet; looked at was what would be built."


def _other_files(subject: Subject) -> Iterator[str]:
    if subject.outdated and not subject.unbuilt:
        yield f"{len(subject.outdated)} built files are not as the facts want them: {few(subject.outdated)}."


def _too_large(subject: Subject) -> Iterator[str]:
    if len(subject.feed) > _SIZE_LIMIT:
        yield f"It has {len(subject.feed):,} bytes."


_REPORT = "Placecast should not write this. Please report it, with this message."

RULES = (
    Rule(
        code="feed.xml",
        severity="required",
        broken=of_feed(_malformed),
        why="One wrong character in the markup, and apps read nothing (PSP-1; Apple, Podcast RSS feed requirements).",
        cure=_REPORT,
    ),
    Rule(
        code="feed.rss",
        severity="required",
        broken=of_feed(_not_rss),
        why="Apps find Apple's and the Podcasting 2.0 tags by these exact addresses (PSP-1).",
        cure=_REPORT,
    ),
    Rule(
        code="feed.self-link",
        severity="required",
        broken=of_feed(_self_link),
        key="atom:link",
        why="Directories recognise a feed by the address that it gives of itself (PSP-1; W3C feed validator).",
        cure="If the show has moved, set url in placecast.toml to where it is served, and build again.",
    ),
    Rule(
        code="feed.channel.required",
        severity="required",
        broken=of_channel(_missing(_REQUIRED_OF_CHANNEL)),
        why="Apple and other directories refuse a show without it (Apple, Podcast RSS feed requirements; PSP-1).",
        cure="Fill it in in placecast.toml.",
    ),
    Rule(
        code="feed.channel.recommended",
        severity="recommended",
        broken=of_channel(_missing(_RECOMMENDED_OF_CHANNEL)),
        why="Directories use it to show who makes the show and to recognise it after a move (PSP-1).",
        cure="Fill it in in placecast.toml.",
    ),
    Rule(
        code="feed.item.required",
        severity="required",
        broken=of_items(_missing(_REQUIRED_OF_ITEM)),
        why="Apps leave out an episode without it (Apple, Podcast RSS feed requirements; PSP-1).",
        cure="Fill it in in the episode's episode.md.",
    ),
    Rule(
        code="feed.item.recommended",
        severity="recommended",
        broken=of_items(_missing(_RECOMMENDED_OF_ITEM)),
        why="Apps show it to listeners (PSP-1).",
        cure="Fill it in in the episode's episode.md; a transcript is made by placecast publish.",
    ),
    Rule(
        code="feed.channel.explicit",
        severity="required",
        broken=of_channel(_explicit),
        key="itunes:explicit",
        why="Apple documents true and false, nothing else (Apple, A podcaster's guide to RSS).",
        cure=_REPORT,
    ),
    Rule(
        code="feed.item.explicit",
        severity="required",
        broken=of_items(_explicit),
        key="itunes:explicit",
        why="Apple documents true and false, nothing else (Apple, A podcaster's guide to RSS).",
        cure=_REPORT,
    ),
    Rule(
        code="feed.enclosure.count",
        severity="required",
        broken=of_items(_several_enclosures),
        key="enclosure",
        why="An episode has one audio file; apps take the first or the last of several (RSS 2.0; PSP-1).",
        cure=_REPORT,
    ),
    Rule(
        code="feed.enclosure.length",
        severity="required",
        broken=of_items(_enclosure_length),
        key="enclosure",
        why="Spotify refuses an episode without its size in bytes (Podlatch Publisher issue 33; PSP-1; RSS 2.0).",
        cure="Build again, so that the size is read from the audio file.",
    ),
    Rule(
        code="feed.enclosure.type",
        severity="required",
        broken=of_items(_enclosure_type),
        key="enclosure",
        why="Apps choose by type and suffix whether they can play a file (Apple, Podcast RSS feed requirements).",
        cure="Publish the episode as MP3 or M4A.",
    ),
    Rule(
        code="feed.enclosure.address",
        severity="required",
        broken=of_items(_enclosure_address),
        key="enclosure",
        why="Apple wants plain ASCII; a changing query makes apps download every episode again "
        "(Apple, A podcaster's guide to RSS; castget issue 67).",
        cure="Use a web address of ASCII letters without ? and # as url in placecast.toml.",
    ),
    Rule(
        code="feed.enclosure.unique",
        severity="required",
        broken=of_feed(_same_enclosure),
        key="enclosure",
        why="Apple wants another address for every episode (Apple, A podcaster's guide to RSS).",
        cure="Give each episode its own recording.",
    ),
    Rule(
        code="feed.guid.unique",
        severity="required",
        broken=of_feed(_same_guid),
        key="guid",
        why="Apps take episodes with the same guid for one, and show only one (Apple, A podcaster's guide to RSS).",
        cure="Give the newer episode a guid of its own. Never change the guid of a published episode.",
    ),
    Rule(
        code="feed.guid.address",
        severity="recommended",
        broken=of_items(_guid_is_address),
        key="guid",
        why="When the audio moves, apps download every episode again (podcast namespace, other recommendations).",
        cure="For new episodes use the guid that placecast new writes. Leave those that are published as they are.",
    ),
    Rule(
        code="feed.guid.permalink",
        severity="required",
        broken=of_items(_guid_as_link),
        key="guid",
        why="A guid counts as a web address unless it says otherwise (RSS 2.0; PSP-1).",
        cure=_REPORT,
    ),
    Rule(
        code="feed.date.form",
        severity="required",
        broken=of_items(_date_form),
        key="pubDate",
        why="Apps sort by this date, and read it in no other form (RFC 2822; Apple, Podcast RSS feed requirements).",
        cure="Write published in episode.md as 2026-05-01T06:00:00+01:00.",
    ),
    Rule(
        code="feed.order",
        severity="recommended",
        broken=of_feed(_order),
        why="Pocket Casts and others show episodes in the feed's order (podsync issue 133; PSP-1).",
        cure=_REPORT,
    ),
    Rule(
        code="feed.channel.description",
        severity="required",
        broken=of_channel(_description_length),
        why="A description holds at most 4,000 bytes (Apple, A podcaster's guide to RSS; PSP-1).",
        cure=_REPORT,
    ),
    Rule(
        code="feed.item.description",
        severity="required",
        broken=of_items(_description_length),
        why="A description holds at most 4,000 bytes (Apple, A podcaster's guide to RSS; PSP-1).",
        cure=_REPORT,
    ),
    Rule(
        code="feed.outdated",
        severity="required",
        broken=of_feed(_outdated),
        why="Listeners get what the feed says, not what the files say (RSS 2.0, enclosure).",
        cure="Build the show again.",
    ),
    Rule(
        code="feed.unbuilt",
        severity="best",
        broken=of_feed(_unbuilt),
        why="What is published is what was built (Placecast's reference, docs/reference.md).",
        cure="Run: placecast build",
    ),
    Rule(
        code="feed.files",
        severity="best",
        broken=of_feed(_other_files),
        why="The next publish writes them anew, and loses what was changed by hand (Placecast's reference, "
        "docs/reference.md).",
        cure="Change episode.md, the transcript or placecast.toml instead, and run: placecast build",
    ),
    Rule(
        code="feed.size",
        severity="best",
        broken=of_feed(_too_large),
        why="Every app loads the whole feed each time it looks for news (Placecast's own limit, docs/reference.md; "
        "Apple names none).",
        cure="Keep show notes short and link to what is long.",
    ),
)
