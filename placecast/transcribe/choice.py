"""Which model hears, where the show leaves that to the machine: the best that its hardware hears with in good time."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from placecast.errors import EngineError
from placecast.model import DETECT, Transcription
from placecast.transcribe.fetching import fetch_for
from placecast.transcribe.hardware import Hardware, hardware
from placecast.transcribe.holdings import is_here
from placecast.transcribe.models import AUTO, BY_NAME, MODELS
from placecast.transcribe.weights import missing

Fetch = Callable[[str, str], object]
"""Gets a model for an engine; EngineError when it cannot."""

_TURBO = 8e9  # bytes of a graphics card on which turbo has room for a batch of windows
# The first that is to be had is taken. The large ones come last where they would take hours.
_ON_A_CARD = ("turbo", "large-v3", "medium", "small", "base", "tiny", "medium.en", "small.en", "base.en", "tiny.en")
_ON_A_SMALL_CARD = _ON_A_CARD[_ON_A_CARD.index("small") :]
_ON_THE_PROCESSOR = (
    *("base", "base.en", "small", "small.en", "tiny", "tiny.en"),
    *("turbo", "medium", "medium.en", "large-v3"),
)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The model that hears, the engine that it runs on, and why this one."""

    model: str
    engine: str
    why: str


def choose(transcription: Transcription, ours: Hardware, among: Collection[str] = tuple(BY_NAME)) -> Choice | None:
    """The model that the show names, or the best for this machine `among` some; None when none of them will do."""
    if transcription.model != AUTO:
        return Choice(model=transcription.model, engine=transcription.engine, why="the show names it")
    if transcription.weights is not None:
        return Choice(model=_of_file(transcription), engine=transcription.engine, why="the weights are of this name")
    fitting = (name for name in _preferred(ours) if name in among and _fits(name, transcription, ours))
    model = next(fitting, None)
    return Choice(model=model, engine=transcription.engine, why=f"this machine has {ours}") if model else None


def settle(
    transcription: Transcription,
    *,
    offline: bool = False,
    tell: Callable[[str], None],
    machine: Callable[[Transcription], Hardware] = hardware,
    fetch: Fetch = fetch_for,
) -> Transcription:
    """The settings with the model that hears: fetched if need be, or the best that is here where that fails."""
    if transcription.model != AUTO:
        return transcription
    ours = machine(transcription)
    best = choose(transcription, ours)
    if best is None:
        raise _nothing_fits(ours)
    if transcription.weights is None and not is_here(best.model, transcription.engine):
        best = _had(best, transcription, ours, None if offline else fetch, tell)
    return replace(transcription, model=best.model)


def _had(
    best: Choice, transcription: Transcription, ours: Hardware, fetch: Fetch | None, tell: Callable[[str], None]
) -> Choice:
    """The best model, once it is fetched; else the best that is here, which is said."""
    failure = missing(best.model, "the download was not tried")
    if fetch:
        try:
            fetch(best.model, best.engine)
        except EngineError as error:
            failure = error
        else:
            return best
    here = choose(transcription, ours, [model.name for model in MODELS if is_here(model.name, best.engine)])
    if here is None:
        raise failure
    tell(
        f"Whisper's model {here.model} is used, which is here. {best.model} would suit this machine better, but "
        f"{failure.faults[0].what} To have {here.model} without this note, name it as model in placecast.toml."
    )
    return here


def _preferred(ours: Hardware) -> tuple[str, ...]:
    if ours.gpu is None:
        return _ON_THE_PROCESSOR
    return _ON_A_CARD if ours.gpu.memory >= _TURBO else _ON_A_SMALL_CARD


def _fits(name: str, transcription: Transcription, ours: Hardware) -> bool:
    """Whether it has room here, and hears the language: a model for English alone never hears another one."""
    model = BY_NAME[name]
    english = transcription.language != DETECT and transcription.language.partition("-")[0] == "en"
    roomy = ours.gpu is not None or model.memory <= ours.memory
    return roomy and (english or not model.english_only)


def _of_file(transcription: Transcription) -> str:
    """What the user's file or folder is called after; base, as ever, where its name says nothing."""
    stem = transcription.weights.name.removesuffix(".pt") if transcription.weights else ""
    name = {"large-v3-turbo": "turbo", "large": "large-v3"}.get(stem, stem)
    return name if name in BY_NAME else "base"


def _nothing_fits(ours: Hardware) -> EngineError:
    what = f"no model of Whisper has room in {ours.memory / 1e9:.1f} GB of memory."
    cure = 'Transcribe on a machine with 2 GB or more, or name a model in placecast.toml, such as model = "tiny".'
    return EngineError("this machine", what, cure)
