"""Speech to words: the seam `Engine`, and the choice of the engine that a show asks for.

An engine gives words with their times. Making sentences of them is sentences.py's business, and deciding
whether an episode needs to be transcribed is the pipeline's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from placecast.model import Progress, Transcription, Word
from placecast.transcribe.fake import FakeEngine

if TYPE_CHECKING:
    from placecast.transcribe.vad import Samples

__all__ = ["Engine", "FakeEngine", "load_engine"]


class Engine(Protocol):
    """Something that hears words. Two runs over the same samples give the same words."""

    @property
    def name(self) -> str:
        """Name and version: `openai-whisper 20250625`."""

    @property
    def model(self) -> str:
        """The model's name: `base`."""

    @property
    def weights(self) -> str:
        """The SHA-256 of the model as it was published."""

    def transcribe(self, samples: Samples, *, language: str, prompt: str, progress: Progress) -> tuple[Word, ...]:
        """The words in a recording: float32, mono, 16 kHz, in memory or mapped from a file.

        `language` is the show's (BCP 47); `prompt` holds names that are likely to be said. Silence, noise
        and music have no words.
        """


def load_engine(transcription: Transcription, *, offline: bool = False) -> Engine:
    """The engine that the show asks for, ready to hear. `offline`: never try to download a model."""
    # Imported here because each brings its own heavy library, and only one of them need be installed.
    if transcription.engine == "faster-whisper":
        from placecast.transcribe.faster_engine import load_faster_whisper

        return load_faster_whisper(transcription, offline=offline)
    from placecast.transcribe.openai_engine import load_whisper

    return load_whisper(transcription, offline=offline)
