"""Which model hears, where the show leaves that to the machine: the best that its hardware hears with in good time."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from placecast.errors import EngineError
from placecast.model import DETECT, Progress, Transcription
from placecast.transcribe.fetching import fetch_for
from placecast.transcribe.hardware import Hardware, hardware
from placecast.transcribe.holdings import is_here
from placecast.transcribe.models import AUTO, BY_NAME, MODELS
from placecast.transcribe.weights import missing

Fetch = Callable[[str, str, Progress], object]
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
    warn: Callable[[str], None],
    machine: Callable[[Transcription], Hardware] = hardware,
    fetch: Fetch = fetch_for,
) -> Transcription:
    """The settings with the model that hears: fetched if need be, or the best that is here where that fails."""
    ours = machine(transcription)
    best = choose(transcription, ours)
    if best is None:
        raise _nothing_fits(ours)
    settled = replace(transcription, model=best.model)
    # A model that Whisper does not have is the user's own: the engine looks for it where the show says.
    if transcription.weights or best.model not in BY_NAME or is_here(best.model, best.engine):
        return settled
    try:
        _get(best, None if offline else fetch, tell)
    except EngineError as failure:
        if transcription.model != AUTO:
            raise
        return replace(transcription, model=_second_best(best, transcription, ours, failure, warn))
    return settled


def _get(wanted: Choice, fetch: Fetch | None, tell: Callable[[str], None]) -> None:
    if fetch is None:
        raise missing(wanted.model, "the download was not tried")
    size = f"{BY_NAME[wanted.model].bytes / 1e6:.0f} MB"
    tell(f"fetching Whisper's model {wanted.model} ({size}), which is done once on this machine")
    fetch(wanted.model, wanted.engine, _by_quarters(wanted.model, tell))


def _by_quarters(model: str, tell: Callable[[str], None]) -> Progress:
    """A progress that says now and then how far a long download has come."""
    said = [0]

    def progress(share: float) -> None:
        quarter = int(4 * share)
        if said[-1] < quarter < 4:
            said.append(quarter)
            tell(f"{25 * quarter} % of {model} is here")

    return progress


def _second_best(
    best: Choice, transcription: Transcription, ours: Hardware, failure: EngineError, warn: Callable[[str], None]
) -> str:
    """The best model of those that are here, which is said."""
    here = choose(transcription, ours, [model.name for model in MODELS if is_here(model.name, best.engine)])
    if here is None:
        raise failure
    warn(
        f"Whisper's model {here.model} is used, which is here. {best.model} would suit this machine better, but "
        f"{failure.faults[0].what} To have {here.model} without this note, name it as model in placecast.toml."
    )
    return here.model


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
