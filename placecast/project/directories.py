"""Where a show has pages of its own in podcast apps. Each address is one of the app's: a mix-up is seen at once."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field

from placecast.project.shapes import Facts, shaped

_LEFT_OUT = "Left out: a link that opens the feed in the app."
Apple = Annotated[str, shaped(re.compile(r"https://podcasts\.apple\.com/\S+"), "an address in Apple Podcasts")]
Spotify = Annotated[str, shaped(re.compile(r"https://open\.spotify\.com/show/\S+"), "a show's address on Spotify")]
YouTube = Annotated[str, shaped(re.compile(r"https://(?:music|www)\.youtube\.com/\S+"), "an address on YouTube")]
PocketCasts = Annotated[
    str, shaped(re.compile(r"https://(?:pca\.st|pocketcasts\.com)/\S+"), "an address of Pocket Casts")
]
Overcast = Annotated[str, shaped(re.compile(r"https://overcast\.fm/\S+"), "an address of Overcast")]
AntennaPod = Annotated[str, shaped(re.compile(r"https://antennapod\.org/\S+"), "an address of AntennaPod")]


class DirectoriesFacts(Facts):
    apple: Apple | None = Field(
        None, description=f'Write apple = "https://podcasts.apple.com/gb/podcast/…/id123". {_LEFT_OUT}'
    )
    spotify: Spotify | None = Field(None, description='Write spotify = "https://open.spotify.com/show/…".')
    youtube_music: YouTube | None = Field(
        None, description='Write youtube_music = "https://music.youtube.com/playlist?list=…".'
    )
    pocket_casts: PocketCasts | None = Field(None, description=f'Write pocket_casts = "https://pca.st/…". {_LEFT_OUT}')
    overcast: Overcast | None = Field(None, description=f'Write overcast = "https://overcast.fm/itunes…". {_LEFT_OUT}')
    antennapod: AntennaPod | None = Field(
        None, description=f'Write antennapod = "https://antennapod.org/…". {_LEFT_OUT}'
    )
