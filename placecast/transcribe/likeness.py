"""Voices sorted by likeness, and whether the outcome can be believed. Arithmetic on directions; no sound, no model.

How alike two directions are is their cosine. The bounds were measured on pairs of readers, on readings by one, on an
interview of synthetic voices, and on mixtures of two voices: benchmarks/speakers.py shows the figures again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Numbers = NDArray[np.intp]

_SORTED = 1000  # directions that are merged pair by pair; all others join the nearest group
_LEAST = 4  # directions that make a person: some four seconds
_LEAST_SHARE = 0.01
_STRAY = 12  # small groups that are put aside, such as laughter, before the search for large ones is given up
_ALIKE = 0.75  # cosine of two groups: two people had 0.69 at most, two halves of one person 0.79 at least
_MIXED = 0.1  # a direction that is not nearer to its group than this is between two: nobody's who speaks alone
_MIXED_SHARE = 0.1  # none in clean turns; as many when two people talk at once for an eighth of the time, about
_ROUNDS = 5


@dataclass(frozen=True, kw_only=True)
class Groups:
    """The middle of each group, a row of length 1; and why the groups should not be believed, or nothing."""

    centres: Array
    doubt: str


def group(directions: Array, count: int) -> Groups:
    """The directions in this many groups, or in fewer when there are not as many."""
    if len(directions) < _LEAST * count:
        return Groups(centres=_some(directions, count), doubt="there is too little speech to tell voices apart")
    seeds = _Seeds(directions)
    centres, found = seeds.centres(count)
    centres = _settled(directions, centres)
    if not found:
        doubt = f"one of the {count} voices is hardly heard, or there are fewer"
    elif _more(directions, seeds, count):
        doubt = f"there seem to be more voices than {count}"
    elif _alikeness(centres) > _ALIKE:
        doubt = f"{count} voices cannot be told apart: there may be fewer, or they talk at the same time"
    elif _mixed(directions, centres) > _MIXED_SHARE:
        doubt = "people often talk at the same time, or it is not clear who speaks"
    else:
        doubt = ""
    return Groups(centres=centres, doubt=doubt)


class _Seeds:
    """Some of the directions, merged pair by pair with the most alike first; by the mean of all their likenesses."""

    def __init__(self, directions: Array) -> None:
        step = -(-len(directions) // _SORTED)
        self._directions = directions[::step]
        self._merges = list(_merges(self._directions))

    def centres(self, count: int) -> tuple[Array, bool]:
        """The middles of the largest groups, and whether each of them is large enough for a person."""
        least = max(_LEAST, _LEAST_SHARE * len(self._directions))
        for groups in range(count, min(count + _STRAY, len(self._directions)) + 1):
            labels = self._cut(groups)
            numbers, sizes = np.unique(labels, return_counts=True)
            largest = np.argsort(-sizes, kind="stable")[:count]
            if sizes[largest].min() >= least:
                return _middles(self._directions, labels, numbers[largest]), True
        labels = self._cut(count)
        return _middles(self._directions, labels, np.unique(labels)), False

    def _cut(self, groups: int) -> Numbers:
        labels = np.arange(len(self._directions))
        for into, gone in self._merges[: len(labels) - groups]:
            labels[labels == gone] = into
        return labels


def _merges(directions: Array) -> Iterator[tuple[int, int]]:
    """Which two groups become one, step by step; the group keeps the first number of the two."""
    apart = 1 - directions @ directions.T
    np.fill_diagonal(apart, np.inf)
    sizes = np.ones(len(directions), np.float32)
    for _ in range(len(directions) - 1):
        into, gone = sorted(divmod(int(apart.argmin()), len(directions)))
        both = sizes[into] + sizes[gone]
        apart[into] = (sizes[into] * apart[into] + sizes[gone] * apart[gone]) / both
        apart[:, into] = apart[into]
        apart[into, into] = np.inf
        apart[gone] = apart[:, gone] = np.inf
        sizes[into] = both
        yield into, gone


def _settled(directions: Array, centres: Array) -> Array:
    """The middles when every direction has joined the nearest one."""
    for _ in range(_ROUNDS):
        labels = (directions @ centres.T).argmax(axis=1)
        joined = np.unique(labels)
        centres[joined] = _middles(directions, labels, joined)
    return centres


def _middles(directions: Array, labels: Numbers, numbers: Numbers) -> Array:
    sums = np.stack([directions[labels == number].sum(axis=0) for number in numbers])
    middles: Array = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    return middles


def _some(directions: Array, count: int) -> Array:
    return directions[:: -(-len(directions) // count)] if len(directions) else directions


def _alikeness(centres: Array) -> float:
    """How alike the two most alike of them are."""
    return float(np.triu(centres @ centres.T, 1).max())


def _mixed(directions: Array, centres: Array) -> float:
    """The share of directions that lie between two groups."""
    if len(centres) < 2:
        return 0.0
    best = np.sort(directions @ centres.T, axis=1)
    return float(np.mean(best[:, -1] - best[:, -2] < _MIXED))


def _more(directions: Array, seeds: _Seeds, count: int) -> bool:
    centres, found = seeds.centres(count + 1)
    return found and _alikeness(_settled(directions, centres)) <= _ALIKE
