"""For benchmarks/search.py: the talk, what is asked about it, and the sites that answer.

Every site is built in a process of its own, which tells how long that took and how much memory.
"""

from __future__ import annotations

import json
import pickle
import random
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.corpus import Talk  # noqa: E402
from placecast import search  # noqa: E402
from placecast.model import Cue, Transcript  # noqa: E402
from placecast.search.words import common, words  # noqa: E402
from tests import feeds  # noqa: E402

WORDS = 5_700
KINDS = ("phrase", "misspelt", "quoted", "frequent words")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_FREQUENT = common("en")
_BOTH = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)

Spoken = Sequence[tuple[str, float]]  # words and their seconds


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is typed, and where it is said: episodes and seconds."""

    kind: str
    text: str
    said: Sequence[tuple[int, float]]


def talk(folder: Path, episodes: int, seed: int) -> Path:
    """The talk as a file with an episode a line, as `_told` reads it. The same talk is made once."""
    path = folder / f"talk-{episodes}-{seed}.jsonl"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        made = Talk(seed)
        unfinished = path.with_suffix(".part")
        with unfinished.open("w", encoding="utf-8") as lines:
            for _ in range(episodes):
                text = made.text(WORDS)
                cues = [(cue.start, cue.end, cue.text, cue.speaker) for cue in text.transcript.cues]
                starts = [word.start for sentence in text.words for word in sentence]
                lines.write(json.dumps({"cues": cues, "places": made.places(), "starts": starts}) + "\n")
        unfinished.replace(path)
    return path


def _told(path: Path) -> Iterator[tuple[Transcript, Sequence[str], Sequence[float]]]:
    """The episodes: what is said, where, and when each word is."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            told = json.loads(line)
            cues = (Cue(start=a, end=b, text=text, speaker=who) for a, b, text, who in told["cues"])
            yield Transcript(cues=tuple(cues), language="en-GB"), told["places"], told["starts"]


def slug(number: int) -> str:
    return f"episode-{number:04d}"


# What is asked


def questions(path: Path, seed: int, each: int) -> list[Asked]:
    """So many questions of each kind, by this seed, with all the places where their words are said."""
    chance = random.Random(seed)
    spoken = [
        list(zip([word for cue in told.cues for word in words(cue.text)], starts, strict=True))
        for told, _, starts in _told(path)
    ]
    texts = [" " + " ".join(word for word, _ in episode) + " " for episode in spoken]
    made = []
    for kind in KINDS:
        for _ in range(each):
            phrase = _frequent_only(spoken, chance) if kind == "frequent words" else _phrase(spoken, chance)
            typed = _misspelt(phrase, chance) if kind == "misspelt" else phrase
            text = " ".join(typed)
            found = _said(phrase, spoken, texts)
            made.append(Asked(kind=kind, text=f'"{text}"' if kind == "quoted" else text, said=found))
    return made


def _phrase(spoken: Sequence[Spoken], chance: random.Random) -> list[str]:
    """Four to eight words side by side, two of which at least tell something, and one can be misspelt."""
    while True:
        episode = chance.choice(spoken)
        first = chance.randrange(len(episode) - 8)
        phrase = [word for word, _ in episode[first : first + chance.randint(4, 8)]]
        telling = [word for word in phrase if word not in _FREQUENT]
        if len(telling) > 1 and any(len(word) > 4 for word in telling):
            return phrase


def _frequent_only(spoken: Sequence[Spoken], chance: random.Random) -> list[str]:
    while True:
        episode = chance.choice(spoken)
        first = chance.randrange(len(episode) - 5)
        phrase = [word for word, _ in episode[first : first + 5]]
        if _FREQUENT.issuperset(phrase):
            return phrase


def _misspelt(phrase: Sequence[str], chance: random.Random) -> list[str]:
    """The phrase with one letter too many, too few, wrong or swapped with the next: in a word of five or more."""
    at = chance.choice([at for at, word in enumerate(phrase) if len(word) > 4 and word not in _FREQUENT])
    word, letter = phrase[at], chance.choice(_LETTERS)
    cut = chance.randrange(1, len(word) - 1)
    before, here, after = word[:cut], word[cut : cut + 2], word[cut + 2 :]
    spoilt = (before + letter + here, before + here[1:], before + letter + here[1:], before + here[::-1])
    return [*phrase[:at], chance.choice(spoilt) + after, *phrase[at + 1 :]]


def _said(phrase: Sequence[str], spoken: Sequence[Spoken], texts: Sequence[str]) -> list[tuple[int, float]]:
    wanted = f" {' '.join(phrase)} "
    found = []
    for number, text in enumerate(texts):
        at = text.find(wanted)
        while at >= 0:
            found.append((number, spoken[number][text.count(" ", 0, at)][1]))
            at = text.find(wanted, at + 1)
    return found


# The sites


def build(name: str, talk: Path, site: Path, modules: Path) -> tuple[float, int]:
    """Builds a site in a process of its own: seconds of the processor, and how many bytes of memory at most."""
    command = [sys.executable, __file__, name, str(talk), str(site), str(modules)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seconds, memory = answer.split()[-2:]
    return float(seconds), int(memory)


def clock() -> float:
    """Seconds of the processor that this process and what it has waited for have used."""
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, _BOTH))


def peak() -> int:
    """How many KiB of memory this process had at most; getrusage would count what its parent had before it."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


def ours(path: Path, site: Path, _: Path) -> float:
    """The index, the texts and the page of placecast. What is heard of an episode is kept in a file, as builds do."""
    seconds = 0.0
    places: list[Sequence[str]] = []
    cache = site.with_suffix(".heard")
    for number, (told, where, _) in enumerate(_told(path)):
        began = clock()
        episode = feeds.episode(slug(number), title=f"Talk {number}")
        _write(cache, {str(number): pickle.dumps(search.heard(told))})
        parts = search.parts(feeds.release(episode), told)
        seconds += clock() - began
        places.append(where)
        _write(site, parts)
    began = clock()
    _write(site, joined(lambda number: pickle.loads((cache / str(number)).read_bytes()), places))
    seconds += clock() - began
    page = feeds.pages_of(feeds.publication(feeds.release()))
    _write(site, {name: content for name, content in page.items() if name.startswith(("search/", "assets/"))})
    return seconds


def joined(heard: Callable[[int], search.Heard], places: Sequence[Sequence[str]]) -> dict[str, bytes]:
    """The index of these episodes, 52 of which are published in a year. `heard` tells of each."""
    numbers = range(len(places))
    first = search.divided(len(numbers))
    halves = [search.segment([*map(slug, part)], map(heard, part)) for part in (numbers[:first], numbers[first:])]
    years = [2000 + number // 52 for number in numbers]
    files = {name: content for _, shards in halves for name, content in shards.items()}
    return files | search.table([told for told, _ in halves], "en-GB", years, places)


def growth(path: Path, counts: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Of an index of so many episodes: its bytes, and those that are in no file of the index before."""
    told = list(_told(path))
    heard = [search.heard(each) for each, _, _ in told]
    before: dict[str, bytes] = {}
    for count in counts:
        index = joined(heard.__getitem__, [where for _, where, _ in told[:count]])
        new = sum(len(content) for name, content in index.items() if before.get(name) != content)
        yield count, sum(map(len, index.values())), new
        before = index


def pagefind_pages(path: Path, site: Path, modules: Path) -> float:
    """Pagefind over a page for each episode."""
    for number, (told, _, _) in enumerate(_told(path)):
        said = "".join(f"<p>{escape(cue.text)}</p>" for cue in told.cues)
        _write(site, {f"e/{number}/0.html": _page(said)})
    return _pagefind(site, modules)


def pagefind_passages(path: Path, site: Path, modules: Path) -> float:
    """Pagefind over a page for each passage."""
    for number, (told, _, _) in enumerate(_told(path)):
        for passage in search.passages(told):
            said = "".join(f"<p>{escape(cue.text)}</p>" for cue in passage)
            _write(site, {f"e/{number}/{passage[0].start}.html": _page(said)})
    return _pagefind(site, modules)


def _page(said: str) -> bytes:
    return f'<!doctype html><html lang="en"><title>Talk</title><main data-pagefind-body>{said}</main></html>'.encode()


def _pagefind(site: Path, modules: Path) -> float:
    began = clock()
    command = ["node", modules / "pagefind/lib/runner/bin.cjs", "--site", site]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    seconds = clock() - began
    shutil.rmtree(site / "e")
    return seconds


def minisearch(path: Path, site: Path, modules: Path) -> float:
    """MiniSearch with passages as its documents."""
    passages = [
        {"id": f"{number}/{passage[0].start}", "text": " ".join(cue.text for cue in passage)}
        for number, (told, _, _) in enumerate(_told(path))
        for passage in search.passages(told)
    ]
    _write(site, {"passages.json": json.dumps(passages).encode()})
    _write(site, {"minisearch.js": (modules / "minisearch/dist/es/index.js").read_bytes()})
    began = clock()
    subprocess.run(["node", "--input-type=module", "-e", _MINISEARCH], check=True, cwd=site)
    seconds = clock() - began
    (site / "passages.json").unlink()
    return seconds


_MINISEARCH = """
import { readFileSync, writeFileSync } from "fs";
const script = `data:text/javascript;base64,${readFileSync("minisearch.js").toString("base64")}`;
const { default: MiniSearch } = await import(script);
const index = new MiniSearch({ fields: ["text"], storeFields: ["text"] });
index.addAll(JSON.parse(readFileSync("passages.json", "utf8")));
writeFileSync("index.json", JSON.stringify(index));
"""

SITES = {
    "placecast": ours,
    "Pagefind, pages": pagefind_pages,
    "Pagefind, passages": pagefind_passages,
    "MiniSearch": minisearch,
}


def _write(site: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    name, *paths = sys.argv[1:]
    taken = SITES[name](*map(Path, paths))
    print(taken, max(peak(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) * 1024)
