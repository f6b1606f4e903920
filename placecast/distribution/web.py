"""One POST to somebody else's server: patient, but not for long, and never led elsewhere.

No message holds what a server or a library wrote, since that may repeat a token.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from urllib3 import BaseHTTPResponse, PoolManager, ProxyManager, Retry, Timeout, make_headers
from urllib3.exceptions import (
    HTTPError,
    LocationValueError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProxyError,
    SSLError,
    TimeoutError,
)

from placecast import __version__
from placecast.errors import AnnouncementError

_TIMES = Timeout(connect=5, read=15)
_TRIES = 3
_TRANSIENT = (429, 500, 502, 503, 504)
_LONGEST_WAIT = 10.0  # seconds, whatever Retry-After asks for: somebody watches
_ENOUGH = 64 << 10  # bytes of an answer

_FAILURES: tuple[tuple[type[Exception], str], ...] = (
    (LocationValueError, "that is not an address that can be asked."),
    (NameResolutionError, "there is no server of that name, or this machine is offline."),
    (SSLError, "no safe connection comes about: its certificate is not trusted here."),
    (ProxyError, "the proxy that HTTPS_PROXY or HTTP_PROXY names could not be reached."),
    (NewConnectionError, "nothing answers there."),
    (TimeoutError, "it did not answer in time, in three attempts."),
    (HTTPError, "it breaks the connection off, in three attempts."),
)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a server answered, cut after the first 64 KiB."""

    status: int
    body: bytes


class _Patience(Retry):
    """As the server asks with Retry-After, within reason."""

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        seconds = super().get_retry_after(response)
        return None if seconds is None else min(seconds, _LONGEST_WAIT)


def post(
    address: str, body: bytes, headers: Mapping[str, str], *, pause: float, where: str, harm: str, cure: str
) -> Answer:
    """What the server answers in the end. AnnouncementError about `where`, if nothing comes.

    `harm` says how much it matters. A redirect is an answer: it is not followed, for the token would go along.
    """
    retries = _Patience(
        total=_TRIES - 1,
        allowed_methods=None,  # whatever is asked here may be asked twice
        status_forcelist=_TRANSIENT,
        backoff_factor=pause,
        raise_on_status=False,
    )
    sent = {"User-Agent": f"placecast/{__version__}", **headers}
    try:
        with _manager(address) as manager:
            response = manager.request(
                "POST",
                address,
                body=body,
                headers=sent,
                retries=retries,
                timeout=_TIMES,
                redirect=False,
                preload_content=False,
            )
            with response:
                return Answer(status=response.status, body=response.read(_ENOUGH))
    except HTTPError as error:
        raise AnnouncementError(where, f"{_what(error)} {harm}", cure) from error


def _manager(address: str) -> PoolManager:
    """Through the proxy that the environment names, as boto3 does it; urllib3 alone would not."""
    parts = urlsplit(address)
    proxy = getproxies().get(parts.scheme, "")
    if not proxy or proxy_bypass(parts.netloc):
        return PoolManager()
    login = urlsplit(proxy).netloc.rpartition("@")[0]
    return ProxyManager(proxy, proxy_headers=make_headers(proxy_basic_auth=login) if login else None)


def _what(error: HTTPError) -> str:
    cause = error.reason if isinstance(error, MaxRetryError) and error.reason else error
    return next(what for kind, what in _FAILURES if isinstance(cause, kind))
