"""From what is said to what is looked up: words in small letters without marks, and their stems.

`pages/assets/search.js` does the same to what a reader types.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from placecast.search import porter

_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = str.maketrans("", "", "'\u2019\u02bc\uff07")

# Words that nearly every sentence has. Alone they tell nothing apart; two of them side by side do.
_COMMON = {
    "en": frozenset(
        """a about after all also am an and any are as at be because been before but by can come could day did do does
        dont down even first for from get give go going good got had has have he her here him his how i if im in into is
        it its just kind know like look made make many me more most much my new no not now of on one only or other our
        out over people really right said same say see she so some something sort than that thats the their them then
        there theres these they thing things think this those time to two up us use very want was way we well were weve
        what when where which who will with work would year years yeah yes you your youre""".split()
    )
}


def words(text: str) -> list[str]:
    """The words of a text, in order: letters and digits, small, without marks and apostrophes."""
    if not text.isascii():
        folded = unicodedata.normalize("NFKD", text).lower()
        text = "".join(letter for letter in folded if unicodedata.category(letter)[0] != "M")
    return _WORD.findall(text.lower().translate(_APOSTROPHES))


def stemmer(language: str) -> Callable[[str], str]:
    """What makes the stem of a word in this language: English has endings taken away, others stay as they are."""
    return porter.stem if language.lower().startswith("en") else str


def common(language: str) -> frozenset[str]:
    """The words of this language that are not looked up alone."""
    return _COMMON.get(language.lower().split("-")[0], frozenset())


def pairs(said: Sequence[str], frequent: frozenset[str]) -> Iterator[str]:
    """Two frequent words side by side, as one term."""
    return (f"{one} {two}" for one, two in pairwise(said) if one in frequent and two in frequent)
