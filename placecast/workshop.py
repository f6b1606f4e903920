"""What the costly steps on an episode work with: the show's folder, an engine, and the episode's sound."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from placecast import audio
from placecast.errors import AudioError
from placecast.model import Episode, MadeFrom, MovedIn, Progress, Show, Transcription
from placecast.project import Project

if TYPE_CHECKING:
    from placecast.transcribe import Engine
    from placecast.transcribe.hardware import Hardware


class Reporter(Protocol):
    """Told what happens, as it happens."""

    def step(self, what: str, reason: str) -> AbstractContextManager[Progress]: ...

    def tell(self, text: str) -> None: ...

    def warn(self, text: str) -> None: ...

    def ask(self, question: str, lines: Sequence[str]) -> bool | None:
        """What a person answers who was shown these lines; None when there is nobody to ask."""


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """What the steps work with. `load_engine` is called once, by the first step that needs it."""

    project: Project
    reporter: Reporter
    load_engine: Callable[[Transcription], Engine]
    show: Show
    speakers: int = 0  # how many people are heard, if the producer says so for this run
    fast: bool = False  # eight-bit arithmetic for this run, whatever the settings say
    clock: Callable[[], float] = time.monotonic

    @cached_property
    def engine(self) -> Engine:
        return self.load_engine(self.transcription)

    @cached_property
    def hardware(self) -> Hardware:
        from placecast.transcribe.hardware import hardware

        return hardware(self.show.transcription)

    @property
    def transcription(self) -> Transcription:
        """The show's settings, with the language that "show" stands for: a model is chosen by it."""
        settings = self.show.transcription
        language = self.show.language if settings.language == "show" else settings.language
        return replace(settings, language=language, fast=settings.fast or self.fast)


def finish(shop: Workshop, episode: Episode) -> None:
    """Take away what the steps left for each other."""
    shutil.rmtree(shop.project.work_folder(episode.slug), ignore_errors=True)


def samples_of(shop: Workshop, episode: Episode) -> Path:
    """The 16 kHz samples that mastering left, or made now from the best sound that is here."""
    folder = shop.project.work_folder(episode.slug)
    samples = folder / "samples.f32"
    if unfinished(shop.project, shop.show, episode.slug, recording_hash(shop.project, episode)) is None:
        sound = best_sound(shop.project, episode)
        trim = sound == episode.recording and trimmed(shop.project, shop.show, episode)
        audio.decode_samples(sound, samples, trim_silence=trim)
    return samples


def trimmed(project: Project, show: Show, episode: Episode) -> bool:
    """Whether the recording loses its silent ends: as it did when it was published, or will when it is."""
    published = project.audio(episode.slug)
    made_from = published.made_from if published else None
    if isinstance(made_from, MovedIn):
        return False  # kept as it was
    same = made_from and made_from.recording == recording_hash(project, episode)
    return (made_from.mastering if made_from and same else show.mastering).trim_silence


def recording_hash(project: Project, episode: Episode) -> str | None:
    return project.fingerprint(episode.recording) if episode.recording and episode.recording.is_file() else None


def heard_recording(project: Project, episode: Episode) -> str:
    """The hash of the recording that was heard, also when what is here is only the file that was made from it."""
    published = project.audio(episode.slug)
    there = recording_hash(project, episode) or (published.made_from.recording if published else None)
    return there or project.fingerprint(recording_of(episode))


def recording_of(episode: Episode) -> Path:
    """The recording, where the plan saw it; it may have been moved away since."""
    if episode.recording and episode.recording.is_file():
        return episode.recording
    raise AudioError(str(episode.recording), "is not there any more.", "Put the recording back, and run again.")


def best_sound(project: Project, episode: Episode) -> Path:
    """The best sound of the episode on this machine: the recording, or else the published file."""
    published = project.audio(episode.slug)
    if published and not (episode.recording and episode.recording.is_file()):
        return project.media(published)
    return recording_of(episode)


def unfinished(project: Project, show: Show, slug: str, recording: str | None) -> dict[str, Any] | None:
    """The facts of a mastered file that an earlier run left, if it is what would be made now."""
    try:
        facts = json.loads((project.work_folder(slug) / "master.json").read_bytes())
    except (OSError, ValueError):
        return None
    wanted = asdict(MadeFrom(recording=recording or "", mastering=show.mastering, version=audio.VERSION))
    return dict(facts) if facts.get("made_from") == wanted else None
