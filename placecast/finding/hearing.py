"""Which sentence of a passage says most of what was asked, as near together as it was asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
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


def best(spoken: Spoken, asked: Sequence[Collection[str]], telling: Sequence[bool], mine: Sequence[bool]) -> list[Best]:
    """The sentences to show: the best one, and those that say as much. `asked`: the stems that stand for each word.

    `telling`: whether a word tells anything alone. `mine`: which sentences count; those of the next passage do not.
    """
    runs, shares = [0] * len(mine), [set[int]() for _ in mine]
    for at, number in _hits(spoken, asked, mine):
        sentence, run = spoken.sentences[at], _run(spoken.stems, at, asked, number)
        runs[sentence] = max(runs[sentence], run)
        if telling[number] or run > 1:
            shares[sentence].add(number)
    found = [Best(sentence=each, run=runs[each], told=len(shares[each])) for each in range(len(mine)) if runs[each]]
    if not found:
        return []
    first, fullest = max(found, key=lambda each: each.run), max(found, key=lambda each: each.told)
    chosen = first if first.run > 1 and first.run >= fullest.told else fullest
    return [each for each in found if each.run >= chosen.run and each.told >= chosen.told]


def _hits(spoken: Spoken, asked: Sequence[Collection[str]], mine: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Where in the passage a word is one of those asked, and which."""
    where: dict[str, list[int]] = {}
    for number, stems in enumerate(asked):
        for stem in stems:
            where.setdefault(stem, []).append(number)
    for at, stem in enumerate(spoken.stems):
        sentence = spoken.sentences[at]
        if stem in where and sentence < len(mine) and mine[sentence]:
            yield from ((at, number) for number in where[stem])


def _run(stems: Sequence[str], at: int, asked: Sequence[Collection[str]], number: int) -> int:
    """How many words from here on are those that were asked, in their order."""
    run = 0
    for stem, wanted in zip(stems[at : at + len(asked)], asked[number:], strict=False):
        if stem not in wanted:
            break
        run += 1
    return run
