"""Words that are said and look like one that nobody says: typing mistakes, and names as they were heard."""

from __future__ import annotations

from collections.abc import Collection

from placecast.finding.store import Store

_SHORTEST = 3  # letters: shorter words are not corrected
_MOST = 4
_LAST = chr(0x10FFFF)  # behind every word


def likely(store: Store, word: str, frequent: Collection[str]) -> list[tuple[str, int]]:
    """The likeliest first, and how many letters each has otherwise: those with the same first letter, or else all.

    `frequent` words are none of them: they are not looked up alone.
    """
    if not _SHORTEST <= len(word) <= 40:
        return []
    most = 1 if len(word) < 5 else 2
    alike = _near(store, word, most, frequent, word[0])
    return alike or _near(store, word, most, frequent, "")


def _near(store: Store, word: str, most: int, frequent: Collection[str], letter: str) -> list[tuple[str, int]]:
    from rapidfuzz import process
    from rapidfuzz.distance import OSA  # letters added, taken away, changed, or swapped with their neighbour

    query = "SELECT word, episodes FROM word WHERE word >= ? AND word < ? AND length(word) BETWEEN ? AND ?"
    end = chr(ord(letter) + 1) if letter and letter < _LAST else _LAST
    often = dict(store.connection.execute(query, [letter, end, len(word) - most, len(word) + most]))
    near = process.extract(word, often.keys(), scorer=OSA.distance, processor=None, score_cutoff=most, limit=None)
    kept = ((far, -often[found].bit_length(), found) for found, far, _ in near if found not in frequent)
    ranked = sorted(each for each in kept if len(each[2]) >= _SHORTEST)
    return [(found, int(far)) for far, _, found in ranked if far == ranked[0][0]][:_MOST]
