"""`whisper.transcribe` itself, one chunk after the other: the reference that ours is compared with."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from placecast.model import Progress, Transcription, Word
from placecast.transcribe.heard import Heard
from placecast.transcribe.languages import whisper_language
from placecast.transcribe.loading import languages, load_model
from placecast.transcribe.prompts import prompt
from placecast.transcribe.vad import Samples, Span, find_speech

if TYPE_CHECKING:
    import whisper

Segments = Sequence[Mapping[str, Any]]


class SequentialEngine:
    """A loaded model of openai-whisper, used as OpenAI's own program uses it. `load_sequential` makes one."""

    options: Mapping[str, str] = MappingProxyType({"route": "whisper.transcribe"})
    batch = 1

    def __init__(self, loaded: whisper.model.Whisper, *, model: str, weights: str) -> None:
        self.name = f"openai-whisper {version('openai-whisper')}"
        self.model = model
        self.weights = weights
        self._loaded = loaded

    def speech(self, samples: Samples, progress: Progress) -> list[Span]:
        return find_speech(samples, progress)

    def hear(
        self, chunks: Sequence[Samples], *, language: str, names: Sequence[Sequence[str]] = (), timed: bool = True
    ) -> list[Heard]:
        code = whisper_language(language, self.model, languages(self._loaded))
        told = names or [()] * len(chunks)
        return [
            _heard(self._transcribe(chunk, code, self._prompt(each, code), timed))
            for chunk, each in zip(chunks, told, strict=True)
        ]

    def detect(self, chunks: Sequence[Samples]) -> str:
        import torch
        from whisper.audio import log_mel_spectrogram, pad_or_trim

        if not self._loaded.is_multilingual:
            return "en"
        mels = [log_mel_spectrogram(pad_or_trim(chunk), self._loaded.dims.n_mels) for chunk in chunks]
        _, chances = self._loaded.detect_language(torch.stack(mels).to(self._loaded.device))
        likeliest: str = max(chances[0], key=lambda code: sum(chance[code] for chance in chances))
        return likeliest

    def _prompt(self, names: Sequence[str], language: str) -> str:
        from whisper.tokenizer import get_tokenizer

        tokenizer = get_tokenizer(self._loaded.is_multilingual, language=language)
        return prompt(names, tokenizer.encode, self._loaded.dims.n_text_ctx // 2 - 1)

    def _transcribe(self, chunk: Samples, language: str, before: str, timed: bool) -> Segments:
        import torch

        with warnings.catch_warnings(), torch.random.fork_rng():
            warnings.simplefilter("ignore")
            torch.manual_seed(0)  # what is hard to hear is drawn by chance: always the same chance
            done = self._loaded.transcribe(
                chunk,
                language=language,
                initial_prompt=before or None,
                word_timestamps=timed,
                fp16=self._loaded.device.type == "cuda",
            )
        segments: Segments = done["segments"]
        return segments


def load_sequential(transcription: Transcription, *, offline: bool) -> SequentialEngine:
    """The engine with its model found, verified and loaded."""
    loaded, weights = load_model(transcription, offline=offline)
    return SequentialEngine(loaded, model=transcription.model, weights=weights)


def _heard(segments: Segments) -> Heard:
    if not segments:
        return Heard()
    return Heard(
        words=tuple(word for segment in segments for word in _words(segment)),
        log_probability=min(segment["avg_logprob"] for segment in segments),
        compression=max(segment["compression_ratio"] for segment in segments),
        temperature=max(segment["temperature"] for segment in segments),
    )


def _words(segment: Mapping[str, Any]) -> Iterator[Word]:
    if "words" not in segment:
        yield from (Word(start=0.0, end=0.0, text=f" {text}", probability=1.0) for text in segment["text"].split())
        return
    for heard in segment["words"]:
        start, end, probability = (float(heard[key]) for key in ("start", "end", "probability"))
        yield Word(start=start, end=end, text=heard["word"], probability=probability)
