"""The one decode of a recording: what is heard in it, the samples for Whisper and the samples to be mastered."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
from numpy.typing import NDArray

from placecast.audio.ear import Ear
from placecast.audio.envelope import SILENT, Envelope, Listener
from placecast.audio.filters import Chain, Converter, Shape, conversion, even_blocks
from placecast.audio.source import Recording, open_recording
from placecast.audio.suspects import too_quiet
from placecast.audio.trimming import keep, sounding
from placecast.audio.writing import writing
from placecast.errors import AudioError
from placecast.files import replacing
from placecast.model import Progress, no_progress

WHISPER = Shape(rate=16000, layout="mono")
"""What Whisper listens to: 16 kHz mono, float32."""


@dataclass(frozen=True, kw_only=True)
class Take:
    """What one decode found: the sound in its delivery shape, its envelope, and what to warn of."""

    shape: Shape
    start: int  # the sample with which the sound begins, where its silent ends are left away
    samples: int
    envelope: Envelope
    warnings: tuple[str, ...]

    def trimmed(self) -> Take:
        """The same without its silent ends."""
        first, last = sounding(self.envelope)
        tenth, ticks = self.shape.rate // 10, self.envelope.tenth
        start, stop = first * tenth, min(last * tenth, self.samples)
        return replace(
            self, start=start, samples=stop - start, envelope=self.envelope.part(first * ticks, last * ticks)
        )


def decode_samples(
    recording: Path, samples: Path, progress: Progress = no_progress, *, trim_silence: bool = False
) -> None:
    """Write only the samples that are transcribed: raw little-endian float32, mono, 16 kHz."""
    with writing(samples), replacing(samples) as partial:
        decode(recording, partial, None, progress, trim_silence=trim_silence)


def read_samples(samples: Path) -> NDArray[np.float32]:
    """The samples as a read-only array that stays on the disk."""
    return np.memmap(samples, "<f4", mode="r")


def decode(recording: Path, samples: Path, pcm: Path | None, progress: Progress, *, trim_silence: bool = False) -> Take:
    """Decode the recording once, into the samples for Whisper and, if asked, those to be mastered.

    The samples for Whisper lose the silent ends here; of those to be mastered, all stay in the file.
    """
    with open_recording(recording) as source, ExitStack() as files:
        desk = _Desk(
            source.stream.rate,
            delivery_shape(source.stream),
            files.enter_context(samples.open("wb")),
            files.enter_context(pcm.open("wb")) if pcm else None,
        )
        _listen(source, desk, progress)
        take = desk.take(source)
    if take.envelope.loudness <= SILENT:
        heard = read_samples(samples)
        raise too_quiet(recording, max(float(heard.max()), -float(heard.min())))
    return _trimmed(take, samples) if trim_silence else take


def _trimmed(take: Take, samples: Path) -> Take:
    less, size = take.trimmed(), samples.stat().st_size
    start, length = (round(each / take.shape.rate * WHISPER.rate) * 4 for each in (less.start, less.samples))
    keep(samples, start, min(length, size - start))
    return less


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
            Chain(even, [*conversion(even, shape), even_blocks(shape)]),
        )
        self._listener = Listener(shape)
        self._ear = Ear()
        self._delivered = 0

    def push(self, frame: av.AudioFrame | None) -> None:
        if frame is not None:
            self._ear.recorded(frame)
        for part in self._even.push(frame):
            self._share(part)
        if frame is None:
            self._share(None)
            self._listener.push(None)

    def take(self, source: Recording) -> Take:
        envelope = self._listener.read()
        heard = self._ear.heard(source.seconds, envelope)
        warnings = source.warnings() + tuple(f"{source.path.name}: {sentence}" for sentence in heard)
        return Take(shape=self._shape, start=0, samples=self._delivered, envelope=envelope, warnings=warnings)

    def _share(self, frame: av.AudioFrame | None) -> None:
        for part in self._for_whisper.push(frame):
            self._samples.write(part.to_ndarray().tobytes())
        for part in self._for_delivery.push(frame):
            self._deliver(part)

    def _deliver(self, part: av.AudioFrame) -> None:
        if self._pcm:
            self._pcm.write(part.to_ndarray().tobytes())
        self._delivered += part.samples
        self._ear.channels(part)
        self._listener.push(part)
