"""One episode's transcription, as it is done on another machine: a job is sent there, an account comes back.

A job holds facts alone. The machine finds the sound itself, and brings its own engine and its own keys to the storage.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING

from placecast import audio, files
from placecast.errors import AudioError, StorageError
from placecast.model import Progress, Target, Transcription, no_progress
from placecast.storage import open_storage
from placecast.transcribe.account import Account, take_account
from placecast.transcribe.listening import Request

if TYPE_CHECKING:
    from placecast.transcribe import Engine

LOADER = "placecast.transcribe:load_engine"
"""What loads an engine, as a name that a worker can import."""


@dataclass(frozen=True, kw_only=True)
class StoredSound:
    """The published file: where it is in the storage, and what it must be."""

    key: str
    bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Job:
    """What a machine must know to hear an episode. `sha256` is that of its recording."""

    slug: str
    recording: Path | None  # where it is, on machines that share the disk
    sha256: str
    stored: StoredSound | None
    target: Target
    transcription: Transcription
    request: Request
    loader: str = LOADER
    trim_silence: bool = False  # at both ends of the recording; the published file has lost it already


def work(job: Job, progress: Progress = no_progress) -> Account:
    """Find the sound, hear it, and tell what was heard."""
    with TemporaryDirectory(prefix="placecast-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        sound = _sound(job, folder)
        trim = job.trim_silence and sound == job.recording
        audio.decode_samples(sound, folder / "samples.f32", trim_silence=trim)
        with _HEARING:
            engine = _engine(job.loader, job.transcription)
            samples = audio.read_samples(folder / "samples.f32")
            return take_account(engine, samples, job.request, progress=progress)


# A worker may run several jobs in threads of one process: they share its model, which hears one recording at a time.
_HEARING = Lock()


@cache
def _engine(loader: str, transcription: Transcription) -> Engine:
    module, _, name = loader.partition(":")
    loaded: Engine = getattr(import_module(module), name)(transcription)
    return loaded


def _sound(job: Job, folder: Path) -> Path:
    """The recording, if this machine has the same one in the same place; else the published file."""
    if job.recording and job.recording.is_file() and files.sha256_of(job.recording) == job.sha256:
        return job.recording
    if job.stored:
        return _fetched(job.target, job.stored, folder)
    what = f"this recording is not on the worker {socket.gethostname()}, and it has not been published."
    cure = "Publish the episode first, or give the workers the show's folder under the same path."
    raise AudioError(str(job.recording), what, cure)


def _fetched(target: Target, sound: StoredSound, folder: Path) -> Path:
    storage, path = open_storage(target), folder / Path(sound.key).name
    storage.fetch(sound.key, path)
    if path.stat().st_size != sound.bytes or files.sha256_of(path) != sound.sha256:
        cure = "Publish the episode again with: placecast publish --redo tag SLUG"
        raise StorageError(storage.name, f"{sound.key} is not the file that was published.", cure)
    return path
