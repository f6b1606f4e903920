"""Captions are pieces of sentences, cut for a screen. Here they become sentences again, with their speakers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from placecast import sentences
from placecast.alignment import spaced
from placecast.importing.speakers import prefixes
from placecast.model import Cue, Transcript, Word
from placecast.realign import timed

_MOST = 0.8  # of the captions end a sentence: then each is one, as people cut it
_ENDS = (".", "?", "!", "…", "。", "！", "？")
_CLOSERS = "\"'”’»)]"
_ROLLED = 0.5  # of the captions begin with words of the one before: they roll up the screen
_REPEATED, _LINE = 3, 40  # words at least, and at most


def sentence_by_sentence(pieces: Transcript, *, trusted: bool) -> Transcript:
    """The sentences that these captions are pieces of, in order of their times.

    `trusted`: they stay as they are if most of them end where a sentence does.
    """
    cues = _apart(_unrolled(_named(pieces.cues)))
    if not trusted or sum(cue.text.rstrip(_CLOSERS).endswith(_ENDS) for cue in cues) < _MOST * len(cues):
        cues = [cue for _, turn in groupby(cues, key=lambda cue: cue.speaker) for cue in _sentences(list(turn))]
    return replace(pieces, cues=tuple(sorted(cues, key=lambda cue: cue.start)))


def _named(cues: Sequence[Cue]) -> list[Cue]:
    """The captions with the names that stand before their texts: those after one are the same person's."""
    made: list[Cue] = []
    speaker = None
    for cue, (name, text) in zip(cues, prefixes([cue.text for cue in cues]), strict=True):
        speaker = name or (None if cue.speaker else speaker)
        made.append(replace(cue, text=text, speaker=cue.speaker or speaker))
    return made


def _unrolled(cues: Sequence[Cue]) -> list[Cue]:
    """YouTube's captions say each line twice: at the bottom of the screen and then above the next one."""
    shared = [0, *(_overlap(one.text.split(), two.text.split()) for one, two in pairwise(cues))]
    if sum(number >= _REPEATED for number in shared) <= _ROLLED * len(cues):
        return list(cues)
    texts = [" ".join(cue.text.split()[number:]) for cue, number in zip(cues, shared, strict=False)]
    return [replace(cue, text=text) for cue, text in zip(cues, texts, strict=True) if text]


def _overlap(one: Sequence[str], two: Sequence[str]) -> int:
    """How many words at the end of one are the first of the other."""
    return next((size for size in range(min(len(one), len(two), _LINE), 0, -1) if one[-size:] == two[:size]), 0)


def _apart(cues: Sequence[Cue]) -> list[Cue]:
    """The captions of one speaker without overlaps, which only two people can cause who talk at once."""
    following = [*cues[1:], None]
    return [
        replace(cue, end=after.start)
        if after and cue.speaker == after.speaker and cue.start < after.start < cue.end
        else cue
        for cue, after in zip(cues, following, strict=False)
    ]


def _sentences(turn: Sequence[Cue]) -> Iterator[Cue]:
    """What one person says in a row, cut anew; the words of a caption share its time."""
    words: list[Word] = []
    for said in timed(Transcript(cues=tuple(turn), language=""), ()):
        words += [replace(word, text=spaced(word.text)) if number == 0 else word for number, word in enumerate(said)]
    return (replace(cue, speaker=turn[0].speaker) for cue in sentences.cues(words))
