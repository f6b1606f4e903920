"""A web server on this machine that serves a public tree as it should be, but for what a test makes of its answers."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from placecast import plan
from placecast.fingerprint import sha256

ROOT = "/cast/"
LAST_MODIFIED = "Fri, 01 May 2026 06:00:00 GMT"
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range, ETag",
}
PREFLIGHT = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "range, if-range",
}


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer to be given."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def but(self, *without: str, **headers: str) -> Reply:
        """The same with other headers (an underscore stands for a hyphen), and without some."""
        changed = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return replace(self, headers={name: value for name, value in changed.items() if name not in without})


@dataclass(frozen=True, kw_only=True)
class Asked:
    method: str
    key: str
    headers: Mapping[str, str]  # names in small letters


Change = Callable[[Asked, Reply], Reply]


def _nothing(_: Asked, reply: Reply) -> Reply:
    return reply


@dataclass
class Web:
    """The server: what it serves, what it was asked, and how its answers are spoilt."""

    files: dict[str, bytes]
    address: str = ""
    change: Change = _nothing
    asked: list[Asked] = field(default_factory=list)
    connections: set[tuple[str, int]] = field(default_factory=set)

    def answer(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        body = self.files.get(asked.key)
        if asked.method == "OPTIONS":
            return self.change(asked, Reply(status=204, headers=PREFLIGHT))
        if body is None:
            return self.change(asked, Reply(status=404))
        return self.change(asked, _served(asked, body))


def _served(asked: Asked, body: bytes) -> Reply:
    page = f"{asked.key}index.html" if asked.key == "" or asked.key.endswith("/") else asked.key
    how = plan.upload(page, body, len(body), "")
    etag = f'"{sha256(body)[:32]}"'
    headers = {"Content-Type": how.type, "Cache-Control": how.cache_control, "ETag": etag, "Accept-Ranges": "bytes"}
    headers |= {"Last-Modified": LAST_MODIFIED} | (CORS if "origin" in asked.headers else {})
    same = asked.headers.get("if-none-match") == etag or asked.headers.get("if-modified-since") == LAST_MODIFIED
    if same:
        return Reply(status=304, headers=headers)
    if "range" in asked.headers and asked.headers.get("if-range") in (None, etag):
        return _part(asked.headers["range"], headers, body)
    return Reply(headers=headers | {"Content-Length": str(len(body))}, body=body)


def _part(wanted: str, headers: dict[str, str], body: bytes) -> Reply:
    first, last = re.fullmatch(r"bytes=(\d*)-(\d*)", wanted).groups()  # type: ignore[union-attr] - a test asks
    start = int(first) if first else len(body) - int(last)
    end = min(int(last or len(body) - 1), len(body) - 1) if first else len(body) - 1
    part = body[start : end + 1]
    told = {"Content-Range": f"bytes {start}-{end}/{len(body)}", "Content-Length": str(len(part))}
    return Reply(status=206, headers=headers | told, body=part)


@contextmanager
def serving(files: dict[str, bytes]) -> Iterator[Web]:
    web = Web(files)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # or each answer waits for an acknowledgement

        def handle_any(self) -> None:
            web.connections.add(self.client_address)
            names = {name.lower(): value for name, value in self.headers.items()}
            reply = web.answer(Asked(method=self.command, key=self.path.removeprefix(ROOT), headers=names))
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if "Content-Length" not in reply.headers and reply.status not in (204, 304):
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body)

        do_GET = do_HEAD = do_OPTIONS = handle_any  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Silence."""

    class Server(ThreadingHTTPServer):
        block_on_close = False  # connections that are kept outlive the test

        def handle_error(self, *_: Any) -> None:
            """A client that hangs up early is what some tests are about."""

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        web.address = f"http://127.0.0.1:{server.server_port}{ROOT}"
        try:
            yield web
        finally:
            server.shutdown()
            thread.join()
