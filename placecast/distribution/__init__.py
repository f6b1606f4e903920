"""After an upload: caches are made to forget what has changed, and hubs are told of the new feed.

What was published is out already, so nothing that goes wrong here stops a run: it is warned of, each time with what
to do by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

from placecast.errors import AnnouncementError
from placecast.model import Show, no_words
from placecast.plan import FEED

Call = tuple[str, Callable[[], None]]
"""What was done, in words, and the doing."""

_INDEX = "index.html"
_SOON = "Listeners get the new feed and pages when the cache's time is over: five minutes, if it keeps to ours."
_RECALLED = "The sound that was recalled may be heard from the cache for another year, if nobody purges it."


@dataclass(frozen=True, kw_only=True)
class Services:
    """Where the services answer, and how patient we are with them."""

    cloudflare: str = "https://api.cloudflare.com/client/v4"
    cloudfront: str | None = None  # None: where boto3 knows it
    pause: float = 0.5  # seconds before the second attempt; twice that before the third
    command_seconds: float = 60.0  # after which the command is ended
    invalidation_seconds: float = 60.0  # how long hubs wait until CloudFront has forgotten the old feed


def announce(
    show: Show,
    changed: Sequence[str],
    *,
    folder: Path,
    warn: Callable[[str], None],
    tell: Callable[[str], None] = no_words,
    recalled: Sequence[str] = (),
    services: Services = Services(),
) -> None:
    """Tell caches that these keys of the public tree have new content and, if the feed is among them, hubs.

    `changed`: what was overwritten or is new under a name that stays. `recalled`: media whose name stands for its
    content for ever, but that were overwritten all the same. `folder`: the show's. A failure is only warned of.
    """
    purges = _purges(show, (*changed, *recalled), folder, _RECALLED if recalled else _SOON, services)
    pings = _pings(show, services) if FEED in changed else ()
    # A hub fetches the feed at once, so the caches must have forgotten the old one before.
    for done, do in chain(purges, pings):
        try:
            do()
        except AnnouncementError as error:
            warn(str(error))
        else:
            tell(done)


def addresses(show: Show, keys: Sequence[str]) -> tuple[str, ...]:
    """The public addresses under which caches may hold these keys: a page also under that of its folder."""
    folders = [key.removesuffix(_INDEX) for key in keys if key == _INDEX or key.endswith(f"/{_INDEX}")]
    return tuple(show.at(key) for key in sorted({*keys, *folders}))


def _purges(show: Show, keys: Sequence[str], folder: Path, harm: str, services: Services) -> Iterator[Call]:
    told, stale = show.distribution, addresses(show, keys)
    if not stale:
        return
    if told.cloudfront:
        from placecast.distribution import cloudfront

        wait = services.invalidation_seconds if told.hubs and FEED in keys else 0.0
        invalidate = partial(cloudfront.invalidate, endpoint=services.cloudfront, wait=wait, harm=harm)
        yield f"CloudFront forgets {_counted(stale)}", partial(invalidate, told.cloudfront, stale, show.url)
    if told.cloudflare:
        from placecast.distribution import cloudflare

        purge = partial(cloudflare.purge, api=services.cloudflare, pause=services.pause, harm=harm)
        yield f"Cloudflare forgets {_counted(stale)}", partial(purge, told.cloudflare, stale)
    if told.command:
        from placecast.distribution import command

        run = partial(command.run, told.command, folder, stale, seconds=services.command_seconds, harm=harm)
        yield f"{told.command[0]} was given {_counted(stale)}", run


def _pings(show: Show, services: Services) -> Iterator[Call]:
    for hub in show.distribution.hubs:
        from placecast.distribution import hubs

        yield f"{hub} knows of the new feed", partial(hubs.ping, hub, show.feed_url, pause=services.pause)


def _counted(stale: Sequence[str]) -> str:
    return "1 address" if len(stale) == 1 else f"{len(stale)} addresses"
