"""Made-up talk with a vocabulary as rich as real speech: the same bytes for the same seed, in no language that exists.

Half of the words are English ones that every sentence has, about as frequent as they are. The others follow Zipf's and
Mandelbrot's law, have English endings, and gather by episode, as the words of a subject do.
"""

from __future__ import annotations

import itertools
import random
from bisect import bisect
from collections.abc import Iterator, Sequence

from placecast.model import Cue, Transcript

_FREQUENT = [
    "the",
    "50",
    "and",
    "30",
    "to",
    "28",
    "of",
    "25",
    "a",
    "24",
    "i",
    "22",
    "you",
    "20",
    "that",
    "20",
    "it",
    "18",
    "in",
    "16",
    "is",
    "14",
    "was",
    "10",
    "we",
    "10",
    "so",
    "9",
    "they",
    "9",
    "but",
    "8",
    "this",
    "8",
    "have",
    "8",
    "for",
    "8",
    "on",
    "7",
    "like",
    "7",
    "be",
    "6",
    "what",
    "6",
    "know",
    "6",
    "with",
    "6",
    "not",
    "6",
    "just",
    "6",
    "do",
    "5",
    "are",
    "5",
    "as",
    "5",
    "there",
    "5",
    "about",
    "5",
    "at",
    "5",
    "think",
    "4",
    "if",
    "4",
    "or",
    "4",
    "my",
    "4",
    "all",
    "4",
    "people",
    "4",
    "one",
    "4",
    "can",
    "4",
    "really",
    "3",
    "up",
    "3",
    "out",
    "3",
    "because",
    "3",
    "when",
    "3",
    "me",
    "3",
    "how",
    "3",
    "your",
    "3",
    "he",
    "3",
    "had",
    "3",
    "from",
    "3",
    "some",
    "2",
    "an",
    "2",
    "then",
    "2",
    "going",
    "2",
    "very",
    "2",
    "would",
    "2",
    "more",
    "2",
    "get",
    "2",
    "been",
    "2",
    "them",
    "2",
    "were",
    "2",
    "our",
    "2",
    "which",
    "2",
    "she",
    "2",
    "their",
    "2",
    "kind",
    "2",
    "by",
    "2",
    "who",
    "2",
    "right",
    "2",
    "things",
    "2",
    "time",
    "2",
    "where",
    "1",
    "into",
    "1",
    "those",
    "1",
    "other",
    "1",
    "way",
    "1",
    "well",
    "1",
    "now",
    "1",
    "these",
    "1",
    "will",
    "1",
    "could",
    "1",
    "much",
    "1",
    "us",
    "1",
]
_SPEAKERS = ("Rosa Hartley", "Sam Okafor", "Ana Müller", "Priya Nair", "Tom Ellis", "Mei Lin", "Ewan Reid")
_PLACES = ("Grimsby", "Leeds", "Marlow", "Digbeth", "Wrexham", "Truro")
_CONSONANTS, _VOWELS, _ENDS = "bcdfghklmnprstvw", "aeiou", "nrstlmdk"
_VOCABULARY = 40_000


class Talk:
    """Episodes of talk, one after the other."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._words = list(self._invented(_VOCABULARY))
        self._weights = list(itertools.accumulate(1 / (rank + 60) ** 1.15 for rank in range(_VOCABULARY)))
        self._frequent = _FREQUENT[::2]
        self._shares = list(itertools.accumulate(map(float, _FREQUENT[1::2])))

    def episode(self, words: int) -> Transcript:
        """A transcript of about so many words, sentence by sentence."""
        subject = [self._word() for _ in range(250)]
        guest = self._chance.choice(_SPEAKERS[1:])
        cues: list[Cue] = []
        clock, said = 0.0, 0
        while said < words:
            sentence = self._sentence(subject)
            end = clock + 0.36 * len(sentence)
            text = " ".join(sentence).capitalize() + self._chance.choice("....?")
            speaker = guest if self._chance.random() < 0.7 else _SPEAKERS[0]
            cues.append(Cue(start=round(clock, 3), end=round(end, 3), text=text, speaker=speaker))
            clock, said = end + 0.3, said + len(sentence)
        return Transcript(cues=tuple(cues), language="en-GB")

    def places(self) -> tuple[str, ...]:
        return tuple(self._chance.sample(_PLACES, 1))

    def _sentence(self, subject: Sequence[str]) -> list[str]:
        return [self._said(subject) for _ in range(max(3, round(self._chance.gauss(14, 6))))]

    def _said(self, subject: Sequence[str]) -> str:
        if self._chance.random() < 0.55:
            return self._frequent[bisect(self._shares, self._chance.random() * self._shares[-1])]
        word = self._chance.choice(subject) if self._chance.random() < 0.35 else self._word()
        return word + self._chance.choice(("", "", "", "", "s", "s", "ed", "ing", "ly"))

    def _word(self) -> str:
        return self._words[bisect(self._weights, self._chance.random() * self._weights[-1])]

    def _invented(self, count: int) -> Iterator[str]:
        """Different words, the first ones short."""
        made: set[str] = set()
        while len(made) < count:
            syllables = self._chance.choice((1, 2, 2)) if len(made) < 2_000 else self._chance.choice((2, 2, 3, 3, 4))
            parts = [self._chance.choice(_CONSONANTS) + self._chance.choice(_VOWELS) for _ in range(syllables)]
            word = "".join(parts) + self._chance.choice(_ENDS)
            if word not in made:
                made.add(word)
                yield word
