"""The small file beside the MP3: the same mastered sound as Ogg Opus, for slow and costly connections.

At these rates the coder leaves out what lies high, and with it some loudness, the more the hissier a voice is. So the
file is measured as it is decoded, like the MP3, and coded again with what was learnt. Its peaks may pass the MP3's
ceiling: another limiter would make it sound unlike the MP3, and Opus decoders clip softly what passes full scale.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import av

from placecast.audio.filters import Chain, Shape
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
    loudness: float  # LUFS
    true_peak: float  # dBTP


@dataclass(frozen=True, kw_only=True)
class Played:
    """The mastered sound before any coding."""

    play: Play
    shape: Shape
    loudness: float  # LUFS
    seconds: float


def write_opus(sound: Played, mastering: Mastering, path: Path) -> Small:
    """Write the sound as Ogg Opus without tags: as long as it is, at the loudness asked for, and below full scale."""
    kbps = mastering.opus_kbps if sound.shape.channels == 1 else round(mastering.opus_kbps * _STEREO)
    gain = mastering.loudness - sound.loudness
    with replacing(path) as encoded:
        for _ in range(_ENCODES):
            filters = [("volume", f"volume={gain:.4f}dB:precision=float"), ("aresample", str(_RATE))]
            _encode(Chain(sound.shape, filters).run(sound.play()), sound.shape, kbps, encoded)
            heard = measure(encoded)
            missing = mastering.loudness - heard.loudness
            if abs(missing) <= _TOLERANCE and abs(heard.seconds - sound.seconds) <= _DRIFT:
                return _small(kbps, heard)
            gain += missing
        raise _missed(path, sound, mastering, heard)


def _small(kbps: int, heard: Loudness) -> Small:
    loudness, true_peak = round(heard.loudness, 2), round(heard.true_peak, 2)
    return Small(seconds=heard.seconds, kbps=kbps, loudness=loudness, true_peak=true_peak)


def _encode(frames: Iterable[av.AudioFrame], shape: Shape, kbps: int, path: Path) -> None:
    """Write the file. With `bitexact` it has a fixed serial number and no versions in it: same sound, same bytes."""
    # A file of Python's, so that a full disk is an OSError and nothing else is.
    with path.open("wb") as target, av.open(target, "w", format="ogg", options={"fflags": "+bitexact"}) as file:
        stream = file.add_stream("libopus", rate=_RATE, layout=shape.layout)
        stream.bit_rate = kbps * 1000
        for frame in frames:
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


def _missed(path: Path, sound: Played, mastering: Mastering, heard: Loudness) -> AudioError:
    return AudioError(
        str(path),
        f"the small Opus file lasts {heard.seconds:.2f} s at {heard.loudness:.1f} LUFS;"
        f" it should last {sound.seconds:.2f} s at {mastering.loudness:g} LUFS.",
        "Write a greater opus_kbps under mastering in placecast.toml, or leave it out.",
    )
