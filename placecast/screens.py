"""Words with times, cut into captions that fit a screen: where people would end them, and as long as they are spoken.

Two lines of 42 characters, 0.8 to 7 seconds: https://podcasting2.org/docs/podcast-namespace/tags/transcript wants lines
of about 32 characters, and 42 is what broadcasters take.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
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
_ROUNDED = 1e-9  # sums of such costs differ by less
_CROOKED = 0.15  # for each character that one line of a caption is longer than the other
_FEW = 16  # characters that should not stand alone
_COMMAS, _STOPS = tuple(",、–—"), tuple(".;:?!…。！？")

# English, where a line reads best when it ends before the one and not after the other; other languages go by commas.
_CONJUNCTIONS = """and but or nor so yet because that which who whom whose when while where if as than though although
since until unless whether"""
_SMALL = """a an the of to in on at by for from with into about as and or but my our your his her its their this that
these those is are was were be i we you he she it they very no not dr mr mrs ms prof"""
_JOINING, _LEADING = frozenset(_CONJUNCTIONS.split()), frozenset(_SMALL.split())


@dataclass(frozen=True, kw_only=True, slots=True)
class _Piece:
    """A word, or a part of one that is longer than a line, and what it costs to end a line after it."""

    text: str
    start: float
    end: float
    cost: float


@dataclass(frozen=True, kw_only=True)
class _Passage:
    """What one person says without a long pause. `widths` adds up; `fits`: where a line that begins there must end."""

    pieces: Sequence[_Piece]
    widths: Sequence[int]
    fits: Sequence[int]
    until: float  # when the next passage begins

    def width(self, first: int, last: int) -> int:
        return self.widths[last] - self.widths[first] - self.pieces[first].text[:1].isspace()

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
    words = [word for sentence in sentences for word in sentence]
    ends = set(accumulate(map(len, sentences)))
    starts = {0, *ends}
    made: list[_Piece] = []
    if name and words:
        shown = [replace(words[0], text=f" {part}", end=words[0].start) for part in f"{name}:".split()]
        made += [piece for word in shown for piece in _fitting(word, _IN_NAME)]
    for number, (word, following) in enumerate(zip(words, [*words, None][1:], strict=True)):
        cost = _AT_SENTENCE if number + 1 in ends else _cost(word.text, following.text if following else "")
        spaced = replace(word, text=f" {word.text}") if number in starts else word
        made += _fitting(spaced, cost)
    return made


def _cost(text: str, following: str) -> float:
    """What it costs to end a line between these words of a sentence."""
    bare, mark = _bare(text), text.rstrip("\"'”’»)]")[-1:]
    if mark in _COMMAS:
        return _AT_COMMA
    if mark in _STOPS and bare not in _LEADING:
        return _AT_CLAUSE
    if bare in _LEADING:
        return _AFTER_SMALL_WORD
    if (after := _bare(following)) in _JOINING:
        return _AT_CONJUNCTION
    return _AT_SMALL_WORD if after in _LEADING else _ANYWHERE


def _bare(text: str) -> str:
    return text.strip(" \"'“”‘’«»()[],.;:?!…").lower()


def _fitting(word: Word, cost: float) -> Iterator[_Piece]:
    """The word in pieces that fit a line, its time shared out: nearly always one."""
    text = word.text
    if _width(text.lstrip()) <= LINE:
        yield _Piece(text=text, start=word.start, end=word.end, cost=cost)
        return
    step = LINE // 2  # wide characters count twice
    places = range(0, len(text), step)
    moments = [word.start + (word.end - word.start) * place / len(text) for place in (*places, len(text))]
    for place, (start, end) in zip(places, pairwise(moments), strict=True):
        yield _Piece(text=text[place : place + step], start=start, end=end, cost=_ANYWHERE)


def _width(text: str) -> int:
    """Places on a line: Chinese and Japanese characters take two."""
    return len(text) if text.isascii() else len(text) + sum(east_asian_width(character) in "WF" for character in text)


def _parts(pieces: Sequence[_Piece]) -> Iterator[Sequence[_Piece]]:
    """What is said without a long pause."""
    pauses = [number for number, (one, two) in enumerate(pairwise(pieces), 1) if two.start - one.end >= _PAUSE]
    return (pieces[first:last] for first, last in pairwise([0, *pauses, len(pieces)]) if first < last)


def _passage(pieces: Sequence[_Piece], until: float) -> _Passage:
    widths = list(accumulate((_width(piece.text) for piece in pieces), initial=0))
    rooms = [width + piece.text[:1].isspace() + LINE for width, piece in zip(widths, pieces, strict=False)]
    fits = [bisect_right(widths, room) - 1 for room in rooms]
    return _Passage(pieces=pieces, widths=widths, fits=[*fits, len(pieces)], until=until)


def _cuts(passage: _Passage) -> list[int]:
    """Where the captions begin and end, at the least cost."""
    count = len(passage.pieces)
    least, before = [0.0, *[float("inf")] * count], [0] * (count + 1)
    costs = [piece.cost for piece in passage.pieces]
    ends = [piece.end for piece in passage.pieces]
    for first in range(count):
        _try(passage, first, costs, ends, least, before)
    cuts = [count]
    while cuts[-1]:
        cuts.append(before[cuts[-1]])
    return cuts[::-1]


def _try(  # the innermost loop of a build: what it needs, looked up once
    passage: _Passage,
    first: int,
    costs: Sequence[float],
    ends: Sequence[float],
    least: list[float],
    before: list[int],
) -> None:
    """See where a caption that begins here may end, and where that costs less than what is known so far."""
    widths, start, sofar = passage.widths, passage.pieces[first].start, least[first]
    margin = widths[first] + passage.pieces[first].text[:1].isspace()
    whole = first == 0 or costs[first - 1] == _AT_SENTENCE
    within = 0.0
    for last in range(first + 1, passage.fits[passage.fits[first]] + 1):
        at, end = costs[last - 1], ends[last - 1]
        if end - start > _LONGEST and last > first + 1:
            return
        ended = at == _AT_SENTENCE
        if sofar + _ONE_MORE + at + within < least[last] + _ROUNDED:  # or the rest need not be known
            cost = _ONE_MORE + at + within * (1 if whole and ended else 3)
            cost += _look(widths[last] - margin, whole and ended)
            if end - start < _SHORTEST:
                cost += _TOO_SHORT * max(0.0, 1 - (passage.next_start(last) - start) / _SHORTEST)
            if sofar + cost < least[last]:
                least[last], before[last] = sofar + cost, first
        within += _ENDED_WITHIN * ended


def _look(width: int, sentence: bool) -> float:
    """What it costs that so much text stands alone; a whole sentence may be short."""
    return _UNEVEN * (1 - width / (2 * LINE)) ** 2 + (_ORPHAN if width < _FEW and not sentence else 0)


def _lines(passage: _Passage, first: int, last: int) -> str:
    """The text of a caption on one line, or on two that are about as long as each other."""
    end = last
    if passage.width(first, last) > LINE:
        feasible = [at for at in range(first + 1, passage.fits[first] + 1) if passage.width(at, last) <= LINE]
        end = min(feasible, key=lambda at: passage.pieces[at - 1].cost + _imbalance(passage, first, at, last))
    lines = (passage.pieces[first:end], passage.pieces[end:last])
    texts = ("".join(piece.text for piece in line).strip() for line in lines if line)
    # SubRip has no escapes: an arrow in the text would be taken for a line of times.
    return "\n".join(re.sub("-{2,}>", "->", text) for text in texts)


def _imbalance(passage: _Passage, first: int, at: int, last: int) -> float:
    return _CROOKED * abs(passage.width(first, at) - passage.width(at, last))
