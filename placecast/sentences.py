"""Words with times become cues: one sentence each, as people read, edit and cite them.

Where a sentence ends is decided on the text as it was written, since Whisper's words are not always whole:
`gov.uk` comes as " gov" and ".uk", `3.5` as " 3" and ".5".
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from placecast.model import Cue, Word

_PAUSE = 2.0  # seconds between words: a new sentence, whatever the punctuation says
_LONGEST = 20.0  # seconds of a cue
_LARGEST = 250  # characters of a cue
_SHORTEST = 0.01  # seconds: a cue must have a length, and Whisper's words sometimes have none

_CLOSERS = "\"'”’»)]}"
_OPENERS = "\"'“‘«([{"

# They belong to what follows them, whatever that is.
_TITLES = re.compile(r"dr|mr|mrs|ms|mx|messrs|prof|st|rev|hon|cllr|gen|col|capt|lt|sgt|vs|cf|e\.g|i\.e|viz|approx")
# They belong to a number that follows them.
_BEFORE_NUMBERS = re.compile(r"no|nos|p|pp|vol|fig|ch|sec|art|para|ed")
# They may end a sentence, and so may initials: only when the next word is one that starts sentences.
_ENDINGS = re.compile(r"etc|al|ltd|inc|co|corp|plc|jr|sr|dept|est|a\.m|p\.m|ph\.d|(?:[^\W\d_]\.)*[^\W\d_]")
_STARTERS = re.compile(
    r"the|an?|and|but|so|or|if|i|its?|it's|he|she|we|we're|they|they're|you|this|that|that's|these|those|there|there's"
    r"|then|now|here|what|when|where|why|how|who|in|on|at|for|from|by|with|as|after|before|well|yes|no|my|our|your|his"
    r"|her|their|not|because|while|although|however|let|let's|is|are|was|were|do|does|did|can|could"
)


def cues(words: Sequence[Word]) -> tuple[Cue, ...]:
    """The sentences of these words: in order, none overlapping another, each with a start before its end."""
    made: list[Cue] = []
    for sentence in _sentences(words):
        for part in _fitting(sentence):
            start = max(part[0].start, made[-1].end if made else 0.0)
            end = max(part[-1].end, start + _SHORTEST)
            if text := _text(part):
                made.append(Cue(start=round(start, 3), end=round(end, 3), text=text))
    return tuple(made)


def split(text: str) -> tuple[str, ...]:
    """The sentences of a written text, by the same rules."""
    line, made, begun = " ".join(text.split()), [], 0
    for gap in re.finditer(" ", line):
        if _is_end(line[begun : gap.start()], line[gap.start() : gap.start() + 40]):
            made.append(line[begun : gap.start()])
            begun = gap.end()
    return tuple(each for each in (*made, line[begun:]) if each)


def with_speakers(made: Sequence[Cue], labelled: Sequence[Cue]) -> tuple[Cue, ...]:
    """The cues, each said by whoever says most of its time in the other cues, which know the speakers."""
    return tuple(replace(cue, speaker=_speaker(cue, labelled)) for cue in made)


def _speaker(cue: Cue, labelled: Sequence[Cue]) -> str | None:
    near = labelled[bisect_left(labelled, cue.start, key=lambda each: each.end) :]
    inside = [each for each in takewhile(lambda each: each.start < cue.end, near) if each.end > cue.start]
    return max(inside, key=lambda each: min(each.end, cue.end) - max(each.start, cue.start)).speaker if inside else None


def _sentences(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    first = 0
    for number in range(1, len(words) + 1):
        if number == len(words) or _breaks(words, first, number):
            yield words[first:number]
            first = number


def _breaks(words: Sequence[Word], first: int, number: int) -> bool:
    """Whether a sentence that began with word `first` ends before word `number`."""
    if words[number].start - words[number - 1].end >= _PAUSE:
        return True
    # The last written word and the next two are all that the rules look at.
    before = "".join(word.text for word in words[max(first, number - 8) : number])
    after = "".join(word.text for word in words[number : number + 8])
    return _is_end(before, after)


def _is_end(before: str, after: str) -> bool:
    """Whether a sentence ends between these two texts."""
    last = (before.split() or [""])[-1]
    bare = last.rstrip(_CLOSERS)
    if bare.endswith(("。", "！", "？")):
        return True
    if not bare.endswith((".", "?", "!", "…")) or not after[:1].isspace():
        return False
    following = (after.split() or [""])[0].lstrip(_OPENERS)
    goes_on = following[:1].islower()
    if bare.endswith(("?", "!")):
        return not (goes_on and last != bare)  # "Really?" she asked.
    if goes_on:
        return False
    return bare.endswith(("…", "..")) or not _is_abbreviation(bare[:-1].lstrip(_OPENERS), following)


def _is_abbreviation(word: str, following: str) -> bool:
    """Whether the full stop after `word` belongs to it and does not end a sentence."""
    lower = word.lower()
    if _TITLES.fullmatch(lower):
        return True
    if _BEFORE_NUMBERS.fullmatch(lower) and following[:1].isdigit():
        return True
    starts = _STARTERS.fullmatch(following.rstrip(",").replace("’", "'").lower())
    return bool(_ENDINGS.fullmatch(lower)) and not starts


def _fitting(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """The sentence, or its parts when it is too long to be read as one cue."""
    if words[-1].end - words[0].start <= _LONGEST and len(_text(words)) <= _LARGEST:
        yield words
    elif cut := _best_cut(words):
        yield from _fitting(words[:cut])
        yield from _fitting(words[cut:])
    else:
        yield words


def _best_cut(words: Sequence[Word]) -> int | None:
    """Where to cut: best after a comma, then at the longest pause, in the middle rather than at the ends."""
    inside = [number for number in range(1, len(words)) if words[number].text[:1].isspace()]
    margin = len(words) // 5
    wanted = [number for number in inside if margin <= number <= len(words) - margin] or inside
    return max(wanted, key=lambda number: _merit(words, number), default=None)


def _merit(words: Sequence[Word], number: int) -> tuple[bool, float, int]:
    after_comma = words[number - 1].text.rstrip().endswith((",", ";", ":", "–", "—"))
    pause = round(words[number].start - words[number - 1].end, 1)
    return after_comma, pause, -abs(2 * number - len(words))


def _text(words: Sequence[Word]) -> str:
    return " ".join("".join(word.text for word in words).split())
