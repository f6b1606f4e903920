"""Whose networks addresses belong to: data centres by lists of the show's own, countries by a database.

An address is looked at in memory and never kept.
"""

from __future__ import annotations

import re
import socket
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Protocol

from placecast.errors import EngineError, FactsError, Fault

CENTRES = "audience/data-centres"
"""The show's folder of lists of networks from which nobody listens."""
SHARED = "audience/shared-addresses.txt"
"""The show's list of networks behind which many people listen: a campus, a council."""

# Whatever a list is written in - lines, CSV, the JSON of Amazon, Google and others - a network looks like this.
_NETWORK = re.compile(r"(?<![\w.:/])([0-9a-fA-F:]*:[0-9a-fA-F:.]*|\d+\.\d+\.\d+\.\d+)/(\d{1,3})(?![\w/])")


class Networks:
    """Networks, ready to be asked for addresses."""

    def __init__(self, found: Iterable[tuple[bytes, bytes]] = ()) -> None:
        self._starts: list[bytes] = []
        self._ends: list[bytes] = []
        for start, end in sorted(found):
            if self._ends and start <= self._ends[-1]:  # one lies in another
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def __contains__(self, address: str) -> bool:
        key = _key(address)
        at = bisect_right(self._starts, key) - 1
        return at >= 0 and key <= self._ends[at]

    def __bool__(self) -> bool:
        return bool(self._starts)


def read(path: Path | None, shown: str) -> Networks:
    """The networks that this file names, or every file of this folder; none where there is no such file."""
    if path is None:
        return Networks()
    paths = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
    return Networks(found for each in paths if each.is_file() for found in _named(each, shown))


def _named(path: Path, shown: str) -> Iterator[tuple[bytes, bytes]]:
    try:
        for network in _NETWORK.finditer(path.read_text("utf-8")):
            whole = ip_network(network[0], strict=False)
            yield _key(str(whole.network_address)), _key(str(whole.broadcast_address))
    except ValueError as error:
        what, cure = f"names a network that is none: {error}.", "Write one network a line, such as 192.0.2.0/24."
        raise FactsError([Fault(file=f"{shown}: {path.name}", what=what, cure=cure)]) from error


def _key(address: str) -> bytes:
    """Bytes that stand in the order of addresses, IPv4 before IPv6."""
    if ":" in address:
        return b"6" + socket.inet_pton(socket.AF_INET6, address)
    return b"4" + socket.inet_pton(socket.AF_INET, address)


class _Database(Protocol):
    def get(self, address: str, /) -> Any: ...


class Countries:
    """Countries of addresses, from a database in MaxMind's format, or "" of all where there is none."""

    def __init__(self, path: Path | None) -> None:
        self._database: _Database | None = _opened(path) if path else None

    def __bool__(self) -> bool:
        return self._database is not None

    def of(self, address: str) -> str:
        """Two letters of ISO 3166-1, or "" where the database does not know."""
        found = self._database.get(address) if self._database else None
        if not isinstance(found, dict):
            return ""
        # GeoLite2 and DB-IP have a table, some others two letters.
        country = found.get("country") or found.get("registered_country") or found.get("country_code") or ""
        return str(country.get("iso_code", "") if isinstance(country, dict) else country)


def _opened(path: Path) -> _Database:
    try:
        import maxminddb
    except ImportError as error:
        what, cure = "cannot be read: the library for it is not installed.", "pip install 'placecast[report]'"
        raise EngineError(str(path), what, cure) from error
    try:
        database: _Database = maxminddb.open_database(path)
    except (OSError, maxminddb.InvalidDatabaseError) as error:
        cure = "Give a database of countries in MaxMind's format (.mmdb), such as DB-IP's free one."
        raise EngineError(str(path), "cannot be read as a database of countries.", cure) from error
    return database
