"""Which of Whisper's models are on this machine, and whether their files are what they should be."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from placecast.errors import EngineError
from placecast.transcribe.catalogue import PACKAGED, Packaged
from placecast.transcribe.models import BY_NAME, MODELS, Model, named
from placecast.transcribe.weights import Located, Place, Weights, believed, locate


@dataclass(frozen=True, kw_only=True)
class Holding:
    """A model, where its weights are (`place` None: not here), and how they are got. `engines`: who can read them."""

    model: Model
    place: Place | None
    source: str
    engines: tuple[str, ...]
    way: str


def known(environ: Mapping[str, str] = os.environ, *, packaged: Sequence[Packaged] = PACKAGED) -> tuple[Holding, ...]:
    """Every model that can be had. What is here is named, not read: `verify` does that."""
    return tuple(_holding(model, environ, packaged) for model in MODELS)


def is_here(
    name: str,
    engine: str = "whisper",
    *,
    environ: Mapping[str, str] = os.environ,
    packaged: Sequence[Packaged] = PACKAGED,
) -> bool:
    """Whether this machine seems to have the model in a form that the engine reads."""
    if any(engine in _readers(located) for located in _located(named(name), environ, packaged)):
        return True
    if engine != "faster-whisper":
        return False
    from placecast.transcribe import faster_engine  # heavy, and to be loaded soon where it is asked about

    return faster_engine.in_hub_cache(name)


def verify(
    name: str, environ: Mapping[str, str] = os.environ, *, packaged: Sequence[Packaged] = PACKAGED
) -> tuple[Weights, ...]:
    """Read everything that is here of a model; EngineError for the first file that is not what it should be.

    What is in a folder of the user's own is read and its hash told; nothing says what it should be.
    """
    found = tuple(believed(name, located) for located in _located(named(name), environ, packaged))
    if not found:
        cure = f"Fetch them: placecast models fetch {name}"
        raise EngineError(f"Whisper model {name}", "its weights are not on this machine.", cure)
    return found


def published(weights: Weights, name: str, packaged: Sequence[Packaged] = PACKAGED) -> bool:
    """Whether these weights are byte for byte those that OpenAI or a known package published."""
    pinned = {content.sha256 for entry in packaged if entry.model == name for content in entry.contents.values()}
    return weights.sha256 in {BY_NAME[name].sha256, *pinned}


def _located(model: Model, environ: Mapping[str, str], packaged: Sequence[Packaged]) -> tuple[Located, ...]:
    return tuple(locate(model.name, published=model.sha256, packaged=packaged, environ=environ))


def _readers(located: Located) -> tuple[str, ...]:
    """OpenAI's file is read by the engines on PyTorch alone; CTranslate2's by all."""
    ours = ("whisper", "whisper-sequential")
    return ours if located.main.endswith(".pt") else (*ours, "faster-whisper")


def _holding(model: Model, environ: Mapping[str, str], packaged: Sequence[Packaged]) -> Holding:
    there = _located(model, environ, packaged)
    carrying = next((entry for entry in packaged if entry.model == model.name), None)
    return Holding(
        model=model,
        place=there[0].place if there else None,
        source=there[0].source if there else "",
        engines=tuple(dict.fromkeys(engine for located in there for engine in _readers(located))),
        way=f"packages {' and '.join(carrying.requirements)}" if carrying else "OpenAI's download",
    )
