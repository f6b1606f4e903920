"""Chapters found in a transcript, for a producer to edit: where the words change and the speakers pause.

The cheapest division of all is looked for, as in Utiyama and Isahara, "A statistical model for domain-independent text
segmentation" (ACL 2001): a part costs what it takes to say its words, when those of the part are to be expected. A
pause before a part makes it cheaper. Nothing is drawn by chance: the same transcript always gives the same chapters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import floor, inf, log, log2
from statistics import median

from placecast.chapters.telling import Telling, telling_words, words_of
from placecast.model import Chapter, Cue

_PAUSE = 2.0  # what a pause of twice the usual length is worth, in nats; of four times, twice as much
_LONGEST_PAUSE = 8.0  # times the usual one: music and applause are no better borders than this
_SHORTEST_PAUSE = 0.25  # seconds; engines do not tell shorter ones well
_BORDER = 1.25  # what a border costs, in units of log n, the length in words
_LONGEST = 8.0  # times the shortest part
_LEAD = 0.3  # seconds before the first word


def propose(cues: Sequence[Cue], seconds: float, shortest: float | None = None) -> tuple[Chapter, ...]:
    """Chapters for sound of this length: the first at its start, none shorter than `shortest`, each with a title.

    None when there is too little to divide.
    """
    said = [cue for cue in cues if words_of(cue.text) and cue.start < seconds]
    first = divide(said, seconds, shortest_for(seconds) if shortest is None else shortest)
    if len(first) < 2:
        return ()
    titles = Telling([said[start:end] for start, end in pairwise([*first, len(said)])]).titles()
    return tuple(
        Chapter(seconds=_start(said, number), title=title) for number, title in zip(first, titles, strict=True)
    )


def shortest_for(seconds: float) -> float:
    """How short a chapter may be in an episode of this length: three minutes in an hour, less in a short one."""
    return min(max(seconds / 20, 30.0), 300.0)


def divide(cues: Sequence[Cue], seconds: float, shortest: float) -> list[int]:
    """The numbers of the sentences that begin a part; the first is 0."""
    if not cues or seconds < 2 * shortest:
        return [0] * bool(cues)
    texts = telling_words(cues)
    starts = [0.0, *(cue.start for cue in cues[1:]), seconds]
    length, different = sum(map(len, texts)), len({word for text in texts for word in text})
    border = _BORDER * log(max(length, 2))
    worth = _worth(cues)
    best, before = [0.0] + [inf] * len(cues), [0] * (len(cues) + 1)
    for first in range(len(cues)):
        if best[first] == inf:
            continue
        here = best[first] + border - worth[first]
        for last, cost in _costs(texts, starts, first, shortest, different):
            if here + cost < best[last]:
                best[last], before[last] = here + cost, first
    return _path(before) if best[-1] < inf else [0]


def _costs(
    texts: Sequence[Sequence[str]], starts: Sequence[float], first: int, shortest: float, different: int
) -> Iterator[tuple[int, float]]:
    """Each place where a part that begins with sentence `first` may end, and what the part costs.

    That is n log(n + k) minus the sum of f log(f + 1): n words, k different ones in all, each f times in the part.
    """
    times: Counter[str] = Counter()
    length, saved = 0, 0.0
    for last in range(first + 1, len(texts) + 1):
        for word in texts[last - 1]:
            often = times[word]
            times[word] = often + 1
            saved += (often + 1) * log(often + 2) - often * log(often + 1)
            length += 1
        lasts = starts[last] - starts[first]
        if lasts >= shortest:
            yield last, (length * log(length + different) if length else 0.0) - saved
        if lasts > _LONGEST * shortest:
            return


def _worth(cues: Sequence[Cue]) -> list[float]:
    """What the pause before each sentence is worth."""
    pauses = [max(after.start - before.end, 0.0) for before, after in pairwise(cues)]
    usual = max(median(pauses or [0.0]), _SHORTEST_PAUSE)
    return [0.0, *(_PAUSE * log2(min(max(pause / usual, 1.0), _LONGEST_PAUSE)) for pause in pauses)]


def _path(before: Sequence[int]) -> list[int]:
    """Where the parts begin, walking back from the end."""
    firsts, place = [], len(before) - 1
    while place > 0:
        place = before[place]
        firsts.append(place)
    return firsts[::-1]


def _start(cues: Sequence[Cue], number: int) -> float:
    """A moment before the sentence: the whole second, which all forms of chapters can hold, if it lies in the pause."""
    if number == 0:
        return 0.0
    silent, spoken = cues[number - 1].end, cues[number].start
    second = float(floor(spoken))
    return second if silent <= second else round(max(min(silent, spoken), spoken - _LEAD), 1)
