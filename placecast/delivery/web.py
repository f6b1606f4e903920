"""What listeners get, through the show's public address: asked before the feed names it, and by `placecast doctor`.

Storage and address are two things: between them may be a policy, a proxy, a cache or a name that nobody has set up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from urllib.parse import quote, urljoin

from urllib3 import BaseHTTPResponse, PoolManager, Timeout
from urllib3.exceptions import HTTPError

from placecast import asking
from placecast.errors import StorageError
from placecast.media_types import media_type
from placecast.plan import Phase, Upload
from placecast.rss import Named

_WORKERS = 16
_TIMES = Timeout(connect=5, read=20)
_MOVED = (301, 302, 303, 307, 308)
_REDIRECTS = 5
_END = 100  # bytes of a recording's end: players ask for them to learn its length
_SHOWN = 3  # of many broken promises

_OFF = "To publish without asking first, write `verify = false` under [target] in placecast.toml."
_NOBODY = (
    "Is `url` in placecast.toml right, and is the name (DNS), the CDN or the web server behind it set up? "
    f"Look closer with: placecast doctor. {_OFF}"
)
_ANSWERS = (
    (
        (401, 403),
        "answers {status}: the bucket is not readable by everybody, or the file is not there.",
        "Let everybody read what is published: placecast doctor --fix",
    ),
    (
        (404, 410),
        "is not there ({status}).",
        "Does `url` in placecast.toml show what lies in the target, with its prefix? A cache in between may remember "
        f"that it was not there: purge it. {_OFF}",
    ),
    (
        _MOVED,
        "is redirected too often, or to nowhere.",
        "Look at the redirects of your web server or CDN, and write in `url` where they end.",
    ),
)
_OTHER = ("answers {status}.", f"Look at the web server or CDN behind the address, then run again. {_OFF}")
_BETWEEN = f"Look at the proxy or CDN between the storage and the address: it has to pass this on. {_OFF}"


class UnansweredError(Exception):
    """Nothing answers at an address. The message says why, as the end of a sentence."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What an address answered in the end, with header names in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes  # without its Content-Encoding
    address: str  # the one that answered
    redirected: tuple[str, ...] = ()  # the addresses that sent us on, in their order


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What the feed is going to say of a file, and players rely on."""

    key: str
    type: str
    size: int | None = None  # bytes; None where gzip makes it another
    sha256: str | None = None
    ranges: bool = False  # whether parts of it must be had: players jump


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A promise that is not kept: what listeners get instead, and what to do. `passing`: it cures itself."""

    key: str
    what: str
    cure: str
    passing: bool = False

    def __str__(self) -> str:
        return f"{self.key} {self.what}"


class Site:
    """The public address of a show. Many threads may ask it at the same time; connections are kept."""

    def __init__(self, address: str, *, pause: float = 0.3, tries: int = asking.TRIES) -> None:
        self.address = address
        self._patience = asking.patience(pause, tries)

    @cached_property
    def _pool(self) -> PoolManager:
        return asking.pool(self.address, _WORKERS)

    def at(self, path: str) -> str:
        """The address of a path below the site's; a whole address stays as it is."""
        return path if path.startswith(("https://", "http://")) else self.address + quote(path)

    def ask(
        self, path: str, method: str = "HEAD", headers: Mapping[str, str] | None = None, most: int | None = None
    ) -> Answer:
        """What is answered at the end of all redirects. `UnansweredError` when nothing is.

        `most`: bytes of the body that are wanted at the most; the rest is not waited for.
        """
        address, passed = self.at(path), list[str]()
        while True:
            answer = self._one(address, method, headers or {}, most)
            following = answer.headers.get("location", "")
            if answer.status not in _MOVED or not following or len(passed) == _REDIRECTS:
                return Answer(
                    status=answer.status,
                    headers=answer.headers,
                    body=answer.body,
                    address=address,
                    redirected=tuple(passed),
                )
            passed.append(address)
            address = urljoin(address, following)

    def close(self) -> None:
        if "_pool" in vars(self):
            self._pool.clear()

    def _one(self, address: str, method: str, headers: Mapping[str, str], most: int | None) -> Answer:
        sent = {"User-Agent": asking.AGENT, "Accept-Encoding": "identity", **headers}
        try:
            response = self._pool.request(
                method,
                address,
                headers=sent,
                retries=self._patience,
                timeout=_TIMES,
                redirect=False,
                preload_content=most is None,
            )
            body = response.data if most is None else _beginning(response, most)
        except HTTPError as error:
            raise UnansweredError(asking.why(error)) from error
        names = {name.lower(): value for name, value in response.headers.items()}
        return Answer(status=response.status, headers=names, body=body, address=address)


def promises(named: Named) -> list[Promise]:
    """What a whole feed says: each file there and of its type, sound of its length and in parts."""
    return [
        Promise(key=key, type=media_type(key), size=named.sound.get(key) or None, ranges=key in named.sound)
        for key in sorted(named.keys)
    ]


def promise(upload: Upload) -> Promise:
    """What the feed says, or players expect, of a file that was sent.

    Of one that has changed under its name, a cache may give the earlier version for some minutes.
    """
    return Promise(
        key=upload.key,
        type=upload.type,
        size=upload.size if upload.immutable and not upload.gzip else None,
        sha256=upload.sha256 if upload.immutable else None,
        ranges=upload.phase is Phase.MEDIA,
    )


def check(site: Site, promises: Iterable[Promise]) -> tuple[Broken, ...]:
    """The promises that are not kept, in their order. Where nothing answers at all, that is said once."""
    with ThreadPoolExecutor(_WORKERS) as pool:
        asked = [pool.submit(partial(_broken, site, each)) for each in promises]
        try:
            return tuple(broken for each in asked for broken in each.result())
        except UnansweredError as error:
            return (Broken(key=site.address, what=f"does not answer: {error}", cure=_NOBODY),)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def require(site: Site, promises: Iterable[Promise]) -> None:
    """StorageError, unless listeners get every file as the feed is going to promise it."""
    broken = check(site, promises)
    if not broken:
        return
    more = f" And {len(broken) - _SHOWN} more." if len(broken) > _SHOWN else ""
    raise StorageError(
        site.address,
        f"listeners would not get what the feed is to name, so the feed was not touched. {_said(broken)}{more}",
        broken[0].cure,
    )


def read_back(site: Site, key: str, body: bytes) -> Broken | None:
    """What is wrong with what listeners get in place of these bytes. An older copy from a cache is `passing`."""
    try:
        answer = site.ask(key, "GET", {"Cache-Control": "no-cache"}, most=len(body) + 1)
    except UnansweredError as error:
        return Broken(key=site.at(key), what=f"does not answer: {error}", cure=_NOBODY)
    wrong = _wrong_status(key, answer) or _wrong_type(key, media_type(key), answer)
    if wrong or answer.body == body:
        return wrong
    return Broken(
        key=key,
        what="is still an older copy for listeners, though the new one is stored: a cache in between keeps it.",
        cure="It will be renewed by itself. To have it renewed at once, name your CDN under [distribution].",
        passing=True,
    )


def same_type(promised: str, answered: str) -> bool:
    """Whether two media types say the same, however they are written."""
    return _plain_type(promised) == _plain_type(answered)


def _broken(site: Site, promised: Promise) -> tuple[Broken, ...]:
    answer = site.ask(promised.key)
    wrong = _wrong_status(promised.key, answer)
    if wrong:
        return (wrong,)
    return tuple(_differences(site, promised, answer))


def _differences(site: Site, promised: Promise, answer: Answer) -> Iterator[Broken]:
    headers, key = answer.headers, promised.key
    wrong = _wrong_type(key, promised.type, answer)
    if wrong:
        yield wrong
    length = headers.get("content-length", "")
    whole = "content-encoding" not in headers
    if promised.size is not None and whole and length != str(promised.size):
        what = f"has {length} bytes" if length else "comes without its length (Content-Length)"
        yield Broken(key=key, what=f"{what} for listeners, not {promised.size}.", cure=_BETWEEN)
    digest = headers.get("x-amz-meta-sha256")
    if promised.sha256 and digest not in (None, promised.sha256):
        yield Broken(key=key, what="is another version for listeners than the one that was sent.", cure=_BETWEEN)
    size = promised.size or int(length or 0)
    if promised.ranges and size and not _gives_parts(site, key, size):
        what = "cannot be had in parts (Range): players could not jump in it, and Apple refuses such shows."
        yield Broken(key=key, what=what, cure=_BETWEEN)


def _gives_parts(site: Site, key: str, size: int) -> bool:
    start = max(0, size - _END)
    answer = site.ask(key, "GET", {"Range": f"bytes={start}-{size - 1}"}, most=_END + 1)
    told = answer.headers.get("content-range", "").lower().replace(" ", "")
    return (answer.status, told, len(answer.body)) == (206, f"bytes{start}-{size - 1}/{size}", size - start)


def _wrong_status(key: str, answer: Answer) -> Broken | None:
    if answer.status == 200:
        return None
    what, cure = next(((what, cure) for codes, what, cure in _ANSWERS if answer.status in codes), _OTHER)
    return Broken(key=key, what=what.format(status=answer.status), cure=cure)


def _wrong_type(key: str, promised: str, answer: Answer) -> Broken | None:
    answered = answer.headers.get("content-type", "")
    if same_type(promised, answered):
        return None
    what = f"is served as {answered}" if answered else "is served without a media type (Content-Type)"
    return Broken(key=key, what=f"{what}, not as {promised}: apps go by it.", cure=_BETWEEN)


def _plain_type(text: str) -> tuple[str, ...]:
    kind, *parameters = (part.strip().lower().replace('"', "").replace(" ", "") for part in text.split(";"))
    return kind, *sorted(filter(None, parameters))


def _said(broken: Sequence[Broken]) -> str:
    return " ".join(str(each) for each in broken[:_SHOWN])


def _beginning(response: BaseHTTPResponse, most: int) -> bytes:
    """The first bytes of a body. What was left unread makes its connection useless."""
    body = b""
    with response:
        while len(body) < most and (block := response.read(most - len(body))):
            body += block
    return body
