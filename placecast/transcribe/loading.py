"""A model of openai-whisper, found, verified and loaded: what the engines on PyTorch have in common."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from placecast.errors import EngineError
from placecast.model import Transcription
from placecast.transcribe import ct2
from placecast.transcribe.fetching import fetch
from placecast.transcribe.weights import MODEL, Weights, find_weights, missing

if TYPE_CHECKING:
    import whisper

_SPINS = "2000"


def load_model(transcription: Transcription, *, offline: bool) -> tuple[whisper.model.Whisper, str]:
    """The show's model on the best device that is here, and the SHA-256 of its weights."""
    # PyTorch's threads wait for each other by spinning. On a machine that does something else as well this took
    # twice as long; GNU OpenMP reads the limit when PyTorch is imported.
    os.environ.setdefault("GOMP_SPINCOUNT", _SPINS)
    try:
        import whisper
    except ImportError as exc:
        cure = 'Install it: pip install "placecast[whisper]"'
        raise EngineError("openai-whisper", "the package of this engine is not installed.", cure) from exc
    weights = _weights(transcription, offline)
    loaded = _load(weights)
    _set_alignment_heads(loaded, transcription.model, weights)
    device = "cuda" if whisper.torch.cuda.is_available() else "cpu"
    return loaded.to(device), weights.sha256


def languages(loaded: whisper.model.Whisper) -> list[str]:
    """Whisper's codes of the languages that this model knows."""
    from whisper.tokenizer import LANGUAGES

    return list(LANGUAGES)[: loaded.num_languages] if loaded.is_multilingual else ["en"]


def _weights(transcription: Transcription, offline: bool) -> Weights:
    from whisper import _MODELS

    model = transcription.model
    # The address of OpenAI's file has its SHA-256 as the last folder.
    published = _MODELS[model].split("/")[-2] if model in _MODELS else None
    found = find_weights(model, transcription.weights, published=published)
    if found is None and published and not offline:
        return fetch(model)
    if found is None:
        why = "the download was not tried" if published else "OpenAI offers no model of this name"
        raise missing(model, why)
    return found


def _load(weights: Weights) -> whisper.model.Whisper:
    import whisper

    try:
        if weights.checkpoint:
            return whisper.load_model(str(weights.checkpoint), device="cpu")
        return _from_ct2(weights.read(MODEL))
    # Broad: a damaged file trips torch's reader in any of a dozen ways, from EOFError to AssertionError.
    except Exception as exc:
        what = f"this is not a Whisper model that can be read ({_first_line(exc)})."
        raise EngineError(
            weights.source, what, "Get the file again, or take it away to have another one found."
        ) from exc


def _from_ct2(data: bytes) -> whisper.model.Whisper:
    import torch
    from whisper.model import ModelDimensions, Whisper

    variables = ct2.parse(data)
    loaded = Whisper(ModelDimensions(**ct2.dimensions(variables)))
    loaded.load_state_dict({name: torch.from_numpy(array) for name, array in ct2.state(variables).items()})
    return loaded


def _set_alignment_heads(loaded: whisper.model.Whisper, model: str, weights: Weights) -> None:
    """Tell the model which of its heads follow the sound: only openai-whisper's own download does that itself."""
    from whisper import _ALIGNMENT_HEADS

    if model not in _ALIGNMENT_HEADS:
        return
    try:
        loaded.set_alignment_heads(_ALIGNMENT_HEADS[model])
        fits = loaded.is_multilingual is not model.endswith(".en")
    except RuntimeError:
        fits = False
    if not fits:
        cure = "In placecast.toml make model and weights fit each other."
        raise EngineError(weights.source, f"these weights are not those of the model {model!r}.", cure)


def _first_line(exc: Exception) -> str:
    return (str(exc).splitlines() or [type(exc).__name__])[0]
