"""The one decode of a recording: what is heard in it, the samples for Whisper and the samples to be mastered."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
from numpy.typing import NDArray

from placecast.audio.filters import Chain, Converter, Shape, conversion, unordered, values
from placecast.audio.loudness import SILENT, Loudness, Meter
from placecast.audio.source import Recording, open_recording
from placecast.audio.suspects import too_quiet
from placecast.audio.writing import writing
from placecast.errors import AudioError
from placecast.files import replacing
from placecast.model import Progress, no_progress

WHISPER = Shape(rate=16000, layout="mono")
"""What Whisper listens to: 16 kHz mono, float32."""

_FULL_SCALE = 0.9995  # of the largest number: some converters stop a little below it
_CLIPS_A_SECOND = 1.0  # a voice that was recorded well has none; one that is overdriven, hundreds


@dataclass(frozen=True, kw_only=True)
class Take:
    """What one decode found: the loudness of the sound in its delivery shape, and what to warn of."""

    shape: Shape
    loudness: Loudness
    warnings: tuple[str, ...]


def decode_samples(recording: Path, samples: Path, progress: Progress = no_progress) -> None:
    """Write only the samples that are transcribed: raw little-endian float32, mono, 16 kHz."""
    with writing(samples), replacing(samples) as partial:
        decode(recording, partial, None, progress)


def read_samples(samples: Path) -> NDArray[np.float32]:
    """The samples as a read-only array that stays on the disk."""
    return np.memmap(samples, "<f4", mode="r")


def decode(recording: Path, samples: Path, pcm: Path | None, progress: Progress) -> Take:
    """Decode the recording once, into the samples for Whisper and, if asked, those to be mastered."""
    with open_recording(recording) as source, ExitStack() as files:
        desk = _Desk(
            source.stream.rate,
            delivery_shape(source.stream),
            files.enter_context(samples.open("wb")),
            files.enter_context(pcm.open("wb")) if pcm else None,
        )
        _listen(source, desk, progress)
        take = desk.take(source)
    if take.loudness.loudness <= SILENT:
        heard = read_samples(samples)
        raise too_quiet(recording, max(float(heard.max()), -float(heard.min())))
    return take


def _listen(source: Recording, desk: _Desk, progress: Progress) -> None:
    try:
        for frame in source.frames(progress):
            desk.push(frame)
        desk.push(None)
    except av.FFmpegError as exc:
        what = f"its channels ({source.stream.layout.name}) cannot be mixed: {exc.strerror}."
        raise AudioError(str(source.path), what, "Export it as mono or stereo.") from exc


def delivery_shape(stream: av.AudioStream) -> Shape:
    """MP3 at the family of rates that the recording has: converting 44.1 to 48 kHz would gain nothing."""
    rate = 44100 if stream.rate % 11025 == 0 else 48000
    return Shape(rate=rate, layout="mono" if stream.channels == 1 else "stereo")


class _Desk:
    """Gives each decoded frame to all who want it: the two files, the meter and those who look for faults."""

    def __init__(self, rate: int, shape: Shape, samples: BinaryIO, pcm: BinaryIO | None) -> None:
        self._shape = shape
        self._samples, self._pcm = samples, pcm
        # First all get the same shape: FFmpeg changes a frame of unnamed channels in the hands of whoever gets it next.
        even = Shape(rate=rate, layout=shape.layout)
        self._even = Converter(even)
        self._for_whisper, self._for_delivery = (
            Chain(even, conversion(even, WHISPER)),
            Chain(even, conversion(even, shape)),
        )
        self._meter = Meter(shape)
        self._clips = 0
        self._tracks = 0
        self._energy = np.zeros(3)  # of left, of right, and of both mixed to mono

    def push(self, frame: av.AudioFrame | None) -> None:
        if frame is not None:
            self._clips += _clips(frame)
            self._tracks = frame.layout.nb_channels if unordered(frame.layout.name) else self._tracks
        for part in self._even.push(frame):
            self._share(part)
        if frame is None:
            self._share(None)
            self._meter.push(None)

    def take(self, source: Recording) -> Take:
        heard = (self._mixed(), self._clipped(source.seconds), self._one_sided())
        warnings = source.warnings() + tuple(f"{source.path.name}: {sentence}" for sentence in heard if sentence)
        return Take(shape=self._shape, loudness=self._meter.read(), warnings=warnings)

    def _share(self, frame: av.AudioFrame | None) -> None:
        for part in self._for_whisper.push(frame):
            self._samples.write(part.to_ndarray().tobytes())
        for part in self._for_delivery.push(frame):
            self._deliver(part)

    def _deliver(self, part: av.AudioFrame) -> None:
        if self._pcm:
            self._pcm.write(part.to_ndarray().tobytes())
        if self._shape.channels == 2:
            left, right = values(part).astype(np.float64)
            middle = (left + right) / 2
            self._energy += left @ left, right @ right, middle @ middle
        self._meter.push(part)

    def _mixed(self) -> str:
        return f"its {self._tracks} tracks were mixed equally." if self._tracks else ""

    def _clipped(self, seconds: float) -> str:
        if self._clips < 10 or self._clips / seconds < _CLIPS_A_SECOND:
            return ""
        return "it is clipped: it was recorded or exported too loud, which cannot be repaired here."

    def _one_sided(self) -> str:
        left, right, middle = self._energy
        if min(left, right) < max(left, right) / 10_000:
            return "one of its two channels is silent: listeners will hear it in one ear. Export it as mono."
        if middle < (left + right) / 200:
            return "its channels cancel each other out: phones and the transcript will lose the voice. Invert one."
        return ""


def _clips(frame: av.AudioFrame) -> int:
    """How often three samples in a row are at full scale, which sound that was not cut off hardly ever is."""
    samples = values(frame)
    if samples.dtype == np.uint8:  # 8-bit sound touches full scale by being coarse
        return 0
    largest = 1.0 if samples.dtype.kind == "f" else float(np.iinfo(samples.dtype).max)
    full = (samples >= _FULL_SCALE * largest) | (samples <= -_FULL_SCALE * largest)
    return int(np.count_nonzero(full[:, 2:] & full[:, 1:-1] & full[:, :-2]))
