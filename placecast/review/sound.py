"""What a reviewer hears: the sound of the episode that is on this machine, and short clips of it."""

from __future__ import annotations

from pathlib import Path

from placecast import audio
from placecast.doubts import Doubt
from placecast.errors import UsageError
from placecast.model import Episode
from placecast.project import Project

_BEFORE, _AFTER = 1.5, 1.5  # seconds: a word is understood by what is around it

# What browsers play. The published types are `media_types`' business.
_TYPES = {
    ".aac": "audio/aac",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".mp4": "audio/mp4",
    ".oga": "audio/ogg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".wav": "audio/wav",
    ".webm": "audio/webm",
}


def sound_of(project: Project, episode: Episode) -> Path | None:
    """The published file, which every browser plays, or else the recording; None when neither is here."""
    published = project.audio(episode.slug)
    candidates = (project.media(published) if published else None, episode.recording)
    return next((path for path in candidates if path and path.is_file()), None)


def sound_type(path: Path) -> str:
    """The Content-Type of a recording."""
    return _TYPES.get(path.suffix.lower(), "application/octet-stream")


def clip(project: Project, episode: Episode, doubt: Doubt) -> Path:
    """A WAV file with the words in doubt and what is around them, in the cache."""
    sound = sound_of(project, episode)
    if sound is None:
        cure = f"Put the recording back, or publish the episode: placecast publish {episode.slug}"
        raise UsageError(episode.slug, "there is no sound of it on this machine.", cure)
    path = project.cache / "clips" / f"{episode.slug}-{round(doubt.start * 1000)}.wav"
    published = project.audio(episode.slug)
    later = published.start if published and sound == episode.recording else 0.0
    audio.cut(sound, path, max(doubt.start + later - _BEFORE, 0.0), doubt.end + later + _AFTER)
    return path
