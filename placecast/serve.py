"""Show the public tree on this computer as a good web server would: types, byte ranges, caching, CORS.

For the producer's own browser only: it listens on the loopback address and nowhere else. It serves
what is in the folder and makes nothing.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from placecast import policy
from placecast.errors import UsageError
from placecast.media_types import media_type

_LOOPBACK = "127.0.0.1"
# A page elsewhere can name any host of its own for our address (DNS rebinding); we answer to these names only.
ONLY_LOOPBACK = Middleware(TrustedHostMiddleware, allowed_hosts=[_LOOPBACK, "localhost"], www_redirect=False)
# A page that was rendered again is shown at once, and a wrong type is not papered over by a browser's guess.
_ALWAYS = {"cache-control": "no-cache", "x-content-type-options": "nosniff"}
# What podcast apps and players in other pages may read: everything but our own pages.
_OWN = (".html", ".css", ".js")
_SHARED = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "Accept-Ranges, Content-Length, Content-Range, ETag",
}
_PREFLIGHT = _SHARED | {
    "access-control-allow-methods": "GET, HEAD",
    "access-control-allow-headers": "Range, If-Range, If-None-Match, If-Modified-Since",
}


def app(folder: Path, *, dress: Callable[[bytes], bytes] | None = None, beside: Sequence[BaseRoute] = ()) -> Starlette:
    """The web application that shows this folder.

    `dress`: gives pages what they need on their way to the browser. `beside`: what else is answered to.
    """
    if not folder.is_dir():
        raise UsageError(str(folder), "is no folder, so there is nothing to show.", "Build the podcast's pages first.")
    tree = Mount("/", _PublicTree(directory=folder, dress=dress))
    return Starlette(routes=[*beside, tree], middleware=[ONLY_LOOPBACK])


def serve(folder: Path, *, port: int, ready: Callable[[str], None]) -> None:
    """Show this folder until Ctrl-C. `ready` is told the address; port 0 takes a free one."""
    run(app(folder), port=port, ready=ready)


def run(application: Starlette, *, port: int, ready: Callable[[str], None]) -> None:
    """Answer to this computer's own programs until Ctrl-C."""
    with _listener(port) as listener:
        # A browser that is still playing must not keep Ctrl-C waiting.
        config = uvicorn.Config(
            application, log_level="error", access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        ready(f"http://{_LOOPBACK}:{listener.getsockname()[1]}/")
        try:
            asyncio.run(server.serve([listener]))
        except KeyboardInterrupt:  # how one ends it
            return


def _listener(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # Elsewhere than on Windows, this allows to start again at once; there it would let another program take the port.
    if os.name != "nt":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((_LOOPBACK, port))
    except (OSError, OverflowError) as exc:
        listener.close()
        raise UsageError(f"port {port}", "cannot be used.", "Name another port, or 0 for any that is free.") from exc
    listener.listen()
    return listener


class _PublicTree(StaticFiles):
    """Starlette's files, with our types and the headers that podcast apps need."""

    def __init__(self, *, directory: Path, dress: Callable[[bytes], bytes] | None) -> None:
        super().__init__(directory=directory, html=True)
        self._dress = dress

    async def get_response(self, path: str, scope: Scope) -> Response:
        if not _may_read(Headers(scope=scope).get("origin")):
            return PlainTextResponse("Another website may not read what is not published yet.", 403)
        if scope["method"] == "OPTIONS":
            return Response(status_code=204, headers=_PREFLIGHT)
        return await super().get_response(path, scope)

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        if self._dress and _is_own_page(Path(full_path)):
            return self._dressed(Path(full_path), status_code, self._dress)
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers.update(_headers(Path(full_path)))
        if response.status_code == 200:
            response.headers["content-type"] = media_type(Path(full_path).name)
        return response

    def _dressed(self, path: Path, status_code: int, dress: Callable[[bytes], bytes]) -> Response:
        content, kind = dress(path.read_bytes()), media_type(path.name)
        return Response(content, status_code, headers=_headers(path), media_type=kind)


def _is_own_page(path: Path) -> bool:
    """Whether it is shown as a page of its own; the player stands in other websites' pages."""
    return path.name.endswith(".html") and path.parent.name != "player"


def _may_read(origin: str | None) -> bool:
    """Whether a page may read: ours, or a player that is tried out on this computer. Episodes may be drafts here."""
    try:
        return origin is None or urlsplit(origin).hostname in (_LOOPBACK, "localhost")
    except ValueError:
        return False


def _headers(path: Path) -> dict[str, str]:
    if path.name.endswith(_OWN):
        # The player is made to stand in other websites' pages; the others are not.
        return _ALWAYS | {"content-security-policy": policy.header("*" if path.parent.name == "player" else "'none'")}
    return _ALWAYS | _SHARED
