"""What was heard in one recording, with the engine that heard it: made here or on another machine, all the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from placecast.model import Progress
from placecast.transcribe.journal import Journal
from placecast.transcribe.listening import Hearing, Request, listen
from placecast.transcribe.vad import Samples

if TYPE_CHECKING:
    from placecast.transcribe import Engine


@dataclass(frozen=True, kw_only=True)
class Account:
    """All that a transcript and its record are made from."""

    engine: str
    model: str
    weights: str  # sha256
    options: Mapping[str, str]
    hearing: Hearing


def take_account(
    engine: Engine, samples: Samples, request: Request, *, journal: Journal | None = None, progress: Progress
) -> Account:
    """Hear a recording's samples (float32, mono, 16 kHz) as the request asks."""
    hearing = listen(engine, samples, request, journal=journal, progress=progress)
    return Account(
        engine=engine.name,
        model=engine.model,
        weights=engine.weights,
        options=dict(engine.options),
        hearing=hearing,
    )


def subject(engine: Engine, request: Request, recording: str) -> str:
    """All that shapes what is heard: a journal of anything else is of no use. `recording`: its SHA-256."""
    return repr((engine.name, engine.model, engine.weights, sorted(engine.options.items()), request, recording))
