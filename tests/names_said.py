"""The recording of tests/data/names: which names are said in it and where, and how a transcript of it is judged."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from placecast.model import Names, Word

FOLDER = Path(__file__).parent / "data" / "names"
RECORDING = FOLDER / "recording.flac"
_SAYS = re.compile(r"[A-Z]+: (.*)")


@dataclass(frozen=True, kw_only=True)
class Said:
    """One occurrence of a name: words `first` up to but not including `last` of the reference."""

    first: int
    last: int
    name: str


@dataclass(frozen=True, kw_only=True)
class Script:
    """The words that are said, and the names among them."""

    words: tuple[str, ...]
    names: tuple[Said, ...]


def script(lines: int | None = None) -> Script:
    """The script of the recording, or only so many of its lines."""
    found = (_SAYS.fullmatch(line) for line in (FOLDER / "script.txt").read_text("utf-8").splitlines())
    said = [match[1] for match in found if match]
    words: list[str] = []
    names: list[Said] = []
    for part in re.split(r"(\[[^]]+\])", " ".join(said[:lines])):
        more = [word for word in part.strip("[]").split() if re.search(r"\w", word)]
        if part.startswith("["):
            names.append(Said(first=len(words), last=len(words) + len(more), name=part[1:-1]))
        words += more
    return Script(words=tuple(words), names=tuple(names))


def text_of(words: Sequence[Word]) -> str:
    return "".join(word.text for word in words).strip()


def missed(reference: Script, text: str) -> list[tuple[str, str]]:
    """The names that are not written in the text where they are said, letter for letter, and what is there instead."""
    heard = text.split()
    blocks = SequenceMatcher(None, _plain(reference.words), _plain(heard), autojunk=False).get_opcodes()
    there = [(said.name, " ".join(heard[slice(*_place(blocks, said))])) for said in reference.names]
    return [(name, instead) for name, instead in there if not _holds(instead, name)]


def invented(names: Names, reference: str, text: str) -> list[str]:
    """Names that stand in the text more often than they are said."""
    more = _names_in(text, names) - _names_in(reference, names)
    return sorted(more.elements())


def _names_in(text: str, names: Names) -> Counter[str]:
    forms = {form for entry in names.entries for form in (entry.name, *entry.aliases)}
    either = "|".join(sorted(map(re.escape, forms), key=len, reverse=True))
    return Counter(re.findall(rf"(?<!\w)(?:{either})(?!\w)", text)) if forms else Counter()


def _holds(text: str, name: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text))


def _plain(words: Sequence[str]) -> list[str]:
    return [re.sub(r"\W", "", word).casefold() for word in words]


def _place(blocks: Sequence[tuple[str, int, int, int, int]], said: Said) -> tuple[int, int]:
    """Where the words of the reference are in the text."""
    starts, stops = [], []
    for kind, first, last, start, stop in blocks:
        low, high = max(first, said.first), min(last, said.last)
        if low < high:
            starts.append(start + low - first if kind == "equal" else start)
            stops.append(start + high - first if kind == "equal" else stop)
    return min(starts), max(stops)
