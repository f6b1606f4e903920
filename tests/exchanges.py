"""An HTTP/1.1 proxy in front of one S3 server, whose every exchange can be tampered with: see `tests/faults.py`.

Bodies pass in blocks, so that a large part is never held whole. The client's Host is sent on, since it is signed.
"""

from __future__ import annotations

import http.client
import re
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

_BLOCK = 1 << 18
_PATIENCE_SECONDS = 60
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "expect"}
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: no farewell, what was not sent is dropped
_WRITES = {"PUT", "POST", "DELETE"}


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is known of a request before its body comes."""

    method: str
    key: str  # of the object; "" for the bucket itself
    query: str
    headers: dict[str, str]  # names in small letters

    @property
    def conditional_write(self) -> bool:
        return self.method in _WRITES and not self.headers.keys().isdisjoint({"if-match", "if-none-match"})

    @property
    def stores(self) -> bool:
        """Whether it takes room: an object, a part of one, or one made of parts."""
        return bool(self.key) and self.method in {"PUT", "POST"}

    @property
    def reads_object(self) -> bool:
        return bool(self.key) and self.method == "GET" and "uploadId" not in self.query

    @property
    def answered_in_xml(self) -> bool:
        return self.method == "POST" or (self.method == "GET" and not self.reads_object)

    @property
    def name(self) -> str:
        """The same for the same question in another run: without the bucket and the server's own random names."""
        query = re.sub(r"(uploadId|continuation-token|upload-id-marker)=[^&]*", r"\1=", self.query)
        return f"{self.method} {self.key}?{query}"


@dataclass(kw_only=True)
class Exchange:
    """One request and its answer."""

    request: Request
    rate: float | None = None  # bytes a second, each way
    client: _Handler
    opened: ExitStack

    def send_on(self, changed: dict[str, str | None] | None = None) -> Upstream:
        """Let the server have the request, with other headers if need be (None takes one out). It has answered."""
        upstream = self._opened(changed or {})
        with suppress(ConnectionError):  # it refuses before it has read all: its answer is there to be read
            for block in self._body():
                upstream.connection.send(block)
        for _ in self._body():
            pass
        upstream.answer = self.opened.enter_context(upstream.connection.getresponse())
        return upstream

    def send_half(self) -> None:
        """Let the server have half of the body, and then hang up."""
        upstream, left = self._opened({}), self.client.left // 2
        for block in self._body():
            upstream.connection.send(block[:left])
            left -= len(block[:left])
            if not left:
                break
        upstream.connection.close()

    def give(self, upstream: Upstream, share: float = 1) -> None:
        """Let the client have the server's answer, or a share of its body and then nothing more."""
        answer, client = upstream.answer, self.client
        assert answer is not None
        self._give_head(answer)
        left = int(int(answer.headers["Content-Length"] or 0) * share) if share < 1 else None
        while (left is None or left > 0) and (block := answer.read1(_BLOCK if left is None else left)):
            self._paced(len(block))
            client.wfile.write(b"%x\r\n%b\r\n" % (len(block), block) if _is_chunked(answer) else block)
            left = left if left is None else left - len(block)
        if left is not None:
            client.close_connection = True
        elif answer.length:
            raise http.client.IncompleteRead(b"", answer.length)
        elif _is_chunked(answer) and client.command != "HEAD":
            client.wfile.write(b"0\r\n\r\n")

    def give_status_only(self, upstream: Upstream) -> None:
        """Hang up after the first line of the answer."""
        assert upstream.answer is not None
        self.client.wfile.write(f"HTTP/1.1 {upstream.answer.status} {upstream.answer.reason}\r\n".encode())
        self.client.close_connection = True

    def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        """Answer in the server's place."""
        self._read_or_leave()
        client = self.client
        client.send_response_only(status, HTTPStatus(status).phrase)
        for name, value in {"Content-Type": "application/xml", **(headers or {})}.items():
            client.send_header(name, value)
        client.send_header("Content-Length", str(len(body)))
        if client.close_connection:
            client.send_header("Connection", "close")
        client.end_headers()
        if client.command != "HEAD":
            client.wfile.write(body)

    def reset(self) -> None:
        """Break the connection as a crashed machine does: RST, no answer."""
        client = self.client
        client.close_connection = True
        with suppress(OSError):
            client.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        for each in (client.rfile, client.wfile, client.connection):
            with suppress(OSError):
                each.close()

    def _opened(self, changed: dict[str, str | None]) -> Upstream:
        host, port = self.client.server.upstream
        # One for each request: a connection that the server lets go of in between would be a fault nobody planned.
        connection = http.client.HTTPConnection(host, port, timeout=_PATIENCE_SECONDS)
        self.opened.callback(connection.close)
        connection.putrequest(self.request.method, self.client.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self._headers(changed):
            connection.putheader(name, value)
        connection.endheaders()
        return Upstream(connection=connection)

    def _headers(self, changed: dict[str, str | None]) -> list[tuple[str, str]]:
        kept = [(name, value) for name, value in self.client.headers.items() if name.lower() not in changed]
        new = [(name, value) for name, value in changed.items() if value is not None]
        headers = [(name, value) for name, value in kept + new if name.lower() not in _HOP_BY_HOP - _framing(kept)]
        if changed and self.request.headers.get("authorization", "").startswith("AWS4"):
            return _signed(self.request.method, self.client.path, dict(headers), self.client.server.secret)
        return headers

    def _body(self) -> Iterator[bytes]:
        for block in self.client.body():
            self._paced(len(block))
            yield block

    def _paced(self, size: int) -> None:
        if self.rate:
            time.sleep(size / self.rate)

    def _give_head(self, answer: http.client.HTTPResponse) -> None:
        client = self.client
        client.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in _HOP_BY_HOP:
                client.send_header(name, value)
        if _is_chunked(answer):
            client.send_header("Transfer-Encoding", "chunked")
        elif answer.length is None:  # it ends where the connection does
            client.close_connection = True
            client.send_header("Connection", "close")
        client.end_headers()

    def _read_or_leave(self) -> None:
        """A body on its way is read. One that waits for our 100 is never asked for, and the connection ends."""
        if self.client.waits:
            self.client.close_connection = True
            return
        for _ in self._body():
            pass


@dataclass(kw_only=True)
class Upstream:
    """The server's side of an exchange."""

    connection: http.client.HTTPConnection
    answer: http.client.HTTPResponse | None = None


class Server(ThreadingHTTPServer):
    """Gives each exchange to `happen`, in a thread for each connection."""

    daemon_threads = False  # the end waits for them: no test leaves a socket behind
    request_queue_size = 128

    def __init__(self, endpoint: str, secret: str, happen: Callable[[Exchange], None]) -> None:
        parts = urlsplit(endpoint)
        self.upstream = (str(parts.hostname), parts.port or 80)
        self.secret = secret
        self.happen = happen
        self.errors: list[BaseException] = []  # of ours; those of the network are what this is made for
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass

    def hang_up(self) -> None:
        """End the connections that clients keep open for later."""
        for each in list(self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def exchange(self) -> None:
        self.left = int(self.headers["Content-Length"] or 0)
        self._chunked = "chunked" in (self.headers["Transfer-Encoding"] or "")
        with ExitStack() as opened:
            self._happen(Exchange(request=self._request(), client=self, opened=opened))

    def _happen(self, exchange: Exchange) -> None:
        try:
            self.server.happen(exchange)
        except (OSError, http.client.HTTPException):
            exchange.reset()  # one side is gone, so the other shall see it go
        except BaseException as error:
            self.server.errors.append(error)
            exchange.reset()
            raise

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_OPTIONS = exchange  # noqa: N815 - the names of the base class

    def handle_expect_100(self) -> bool:
        return True  # said in `body`, when somebody wants it

    @property
    def waits(self) -> bool:
        """Whether the client waits for our word before it sends its body."""
        return self.headers["Expect"] == "100-continue"

    def body(self) -> Iterator[bytes]:
        """What is left of the request's body, framed as it came."""
        if self.waits:
            del self.headers["Expect"]
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        yield from self._chunks() if self._chunked else self._blocks()

    def _blocks(self) -> Iterator[bytes]:
        while self.left:
            block = self.rfile.read1(min(self.left, _BLOCK))
            if not block:
                raise ConnectionAbortedError("the client went away in the middle of its body")
            self.left -= len(block)
            yield block

    def _chunks(self) -> Iterator[bytes]:
        while self._chunked:
            yield (line := self.rfile.readline())
            size = int(line.split(b";")[0], 16)
            if size:
                yield self.rfile.read(size + 2)
                continue
            while (trailer := self.rfile.readline()).strip():
                yield trailer
            yield trailer
            self._chunked = False

    def _request(self) -> Request:
        parts = urlsplit(self.path)
        _, _, key = parts.path.lstrip("/").partition("/")
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(method=self.command, key=unquote(key), query=parts.query, headers=headers)

    def log_message(self, format: str, *args: Any) -> None:
        pass


class _Signature(S3SigV4Auth):
    """Leaves the digest of the body as the client has computed it: we have not seen the body."""

    def payload(self, request: AWSRequest) -> str:
        return str(request.context["digest"])


def _signed(method: str, path: str, headers: dict[str, str], secret: str) -> list[tuple[str, str]]:
    """The headers with a new signature in the client's name: botocore signs every condition."""
    found = re.search(r"Credential=([^/]+)/\d+/([^/]+)/", headers.pop("Authorization"))
    assert found is not None
    request = AWSRequest(method=method, url=f"http://{headers['Host']}{path}", headers=headers)
    request.context["digest"] = headers["X-Amz-Content-SHA256"]
    _Signature(Credentials(found[1], secret), "s3", found[2]).add_auth(request)
    return [(name, value) for name, value in request.headers.items()]


def _framing(headers: list[tuple[str, str]]) -> set[str]:
    """A body without a length keeps its frame of chunks."""
    return set() if "content-length" in {name.lower() for name, _ in headers} else {"transfer-encoding"}


def _is_chunked(answer: http.client.HTTPResponse) -> bool:
    return "chunked" in (answer.headers["Transfer-Encoding"] or "")
