"""From what is said to what is looked up: words in small letters without marks, and their stems.

`pages/assets/lookup.js` does the same to what a reader types.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from placecast.search import porter

_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = str.maketrans("", "", "'\u2019\u02bc\uff07")

# Words that nearly every sentence has. Alone they tell nothing apart; two of them side by side do.
_ENGLISH = """a about after all also am an and any are as at be because been before but by can could did do does dont
down for from get go going got had has have he her here him his how i if im in into is it its ive just know like me more
most much my no not now of on one only or other our out over she so some than that thats the their them then there
theres these they think this those to up us very was we well were weve what when where which who will with would yeah
you your youre"""
_COMMON = {"en": frozenset(_ENGLISH.split())}


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
