"""What an item says beside the episode's sound and words: its picture, names and links, and chapters in the feed."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from placecast.chapters import in_order
from placecast.citation.reference import DOI
from placecast.model import Chapter, Episode, Image, Show
from placecast.rss.extensions import Tag, tag
from placecast.rss.shared import comment_tags, image_tag, text_tags
from placecast.rss.text import LINE_LIMIT, NAME_LIMIT, cut
from placecast.timecode import long_clock

_DISPLAY_LIMIT = 32  # characters: what apps show in place of a number (podcast namespace, episode)
_DEEP_LINK = "http://podlove.org/deep-link"
_CHAPTERS_VERSION = "1.2"  # Podlove Simple Chapters


def apple_item_tags(episode: Episode) -> Iterator[Tag]:
    """Apple acts on it only when it says Yes."""
    if episode.block:
        yield tag("block", "Yes")


def number_tags(show: Show, episode: Episode) -> Iterator[Tag]:
    """Season and number, with their names where they have any."""
    if episode.season:
        yield tag("season", str(episode.season), name=cut(show.season_name(episode.season) or "", NAME_LIMIT))
    if episode.number:
        yield tag("episode", str(episode.number), display=cut(episode.display or "", _DISPLAY_LIMIT))


def own_tags(show: Show, episode: Episode) -> Iterator[Tag]:
    """What only some episodes say. Without a picture of its own, the show's stand for it."""
    if episode.image:
        yield image_tag(show, episode.image)
    yield from (tag("contentLink", cut(each.text, LINE_LIMIT), href=each.url) for each in episode.links)
    yield from comment_tags(episode.comments)
    yield from text_tags(episode.texts)


def doi_in_notes(episode: Episode) -> str:
    """The address under which the episode is cited, below its notes."""
    if not episode.doi:
        return ""
    address = escape(DOI + episode.doi)
    return f'<p>Cite this episode: <a href="{address}">{address}</a></p>'


def deep_link(show: Show, episode: Episode) -> Tag:
    """The page to which apps add the moment, as in `#t=12:34` (Podlove Deep Linking: it ends with the mark)."""
    return tag("link", rel=_DEEP_LINK, href=show.page(episode.folder) + "#")


def simple_chapters(show: Show, episode: Episode) -> Iterator[Tag]:
    """The chapters that are listed, inside the feed: Podlove Simple Chapters, for apps that fetch no file."""
    if listed := episode.listed_chapters:
        marks = (_mark(show, each) for each in in_order(listed))
        yield tag("chapters", None, *marks, version=_CHAPTERS_VERSION)


def _mark(show: Show, chapter: Chapter) -> Tag:
    image = show.at(chapter.image.path) if isinstance(chapter.image, Image) else chapter.image
    return tag("chapter", start=long_clock(chapter.seconds), title=chapter.title, href=chapter.url, image=image)
