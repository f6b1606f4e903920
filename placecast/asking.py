"""How web servers are asked: through the proxy that the environment names, patiently, but not for long.

No sentence holds what a server or a library wrote, since that may repeat a token.
"""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from urllib3 import BaseHTTPResponse, PoolManager, ProxyManager, Retry, make_headers
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

AGENT = f"placecast/{__version__}"
TRIES = 3
_TRANSIENT = (429, 500, 502, 503, 504)
_LONGEST_WAIT = 10.0  # seconds, whatever Retry-After asks for: somebody watches

_FAILURES: tuple[tuple[type[Exception], str], ...] = (
    (LocationValueError, "that is not an address that can be asked."),
    (NameResolutionError, "there is no server of that name, or this machine is offline."),
    (SSLError, "no safe connection comes about: its certificate is not trusted here."),
    (ProxyError, "the proxy that HTTPS_PROXY or HTTP_PROXY names could not be reached."),
    (NewConnectionError, "nothing answers there."),
    (TimeoutError, "it did not answer in time."),
    (HTTPError, "it breaks the connection off."),
)


class _Patience(Retry):
    """As the server asks with Retry-After, within reason."""

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        seconds = super().get_retry_after(response)
        return None if seconds is None else min(seconds, _LONGEST_WAIT)


def patience(pause: float, tries: int = TRIES) -> Retry:
    """So many attempts, `pause` seconds and more between them: for what may be asked twice, whatever its method."""
    return _Patience(
        total=tries - 1,
        allowed_methods=None,
        status_forcelist=_TRANSIENT,
        backoff_factor=pause,
        raise_on_status=False,
    )


def pool(address: str, connections: int = 1) -> PoolManager:
    """Through the proxy that the environment names, as boto3 does it; urllib3 alone would not."""
    parts = urlsplit(address)
    proxy = getproxies().get(parts.scheme, "")
    if not proxy or proxy_bypass(parts.netloc):
        return PoolManager(maxsize=connections)
    login = urlsplit(proxy).netloc.rpartition("@")[0]
    headers = make_headers(proxy_basic_auth=login) if login else None
    return ProxyManager(proxy, maxsize=connections, proxy_headers=headers)


def why(error: HTTPError) -> str:
    """Why nothing was answered, as the end of a sentence."""
    cause = error.reason if isinstance(error, MaxRetryError) and error.reason else error
    return next(what for kind, what in _FAILURES if isinstance(cause, kind))
