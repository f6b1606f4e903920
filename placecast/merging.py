"""Three transcripts into one: what a machine heard at first, what people made of it, and what a machine hears now.

Where people changed the words, theirs stay; elsewhere the new ones are taken. Times, speakers and the borders of
sentences are those of the file that people edited, and so is the punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from placecast import sentences
from placecast.alignment import spaced
from placecast.model import Cue, Transcript, Word
from placecast.realign import paired, timed, whole
from placecast.timecode import clock

_CONTEXT = 3  # words on each side of a change
_NEAR = 0.3  # seconds outside a cue that its words may be heard: what is further away is a sentence of its own
_EDGES = re.compile(r"^\W+|\W+$")
_END = re.compile(r"\W*$")


@dataclass(frozen=True, kw_only=True)
class Change:
    """A stretch that a machine hears differently now, in all three forms, and the words around it."""

    start: float
    was: str
    yours: str
    new: str
    before: str
    after: str
    conflict: bool  # people changed it too: `yours` was kept, where else `new` is taken


@dataclass(frozen=True, kw_only=True)
class Merged:
    """The transcript that comes of it, and what there is to say about it, in order of time."""

    transcript: Transcript
    changes: tuple[Change, ...]

    @property
    def conflicts(self) -> tuple[Change, ...]:
        """Where people and the machine changed the same words; those of the people were kept."""
        return tuple(change for change in self.changes if change.conflict)

    @property
    def taken(self) -> tuple[Change, ...]:
        """Where the new machine's words were taken."""
        return tuple(change for change in self.changes if not change.conflict)


@dataclass(frozen=True, kw_only=True)
class _Texts:
    """All words of the three; `cues` has the number of the cue for each of yours."""

    was: Sequence[Word]
    yours: Sequence[Word]
    new: Sequence[Word]
    cues: Sequence[int]


@dataclass(frozen=True, kw_only=True)
class _Part:
    """The same stretch of each: one word that all three have, or what lies between two such words."""

    was: range
    yours: range
    new: range


def merge(base: Sequence[Word], edited: Transcript, new: Sequence[Word]) -> Merged:
    """The edited transcript with what the new machine hears better.

    `base`: what the old machine heard, `new`: what the new one hears, both after the correction of names.
    """
    yours = timed(edited, base)
    numbers = [number for number, words in enumerate(yours) for _ in words]
    texts = _Texts(was=whole(base), yours=list(chain.from_iterable(yours)), new=whole(new), cues=numbers)
    parts = [(part, _change(texts, part)) for part in _parts(texts)]
    changes = tuple(change for _, change in parts if change)
    if edited.cues == sentences.cues(base):
        return Merged(transcript=replace(edited, cues=sentences.cues(new)), changes=changes)
    return Merged(transcript=replace(edited, cues=_cues(edited.cues, texts, parts)), changes=changes)


def diff(merged: Merged) -> list[str]:
    """The changes for a terminal: when, the words around it, and the three forms of it."""
    lines = []
    for change in merged.changes:
        around = " ".join(part for part in (change.before, "[…]", change.after) if part)
        lines.append(f"{clock(change.start)}  {around}")
        forms = [("was", change.was), ("yours", change.yours), ("new", change.new)]
        taken = "yours" if change.conflict else "new"
        shown = forms if change.conflict else [form for form in forms if form[0] != "yours"]
        lines += [f"  {'*' if name == taken else ' '} {name:<6} {text or '(nothing)'}" for name, text in shown]
    return lines


def _parts(texts: _Texts) -> Iterator[_Part]:
    """The three texts side by side, cut at the words that they have in common."""
    theirs = dict(_pairs(texts.was, texts.new))
    common = [(i, j, theirs[i]) for j, i in _pairs(texts.yours, texts.was) if i in theirs]
    was = yours = new = 0
    for i, j, k in [*common, (len(texts.was), len(texts.yours), len(texts.new))]:
        yield _Part(was=range(was, i), yours=range(yours, j), new=range(new, k))
        was, yours, new = i + 1, j + 1, k + 1
        if i < len(texts.was):
            yield _Part(was=range(i, was), yours=range(j, yours), new=range(k, new))


def _pairs(ours: Sequence[Word], theirs: Sequence[Word]) -> list[tuple[int, int]]:
    return paired([word.text for word in ours], [(word.start, word.end) for word in ours], theirs)


def _change(texts: _Texts, part: _Part) -> Change | None:
    """What is to be said about this stretch: None where the new machine hears nothing new, or what people wrote."""
    was, yours, new = _of(texts.was, part.was), _of(texts.yours, part.yours), _of(texts.new, part.new)
    if _spoken(new) in (_spoken(was), _spoken(yours)):
        return None
    before = texts.yours[max(0, part.yours.start - _CONTEXT) : part.yours.start]
    after = texts.yours[part.yours.stop : part.yours.stop + _CONTEXT]
    return Change(
        start=(yours or new or was)[0].start,
        was=_text(was),
        yours=_text(yours),
        new=_text(new),
        before=_text(before),
        after=_text(after),
        conflict=[word.text.strip() for word in was] != [word.text.strip() for word in yours],
    )


def _of(words: Sequence[Word], stretch: range) -> Sequence[Word]:
    return words[stretch.start : stretch.stop]


def _spoken(words: Sequence[Word]) -> list[str]:
    """What can be heard of these words: no capitals, and no punctuation around them."""
    return [_EDGES.sub("", word.text).casefold() for word in words]


def _text(words: Sequence[Word]) -> str:
    return " ".join("".join(spaced(word.text) for word in words).split())


def _cues(cues: Sequence[Cue], texts: _Texts, parts: Sequence[tuple[_Part, Change | None]]) -> tuple[Cue, ...]:
    """The edited cues with the words that were taken, and the sentences that nobody had heard before."""
    said: list[list[str]] = [[] for _ in cues]
    added: list[Cue] = []
    for part, change in parts:
        if change and not change.conflict:
            added += sentences.cues(_take(cues, texts, part, said))
        else:
            for number in part.yours:
                _keep(texts, part, number, said[texts.cues[number]])
    spoken = zip(cues, ("".join(words).strip() for words in said), strict=True)
    kept = [replace(cue, text=text) for cue, text in spoken if text]
    return tuple(sorted([*kept, *added], key=lambda cue: cue.start))


def _keep(texts: _Texts, part: _Part, number: int, sentence: list[str]) -> None:
    """Add one of your words to its sentence, which may begin with other words than before."""
    text = texts.yours[number].text
    if sentence and (number == 0 or texts.cues[number - 1] != texts.cues[number]):
        heard = _EDGES.sub("", _text(_of(texts.new, part.new)))
        text = spaced(text.replace(heard.capitalize(), heard) if heard else text)
    sentence.append(text)


def _take(cues: Sequence[Cue], texts: _Texts, part: _Part, said: Sequence[list[str]]) -> list[Word]:
    """Add the new words to the sentences of those that they replace; what belongs to none of them is given back."""
    last = part.yours.stop - 1
    sentence = said[texts.cues[last]] if last >= 0 else []
    at_end = last >= 0 and (last + 1 == len(texts.cues) or texts.cues[last + 1] != texts.cues[last])
    if at_end and sentence:
        sentence[-1] = _END.sub("", sentence[-1])
    apart = []
    for word in _of(texts.new, part.new):
        place = _place(cues, texts, part, word)
        if place is None:
            apart.append(word)
        else:
            said[place].append(spaced(word.text) if said[place] else _opening(word.text, cues[place].text))
    if sentence and (at_end or (part.yours and part.new)):
        # The file keeps its punctuation, since it keeps its sentences.
        sentence[-1] = _END.sub("", sentence[-1]) + "".join(_END.findall(texts.yours[last].text))
    return apart


def _opening(word: str, sentence: str) -> str:
    """The word as the first of a sentence, with a capital if the sentence had one."""
    return re.sub(r"\w", lambda letter: letter[0].upper(), word, count=1) if sentence[:1].isupper() else word


def _place(cues: Sequence[Cue], texts: _Texts, part: _Part, word: Word) -> int | None:
    """The cue that a new word belongs to: one of those whose words it replaces, or stands between."""
    around = texts.cues[max(0, part.yours.start - (not part.yours)) : part.yours.stop + (not part.yours)]
    near = min(around, key=lambda number: _distance(cues[number], word), default=None)
    replaces = bool(part.yours) or around[:1] == around[1:]
    return near if near is not None and (replaces or _distance(cues[near], word) <= _NEAR) else None


def _distance(cue: Cue, word: Word) -> float:
    moment = (word.start + word.end) / 2
    return max(cue.start - moment, moment - cue.end, 0.0)
