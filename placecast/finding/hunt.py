"""From a question to sentences: look up, rank, read the best passages, and take the sentence that says most."""

from __future__ import annotations

import heapq
import json
import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

from placecast.errors import UsageError
from placecast.finding.hearing import Spoken, best
from placecast.finding.likely import likely
from placecast.finding.question import EVERYTHING, Only, Question
from placecast.finding.store import Sentences, Store, episode_of, first_passage
from placecast.search.passages import FURTHER
from placecast.search.words import common, stemmer, words
from placecast.timecode import fragment
from placecast.wording import few

Slot = Mapping[int, float]
"""The passages that say one of the words, and how much that is worth."""
Key = TypeVar("Key")

_ROUNDS = (24, 80)  # passages that are read, as long as none says just what was asked
_PATIENCE = 2_000  # passages that are read where only some of them can count
_MANY = 4_000  # passages: a word that more have ranks what rarer words have found, and finds nothing itself
_LATEST = 3  # episodes that are shown for a word that nearly every sentence has


@dataclass(frozen=True, kw_only=True)
class Found:
    """A sentence. `published` and `day` are "" for a draft; `page`: the address of the episode's page."""

    slug: str
    title: str
    published: str
    day: str
    withdrawn: bool
    page: str
    seconds: float
    speaker: str
    text: str
    marks: tuple[tuple[int, int], ...]  # where the words are that were asked for
    exact: bool  # all of them, side by side

    @property
    def address(self) -> str:
        """Where it can be heard and read: the page has such an anchor at every sentence."""
        return f"{self.page}#{fragment(self.seconds)}"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The best sentences, those of an episode together. `taken`: what was looked up for words that nobody says."""

    found: tuple[Found, ...]
    taken: Mapping[str, tuple[str, ...]]


def search(store: Store, question: Question, only: Only = EVERYTHING, limit: int = 10) -> Answer:
    """What is said in answer to a question; UsageError for a speaker or a place that is not there."""
    return _Hunt(store, question, only, limit).answer()


@dataclass(frozen=True, kw_only=True)
class _Heard:
    """A sentence that was read, and how well it fits."""

    score: float
    passage: int
    exact: bool
    sentence: tuple[float, str, str]


class _Hunt:
    def __init__(self, store: Store, question: Question, only: Only, limit: int) -> None:
        self._query = store.connection.execute
        self._store, self._question, self._only, self._limit = store, question, only, limit
        self._languages = {row[0]: row[1] for row in self._query("SELECT id, language FROM episode")}
        self._stemmers = {each: stemmer(each) for each in set(self._languages.values())}
        state = store.state()
        self._common = common(state.language if state else "")
        self._taken: dict[str, tuple[str, ...]] = {}
        self._episodes = self._chosen()

    def answer(self) -> Answer:
        heard = self._heard() if self._question.said else []
        heard.sort(key=lambda each: (-each.score, -each.passage))
        grouped = _together(heard[: self._limit], lambda each: episode_of(each.passage))
        return Answer(found=tuple(map(self._found, grouped)), taken=self._taken)

    def _heard(self) -> list[_Heard]:
        singles = self._singles()
        # Frequent words tell little, and two of them side by side tell much: looked up once the others were not enough.
        first = singles if singles and not self._question.quoted else singles + self._doubles()
        heard, read = self._round(first or self._anything(), _ROUNDS[0], frozenset())
        if any(each.exact for each in heard) or (len(self._question.said) == 1 and heard) or not first:
            return heard
        second = first if first is not singles else singles + self._doubles()
        return heard + self._round(second, _ROUNDS[1], read)[0]

    def _round(self, slots: Sequence[Slot], most: int, read: Collection[int]) -> tuple[list[_Heard], set[int]]:
        """What the best passages say that were not read before; and which were read."""
        ranked = [each for each in self._ranked(slots) if each[1] not in read]
        return self._read(ranked, max(most, 2 * self._limit))

    def _singles(self) -> list[Slot]:
        telling = [word for word in dict.fromkeys(self._question.looked_up) if word not in self._common]
        return [slot for slot in map(self._single, telling) if slot]

    def _single(self, word: str) -> Slot:
        if own := self._passages(self._stems(word)):
            return dict.fromkeys(own, 1.0)
        near = likely(self._store, word, self._common)
        self._taken[word] = tuple(other for other, _ in near)
        found: dict[int, float] = {}
        for other, far in reversed(near):
            found |= dict.fromkeys(self._passages(self._stems(other)), (far + 1) ** -0.5)
        return found

    def _doubles(self) -> list[Slot]:
        both = (f"{one}_{two}" for one, two in pairwise(self._question.looked_up) if {one, two} <= self._common)
        found = (self._passages({pair}) for pair in dict.fromkeys(both))
        return [dict.fromkeys(each, 1.0) for each in found if each]

    def _anything(self) -> list[Slot]:
        """For words that nearly every sentence has, the newest episodes will do; for unknown ones, nothing does."""
        latest = self._latest()
        return [latest] if latest and not self._taken else []

    def _latest(self) -> Slot:
        rows = self._query("SELECT id, passages FROM episode ORDER BY day DESC LIMIT ?", [_LATEST])
        firsts = ((first_passage(number), min(count, 8)) for number, count in rows)
        return {first + number: 1.0 for first, count in firsts for number in range(count)}

    def _passages(self, terms: Collection[str]) -> list[int]:
        if not terms:  # a show without episodes has no language
            return []
        # Terms are letters and digits of some script: nothing in them is FTS5's syntax.
        wanted = " OR ".join(f'"{term}"' for term in sorted(terms))
        return [row[0] for row in self._query("SELECT rowid FROM said WHERE said MATCH ?", [wanted])]

    def _stems(self, word: str) -> set[str]:
        """What a word is looked up by, whatever language is spoken."""
        return {stem(word) for stem in self._stemmers.values()}

    def _ranked(self, slots: Sequence[Slot]) -> list[tuple[float, int]]:
        """The passages that say most of what was asked, by how rarely that is said, and of these the newest first."""
        (total,) = self._query("SELECT coalesce(sum(passages), 0) FROM episode").fetchone()
        scores: dict[int, float] = {}
        covered: dict[int, int] = {}
        for slot in sorted(slots, key=len):
            weight = math.log(1 + total / len(slot))
            narrow = len(slot) > _MANY and len(scores) > 10 * self._limit
            for passage in scores.keys() & slot.keys() if narrow else slot:
                scores[passage] = scores.get(passage, 0.0) + weight * slot[passage]
                covered[passage] = covered.get(passage, 0) + 1
        least = len(slots) if self._question.quoted else 1
        ranked = (
            (score * (0.5 + covered[passage] / len(slots) / 2), passage)
            for passage, score in scores.items()
            if covered[passage] >= least and self._counts(passage)
        )
        return heapq.nlargest(_PATIENCE, ranked)

    def _counts(self, passage: int) -> bool:
        return self._episodes is None or episode_of(passage) in self._episodes

    def _read(self, ranked: Sequence[tuple[float, int]], most: int) -> tuple[list[_Heard], set[int]]:
        """The sentences of the best passages; where only some can count, of as many as it takes."""
        choosy = bool(self._question.quoted or self._only.speaker)
        heard: list[_Heard] = []
        read: set[int] = set()
        for first in range(0, min(len(ranked), _PATIENCE if choosy else most), most):
            some = ranked[first : first + most]
            texts = self._texts(passage for _, passage in some)
            read.update(passage for _, passage in some)
            heard += [each for score, passage in some for each in self._hear(passage, score, texts)]
            if len(heard) >= self._limit:
                break
        return heard, read

    def _texts(self, passages: Iterable[int]) -> dict[int, Sentences]:
        wanted = sorted({number for passage in passages for number in (passage, passage + 1)})
        marks = ",".join("?" * len(wanted))
        rows = self._query(f"SELECT id, sentences FROM passage WHERE id IN ({marks})", wanted)  # noqa: S608
        return {number: json.loads(text) for number, text in rows}

    def _hear(self, passage: int, score: float, texts: Mapping[int, Sentences]) -> Iterator[_Heard]:
        sentences = texts[passage]
        spoken = self._spoken(passage, sentences, texts.get(passage + 1, []))
        if not all(map(spoken.says, self._question.quoted)):
            return
        mine = [not self._only.speaker or _is_named(speaker, self._only.speaker) for _, _, speaker in sentences]
        for found in best(spoken, self._asked, self._telling, mine):
            near = (found.run - 1) / max(len(self._asked) - 1, 1)
            yield _Heard(
                score=score * (1 + near) + found.told / 10,
                passage=passage,
                exact=found.run == len(self._asked),
                sentence=sentences[found.sentence],
            )

    @cached_property
    def _asked(self) -> list[set[str]]:
        return [self._alike(word) for word in self._question.said]

    @cached_property
    def _telling(self) -> list[bool]:
        return [word not in self._common for word in self._question.said]

    def _spoken(self, passage: int, sentences: Sentences, following: Sentences) -> Spoken:
        said = [(word, number) for number, (_, text, _) in enumerate(sentences) for word in words(text)]
        longest = max(map(len, self._question.quoted), default=0)
        beyond = words(" ".join(text for _, text, _ in following))[: max(FURTHER, longest)]
        said += [(word, len(sentences)) for word in beyond]
        stem = self._stemmers[self._languages[episode_of(passage)]]
        return Spoken(
            words=[word for word, _ in said],
            stems=[stem(word) for word, _ in said],
            sentences=[number for _, number in said],
        )

    def _alike(self, word: str) -> set[str]:
        """The stems that stand for a word."""
        return {stem for each in (word, *self._taken.get(word, ())) for stem in self._stems(each)}

    def _found(self, heard: _Heard) -> Found:
        fields = "slug, title, published, day, withdrawn, page"
        query = f"SELECT {fields} FROM episode WHERE id = ?"  # noqa: S608  the fields are ours
        slug, title, published, day, withdrawn, page = self._query(query, [episode_of(heard.passage)]).fetchone()
        seconds, text, speaker = heard.sentence
        return Found(
            slug=slug,
            title=title,
            published=published,
            day=day,
            withdrawn=bool(withdrawn),
            page=page,
            seconds=seconds,
            speaker=speaker,
            text=text,
            marks=tuple(self._marks(text)),
            exact=heard.exact,
        )

    def _marks(self, text: str) -> Iterable[tuple[int, int]]:
        said = self._question.said
        telling = [word for word in said if word not in self._common]
        wanted = {stem for word in (said if self._question.quoted else telling or said) for stem in self._alike(word)}
        for at, end in _chunks(text):
            if any(wanted & self._stems(word) for word in words(text[at:end])):
                yield at, end

    def _chosen(self) -> set[int] | None:
        """The episodes that count; None for all."""
        only = self._only
        if not only:
            return None
        rows = self._query("SELECT id, day, places, speakers FROM episode").fetchall()
        named = {number: (day, json.loads(places), json.loads(speakers)) for number, day, places, speakers in rows}
        _must_be("--place", "place", only.place, {name for _, places, _ in named.values() for name in places})
        _must_be("--speaker", "speaker", only.speaker, {name for _, _, names in named.values() for name in names})
        return {
            number
            for number, (day, places, speakers) in named.items()
            if (not only.since or not day or day >= only.since)
            and (not only.until or (day and day[: len(only.until)] <= only.until))
            and (not only.place or any(_is_named(name, only.place) for name in places))
            and (not only.speaker or any(_is_named(name, only.speaker) for name in speakers))
        }


def _must_be(option: str, kind: str, wanted: str, names: Collection[str]) -> None:
    if wanted and not any(_is_named(name, wanted) for name in names):
        cure = f"There is: {few(sorted(names), 8)}." if names else f"No episode has a {kind} yet."
        raise UsageError(option, f"there is no {kind} {wanted!r}.", cure)


def _is_named(name: str, wanted: str) -> bool:
    """Whether a name has all the words that were asked for: "rosa" is Rosa Hartley."""
    asked = words(wanted)
    return bool(asked) and set(asked) <= set(words(name))


def _together(heard: Sequence[_Heard], key: Callable[[_Heard], Key]) -> list[_Heard]:
    """Those of one group together, where its best one was."""
    groups: dict[Key, list[_Heard]] = {}
    for each in heard:
        groups.setdefault(key(each), []).append(each)
    return [each for group in groups.values() for each in group]


def _chunks(text: str) -> Iterable[tuple[int, int]]:
    """Where words begin and end, without the signs around them."""
    at = 0
    for chunk in text.split():
        begin = text.index(chunk, at)
        at = begin + len(chunk)
        letters = [number for number, letter in enumerate(chunk) if letter.isalnum()]
        if letters:
            yield begin + letters[0], begin + letters[-1] + 1
