"""Bluesky and Mastodon on this machine: they keep posts, and refuse what the documented interfaces refuse.

com.atproto.* and app.bsky.*: the lexicons of https://github.com/bluesky-social/atproto. Mastodon:
https://docs.joinmastodon.org/methods/statuses/ and /media/.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from hashlib import sha256
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import regex
from PIL import Image

Answer = tuple[int, Any, dict[str, str]]
LOST = "lost"  # a fault: what was asked is done, and the answer never comes
PASSWORD, TOKEN = "abcd-efgh-ijkl-mnop", "a-token-that-nobody-may-read"
TID = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")
JPEG = ("image/jpeg", "image/png", "image/webp")


class RefusedError(Exception):
    """What a server answers to a request that it does not take."""

    def __init__(self, status: int, error: str, said: str = "") -> None:
        super().__init__(f"{status} {error} {said}")
        self.answer: Answer = (status, {"error": error, "message": said}, {})


def require(holds: object, said: str) -> None:
    if not holds:
        raise RefusedError(400, "InvalidRequest", said)


@dataclass
class Network:
    """A server. `faults`: what goes wrong, by the end of the path: answers in place of its own, each once."""

    address: str = ""
    asked: list[str] = field(default_factory=list)
    faults: dict[str, list[Answer | str]] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)  # what our own requests did wrong

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer | str:
        parts = urlsplit(path)
        self.asked.append(f"{method} {parts.path}")
        waiting = next((faults for end, faults in self.faults.items() if parts.path.endswith(end) and faults), [])
        fault = waiting.pop(0) if waiting else None
        if isinstance(fault, tuple):
            return fault
        try:
            told: Answer = (200, self.respond(method, parts.path, dict(parse_qsl(parts.query)), headers, body), {})
        except RefusedError as refused:
            if not isinstance(refused, QuietError):
                self.refusals.append(str(refused))
            told = refused.answer
        return fault or told

    def respond(self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes) -> Any:
        raise NotImplementedError


@dataclass
class Bluesky(Network):
    """A personal data server with one account, and a few people whom it knows."""

    handle: str = "placecast.example.org"
    did: str = "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
    people: dict[str, str] = field(default_factory=lambda: {"daniel.bsky.social": "did:plc:z72i7hdynmk6r22z27h6tvur"})
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    blob_types: dict[str, str] = field(default_factory=dict)
    writes: int = 0

    def respond(self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes) -> Any:
        name = path.removeprefix("/xrpc/com.atproto.")
        verbs: dict[str, tuple[str, Callable[..., Any]]] = {
            "server.createSession": ("POST", self.create_session),
            "identity.resolveHandle": ("GET", self.resolve_handle),
            "repo.getRecord": ("GET", self.get_record),
            "repo.uploadBlob": ("POST", self.upload_blob),
            "repo.putRecord": ("POST", self.put_record),
        }
        verb, do = verbs[name]
        require(method == verb, f"{name} is a {verb}")
        if name != "server.createSession" and headers.get("authorization") != "Bearer an-access-jwt":
            raise RefusedError(401, "AuthMissing")
        return do(query, headers, body)

    def create_session(self, query: dict[str, str], headers: dict[str, str], body: bytes) -> Any:
        told = self.json(headers, body)
        require(set(told) == {"identifier", "password"}, "identifier and password")
        if (told["identifier"], told["password"]) != (self.handle, PASSWORD):
            raise RefusedError(401, "AuthenticationRequired", f"Invalid identifier or password {told['password']}")
        return {"accessJwt": "an-access-jwt", "refreshJwt": "r", "handle": self.handle, "did": self.did}

    def resolve_handle(self, query: dict[str, str], headers: dict[str, str], body: bytes) -> Any:
        if query["handle"] not in self.people:
            raise RefusedError(400, "InvalidRequest", "Unable to resolve handle")
        return {"did": self.people[query["handle"]]}

    def get_record(self, query: dict[str, str], headers: dict[str, str], body: bytes) -> Any:
        require(set(query) == {"repo", "collection", "rkey"}, "repo, collection and rkey")
        if query["rkey"] not in self.records:
            return self.missing()
        return {"uri": self.uri(query["rkey"]), "cid": "b", "value": self.records[query["rkey"]]}

    @staticmethod
    def missing() -> Any:
        missing = RefusedError(400, "RecordNotFound")
        raise QuietError(missing.answer)

    def upload_blob(self, query: dict[str, str], headers: dict[str, str], body: bytes) -> Any:
        require(headers.get("content-type") in JPEG, "a picture has its own type")
        require(Image.open(BytesIO(body)).format, "it is a picture")
        link = "bafkrei" + sha256(body).hexdigest()[:52]
        self.blobs[link], self.blob_types[link] = body, headers["content-type"]
        kept = {"$type": "blob", "ref": {"$link": link}, "mimeType": headers["content-type"], "size": len(body)}
        return {"blob": kept}

    def put_record(self, query: dict[str, str], headers: dict[str, str], body: bytes) -> Any:
        told = self.json(headers, body)
        require({"repo", "collection", "rkey", "record"} <= set(told), "what putRecord needs")
        require(
            set(told) <= {"repo", "collection", "rkey", "record", "validate", "swapRecord", "swapCommit"}, "no more"
        )
        require(told["repo"] == self.did and told["collection"] == "app.bsky.feed.post", "our own posts")
        require(TID.fullmatch(told["rkey"]), "app.bsky.feed.post: key tid")
        self.check(told["record"])
        known = self.records.get(told["rkey"])
        if known is not None and known != told["record"] and told.get("swapRecord", 0) is None:
            raise RefusedError(400, "InvalidSwap", "Record was at bafy")
        self.writes += known != told["record"]
        self.records[told["rkey"]] = told["record"]
        return {"uri": self.uri(told["rkey"]), "cid": "b", "validationStatus": "valid"}

    def check(self, record: dict[str, Any]) -> None:
        """app.bsky.feed.post, strictly."""
        require(record["$type"] == "app.bsky.feed.post", "$type")
        require(set(record) <= {"$type", "text", "createdAt", "langs", "facets", "embed"}, "known keys")
        text = record["text"].encode()
        require(len(text) <= 3000 and len(regex.findall(r"\X", record["text"])) <= 300, "text")
        require(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", record["createdAt"]), "datetime")
        require(
            all(re.fullmatch(r"[a-z]{2,3}", each) for each in record["langs"]) and len(record["langs"]) <= 3, "langs"
        )
        for facet in record.get("facets", []):
            self.check_facet(facet, text)
        external = record["embed"]["external"]
        require(record["embed"]["$type"] == "app.bsky.embed.external", "embed")
        require(set(external) <= {"uri", "title", "description", "thumb"}, "external")
        require(re.match("https?://", external["uri"]) and external["title"], "uri and title")
        require(isinstance(external["description"], str), "description")
        blob = external["thumb"]
        require(blob["$type"] == "blob" and blob["ref"]["$link"] in self.blobs, "the blob was uploaded")
        require(blob["size"] == len(self.blobs[blob["ref"]["$link"]]) <= 1_000_000, "thumb: maxSize")

    def check_facet(self, facet: dict[str, Any], text: bytes) -> None:
        require(facet["$type"] == "app.bsky.richtext.facet", "facet")
        start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
        require(0 <= start < end <= len(text), "index")
        said, (feature,) = text[start:end].decode(), facet["features"]
        kind = feature["$type"].removeprefix("app.bsky.richtext.facet#")
        told = {"link": "uri", "mention": "did", "tag": "tag"}[kind]
        require(set(feature) == {"$type", told}, "feature")
        meant = {"link": said, "tag": said[1:], "mention": self.people.get(said[1:])}[kind]
        require(feature[told] == meant, f"{said} is {feature[told]}")

    @staticmethod
    def json(headers: dict[str, str], body: bytes) -> dict[str, Any]:
        require(headers.get("content-type") == "application/json", "JSON says that it is JSON")
        return dict(json.loads(body))

    def uri(self, key: str) -> str:
        return f"at://{self.did}/app.bsky.feed.post/{key}"


class QuietError(RefusedError):
    """An answer with an error that is no fault of ours."""

    def __init__(self, answer: Answer) -> None:
        Exception.__init__(self, "")
        self.answer = answer


@dataclass
class Mastodon(Network):
    """A server with one account. `scopes`: what the token may do; `slow`: looks at a film before it is ready."""

    posts: list[dict[str, Any]] = field(default_factory=list)
    keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    media: dict[str, tuple[str, str, bytes]] = field(default_factory=dict)
    scopes: tuple[str, ...] = ("read", "write")
    slow: int = 0

    def respond(self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes) -> Any:
        if headers.get("authorization") != f"Bearer {TOKEN}":
            raise RefusedError(401, f"The access token is invalid: {headers.get('authorization')}")
        if method == "GET" and path.startswith("/api/v1/accounts/") and "read" not in self.scopes:
            raise QuietError((403, {"error": "This action is outside the authorized scopes"}, {}))
        if (method, path) == ("GET", "/api/v1/accounts/verify_credentials"):
            return self.account
        if (method, path) == ("GET", "/api/v1/accounts/7/statuses"):
            require(int(query["limit"]) <= 40, "limit")
            return self.posts[::-1][: int(query["limit"])]
        if (method, path) == ("POST", "/api/v2/media"):
            return self.attach(headers, body)
        if method == "GET" and path.startswith("/api/v1/media/"):
            self.slow -= 1
            raise QuietError((206 if self.slow > 0 else 200, {"id": path.rpartition("/")[2]}, {}))
        require((method, path) == ("POST", "/api/v1/statuses"), path)
        return self.post(headers, body)

    @property
    def account(self) -> dict[str, Any]:
        return {"id": "7", "acct": "placecast", "username": "placecast", "url": f"{self.address}/@placecast"}

    def attach(self, headers: dict[str, str], body: bytes) -> Any:
        kind = headers["content-type"]
        require(kind.startswith("multipart/form-data; boundary="), "multipart")
        message = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
        parts = {str(each.get_param("name", header="content-disposition")): each for each in message.get_payload()}  # type: ignore[union-attr]
        content = parts["file"].get_payload(decode=True)
        said = parts["description"].get_payload(decode=True).decode()
        require(parts["file"].get_filename() and parts["file"].get_content_type() in (*JPEG, "video/mp4"), "file")
        require(0 < len(said) <= 1500, "description")
        name = str(len(self.media) + 1)
        self.media[name] = parts["file"].get_content_type(), said, content
        if self.slow:
            raise QuietError((202, {"id": name, "url": None}, {}))
        return {"id": name, "url": f"{self.address}/media/{name}"}

    def post(self, headers: dict[str, str], body: bytes) -> Any:
        require(headers.get("content-type") == "application/x-www-form-urlencoded", "a form")
        require(re.fullmatch(r"[\x21-\x7e]{16,}", headers.get("idempotency-key", "")), "Idempotency-Key")
        told = parse_qs(body.decode())
        require(set(told) <= {"status", "media_ids[]", "language", "visibility"}, "known fields")
        require(all(each in self.media for each in told.get("media_ids[]", [])), "media")
        require(re.fullmatch(r"[a-z]{2,3}", told["language"][0]), "ISO 639-1")
        if (known := self.keys.get(headers["idempotency-key"])) is not None:
            return known
        (text,) = told["status"]
        linked = re.sub(r"https?://\S+", lambda found: f'<a href="{escape(found[0])}">{escape(found[0])}</a>', text)
        number = str(103254962155278888 + len(self.posts))
        made = {
            "id": number,
            "created_at": datetime.now().isoformat(),  # noqa: DTZ005  # nobody reads it
            "content": f"<p>{linked}</p>",
            "url": f"{self.address}/@placecast/{number}",
            "uri": f"{self.address}/users/placecast/statuses/{number}",
            "account": self.account,
            "text": text,
            "media": told.get("media_ids[]", []),
        }
        self.posts.append(made)
        self.keys[headers["idempotency-key"]] = made
        return made


@contextmanager
def running(network: Any) -> Iterator[Any]:
    """The network, listening."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def take(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            told = network.answer(self.command, self.path, headers, body)
            if isinstance(told, str):
                self.close_connection = True
                return
            status, facts, more = told
            content = json.dumps(facts).encode()
            self.send_response(status)
            for name, value in {
                "Content-Type": "application/json",
                "Content-Length": str(len(content)),
                **more,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = take  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Silence."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            network.address = f"http://127.0.0.1:{server.server_port}"
            yield network
        finally:
            server.shutdown()
            thread.join()
