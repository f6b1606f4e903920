"""The feed of any host: what it says of the show and of its episodes, and what nobody here can keep.

Pure: a feed's bytes in, facts out. Every tag is either read, or known to say nothing to listeners, or a loss.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from lxml import etree

from placecast.categories import is_category
from placecast.model import Person, Place, Soundbite
from placecast.moving import chapters, listing
from placecast.moving.facts import Loss, OldEpisode, OldFeed, OldShow, OldSound, OldTranscript
from placecast.moving.losses import SILENT, why_lost
from placecast.moving.markdown import from_html, text_of
from placecast.moving.nodes import Node, channel_of, name_of, one_line, said, whole_text

_SHOWN = 200  # characters of a value in a table
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|\d{3}))?", re.IGNORECASE)
_DURATION = re.compile(r"(?:(?:(\d{1,4}):)?(\d{1,4}):)?(\d{1,7}(?:\.\d{1,6})?)", re.ASCII)
# WebVTT alone carries names to Apple; SubRip has them as text, and the last two have no times.
_TRANSCRIPT_ORDER = (
    *("text/vtt", "application/json", "application/x-subrip", "application/srt"),
    *("text/html", "text/plain"),
)
_SUMMARY_LIMIT = 4000
_NOTHING = ("no", "false", "0")  # Apple's block and complete say nothing then
_GUID_LIMIT = 2000


def read(pages: Iterable[bytes], where: str) -> OldFeed:
    """All pages of a feed together, the first with the facts of the show. `where`: what people call it."""
    channels = [channel_of(page, where) for page in pages]
    show = _show(Node(channels[0]))
    items = [item for channel in channels for item in channel.findall("item")]
    episodes, losses = _distinct([_episode(Node(item), show) for item in items])
    return OldFeed(
        show=show, episodes=tuple(episodes), address=show.self_at or where, pages=len(channels), losses=tuple(losses)
    )


def next_page(page: bytes, where: str) -> str:
    """The address of the page after this one (RFC 5005, section 3); "" at the last."""
    return _links(Node(channel_of(page, where))).get("next", "")


def together(pages: Iterable[bytes], where: str) -> bytes:
    """All pages in one document, which names no next page."""
    first, *others = [channel_of(page, where) for page in pages]
    for link in [each for each in first if name_of(each) == "atom:link" and each.get("rel") == "next"]:
        first.remove(link)
    first.extend(item for channel in others for item in channel.findall("item"))
    document: bytes = etree.tostring(first.getroottree(), encoding="UTF-8", xml_declaration=True)
    return document


def _distinct(found: Iterable[OldEpisode]) -> tuple[list[OldEpisode], list[Loss]]:
    """The episodes with a sound and a guid of their own; the others as losses."""
    episodes: dict[str, OldEpisode] = {}
    losses = []
    for each in found:
        if each.sound is None:
            why = "It has no enclosure, so it is no episode. A page of its own may be what it needs."
            losses.append(Loss(tag="item", value=each.page or each.guid, why=why, about=each.title))
        elif len(each.guid) > _GUID_LIMIT:
            why = f"Its guid has more than {_GUID_LIMIT:,} letters."
            losses.append(Loss(tag="guid", value=each.guid[:_SHOWN], why=why, about=each.title))
        elif each.guid in episodes:
            why = "Another item has the same guid, so apps show one of the two: the first one is kept."
            losses.append(Loss(tag="guid", value=each.guid, why=why, about=each.title))
        else:
            episodes[each.guid] = each
    return list(episodes.values()), losses


# The channel


def _show(node: Node) -> OldShow:
    links, categories = _links(node), [path for each in node.all("itunes:category") for path in _paths(each)]
    locked, owner = node.first("podcast:locked"), node.first("itunes:owner")
    description = text_of(node.text("description") or node.text("itunes:summary"))
    guid = node.line("podcast:guid").lower()
    show = OldShow(
        **listing.of_show(node),
        title=node.line("title") or node.line("itunes:title") or "Untitled",
        description=description,
        link=node.line("link"),
        author=node.line("itunes:author"),
        owner_name=_inside(owner, "itunes:name"),
        owner_email=_inside(owner, "itunes:email") or (said(locked, "owner") if locked is not None else ""),
        categories=tuple(dict.fromkeys(" > ".join(path) for path in map(_known_category, categories) if path)),
        language=_language(node.line("language")),
        explicit=_explicit(node.line("itunes:explicit")) or False,
        type="serial" if node.line("itunes:type").lower() == "serial" else "episodic",
        copyright=node.line("copyright"),
        guid=guid if _UUID.fullmatch(guid) else "",
        locked=one_line(whole_text(locked)).lower() in ("yes", "true") if locked is not None else None,
        locked_owner=said(locked, "owner") if locked is not None else "",
        cover_at=node.attribute("itunes:image", "href") or _inside(node.first("image"), "url"),
        complete=node.line("itunes:complete").lower() in ("yes", "true"),
        people=tuple(_people(node, "host")),
        places=tuple(map(_place, node.all("podcast:location"))),
        new_feed=node.line("itunes:new-feed-url"),
        self_at=links.get("self", ""),
        next_at=links.get("next", ""),
    )
    node.all("item")
    return replace(show, losses=(*_show_losses(node, show, categories), *_unread(node, "")))


def _show_losses(node: Node, show: OldShow, categories: Iterable[tuple[str, ...]]) -> Iterator[Loss]:
    for path in categories:
        if _known_category(path) != path:
            yield Loss(tag="itunes:category", value=" > ".join(path), why="It is not in Apple's list of categories.")
    if (guid := node.line("podcast:guid")) and not show.guid:
        yield Loss(tag="podcast:guid", value=guid, why="It is no UUID. One was made from the feed's address.")
    if (language := node.line("language")) and not show.language:
        yield Loss(tag="language", value=language, why="It is no language tag (BCP 47).")
    if show.link:
        yield Loss(tag="link", value=show.link, why="The show's pages here are its home now.")
    if show.new_feed and show.new_feed != show.self_at:
        why = "The feed says that it has moved there. If that is so, import the feed at that address."
        yield Loss(tag="itunes:new-feed-url", value=show.new_feed, why=why)
    summary = text_of(node.text("itunes:summary"))
    if summary and one_line(summary) != one_line(show.description):
        yield Loss(tag="itunes:summary", value=summary[:_SHOWN], why="The show has one description; that is kept.")


def _paths(category: Any) -> Iterator[tuple[str, ...]]:
    """The categories in an element: its own where it has no narrower ones."""
    top = said(category, "text")
    narrower = [said(each, "text") for each in category if name_of(each) == "itunes:category"]
    yield from ((top, each) for each in narrower)
    if top and not narrower:
        yield (top,)


def _known_category(path: tuple[str, ...]) -> tuple[str, ...]:
    """The category, or the wider one where Apple has dropped the narrower; empty when neither is known."""
    return path if is_category(path) else path[:1] if is_category(path[:1]) else ()


def _links(node: Node) -> dict[str, str]:
    """The channel's Atom links by what they are for."""
    found = {said(each, "rel") or "alternate": said(each, "href") for each in node.all("atom:link")}
    return {rel: href for rel, href in found.items() if href.startswith(("https://", "http://"))}


def _inside(element: Any | None, name: str) -> str:
    return Node(element).line(name) if element is not None else ""


def _language(text: str) -> str:
    """`en-us` as `en-US`: BCP 47 ignores the case, our facts do not."""
    match = _LANGUAGE.fullmatch(text)
    if not match:
        return ""
    language, script, region = match.groups()
    return "-".join(filter(None, (language.lower(), (script or "").title(), (region or "").upper())))


# Items


def _episode(node: Node, show: OldShow) -> OldEpisode:
    sound = _sound(node)
    title = node.line("title") or node.line("itunes:title") or "Untitled"
    guid = node.text("guid") or (sound.address if sound else "") or node.line("link")
    told = _Told(node, title)
    notes, summary = told.notes()
    episode = OldEpisode(
        **listing.of_episode(node, show.license),
        guid=guid,
        title=title,
        published=_moment(node.line("pubDate")),
        sound=sound,
        page=node.line("link"),
        seconds=_seconds(node.line("itunes:duration")),
        season=told.number("itunes:season", "podcast:season"),
        number=told.number("itunes:episode", "podcast:episode"),
        season_name=node.attribute("podcast:season", "name"),
        display=node.attribute("podcast:episode", "display"),
        kind=_kind(node.line("itunes:episodeType").lower()),
        explicit=_explicit(node.line("itunes:explicit")),
        people=tuple(_people(node, "guest", {each.name for each in show.people})),
        places=tuple(map(_place, node.all("podcast:location"))),
        soundbites=tuple(told.soundbites()),
        chapters=told.simple_chapters(),
        chapters_at=node.attribute("podcast:chapters", "url"),
        transcripts=tuple(told.transcripts()),
        notes=notes,
        summary=summary,
    )
    told.compare(episode, show)
    about = {"about": title}
    return replace(episode, losses=tuple(replace(each, **about) for each in (*told.losses, *_unread(node, title))))


class _Told:
    """What one item tells, and what of that was lost on the way."""

    def __init__(self, node: Node, title: str) -> None:
        self._node, self._title = node, title
        self.losses: list[Loss] = []

    def lose(self, tag: str, value: str, why: str) -> None:
        self.losses.append(Loss(tag=tag, value=one_line(value)[:_SHOWN], why=why))

    def number(self, *names: str) -> int | None:
        """Apple's number, or else the Podcasting 2.0 one."""
        found = None
        for name in names:
            text = self._node.line(name)
            number = int(text) if re.fullmatch(r"0*[1-9]\d{0,5}", text, re.ASCII) else None
            if text and number is None:
                self.lose(name, text, "Seasons and episodes are numbered 1, 2, 3 here.")
            found = found or number
        return found

    def notes(self) -> tuple[str, str]:
        """The show notes, and the summary where it says something else than they do."""
        encoded, description = self._node.text("content:encoded"), self._node.text("description")
        summary, subtitle = self._node.text("itunes:summary"), self._node.line("itunes:subtitle")
        rich = encoded or description or summary
        made = from_html(rich)
        for tag in made.lost:
            self.lose("content:encoded" if encoded else "description", tag, "Show notes are text with links here.")
        notes = one_line(made.text)
        told = {"description": text_of(description), "itunes:summary": text_of(summary), "itunes:subtitle": subtitle}
        shorter = (told[tag] for tag in ("description", "itunes:summary"))
        short = next((text for text in shorter if text and one_line(text) != notes), "")
        for tag, other in told.items():
            if other and one_line(other) not in (notes, one_line(short), self._title):
                self.lose(tag, other, "Apps get one summary and the show notes; this is a third text.")
        if len(short) > _SUMMARY_LIMIT:
            why = f"Apps show {_SUMMARY_LIMIT:,} letters; its end was cut off."
            self.lose("description", short[_SUMMARY_LIMIT:], why)
        return made.markdown, short[:_SUMMARY_LIMIT].rstrip()

    def soundbites(self) -> Iterator[Soundbite]:
        for each in self._node.all("podcast:soundbite"):
            start, duration = _number(said(each, "startTime")), _number(said(each, "duration"))
            if start is None or not duration:
                self.lose("podcast:soundbite", one_line(whole_text(each)), "It has no start or no duration.")
                continue
            yield Soundbite(seconds=start, duration=duration, title=one_line(whole_text(each))[:128])

    def simple_chapters(self) -> tuple[Any, ...]:
        tag = self._node.first("psc:chapters")
        found = chapters.from_simple(tag) if tag is not None else chapters.NONE
        for lost in found.lost:
            self.lose("psc:chapter", lost.value, lost.why)
        return found.chapters

    def transcripts(self) -> Iterator[OldTranscript]:
        found = [
            OldTranscript(
                address=said(each, "url"), type=said(each, "type").lower(), language=_language(said(each, "language"))
            )
            for each in self._node.all("podcast:transcript")
            if said(each, "url")
        ]
        spoken = {each.language for each in found if each.language}
        if len(spoken) > 1:
            why = "An episode has a transcript in one language here."
            self.lose("podcast:transcript", ", ".join(sorted(spoken)), why)
        yield from sorted(found, key=_transcript_rank)

    def compare(self, episode: OldEpisode, show: OldShow) -> None:
        """What an item says twice, or otherwise than the new feed can."""
        node = self._node
        if (other := node.line("itunes:title")) and other != episode.title:
            self.lose("itunes:title", other, "An episode has one title here, that of <title>, which every app shows.")
        if not node.line("guid"):
            why = "It has none. Apps know it by the address of its sound, which is its guid now."
            self.lose("guid", episode.guid, why)
        if episode.published is None:
            why = "It is no date. The episode is a draft until somebody writes one."
            self.lose("pubDate", node.line("pubDate"), why)
        named = {each.name for each in episode.people}
        if named and (others := [each.name for each in show.people if each.name not in named]):
            why = "The item did not name them. Here, the show's people are named with every episode."
            self.lose("podcast:person", ", ".join(others), why)
        if len(node.all("enclosure")) > 1:
            count = len(node.all("enclosure"))
            self.lose("enclosure", f"{count} of them", "Apps play the first, and that one is kept.")
        if (image := node.attribute("itunes:image", "href")) and image != show.cover_at:
            why = 'Save it beside its episode.md as a square JPEG or PNG of 1400 pixels or more: image = "art.jpg".'
            self.lose("itunes:image", image, why)
        if (author := node.line("itunes:author")) and author != show.author:
            self.lose("itunes:author", author, "Say who is heard with [[people]] in its episode.md.")


def _sound(node: Node) -> OldSound | None:
    enclosure = next((each for each in node.all("enclosure") if said(each, "url")), None)
    if enclosure is None:
        return None
    length = said(enclosure, "length")
    number = int(length) if re.fullmatch(r"\d{1,15}", length, re.ASCII) else 0
    return OldSound(address=said(enclosure, "url"), type=said(enclosure, "type").lower(), bytes=number or None)


def _transcript_rank(transcript: OldTranscript) -> int:
    """Their place among the forms, the best first; what is no known form comes last."""
    kind = transcript.type.partition(";")[0].strip()
    return _TRANSCRIPT_ORDER.index(kind) if kind in _TRANSCRIPT_ORDER else len(_TRANSCRIPT_ORDER)


def _kind(text: str) -> Literal["full", "trailer", "bonus"]:
    return "trailer" if text == "trailer" else "bonus" if text == "bonus" else "full"


def _moment(text: str) -> datetime | None:
    """When it was published, in its own zone (RFC 2822, or ISO 8601, which some hosts write)."""
    for read_date in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            there = read_date(text)
            known = there if there.tzinfo else there.replace(tzinfo=UTC)
            if 1990 < known.astimezone(UTC).year < 9999:
                return known.replace(microsecond=0)
        except (ValueError, TypeError, OverflowError):
            continue
    return None


def _seconds(text: str) -> float | None:
    match = _DURATION.fullmatch(text)
    if not match:
        return None
    hours, minutes, seconds = match.groups(default="0")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


# Both


def _people(node: Node, role: str, hosts: Iterable[str] = ()) -> Iterator[Person]:
    """Those who are credited: in Podcasting 2.0's words, else as Podlove's contributors, who have no role."""
    people = node.all("podcast:person")
    for each in people:
        # The podcast namespace makes a host of who has no role.
        name, facts = one_line(whole_text(each)), {key: said(each, key) for key in ("role", "group", "href", "img")}
        if name:
            yield Person(
                name=name[:128],
                role=facts["role"].lower() or "host",
                group=facts["group"].lower() or "cast",
                url=facts["href"] or None,
                image=facts["img"] or None,
            )
    for each in node.all("atom:contributor") if not people else ():
        name = _inside(each, "atom:name")
        if name:
            yield Person(name=name[:128], role="host" if name in hosts else role, url=_inside(each, "atom:uri") or None)


def _place(element: Any) -> Place:
    # RFC 5870 allows options such as ;u=35 (an uncertainty), and a height.
    geo = re.sub(r"^(geo:[^,;]+,[^,;]+).*", r"\1", said(element, "geo"))
    return Place(
        name=one_line(whole_text(element))[:128],
        rel="creator" if said(element, "rel").lower() == "creator" else "subject",
        geo=geo or None,
        osm=said(element, "osm") or None,
        country=said(element, "country").upper() or None,
    )


def _explicit(text: str) -> bool | None:
    return {"yes": True, "true": True, "explicit": True, "no": False, "false": False, "clean": False}.get(text.lower())


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\d{1,7}(\.\d{1,9})?", text, re.ASCII) else _seconds(text)


def _unread(node: Node, about: str) -> Iterator[Loss]:
    """The tags that nobody has read, and that say something."""
    for name, element in node.unread():
        attributes = " ".join(f"{key}={value}" for key, value in sorted(element.attrib.items()))
        value = one_line(whole_text(element)) or attributes
        if name not in SILENT and value and value.lower() not in _NOTHING:
            yield Loss(tag=name, value=one_line(value)[:_SHOWN], why=why_lost(name), about=about)
