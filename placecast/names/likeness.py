"""How much some words sound like a name: by their consonants (Metaphone) and by their letters.

Metaphone knows English spelling. A name that is spelt after another language's rules has `spoken` forms for this.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from placecast.model import Name, Names

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ALIKE = 0.8  # a person should look at it
PERHAPS = 0.5  # worth hearing again
_NEARLY = 0.99  # the name's letters, written otherwise
_ORDINARY = 0.12  # what words without a capital lose: the machine took them for ordinary ones
_ONE_ORDINARY = 0.2  # and a single one: it stands in a dictionary, most likely
_LEAST = 0.25  # likeness in consonants or in letters that counts at all
_ROUNDING = 1e-6
_A_LETTER = 0.02  # what a letter weighs where several names claim the same words
_MORE_WORDS = 2  # a name may be heard as so many words more than it has
_MIXED = 4  # words of a name that may be heard half right: 16 forms
_AT_ONCE = 2048  # spans compared in one go: bounds the memory
_CONSONANTS = str.maketrans("0", "T", "HWY")  # "th" as "t", and without what is hardly heard
_EDGES = re.compile(r"^[^\w]+|[^\w]+$")
_POSSESSIVE = re.compile(r"(?<=\w)['’][sS]$|(?<=[sS])['’]$")
_ENDS = re.compile(r"[.?!…]['\"”’)]*$")


class Form(NamedTuple):
    """One way to say a name, and what is then written. `right`: this is itself the way to write it."""

    text: str
    written: str
    right: bool


class Span(NamedTuple):
    """Words `first` up to but not including `last`, as one string of letters."""

    first: int
    last: int
    letters: str
    named: bool  # there is a capital in it that no sentence asks for


@dataclass(frozen=True, kw_only=True)
class Resemblance:
    """Words `first` up to but not including `last` are the name, or sound like it. `score`: 1 when they are it.

    `name` is what would be written: the canonical name, or the alias that it sounds like.
    """

    first: int
    last: int
    name: str
    score: float


def bare(text: str) -> str:
    """A word without the space and punctuation around it, and without its possessive 's."""
    return _POSSESSIVE.sub("", _EDGES.sub("", text))


@lru_cache(maxsize=1 << 16)
def letters(text: str) -> str:
    """The letters and digits of a text, all small: what is left when spaces, hyphens and case do not matter."""
    return "".join(char for char in unicodedata.normalize("NFC", text).casefold() if char.isalnum())


def same_letters(one: str, two: str) -> bool:
    """Whether two texts differ in spaces, hyphens, punctuation and case alone."""
    return letters(one) == letters(two)


def ends_sentence(text: str) -> bool:
    return bool(_ENDS.search(text.rstrip()))


def resemblances(texts: Sequence[str], names: Names, *, least: float = ALIKE) -> tuple[Resemblance, ...]:
    """Where these words are, or sound like, a name: in order, not overlapping, the most alike first served."""
    found = list(_found(texts, names, least))
    exact = {(each.first, each.name) for _, each in found if each.score == 1}
    taken: set[int] = set()
    kept = []
    for _, each in sorted(found, key=lambda pair: (-_weight(*pair), pair[0].first)):
        place = range(each.first, each.last)
        more = each.score < 1 and any((first, each.name) in exact for first in place)
        if taken.isdisjoint(place) and not more:
            taken.update(place)
            kept.append(each)
    return tuple(sorted(kept, key=lambda each: each.first))


def _weight(span: Span, found: Resemblance) -> float:
    """The more letters are explained, the better: "Rosa Hartly" is Rosa Hartley, though "Rosa" is a name as well."""
    return found.score + _A_LETTER * len(span.letters)


def nearest(texts: Sequence[str], name: str, names: Names, window: range) -> Resemblance | None:
    """What is most like this name among the words of the window, however little it is."""
    only = Names(entries=tuple(entry for entry in names.entries if name in (entry.name, *entry.aliases)))
    inside = (
        (span, each)
        for span, each in _found(texts, only, 0.0)
        if each.name == name and window.start <= each.first and each.last <= window.stop
    )
    best = max(inside, key=lambda pair: _weight(*pair), default=None)
    return best[1] if best else None


@lru_cache(maxsize=8)
def forms(names: Names) -> tuple[Form, ...]:
    """Every way to say each name."""
    return tuple(dict.fromkeys(form for entry in names.entries for form in _forms(entry)))


def _forms(entry: Name) -> Iterator[Form]:
    for text in (entry.name, *entry.aliases):
        yield Form(text, text, True)
    for text in entry.spoken:
        yield Form(text, entry.name, False)
        yield from _mixed(entry, text)


def _mixed(entry: Name, spoken: str) -> Iterator[Form]:
    """What follows from a form with a word for each of the name: "Siân Llewellyn", spoken "Sharn Loo-ellin".

    The alias "Siân" sounds "Sharn", and whoever knows half of the name hears "Sharn Llewellyn".
    """
    whole, parts = entry.name.split(), spoken.split()
    if not 1 < len(whole) == len(parts) <= _MIXED:
        return
    said = dict(zip(whole, parts, strict=True))
    yield from (Form(said[alias], alias, False) for alias in entry.aliases if alias in said)
    yield from (Form(" ".join(mixed), entry.name, False) for mixed in product(*said.items()))


def spans(texts: Sequence[str], longest: int) -> Iterator[Span]:
    """Every stretch of up to `longest` words that no sentence ends in."""
    whole, ending = [letters(text) for text in texts], [letters(bare(text)) for text in texts]
    starts = [number == 0 or ends_sentence(texts[number - 1]) for number in range(len(texts))]
    capital = [_capital(text, start) for text, start in zip(texts, starts, strict=True)]
    for first in range(len(texts)):
        for last in range(first + 1, min(first + longest, len(texts)) + 1):
            if last - first > 1 and starts[last - 1]:
                break
            yield Span(first, last, "".join(whole[first : last - 1]) + ending[last - 1], any(capital[first:last]))


def _capital(text: str, starts_sentence: bool) -> bool:
    """Whether there is a capital that is due to a name. "I" is none."""
    word = _EDGES.sub("", text)
    if re.fullmatch(r"I|I['’]\w+", word):
        return False
    return any(char.isupper() for char in (word[1:] if starts_sentence else word))


def _found(texts: Sequence[str], names: Names, least: float) -> Iterator[tuple[Span, Resemblance]]:
    """Everything that is enough like a name; the same words may be like several."""
    ways = forms(names)
    longest = max((len(form.text.split()) for form in ways), default=0) + _MORE_WORDS
    right = {form.text for form in ways if form.right}
    heard = [span for span in spans(texts, longest) if span.letters]
    for span, form, alike in _alike(heard, ways, least):
        text = written(texts[span.first : span.last])
        score = 1.0 if form.right and text == form.text else 0.0 if text in right else _doubted(alike, span)
        if score >= least:
            yield span, Resemblance(first=span.first, last=span.last, name=form.written, score=round(score, 3))


def written(texts: Sequence[str]) -> str:
    """Words as one text, without the punctuation around it. Engines give them with their spaces, people without."""
    spaced = any(text[:1].isspace() for text in texts)
    return bare("".join(texts) if spaced else " ".join(texts).replace(" -", "-"))


def _doubted(alike: float, span: Span) -> float:
    """The likeness, less the more the words pass for ordinary ones; never that of a name that is written right."""
    if span.named:
        return min(alike, _NEARLY)
    return min(alike, _NEARLY) - (_ONE_ORDINARY if span.last - span.first == 1 else _ORDINARY)


def _alike(heard: Sequence[Span], ways: Sequence[Form], least: float) -> Iterator[tuple[Span, Form, float]]:
    """The pairs that are alike in consonants and letters, and how much: the mean of both. All are compared at once."""
    import numpy as np

    names = [_sounding(letters(form.text)) for form in ways]
    for start in range(0, len(heard), _AT_ONCE):
        part = heard[start : start + _AT_ONCE]
        said = [_sounding(span.letters) for span in part]
        codes = _similar([each.code for each in said], [each.code for each in names])
        plain = _similar([each.plain for each in said], [each.plain for each in names])
        means = (codes + plain) / 2
        for row, column in np.argwhere((codes > 0) & (means >= least - _ROUNDING)):
            yield part[row], ways[column], float(means[row, column])


def _similar(some: Sequence[str], others: Sequence[str]) -> NDArray[np.float32]:
    """How like each is to each, from 0 to 1, by edits; 0 where it is too little to matter."""
    import numpy as np
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import cdist

    scorer = Levenshtein.normalized_similarity
    return cdist(some, others, scorer=scorer, score_cutoff=_LEAST, dtype=np.float32)


class _Sound(NamedTuple):
    code: str  # the consonants
    plain: str  # the letters without accents, and double ones once


@lru_cache(maxsize=1 << 16)
def _sounding(text: str) -> _Sound:
    from jellyfish import metaphone

    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return _Sound(metaphone(plain).translate(_CONSONANTS) or plain, re.sub(r"(.)\1", r"\1", plain))
