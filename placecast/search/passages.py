"""A transcript in passages: some sentences each, the grain in which it is searched, and in parts of a few kilobytes.

What is looked up leads to passages; their text, which is fetched in parts, tells which sentence it was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import accumulate, islice

from placecast.model import Cue, Release, Transcript
from placecast.search.postings import place
from placecast.search.words import common, stemmer, words
from placecast.timecode import tenths

Passage = Sequence[Cue]
Terms = Mapping[str, Sequence[int]]
"""The places where each term is said, in order: a passage, counted from 0, and what follows it there."""

PART = 16  # passages in one file: about a thousand words, three kilobytes compressed
_LONG_ENOUGH = 60  # words
FURTHER = 8  # words of the next passage that count as said in this one, so that no phrase falls between two


def passages(transcript: Transcript) -> Sequence[Passage]:
    """The sentences of a transcript, in groups of about as many words."""
    made: list[list[Cue]] = []
    room = 0
    for cue in transcript.cues:
        if room <= 0:
            made.append([])
            room = _LONG_ENOUGH
        made[-1].append(cue)
        room -= len(cue.text.split())
    return made


def terms(found: Sequence[Passage], language: str) -> tuple[Terms, Terms, frozenset[str]]:
    """Where what is said: by the stems of words, and by pairs of frequent words; and all words, as said."""
    stem, frequent = stemmer(language), common(language)
    said = [words(" ".join(cue.text for cue in passage)) for passage in found]
    single: dict[str, set[int]] = {}
    double: dict[str, set[int]] = {}
    for number, own in enumerate(said):
        heard = [*own, *islice(said[number + 1], FURTHER + 2)] if number + 1 < len(said) else own
        stems = [*map(stem, heard), "", ""]
        for at, word in enumerate(heard[: len(own) + FURTHER]):
            if word not in frequent:
                single.setdefault(stems[at], set()).add(place(number, stems[at + 1]))
            elif at + 1 < len(heard) and heard[at + 1] in frequent:
                double.setdefault(f"{word} {heard[at + 1]}", set()).add(place(number, stems[at + 2]))
    return _ordered(single), _ordered(double), frozenset(word for own in said for word in own)


def _ordered(found: Mapping[str, set[int]]) -> Terms:
    return {term: sorted(places) for term, places in found.items()}


def parts(release: Release, transcript: Transcript) -> dict[str, bytes]:
    """The text of an episode, part by part, by path in the public tree.

    JSON with the episode's title and day, its speakers, and of each sentence: the second, the text and the number of
    the speaker (-1 for nobody), passage by passage. `further`: the sentences after these in which phrases may end that
    begin in the last passage.
    """
    found = passages(transcript)
    speakers = list(dict.fromkeys(cue.speaker for cue in transcript.cues if cue.speaker))
    numbers = {name: number for number, name in enumerate(speakers)}
    day = release.published.date().isoformat()
    about = {"title": release.episode.title, "published": day, "speakers": speakers}

    made = {}
    for first in range(0, len(found), PART):
        here, behind = found[first : first + PART], found[first + PART : first + PART + 1]
        told = [_sentences(passage, numbers) for passage in here]
        further = [sentence for passage in behind for sentence in _sentences(_beginning(passage), numbers)]
        text = json.dumps(about | {"passages": told, "further": further}, ensure_ascii=False, separators=(",", ":"))
        made[f"{release.episode.folder}part-{first // PART}.json"] = text.encode()
    return made


def _sentences(passage: Passage, speakers: Mapping[str, int]) -> list[tuple[float, str, int]]:
    return [(tenths(cue.start), cue.text, speakers.get(cue.speaker or "", -1)) for cue in passage]


def _beginning(passage: Passage) -> Passage:
    """As many sentences as have the words that count as said in the passage before."""
    heard = accumulate(len(words(cue.text)) for cue in passage)
    return passage[: 1 + sum(count < FURTHER for count in heard)]
