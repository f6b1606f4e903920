"""Speech to words: the seam `Engine`, and the choice of the engine that a show asks for.

An engine hears chunks of speech. Finding the speech, putting the words in their place and going on after a stop is
`listening`'s business; making sentences of them, sentences.py's; whether an episode needs it, the pipeline's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from placecast.model import Progress, Transcription, no_words
from placecast.transcribe.choice import settle
from placecast.transcribe.fake import FakeEngine
from placecast.transcribe.heard import Heard

if TYPE_CHECKING:
    from placecast.transcribe.vad import Samples, Span

__all__ = ["Engine", "FakeEngine", "Heard", "load_engine"]


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

    @property
    def options(self) -> Mapping[str, str]:
        """What else shapes the words, such as the precision: kept in the transcript's record."""

    @property
    def batch(self) -> int:
        """How many chunks it likes to hear at once."""

    def speech(self, samples: Samples, progress: Progress) -> list[Span]:
        """Where somebody speaks: in order and apart from each other."""

    def hear(
        self, chunks: Sequence[Samples], *, language: str, names: Sequence[Sequence[str]] = (), timed: bool = True
    ) -> list[Heard]:
        """The words in each chunk of speech: float32, mono, 16 kHz, at most 30 seconds.

        `language` is a BCP 47 tag. `names`: for each chunk those that are likely to be said in it, the likeliest
        first; or none for any. Not `timed`: the words alone are wanted, and their times are 0.
        """

    def detect(self, chunks: Sequence[Samples]) -> str:
        """The language that is spoken in these chunks of speech, as Whisper calls it."""


def load_engine(
    transcription: Transcription,
    *,
    offline: bool = False,
    tell: Callable[[str], None] = no_words,
    warn: Callable[[str], None] = no_words,
) -> Engine:
    """The engine that the show asks for, ready to hear. `offline`: never try to download a model.

    Where the show leaves the model to the machine it is chosen here. `tell` hears of what is fetched, `warn` of a
    choice that is not the best.
    """
    transcription = settle(transcription, offline=offline, tell=tell, warn=warn)
    # Imported here because each brings its own heavy library, and only one of them need be installed.
    if transcription.engine == "faster-whisper":
        from placecast.transcribe.faster_engine import load_faster_whisper

        return load_faster_whisper(transcription, offline=offline)
    if transcription.engine == "whisper-sequential":
        from placecast.transcribe.sequential_engine import load_sequential

        return load_sequential(transcription, offline=offline)
    from placecast.transcribe.openai_engine import load_whisper

    return load_whisper(transcription, offline=offline)
