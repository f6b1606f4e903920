"""Mastering: the loudness that is asked for, as an MP3, and measured on that MP3.

The coder changes level and peaks, and nobody can tell by how much beforehand. So the file is encoded, measured as a
listener would get it, and encoded again with what was learnt, until it is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import av

from placecast.audio.filters import Chain, Filter, Pcm, Shape
from placecast.audio.loudness import Loudness, listen, measure
from placecast.audio.opus import Played, Small, write_opus
from placecast.audio.samples import decode
from placecast.audio.writing import writing
from placecast.errors import AudioError
from placecast.files import replacing
from placecast.model import Mastering, Progress, no_progress

_CODING_LOSS = 0.45  # LU that LAME takes off at a constant bit rate, on every sound and rate tried
_CODING_PEAKS = 2.0  # dB of room for what coding does to the peaks of speech: less would often cost a second encode
_ENCODES = 5
_SOLVES = 6
_SOLVED = 0.15  # LU
_FIRST_SLOPE = 0.65  # of speech behind a limiter, see `_slope`
_TOLERANCE = 0.4  # LU; the promise is 0.5, and other meters may differ a little
_PEAK_MARGIN = 0.1  # dB, for the same reason
_OVERSAMPLED = 192_000  # a limiter at 48 kHz lets peaks between the samples through


@dataclass(frozen=True, kw_only=True)
class Mastered:
    """The published sound, as measured on the encoded file."""

    seconds: float
    loudness: float  # LUFS
    true_peak: float  # dBTP
    warnings: tuple[str, ...]
    small: Small | None = None  # the Opus file beside it, if it was asked for


@dataclass(frozen=True, kw_only=True)
class _Reached:
    """What the MP3 measures, and the filters that it was made with."""

    loudness: Loudness
    filters: list[Filter]
    before: float  # LUFS, before it was coded


@dataclass(frozen=True, kw_only=True)
class _Setting:
    """A gain and a ceiling in dB, and the loudness that they give before coding."""

    gain: float
    ceiling: float
    loudness: float

    def limits(self, heard: Loudness) -> bool:
        return heard.true_peak + self.gain > self.ceiling

    def filters(self, shape: Shape, heard: Loudness) -> list[Filter]:
        """The gain, and the limiter if there is anything to limit."""
        volume: Filter = ("volume", f"volume={self.gain:.4f}dB:precision=float")
        if not self.limits(heard):
            return [volume]
        limit = max(_amplitude(self.ceiling), 0.0625)  # the least that alimiter takes
        limiter = f"limit={limit:.6f}:attack=5:release=50:level=false:latency=true"
        oversampled, back = ("aresample", str(_OVERSAMPLED)), ("aresample", str(shape.rate))
        return [volume, oversampled, ("alimiter", limiter), back]


def master(
    recording: Path, out: Path, samples: Path, mastering: Mastering, progress: Progress = no_progress
) -> Mastered:
    """Write the MP3 without tags to `out`, and to `samples` what is transcribed: raw float32, mono, 16 kHz.

    Where the settings ask for a small file, it is written beside `out`, as `.opus`.
    """
    with (
        writing(out, samples),
        replacing(out) as encoded,
        replacing(samples) as heard,
        TemporaryDirectory(prefix=".pcm-", dir=out.parent) as folder,
    ):
        spool = Path(folder) / "delivery.f32"
        take = decode(recording, heard, spool, _part(progress, 0.0, 0.3))
        pcm = Pcm(path=spool, shape=take.shape)
        reached = _reach(mastering, pcm, take.loudness, encoded, progress)
        if reached is None:
            raise _missed(recording, mastering, measure(encoded))
        return Mastered(
            seconds=pcm.seconds,
            loudness=round(reached.loudness.loudness, 2),
            true_peak=round(reached.loudness.true_peak, 2),
            warnings=take.warnings,
            small=_small(mastering, pcm, reached, out.with_suffix(".opus"), _part(progress, 0.9, 1.0)),
        )


def _small(mastering: Mastering, pcm: Pcm, reached: _Reached, path: Path, progress: Progress) -> Small | None:
    """The small file of the very sound that the MP3 was made of, if one is wanted."""
    if not mastering.opus_kbps:
        return None

    def play() -> Iterator[av.AudioFrame]:
        return Chain(pcm.shape, reached.filters).run(pcm.frames(progress))

    sound = Played(play=play, shape=pcm.shape, loudness=reached.before, seconds=pcm.seconds)
    return write_opus(sound, mastering, path)


def _reach(mastering: Mastering, pcm: Pcm, heard: Loudness, encoded: Path, progress: Progress) -> _Reached | None:
    """Encode until the file measures what is asked for: what it measures, or None if it never did."""
    loss = _CODING_LOSS
    ceiling = mastering.true_peak - _PEAK_MARGIN + _CODING_LOSS - _CODING_PEAKS
    gain = mastering.loudness + loss - heard.loudness
    for _ in range(_ENCODES):
        start = _Setting(gain=gain, ceiling=ceiling, loudness=heard.loudness + gain)
        setting = _solve(mastering.loudness + loss, start, pcm, heard, _part(progress, 0.3, 0.5))
        filters = setting.filters(pcm.shape, heard)
        _encode(pcm, filters, _kbps(mastering, pcm.shape), encoded, _part(progress, 0.5, 0.9))
        reached = measure(encoded)
        excess = reached.true_peak - mastering.true_peak + _PEAK_MARGIN
        if excess <= 0 and abs(reached.loudness - mastering.loudness) <= _TOLERANCE:
            progress(1.0)
            return _Reached(loudness=reached, filters=filters, before=setting.loudness)
        gain, loss = setting.gain, setting.loudness - reached.loudness
        if excess > 0:
            ceiling = min(ceiling, heard.true_peak + gain) - excess - _PEAK_MARGIN
    return None


def _solve(target: float, start: _Setting, pcm: Pcm, heard: Loudness, progress: Progress) -> _Setting:
    """The gain that gives the target behind the limiter, found by the secant method."""
    setting, reached = start, None
    for number in range(_SOLVES):
        before = reached
        part = _part(progress, number / _SOLVES, (number + 1) / _SOLVES)
        reached = replace(setting, loudness=_loudness(setting, pcm, heard, part))
        missing = target - reached.loudness
        if abs(missing) <= _SOLVED:
            break
        setting = replace(setting, gain=setting.gain + missing / _slope(before, reached))
    return reached or start


def _slope(before: _Setting | None, now: _Setting) -> float:
    """The LU that a dB of gain brings: less than one, and the less the more is limited."""
    if before is None:
        return _FIRST_SLOPE
    return min(max((now.loudness - before.loudness) / (now.gain - before.gain), 0.25), 1.0)


def _loudness(setting: _Setting, pcm: Pcm, heard: Loudness, progress: Progress) -> float:
    """The loudness of the sound with this setting, before coding."""
    if not setting.limits(heard):
        return heard.loudness + setting.gain
    frames = Chain(pcm.shape, setting.filters(pcm.shape, heard)).run(pcm.frames(progress))
    return listen(frames, pcm.shape, peak=False).loudness


def _encode(pcm: Pcm, filters: list[Filter], kbps: int, path: Path, progress: Progress) -> None:
    """Write the MP3: constant bit rate, so that timed links land where they should, and an Info header with its length.

    `bitexact` keeps the versions of FFmpeg's libraries out of it: same sound, same bytes.
    """
    options = {"id3v2_version": "0", "write_id3v1": "0", "write_xing": "1", "fflags": "+bitexact"}
    # A file of Python's, so that a full disk is an OSError and nothing else is.
    with path.open("wb") as target, av.open(target, "w", format="mp3", options=options) as file:
        stream = file.add_stream("libmp3lame", rate=pcm.shape.rate, layout=pcm.shape.layout)
        stream.bit_rate = kbps * 1000
        for frame in Chain(pcm.shape, filters).run(pcm.frames(progress)):
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


def _kbps(mastering: Mastering, shape: Shape) -> int:
    return mastering.mono_kbps if shape.channels == 1 else mastering.stereo_kbps


def _amplitude(decibels: float) -> float:
    return float(10 ** (decibels / 20))


def _part(progress: Progress, start: float, end: float) -> Progress:
    """The progress of a step that is this part of the whole."""
    return lambda done: progress(start + (end - start) * done)


def _missed(recording: Path, mastering: Mastering, reached: Loudness) -> AudioError:
    return AudioError(
        str(recording),
        f"it could not be brought to {mastering.loudness:g} LUFS with peaks below {mastering.true_peak:g} dBTP:"
        f" the best was {reached.loudness:.1f} LUFS and {reached.true_peak:.1f} dBTP.",
        "Some of its sounds are far louder than the rest: lower those in the editor, or ask for less loudness"
        " under mastering in placecast.toml.",
    )
