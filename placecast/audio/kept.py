"""Published sound that somebody else made and that is kept as it is: what it is, and how long."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import av

from placecast.audio.source import Recording, open_recording
from placecast.errors import AudioError

# What FFmpeg calls a format, and the end of a name by which apps and servers know it.
_SUFFIXES = {"mp3": ".mp3", "mov,mp4,m4a,3gp,3g2,mj2": ".m4a", "ogg": ".ogg", "aac": ".aac"}
_FILM = ".mp4"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The end of the name that the file should have, and its seconds."""

    suffix: str
    seconds: float


def look(file: Path) -> Kept:
    """What is in a published file, whatever its name says; AudioError when no app could play it."""
    with open_recording(file) as recording:
        suffix = _SUFFIXES.get(recording.container.format.name)
        if suffix is None:
            what = f"podcast apps do not play {recording.container.format.long_name}."
            raise AudioError(str(file), what, "Export it as MP3 or M4A.")
        film = suffix == ".m4a" and any(_moves(stream) for stream in recording.container.streams.video)
        return Kept(suffix=_FILM if film else suffix, seconds=round(_seconds(recording), 3))


def _moves(stream: av.VideoStream) -> bool:
    return not stream.disposition & stream.disposition.attached_pic  # a cover is a film of one picture


def _seconds(recording: Recording) -> float:
    """Counted from the packets, which takes no decoding: many an MP3 does not state its length, or a wrong one."""
    if recording.container.format.name not in ("mp3", "aac"):
        return (recording.container.duration or 0) / 1_000_000
    base = float(recording.stream.time_base or 0)
    return sum(packet.duration or 0 for packet in recording.container.demux(recording.stream)) * base
