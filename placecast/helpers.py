"""Processes that share out work of which there is much, and a folder for what they make until it is moved to its place.

They only help: what they did not get done, for whatever reason, is left to who asked them, who does it as if they had
never been there. So a fault shows itself in one place and in the same words, with helpers or without.
"""

from __future__ import annotations

import gc
import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from placecast.model import no_words

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

Job = TypeVar("Job")
Made = TypeVar("Made")

FEW = 24
"""Jobs that one process does as soon as others have started."""

SETTING = "PLACECAST_PROCESSES"
_MOST = 16  # processes; the disk is busy by then
_GARBAGE = 100_000  # objects: the words of an episode are none, and looking for some costs a sixth of the time
_DIED = (
    "A helper process has died, which happens where memory is short. Its work is done again, which takes longer. "
    f"To go without helpers, set {SETTING}=1."
)


class Helpers:
    """Who helps with one show. They are there while a run has the show for itself, and start when first needed."""

    def __init__(self, spool: Path) -> None:
        self.spool = spool
        self._there = False
        self._pool: ProcessPoolExecutor | None = None
        self._kept: dict[str, tuple[str, Any]] = {}

    @contextmanager
    def at_hand(self) -> Iterator[None]:
        """Have helpers within, and their folder: empty at first, and gone in the end."""
        shutil.rmtree(self.spool, ignore_errors=True)  # a run that was killed may have left it
        self._there = True
        try:
            yield
        finally:
            self._there = False
            self._kept.clear()
            self._send_home()
            shutil.rmtree(self.spool, ignore_errors=True)

    def keep(self, name: str, key: str, made: Any) -> None:
        """Keep what was made, until it is asked for under this name and key."""
        self._kept[name] = key, made

    def has(self, name: str, key: str) -> bool:
        """Whether something is kept under this name and key."""
        return name in self._kept and self._kept[name][0] == key

    def taken(self, name: str, key: str) -> Any:
        """What was kept, once; None if there is nothing of that key."""
        kept_key, made = self._kept.pop(name, ("", None))
        return made if kept_key == key else None

    def shared(
        self, work: Callable[[Job], Made], jobs: Sequence[Job], tell: Callable[[str], None] = no_words
    ) -> Iterator[tuple[Job, Made]]:
        """What the work gives for each job, as soon as it is there; nothing for those that went wrong.

        Nothing at all where there are few jobs, or no folder to work in. `work` is a function of a module.
        """
        if not self._there or len(jobs) < (2 if self._pool else FEW):
            return
        if processes() == 1:
            yield from ((job, made) for job in jobs for made in _tried(work, job))
            return
        from concurrent.futures.process import BrokenProcessPool  # most commands need no helper

        try:
            yield from self._apart(work, jobs)
        except BrokenProcessPool:
            self._send_home()
            tell(_DIED)

    def _apart(self, work: Callable[[Job], Made], jobs: Sequence[Job]) -> Iterator[tuple[Job, Made]]:
        from concurrent.futures import ProcessPoolExecutor, as_completed
        from multiprocessing import get_context

        if self._pool is None:
            # A fork would copy threads and locks of libraries in whatever state they are.
            self._pool = ProcessPoolExecutor(processes(), get_context("spawn"), _begin)
        waiting: dict[Future[list[Any]], Job] = {self._pool.submit(_tried, work, job): job for job in jobs}
        for done in as_completed(waiting):
            job = waiting.pop(done)
            yield from ((job, made) for made in done.result())

    def _send_home(self) -> None:
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None


def processes() -> int:
    """How many share the work: as many as may run at once, or as the environment says."""
    said = os.environ.get(SETTING, "")
    return min(int(said) if said.isdecimal() and int(said) else _cores(), _MOST)


def _cores() -> int:
    # macOS does not know which cores a process may use.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _tried(work: Callable[[Job], Made], job: Job) -> list[Made]:
    """What the work gives, if it goes well."""
    try:
        return [work(job)]
    except Exception:  # noqa: BLE001  # whatever it is, it is met again by who asked, and told there
        return []


def _begin() -> None:
    """Ctrl-C goes to all processes of a terminal: the one that was asked ends the others. They end with it, too."""
    from multiprocessing import parent_process

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(_GARBAGE)
    threading.Thread(target=_end_with, args=[parent_process()], daemon=True).start()


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(1)
