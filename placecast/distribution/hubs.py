"""Telling WebSub hubs that the feed has changed: they fetch it, and hand it to the apps that subscribed."""

from __future__ import annotations

from urllib.parse import urlencode

from placecast.distribution import web
from placecast.errors import AnnouncementError

_HARM = "Apps that listen to this hub get the episode when they next look by themselves, mostly within hours."


def ping(hub: str, feed: str, *, pause: float) -> None:
    """Tell one hub. AnnouncementError when it does not take the news."""
    # WebSub leaves the way to hubs. All take PubSubHubbub 0.3's (section 7.1, hub.url: Google's and Superfeedr's too)
    # or the same with hub.topic, which Switchboard and WebSubHub ask for today.
    body = urlencode({"hub.mode": "publish", "hub.url": feed, "hub.topic": feed}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    where, cure = f"the hub {hub}", _cure(hub, feed)
    answer = web.post(hub, body, headers, pause=pause, where=where, harm=_HARM, cure=cure)
    if not 200 <= answer.status < 300:
        raise AnnouncementError(where, f"{_said(answer.status)} {_HARM}", cure)


def _said(status: int) -> str:
    if 300 <= status < 400:
        return f"it has moved (HTTP {status}), and no redirect is followed."
    if status == 429 or status >= 500:
        return f"it is overloaded or has a fault of its own (HTTP {status})."
    return f"it does not take the news (HTTP {status})."


def _cure(hub: str, feed: str) -> str:
    tell = f"curl -d hub.mode=publish --data-urlencode 'hub.url={feed}' '{hub}'"
    return f"Check `hubs` under [distribution] in placecast.toml. To tell it by hand: {tell}"
