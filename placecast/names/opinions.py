"""Two hearings of the same sound, without and with the names: which names are taken over, and which are doubted.

A prompt makes Whisper write names right, and now and then it makes it write names that nobody said. So nothing of the
second hearing is taken but names, and a name only where the first hearing had something that sounds like it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from placecast.model import Flag, Names, Word
from placecast.names.likeness import (
    ALIKE,
    PERHAPS,
    Resemblance,
    bare,
    letters,
    nearest,
    resemblances,
    same_letters,
    written,
)
from placecast.names.writing import rewritten

_SAID = 0.5  # how like the name the first hearing must be when the second has exactly the name
_TOWARDS = 0.6  # and how like it both must be, on average, when the second only came nearer to it


_STILL = 0.6  # how like a name words must be to ask once more
_WHOLE = 0.7  # of the words: a hearing with less was broken off
_AS_IT_SOUNDS = 0.98  # the very letters of a spoken form, with a capital
_Blocks = Sequence[tuple[str, int, int, int, int]]  # as difflib gives them


class _Claim(NamedTuple):
    """A name that the second hearing has, and the words of the first that it would replace."""

    name: str
    first: int
    last: int
    before: float  # how like the name these words are
    after: float  # how like it the second hearing is
    nearer: bool  # whether the second hearing is more like it, or has a word of it that the first has not


def likely_names(words: Sequence[Word], names: Names) -> tuple[str, ...]:
    """The names that something in these words may be: a short prompt is heeded, a long list is half ignored."""
    found = resemblances([word.text for word in words], names, least=PERHAPS)
    doubtful = any(each.score < 1 for each in found)
    return _entries({each.name for each in found} if doubtful else set(), names)


def unsettled_names(
    settled: Sequence[Word], second: Sequence[Word], told: Sequence[str], names: Names
) -> tuple[str, ...]:
    """Those of the names that were told which may have been said and are still not written, the last one first.

    `settled`: the words, the second opinion taken into account. Told fewer names, and in another order, Whisper writes
    some that it has just missed, and does not break off where it did.
    """
    broken_off = len(second) < _WHOLE * len(settled)
    least = PERHAPS if broken_off else _STILL
    hearings = (settled,) if broken_off else (settled, second)
    found = (each for words in hearings for each in resemblances([word.text for word in words], names, least=least))
    missed = _entries({each.name for each in found if each.score < 1}, names)
    return tuple(name for name in reversed(missed) if name in told)


def _entries(near: set[str], names: Names) -> tuple[str, ...]:
    """The canonical names of these names and aliases, the likeliest first."""
    return tuple(entry.name for entry in names.entries if near & {entry.name, *entry.aliases})


def second_opinion(
    first: Sequence[Word], second: Sequence[Word], names: Names
) -> tuple[tuple[Word, ...], tuple[Flag, ...]]:
    """What was heard without the names (`first`), with those names that hearing again with them (`second`) explains."""
    words: list[Word] = []
    flags: list[Flag] = []
    done = 0
    for claim in _claims(first, second, names):
        if claim.first < done:
            continue
        words += first[done : claim.first]
        replaced = first[claim.first : claim.last]
        if _explained(claim):
            words += rewritten(replaced, claim.name)
        else:
            words += replaced
            flags += _doubted(claim, first)
        done = max(claim.last, done)
    return (*words, *first[done:]), tuple(flags)


def _claims(first: Sequence[Word], second: Sequence[Word], names: Names) -> list[_Claim]:
    """What both hearings together say about names, in order."""
    before, after = ([word.text for word in words] for words in (first, second))
    blocks = SequenceMatcher(None, _plain(before), _plain(after), autojunk=False).get_opcodes()
    claims = [*_heard(before, after, blocks, names), *_as_it_sounds(before, names)]
    return sorted(claims, key=lambda claim: (claim.first, not _explained(claim)))


def _heard(before: Sequence[str], after: Sequence[str], blocks: _Blocks, names: Names) -> Iterator[_Claim]:
    """Names that the second hearing has, or comes near to."""
    for found in resemblances(after, names, least=_TOWARDS):
        window = _same_place(blocks, found)
        texts = written(before[window.start : window.stop]), written(after[found.first : found.last])
        if texts[0] == texts[1] or (found.score < 1 and same_letters(*texts)):
            continue
        said = nearest(before, found.name, names, window)
        if said:
            unsure = min(found.score, said.score) >= ALIKE  # two spellings of what the machine does not know
            nearer = found.score > said.score or unsure or _has_more(*texts, found.name)
            yield _Claim(found.name, said.first, said.last, said.score, found.score, nearer)
        elif found.score == 1:
            yield _Claim(found.name, window.start, window.stop, 0.0, found.score, nearer=True)


def _as_it_sounds(before: Sequence[str], names: Names) -> Iterator[_Claim]:
    """Names that the first hearing has in the very letters of a spoken form, with a capital: it took them for names.

    Whisper can be told "Dún Laoghaire" and write "Dunleary" all the same.
    """
    for found in resemblances(before, names, least=_AS_IT_SOUNDS):
        if found.score < 1:
            yield _Claim(found.name, found.first, found.last, found.score, found.score, nearer=True)


def _has_more(before: str, after: str, name: str) -> bool:
    """Whether a word of the name, written right, stands in the second text only."""
    return bool((set(after.split()) - set(before.split())) & set(name.split()))


def _plain(texts: Sequence[str]) -> list[str]:
    return [letters(bare(text)) for text in texts]


def _same_place(blocks: _Blocks, found: Resemblance) -> range:
    """The words of the first hearing that stand where the second has the name."""
    starts, stops = [], []
    for kind, first, last, start, stop in blocks:
        low, high = max(start, found.first), min(stop, found.last)
        if low < high:
            shift = first - start
            starts.append(low + shift if kind == "equal" else first)
            stops.append(high + shift if kind == "equal" else last)
    return range(min(starts), max(stops))


def _explained(claim: _Claim) -> bool:
    """Whether something was said there that sounds like the name, and the second hearing has it, or came nearer."""
    if claim.after == 1:
        return claim.before >= _SAID
    return claim.nearer and claim.before + claim.after >= 2 * _TOWARDS


def _doubted(claim: _Claim, words: Sequence[Word]) -> Iterator[Flag]:
    """A name that was heard only when it was suggested: it is not written, and a person should listen."""
    if claim.after < 1:
        return
    replaced = words[claim.first : claim.last]
    start = replaced[0].start if replaced else words[claim.first - 1].end if claim.first else 0.0
    end = replaced[-1].end if replaced else words[claim.first].start if claim.first < len(words) else start
    reason = "this name was heard only when it was suggested, and nothing like it without"
    yield Flag(start=start, end=max(start, end), kind="prompted", text=claim.name, reason=reason)
