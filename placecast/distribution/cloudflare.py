"""Purging single addresses from Cloudflare's cache.

https://developers.cloudflare.com/api/resources/cache/methods/purge/
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from itertools import islice

from placecast.distribution import web
from placecast.errors import AnnouncementError

TOKEN = "CLOUDFLARE_API_TOKEN"  # noqa: S105 the variable's name

# Addresses in one request, on every plan but the dearest. It was 30 until 2025.
# https://developers.cloudflare.com/cache/how-to/purge-cache (July 2026)
_BATCH = 100
_CURE = "Then purge by hand: Caching, Configuration, Purge Everything in Cloudflare's dashboard."
_RIGHT = f"Give {TOKEN} a token with the permission Zone, Cache Purge, Purge for this zone. {_CURE}"

_SAID: tuple[tuple[frozenset[int], str, str], ...] = (
    (frozenset({401, 403}), "the token is wrong, has expired or may not purge this zone.", _RIGHT),
    (
        frozenset({400, 404}),
        "there is no such zone, or the show's address is not in it.",
        f"Check `cloudflare` and `url` in placecast.toml: the zone's id stands on its overview page. {_CURE}",
    ),
    (frozenset({429}), "too much was purged in the last minutes.", f"Wait some minutes. {_CURE}"),
)


def purge(zone: str, stale: Sequence[str], *, api: str, pause: float, harm: str) -> None:
    """Make a zone forget these addresses. AnnouncementError when it does not, or not all of them."""
    where = f"Cloudflare, zone {zone}"
    token = os.environ.get(TOKEN, "").strip()
    # Anything else cannot stand in a header, and http.client would repeat it in its complaint.
    if not re.fullmatch(r"[!-~]+", token):
        what = "is not set" if not token else "holds something that is no token"
        raise AnnouncementError(where, f"{TOKEN} {what}, so nothing was purged. {harm}", _RIGHT)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    rest = iter(stale)
    while batch := list(islice(rest, _BATCH)):
        body = json.dumps({"files": batch}).encode()
        address = f"{api}/zones/{zone}/purge_cache"
        answer = web.post(address, body, headers, pause=pause, where=where, harm=harm, cure=_CURE)
        _judge(answer, where, harm)


def _judge(answer: web.Answer, where: str, harm: str) -> None:
    if answer.status == 200 and _succeeded(answer.body):
        return
    for statuses, what, cure in _SAID:
        if answer.status in statuses:
            raise AnnouncementError(where, f"{what} {harm}", cure)
    raise AnnouncementError(where, f"it did not purge (HTTP {answer.status}). {harm}", _CURE)


def _succeeded(body: bytes) -> bool:
    try:
        return json.loads(body)["success"] is True
    except (ValueError, KeyError, TypeError):
        return False
