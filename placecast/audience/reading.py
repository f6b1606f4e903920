"""Folders of logs, read in as many processes as the machine has cores for."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from placecast.audience import tally
from placecast.audience.counting import Counted, count
from placecast.audience.tally import Desk, Plan, Tally
from placecast.model import Progress, no_progress

_BATCH = 64 << 20  # bytes of log, unpacked, for one process at a time
_MANY = 2_000  # files: S3 writes thousands of small ones
_PACKED = 9  # times smaller, as CloudFront's are

_desk: Desk | None = None  # of this process, where it is one of several


def read(paths: Sequence[Path], plan: Plan, processes: int, progress: Progress = no_progress) -> Counted:
    """The downloads that these logs tell of."""
    batches = list(_batches(paths))
    return count(_watched(_tallies(batches, plan, min(processes, len(batches))), len(batches), progress))


def found(places: Iterable[Path]) -> list[Path]:
    """Every file in these folders, in the order of their names, which for logs is that of time; no hidden ones."""
    files = (each for place in places for each in (sorted(place.rglob("*")) if place.is_dir() else [place]))
    return [each for each in files if each.is_file() and not each.name.startswith(".")]


def _batches(paths: Sequence[Path]) -> Iterator[list[Path]]:
    batch: list[Path] = []
    size = 0
    for path in paths:
        batch.append(path)
        size += path.stat().st_size * (_PACKED if path.suffix == ".gz" else 1)
        if size > _BATCH or len(batch) == _MANY:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _tallies(batches: Sequence[Sequence[Path]], plan: Plan, processes: int) -> Iterator[Tally]:
    if processes < 2:
        desk = Desk(plan)
        yield from (tally.tally(batch, desk) for batch in batches)
        return
    # Fresh processes: a copy of this one would hold its threads' locks.
    with ProcessPoolExecutor(processes, get_context("spawn"), _prepare, (plan,)) as pool:
        try:
            yield from pool.map(_tally, batches)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _prepare(plan: Plan) -> None:
    global _desk  # how a pool hands something to each of its processes
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one that the person sees
    _desk = Desk(plan)


def _tally(batch: Sequence[Path]) -> Tally:
    if _desk is None:
        raise RuntimeError("this process was not prepared")
    return tally.tally(batch, _desk)


def _watched(made: Iterable[Tally], whole: int, progress: Progress) -> Iterator[Tally]:
    for number, each in enumerate(made, start=1):
        yield each
        progress(number / whole)
