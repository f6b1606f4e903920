"""Which sentence of a passage says most of what was asked, as near together as it was asked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """The words of a passage and the beginning of the next one: as said, their stems, and of which sentence each is."""

    words: Sequence[str]
    stems: Sequence[str]
    sentences: Sequence[int]

    def says(self, phrase: Sequence[str]) -> bool:
        """Whether these words are said side by side, just so."""
        length = len(phrase)
        first = phrase[0]
        return any(
            word == first and tuple(self.words[at : at + length]) == tuple(phrase) for at, word in enumerate(self.words)
        )


@dataclass(frozen=True, kw_only=True)
class Best:
    """`run`: the most words side by side as they were asked. `told`: how many of those asked the sentence has."""

    sentence: int
    run: int
    told: int


def best(
    spoken: Spoken, asked: Sequence[Collection[str]], telling: Sequence[bool], mine: Sequence[bool]
) -> Best | None:
    """The sentence to show. `asked`: the stems that stand for each word; `telling`: whether it tells anything alone.

    `mine`: which sentences count; those of the next passage do not.
    """
    shares: list[set[int]] = [set() for _ in mine]
    longest, first = 0, -1
    where: dict[str, list[int]] = {}
    for number, stems in enumerate(asked):
        for stem in stems:
            where.setdefault(stem, []).append(number)
    for at, stem in enumerate(spoken.stems):
        sentence = spoken.sentences[at]
        if stem not in where or sentence >= len(mine) or not mine[sentence]:
            continue
        for number in where[stem]:
            run = _run(spoken.stems, at, asked, number)
            if telling[number] or run > 1:
                shares[sentence].add(number)
            if run > longest:
                longest, first = run, sentence
    if first < 0:
        return None
    fullest = max(range(len(shares)), key=lambda number: (len(shares[number]), number == first, -number))
    chosen = first if longest > 1 and longest >= len(shares[fullest]) else fullest
    return Best(sentence=chosen, run=longest, told=len(shares[chosen]))


def _run(stems: Sequence[str], at: int, asked: Sequence[Collection[str]], number: int) -> int:
    """How many words from here on are those that were asked, in their order."""
    run = 0
    for stem, wanted in zip(stems[at : at + len(asked)], asked[number:], strict=False):
        if stem not in wanted:
            break
        run += 1
    return run
