"""The small file beside the MP3: the same mastered sound as Ogg Opus, for slow and costly connections.

At these rates the coder leaves out what lies high, and with it some loudness, the more the hissier a voice is. So it
is measured as it is decoded, like the MP3, and coded again with what was learnt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import av

from placecast.audio.filters import Chain, Filter, Shape
from placecast.audio.loudness import Loudness, measure
from placecast.errors import AudioError
from placecast.files import replacing
from placecast.model import Mastering

_RATE = 48_000  # the clock of Opus, whatever the sound (RFC 7845, section 4)
_STEREO = 4 / 3  # of the bit rate that mono has: much of two channels is the same
_ENCODES = 3
_TOLERANCE = 0.4  # LU; the promise is 0.5, and other meters may differ a little
_DRIFT = 0.05  # seconds: chapters and timed links must lead to the same word

Play = Callable[[], Iterable[av.AudioFrame]]
"""Gives the mastered sound from its start, as often as it is asked."""


@dataclass(frozen=True, kw_only=True)
class Small:
    """The small file, as it is decoded."""

    seconds: float
    kbps: int


def write_opus(play: Play, shape: Shape, mp3: Loudness, mastering: Mastering, gain: float, path: Path) -> Small:
    """Write the sound of an MP3 as Ogg Opus without tags: as long and as loud as the MP3 was measured.

    `gain`: how many dB the MP3 differs from what is played.
    """
    kbps = _kbps(mastering, shape)
    with replacing(path) as encoded:
        for _ in range(_ENCODES):
            _encode(play(), shape, gain, kbps, encoded)
            heard = measure(encoded)
            missing = mp3.loudness - heard.loudness
            if abs(missing) <= _TOLERANCE and abs(heard.seconds - mp3.seconds) <= _DRIFT:
                return Small(seconds=heard.seconds, kbps=kbps)
            gain += missing
        raise _missed(path, mp3, heard)


def _encode(frames: Iterable[av.AudioFrame], shape: Shape, gain: float, kbps: int, path: Path) -> None:
    """Write the file. With `bitexact` it has a fixed serial number and no versions in it: same sound, same bytes."""
    filters: list[Filter] = [("volume", f"volume={gain:.4f}dB:precision=float"), ("aresample", str(_RATE))]
    # A file of Python's, so that a full disk is an OSError and nothing else is.
    with path.open("wb") as target, av.open(target, "w", format="ogg", options={"fflags": "+bitexact"}) as file:
        stream = file.add_stream("libopus", rate=_RATE, layout=shape.layout)
        stream.bit_rate = kbps * 1000
        for frame in Chain(shape, filters).run(frames):
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


def _kbps(mastering: Mastering, shape: Shape) -> int:
    return mastering.opus_kbps if shape.channels == 1 else round(mastering.opus_kbps * _STEREO)


def _missed(path: Path, mp3: Loudness, heard: Loudness) -> AudioError:
    return AudioError(
        str(path),
        f"the small Opus file lasts {heard.seconds:.2f} s at {heard.loudness:.1f} LUFS,"
        f" its MP3 {mp3.seconds:.2f} s at {mp3.loudness:.1f} LUFS.",
        "Write a greater opus_kbps under mastering in placecast.toml, or leave it out.",
    )
