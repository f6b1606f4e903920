"""An episode in other websites: a small page with the player alone, and oEmbed's answer that offers it.

oEmbed (https://oembed.com) asks a server with the page's address. Here nobody answers: each episode's page names a
file that says the same, which is all that its discovery needs.
"""

from __future__ import annotations

import json
from html import escape

from placecast import drawing
from placecast.model import Episode, Release, Show
from placecast.pages import pictures

WIDTH, HEIGHT = 600, 230  # pixels: as wide as a column of text, and as high as the player is on a phone


def player_path(episode: Episode) -> str:
    """The folder of the page that shows nothing but an episode's player."""
    return f"{episode.folder}player/"


def oembed_path(episode: Episode) -> str:
    return f"{episode.folder}oembed.json"


def oembed(release: Release, show: Show) -> bytes:
    """What oEmbed 1.0 calls a rich response. The frame is the only thing in it that acts."""
    facts = {
        "version": "1.0",
        "type": "rich",
        "title": release.episode.title,
        "author_name": show.author,
        "author_url": show.page(""),
        "provider_name": show.title,
        "provider_url": show.page(""),
        "thumbnail_url": show.at(pictures.card_path(release, show)),
        "thumbnail_width": drawing.SIZE[0],
        "thumbnail_height": drawing.SIZE[1],
        "html": frame(release.episode, show),
        "width": WIDTH,
        "height": HEIGHT,
    }
    return json.dumps(facts, ensure_ascii=False, indent=1).encode() + b"\n"


def frame(episode: Episode, show: Show) -> str:
    """HTML that shows the player in another page."""
    title = escape(f"{episode.title} – {show.title}")
    address = escape(show.page(player_path(episode)))
    return (
        f'<iframe src="{address}" title="{title}" width="{WIDTH}" height="{HEIGHT}" '
        'style="width:100%;border:0" loading="lazy"></iframe>'
    )
