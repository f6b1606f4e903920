"""What a run works with, whatever it does: the show's folder, a reporter, the clock, an engine, a storage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from placecast.model import Show, Target, Transcription
from placecast.project import Project
from placecast.storage import Storage
from placecast.workshop import Reporter, Workshop

if TYPE_CHECKING:
    from placecast.transcribe import Engine


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a run works with. `now` is the only clock."""

    project: Project
    reporter: Reporter
    now: datetime
    load_engine: Callable[[Transcription], Engine]
    open_storage: Callable[[Target], Storage]
    speakers: int = 0  # how many people are heard, if the producer says so
    fast: bool = False  # eight-bit arithmetic
    thorough: bool = False  # every object in the target is looked at, and every address in the feed asked for

    def workshop(self, show: Show) -> Workshop:
        """What the costly steps on this show's episodes work with."""
        return Workshop(
            project=self.project,
            reporter=self.reporter,
            load_engine=self.load_engine,
            show=show,
            speakers=self.speakers,
            fast=self.fast,
        )
