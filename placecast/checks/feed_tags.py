"""Rules for what the built feed says to apps and directories: money, other shows, pictures, comments, schedules."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from placecast.addresses import is_web
from placecast.checks.rules import NAMED, Rule, of_both, of_channel, of_items
from placecast.checks.vocabularies import RFC_2822
from placecast.recurrence import rule_faults
from placecast.registers import DISABLED, LICENSES, SERVICES, SOCIAL_PROTOCOLS
from placecast.rss.text import NAME_LIMIT

_MOMENT = re.compile(r"\d\d:\d\d:\d\d(\.\d{1,3})?", re.ASCII)
_DISPLAY_LIMIT = 32
_TEXT_LIMIT = 4000


def _all(parent: Any, name: str) -> list[Any]:
    found: list[Any] = parent.findall(name, NAMED)
    return found


def _is_guid(text: str | None) -> bool:
    try:
        return bool(uuid.UUID(text or ""))
    except ValueError:
        return False


def _yes(parent: Any) -> Iterator[str]:
    for name in ("itunes:block", "itunes:complete"):
        for each in _all(parent, name):
            if (each.text or "").lower() != "yes":
                yield f"{name} is {each.text!r}."


def _new_address(channel: Any) -> Iterator[str]:
    for each in _all(channel, "itunes:new-feed-url"):
        if not is_web(each.text):
            yield f"itunes:new-feed-url is {each.text!r}."


def _moved_away(channel: Any) -> Iterator[str]:
    own = channel.find("atom:link[@rel='self']", NAMED)
    for each in _all(channel, "itunes:new-feed-url"):
        if own is not None and is_web(each.text) and each.text != own.get("href"):
            yield f"It sends its subscribers to {each.text}."


def _addressed(name: str, attribute: str) -> Callable[[Any], Iterator[str]]:
    """Whether each tag of this name has a web address there."""

    def test(parent: Any) -> Iterator[str]:
        for each in _all(parent, name):
            if not is_web(each.get(attribute)):
                yield f"{name} has the address {each.get(attribute)!r}."

    return test


def _licences(parent: Any) -> Iterator[str]:
    for each in _all(parent, "podcast:license"):
        if each.text not in LICENSES and not is_web(each.get("url")):
            yield f"The licence is {each.text!r}, without an address of its text."


def _remote_shows(channel: Any) -> Iterator[str]:
    for each in _all(channel, "podcast:podroll/podcast:remoteItem") + _all(channel, "podcast:publisher/*"):
        if not _is_guid(each.get("feedGuid")):
            yield f"Another show has the guid {each.get('feedGuid')!r}."
    for each in _all(channel, "podcast:publisher"):
        mediums = [inner.get("medium") for inner in _all(each, "podcast:remoteItem")]
        if mediums != ["publisher"]:
            yield f"The publisher is {len(mediums)} shows, of the kinds {mediums}."


def _frequency(channel: Any) -> Iterator[str]:
    found = _all(channel, "podcast:updateFrequency")
    if len(found) > 1:
        yield f"It says {len(found)} times how often episodes come."
    for each in found:
        if len(each.text or "") > NAME_LIMIT:
            yield f"What it says of its schedule has {len(each.text)} characters."
        if rule := each.get("rrule"):
            yield from (f"The rule {rule!r} {fault}." for fault in rule_faults(rule, _start(each.get("dtstart", ""))))


def _start(text: str) -> date | None:
    try:
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    except ValueError:
        return None


def _trailers(channel: Any) -> Iterator[str]:
    for each in _all(channel, "podcast:trailer"):
        text = each.text or ""
        if not (
            is_web(each.get("url")) and RFC_2822.fullmatch(each.get("pubdate", "")) and 0 < len(text) <= NAME_LIMIT
        ):
            yield f"The trailer {text!r} has the address {each.get('url')!r} and the date {each.get('pubdate')!r}."


def _blocks(channel: Any) -> Iterator[str]:
    for each in _all(channel, "podcast:block"):
        if each.text not in ("yes", "no") or (each.get("id") and each.get("id") not in SERVICES):
            yield f"podcast:block is {each.text!r} for {each.get('id') or 'all'}."


def _texts(parent: Any) -> Iterator[str]:
    for each in _all(parent, "podcast:txt"):
        length, purpose = len(each.text or ""), each.get("purpose", "")
        if not 0 < length <= _TEXT_LIMIT or len(purpose) > NAME_LIMIT:
            yield f"podcast:txt for {purpose[:40]!r} has {length:,} characters."


def _unseen(parent: Any) -> Iterator[str]:
    for each in _all(parent, "podcast:image"):
        if not each.get("alt"):
            yield f"Nothing says what is to be seen on {each.get('href', '').rpartition('/')[2]}."


def _comments(parent: Any) -> Iterator[str]:
    found = _all(parent, "podcast:socialInteract")
    for each in found:
        protocol = each.get("protocol")
        alone = len(found) == 1 and set(each.attrib) == {"protocol"}
        if protocol not in SOCIAL_PROTOCOLS or (not alone if protocol == DISABLED else not each.get("uri")):
            yield f"podcast:socialInteract has the protocol {protocol!r} and the post {each.get('uri')!r}."


def _named_numbers(item: Any) -> Iterator[str]:
    for name, attribute, limit in (
        ("podcast:season", "name", NAME_LIMIT),
        ("podcast:episode", "display", _DISPLAY_LIMIT),
    ):
        for length in (len(each.get(attribute, "")) for each in _all(item, name)):
            if length > limit:
                yield f"The {attribute} of {name} has {length} characters."


def _simple_chapters(item: Any) -> Iterator[str]:
    marks = _all(item, "psc:chapters/psc:chapter")
    starts = [each.get("start", "") for each in marks]
    if not all(map(_MOMENT.fullmatch, starts)) or starts != sorted(starts):
        yield f"The chapters in the feed start at {', '.join(starts)}."
    if not all(each.get("title") for each in marks):
        yield "A chapter in the feed has no title."


_REPORT = "Run: placecast build. If it stays so, please report it, with this message."

RULES = (
    Rule(
        code="show.license",
        severity="recommended",
        broken=of_both(_licences),
        key="podcast:license",
        why="Apps know well-known licences by their identifiers in small letters, and others by an address "
        "(podcast namespace, license).",
        cure="Write the license as in cc-by-4.0, or your own with license_url, and build again.",
    ),
    Rule(
        code="feed.yes",
        severity="recommended",
        broken=of_both(_yes),
        why="Apple acts on it only when it says Yes (Apple, A podcaster's guide to RSS).",
        cure=_REPORT,
    ),
    Rule(
        code="feed.new-address",
        severity="required",
        broken=of_channel(_new_address),
        key="itunes:new-feed-url",
        why="Apps would lose the show's subscribers on the way (Apple, A podcaster's guide to RSS).",
        cure="Write new_feed_url in placecast.toml as the whole address, with https, and build again.",
    ),
    Rule(
        code="feed.new-address.elsewhere",
        severity="best",
        broken=of_channel(_moved_away),
        key="itunes:new-feed-url",
        why="In the new feed it is the feed's own address; in the old one it sends every subscriber away "
        "(Apple, A podcaster's guide to RSS).",
        cure="If the show has not moved there, take new_feed_url out of placecast.toml, and build again.",
    ),
    Rule(
        code="feed.funding",
        severity="recommended",
        broken=of_channel(_addressed("podcast:funding", "url")),
        key="podcast:funding",
        why="Apps show a link to it (podcast namespace, funding; PSP-1).",
        cure="Write url under [[funding]] in placecast.toml, and build again.",
    ),
    Rule(
        code="feed.remote-show",
        severity="recommended",
        broken=of_channel(_remote_shows),
        why="Apps find another show by its guid, and one publisher by its kind (podcast namespace, remoteItem).",
        cure="Write guid under [[podroll]] or [publisher] in placecast.toml, as that show's feed has it.",
    ),
    Rule(
        code="feed.frequency",
        severity="recommended",
        broken=of_channel(_frequency),
        key="podcast:updateFrequency",
        why="Apps read one rule as calendars do (podcast namespace, updateFrequency; RFC 5545).",
        cure="Correct [schedule] in placecast.toml, and build again.",
    ),
    Rule(
        code="feed.trailer",
        severity="recommended",
        broken=of_channel(_trailers),
        key="podcast:trailer",
        why="Apps play it before all episodes: it has a name, an address and a date (podcast namespace, trailer).",
        cure="Give the trailer's episode.md a title and a date, and build again.",
    ),
    Rule(
        code="feed.block",
        severity="required",
        broken=of_channel(_blocks),
        key="podcast:block",
        why="A service may show what is not blocked in these words and by its own name (podcast namespace, block).",
        cure="Correct [block] in placecast.toml, and build again.",
    ),
    Rule(
        code="feed.text",
        severity="recommended",
        broken=of_both(_texts),
        key="podcast:txt",
        why="A text holds 1 to 4,000 characters, its purpose 128 (podcast namespace, txt).",
        cure="Correct [[texts]] in placecast.toml or episode.md, and build again.",
    ),
    Rule(
        code="feed.picture",
        severity="recommended",
        broken=of_both(_addressed("podcast:image", "href")),
        key="podcast:image",
        why="A picture is had from its address (podcast namespace, image).",
        cure=_REPORT,
    ),
    Rule(
        code="feed.picture.alt",
        severity="best",
        broken=of_both(_unseen),
        key="podcast:image",
        why="Who cannot see it hears its words (WCAG 2.2, 1.1.1; podcast namespace, image).",
        cure="Write cover_alt in placecast.toml, or image_alt in episode.md: what is to be seen. Build again.",
    ),
    Rule(
        code="feed.comments",
        severity="recommended",
        broken=of_both(_comments),
        key="podcast:socialInteract",
        why="Apps show the answers to a post, or none at all (podcast namespace, socialInteract).",
        cure="Correct [[comments]] in placecast.toml or episode.md, and build again.",
    ),
    Rule(
        code="feed.link",
        severity="recommended",
        broken=of_items(_addressed("podcast:contentLink", "href")),
        key="podcast:contentLink",
        why="Apps offer it as a link (podcast namespace, contentLink).",
        cure="Write url under [[links]] in episode.md, and build again.",
    ),
    Rule(
        code="feed.item.name",
        severity="recommended",
        broken=of_items(_named_numbers),
        why="A season's name holds 128 characters, what stands for a number 32 (podcast namespace, season, episode).",
        cure="Shorten it under [seasons] in placecast.toml, or display in episode.md, and build again.",
    ),
    Rule(
        code="feed.chapters.inside",
        severity="recommended",
        broken=of_items(_simple_chapters),
        key="psc:chapters",
        why="Apps list them by time, each with a title (Podlove Simple Chapters).",
        cure=_REPORT,
    ),
)
