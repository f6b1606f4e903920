"""Where which terms are said, as bytes that a browser reads: shards of a few kilobytes, by the hash of the term.

A shard holds its terms in order, each as: how many bytes it shares with the one before, how many follow, those bytes;
how many bytes of postings follow, those bytes. Postings are, for each episode that has the term: how many episodes
further on it is than the last one, then for each place: how many passages it is further on than the last one, in the
next three bits a hash of the word that follows the term, and in the lowest whether another place in this episode is
told. All numbers are LEB128, as in WebAssembly's binary format (section 5.2.2).

The three bits tell seven of eight places where words are only near each other from those where they are said side by
side, for a tenth of what the positions of all words would need.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

_PRIME, _BASIS, _MASK = 0x01000193, 0x811C9DC5, 0xFFFFFFFF  # FNV-1a, 32 bits
HINT = 3  # bits
_FINENESS = 2  # found by trying: a query of four words then costs about as much as the text that it finds


def number(value: int) -> bytes:
    """A number in as few bytes as it needs, seven bits each, the lowest first."""
    if value < 0x80:
        return _SMALL[value]
    made = bytearray()
    while value > 0x7F:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    made.append(value)
    return bytes(made)


_SMALL = [bytes([value]) for value in range(0x80)]


def place(passage: int, following: str) -> int:
    """A passage and what follows the term there, as one number. It is the order of places, too."""
    return passage << HINT | _hint(following)


@lru_cache(maxsize=200_000)
def _hint(following: str) -> int:
    return hash_of(following) & ((1 << HINT) - 1)


def local(places: Sequence[int]) -> bytes:
    """The places of one episode where a term is said."""
    made, before, last = bytearray(), 0, places[-1]
    for each in places:
        value = (each - before) << 1 | (each != last)
        while value > 0x7F:  # `number`, without the cost of calling it
            made.append(value & 0x7F | 0x80)
            value >>= 7
        made.append(value)
        before = each >> HINT << HINT
    return bytes(made)


class Run(NamedTuple):
    """The postings of a term in some episodes, counted from 0, but for the number of the first one that has it."""

    first: int
    last: int
    places: bytes


class Joined:
    """The postings of every term in episodes that are added one after the other, counted from 0."""

    def __init__(self) -> None:
        self._places: dict[str, bytearray] = {}
        self._first: dict[str, int] = {}
        self._last: dict[str, int] = {}
        self._count = 0

    def add(self, runs: Mapping[str, Run], count: int = 1) -> None:
        """So many episodes more, with the terms that they have."""
        before, places, last = self._count, self._places, self._last
        for term, (first, end, found) in runs.items():
            if term in places:
                places[term] += number(before + first - last[term]) + found
            else:
                places[term], self._first[term] = bytearray(found), before + first
            last[term] = before + end
        self._count += count

    @property
    def runs(self) -> dict[str, Run]:
        """What all these episodes have, to be added to others."""
        return {term: Run(self._first[term], self._last[term], bytes(found)) for term, found in self._places.items()}

    @property
    def terms(self) -> dict[str, bytes]:
        """The postings, as a shard has them."""
        return {term: number(self._first[term]) + found for term, found in self._places.items()}


def shard_count(size: int) -> int:
    """Among how many shards so many bytes are shared out: a power of two that grows with the root of the size."""
    return int(2 ** max(0, round(math.log2(math.sqrt(max(size, 1)) / _FINENESS))))


def shards(postings: Mapping[str, bytes]) -> list[bytes]:
    """The postings shared out by the hash of their terms; none where there is nothing to share out."""
    if not postings:
        return []
    count = shard_count(sum(map(len, postings.values())))
    made: list[list[str]] = [[] for _ in range(count)]
    for term in postings:
        made[hash_of(term) & (count - 1)].append(term)
    return [_shard(sorted(terms, key=str.encode), postings) for terms in made]


def hash_of(term: str) -> int:
    """FNV-1a in 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/."""
    value = _BASIS
    for byte in term.encode():
        value = ((value ^ byte) * _PRIME) & _MASK
    return value


def _shard(terms: Sequence[str], postings: Mapping[str, bytes]) -> bytes:
    made, before = [], b""
    for term in terms:
        name, found = term.encode(), postings[term]
        shared = _shared(before, name)
        made += [number(shared), number(len(name) - shared), name[shared:], number(len(found)), found]
        before = name
    return b"".join(made)


def _shared(one: bytes, two: bytes) -> int:
    """How many bytes two names begin with alike."""
    for at, (left, right) in enumerate(zip(one, two, strict=False)):
        if left != right:
            return at
    return min(len(one), len(two))


def read(shard: bytes) -> dict[str, list[tuple[int, list[int]]]]:
    """What a shard says: of each term, the episodes and the places in them. Search in the browser reads it likewise."""
    numbers = _Numbers(shard)
    found: dict[str, list[tuple[int, list[int]]]] = {}
    name = b""
    while not numbers.ended:
        name = name[: next(numbers)] + numbers.bytes(next(numbers))
        found[name.decode()] = list(_episodes(_Numbers(numbers.bytes(next(numbers)))))
    return found


def _episodes(numbers: _Numbers) -> Iterator[tuple[int, list[int]]]:
    episode = 0
    while not numbers.ended:
        episode += next(numbers)
        passage, places, more = 0, [], 1
        while more:
            value = next(numbers)
            found, more = (passage << HINT) + (value >> 1), value & 1
            places.append(found)
            passage = found >> HINT
        yield episode, places


class _Numbers:
    """The numbers of a shard, one after the other."""

    def __init__(self, content: bytes) -> None:
        self._content, self._at = content, 0

    @property
    def ended(self) -> bool:
        return self._at >= len(self._content)

    def bytes(self, count: int) -> bytes:
        self._at += count
        return self._content[self._at - count : self._at]

    def __next__(self) -> int:
        value = shift = 0
        while True:
            byte = self._content[self._at]
            self._at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7
