"""Mastering: the loudness that is asked for, as an MP3, and measured on that MP3.

The gain is found on the envelope of the sound, so one encode is enough as a rule. But the coder changes level and
peaks, and nobody can tell by how much beforehand. So the file is measured as a listener would get it, by another meter
than the one that led to it, and encoded again with what was learnt, until it is right.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from placecast.audio.encoding import encode
from placecast.audio.filters import Pcm, Shape
from placecast.audio.levelling import ride
from placecast.audio.limiter import SPEEDS, Curve
from placecast.audio.loudness import Loudness, measure
from placecast.audio.opus import Played, Small, write_opus
from placecast.audio.rendering import Rendering
from placecast.audio.room import room
from placecast.audio.samples import decode
from placecast.audio.writing import writing
from placecast.errors import AudioError
from placecast.files import replacing
from placecast.model import Mastering, Progress, no_progress

_CODING_PEAKS = 2.0  # dB of room for what coding does to the peaks of speech: less would often cost a second encode
_ENCODES = 6
_SOLVES = 20
_SOLVED = 0.02  # LU
_FIRST_SLOPE = 0.8  # LU that a dB of gain brings to speech behind a limiter
_LEAST_SLOPE = 0.1
_TOLERANCE = 0.4  # LU; the promise is 0.5, and other meters may differ a little
_PEAK_MARGIN = 0.1  # dB, for the same reason


@dataclass(frozen=True, kw_only=True)
class Mastered:
    """The published sound, as measured on the encoded file."""

    seconds: float
    start: float  # the second of the recording with which it begins
    loudness: float  # LUFS
    true_peak: float  # dBTP
    warnings: tuple[str, ...]
    small: Small | None = None  # the Opus file beside it, if it was asked for


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
        take = decode(recording, heard, spool, _part(progress, 0.0, 0.3), trim_silence=mastering.trim_silence)
        pcm = Pcm(path=spool, shape=take.shape, samples=take.samples, start=take.start)
        flat = Curve(envelope=take.envelope, gain=0.0, ceiling=mastering.true_peak - _PEAK_MARGIN - _CODING_PEAKS)
        if mastering.level_speakers:
            flat = replace(flat, ride=ride(take.envelope))
        sound, reached = _reach(mastering, Rendering(pcm=pcm, curve=flat), encoded, _part(progress, 0.3, 1.0))
        if not _right(reached, mastering):
            raise _missed(recording, mastering, reached)
        return Mastered(
            seconds=sound.pcm.seconds,
            start=take.start / take.shape.rate,
            loudness=round(reached.loudness, 2),
            true_peak=round(reached.true_peak, 2),
            warnings=take.warnings,
            small=_small(sound, mastering, out.with_suffix(".opus")),
        )


def _small(sound: Rendering, mastering: Mastering, path: Path) -> Small | None:
    """The small file of the very sound that the MP3 was made of, if one is wanted."""
    if not mastering.opus_kbps:
        return None
    played = Played(play=sound.frames, shape=sound.shape, loudness=sound.curve.loudness, seconds=sound.pcm.seconds)
    return write_opus(played, mastering, path)


def _reach(mastering: Mastering, sound: Rendering, path: Path, progress: Progress) -> tuple[Rendering, Loudness]:
    """Encode until the file measures what is asked for: the sound that was coded, and what its file measures."""
    lost = 0.0  # LU
    for number in range(_ENCODES):
        wanted = mastering.loudness + lost
        sound = replace(sound, curve=_solved(wanted, sound.curve))
        encode(sound.blocks(_share(progress, number)), sound.shape, _kbps(mastering, sound.shape), path)
        reached, before = measure(path), sound.curve.loudness
        if _right(reached, mastering) or abs(before - wanted) > _TOLERANCE:
            break
        lost = before - reached.loudness
        sound = replace(sound, curve=room(path, sound.curve, mastering.true_peak - _PEAK_MARGIN))
    progress(1.0)
    return sound, reached


def _right(reached: Loudness, mastering: Mastering) -> bool:
    quiet = reached.true_peak <= mastering.true_peak - _PEAK_MARGIN
    return quiet and abs(reached.loudness - mastering.loudness) <= _TOLERANCE


def _solved(target: float, curve: Curve) -> Curve:
    """The curve with the gain that gives the target, by the slowest limiter that can; the loudest where none can."""
    for speed in SPEEDS[SPEEDS.index(curve.speed) :]:
        curve = _with_gain(target, replace(curve, speed=speed))
        if abs(curve.loudness - target) <= _SOLVED:
            break
    return curve


def _with_gain(target: float, curve: Curve) -> Curve:
    """The same curve with another gain, found by the secant method."""
    reached, slope = curve.loudness, _FIRST_SLOPE
    for _ in range(_SOLVES):
        gain = min(curve.gain + (target - reached) / slope, curve.most)
        if abs(target - reached) <= _SOLVED or gain == curve.gain:
            break
        curve, step, before = replace(curve, gain=gain), gain - curve.gain, reached
        reached = curve.loudness
        # At most a LU a dB, and the less the more is limited.
        slope = min(max((reached - before) / step, _LEAST_SLOPE), 1.0)
    return curve


def _kbps(mastering: Mastering, shape: Shape) -> int:
    return mastering.mono_kbps if shape.channels == 1 else mastering.stereo_kbps


def _part(progress: Progress, start: float, end: float) -> Progress:
    """The progress of a step that is this part of the whole."""
    return lambda done: progress(start + (end - start) * done)


def _share(progress: Progress, number: int) -> Progress:
    """Nobody knows how many times it will be: each takes two thirds of what is left."""
    return _part(progress, 1 - 3.0**-number, 1 - 3.0 ** -(number + 1))


def _missed(recording: Path, mastering: Mastering, reached: Loudness) -> AudioError:
    return AudioError(
        str(recording),
        f"it could not be brought to {mastering.loudness:g} LUFS with peaks below {mastering.true_peak:g} dBTP:"
        f" the best was {reached.loudness:.1f} LUFS and {reached.true_peak:.1f} dBTP.",
        "Some of its sounds are far louder than the rest: lower those in the editor, or ask for less loudness"
        " under mastering in placecast.toml.",
    )
