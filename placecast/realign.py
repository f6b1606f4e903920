"""Words with times for a transcript that people have edited: as they are written now, when they were heard.

A word that the machine heard keeps its time, also when its sentence was split, merged or otherwise given new borders.
A word that people wrote gets the time of what it replaced, or else a share of the time between its neighbours.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, chain, groupby, pairwise

from placecast.alignment import UNSPACED, Pair, holes, normal, pairs, written
from placecast.model import Cue, Transcript, Word

# How far outside the times of its cue a word may have been heard, in seconds: cues whose times are right come first,
# then those whose borders were guessed when a sentence was split, or left as they were when two were merged.
_NEAR, _FAR = 0.3, 10.0
_ROUNDING = 0.02
_PAUSE = 2.0  # seconds that end a sentence, whatever its words are
_GAP = 1.0  # seconds at most that words take between two others outside their cue, where there is no time in it

# A whole written word: as the engine heard it, it can stay as it is.
_WHOLE = re.compile(rf"\s(?=\S*[^\W_])[^\s{UNSPACED}]+|\s?(?=[^\W_])[{UNSPACED}](?:[{UNSPACED}]|[^\w\s])*")

Span = tuple[float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Token:
    """A written word as it was heard; `source` numbers the word of the engine that it begins in."""

    word: Word
    source: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Kept:
    """A cue that is as it was heard: the words from `first` up to but not including `last`."""

    cue: int
    first: int
    last: int


def timed(transcript: Transcript, words: Sequence[Word]) -> tuple[tuple[Word, ...], ...]:
    """The words of each cue with their times: joined, they are its text.

    They are in order and never overlap, through the whole transcript. The words that people wrote have probability 1.
    """
    heard, cues = _in_order(words), _apart(transcript.cues)
    start = _Kept(cue=-1, first=0, last=0)
    end = _Kept(cue=len(cues), first=len(heard), last=len(heard))
    made: list[tuple[Word, ...]] = []
    for before, after in pairwise([start, *_untouched(cues, heard), end]):
        free = (heard[before.last - 1].end if before.last else 0.0, _start(heard, after.first))
        if changed := cues[before.cue + 1 : after.cue]:
            made += _realigned(changed, heard[before.last : after.first], free)
        made += [_as_heard(heard[after.first : after.last])] if after is not end else []
    return tuple(made)


def _in_order(words: Sequence[Word]) -> Sequence[Word]:
    """The words with the times of those put right that overlap the one before."""
    if all(one.end <= two.start for one, two in pairwise(words)) and all(word.start <= word.end for word in words):
        return words
    clock, made = 0.0, []
    for word in words:
        start = max(word.start, clock)
        clock = max(word.end, start)
        made.append(replace(word, start=start, end=clock))
    return made


def _apart(cues: Sequence[Cue]) -> list[Cue]:
    """The cues, each ended before the next one begins to own the time: when two people talk at once, in the middle."""
    made: list[Cue] = []
    for cue in reversed(cues):
        end = cue.end
        if made and made[-1].start < end:
            end = min(made[-1].end, (made[-1].start + min(end, made[-1].end)) / 2)
        made.append(cue if end == cue.end else replace(cue, end=end))
    return made[::-1]


def _untouched(cues: Sequence[Cue], heard: Sequence[Word]) -> Iterator[_Kept]:
    """The cues that nobody has changed: most of them, in most transcripts."""
    starts = [word.start for word in heard]
    sizes = list(accumulate((_size(word.text) for word in heard), initial=0))
    last = 0
    for number, cue in enumerate(cues):
        for first in (max(last, bisect_left(starts, cue.start - _ROUNDING)), last):
            stop = bisect_left(sizes, sizes[first] + _size(cue.text))
            if _is_as_heard(cue, heard[first:stop]):
                yield _Kept(cue=number, first=first, last=stop)
                last = stop
                break


def _size(text: str) -> int:
    if text.isprintable():  # then the plain space alone is blank
        return len(text) - text.count(" ")
    return len("".join(text.split()))


def _is_as_heard(cue: Cue, words: Sequence[Word]) -> bool:
    return (
        bool(words)
        and abs(words[0].start - cue.start) <= _NEAR
        and "".join([word.text for word in words]).strip() == cue.text
        and all(_is_whole(word.text) for word in words)
    )


@lru_cache(maxsize=1 << 14)
def _is_whole(text: str) -> bool:
    return _WHOLE.fullmatch(text) is not None


def _as_heard(words: Sequence[Word]) -> tuple[Word, ...]:
    first = words[0]
    return (replace(first, text=first.text.lstrip()), *words[1:])


def _realigned(cues: Sequence[Cue], words: Sequence[Word], free: Span) -> list[tuple[Word, ...]]:
    """The words of cues that people have changed. `free`: the time between the words before and after them."""
    tokens = list(_tokens(words))
    theirs = [token.word for token in tokens]
    ours = [(number, text) for number, cue in enumerate(cues) for text in written(cue.text)]
    spans = [(cues[number].start, cues[number].end) for number, _ in ours]
    found = paired([text for _, text in ours], spans, theirs)
    windows, met = holes(found, len(ours), len(theirs)), dict(found)
    made: list[list[Word]] = [[] for _ in cues]
    clock = free[0]
    for (number, known), group in groupby(range(len(ours)), key=lambda index: (ours[index][0], index in met)):
        indices = list(group)
        texts = [ours[index][1] for index in indices]
        if known:
            part = _heard(texts, [tokens[met[index]] for index in indices])
        else:
            low, high = windows[indices[0]]
            until = theirs[high].start if high < len(theirs) else free[1]
            part = _shared(texts, _room(cues[number], theirs[low:high], (clock, until)))
        made[number] += part
        clock = part[-1].end
    return list(map(tuple, made))


def paired(ours: Sequence[str], spans: Sequence[Span], theirs: Sequence[Word]) -> list[Pair]:
    """Which of our words were heard, and where: `spans` says when each was said, or a sentence that it belongs to.

    A word counts as heard at its time first, and then around it.
    """
    our_words, their_words = list(map(normal, ours)), [normal(word.text) for word in theirs]
    starts, ends = [word.start for word in theirs], [word.end for word in theirs]
    found: list[Pair] = []
    for slack in (_NEAR, _FAR):
        left = holes(found, len(ours), len(theirs))
        windows = [
            (max(low, bisect_left(ends, start - slack)), min(high, bisect_right(starts, end + slack)))
            for (start, end), (low, high) in zip(spans, left, strict=True)
        ]
        found = sorted(found + pairs(our_words, their_words, windows))
    return found


def whole(words: Sequence[Word]) -> list[Word]:
    """What was heard, as it is written: the engine's words are not always whole, and some are several."""
    return [token.word for token in _tokens(_in_order(words))]


def _tokens(words: Sequence[Word]) -> Iterator[_Token]:
    """The written words in what was heard."""
    offsets = list(accumulate((len(word.text) for word in words), initial=0))
    end = 0
    for text in chain.from_iterable(map(written, _phrases(words))):
        start, end = end + len(text) - len(text.lstrip()), end + len(text)
        stop = end - len(text) + len(text.rstrip())
        if start < stop:
            first, last = bisect_right(offsets, start) - 1, bisect_left(offsets, stop) - 1
            word = Word(
                start=_moment(words[first], start - offsets[first]),
                end=_moment(words[last], stop - offsets[last]),
                text=text,
                probability=min(word.probability for word in words[first : last + 1]),
            )
            yield _Token(word=word, source=first)


def _phrases(words: Sequence[Word]) -> Iterator[str]:
    """What was heard between long pauses: no written word goes on after one."""
    pauses = [number for number, (one, two) in enumerate(pairwise(words), 1) if two.start - one.end >= _PAUSE]
    for first, last in pairwise([0, *pauses, len(words)]):
        yield "".join(word.text for word in words[first:last])


def _moment(word: Word, place: int) -> float:
    """When the character at this place of the word begins."""
    before = len(word.text) - len(word.text.lstrip())
    length = len(word.text.strip())
    if place <= before:
        return word.start
    if place >= before + length:
        return word.end
    return _between(word.start, word.end, (place - before) / length)


def _heard(texts: Sequence[str], tokens: Sequence[_Token]) -> list[Word]:
    """Our words at the times of theirs. Characters of one of the engine's words stay one word."""
    made: list[Word] = []
    source = None
    for text, token in zip(texts, tokens, strict=True):
        if made and token.source == source and not text[:1].isspace():
            made[-1] = replace(made[-1], end=token.word.end, text=made[-1].text + text)
        else:
            made.append(replace(token.word, text=text))
        source = token.source
    return made


def _room(cue: Cue, replaced: Sequence[Word], free: Span) -> Span:
    """The time of words that were not heard: that of what they replaced, or what is left of the cue."""
    here = [word for word in replaced if cue.start <= (word.start + word.end) / 2 <= cue.end]
    own = _overlap(free, (cue.start, cue.end))
    point = min(max(cue.start, free[0]), free[1])
    gap = (point, min(point + _GAP, free[1])) if free[1] < float("inf") else (point, point)
    rooms = (_overlap(own, _span(here)), own, _overlap(free, _span(replaced)), gap)
    return next(((start, end) for start, end in rooms if start < end), (point, point))


def _overlap(one: Span, two: Span) -> Span:
    return max(one[0], two[0]), min(one[1], two[1])


def _span(words: Sequence[Word]) -> Span:
    return (words[0].start, words[-1].end) if words else (0.0, 0.0)


def _shared(texts: Sequence[str], room: Span) -> list[Word]:
    """Words that share the time by their length."""
    shares = list(accumulate(map(len, texts), initial=0))
    times = [_between(*room, share / shares[-1]) for share in shares]
    return [
        Word(start=start, end=end, text=text, probability=1.0)
        for text, (start, end) in zip(texts, pairwise(times), strict=True)
    ]


def _between(start: float, end: float, share: float) -> float:
    return min(max(round(start + (end - start) * share, 3), start), end)


def _start(words: Sequence[Word], number: int) -> float:
    return words[number].start if number < len(words) else float("inf")
