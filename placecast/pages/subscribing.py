"""Where a show can be subscribed to: the producer's own addresses, and those that open any feed in an app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from placecast.model import Show


@dataclass(frozen=True, kw_only=True)
class Offer:
    """An app, and the address that opens the show in it."""

    app: str
    address: str
    hint: str  # where it runs


@dataclass(frozen=True, kw_only=True)
class _App:
    name: str
    fact: str  # its key in [directories]
    hint: str
    opens: Callable[[Show], str]  # the address that opens a feed in the app; "" where it has none


def _bare(show: Show) -> str:
    return show.feed_url.split("://", 1)[1]


def _whole(show: Show) -> str:
    return quote(show.feed_url, safe="")


# The directories' own pages want a person to submit the show; the other addresses are what the apps document:
# antennapod.org/documentation/podcasters-hosters, overcast.fm/podcasterinfo, and the schemes that the apps register.
_APPS = (
    _App(name="Apple Podcasts", fact="apple", hint="iPhone, iPad, Mac", opens=lambda show: f"podcast://{_bare(show)}"),
    _App(name="Spotify", fact="spotify", hint="everywhere", opens=lambda _: ""),
    _App(name="YouTube Music", fact="youtube_music", hint="everywhere", opens=lambda _: ""),
    _App(
        name="Pocket Casts",
        fact="pocket_casts",
        hint="everywhere",
        opens=lambda show: f"pktc://subscribe/{_bare(show)}",
    ),
    _App(
        name="AntennaPod",
        fact="antennapod",
        hint="Android",
        opens=lambda show: (
            f"https://antennapod.org/deeplink/subscribe?url={_whole(show)}&title={quote(show.title, safe='')}"
        ),
    ),
    _App(
        name="Overcast",
        fact="overcast",
        hint="iPhone, iPad",
        opens=lambda show: f"overcast://x-callback-url/add?url={_whole(show)}",
    ),
)


def offers(show: Show) -> list[Offer]:
    """The apps in which a link opens this show."""
    found = [(app, getattr(show.directories, app.fact) or app.opens(show)) for app in _APPS]
    return [Offer(app=app.name, address=address, hint=app.hint) for app, address in found if address]
