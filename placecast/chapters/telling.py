"""The words that tell what a part of a conversation is about, and a title made of words that were said in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from math import log, sqrt

from placecast.chapters.titles import LIMIT, one_line
from placecast.model import Cue

_WORD = re.compile(r"[^\W_]+(?:['’\-.][^\W_]+)*")
_BREAK = re.compile(r"[^\w\s'’\-]+")  # no title runs over a comma
_LETTERS = 6  # of a word that count: trusted, trusting and trusts are one
_TITLE_WORDS = 5
_FALLBACK_WORDS = 7
_EARLY = 1.25  # what is said in the first third is more often what the part is about
_ALONE = 0.8  # one word says less than two
_SHARE = 0.05  # a short word in so many of the sentences tells nothing, in whatever language
_SHORT = 4  # letters

# Words that say how something is said, and not what: the commonest of English speech.
_COMMON = """
a about above actually after again ago all almost alone already also although always am an and another any anybody
anyone anything are aren't around as ask asked asking asks at away back be became because become been before began
behind being best better between big both bring but by call called came can can't cannot come comes coming could
couldn't course day days did didn't different do does doesn't doing don't done down each either else enough even ever
every everybody everyone everything far few find first five for found four from full gave get gets getting give given
gives go goes going gone good got great had hadn't half hard has hasn't have haven't having he he'd he'll he's hear
heard hello her here here's hers herself him himself his hold how however hundred i i'd i'll i'm i've if important in
indeed instead into is isn't it it'd it'll it's its itself just keep kept kind knew know known knows last least left
less let let's like little long look looked looking lot made make makes making many may maybe me mean means might mind
more most much must my myself near nearly need needs never new next nice no nobody none nor not nothing now of off oh
often ok okay old on once one ones only onto or other others our ours ourselves out over own part people perhaps place
please point put quite rather read really right round said same saw say saying says second see seem seemed seems seen
sense set she she'd she'll she's should shouldn't since small so some somebody someone something sometimes soon sort
still stop such sure take taken takes talk tell ten than thank thanks that that'll that's the their theirs them
themselves then there there's these they they'd they'll they're they've thing things think third this those though
thought three through time times to today together told too took toward towards tried true try turn turned two um
under until up upon us use used very want wanted wants was wasn't way ways we we'd we'll we're we've welcome well went
were weren't what what's whatever when where whether which while who who's whole whom whose why will with without
won't word words would wouldn't write yeah year years yes yet you you'd you'll you're you've your yours yourself
"""
COMMON = frozenset(_COMMON.split())
_JOINTS = frozenset(["of", "in", "and", "for", "the", "a", "an", "on", "to", "at", "from", "with"])


def words_of(text: str) -> list[str]:
    """The words of a sentence as they were said."""
    return _WORD.findall(text)


def stem(word: str) -> str:
    """What forms of a word have in common, roughly and in any language."""
    plain = word.casefold().replace("’", "'").removesuffix("'s").removesuffix("s'")
    return (plain[:-1] if len(plain) > 3 and plain.endswith("s") else plain)[:_LETTERS]


def telling_words(cues: Sequence[Cue]) -> list[list[str]]:
    """The stems of each sentence that tell what it is about: without the words that are everywhere."""
    texts = [[word.casefold().replace("’", "'") for word in words_of(cue.text)] for cue in cues]
    inside = Counter(word for text in texts for word in set(text))
    often = max(3.0, _SHARE * len(texts))
    return [[stem(word) for word in text if _tells(word) and not _is_everywhere(word, inside, often)] for text in texts]


def _tells(word: str) -> bool:
    return word not in COMMON and len(word) > 2 and not word.isdigit()


def _is_everywhere(word: str, inside: Counter[str], often: float) -> bool:
    return len(word) <= _SHORT and inside[word] > often


class Telling:
    """What tells the parts of one conversation from each other."""

    def __init__(self, parts: Sequence[Sequence[Cue]]) -> None:
        stems = telling_words([cue for part in parts for cue in part])
        self._parts, self._here = parts, []
        for part in parts:
            self._here.append(Counter(word for text in stems[: len(part)] for word in text))
            stems = stems[len(part) :]
        self._all: Counter[str] = sum(self._here, Counter())

    def titles(self) -> list[str]:
        """A title for each part, no two the same."""
        made: list[str] = []
        for number, part in enumerate(self._parts):
            ranked = sorted(self._phrases(number), key=lambda each: (-each[0], each[1]))
            free = (phrase for _, _, phrase in ranked if _capital(phrase) not in made)
            made.append(_capital(next(free, " ".join(words_of(part[0].text)[:_FALLBACK_WORDS]))))
        return made

    def _phrases(self, number: int) -> Iterator[tuple[float, int, str]]:
        """What may be the title: its merit, its place, and its words."""
        part = self._parts[number]
        for place, cue in enumerate(part):
            early = _EARLY if place < len(part) / 3 else 1.0
            for phrase in _runs(cue.text):
                stems = {stem(word) for word in phrase if _tells(word.casefold())}
                merit = sum(self._weight(each, number) for each in stems) / sqrt(len(stems))
                alone = _ALONE if len(stems) == 1 else 1.0
                if max(map(len, stems)) >= _SHORT:
                    yield merit * early * alone, place, " ".join(phrase)

    def _weight(self, word: str, number: int) -> float:
        here, total = self._here[number], sum(self._all.values())
        if not here[word]:
            return 0.0
        usual = self._all[word] / total
        return here[word] * log(1 + here[word] / (sum(here.values()) * usual))


def _runs(text: str) -> Iterator[list[str]]:
    """Runs of telling words, joined by nothing more than `of the`: each as a whole."""
    for clause in _BREAK.split(text):
        run: list[str] = []
        for word in [*words_of(clause), ""]:
            if word and (_tells(word.casefold().replace("’", "'")) or (run and word in _JOINTS)):
                run.append(word)
            else:
                yield from _cut(run)
                run = []


def _cut(run: Sequence[str]) -> Iterator[list[str]]:
    """All that a title can have of this run: it begins and ends with a word that tells."""
    tells = [_tells(word.casefold()) and word not in _JOINTS for word in run]
    for first in range(len(run)):
        for last in range(first, min(first + _TITLE_WORDS, len(run))):
            if tells[first] and tells[last]:
                yield list(run[first : last + 1])


def _capital(phrase: str) -> str:
    title = one_line(phrase)[:LIMIT]
    return title[:1].upper() + title[1:]
