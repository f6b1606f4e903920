"""Rules for what the built feed says: values that apps and directories know, and files that it names."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Collection, Iterator
from typing import Any

from placecast import media_types
from placecast.categories import is_category
from placecast.checks.rules import (
    FOLDER,
    NAMED,
    Complaint,
    Rule,
    Subject,
    item_name,
    of_both,
    of_channel,
    of_feed,
    of_items,
)
from placecast.checks.vocabularies import RFC_2822
from placecast.rss.named import named
from placecast.rss.text import LINE_LIMIT, NAME_LIMIT

_DECLARATION = re.compile(rb"<\?xml\s[^>]*encoding=[\"']utf-8[\"']", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?", re.ASCII | re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_PICTURE = re.compile(r"https?://\S+\.(?:jpe?g|png)", re.IGNORECASE)
_COUNT = re.compile(r"[1-9]\d*", re.ASCII)
_SECONDS = re.compile(r"\d+", re.ASCII)

_LINES = ("title", "link", "guid", "language", "copyright", "itunes:author", "itunes:title", "itunes:owner/itunes:name")
_NAMES = ("podcast:person", "podcast:location", "podcast:license", "podcast:funding", "podcast:soundbite")
_TRANSCRIPTS = {"text/vtt", "application/x-subrip", "application/srt", "application/json", "text/html", "text/plain"}
_CHAPTERS = "application/json+chapters"


def _undeclared(subject: Subject) -> Iterator[str]:
    if subject.channel is not None and not _DECLARATION.match(subject.feed.removeprefix(b"\xef\xbb\xbf")):
        yield 'It does not begin with <?xml version="1.0" encoding="UTF-8"?>.'


def _doctype(subject: Subject) -> Iterator[str]:
    if subject.channel is not None and subject.parsed.getroottree().docinfo.internalDTD is not None:
        yield "It declares a document type, and may hide other files or endless text in it."


def _blanks(parent: Any) -> Iterator[str]:
    for name in _LINES:
        for text in (element.text or "" for element in parent.findall(name, NAMED)):
            if text.strip() and text != text.strip():
                yield f"The tag {name} begins or ends with a blank: {text!r}."


def _long_lines(parent: Any) -> Iterator[str]:
    for name in _LINES:
        for text in (element.text or "" for element in parent.findall(name, NAMED)):
            if len(text) > LINE_LIMIT:
                yield f"The tag {name} has {len(text)} characters."


def _names(parent: Any) -> Iterator[str]:
    for name in _NAMES:
        for text in (element.text or "" for element in parent.findall(name, NAMED)):
            blank = not text.strip() and name != "podcast:soundbite"
            if blank or len(text) > NAME_LIMIT:
                yield f"The tag {name} has {'no text' if blank else f'{len(text)} characters'}."


def _podcast_guid(channel: Any) -> Iterator[str]:
    for text in (element.text or "" for element in channel.findall("podcast:guid", NAMED)):
        try:
            uuid.UUID(text)
        except ValueError:
            yield f"The show's guid {text!r} is no UUID."


def _locked(channel: Any) -> Iterator[str]:
    for locked in channel.findall("podcast:locked", NAMED):
        if locked.text not in {"yes", "no"} or not locked.get("owner"):
            yield f"podcast:locked is {locked.text!r}, and its owner {locked.get('owner')!r}."


def _category(channel: Any) -> Iterator[str]:
    for category in channel.findall("itunes:category", NAMED):
        for path in _paths(category):
            if not is_category(path):
                yield f"Apple has no category {' > '.join(path)!r}."


def _paths(category: Any) -> list[tuple[str, ...]]:
    name, inner = category.get("text", ""), category.findall("itunes:category", NAMED)
    return [(name, each.get("text", "")) for each in inner] or [(name,)]


def _language(channel: Any) -> Iterator[str]:
    for text in (element.text or "" for element in channel.findall("language")):
        if text.strip() and not _LANGUAGE.fullmatch(text.strip()):
            yield f"The language {text!r} is no language tag."


def _owner(channel: Any) -> Iterator[str]:
    email = channel.findtext("itunes:owner/itunes:email", "", NAMED)
    if not _EMAIL.fullmatch(email):
        yield f"The owner's e-mail address is {email!r}."


def _among(name: str, known: Collection[str]) -> Callable[[Any], Iterator[str]]:
    """Whether a tag, if it is there, says one of these."""

    def test(parent: Any) -> Iterator[str]:
        for text in (element.text for element in parent.findall(name, NAMED)):
            if text not in known:
                yield f"{name} is {text!r}."

    return test


def _numbers(item: Any) -> Iterator[str]:
    for name in ("itunes:season", "itunes:episode"):
        for text in (element.text or "" for element in item.findall(name, NAMED)):
            if not _COUNT.fullmatch(text):
                yield f"{name} is {text!r}."


def _duration(item: Any) -> Iterator[str]:
    for text in (element.text or "" for element in item.findall("itunes:duration", NAMED)):
        if not _SECONDS.fullmatch(text):
            yield f"itunes:duration is {text!r}."


def _image(parent: Any) -> Iterator[str]:
    for address in (element.get("href", "") for element in parent.findall("itunes:image", NAMED)):
        if not _PICTURE.fullmatch(address):
            yield f"itunes:image has the address {address!r}."


def _transcript(item: Any) -> Iterator[str]:
    for each in item.findall("podcast:transcript", NAMED):
        if not each.get("url") or each.get("type") not in _TRANSCRIPTS:
            yield f"A transcript has the type {each.get('type')!r} and the address {each.get('url')!r}."


def _no_vtt(item: Any) -> Iterator[str]:
    types = {each.get("type") for each in item.findall("podcast:transcript", NAMED)}
    if types and "text/vtt" not in types:
        yield "None of its transcripts is WebVTT."


def _chapters(item: Any) -> Iterator[str]:
    found = item.findall("podcast:chapters", NAMED)
    if len(found) > 1:
        yield f"It has {len(found)} files with chapters."
    for each in found:
        if not each.get("url") or each.get("type") != _CHAPTERS:
            yield f"Its chapters have the type {each.get('type')!r} and the address {each.get('url')!r}."


def _build_date(channel: Any) -> Iterator[str]:
    text = channel.findtext("lastBuildDate", "")
    if channel.find("item") is not None and not RFC_2822.fullmatch(text):
        yield f"lastBuildDate is {text!r}."


def _dead(subject: Subject) -> Iterator[Complaint]:
    """Files that the feed names and that were not built. Sound may be in the target only."""
    if not _readable(subject) or not subject.files.sizes:
        return
    for path in sorted(named(subject.publication.show, subject.feed).keys - subject.files.sizes.keys()):
        if not media_types.media_type(path).startswith("audio/"):
            yield Complaint(f"{FOLDER}feed.xml", f"It names {path}, which is not there.")


def _other_length(subject: Subject) -> Iterator[Complaint]:
    """A length that is not that of the file beside the feed."""
    for item in subject.items:
        for enclosure in item.findall("enclosure"):
            size = subject.files.sizes.get(subject.path(enclosure.get("url", "")))
            if size is not None and enclosure.get("length") != str(size):
                what = f"The enclosure's length is {enclosure.get('length')!r}; the file has {size} bytes."
                yield Complaint(f"{FOLDER}feed.xml", what, item_name(item))


def _readable(subject: Subject) -> bool:
    return subject.channel is not None and not any(_doctype(subject))


_AGAIN = "Run: placecast build"
_REPORT = "Run: placecast build. If it stays so, please report it, with this message."

RULES = (
    Rule(
        code="feed.declaration",
        severity="required",
        broken=of_feed(_undeclared),
        key="line 1",
        why="Apps must know that the feed is UTF-8 (PSP-1; XML 1.0, section 2.8).",
        cure=_REPORT,
    ),
    Rule(
        code="feed.doctype",
        severity="required",
        broken=of_feed(_doctype),
        key="DOCTYPE",
        why="Apps refuse feeds with entities of their own, for safety (XML 1.0, section 4.2; W3C feed validator).",
        cure=_AGAIN,
    ),
    Rule(
        code="feed.blanks",
        severity="recommended",
        broken=of_both(_blanks),
        why="Apps show the blanks, or take the value for another (PSP-1).",
        cure="Take the blanks out in placecast.toml or episode.md, and build again.",
    ),
    Rule(
        code="feed.line",
        severity="recommended",
        broken=of_both(_long_lines),
        why="A value holds 255 characters (PSP-1).",
        cure="Shorten it in placecast.toml or episode.md, and build again.",
    ),
    Rule(
        code="feed.name",
        severity="recommended",
        broken=of_both(_names),
        why="A name holds 1 to 128 characters (podcast namespace, person, location, license, funding, soundbite).",
        cure="Give it a short name in placecast.toml, names.toml or episode.md, and build again.",
    ),
    Rule(
        code="feed.podcast-guid",
        severity="recommended",
        broken=of_channel(_podcast_guid),
        key="podcast:guid",
        why="Apps recognise a show by this UUID after it has moved (podcast namespace, guid).",
        cure="Keep the guid that placecast wrote into placecast.toml, and build again.",
    ),
    Rule(
        code="feed.locked",
        severity="recommended",
        broken=of_channel(_locked),
        key="podcast:locked",
        why="It says yes or no; the Podcast Index ignores it without an owner (podcast namespace, locked; "
        "podcast-partytime 5.0.0).",
        cure="Write owner.email in placecast.toml, and build again.",
    ),
    Rule(
        code="feed.category",
        severity="required",
        broken=of_channel(_category),
        key="itunes:category",
        why="Apple refuses a show without a category from its list, letter by letter (Apple Podcasts categories).",
        cure="Write categories in placecast.toml as Apple's list has them, and build again.",
    ),
    Rule(
        code="feed.language",
        severity="required",
        broken=of_channel(_language),
        key="language",
        why="Directories sort shows by language (PSP-1; Apple, Podcast RSS feed requirements).",
        cure="Write the language like en-GB or cy in placecast.toml, and build again.",
    ),
    Rule(
        code="feed.owner",
        severity="required",
        broken=of_channel(_owner),
        key="itunes:owner",
        why="YouTube refuses a show without it: Missing Owner Email (PeerTube issue 6201; PSP-1).",
        cure="Write an address that your team reads as owner.email in placecast.toml, and build again.",
    ),
    Rule(
        code="feed.type",
        severity="required",
        broken=of_channel(_among("itunes:type", {"episodic", "serial"})),
        key="itunes:type",
        why="Apple orders episodes by it (Apple, A podcaster's guide to RSS).",
        cure="Write type as episodic or serial in placecast.toml, and build again.",
    ),
    Rule(
        code="feed.item.kind",
        severity="required",
        broken=of_items(_among("itunes:episodeType", {"full", "trailer", "bonus"})),
        key="itunes:episodeType",
        why="Apple knows these three (Apple, A podcaster's guide to RSS).",
        cure="Write kind as full, trailer or bonus in episode.md, and build again.",
    ),
    Rule(
        code="feed.item.number",
        severity="required",
        broken=of_items(_numbers),
        why="Seasons and episodes count from 1 (Apple, A podcaster's guide to RSS; PSP-1).",
        cure="Write number and season as 1 or more in episode.md, and build again.",
    ),
    Rule(
        code="feed.item.duration",
        severity="recommended",
        broken=of_items(_duration),
        key="itunes:duration",
        why="Not every app reads hours and minutes there; seconds are read by all (PSP-1).",
        cure=_REPORT,
    ),
    Rule(
        code="feed.image",
        severity="required",
        broken=of_both(_image),
        key="itunes:image",
        why="Apple takes JPEG and PNG under a name that says so (Apple, artwork requirements).",
        cure="Name a .jpg or .png file in placecast.toml or episode.md, and build again.",
    ),
    Rule(
        code="feed.transcript",
        severity="required",
        broken=of_items(_transcript),
        key="podcast:transcript",
        why="Apps choose a transcript by its type (podcast namespace, transcript).",
        cure=_REPORT,
    ),
    Rule(
        code="feed.transcript.vtt",
        severity="recommended",
        broken=of_items(_no_vtt),
        key="podcast:transcript",
        why="Apple takes WebVTT, and it alone names speakers there (Apple Podcasts, transcripts).",
        cure=_REPORT,
    ),
    Rule(
        code="feed.chapters",
        severity="required",
        broken=of_items(_chapters),
        key="podcast:chapters",
        why="Apps read one file of this type (podcast namespace, chapters).",
        cure=_REPORT,
    ),
    Rule(
        code="feed.build-date",
        severity="recommended",
        broken=of_channel(_build_date),
        key="lastBuildDate",
        why="Apps see by it that something is new (RSS 2.0, lastBuildDate; RFC 2822).",
        cure=_REPORT,
    ),
    Rule(
        code="feed.file",
        severity="required",
        broken=_dead,
        why="Apps meet an error there (RSS 2.0; podcast namespace).",
        cure=_AGAIN,
    ),
    Rule(
        code="feed.enclosure.file",
        severity="required",
        broken=_other_length,
        key="enclosure",
        why="Apps stop early or show a broken download when the size is another (RSS 2.0, enclosure; PSP-1).",
        cure="Run: placecast build. If the file itself was changed, delete it and run: placecast publish",
    ),
)
