"""The feed: a show and its releases as RSS 2.0 with Apple's and the Podcasting 2.0 tags.

It writes what the facts say and leaves judging them to `checks`. Episodes that this clone knows only from the
published feed stay in it as they are there. feedgen sets the process's locale for every date, so one thread at a time
may render.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from placecast import chapters, corrections
from placecast.errors import PlacecastError
from placecast.garbage import uncollected
from placecast.model import Elsewhere, Image, Person, Place, Publication, Release, Show, Soundbite
from placecast.rss import document
from placecast.rss.alternates import alternate_enclosures
from placecast.rss.channel import apple_tags, directory_tags
from placecast.rss.extensions import APPLE, ATOM, PODCAST, PODLOVE, Tag, new_feed, tag
from placecast.rss.items import apple_item_tags, deep_link, doi_in_notes, number_tags, own_tags, simple_chapters
from placecast.rss.named import Named, named
from placecast.rss.published import addresses, elsewhere, enclosures, guids, listing, without
from placecast.rss.shared import license_tags
from placecast.rss.text import NAME_LIMIT, cut, cut_bytes, legal, legal_facts, plain
from placecast.rss.topics import SHOW, topics
from placecast.rss.trailers import trailer_tags

__all__ = [
    "SHOW",
    "Named",
    "addresses",
    "elsewhere",
    "enclosures",
    "guids",
    "listing",
    "named",
    "render",
    "topics",
    "without",
]

_AT_ONCE = 3_000  # items; the objects of all ten thousand of a daily show would fill half a gigabyte

# Apps take one or another of these; only WebVTT carries the speakers' names to Apple.
_TRANSCRIPTS = (
    ("vtt", "text/vtt", "captions"),
    ("srt", "application/x-subrip", "captions"),
    ("json", "application/json", None),
    ("html", "text/html", None),
)


def render(publication: Publication) -> bytes:
    """The whole feed.xml: equal publications give equal bytes."""
    listed: list[Release | Elsewhere] = [*publication.releases, *publication.others]
    listed.sort(key=_place, reverse=True)
    starts = range(0, len(listed) or 1, _AT_ONCE)
    with uncollected():
        # They stand above all items, wherever theirs is.
        trailers = tuple(trailer_tags(publication.show, listed))
        told = _Told(show=legal_facts(publication.show), changed=publication.changed, trailers=trailers)
        return document.joined([_part(told, listed[start : start + _AT_ONCE]) for start in starts])


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What every part of the feed says of the show."""

    show: Show
    changed: datetime | None
    trailers: tuple[Tag, ...]


def _place(listed: Release | Elsewhere) -> tuple[datetime, str]:
    """As the items themselves say it (`document.newest_first`)."""
    guid = listed.episode.guid if isinstance(listed, Release) else listed.guid
    return listed.published.replace(microsecond=0), legal(guid)


def _part(told: _Told, listed: Iterable[Release | Elsewhere]) -> bytes:
    """The feed with these episodes alone, in this order."""
    feed = _channel(told)
    root = document.parsed(_generated(feed))
    root.find("channel").extend(_item(feed, told.show, each) for each in listed)
    return document.written(root)


def _channel(told: _Told) -> Any:
    feed = new_feed()
    _describe_show(feed, told.show, told.trailers)
    _date(feed, told.changed)
    return feed


def _legal(release: Release) -> Release:
    clean = legal_facts(release, "episode", "notes_html", "said")
    audio = legal_facts(release.audio, "alternates")  # its name is a path, and clean
    return clean if audio is release.audio else replace(clean, audio=audio)


def _generated(feed: Any) -> bytes:
    try:
        xml: bytes = feed.rss_str()
    except ValueError as error:
        raise PlacecastError(
            "placecast.toml",
            f"the feed cannot be written: {error}.",
            "Give the show a title, a description and an address.",
        ) from error
    return xml


# The channel


def _describe_show(feed: Any, show: Show, trailers: Iterable[Tag]) -> None:
    feed.title(cut(show.title))
    feed.description(cut_bytes(show.description))
    # feedgen makes the channel's <link> of the last link that it is given.
    feed.link(href=show.feed_url, rel="self", type="application/rss+xml")
    feed.link(href=show.page(""), rel="alternate")
    feed.language(show.language)
    feed.copyright(cut(show.copyright))
    feed.generator("Placecast")
    feed.docs("")
    feed.podcast.itunes_author(cut(show.author))
    feed.podcast.itunes_type(show.type)
    if show.owner_email:
        feed.podcast.itunes_owner(cut(show.owner_name or show.title), show.owner_email)
    feed.tags.add(APPLE, *_categories(show.categories), _explicit(show.explicit), _image(show, show.cover))
    feed.tags.add(APPLE, *apple_tags(show))
    feed.tags.add(PODCAST, *_podcast_tags(show), *trailers)
    # WebSub, section 4: who subscribes to a hub stops asking us, so only those are named that we tell.
    feed.tags.add(ATOM, *(tag("link", rel="hub", href=hub) for hub in show.distribution.hubs))


def _date(feed: Any, changed: datetime | None) -> None:
    # Without a date of ours feedgen takes the present time, and no two builds would be equal.
    if changed:
        feed.lastBuildDate(changed.astimezone(UTC))
    else:
        feed.tags.leave_out("lastBuildDate")


def _podcast_tags(show: Show) -> Iterator[Tag]:
    yield tag("guid", show.guid)
    # The Podcast Index ignores a lock without an owner.
    yield tag("locked", "yes" if show.locked else "no", owner=show.owner_email)
    yield tag("medium", "podcast")
    yield from license_tags(show.license, show.license_url)
    yield from _people(show.people)
    yield from _places(show.places)
    yield from directory_tags(show)


def _categories(categories: Iterable[tuple[str, ...]]) -> Iterator[Tag]:
    """The categories in their order, the subcategories of one top category inside one element."""
    for top, paths in groupby(filter(None, categories), key=itemgetter(0)):
        subcategories = [tag("category", text=path[1]) for path in paths if len(path) > 1]
        yield tag("category", None, *subcategories, text=top)


# Items


def _item(feed: Any, show: Show, listed: Release | Elsewhere) -> Any:
    if isinstance(listed, Elsewhere):
        return document.element(listed.item)
    return _entry(feed, show, _legal(listed)).rss_entry()


def _entry(feed: Any, show: Show, release: Release) -> Any:
    episode, audio = release.episode, release.audio
    item = feed.add_entry(order="append")
    item.title(cut(episode.title))
    item.guid(episode.guid, permalink=False)
    item.published(release.published.astimezone(UTC))
    item.enclosure(show.at(audio.path), audio.bytes, audio.type)
    item.link(href=show.page(episode.folder), rel="alternate")
    _describe_item(item, show, release)
    item.podcast.itunes_title(cut(episode.title))
    item.podcast.itunes_duration(round(audio.seconds))
    item.podcast.itunes_season(episode.season)
    item.podcast.itunes_episode(episode.number)
    item.podcast.itunes_episode_type(episode.kind)
    item.tags.add(APPLE, _explicit(show.explicit if episode.explicit is None else episode.explicit))
    item.tags.add(APPLE, _image(show, episode.cover(show)), *apple_item_tags(episode))
    item.tags.add(PODCAST, *_podcast_item_tags(show, release))
    item.tags.add(ATOM, deep_link(show, episode))
    item.tags.add(PODLOVE, *simple_chapters(show, episode))
    return item


def _describe_item(item: Any, show: Show, release: Release) -> None:
    episode, notes = release.episode, release.notes_html
    # feedgen moves content:encoded into the description when there is none, so there always is one.
    description = cut_bytes(episode.summary or plain(notes) or episode.title or episode.slug)
    item.description(description)
    item.podcast.itunes_summary(description)
    said = corrections.in_notes(episode.corrections, show.zone) + doi_in_notes(episode)
    if content := notes + chapters.in_notes(episode.chapters, notes) + said:
        item.content(content, type="CDATA")


def _podcast_item_tags(show: Show, release: Release) -> Iterator[Tag]:
    episode = release.episode
    yield from alternate_enclosures(show, release)
    yield from _transcripts(show, release)
    if episode.chapters:
        yield tag("chapters", url=show.at(episode.chapters_path), type=chapters.TYPE)
    yield from number_tags(show, episode)
    # An item's persons replace the channel's, so the show's are said again.
    yield from _people(episode.credits(show))
    # An item's places replace only those of the channel with the same rel.
    yield from _places(episode.places)
    yield from map(_soundbite, episode.soundbites)
    yield from _labels(release)
    yield from license_tags(*episode.terms(show))
    yield from own_tags(show, episode)


def _transcripts(show: Show, release: Release) -> Iterator[Tag]:
    if release.said.empty:
        return
    for suffix, media_type, rel in _TRANSCRIPTS:
        url = show.at(release.episode.transcript_path(suffix))
        yield tag("transcript", url=url, type=media_type, language=release.said.language, rel=rel)


def _labels(release: Release) -> Iterator[Tag]:
    """That a machine's words are in it, until a person answers for them. Absence says nothing: never "false"."""
    if not release.said.empty and release.machine and not release.approval:
        yield tag("txt", "true", purpose="ai-content")


def _soundbite(soundbite: Soundbite) -> Tag:
    return tag(
        "soundbite",
        cut(soundbite.title, NAME_LIMIT) or None,
        startTime=_seconds(soundbite.seconds),
        duration=_seconds(soundbite.duration),
    )


# Both


def _explicit(explicit: bool) -> Tag:
    return tag("explicit", "true" if explicit else "false")


def _image(show: Show, image: Image) -> Tag:
    return tag("image", href=show.at(image.path))


def _people(people: Iterable[Person]) -> Iterator[Tag]:
    for person in (each for each in people if each.name):
        name = cut(person.name, NAME_LIMIT)
        yield tag("person", name, role=person.role, group=person.group, href=person.url, img=person.image)


def _places(places: Iterable[Place]) -> Iterator[Tag]:
    # The Podcast Index keeps only the first place, and it asks what an episode is about.
    named = sorted((place for place in places if place.name), key=lambda place: place.rel != "subject")
    for place in named:
        name = cut(place.name, NAME_LIMIT)
        yield tag("location", name, rel=place.rel, geo=place.geo, osm=place.osm, country=place.country)


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}".rstrip("0").rstrip(".")
