"""Files of servers that nobody here answers for, asked for with care: a feed may name any address.

Nothing in a feed makes this machine ask its own network, follow redirects without end, fill its disk or wait for ever.
What a name stands for is looked up and judged first, and then that very machine is asked, on every redirect anew.
"""

from __future__ import annotations

import re
import socket
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import SplitResult, quote, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

from urllib3 import BaseHTTPResponse, HTTPConnectionPool, HTTPSConnectionPool, Timeout
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ProtocolError

from placecast import asking
from placecast.abroad import parts
from placecast.abroad.parts import LATER, BrokenOffError, Saved
from placecast.errors import HostError
from placecast.model import Progress, no_progress

_HOPS = 10  # counting services are put in a row before the file itself
_MOVED = (301, 302, 303, 307, 308)
_TRANSIENT = (408, 425, 429, 500, 502, 503, 504)
_PATIENCE = Timeout(connect=10, read=30)  # seconds for each answer, and between two blocks
_SLOWEST = 10_000  # bytes a second: who sends slower than that is not waited for
_BLOCK = 1 << 16
_NAT64 = ip_network("64:ff9b::/96")  # RFC 6052: the last four bytes are an IPv4 address
_LEGAL = "/?%:@!$&'()*+,;=~[]"  # RFC 3986, 3.3 and 3.4; feeds leave spaces and accents as they are
_OTHER = "Correct the address, or ask the old host."
_INSIDE = "If that server is your own and is meant, say so with --allow-private."

Found = TypeVar("Found")
Resolve = Callable[[str, int], list[str]]


@dataclass(frozen=True, kw_only=True)
class Page:
    """A small file. `addresses`: the one that was asked, and those that it led to; the last one gave it."""

    body: bytes
    type: str
    addresses: tuple[str, ...]

    @property
    def address(self) -> str:
        return self.addresses[-1]


def resolved(host: str, port: int) -> list[str]:
    """The machines that a name stands for, as this machine would find them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class Abroad:
    """Asks for files. `private`: whether machines of this network may be asked. `pause`: seconds before another try."""

    def __init__(
        self, *, private: bool = False, resolve: Resolve = resolved, pause: float = 1.0, tries: int = 4
    ) -> None:
        self._private, self._resolve, self._pause, self._tries = private, resolve, pause, tries
        self._pools: dict[tuple[str, str, int], HTTPConnectionPool] = {}

    def read(self, address: str, most: int) -> Page:
        """A small file whole; HostError when it cannot be had, or is larger than that."""
        return self._insist(lambda: self._read(address, most))

    def length(self, address: str) -> int | None:
        """How many bytes a file has, as its host says when it is asked for it alone; None when it does not."""
        try:
            with self._answered(address, {"Accept-Encoding": "identity"}, method="HEAD") as (answer, _):
                told = answer.headers.get("Content-Length", "")
        except HostError:
            return None
        return int(told) if told.isdecimal() else None

    def save(self, address: str, to: Path, most: int, progress: Progress = no_progress) -> Saved:
        """A large file, gone on with where an earlier try stopped; what has arrived stays for the next one."""
        return self._insist(lambda: self._save(address, to, most, progress))

    def _insist(self, attempt: Callable[[], Found]) -> Found:
        for number in range(1, self._tries):
            try:
                return attempt()
            except BrokenOffError:
                time.sleep(self._pause * number)
        return attempt()

    def _read(self, address: str, most: int) -> Page:
        with self._answered(address, {"Accept-Encoding": "gzip"}) as (answer, addresses):
            body = b"".join(_unpacked(_blocks(answer, address, most), answer, address, most))
            return Page(body=body, type=parts.media_type_of(answer), addresses=addresses)

    def _save(self, address: str, to: Path, most: int, progress: Progress) -> Saved:
        begun, have = parts.left_of(to, address)
        if begun and begun.total and have == begun.total:
            return parts.whole(to, begun, have)
        headers = {"Accept-Encoding": "identity"}
        if begun and begun.mark and have:
            headers |= {"Range": f"bytes={have}-", "If-Range": begun.mark}
        with self._answered(address, headers, fine=(200, 206, 416)) as (answer, addresses):
            if answer.status == 416 or (answer.status == 206 and not parts.goes_on(answer, have)):
                parts.forget(to)
                raise BrokenOffError(address, "it does not go on where it stopped.", LATER)
            have = have if answer.status == 206 else 0
            begun = parts.noted(to, address, answer, addresses[-1], have)
            if begun.total > most:
                raise _too_large(address, most)
            parts.append(_blocks(answer, address, most - have), to, have, begun.total, progress)
            parts.require_whole(to, begun, answer)
            return parts.whole(to, begun, have)

    @contextmanager
    def _answered(
        self, address: str, headers: Mapping[str, str], *, method: str = "GET", fine: tuple[int, ...] = (200,)
    ) -> Iterator[tuple[BaseHTTPResponse, tuple[str, ...]]]:
        addresses = [address]
        while True:
            answer = self._ask(method, addresses[-1], headers)
            try:
                if answer.status in fine:
                    yield answer, tuple(addresses)
                    return
                addresses.append(_next(answer, addresses))
            except (ProtocolError, HTTPError, OSError) as error:
                if isinstance(error, OSError) and not isinstance(error, TimeoutError | ConnectionError):
                    raise
                raise BrokenOffError(address, "it breaks the connection off.", LATER) from error
            finally:
                answer.close()

    def _ask(self, method: str, address: str, headers: Mapping[str, str]) -> BaseHTTPResponse:
        asked = _checked(address)
        host, port = str(asked.hostname), asked.port or (443 if asked.scheme == "https" else 80)
        target = quote(asked.path or "/", safe=_LEGAL) + (f"?{quote(asked.query, safe=_LEGAL)}" if asked.query else "")
        told = {"User-Agent": asking.AGENT, "Host": asked.netloc.encode("idna").decode(), **headers}
        failure: HTTPError | None = None
        for machine in self._machines(host, port, asked):
            try:
                answer: BaseHTTPResponse = self._at(machine, asked, port).urlopen(
                    method,
                    target,
                    headers=told,
                    redirect=False,
                    retries=False,
                    preload_content=False,
                    timeout=_PATIENCE,
                )
                return answer
            except (NewConnectionError, ConnectTimeoutError) as error:
                failure = error
            except HTTPError as error:
                raise BrokenOffError(address, asking.why(error), LATER) from error
        raise BrokenOffError(address, asking.why(failure or HTTPError()), LATER) from failure

    def _machines(self, host: str, port: int, asked: SplitResult) -> list[str]:
        """The machines behind a name, none of which may be inside; "" is for the proxy to find."""
        try:
            found = self._resolve(host, port)
        except (OSError, UnicodeError):
            found = []
        if not found and _proxy(asked):
            return [""]
        if not found:
            raise BrokenOffError(asked.geturl(), "there is no server of that name, or this machine is offline.", LATER)
        if not self._private and (inside := [each for each in found if not is_public(each)]):
            what = f"this address leads into a private network or to this machine ({inside[0]}), so it is not asked."
            raise HostError(asked.geturl(), what, _INSIDE)
        return [""] if _proxy(asked) else found

    def _at(self, machine: str, asked: SplitResult, port: int) -> Any:
        host = str(asked.hostname)
        key = (asked.scheme, f"{host} {machine}", port)
        if not machine:
            return _Proxied(asked)
        if key not in self._pools:
            if asked.scheme == "https":
                # The machine that was judged is asked, and must be who the name says.
                self._pools[key] = HTTPSConnectionPool(machine, port, server_hostname=host, assert_hostname=host)
            else:
                self._pools[key] = HTTPConnectionPool(machine, port)
        return self._pools[key]


class _Proxied:
    """As a pool, through the proxy that the environment names."""

    def __init__(self, asked: SplitResult) -> None:
        self._origin = f"{asked.scheme}://{asked.netloc}"

    def urlopen(self, method: str, target: str, **how: Any) -> BaseHTTPResponse:
        return asking.pool(self._origin).urlopen(method, self._origin + target, **how)


def is_public(machine: str) -> bool:
    """Whether an IP address is one of the open internet, also where it is wrapped into one of IPv6."""
    try:
        address = ip_address(machine.partition("%")[0])
    except ValueError:
        return False
    return all(each.is_global and not each.is_multicast for each in (address, *_wrapped(address)))


def _wrapped(address: IPv4Address | IPv6Address) -> Iterator[IPv4Address]:
    if isinstance(address, IPv6Address):
        yield from (each for each in (address.ipv4_mapped, address.sixtofour) if each)
        yield from address.teredo or ()
        if address in _NAT64:
            yield IPv4Address(address.packed[-4:])


def _checked(address: str) -> SplitResult:
    try:
        asked = urlsplit(address.strip())
        named = bool(asked.hostname) and asked.port != 0
        asked.netloc.encode("idna")
    except ValueError:
        raise HostError(address, "this is no address that can be asked.", _OTHER) from None
    if asked.scheme not in ("https", "http"):
        raise HostError(address, "only addresses that begin with https:// or http:// are asked.", _OTHER)
    if not named or re.search(r"[\x00-\x1f\x7f]|\s", asked.netloc) or re.search(r"[\x00-\x1f\x7f]", asked.geturl()):
        raise HostError(address, "this is no address that can be asked.", _OTHER)
    if asked.username or asked.password:
        cure = "Save the feed into a file in your browser, and import that file."
        raise HostError(f"{asked.scheme}://{asked.hostname}", "the address has a password in it.", cure)
    return asked


def _proxy(asked: SplitResult) -> bool:
    return bool(getproxies().get(asked.scheme)) and not proxy_bypass(asked.netloc)


def _next(answer: BaseHTTPResponse, addresses: list[str]) -> str:
    """Where a redirect leads; HostError for every other answer that is no file."""
    location = answer.headers.get("Location", "")
    if answer.status in _MOVED and location:
        if len(addresses) > _HOPS:
            raise HostError(addresses[0], f"it redirects more than {_HOPS} times.", _OTHER)
        return urljoin(addresses[-1], location)
    if answer.status in _TRANSIENT:
        raise BrokenOffError(addresses[-1], f"its server answers with the error {answer.status}.", LATER)
    cure = "Open the address in a browser. If that shows it, the old host may keep programs out: ask it."
    raise HostError(addresses[-1], f"its server answers with the error {answer.status}.", cure)


def _blocks(answer: BaseHTTPResponse, address: str, most: int) -> Iterator[bytes]:
    """What arrives, within the limits of size and time; a server that trickles is left."""
    arrived, began = 0, time.monotonic()
    while block := answer.read1(_BLOCK, decode_content=False):
        arrived += len(block)
        if arrived > most:
            raise _too_large(address, most)
        if time.monotonic() - began > 60 + arrived / _SLOWEST:
            raise HostError(address, "its server sends too slowly.", LATER)
        yield block


def _unpacked(blocks: Iterator[bytes], answer: BaseHTTPResponse, address: str, most: int) -> Iterator[bytes]:
    """The content of what was compressed for the way. A few bytes may stand for gigabytes, so it is counted again."""
    coding = answer.headers.get("Content-Encoding", "identity").lower()
    if coding == "identity":
        yield from blocks
        return
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise HostError(address, "its server compresses it in a way that was not asked for.", _OTHER)
    reader, made = zlib.decompressobj(zlib.MAX_WBITS | 32), 0
    try:
        for block in blocks:
            while block:
                yield (piece := reader.decompress(block, _BLOCK))
                made += len(piece)
                if made > most:
                    raise _too_large(address, most)
                block = reader.unconsumed_tail
        yield reader.flush()
    except zlib.error as error:
        raise HostError(address, "what it sends says that it is compressed, and is not.", _OTHER) from error
    if not reader.eof:
        raise BrokenOffError(address, "it breaks the connection off.", LATER)


def _too_large(address: str, most: int) -> HostError:
    return HostError(address, f"it is larger than {most / 1e6:,.0f} MB, so it was not fetched.", _OTHER)
