"""The review page on this computer: for the producer's own browser, and for no other page or computer.

It listens on the loopback address only. All that it shows and does lies behind a token that no other page can know;
what changes something must besides come from the page itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from placecast import serve as loopback
from placecast.errors import PlacecastError, UsageError
from placecast.media_types import media_type
from placecast.model import Episode, Show
from placecast.project import Project
from placecast.review.desk import ConflictError, Desk
from placecast.review.saving import Edit, Sentence
from placecast.review.sound import sound_of, sound_type

_ASSETS = ("review.css", "review.js", "editor.js", "pieces.js", "player.js", "icon.svg")
_LARGEST = 1_000_000  # bytes of an edit
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": _POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}

Endpoint = Callable[[Request], Awaitable[Response]]


class _SentenceBody(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    text: str
    speaker: str | None = None
    start: float | None = None
    end: float | None = None


class _SaveBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: str
    first: int
    last: int
    sentences: tuple[_SentenceBody, ...]


class _ApproveBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: str
    by: str


def serve(project: Project, show: Show, episode: Episode, *, port: int, ready: Callable[[str], None]) -> None:
    """Show the review page until Ctrl-C. `ready` is told its address; port 0 takes a free one."""
    token = secrets.token_urlsafe(32)
    application = app(project, show, episode, token=token)
    loopback.run(application, port=port, ready=lambda url: ready(f"{url}{token}/"))


def app(
    project: Project,
    show: Show,
    episode: Episode,
    *,
    token: str,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Starlette:
    """The web application that reviews this episode's transcript; UsageError when there is none."""
    if project.transcript(episode, show) is None:
        cure = f"Make it first, with: placecast publish {episode.slug}"
        raise UsageError(episode.slug, "has no transcript yet.", cure)
    desk = Desk(project=project, show=show, episode=episode, now=now)
    inside = [
        Route("/", _serving("page.html")),
        *(Route(f"/{name}", _serving(name)) for name in _ASSETS),
        Route("/data", _look(desk)),
        Route("/sound", _sound(desk)),
        Route("/save", _save(desk), methods=["POST"]),
        Route("/approve", _approve(desk), methods=["POST"]),
    ]
    return Starlette(
        routes=[Mount("/{token}", routes=inside)],
        middleware=[loopback.ONLY_LOOPBACK, Middleware(_Guard, token=token)],
        exception_handlers={PlacecastError: _refused, ConflictError: _conflict, ValidationError: _malformed},
    )


class _Guard:
    """Lets through what knows the token and, if it changes something, comes from the page itself."""

    def __init__(self, inner: ASGIApp, token: str) -> None:
        self._inner, self._token = inner, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self._refusal(Request(scope)) if scope["type"] == "http" else Response(status_code=404)
        await (answer or self._inner)(scope, receive, _with_headers(send))

    def _refusal(self, request: Request) -> Response | None:
        given, _, _ = request.url.path.removeprefix("/").partition("/")
        if not secrets.compare_digest(given.encode(), self._token.encode()):
            return PlainTextResponse("Nothing is here. Use the address that placecast has shown.", 404)
        headers = request.headers
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return PlainTextResponse("Another website may not use this page.", 403)
        if request.method in ("GET", "HEAD"):
            return None
        if headers.get("origin") != f"http://{headers.get('host')}":
            return PlainTextResponse("Another website may not change anything here.", 403)
        if headers.get("content-type") != "application/json":
            return PlainTextResponse("Only the page itself may change something.", 415)
        if not headers.get("content-length", "").isdecimal() or int(headers["content-length"]) > _LARGEST:
            return PlainTextResponse("This is too much for one sentence.", 413)
        return None


def _with_headers(send: Send) -> Send:
    """What every answer says to the browser, whoever makes it."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(_HEADERS)
        await send(message)

    return sending


def _serving(name: str) -> Endpoint:
    async def serving(_: Request) -> Response:
        content = files("placecast.review").joinpath("assets", name).read_bytes()
        return Response(content, media_type=media_type(name))

    return serving


def _look(desk: Desk) -> Endpoint:
    async def look(_: Request) -> Response:
        return JSONResponse(await run_in_threadpool(desk.look))

    return look


def _sound(desk: Desk) -> Endpoint:
    async def sound(_: Request) -> Response:
        path = sound_of(desk.project, desk.episode)
        return FileResponse(path, media_type=sound_type(path)) if path else Response(status_code=404)

    return sound


def _save(desk: Desk) -> Endpoint:
    async def save(request: Request) -> Response:
        body = _SaveBody.model_validate_json(await request.body())
        sentences = tuple(Sentence(**each.model_dump()) for each in body.sentences)
        edit = Edit(first=body.first, last=body.last, sentences=sentences)
        return JSONResponse(await run_in_threadpool(desk.save, body.version, edit))

    return save


def _approve(desk: Desk) -> Endpoint:
    async def approve(request: Request) -> Response:
        body = _ApproveBody.model_validate_json(await request.body())
        return JSONResponse(await run_in_threadpool(desk.approve, body.version, body.by))

    return approve


async def _refused(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 400)


async def _conflict(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 409)


async def _malformed(_: Request, error: Exception) -> Response:
    del error  # what is wrong with it is of no use to anybody: our page does not send such things
    return JSONResponse({"error": "This is no edit that the page can have made."}, 400)
