"""Made-up talk with a vocabulary as rich as real speech: the same bytes for the same seed, in no language that exists.

55 % of what is said are English words that every sentence has, about as frequent as they are, and half of the time
followed by one that often follows them. The others obey Zipf's law as Mandelbrot mended it, have English endings, and
gather by episode, as the words of a subject do. Every word is pronounced for as long as its letters take, with pauses
between some, so that the middle of a sentence is not the middle of its time.

500 episodes of 5,700 words with seed 1 have 57,604 different words in 2,853,613, 42 % of which are said once. Heaps'
exponent is 0.59 from 5 to 50 episodes and 0.53 from 50 to 500; Zipf's is 1.15, 1.23 and 1.47 around the ranks 100,
1,000 and 10,000. (`python benchmarks/corpus.py` counts again.)
"""

from __future__ import annotations

import itertools
import math
import random
from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Sequence

from placecast.model import Cue, Text, Transcript, Word

# How often a word is said, beside the others.
_FREQUENT = """
the:50 and:30 to:28 of:25 a:24 i:22 you:20 that:20 it:18 in:16 is:14 was:10 we:10 so:9 they:9 but:8 this:8 have:8
for:8 on:7 like:7 be:6 what:6 know:6 with:6 not:6 just:6 do:5 are:5 as:5 there:5 about:5 at:5 think:4 if:4 or:4 my:4
all:4 people:4 one:4 can:4 really:3 up:3 out:3 because:3 when:3 me:3 how:3 your:3 he:3 had:3 from:3 some:2 an:2
then:2 going:2 very:2 would:2 more:2 get:2 been:2 them:2 were:2 our:2 which:2 she:2 their:2 kind:2 by:2 who:2 right:2
things:2 time:2 where:1 into:1 those:1 other:1 way:1 well:1 now:1 these:1 will:1 could:1 much:1 us:1
"""
_SPEAKERS = ("Rosa Hartley", "Sam Okafor", "Ana Müller", "Priya Nair", "Tom Ellis", "Mei Lin", "Ewan Reid")
_PLACES = ("Grimsby", "Leeds", "Marlow", "Digbeth", "Wrexham", "Truro")
_CONSONANTS, _VOWELS, _ENDS = "bcdfghklmnprstvw", "aeiou", "nrstlmdk"
_VOCABULARY = 48_000
_ENDINGS = (("s", "s"), ("s", "ed", "ing"), ("ly", "ness"))  # of nouns, verbs and others
_LETTER, _WORD, _PAUSE = 0.045, 0.12, 0.4  # seconds


class Talk:
    """Episodes of talk, one after the other."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._words = list(self._invented(_VOCABULARY))
        self._weights = list(itertools.accumulate(1 / (rank + 150) ** 1.65 for rank in range(_VOCABULARY)))
        frequent = [pair.split(":") for pair in _FREQUENT.split()]
        self._frequent = [word for word, _ in frequent]
        self._shares = list(itertools.accumulate(float(share) for _, share in frequent))
        self._followers = {word: [self._often() for _ in range(4)] for word in self._frequent}

    def text(self, words: int) -> Text:
        """So many words or a few more, sentence by sentence, with the time of each."""
        subject = [self._word() for _ in range(250)]
        guest = self._chance.choice(_SPEAKERS[1:])
        cues: list[Cue] = []
        spoken: list[tuple[Word, ...]] = []
        clock, said = 0.0, 0
        while said < words:
            sentence = tuple(self._pronounced(self._sentence(subject), clock))
            speaker = guest if self._chance.random() < 0.7 else _SPEAKERS[0]
            text = "".join(word.text for word in sentence).strip()
            cues.append(Cue(start=sentence[0].start, end=sentence[-1].end, text=text, speaker=speaker))
            spoken.append(sentence)
            clock, said = sentence[-1].end + _PAUSE, said + len(sentence)
        return Text(transcript=Transcript(cues=tuple(cues), language="en-GB"), words=tuple(spoken))

    def episode(self, words: int) -> Transcript:
        """The sentences of so many words or a few more."""
        return self.text(words).transcript

    def places(self) -> tuple[str, ...]:
        return tuple(self._chance.sample(_PLACES, 1))

    def _sentence(self, subject: Sequence[str]) -> list[str]:
        said = [""]
        for _ in range(max(3, round(self._chance.gauss(14, 6)))):
            said.append(self._said(subject, said[-1]))
        said[-1] += self._chance.choice("....?")
        return [said[1].capitalize(), *said[2:]]

    def _said(self, subject: Sequence[str], before: str) -> str:
        if self._chance.random() < 0.55:
            followers = self._followers.get(before)
            return self._chance.choice(followers) if followers and self._chance.random() < 0.5 else self._often()
        word = self._chance.choice(subject) if self._chance.random() < 0.35 else self._word()
        return word if self._chance.random() < 0.7 else word + self._chance.choice(_ENDINGS[len(word) % 3])

    def _often(self) -> str:
        return self._frequent[bisect(self._shares, self._chance.random() * self._shares[-1])]

    def _word(self) -> str:
        return self._words[bisect(self._weights, self._chance.random() * self._weights[-1])]

    def _pronounced(self, said: Sequence[str], clock: float) -> Iterator[Word]:
        for text in said:
            start, clock = clock, clock + _WORD + _LETTER * len(text)
            yield Word(start=round(start, 3), end=round(clock, 3), text=f" {text}", probability=1)
            clock += self._chance.expovariate(1 / _PAUSE) if self._chance.random() < 0.08 else 0

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


def _laws(seed: int) -> Iterator[str]:
    """How the talk obeys the laws of Heaps (new words in ever longer talk) and Zipf (how words share it)."""
    talk = Talk(seed)
    counted: Counter[str] = Counter()
    lengths: list[tuple[int, int]] = []
    for number in range(1, 501):
        cues = talk.episode(5_700).cues
        counted.update(word.strip(".?").lower() for cue in cues for word in cue.text.split())
        if number in (5, 50, 500):
            lengths.append((counted.total(), len(counted)))
            yield f"{number} episodes: {counted.total():,} words, {len(counted):,} of them different"
    for (said, before), (more, after) in itertools.pairwise(lengths):
        yield f"Heaps' exponent: {math.log(after / before) / math.log(more / said):.2f}"
    often = [count for _, count in counted.most_common()]
    for rank in (100, 1_000, 10_000):
        yield f"Zipf's exponent around rank {rank}: {math.log(often[rank // 3] / often[rank * 3], 9):.2f}"
    yield f"said once: {sum(count == 1 for count in often) / len(often):.0%} of the words"


if __name__ == "__main__":
    print(*_laws(1), sep="\n")
