"""Words with times, cut into captions that fit a screen: where people would end them, and as long as they are spoken.

Two lines of 42 characters, 0.8 to 7 seconds: https://podcasting2.org/docs/podcast-namespace/tags/transcript wants lines
of about 32 characters, and 42 is what broadcasters take.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, chain, pairwise
from typing import NamedTuple
from unicodedata import east_asian_width

from placecast.model import Cue, Word

LINE = 42  # characters
_SHORTEST, _LONGEST = 0.8, 7.0  # seconds on the screen
_LEAST = 0.01  # seconds, where the words leave no time at all
_PAUSE = 2.0  # seconds after which a new caption begins, whatever the sentence

# What it costs to end a line or a caption at a place. People read on best at the end of a thought.
_AT_SENTENCE, _AT_CLAUSE, _AT_COMMA, _AT_CONJUNCTION, _AT_SMALL_WORD = 0, 0.5, 1, 2, 3
_ANYWHERE, _AFTER_SMALL_WORD, _IN_NAME = 4, 6, 30
# What else a caption costs: that there is one more, a sentence that ends within it, little text, too little time.
_ONE_MORE, _ENDED_WITHIN, _UNEVEN, _ORPHAN, _TOO_SHORT = 1.0, 1.5, 2.0, 6.0, 8.0
_ENDED = _ONE_MORE + _AT_SENTENCE
_CROOKED = 0.15  # for each character that one line of a caption is longer than the other
_FEW = 16  # characters that should not stand alone
_COMMAS, _STOPS = tuple(",、–—"), tuple(".;:?!…。！？")

# English, where a line reads best when it ends before the one and not after the other; other languages go by commas.
_CONJUNCTIONS = """and but or nor so yet because that which who whom whose when while where if as than though although
since until unless whether"""
_SMALL = """a an the of to in on at by for from with into about as and or but my our your his her its their this that
these those is are was were be i we you he she it they very no not dr mr mrs ms prof"""
_JOINING, _LEADING = frozenset(_CONJUNCTIONS.split()), frozenset(_SMALL.split())

# What it costs that so much text stands alone; a whole sentence may be short.
_SENTENCE = [_UNEVEN * (1 - width / (2 * LINE)) ** 2 for width in range(2 * LINE + 2)]
_PART = [cost + (_ORPHAN if width < _FEW else 0) for width, cost in enumerate(_SENTENCE)]


class _Piece(NamedTuple):
    """A word, or a part of one that is longer than a line, and what it costs to end a line after it."""

    text: str
    start: float
    end: float
    cost: float


class _Passage(NamedTuple):
    """What one person says without a long pause.

    `widths` adds up; `margins`: what does not count of it in a line that begins there; `fits`: where it must end.
    """

    pieces: Sequence[_Piece]
    widths: Sequence[int]
    margins: Sequence[int]
    fits: Sequence[int]
    until: float  # when the next passage begins

    def next_start(self, number: int) -> float:
        return self.pieces[number].start if number < len(self.pieces) else self.until


def cut(turns: Sequence[tuple[str, Sequence[Sequence[Word]]]]) -> list[Cue]:
    """The captions of what is said, turn by turn: a name (or ""), and the words of each sentence.

    In order, none overlapping another.
    """
    parts = [part for name, sentences in turns for part in _parts(_pieces(name, sentences))]
    starts = [part[0].start for part in parts]
    clock, made = 0.0, []
    for part, until in zip(parts, [*starts, float("inf")][1:], strict=True):
        passage = _passage(part, until)
        for first, last in pairwise(_cuts(passage)):
            start = max(part[first].start, clock)
            longest = min(max(part[last - 1].end, start + _SHORTEST), start + _LONGEST, passage.next_start(last))
            clock = max(longest, start + _LEAST)
            made.append(Cue(start=start, end=clock, text=_lines(passage, first, last)))
    return made


def _pieces(name: str, sentences: Sequence[Sequence[Word]]) -> list[_Piece]:
    """What is shown of a turn, word by word; the name has no time of its own."""
    made: list[_Piece] = []
    first = next((word for words in sentences for word in words), None)
    if name and first:
        shown = [Word(start=first.start, end=first.start, text=part, probability=1) for part in f"{name}:".split()]
        made += [piece for word in shown for piece in _fitting(f" {word.text}", word, _IN_NAME)]
    for words in filter(None, sentences):
        texts = [word.text for word in words]
        found = map(_costs, texts)
        costs = [before if after is None else after for (after, _), (_, before) in pairwise(found)] + [_AT_SENTENCE]
        texts[0] = f" {texts[0]}"
        if max(map(len, texts)) <= LINE and "".join(texts).isascii():  # nearly always
            made += map(_Piece, texts, [word.start for word in words], [word.end for word in words], costs)
        else:
            made += chain.from_iterable(map(_fitting, texts, words, costs))
    return made


@lru_cache(maxsize=1 << 14)
def _costs(text: str) -> tuple[float | None, float]:
    """What it costs to end a line after this word, unless the next one decides that; and what it says before itself."""
    bare, mark = _bare(text), text.rstrip("\"'”’»)]")[-1:]
    before = _AT_CONJUNCTION if bare in _JOINING else _AT_SMALL_WORD if bare in _LEADING else _ANYWHERE
    if mark in _COMMAS:
        return _AT_COMMA, before
    if mark in _STOPS and bare not in _LEADING:
        return _AT_CLAUSE, before
    return _AFTER_SMALL_WORD if bare in _LEADING else None, before


def _bare(text: str) -> str:
    return text.strip(" \"'“”‘’«»()[],.;:?!…").lower()


def _fitting(text: str, word: Word, cost: float) -> Iterator[_Piece]:
    """The text of a word in pieces that fit a line, its time shared out: nearly always one."""
    if _width(text.lstrip()) <= LINE:
        yield _Piece(text, word.start, word.end, cost)
        return
    step = LINE // 2  # wide characters count twice
    places = range(0, len(text), step)
    moments = [word.start + (word.end - word.start) * place / len(text) for place in (*places, len(text))]
    for place, (start, end) in zip(places, pairwise(moments), strict=True):
        yield _Piece(text[place : place + step], start, end, _ANYWHERE)


def _width(text: str) -> int:
    """Places on a line: Chinese and Japanese characters take two."""
    return len(text) if text.isascii() else len(text) + sum(east_asian_width(character) in "WF" for character in text)


def _parts(pieces: Sequence[_Piece]) -> Iterator[Sequence[_Piece]]:
    """What is said without a long pause."""
    pauses = [number for number, (one, two) in enumerate(pairwise(pieces), 1) if two.start - one.end >= _PAUSE]
    return (pieces[first:last] for first, last in pairwise([0, *pauses, len(pieces)]) if first < last)


def _passage(pieces: Sequence[_Piece], until: float) -> _Passage:
    texts = [piece.text for piece in pieces]
    widths = list(accumulate(map(len if "".join(texts).isascii() else _width, texts), initial=0))
    margins = [width + text[:1].isspace() for width, text in zip(widths, texts, strict=False)]
    fits = [bisect_right(widths, margin + LINE) - 1 for margin in margins]
    return _Passage(pieces, widths, [*margins, widths[-1]], [*fits, len(pieces)], until)


def _cuts(passage: _Passage) -> list[int]:
    """Where the captions begin and end, at the least cost."""
    ways = _Ways(passage)
    # Places in this sentence where a caption may begin at less than at any later one. As far as a caption from there
    # may reach, one that begins later is never the better way: it says less for more.
    cheaper: list[tuple[float, int]] = []
    for first in range(len(passage.pieces)):
        least = ways.least[first]
        if ways.begins[first]:
            cheaper.clear()
        while cheaper and cheaper[-1][0] > least:
            cheaper.pop()
        known, stop = cheaper[-1][1] if cheaper else first, ways.reach(first)
        cheaper.append((least, stop))
        if known < stop:
            ways.see(first, known, stop)
    return ways.cheapest()


class _Ways:
    """The cheapest way to each place of a passage that is known so far: what it costs, and where it comes from."""

    def __init__(self, passage: _Passage) -> None:
        count = len(passage.pieces)
        self.least, self._before = [0.0, *[float("inf")] * count], [0] * (count + 1)
        self._passage = passage
        self._ends = list(accumulate((piece.end for piece in passage.pieces), max))
        self._costs = [_ONE_MORE + piece.cost for piece in passage.pieces]
        ended = [cost == _ENDED for cost in self._costs]
        self.begins = [True, *ended]
        self._ended = list(accumulate(ended, initial=0))

    def reach(self, first: int) -> int:
        """Where a caption that begins here must end: what fits the screen, and is not shown too long."""
        start, ends = self._passage.pieces[first].start, self._ends
        stop = self._passage.fits[self._passage.fits[first]]
        while ends[stop - 1] - start > _LONGEST and stop > first + 1:
            stop -= 1
        return stop

    def see(self, first: int, known: int, stop: int) -> None:
        """See where a caption that begins here may end between these places, and where that costs less than before."""
        (pieces, widths, margins, _, _), costs, least = self._passage, self._costs, self.least
        sofar, margin, whole = least[first], margins[first], self.begins[first]
        ended = self._ended[first]
        for last in range(known + 1, stop + 1):
            cost, within = costs[last - 1], _ENDED_WITHIN * (self._ended[last - 1] - ended)
            if whole and cost == _ENDED:
                cost = cost + within + _SENTENCE[widths[last] - margin]
            else:
                cost = cost + within * 3 + _PART[widths[last] - margin]
            if sofar + cost < least[last]:  # or the rest need not be known
                start = pieces[first].start
                if self._ends[last - 1] - start < _SHORTEST:
                    cost += _TOO_SHORT * max(0.0, 1 - (self._passage.next_start(last) - start) / _SHORTEST)
                if sofar + cost < least[last]:
                    least[last], self._before[last] = sofar + cost, first

    def cheapest(self) -> list[int]:
        """The places where the captions begin and end on the cheapest way to the end."""
        cuts = [len(self._before) - 1]
        while cuts[-1]:
            cuts.append(self._before[cuts[-1]])
        return cuts[::-1]


def _lines(passage: _Passage, first: int, last: int) -> str:
    """The text of a caption on one line, or on two that are about as long as each other."""
    pieces, widths, margins, _, _ = passage
    end = last
    if widths[last] - margins[first] > LINE:
        feasible = [at for at in range(first + 1, passage.fits[first] + 1) if widths[last] - margins[at] <= LINE]
        whole = widths[last] + margins[first]
        costs = [pieces[at - 1].cost + _CROOKED * abs(widths[at] + margins[at] - whole) for at in feasible]
        end = feasible[costs.index(min(costs))]
    lines = (pieces[first:end], pieces[end:last])
    texts = ["".join([piece.text for piece in line]).strip() for line in lines if line]
    # SubRip has no escapes: an arrow in the text would be taken for a line of times.
    return "\n".join([re.sub("-{2,}>", "->", text) if "->" in text else text for text in texts])
