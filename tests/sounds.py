"""Sound for tests, made when it is needed: signals as arrays, and files of every kind that a producer may bring.

Arrays have one row a sample and one column a channel, as float32 between -1 and 1.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]

LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}
CODECS = {
    ".wav": "pcm_s16le",
    ".flac": "flac",
    ".mp3": "libmp3lame",
    ".m4a": "aac",
    ".mp4": "aac",
    ".mkv": "aac",
    ".opus": "libopus",
    ".ogg": "vorbis",
}


def tone(seconds: float, *, rate: int = 48000, channels: int = 1, hz: float = 440.0, peak: float = 0.1) -> Sound:
    """A sine wave, the same on every channel."""
    times = np.arange(round(seconds * rate)) / rate
    return _spread(peak * np.sin(2 * np.pi * hz * times), channels)


def speech(seconds: float, *, rate: int = 48000, channels: int = 1, peak: float = 0.3, seed: int = 1) -> Sound:
    """Noise that comes in syllables, words and pauses, and is about as peaky as a voice."""
    random = np.random.default_rng(seed)
    times = np.arange(round(seconds * rate)) / rate
    syllables = np.clip(np.sin(2 * np.pi * 4.2 * times), 0, 1) ** 2
    phrases = np.sin(2 * np.pi * 0.45 * times + 0.6) > -0.5
    width = max(rate // 4000, 1)
    hiss = np.convolve(random.standard_normal(len(times)), np.ones(width) / width, "same")
    voice = hiss * syllables * phrases
    return _spread(peak * voice / max(np.abs(voice).max(), 1e-9), channels)


def silence(seconds: float, *, rate: int = 48000, channels: int = 1) -> Sound:
    return np.zeros((round(seconds * rate), channels), np.float32)


def clipped(sound: Sound, *, gain: float = 30.0) -> Sound:
    """The sound as a recorder with its level turned up too far would have kept it."""
    return np.clip(sound * gain, -1.0, 1.0).astype(np.float32)


def save(
    path: Path,
    sound: Sound,
    *,
    rate: int = 48000,
    codec: str | None = None,
    format: str | None = None,
    kbps: int | None = None,
    metadata: dict[str, str] | None = None,
    chapters: tuple[tuple[float, str], ...] = (),
    options: dict[str, str] | None = None,
) -> Path:
    """Write the sound with the codec that the suffix asks for, or with the one given; an `.mp4` gets a picture too."""
    with av.open("file:" + str(path), "w", format=format, options=options or {}) as file:
        file.metadata.update(metadata or {})
        # FFmpeg's own Vorbis encoder, the only one in PyAV's wheels, calls itself experimental and does stereo alone.
        strict = {"strict": "experimental"}
        layout = LAYOUTS[sound.shape[1]]
        stream = file.add_stream(codec or CODECS[path.suffix], rate=rate, options=strict, layout=layout)
        if kbps:
            stream.bit_rate = kbps * 1000
        if chapters:
            file.set_chapters(_chapters(chapters, len(sound) / rate))
        if path.suffix == ".mp4":
            _film(file, len(sound) / rate)
        for frame in _frames(sound, rate):
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


def save_film_without_sound(path: Path, seconds: float = 2.0) -> Path:
    with av.open("file:" + str(path), "w") as file:
        _film(file, seconds)
    return path


def load(path: Path) -> tuple[Sound, int]:
    """What is in a sound file, and its rate."""
    with av.open("file:" + str(path)) as file:
        stream = file.streams.audio[0]
        resampler = av.AudioResampler(format="flt", layout=LAYOUTS[stream.channels])
        parts = [part.to_ndarray() for frame in file.decode(stream) for part in resampler.resample(frame)]
    flat = np.concatenate(parts, axis=1).reshape(-1, stream.channels)
    return flat.astype(np.float32), stream.rate


def _spread(mono: NDArray[np.floating], channels: int) -> Sound:
    return np.repeat(mono.astype(np.float32)[:, None], channels, axis=1)


def _frames(sound: Sound, rate: int) -> list[av.AudioFrame]:
    frames = []
    for start in range(0, len(sound), rate):
        part = np.ascontiguousarray(sound[start : start + rate]).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(part, format="flt", layout=LAYOUTS[sound.shape[1]])
        frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
        frames.append(frame)
    return frames


def _film(file: av.container.OutputContainer, seconds: float) -> None:
    video = file.add_stream("mpeg4", rate=5, width=64, height=64, pix_fmt="yuv420p")
    for number in range(round(seconds * 5)):
        frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), number % 255, np.uint8), format="rgb24")
        frame.pts = number
        file.mux(video.encode(frame))
    file.mux(video.encode(None))


def _chapters(chapters: tuple[tuple[float, str], ...], seconds: float) -> list[av.container.core.Chapter]:
    ends = [start for start, _ in chapters[1:]] + [seconds]
    return [
        {
            "id": number,
            "start": round(start * 1000),
            "end": round(end * 1000),
            "time_base": Fraction(1, 1000),
            "metadata": {"title": title},
        }
        for number, ((start, title), end) in enumerate(zip(chapters, ends, strict=True))
    ]
