"""What counting downloads takes: made-up logs, by `placecast report` and by a plain DuckDB query.

    python -m venv /tmp/duckdb && /tmp/duckdb/bin/pip install duckdb
    .venv/bin/python benchmarks/audience.py 10_000_000 --kind cloudfront --duckdb /tmp/duckdb/bin/python

Both read the same files on as many cores as this program may use (taskset -c 0,1 for two). Prints seconds on the clock,
seconds of CPU, the memory of the largest process, and how many downloads there were.
"""

from __future__ import annotations

import argparse
import gzip
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from placecast.audience import reading  # noqa: E402
from placecast.audience.rules import File, enough  # noqa: E402
from placecast.audience.tally import Plan  # noqa: E402
from tests.access_logs import ANTENNA, BOT, OVERCAST, SPOTIFY, Request, cloudfront, s3  # noqa: E402

_LINES = 250_000  # in a file
_DAYS, _EPISODES, _LISTENERS = 365, 200, 400_000
_HEADER = 90_000  # bytes of tag and picture
_SECONDS = 2_700
_SIZE = _SECONDS * 12_000 + _HEADER
_LEAST = enough(_SIZE, _SECONDS, _HEADER)
_START = datetime(2026, 1, 1, tzinfo=UTC)
_YEARS = (2023, 2024, 2025, 2026)
_PAGES = (
    "/feed.xml",
    "/",
    "/e/episode-001/",
    "/assets/style-1.css",
    "/search/a/12.bin",
    "/e/episode-007/transcript.vtt",
)
_AGENTS = (
    *(OVERCAST, ANTENNA, SPOTIFY, "Podcasts/1650.20 CFNetwork/1494.0.7 Darwin/23.4.0", "Castro 2026.2/{}"),
    "AppleCoreMedia/1.0.0.{} (iPhone; U; CPU OS 17_4_1 like Mac OS X; en_gb)",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.{}.0 Safari/537.36",
)
_FORMS: dict[str, Callable[[Iterator[Request]], bytes]] = {"cloudfront": cloudfront, "s3": s3}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("lines", type=int)
    parser.add_argument("--kind", choices=_FORMS, default="cloudfront")
    parser.add_argument("--duckdb", type=Path, help="a Python that has duckdb")
    parser.add_argument("--folder", type=Path, help="where the logs lie, or are made once")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        _make(folder, given.kind, given.lines)
        files, cores = list(folder.iterdir()), len(os.sched_getaffinity(0))
        megabytes = sum(path.stat().st_size for path in files) / 1e6
        print(f"{given.lines:,} lines of {given.kind}: {len(files)} files, {megabytes:,.0f} MB; {cores} cores")
        if given.duckdb:
            query = [given.duckdb, ROOT / "benchmarks/audience_duckdb.py"]
            _timed("DuckDB", [*query, given.kind, folder, _LEAST, cores])
        _timed("placecast", [sys.executable, __file__, "--count", folder, cores])


def _timed(name: str, command: list[object]) -> None:
    """A command that prints how many downloads there were, and the kilobytes of its largest process."""
    began, before = time.monotonic(), _used()
    done = subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE, text=True)
    whole, used = time.monotonic() - began, _used() - before
    downloads, memory = map(int, done.stdout.split())
    print(f"{name:10} {whole:6.1f} s {used:6.1f} s of CPU {memory / 1e3:6.0f} MB {downloads:>12,} downloads")


def _used() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def _count(folder: Path, cores: int) -> None:
    episodes = {name: File(episode=name, enough=_LEAST) for name in map(_name, range(_EPISODES))}
    plan = Plan(files={}, episodes=episodes, secret=os.urandom(32))
    found = reading.read(reading.found([folder]), plan, cores)
    memory = max(resource.getrusage(each).ru_maxrss for each in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(sum(each.count for each in found.downloads), memory)


def _name(number: int) -> str:
    return f"episode-{number:03}"


def _make(folder: Path, kind: str, lines: int) -> None:
    """One year is made up, and told again of three years before."""
    folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        one = lines // len(_YEARS)
        with ProcessPoolExecutor() as pool:
            list(pool.map(partial(_file, folder, kind, one), range(0, one, _LINES)))


def _file(folder: Path, kind: str, lines: int, start: int) -> None:
    chance = random.Random(start)
    begins, span = _START + timedelta(days=_DAYS * start / lines), timedelta(days=_DAYS * _LINES / lines)
    asked = sorted(_requests(chance, min(_LINES, lines - start), begins, span), key=lambda each: each.at)
    log = _FORMS[kind](iter(asked))
    for year in _YEARS:
        name = folder / f"E1.{begins.replace(year=year):%Y-%m-%d-%H}.{start}"
        told = log.replace(f"{_START.year}".encode(), f"{year}".encode())
        if kind == "cloudfront":
            name.with_name(f"{name.name}.gz").write_bytes(gzip.compress(told, 5))
        else:
            name.write_bytes(told)


def _requests(chance: random.Random, count: int, begins: datetime, span: timedelta) -> list[Request]:
    made: list[Request] = []
    while len(made) < count:
        made += _visit(chance, begins + span * chance.random())
    return made[:count]


def _visit(chance: random.Random, at: datetime) -> Iterator[Request]:
    """What one listener asks for in a row: a page, a check, a whole file, or parts of it."""
    address, agent = _listener(random.Random(chance.randrange(_LISTENERS)))
    kind, number = chance.random(), min(int(chance.expovariate(1 / 30)), _EPISODES - 1)
    path = f"/media/{_name(number)}-{number:012x}.mp3"
    asked = partial(Request, address=address, agent=agent)
    if kind < 0.30:
        yield asked(at=at, path=chance.choice(_PAGES), sent=chance.randrange(300, 90_000))
    elif kind < 0.36:
        yield asked(at=at, path=path, **chance.choice(({"method": "HEAD", "sent": 0}, {"status": 304, "sent": 0})))
    elif kind < 0.60:
        yield asked(at=at, path=path, sent=_SIZE if chance.random() < 0.9 else chance.randrange(1, _SIZE))
    else:
        yield from _parts(chance, at, partial(asked, path=path, status=206))


def _parts(chance: random.Random, at: datetime, asked: Callable[..., Request]) -> Iterator[Request]:
    if chance.random() < 0.5:
        yield asked(at=at, sent=2, first=0, last=1)
    begin = 0
    for _ in range(chance.randrange(1, 7)):
        size = min(chance.choice((65_536, 262_144, 1_048_576, _SIZE)), _SIZE - begin)
        if size:
            at += timedelta(seconds=chance.randrange(1, 40))
            yield asked(at=at, sent=size, first=begin, last=begin + size - 1)
            begin += size


def _listener(chance: random.Random) -> tuple[str, str]:
    near = ".".join(str(chance.randrange(1, 255)) for _ in range(4))
    far = f"2001:db8:{chance.randrange(1 << 16):x}:{chance.randrange(1 << 16):x}::{chance.randrange(1 << 16):x}"
    address = near if chance.random() < 0.65 else far
    agent = BOT if chance.random() < 0.06 else chance.choice(_AGENTS).format(chance.randrange(3_000))
    return address, agent


if __name__ == "__main__":
    if sys.argv[1:2] == ["--count"]:
        _count(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
