"""Work of fixed shape that a CUDA GPU records once and then repeats without being told each part of it again.

Telling takes longer than a decoding step does. The work must read and write the same memory each time.
"""

from __future__ import annotations

from collections.abc import Callable

import torch


class Captured:
    """Call it as often as the work is to be done. Work that is not `on_gpu` is simply done."""

    def __init__(self, work: Callable[[], None], *, on_gpu: bool) -> None:
        self._work = work
        self._on_gpu = on_gpu
        self._graph: torch.cuda.CUDAGraph | None = None
        self._calls = 0

    def __call__(self) -> None:
        self._calls += 1
        if not self._on_gpu:
            self._work()
        elif self._calls == 1:
            self._warm()
        else:
            self._repeat()

    def _warm(self) -> None:
        """The first time aside, as recording demands: libraries make room for themselves."""
        aside = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            self._work()
        torch.cuda.current_stream().wait_stream(aside)

    def _repeat(self) -> None:
        if self._graph is None:
            self._graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(self._graph):  # recorded, not yet done
                self._work()
        self._graph.replay()
