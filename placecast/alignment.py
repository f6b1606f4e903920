"""Which words of one text are words of another: the written form of words, and the longest run of pairs in order.

Knows nothing of times or transcripts; `realign` gives words times with it, `merging` and `importing` compare texts.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence

_MOST = 100  # places where a word is looked for: "the" is everywhere in two long texts without times

Pair = tuple[int, int]
_Chain = tuple[int, int, "_Chain | None"]

# Thai to Myanmar, Khmer, kana and Chinese characters are written without spaces: there each character counts as a word.
UNSPACED = (
    "\u0e00-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_PIECE = re.compile(rf"\s*(?:[{UNSPACED}]|[^\s{UNSPACED}]+)|\s+")
_LEADS = re.compile(rf"[\s{UNSPACED}]")
_MARKS = re.compile(r"[\W_]+")


def written(text: str) -> list[str]:
    """The words as they are written, with the space before them: joined, they are the text.

    What is no word by itself, such as a dash, belongs to the word before it.
    """
    words: list[str] = []
    for piece in _PIECE.findall(text):
        if words and not (normal(piece) and normal(words[-1])):
            words[-1] += piece
        else:
            words.append(piece)
    return words


def normal(word: str) -> str:
    """What two spellings of a word have in common: no capitals, no punctuation."""
    return _MARKS.sub("", word).casefold()


def pairs(ours: Sequence[str], theirs: Sequence[str], windows: Sequence[tuple[int, int]]) -> list[Pair]:
    """The most pairs of equal words, in order: `ours[i]` may meet those of theirs in `range(*windows[i])`."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for j, word in enumerate(theirs):
        places[word].append(j)
    # Hunt and Szymanski: the chain of n pairs that ends earliest, for each n.
    ends: list[int] = []
    chains: list[_Chain] = []
    for i, (word, (low, high)) in enumerate(zip(ours, windows, strict=True)):
        for j in reversed(_candidates(places.get(word, []), low, high, i / len(ours))):
            at = bisect_left(ends, j)
            chain = (i, j, chains[at - 1] if at else None)
            ends[at : at + 1], chains[at : at + 1] = [j], [chain]
    return _closed_up(_unwound(chains[-1] if chains else None), ours, theirs, windows)


def _candidates(places: Sequence[int], low: int, high: int, share: float) -> Sequence[int]:
    """The places from low to high; of very many, those nearest to where a word this far into the text is expected."""
    first, last = bisect_left(places, low), bisect_left(places, high)
    if last - first > _MOST:
        middle = bisect_left(places, low + (high - low) * share)
        first = min(max(first, middle - _MOST // 2), last - _MOST)
        last = first + _MOST
    return places[first:last]


def holes(found: Sequence[Pair], ours: int, theirs: int) -> list[tuple[int, int]]:
    """For each of our words, which of theirs are left for it between the pairs found; none where it has its pair."""
    windows: list[tuple[int, int]] = []
    low = 0
    for i, j in [*found, (ours, theirs)]:
        windows += [(low, j)] * (i - len(windows))
        windows += [(j, j)] * (i < ours)
        low = j + 1
    return windows


def _unwound(chain: _Chain | None) -> list[Pair]:
    found: list[Pair] = []
    while chain:
        i, j, chain = chain
        found.append((i, j))
    return found[::-1]


def _closed_up(
    found: list[Pair], ours: Sequence[str], theirs: Sequence[str], windows: Sequence[tuple[int, int]]
) -> list[Pair]:
    """The same number of pairs in fewer runs: of two equal words, the one beside the words that follow."""
    start = len(found)
    while start:
        stop, start = start, start - 1
        while start and found[start - 1] == (found[start][0] - 1, found[start][1] - 1):
            start -= 1
        if stop == len(found) or found[stop][0] != found[stop - 1][0] + 1:
            continue
        shift = found[stop][1] - found[stop - 1][1] - 1
        moved = [(i, j + shift) for i, j in found[start:stop]]
        if all(ours[i] == theirs[j] and j < windows[i][1] for i, j in moved):
            found[start:stop] = moved
    return found


def spaced(word: str) -> str:
    """The word with a space before it, where its script has spaces."""
    return word if _LEADS.match(word) else f" {word}"
