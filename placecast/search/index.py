"""The index that the search page reads: a table, and two segments with shards and lists of words for typing mistakes.

Episodes are counted from the oldest. The first segment holds a multiple of `STEP` of them and does not change when one
more is published; the second holds the rest. Every file but the table has its content's hash in its name.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from placecast.fingerprint import sha256
from placecast.model import Transcript
from placecast.search import postings
from placecast.search.passages import passages, terms
from placecast.search.postings import Run
from placecast.search.words import common

FOLDER = "search"
TABLE = f"{FOLDER}/index.json"
STEP = 32  # episodes
_HASH = 10  # hexadecimal digits: one in a billion that two of a thousand files are called alike
_VERSION = 1
SHORTEST = 3  # letters: shorter words are not corrected
_MOST = 35  # letters that two neighbours in a list can share, as one digit tells


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What is looked up of an episode, or of several in a row. `words`: in how many of them each is said."""

    passages: Sequence[int]  # of each episode
    single: Mapping[str, Run]
    double: Mapping[str, Run]
    words: Mapping[str, int]
    speakers: Sequence[Sequence[str]]  # of each episode


@dataclass(frozen=True, kw_only=True)
class Segment:
    """What the table says of episodes that are looked up together."""

    entry: Mapping[str, object]
    speakers: Sequence[Sequence[str]]  # of each episode


def divided(count: int) -> int:
    """How many of so many episodes the first segment has."""
    return count // STEP * STEP


def heard(transcript: Transcript) -> Heard:
    """What is looked up of this transcript."""
    found = passages(transcript)
    single, double, said = terms(found, transcript.language)
    return Heard(
        passages=[len(found)],
        single={term: Run(0, 0, postings.local(numbers)) for term, numbers in single.items()},
        double={term: Run(0, 0, postings.local(numbers)) for term, numbers in double.items()},
        words=dict.fromkeys(said, 1),
        speakers=[list(dict.fromkeys(cue.speaker for cue in transcript.cues if cue.speaker))],
    )


def joined(heard: Iterable[Heard]) -> Heard:
    """What is looked up of all these episodes, in this order."""
    made = _Together(heard)
    return Heard(
        passages=made.passages,
        single=made.single.runs,
        double=made.double.runs,
        words=made.words,
        speakers=made.speakers,
    )


def segment(slugs: Sequence[str], heard: Iterable[Heard]) -> tuple[Segment, dict[str, bytes]]:
    """What there is to say of these episodes, and their files."""
    made = _Together(heard)
    singles, doubles = (_named(postings.shards(each.terms)) for each in (made.single, made.double))
    lists = {letter: _file(_list(words)) for letter, words in _by_letter(made.words).items()}
    entry = {
        "slugs": " ".join(slugs),
        "passages": made.passages,
        "single": _hashes(singles),
        "double": _hashes(doubles),
        "words": {letter: _hash_in(path) for letter, (path, _) in lists.items()},
    }
    return Segment(entry=entry, speakers=made.speakers), dict([*singles, *doubles, *lists.values()])


class _Together:
    """What is heard of episode after episode. Beside that, no more than one of those given is kept in memory."""

    def __init__(self, heard: Iterable[Heard]) -> None:
        self.single, self.double = postings.Joined(), postings.Joined()
        self.words: Counter[str] = Counter()
        self.passages: list[int] = []
        self.speakers: list[Sequence[str]] = []
        for each in heard:
            self.single.add(each.single, len(each.passages))
            self.double.add(each.double, len(each.passages))
            self.words.update(each.words)
            self.passages += each.passages
            self.speakers += each.speakers


def table(
    segments: Sequence[Segment], language: str, years: Iterable[int], places: Iterable[Iterable[str]]
) -> dict[str, bytes]:
    """What is read first, and what it names beside the segments. `years`, `places`: of each episode, in order."""
    speakers = [names for each in segments for names in each.speakers]
    facets = _file(_json({"speakers": _where(speakers), "places": _where(places)}))
    facts = {
        "version": _VERSION,
        "language": language,
        "common": " ".join(sorted(common(language))),
        "years": [[year, len(list(same))] for year, same in groupby(years)],
        "segments": [each.entry for each in segments],
        "facets": _hash_in(facets[0]),
    }
    return {TABLE: _json(facts), **dict([facets])}


def _by_letter(counted: Mapping[str, int]) -> dict[str, list[tuple[str, int]]]:
    """Words and how frequent they are, by their first letter: "-" for all that do not begin with a Latin one."""
    made: dict[str, list[tuple[str, int]]] = {}
    for word in sorted(counted):
        if len(word) >= SHORTEST and not word.isdigit():
            letter = word[0] if word[0].isascii() and word[0].isalpha() else "-"
            made.setdefault(letter, []).append((word, counted[word].bit_length()))
    return made


def _list(words: Sequence[tuple[str, int]]) -> bytes:
    """A word a line: how many letters it shares with the one before, in base 36; the rest; a digit of how frequent."""
    lines, before = [], ""
    for word, frequency in words:
        shared = 0
        while shared < min(len(before), len(word), _MOST) and before[shared] == word[shared]:
            shared += 1
        lines.append(f"{'0123456789abcdefghijklmnopqrstuvwxyz'[shared]}{word[shared:]}{min(frequency, 9)}")
        before = word
    return "\n".join(lines).encode()


def _where(episodes: Iterable[Iterable[str]]) -> dict[str, list[int]]:
    """In which episodes each name is."""
    found: dict[str, list[int]] = {}
    for number, names in enumerate(episodes):
        for name in names:
            found.setdefault(name, []).append(number)
    return dict(sorted(found.items()))


def _named(shards: Iterable[bytes]) -> list[tuple[str, bytes]]:
    return [_file(shard) for shard in shards]


def _file(content: bytes) -> tuple[str, bytes]:
    return f"{FOLDER}/{sha256(content)[:_HASH]}.bin", content


def _hash_in(path: str) -> str:
    return path.removeprefix(f"{FOLDER}/").removesuffix(".bin")


def _hashes(named: Iterable[tuple[str, bytes]]) -> str:
    return "".join(_hash_in(path) for path, _ in named)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
