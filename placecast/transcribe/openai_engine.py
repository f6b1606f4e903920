"""OpenAI's own Whisper on PyTorch, on the CPU or a CUDA GPU.

`whisper.transcribe` is not used: it looks again at what is left of a chunk after the last word, and hears
words in that breath of silence. Here a chunk is decoded once, without timestamp tokens, and its words are
then aligned with the sound. Its rules for what cannot be believed are OpenAI's.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from placecast.errors import EngineError
from placecast.model import Progress, Transcription, Word
from placecast.transcribe import ct2
from placecast.transcribe.chunks import UNLIKELY, unspoken
from placecast.transcribe.fetching import fetch
from placecast.transcribe.heard import Heard
from placecast.transcribe.languages import whisper_language
from placecast.transcribe.vad import RATE, Samples, Span, find_speech
from placecast.transcribe.weights import MODEL, Weights, find_weights, missing

if TYPE_CHECKING:
    import torch
    import whisper

_TEMPERATURES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_REPETITIVE = 2.4  # compression ratio: the model goes round in circles
_SPINS = "2000"
_PROGRESS = 1.0  # seconds that a look into a chunk must bring


class WhisperEngine:
    """A loaded model of openai-whisper. `load_whisper` makes one."""

    def __init__(self, loaded: whisper.model.Whisper, *, model: str, weights: str) -> None:
        self.name = f"openai-whisper {version('openai-whisper')}"
        self.model = model
        self.weights = weights
        self.options: Mapping[str, str] = {}
        self.batch = 1
        self._loaded = loaded

    def speech(self, samples: Samples, progress: Progress) -> list[Span]:
        return find_speech(samples, progress)

    def hear(
        self, chunks: Sequence[Samples], *, language: str, names: Sequence[str] = (), timed: bool = True
    ) -> list[Heard]:
        code = whisper_language(language, self.model, self._languages())
        return [Heard(words=tuple(self._hear(chunk, code, ", ".join(names)))) for chunk in chunks]

    def detect(self, chunks: Sequence[Samples]) -> str:
        return "en"

    def _languages(self) -> list[str]:
        from whisper.tokenizer import LANGUAGES

        return list(LANGUAGES)[: self._loaded.num_languages] if self._loaded.is_multilingual else ["en"]

    def _hear(self, chunk: Samples, language: str, prompt: str) -> list[Word]:
        import torch
        from whisper.audio import log_mel_spectrogram, pad_or_trim

        with warnings.catch_warnings(), torch.random.fork_rng():
            warnings.simplefilter("ignore")
            torch.manual_seed(0)  # what is hard to hear is drawn by chance: always the same chance
            mel = log_mel_spectrogram(pad_or_trim(chunk), self._loaded.dims.n_mels).to(self._loaded.device)
            decoded = self._decode(mel, language, prompt)
            if unspoken(decoded.no_speech_prob, decoded.avg_logprob):
                return []
            words = self._align(mel, decoded.tokens, language, len(chunk))
        if len(decoded.tokens) < self._loaded.dims.n_text_ctx // 2 or not _believable(decoded):
            return words
        return self._continued(words, chunk, language, prompt)

    def _decode(self, mel: torch.Tensor, language: str, prompt: str) -> whisper.DecodingResult:
        """What is said, drawn with more and more freedom until it can be believed."""
        import whisper

        for temperature in _TEMPERATURES:
            options = whisper.DecodingOptions(
                language=language,
                prompt=prompt or None,
                temperature=temperature,
                without_timestamps=True,
                fp16=self._loaded.device.type == "cuda",
            )
            decoded = whisper.decode(self._loaded, mel, options)
            if _believable(decoded):
                break
        return decoded

    def _align(self, mel: torch.Tensor, tokens: list[int], language: str, samples: int) -> list[Word]:
        from whisper.audio import HOP_LENGTH
        from whisper.timing import add_word_timestamps
        from whisper.tokenizer import get_tokenizer

        segment: dict[str, Any] = {"seek": 0, "start": 0.0, "end": samples / RATE, "tokens": tokens}
        languages = self._loaded.num_languages
        add_word_timestamps(
            segments=[segment],
            model=self._loaded,
            tokenizer=get_tokenizer(self._loaded.is_multilingual, num_languages=languages, language=language),
            mel=mel,
            num_frames=samples // HOP_LENGTH,
            last_speech_timestamp=0.0,
        )
        return [_word(word) for word in segment["words"]]

    def _continued(self, words: list[Word], chunk: Samples, language: str, prompt: str) -> list[Word]:
        """The words, and those of the rest of the chunk: fast speech in a script that takes many tokens a word."""
        cut = words[-1].start if words else 0.0
        if cut < _PROGRESS:
            return words
        rest = self._hear(chunk[int(cut * RATE) :], language, prompt)
        return [*words[:-1], *(replace(word, start=word.start + cut, end=word.end + cut) for word in rest)]


def load_whisper(transcription: Transcription, *, offline: bool) -> WhisperEngine:
    """The engine with its model found, verified and loaded."""
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
    return WhisperEngine(loaded.to(device), model=transcription.model, weights=weights.sha256)


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


def _believable(decoded: whisper.DecodingResult) -> bool:
    return bool(decoded.avg_logprob >= UNLIKELY and decoded.compression_ratio <= _REPETITIVE)


def _word(heard: dict[str, str | float]) -> Word:
    return Word(
        start=float(heard["start"]),
        end=float(heard["end"]),
        text=str(heard["word"]),
        probability=float(heard["probability"]),
    )


def _first_line(exc: Exception) -> str:
    return (str(exc).splitlines() or [type(exc).__name__])[0]
