"""English words without their endings: M. F. Porter, "An algorithm for suffix stripping", Program 14(3), 1980.

`pages/assets/stems.js` does the same to what a reader types: both must give the same stems.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

# Of steps 2 and 3: an ending, and what takes its place where something is left before it.
_SECOND = """ational:ate tional:tion enci:ence anci:ance izer:ize abli:able alli:al entli:ent eli:e ousli:ous
ization:ize ation:ate ator:ate alism:al iveness:ive fulness:ful ousness:ous aliti:al iviti:ive biliti:ble"""
_THIRD = "icate:ic ative: alize:al iciti:ic ical:ic ful: ness:"
_FOURTH = "al ance ence er ic able ible ant ement ment ent ion ou ism ate iti ous ive ize"
_STEP_2, _STEP_3 = ([pair.split(":") for pair in pairs.split()] for pairs in (_SECOND, _THIRD))
_STEP_4 = _FOURTH.split()
_Y = re.compile(r"(?<=[aeiou])y|^y")


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of an English word in small letters."""
    if len(word) < 3 or not word.isascii():
        return word
    word = _plural(word)
    word = _past(word)
    if word.endswith("y") and "v" in _shape(word[:-1]):
        word = word[:-1] + "i"
    word = _replaced(word, _STEP_2)
    word = _replaced(word, _STEP_3)
    word = _shorn(word)
    return _tidied(word)


def _shape(text: str) -> str:
    """`c` for each consonant and `v` for each vowel; y is a vowel behind a consonant."""
    marked = _Y.sub("j", text)
    # A y behind a y that is a consonant is a vowel again: the marks are set from the left.
    return "".join("v" if letter in "aeiouy" else "c" for letter in marked)


def _measure(text: str) -> int:
    """How often consonants follow vowels."""
    return _shape(text).count("vc")


def _plural(word: str) -> str:
    if word.endswith(("sses", "ies")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _past(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) else word
    for ending in ("ed", "ing"):
        if word.endswith(ending):
            left = word[: -len(ending)]
            return _mended(left) if "v" in _shape(left) else word
    return word


def _mended(left: str) -> str:
    """What is left of a word without -ed or -ing, as it is written alone."""
    if left.endswith(("at", "bl", "iz")):
        return f"{left}e"
    if left[-1:] == left[-2:-1] and _shape(left)[-1:] == "c" and left[-1] not in "lsz":
        return left[:-1]
    return f"{left}e" if _measure(left) == 1 and _is_short(left) else left


def _is_short(text: str) -> bool:
    """Whether it ends with consonant, vowel and a consonant that is none of w, x and y."""
    return _shape(text)[-3:] == "cvc" and text[-1] not in "wxy"


def _replaced(word: str, endings: Sequence[Sequence[str]]) -> str:
    for ending, instead in endings:
        if word.endswith(ending):
            left = word[: -len(ending)]
            return left + instead if _measure(left) else word
    return word


def _shorn(word: str) -> str:
    ending = max((each for each in _STEP_4 if word.endswith(each)), key=len, default="")
    left = word[: len(word) - len(ending)]
    if not ending or _measure(left) < 2 or (ending == "ion" and left[-1:] not in ("s", "t")):
        return word
    return left


def _tidied(word: str) -> str:
    if word.endswith("e"):
        left = word[:-1]
        measure = _measure(left)
        if measure > 1 or (measure == 1 and not _is_short(left)):
            word = left
    return word[:-1] if word.endswith("ll") and _measure(word) > 1 else word
