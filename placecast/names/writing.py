"""Words written right: known wrong forms replaced, and names that are right but for spaces, hyphens and capitals.

A stretch is replaced as a whole or not at all, and keeps its times, its punctuation and its possessive 's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from placecast.model import Names, Word
from placecast.names.likeness import Span, letters, spans, written

_DRESS = re.compile(r"(?P<before>[^\w]*)(?P<inner>.*?)(?P<after>(?:(?<=\w)['’][sS]|(?<=[sS])['’])?[^\w]*)", re.DOTALL)
_BREAK = re.compile(r"[,;:.?!…—()\"“”][)\"”'’]*$")


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What was heard and is written otherwise now: the stretch, what was heard, and the name that is written."""

    start: float
    end: float
    heard: str
    name: str


class _Change(NamedTuple):
    first: int
    last: int
    name: str


def correct(words: Sequence[Word], names: Names) -> tuple[tuple[Word, ...], tuple[Correction, ...]]:
    """The words with every known wrong form written right, their times kept, and what was changed."""
    corrected: tuple[Word, ...] = tuple(words)
    corrections: list[Correction] = []
    # A name that is right now may be the beginning of a longer one: on until nothing changes.
    while changes := tuple(_changes([word.text for word in corrected], names)):
        corrections += (_correction(corrected[change.first : change.last], change.name) for change in changes)
        corrected = tuple(_changed(corrected, changes))
    return corrected, tuple(sorted(corrections, key=lambda each: each.start))


def _correction(heard: Sequence[Word], name: str) -> Correction:
    text = written([word.text for word in heard])
    return Correction(start=heard[0].start, end=heard[-1].end, heard=text, name=name)


def _changed(words: Sequence[Word], changes: Sequence[_Change]) -> Iterator[Word]:
    done = 0
    for change in changes:
        yield from words[done : change.first]
        yield from rewritten(words[change.first : change.last], change.name)
        done = change.last
    yield from words[done:]


def rewritten(words: Sequence[Word], name: str) -> tuple[Word, ...]:
    """The name in place of these words: in their time, in their punctuation, believed as far as the least of them."""
    parts = name.split()
    before, after = _dress("".join(word.text for word in words))
    texts = [f" {part}" for part in parts]
    texts[0] = before + parts[0]
    texts[-1] += after
    least = min(word.probability for word in words)
    times = _times(words, parts)
    return tuple(
        Word(start=start, end=end, text=text, probability=least)
        for text, (start, end) in zip(texts, times, strict=True)
    )


def _dress(text: str) -> tuple[str, str]:
    """The space and punctuation before a text, and the possessive 's and punctuation after it."""
    found = _DRESS.fullmatch(text)
    return (found["before"], found["after"]) if found else ("", "")


def _times(words: Sequence[Word], parts: Sequence[str]) -> Iterator[tuple[float, float]]:
    """A time for each part: that of its word, or else a share of the whole by its letters."""
    if len(words) == len(parts):
        yield from ((word.start, word.end) for word in words)
        return
    start, length = words[0].start, words[-1].end - words[0].start
    total, done = sum(map(len, parts)), 0
    for part in parts:
        begin, done = start + length * done / total, done + len(part)
        yield round(begin, 3), round(start + length * done / total, 3)


def _changes(texts: Sequence[str], names: Names) -> Iterator[_Change]:
    """What to write otherwise, from left to right, the longest form first; a name that is right is left as it is."""
    table = _table(names)
    found = [change for span in _whole(texts, table.longest) if (change := _change(texts, span, table))]
    right = [each for each in found if not each.name]
    done = 0
    for change in sorted(found, key=lambda each: (each.first, -each.last)):
        if change.name and change.first >= done and not any(_spoils(change, each) for each in right):
            yield change
            done = change.last


def _spoils(change: _Change, right: _Change) -> bool:
    """Whether a name that is right would lose words: a wrong form may be longer than an alias, and hold it."""
    holds = change.first <= right.first and right.last <= change.last
    return not holds and change.first < right.last and right.first < change.last


class _Table(NamedTuple):
    right: frozenset[str]  # names and aliases, as they are written
    wrong: Mapping[str, str]  # the letters of a wrong form: the name
    same: Mapping[str, str]  # the letters of a name or alias: itself
    longest: int  # words


@lru_cache(maxsize=8)
def _table(names: Names) -> _Table:
    written_so = [text for entry in names.entries for text in (entry.name, *entry.aliases)]
    wrong = {letters(form): entry.name for entry in names.entries for form in entry.wrong}
    same = {letters(text): text for text in reversed(written_so)}
    forms = [*written_so, *(form for entry in names.entries for form in entry.wrong)]
    longest = max((len(re.split(r"[\s-]+", form)) for form in forms), default=0)
    return _Table(frozenset(written_so), wrong, same, longest + 1)


def _whole(texts: Sequence[str], longest: int) -> Iterator[Span]:
    """Stretches of whole words without a pause that is written: engines give "City" and "-Redi" as two."""
    for span in spans(texts, longest):
        inner = texts[span.first : span.last - 1]
        apart = span.last == len(texts) or texts[span.last][:1].isspace()
        if (span.first == 0 or texts[span.first][:1].isspace()) and apart and not any(map(_BREAK.search, inner)):
            yield span


def _change(texts: Sequence[str], span: Span, table: _Table) -> _Change | None:
    """What the stretch becomes; a change to nothing where it is a right name already."""
    heard = written(texts[span.first : span.last])
    if heard in table.right:
        return _Change(span.first, span.last, "")
    name = table.wrong.get(span.letters)
    same = table.same.get(span.letters)
    if name is None and same and (span.named or _hyphens(heard) == _hyphens(same) > ()):
        name = same
    return _Change(span.first, span.last, name) if name else None


def _hyphens(text: str) -> tuple[int, ...]:
    """Where the hyphens stand: a name that is put together by them is no ordinary phrase."""
    return tuple(match.start() for match in re.finditer("-", text))
