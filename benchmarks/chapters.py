"""Chapters from a transcript: how near they come to known borders, and what they cost.

    .venv/bin/python benchmarks/chapters.py
    .venv/bin/python benchmarks/chapters.py --speech FOLDER    and read speech: NAME.tsv, with columns as the code says

Parts with borders that are known are joined: the conversations of tests/shows.py, cut at the chapters that their
author gave them; texts of Python's own reference (pydoc), five to fifteen sentences of each, as in Choi's test (NAACL
2000); and, with --speech, five to ten sentences of what each reader reads, who read from different books. Within a
part and between two the pauses are the same, so the words alone decide; once more with pauses of a second and a half
at the borders, as in a real conversation.

Pk (Beeferman, Berger and Lafferty, 1999) and WindowDiff (Pevzner and Hearst, 2002) count errors: 0 is best. Even
spacing is told the right number of parts; placecast is not.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import permutations
from pathlib import Path
from pydoc_data.topics import topics
from statistics import mean

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from placecast.chapters.proposing import divide, propose, shortest_for  # noqa: E402
from placecast.model import Cue  # noqa: E402
from tests import shows  # noqa: E402

Part = Sequence[str]  # sentences
_WORD, _PAUSE, _BORDER = 0.4, 0.4, 1.5  # seconds


def cues(parts: Sequence[Part], border: float) -> list[Cue]:
    """The parts as one recording: 0.4 seconds a word."""
    made: list[Cue] = []
    now = 0.0
    for part in parts:
        now += border - _PAUSE if made else 0
        for text in part:
            end = now + _WORD * max(len(text.split()), 1)
            made.append(Cue(start=now, end=end, text=text))
            now = end + _PAUSE
    return made


def errors(truth: Sequence[int], found: Sequence[int], count: int) -> tuple[float, float]:
    """Pk and WindowDiff of these borders between `count` sentences."""
    width = max(round(count / len(truth) / 2), 1)

    def borders(of: Sequence[int], start: int) -> int:
        return sum(start < border <= start + width for border in of)

    windows = [(borders(truth, start), borders(found, start)) for start in range(count - width)]
    return mean(bool(a) != bool(b) for a, b in windows), mean(a != b for a, b in windows)


def evenly(count: int, parts: int) -> list[int]:
    return [round(count * number / parts) for number in range(parts)]


def conversations() -> Iterator[list[Part]]:
    """Each conversation with its author's chapters, and all three one after the other."""
    found = []
    for release in shows.realistic().releases:
        said, starts = release.text().transcript.cues, [each.seconds for each in release.episode.chapters]
        ends = [*starts[1:], 1e9]
        chosen = [[c.text for c in said if a <= c.start < b] for a, b in zip(starts, ends, strict=True)]
        found.append([part for part in chosen if part])
    yield from found
    yield [part for parts in found for part in parts]


def written(times: int = 40) -> Iterator[list[Part]]:
    """Five to fifteen sentences of each of eight texts, drawn the same way each time."""
    draw = random.Random(1)
    texts = {name: re.findall(r"[A-Z][^.?!:*|+=]{20,240}[.?!]", text) for name, text in sorted(topics.items())}
    rich = [sentences for sentences in texts.values() if len(sentences) >= 15]
    for _ in range(times):
        chosen = draw.sample(rich, 8)
        yield [[" ".join(each.split()) for each in part[: draw.randint(5, 15)]] for part in chosen]


def read(folder: Path) -> Iterator[list[Part]]:
    """The beginning of what each reader reads, in every order, five times."""
    parts: dict[str, list[str]] = {}
    for table in sorted(folder.glob("*.tsv")):
        for line in table.read_text("utf-8").splitlines()[1:]:
            _, _, speaker, _, text = line.split("\t")
            parts.setdefault(speaker, []).append(text)
    parts |= {each.stem: each.read_text("utf-8").splitlines() for each in sorted(folder.glob("*single*.txt"))}
    draw = random.Random(1)
    orders = list(permutations(parts.values())) * 5
    yield from ([part[: draw.randint(5, 10)] for part in order] for order in orders)


def row(name: str, recordings: Sequence[list[Part]], border: float) -> str:
    ours, even, counts = [], [], []
    for parts in recordings:
        said = cues(parts, border)
        truth = [sum(map(len, parts[:number])) for number in range(len(parts))]
        seconds = said[-1].end
        found = divide(said, seconds, shortest_for(seconds))
        ours.append(errors(truth, found, len(said)))
        even.append(errors(truth, evenly(len(said), len(parts)), len(said)))
        counts.append((len(found), len(parts)))
    pauses = "same" if border == _PAUSE else f"{border} s"
    shown = " / ".join(f"{mean(each):.1f}" for each in zip(*counts, strict=True))
    pk, wd = (mean(each) for each in zip(*ours, strict=True))
    even_pk, even_wd = (mean(each) for each in zip(*even, strict=True))
    return f"| {name} | {len(recordings)} | {pauses} | {shown} | {pk:.2f} | {wd:.2f} | {even_pk:.2f} | {even_wd:.2f} |"


def hour() -> tuple[int, float, int]:
    """Sentences, CPU seconds and chapters of an hour of speech."""
    sentences = [text for parts in written(60) for part in parts for text in part]
    said = [cue for cue in cues([sentences], _PAUSE) if cue.end < 3600]
    started = time.process_time()
    made = propose(said, 3600)
    return len(said), time.process_time() - started, len(made)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speech", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    sets = {"conversations": list(conversations()), "written": list(written())}
    if arguments.speech:
        sets["read speech"] = list(read(arguments.speech))
    print(
        "| what | recordings | pause at a border | parts found / true | Pk | WindowDiff | even Pk | even WindowDiff |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for name, recordings in sets.items():
        for border in (_PAUSE, _BORDER):
            print(row(name, recordings, border), flush=True)
    count, seconds, made = hour()
    print(f"\nAn hour of speech, {count} sentences: {seconds:.2f} s of CPU, {made} chapters.")


main()
