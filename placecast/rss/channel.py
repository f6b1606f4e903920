"""What the channel says for apps and directories, beside what the show is: money, other shows, when episodes come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from placecast.model import Block, RemoteShow, Show
from placecast.recurrence import iso_start
from placecast.rss.extensions import Tag, tag
from placecast.rss.shared import comment_tags, image_tag, text_tags
from placecast.rss.text import NAME_LIMIT, cut


def apple_tags(show: Show) -> Iterator[Tag]:
    """Apple acts on these only when they say Yes, and otherwise they are left out (A podcaster's guide to RSS)."""
    if show.block and show.block.apple:
        yield tag("block", "Yes")
    if show.complete:
        yield tag("complete", "Yes")
    if show.new_feed_url:
        yield tag("new-feed-url", show.new_feed_url)


def directory_tags(show: Show) -> Iterator[Tag]:
    """The tags of the podcast namespace for apps and directories."""
    yield from (image_tag(show, each) for each in show.pictures)
    yield from (tag("funding", cut(each.text, NAME_LIMIT), url=each.url) for each in show.funding)
    yield from _frequency(show)
    yield from _remote_shows(show)
    yield from text_tags(show.texts)
    if show.block:
        yield from _blocks(show.block)
    yield from comment_tags(show.comments)
    if chat := show.chat:
        yield tag("chat", server=chat.server, protocol=chat.protocol, accountId=chat.account, space=chat.space)


def _frequency(show: Show) -> Iterator[Tag]:
    complete = "true" if show.complete else None
    if plan := show.schedule:
        start = iso_start(plan.start) if plan.start else None
        text = cut(plan.text, NAME_LIMIT)
        yield tag("updateFrequency", text, complete=complete, dtstart=start, rrule=plan.rule)
    elif complete:
        yield tag("updateFrequency", complete=complete)


def _remote_shows(show: Show) -> Iterator[Tag]:
    if show.podroll:
        yield tag("podroll", None, *(_remote(each) for each in show.podroll))
    if show.publisher:
        yield tag("publisher", None, _remote(show.publisher, medium="publisher"))


def _remote(show: RemoteShow, medium: str | None = None) -> Tag:
    return tag("remoteItem", medium=medium, feedGuid=show.guid, feedUrl=show.url, title=show.title)


def _blocks(block: Block) -> Iterator[Tag]:
    if block.everywhere:
        yield tag("block", "yes")
    yield from _named("no", block.allowed)
    yield from _named("yes", (each for each in block.services if each not in block.allowed))


def _named(text: str, services: Iterable[str]) -> Iterator[Tag]:
    return (tag("block", text, id=each) for each in dict.fromkeys(services))
