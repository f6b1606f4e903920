"""The pages on this computer while somebody works on them: built and loaded again on every change.

What is wrong with the facts is told in the terminal and above the page, and the last good build stays. The pages
themselves stay as they are published: the little script is written into them on their way to the browser.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from secrets import token_hex
from threading import Event, Thread

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from placecast import serve
from placecast.errors import Fault, PlacecastError
from placecast.media_types import media_type
from placecast.preview.watching import changes

_PLACE = "/.preview/"  # no published path begins so
_ASSETS = ("reload.js", "reload.css")
_SECONDS = 1.0  # that a build under way may take to end when the preview does


class Stage:
    """What the browser is shown: the number of the build, and what stands in the way of a newer one."""

    def __init__(self, build: Callable[[], None]) -> None:
        self.faults: tuple[Fault, ...] = ()
        self._build, self._builds = build, 0
        self._session = token_hex(4)  # pages of an earlier preview are loaded again, too

    @property
    def version(self) -> str:
        return f"{self._session}-{self._builds}"

    def renew(self) -> None:
        """Build again. With faults, everything stays as it was."""
        try:
            self._build()
        except PlacecastError as error:
            self.faults = error.faults
        except OSError as error:  # a file went away under our hands; the next change tells more
            what = f"cannot be read or written: {error.strerror}."
            self.faults = (Fault(file=str(error.filename), what=what, cure="Save it again."),)
        except Exception as error:  # noqa: BLE001  # whatever it is, the last good build stays to be looked at
            self.faults = (Fault(file="placecast", what=f"could not build: {error!r}.", cure="Run: placecast build"),)
        else:
            self.faults, self._builds = (), self._builds + 1


def show(
    root: Path,
    folder: Path,
    *,
    build: Callable[[str], None],
    port: int,
    ready: Callable[[str], None],
    renewed: Callable[[Sequence[Path], Sequence[Fault]], None],
    ignored: Sequence[Path] = (),
) -> None:
    """Show the pages in `folder` until Ctrl-C, and have them built again when something below `root` changes.

    `build` and `ready` are told the address; `renewed` what had changed, and what is wrong with it now. The first build
    must succeed. `ignored`: folders whose changes mean nothing.
    """
    url = ""
    stage = Stage(lambda: build(url))
    stop = Event()

    def begin(address: str) -> None:
        nonlocal url
        url = address
        build(url)
        watcher.start()
        ready(url)

    def watch() -> None:
        for changed in changes(root, (folder, *ignored), stop):
            stage.renew()
            renewed(changed, stage.faults)

    watcher = Thread(target=watch, name="watch", daemon=True)
    with _ended(watcher, stop):
        serve.run(serve.app(folder, dress=_dress(stage), beside=_routes(stage)), port=port, ready=begin)


@contextmanager
def _ended(watcher: Thread, stop: Event) -> Iterator[None]:
    try:
        yield
    finally:
        stop.set()
        if watcher.is_alive():
            watcher.join(_SECONDS)


def _dress(stage: Stage) -> Callable[[bytes], bytes]:
    def dress(page: bytes) -> bytes:
        script = f'<script defer src="{_PLACE}reload.js" data-version="{stage.version}"></script>'
        style = f'<link rel="stylesheet" href="{_PLACE}reload.css">'
        return page.replace(b"</head>", f"{style}{script}</head>".encode(), 1)

    return dress


def _routes(stage: Stage) -> list[Route]:
    async def look(_: Request) -> Response:
        facts = {"version": stage.version, "faults": [asdict(fault) for fault in stage.faults]}
        return JSONResponse(facts, headers={"cache-control": "no-store"})

    async def asset(request: Request) -> Response:
        name = request.url.path.removeprefix(_PLACE)
        content = files("placecast.preview").joinpath("assets", name).read_bytes()
        return Response(content, media_type=media_type(name), headers={"cache-control": "no-cache"})

    return [Route(f"{_PLACE}state", look), *(Route(f"{_PLACE}{name}", asset) for name in _ASSETS)]
