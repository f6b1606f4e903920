"""OpenAI's own Whisper on PyTorch, on the CPU or a CUDA GPU, many chunks at once.

`whisper.transcribe` is not used: it looks again at what is left of a chunk after the last word, and hears
words in that breath of silence. Here a chunk is decoded once, without timestamp tokens. What is heard is what
`whisper.decode` would hear, token for token in float32, several times faster.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING

from placecast.model import Progress, Transcription, Word
from placecast.transcribe.chunks import unspoken
from placecast.transcribe.heard import Heard
from placecast.transcribe.languages import whisper_language
from placecast.transcribe.loading import languages, load_model
from placecast.transcribe.vad import RATE, Samples, Span, find_speech

if TYPE_CHECKING:
    import whisper
    from torch import Tensor

    from placecast.transcribe.decoding import Decoded, Script
    from placecast.transcribe.precision import Precision
    from placecast.transcribe.step import Sound

_PROGRESS = 1.0  # seconds that a look into a chunk must bring
_LARGEST_BATCH = {"cpu": 16, "cuda": 64}  # chunks
_MEMORY = {"cpu": 1 << 30, "cuda": 16 << 30}  # bytes that the sound of a batch may take


class WhisperEngine:
    """A loaded model of openai-whisper. `load_whisper` makes one."""

    def __init__(
        self, loaded: whisper.model.Whisper, *, model: str, weights: str, precision: Precision | None = None
    ) -> None:
        from placecast.transcribe.encoder import Encoder
        from placecast.transcribe.precision import FULL
        from placecast.transcribe.step import load_step

        precision = precision or FULL
        self.name = f"openai-whisper {version('openai-whisper')}"
        self.model = model
        self.weights = weights
        self.options: Mapping[str, str] = {"precision": precision.name}
        self._loaded = loaded
        self._encoder = Encoder(loaded, precision.encoder)
        self._step = load_step(loaded, precision)
        device = loaded.device.type
        self.batch = max(1, min(_LARGEST_BATCH[device], _MEMORY[device] // self._step.sound_bytes))
        self._known: list[bytes] = []
        self._sound: Sound | None = None

    def speech(self, samples: Samples, progress: Progress) -> list[Span]:
        return find_speech(samples, progress)

    def hear(
        self, chunks: Sequence[Samples], *, language: str, names: Sequence[Sequence[str]] = (), timed: bool = True
    ) -> list[Heard]:
        from placecast.transcribe.decoding import script

        code = whisper_language(language, self.model, languages(self._loaded))
        if not chunks:
            return []
        return self._hear(chunks, self._listen(chunks), script(self._loaded, code, names or [()] * len(chunks)), timed)

    def detect(self, chunks: Sequence[Samples]) -> str:
        from placecast.transcribe.decoding import detect

        return detect(self._loaded, self._step, self._listen(chunks)) if self._loaded.is_multilingual else "en"

    def _listen(self, chunks: Sequence[Samples]) -> Sound:
        """The sound of these chunks. That of the last ones is kept: some will be heard again, with other names."""
        keys = [chunk.tobytes() for chunk in chunks]
        if self._sound is None or not set(keys) <= set(self._known):
            self._sound = None  # freed before the next is made
            self._known, self._sound = keys, self._step.sound(self._encoder(chunks))
        return self._sound.rows([self._known.index(key) for key in keys])

    def _hear(self, chunks: Sequence[Samples], sound: Sound, script: Script, timed: bool) -> list[Heard]:
        from placecast.transcribe.decoding import decode

        decoded = decode(self._step, sound, script)
        return [
            self._heard(chunk, each, sound.keys_of(self._step.heads, row), script.rows([row]), timed)
            for row, (chunk, each) in enumerate(zip(chunks, decoded, strict=True))
        ]

    def _heard(self, chunk: Samples, decoded: Decoded, keys: Tensor, script: Script, timed: bool) -> Heard:
        from placecast.transcribe import alignment

        if unspoken(decoded.no_speech, decoded.log_probability):
            return Heard()
        goes_on = decoded.believable and not decoded.ended
        # Times cost little, but the second opinion needs none.
        attention = alignment.listened(decoded.queries, keys, len(chunk)) if timed or goes_on else None
        words = alignment.words(decoded.tokens, decoded.chances, attention, script.tokenizer)
        if goes_on:
            words = self._continued(words, chunk, script, timed)
        return Heard(
            words=words,
            log_probability=decoded.log_probability,
            compression=decoded.compression,
            temperature=decoded.temperature,
        )

    def _continued(self, words: tuple[Word, ...], chunk: Samples, script: Script, timed: bool) -> tuple[Word, ...]:
        """The words, and those of the rest of the chunk: fast speech in a script that takes many tokens a word."""
        cut = words[-1].start if words else 0.0
        if cut < _PROGRESS:
            return words
        rest = chunk[int(cut * RATE) :]
        (heard,) = self._hear([rest], self._step.sound(self._encoder([rest])), script, timed)
        return (*words[:-1], *(replace(word, start=word.start + cut, end=word.end + cut) for word in heard.words))


def load_whisper(transcription: Transcription, *, offline: bool) -> WhisperEngine:
    """The engine with its model found, verified and loaded."""
    loaded, weights = load_model(transcription, offline=offline)
    from placecast.transcribe.precision import choose

    precision = choose(loaded.device.type, fast=transcription.fast)
    return WhisperEngine(loaded, model=transcription.model, weights=weights, precision=precision)
