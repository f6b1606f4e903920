"""Downloads, from the sums of all batches: one for a listener, an episode and a day in which enough was sent.

What is held in memory is four numbers for each listener, episode and day: about 30 MB for a million.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from placecast.audience.rules import BUSY
from placecast.audience.tally import Cell, Tally

_PENDING = 2_000_000  # sums that wait before they are put together
_ODD = np.uint64(0x9E3779B97F4A7C15)  # times this, small numbers are spread over 64 bits and stay apart

Numbers = NDArray[np.uint64]
_Group = tuple[date, str, str, str, str]  # day, episode, app, its kind, country


@dataclass(frozen=True, kw_only=True, slots=True)  # there are hundreds of thousands
class Downloads:
    """How often an episode was downloaded on a day with an app, from a country ("" where nobody asked)."""

    day: date
    episode: str
    app: str
    kind: str
    country: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What logs tell. `requests`: those for sound that were looked at, by day; `left`: what was left out, by reason."""

    downloads: tuple[Downloads, ...]
    requests: Counter[date]
    left: Counter[str]
    strange: tuple[str, ...] = ()


def count(tallies: Iterable[Tally]) -> Counted:
    """The downloads of every day that the batches tell of."""
    sums, requests, left, strange = _Sums(), Counter[date](), Counter[str](), list[str]()
    for each in tallies:
        sums.add(each)
        for cell, number in zip(each.cells, each.requests, strict=True):
            requests[cell.day] += number
        left += each.left
        strange += each.strange
    counted, dropped = sums.downloads()
    return Counted(downloads=counted, requests=requests, left=left + dropped, strange=tuple(strange))


class _Sums:
    """The sums so far: columns of listener, address, cell and bytes, put together whenever many wait."""

    def __init__(self) -> None:
        self.cells: dict[Cell, int] = {}
        self.columns: list[Numbers] = [np.empty(0, np.uint64)] * 4
        self.waiting: list[list[Numbers]] = []
        self.count = 0

    def add(self, made: Tally) -> None:
        numbers = np.array([self.cells.setdefault(each, len(self.cells)) for each in made.cells], np.uint64)
        cell = numbers[_column(made.cell).astype(np.int64)] if made.cell else np.empty(0, np.uint64)
        self.waiting.append([_column(made.listener), _column(made.address), cell, _column(made.sent)])
        self.count += len(cell)
        if self.count > _PENDING:
            self.settle()

    def settle(self) -> None:
        """One sum for each listener and cell."""
        listener, address, cell, sent = map(np.concatenate, zip(self.columns, *self.waiting, strict=True))
        first, order = _firsts(listener ^ cell * _ODD)
        total = np.add.reduceat(sent[order], first) if len(first) else sent
        kept = order[first]
        self.columns = [listener[kept], address[kept], cell[kept], total]
        self.waiting, self.count = [], 0

    def downloads(self) -> tuple[tuple[Downloads, ...], Counter[str]]:
        """What is a download, and how many sums are none, by reason."""
        self.settle()
        listener, address, cell, sent = self.columns
        cells = list(self.cells)
        enough = np.array([each.enough for each in cells], np.uint64)
        long = sent >= enough[cell.astype(np.int64)]
        groups, of_cell = _groups(cells)
        group = of_cell[cell[long].astype(np.int64)]
        # The same episode in two files, or in two versions, is one download.
        first, order = _firsts(listener[long] ^ group * _ODD)
        once = order[first]
        group, address = group[once], address[long][once]
        calm = ~_busy(address)
        counts = np.bincount(group[calm].astype(np.int64), minlength=len(groups))
        dropped = Counter(short=int((~long).sum()), busy=int((~calm).sum()))
        return tuple(_told(each, int(n)) for each, n in zip(groups, counts, strict=True) if n), +dropped


def _told(group: _Group, count: int) -> Downloads:
    day, episode, app, kind, country = group
    return Downloads(day=day, episode=episode, app=app, kind=kind, country=country, count=count)


def _groups(cells: Sequence[Cell]) -> tuple[list[_Group], Numbers]:
    """What downloads are told by, and the number of its group for each cell."""
    found: dict[_Group, int] = {}
    keys = ((each.day, each.episode, each.app, each.kind, each.country) for each in cells)
    numbers = np.array([found.setdefault(key, len(found)) for key in keys], np.uint64)
    return list(found), numbers


def _busy(address: Numbers) -> NDArray[np.bool_]:
    """Which downloads come from addresses that have more than a household makes on one day; 0 is never such a one.

    The salt is the day's, so that an address has another number every day.
    """
    _, at, counts = np.unique(address, return_inverse=True, return_counts=True)
    found: NDArray[np.bool_] = (counts[at] > BUSY) & (address != 0)
    return found


def _firsts(key: Numbers) -> tuple[NDArray[Any], NDArray[Any]]:
    """Where each key begins in the order of keys, and that order."""
    order = np.argsort(key, kind="stable")
    ranked = key[order]
    return np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]]) if len(key) else np.empty(0, np.int64), order


def _column(numbers: Any) -> Numbers:
    return np.frombuffer(numbers, np.uint64) if numbers else np.empty(0, np.uint64)
