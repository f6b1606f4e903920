"""Listeners who never sleep: they fetch the feed again and again, and hold every promise in it to be kept at once.

    with listening(address_of_the_show) as watch:
        ...  # publish
    assert watch.faults == []
    assert watch.polls > 0

They ask as apps do: plain HTTP, nobody's key, straight to the server. A feed that was never there is no fault.
"""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from urllib.parse import urldefrag, urlsplit

from lxml import etree

_NOT_THERE = {403, 404}  # S3 says 403 of what is not there to who may not list
_PAUSE_SECONDS = 0.005
_PATIENCE_SECONDS = 20


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What a listener came upon."""

    at: datetime
    address: str
    detail: str


@dataclass(frozen=True, order=True)
class Promise:
    """An address in the feed, with what the feed says about it: "" is nothing."""

    address: str
    type: str = ""
    length: str = ""


@dataclass(frozen=True, kw_only=True)
class _Answer:
    status: int
    headers: dict[str, str]
    body: bytes = b""


class _NoFeedError(Exception):
    """The feed is not what a feed must be."""


@dataclass(kw_only=True)
class Watch:
    """What the listeners have found so far."""

    base: str  # without a slash at its end
    feed: str
    polls: int = 0  # of a feed that was there
    versions: int = 0  # how often it was another one than before
    faults: list[Fault] = field(default_factory=list)
    stale: list[Fault] = field(default_factory=list)  # dead links of a feed that had just been replaced
    guids: set[str] = field(default_factory=set)  # all that were ever there
    lost: set[str] = field(default_factory=set)  # those that were gone from a later feed
    _body: bytes = b""
    _sure: set[Promise] = field(default_factory=set)  # kept for as long as this feed is there
    _told: set[tuple[int, str, str]] = field(default_factory=set)
    _connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(self.base).netloc, timeout=_PATIENCE_SECONDS)

    def wait(self, polls: int = 2, seconds: float = 30) -> None:
        """Until all was looked at as it is now: the first poll to end may have begun before."""
        until, deadline = self.polls + polls, time.monotonic() + seconds
        while self.polls < until:
            assert time.monotonic() < deadline, f"{self.polls} polls, {self.faults}"
            time.sleep(_PAUSE_SECONDS)

    def poll(self) -> None:
        """Fetch the feed once, and look at all that it promises."""
        try:
            body = self._fetched()
            if body is None:
                return
            self._remember(body)
            self._check(body)
        except _NoFeedError as error:
            self._tell(self.faults, self.feed, str(error))
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            self._connection.close()
            self._tell(self.faults, self.feed, repr(error))
        self.polls += 1

    def look_again(self) -> None:
        """A poll that takes nothing for granted."""
        self._sure.clear()
        self.poll()

    def close(self) -> None:
        self._connection.close()

    def _tell(self, where: list[Fault], address: str, detail: str) -> None:
        """Once for each version of the feed."""
        if (self.versions, address, detail) not in self._told:
            self._told.add((self.versions, address, detail))
            where.append(Fault(at=datetime.now(UTC), address=address, detail=detail))

    def _fetched(self) -> bytes | None:
        answer = self._ask("GET", self.feed)
        if answer.status in _NOT_THERE and not self._body:
            return None
        if answer.status != 200:
            raise _NoFeedError(f"answered {answer.status}")
        if not answer.body.rstrip().endswith(b"</rss>"):
            raise _NoFeedError(f"ends with {answer.body[-40:]!r}")
        return answer.body

    def _remember(self, body: bytes) -> None:
        if body == self._body:
            return
        guids = {guid.text or "" for guid in _parsed(body).iterfind("channel/item/guid")}
        self.lost |= self.guids - guids
        self.guids |= guids
        self.versions += 1
        self._body = body
        self._sure.clear()

    def _check(self, body: bytes) -> None:
        for promise in sorted(promises(body, self.base) - self._sure):
            detail = self._kept(promise)
            if detail:
                # Whoever has replaced the feed in between may have taken away what only the old one named.
                now = self._fetched() or b""
                still = promise in promises(now, self.base)
                self._tell(self.faults if still else self.stale, promise.address, detail)

    def _kept(self, promise: Promise) -> str:
        """What is wrong with an answer, or "". What can never change is asked for once."""
        answer = self._ask("HEAD", promise.address)
        if answer.status != 200:
            return f"answered {answer.status}"
        length, kind = answer.headers.get("content-length", ""), answer.headers.get("content-type", "")
        if promise.length and promise.length != length:
            return f"has {length} bytes, not {promise.length}"
        if promise.type and _media(promise.type) != _media(kind):
            return f"is {kind}, not {promise.type}"
        if "immutable" in answer.headers.get("cache-control", ""):
            self._sure.add(promise)
        return ""

    def _ask(self, method: str, address: str) -> _Answer:
        path = urlsplit(address)._replace(scheme="", netloc="").geturl()
        try:
            self._connection.request(method, path)
            answer = self._connection.getresponse()
        except ConnectionError:  # a connection that was kept open may be closed by then: apps ask anew
            self._connection.close()
            self._connection.request(method, path)
            answer = self._connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return _Answer(status=answer.status, headers=headers, body=answer.read())


def promises(feed: bytes, base: str) -> set[Promise]:
    """Every address below the show's own in a feed, wherever it stands in it."""
    below = re.compile(re.escape(base) + r"/[^\s\"'<>]+")
    found = set()
    for element in _parsed(feed).iter(etree.Element):
        named = [element.get("url"), element.get("href")]
        for address in filter(below.fullmatch, filter(None, named)):
            found.add(Promise(urldefrag(address).url, element.get("type") or "", element.get("length") or ""))
        if element.tag != "guid" or element.get("isPermaLink") != "false":
            texts = [unescape(element.text or ""), *map(str, element.attrib.values())]
            found |= {_mentioned(address) for text in texts for address in below.findall(text)}
    told = {each.address for each in found if each.type or each.length}
    return {each for each in found if each.type or each.length or each.address not in told}


def _mentioned(address: str) -> Promise:
    return Promise(urldefrag(address).url.rstrip(".,;:!?)"))


@contextmanager
def listening(base_url: str, feed: str = "feed.xml") -> Iterator[Watch]:
    """Listeners of a show until the end of the block. They look at everything once more before they go."""
    base = base_url.rstrip("/")
    watch = Watch(base=base, feed=f"{base}/{feed}")
    stop = threading.Event()

    def listen() -> None:
        while not stop.wait(_PAUSE_SECONDS):
            watch.poll()

    with closing(watch), ThreadPoolExecutor(1) as pool:
        listener = pool.submit(listen)
        try:
            yield watch
        finally:
            stop.set()
            listener.result()
            watch.look_again()


def _parsed(body: bytes) -> etree._Element:
    try:
        return etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise _NoFeedError(f"is no XML: {error}") from error


def _media(kind: str) -> str:
    return kind.partition(";")[0].strip().lower()
