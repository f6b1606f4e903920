"""Who people are on social networks, and the words under which posts are found: the shapes of such facts."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from placecast.project.shapes import shaped

# https://atproto.com/specs/handle: a domain's name.
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = rf"(?:{_LABEL}\.)+[A-Za-z](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])?"
_BLUESKY = re.compile(rf"@?{_DOMAIN}", re.ASCII)
# Mastodon's Account::USERNAME_RE, and its server.
_MASTODON = re.compile(rf"@?[A-Za-z0-9_]+(?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?@{_DOMAIN}", re.ASCII)
# What both networks take for one: letters and digits, and not digits alone.
_HASHTAG = re.compile(r"#?(?=\w*[^\W\d_])\w+")


def _bare(handle: str) -> str:
    return handle.removeprefix("@").lower()


def _unmarked(tag: str) -> str:
    return tag.removeprefix("#")


Bluesky = Annotated[str, Field(max_length=253), shaped(_BLUESKY, "a handle on Bluesky"), AfterValidator(_bare)]
Mastodon = Annotated[
    str, Field(max_length=300), shaped(_MASTODON, "a handle on Mastodon, with its server"), AfterValidator(_bare)
]
Hashtag = Annotated[str, Field(max_length=64), shaped(_HASHTAG, "a hashtag"), AfterValidator(_unmarked)]

BLUESKY = 'Write bluesky = "rosa.bsky.social", the handle on Bluesky, for `placecast announce`.'
MASTODON = 'Write mastodon = "@rosa@social.example", the handle on Mastodon, for `placecast announce`.'
HASHTAGS = 'Write hashtags = ["HighStreets", "LocalPolicy"], each word with a capital: screen readers then read words.'
