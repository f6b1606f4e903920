"""One POST to somebody else's server: patient, but not for long, and never led elsewhere.

No message holds what a server or a library wrote, since that may repeat a token.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from urllib3 import Timeout
from urllib3.exceptions import HTTPError

from placecast import asking
from placecast.errors import AnnouncementError

_TIMES = Timeout(connect=5, read=15)
_ENOUGH = 64 << 10  # bytes of an answer


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a server answered, cut after the first 64 KiB."""

    status: int
    body: bytes


def post(
    address: str, body: bytes, headers: Mapping[str, str], *, pause: float, where: str, harm: str, cure: str
) -> Answer:
    """What the server answers in the end. AnnouncementError about `where`, if nothing comes.

    `harm` says how much it matters. A redirect is an answer: it is not followed, for the token would go along.
    """
    sent = {"User-Agent": asking.AGENT, **headers}
    try:
        with asking.pool(address) as pool:
            response = pool.request(
                "POST",
                address,
                body=body,
                headers=sent,
                retries=asking.patience(pause),
                timeout=_TIMES,
                redirect=False,
                preload_content=False,
            )
            with response:
                return Answer(status=response.status, body=response.read(_ENOUGH))
    except HTTPError as error:
        raise AnnouncementError(where, f"{asking.why(error)} {harm}", cure) from error
