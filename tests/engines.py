"""Engines for tests that hear on the workers of a cluster, where nothing can be passed in: a name loads them.

What an engine does follows from the language of the episode; what it must remember lies in the folder `weights`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

from placecast.model import Transcription
from placecast.transcribe import FakeEngine
from placecast.transcribe.heard import Heard
from placecast.transcribe.vad import Samples

LOADER = "tests.engines:load"
FAILS, DIES_ONCE, ALWAYS_DIES, SLOW = "cy", "fr", "de", "nl"


class ByLanguage(FakeEngine):
    """The fake, which does not get on with some languages."""

    batch = 1

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def hear(
        self, chunks: Sequence[Samples], *, language: str, names: Sequence[Sequence[str]] = (), timed: bool = True
    ) -> list[Heard]:
        if language == FAILS:
            raise RuntimeError("this one does not hear Welsh")
        if language == ALWAYS_DIES or (language == DIES_ONCE and self._first_time()):
            os._exit(1)
        if language == SLOW:
            time.sleep(0.7)
        return super().hear(chunks, language=language, names=names, timed=timed)

    def _first_time(self) -> bool:
        try:
            (self._folder / "died").touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


def load(transcription: Transcription) -> ByLanguage:
    assert transcription.weights is not None
    (transcription.weights / f"loaded-{os.getpid()}-{time.time_ns()}").touch()
    return ByLanguage(transcription.weights)
