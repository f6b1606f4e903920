"""What `placecast search` takes and finds, on made-up talk: milliseconds a query, and how often the right sentence.

    .venv/bin/python benchmarks/finding.py 1000 --seed 7        episodes of 5,700 words; a seed for the queries

Four kinds of queries, as somebody remembers a passage: four to eight words of it; the same with a typing mistake;
the same in quotation marks; and five words that nearly every sentence has.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.corpus import Talk  # noqa: E402
from placecast import finding  # noqa: E402
from placecast.finding.store import Known, State, reading, writing  # noqa: E402
from placecast.model import Transcript  # noqa: E402
from placecast.search.words import common, words  # noqa: E402

_WORDS, _CORPUS = 5_700, 4711
_COMMON = common("en")
_NEAR = 25.0  # seconds: the same passage
_LANDED = 3.0  # seconds: the listener hears the words


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("episodes", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--queries", type=int, default=50)
    given = parser.parse_args()
    talk = Talk(_CORPUS)
    told = [talk.episode(_WORDS) for _ in range(given.episodes)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "search.sqlite"
        print(f"made in {_make(path, told):.1f} s of CPU, {path.stat().st_size / 1e6:.0f} MB")
        print(f"one episode more: {_add(path, told[0]):.2f} s of CPU")
        chance = random.Random(given.seed)
        for kind in ("phrase", "misspelt", "quoted", "frequent"):
            _ask(path, kind, [_query(kind, told, chance) for _ in range(given.queries)])


def _make(path: Path, told: Sequence[Transcript]) -> float:
    before = time.process_time()
    with writing(path, anew=True) as store:
        store.replace([], ((_slug(number), "", each) for number, each in enumerate(told)))
        store.describe([_known(_slug(number)) for number in range(len(told))])
        store.settle(State(program="", seen="", language="en-GB"))
    return time.process_time() - before


def _add(path: Path, told: Transcript) -> float:
    before = time.process_time()
    with writing(path, anew=False) as store:
        store.replace(["one-more"], iter([("one-more", "", told)]))
        store.replace(["one-more"], iter([]))
    return time.process_time() - before


def _ask(path: Path, kind: str, queries: Sequence[tuple[str, str, float]]) -> None:
    top, first, landed, took, worked = 0, 0, 0, [], []
    for text, slug, seconds in queries:
        before, busy = time.perf_counter(), time.process_time()
        with reading(path) as store:
            answer = finding.search(store, finding.understood(text))
        took.append(1000 * (time.perf_counter() - before))
        worked.append(1000 * (time.process_time() - busy))
        right = [each.exact or (each.slug == slug and abs(each.seconds - seconds) < _NEAR) for each in answer.found[:3]]
        first, top = first + any(right[:1]), top + any(right)
        landed += any(each.slug == slug and abs(each.seconds - seconds) < _LANDED for each in answer.found[:3])
    print(f"{kind:9} first {first}, top three {top}, within {_LANDED:.0f} s {landed} of {len(queries)}")
    print(f"{'':9} {_spread(took)} on the clock; {_spread(worked)} of CPU")


def _spread(values: Sequence[float]) -> str:
    high = sorted(values)[len(values) * 19 // 20]
    return f"median {statistics.median(values):.0f} ms, 95 % {high:.0f}, most {max(values):.0f}"


def _query(kind: str, told: Sequence[Transcript], chance: random.Random) -> tuple[str, str, float]:
    """A query, the episode that it comes from, and the second."""
    while True:
        number = chance.randrange(len(told))
        said = list(_said(told[number], chance.randrange(len(told[number].cues))))
        start = chance.randrange(10)
        some = said[start : start + (5 if kind == "frequent" else chance.randint(4, 8))]
        if made := _typed(kind, [word for word, _ in some], chance):
            return made, _slug(number), some[0][1]


def _said(told: Transcript, first: int) -> Iterator[tuple[str, float]]:
    return ((word, cue.start) for cue in told.cues[first : first + 4] for word in words(cue.text))


def _typed(kind: str, said: list[str], chance: random.Random) -> str:
    """These words as a query of this kind; "" where they make none."""
    telling = [at for at, word in enumerate(said) if word not in _COMMON]
    if kind == "frequent":
        return "" if telling or len(said) < 5 else " ".join(said)
    long = [at for at in telling if len(said[at]) >= 5]
    if len(said) < 4 or len(telling) < 2 or not long:
        return ""
    if kind == "misspelt":
        at = chance.choice(long)
        said[at] = _spoilt(said[at], chance)
    return f'"{" ".join(said)}"' if kind == "quoted" else " ".join(said)


def _spoilt(word: str, chance: random.Random) -> str:
    """With a letter too many, too few, another one, or two that have changed places."""
    at, letter = chance.randrange(1, len(word) - 1), chance.choice("abcdefghijklmnopqrstuvwxyz")
    head, here, tail = word[:at], word[at], word[at + 1 :]
    return chance.choice(
        [head + letter + here + tail, head + tail, head + letter + tail, head + tail[:1] + here + tail[1:]]
    )


def _slug(number: int) -> str:
    return f"episode-{number:04d}"


def _known(slug: str) -> Known:
    return Known(slug=slug, title=slug, published="", day="2020-01-01", withdrawn=False, page="", places=())


if __name__ == "__main__":
    main()
