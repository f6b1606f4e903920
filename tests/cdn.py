"""A web server in front of a published show, as a CDN is: it passes everything on, and writes down who asked for what.

    with cdn("http://127.0.0.1:8333/bucket/cast/") as before_it:
        ...  # a client fetches before_it.show + "feed.xml"
    assert before_it.asked[0].headers["if-none-match"]

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
class Cdn:
    """What was asked, and what breaks off."""

    address: str
    origin: str  # where the show really is, with a slash at the end
    asked: list[Asked] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)  # paths whose next answer ends in the middle

    @property
    def show(self) -> str:
        return self.address + SHOW

    @property
    def former(self) -> str:
        return self.address + FORMER

    def answer(self, method: str, whole: str, headers: dict[str, str]) -> _Answer:
        path = below(whole)
        if whole.startswith(FORMER):
            answer = _Answer(status=301, headers={"location": self.show + whole.removeprefix(FORMER)})
        elif path == unquote(whole):
            answer = _Answer(status=404)
        else:
            answer = self._passed_on(method, path, headers)
        self.asked.append(Asked(method=method, path=path, headers=headers, status=answer.status))
        return answer

    def breaks_off(self, method: str, whole: str) -> bool:
        breaking = method == "GET" and below(whole) in self.broken
        self.broken -= {below(whole)} if breaking else set()
        return breaking

    def _passed_on(self, method: str, path: str, headers: dict[str, str]) -> _Answer:
        origin = urlsplit(self.origin)
        with closing(http.client.HTTPConnection(origin.netloc, timeout=_PATIENCE_SECONDS)) as connection:
            connection.request(method, origin.path + path, headers=_passing(headers))
            answer = connection.getresponse()
            return _Answer(status=answer.status, headers=_passing(dict(answer.getheaders())), body=answer.read())


def below(whole: str) -> str:
    return unquote(whole).removeprefix(unquote(SHOW))


def _passing(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _OF_ONE_CONNECTION}


@contextmanager
def cdn(origin: str) -> Iterator[Cdn]:
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
        front = Cdn(address=f"http://127.0.0.1:{server.server_port}", origin=origin)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield front
        finally:
            server.shutdown()
            thread.join()
