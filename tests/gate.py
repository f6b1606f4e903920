"""A web server in front of a published show, as a CDN is: it passes everything on, and writes down who asked for what.

    with gate() as front:
        front.opens_to("http://127.0.0.1:8333/bucket/cast/")
        ...  # a client fetches front.show + "feed.xml"
    assert front.asked[0].headers["if-none-match"]

The show's address has a space and an accent, as percent-encoded as they are on real servers; the address that the
show had before answers with a redirect.
"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

SHOW = "/Caf%C3%A9%20places/"
FORMER = "/former/"
_OF_ONE_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "host", "date", "server"}
_PATIENCE_SECONDS = 20


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request, and how it was answered."""

    method: str
    path: str  # below the show's address, or the whole one when it is not below it
    headers: dict[str, str]  # names in small letters
    status: int


@dataclass(frozen=True, kw_only=True)
class _Answer:
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(kw_only=True)
class Gate:
    """What was asked at the gate, and what breaks off."""

    address: str
    asked: list[Asked] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)  # paths whose next answer ends in the middle
    _behind: str = ""

    @property
    def show(self) -> str:
        return self.address + SHOW

    @property
    def former(self) -> str:
        return self.address + FORMER

    def opens_to(self, address: str) -> None:
        """Where the show really is, with a slash at the end."""
        self._behind = address

    def answer(self, method: str, whole: str, headers: dict[str, str]) -> _Answer:
        path = unquote(whole).removeprefix(unquote(SHOW))
        if whole.startswith(FORMER):
            answer = _Answer(status=301, headers={"location": self.show + whole.removeprefix(FORMER)})
        elif path == unquote(whole):
            answer = _Answer(status=404)
        else:
            answer = self._passed_on(method, path, headers)
        self.asked.append(Asked(method=method, path=path, headers=headers, status=answer.status))
        return answer

    def breaks_off(self, method: str, path: str) -> bool:
        below = unquote(path).removeprefix(unquote(SHOW))
        if method == "HEAD" or below not in self.broken:
            return False
        self.broken.remove(below)
        return True

    def _passed_on(self, method: str, path: str, headers: dict[str, str]) -> _Answer:
        behind = urlsplit(self._behind)
        with closing(http.client.HTTPConnection(behind.netloc, timeout=_PATIENCE_SECONDS)) as connection:
            connection.request(method, behind.path + path, headers=_passing(headers))
            answer = connection.getresponse()
            return _Answer(status=answer.status, headers=_passing(dict(answer.getheaders())), body=answer.read())


def _passing(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _OF_ONE_CONNECTION}


@contextmanager
def gate() -> Iterator[Gate]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            answer = front.answer(self.command, self.path, {k.lower(): v for k, v in self.headers.items()})
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if "content-length" not in {name.lower() for name in answer.headers}:
                self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            broken = front.breaks_off(self.command, self.path)
            self.close_connection = self.close_connection or broken
            self.wfile.write(answer.body[: len(answer.body) // 2] if broken else answer.body)

        do_GET = do_HEAD = answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Silence."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True  # a client that keeps its connection open must not keep the tests
        front = Gate(address=f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield front
        finally:
            server.shutdown()
            thread.join()
