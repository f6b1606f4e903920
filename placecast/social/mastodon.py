"""Posting on Mastodon: POST /api/v2/media, POST /api/v1/statuses (https://docs.joinmastodon.org/methods/statuses/).

Its Idempotency-Key lasts for an hour. What was posted before that is found among the account's own posts, by the
address of the episode's page in it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from html import unescape
from typing import Any
from urllib.parse import urlencode, urlsplit

from urllib3 import encode_multipart_formdata

from placecast.errors import HostError
from placecast.social import Draft, Media, Posted
from placecast.social.web import AGAIN, Server

_KEY_LASTS = timedelta(minutes=50)  # an hour, says the documentation
_RECENT = 40  # posts: the most that are given at once
_LOOKS = 40  # while a film is prepared
_HREF = re.compile(r'href="([^"]*)"')
_SCOPES = "write:statuses, write:media, read:accounts and read:statuses"
_REFUSED = (
    "Make a new access token under Preferences, Development, with the scopes "
    f"{_SCOPES}, and give it as PLACECAST_MASTODON_TOKEN."
)


@dataclass(frozen=True, kw_only=True)
class Account:
    """Who posts, by the token of an application of theirs. `patience`: seconds between two looks at a film."""

    token: str = field(repr=False)
    server: Server
    patience: float = 1.5

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def post(
    account: Account, draft: Draft, *, begun: datetime | None, now: datetime, rest: Callable[[float], None] = time.sleep
) -> Posted:
    """Post it, or find the post that is there already. HostError when the server refuses or fails.

    `begun`: when an earlier run began to post this and never learnt what became of it.
    """
    if earlier := _earlier(account, draft.page, required=begun is not None and now - begun > _KEY_LASTS):
        return earlier
    media = _attached(account, draft.media, rest)
    form = urlencode(
        {"status": draft.text, "media_ids[]": media, "language": draft.language.split("-")[0], "visibility": "public"}
    )
    headers = account.headers | {
        "Content-Type": "application/x-www-form-urlencoded",
        "Idempotency-Key": sha256(f"{draft.guid}\n{draft.page}".encode("utf-8", "surrogatepass")).hexdigest(),
    }
    answer = account.server.ask("POST", "/api/v1/statuses", headers=headers, body=form.encode())
    if answer.status == 200 and (posted := _posted(answer.facts)):
        return posted
    raise account.server.failure(answer, "the post", _REFUSED)


def _earlier(account: Account, page: str, *, required: bool) -> Posted | None:
    """A post of this account's that links to the page. `required`: not to know is a reason not to post."""
    me = account.server.ask("GET", "/api/v1/accounts/verify_credentials", headers=account.headers)
    if me.status == 200 and isinstance(me.facts, dict) and isinstance(me.facts.get("id"), str):
        asked = urlencode({"limit": _RECENT, "exclude_replies": "true", "exclude_reblogs": "true"})
        path = f"/api/v1/accounts/{me.facts['id']}/statuses?{asked}"
        me = account.server.ask("GET", path, headers=account.headers)
        if me.status == 200 and isinstance(me.facts, list):
            found = (_posted(each, earlier=True) for each in me.facts if _links_to(each, page))
            return next((each for each in found if each), None)
    if me.status == 401 or me.status == 429 or me.status >= 500:
        raise account.server.failure(me, "this token", _REFUSED)
    if required:
        what = "an earlier run may have posted this, and the token may not read your posts to see."
        raise HostError(account.server.name, what, f"Look yourself; or give the token the scopes {_SCOPES}.")
    return None


def _links_to(status: Any, page: str) -> bool:
    content = status.get("content", "") if isinstance(status, dict) else ""
    return page in map(unescape, _HREF.findall(str(content)))


def _attached(account: Account, media: Media, rest: Callable[[float], None]) -> str:
    """The id of the picture or the film, once it is ready to be posted."""
    body, kind = encode_multipart_formdata(
        {"file": (media.name, media.content, media.type), "description": media.alternative}
    )
    headers = account.headers | {"Content-Type": kind}
    answer = account.server.ask("POST", "/api/v2/media", headers=headers, body=body)
    name = answer.facts.get("id") if isinstance(answer.facts, dict) else None
    if answer.status not in (200, 202) or not isinstance(name, str) or not name.isalnum():
        raise account.server.failure(answer, media.name, _REFUSED)
    for _ in range(_LOOKS):
        if answer.status == 200:
            return name
        rest(account.patience)
        # 206 while it works on it, 200 when it is done.
        answer = account.server.ask("GET", f"/api/v1/media/{name}", headers=account.headers)
        if answer.status not in (200, 206):
            raise account.server.failure(answer, media.name, _REFUSED)
    raise HostError(account.server.name, f"it is not done with {media.name} yet.", AGAIN)


def _posted(status: Any, *, earlier: bool = False) -> Posted | None:
    if not isinstance(status, dict) or not isinstance(who := status.get("account"), dict):
        return None
    address, profile, name = status.get("url"), who.get("url"), who.get("acct")
    if not all(isinstance(each, str) for each in (address, profile, name)):
        return None
    full = name if "@" in str(name) else f"{name}@{urlsplit(str(profile)).hostname}"
    return Posted(uri=str(address), address=str(address), account=f"@{full}", account_url=str(profile), earlier=earlier)
