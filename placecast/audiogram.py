"""A clip for social networks: the words of an episode on a picture, and its sound as a wave that fills while it plays.

H.264 and AAC in MP4, as every network takes them. PyAV brings the coders; nothing is looked for on PATH.
"""

from __future__ import annotations

import tempfile
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture
from PIL import ImageDraw

from placecast import audio, colours
from placecast.errors import AudioError
from placecast.files import replacing
from placecast.lettering import LEADING, fitting, font, largest, writable
from placecast.model import Cue, Progress, no_progress

SIDE = 1080  # pixels: what all networks show whole
FRAMES = 20  # a second: the wave moves by two pixels at a time
VERSION = 1  # raise it when the same facts look or sound otherwise
_MARGIN, _COVER = 0.078, 0.15  # shares of the side, as all that follows
_CAPTIONS, _ROOM = 0.30, 0.42  # where they begin, and how high they may be
_SIZES = (0.074, 0.066, 0.058, 0.051, 0.045)  # on a phone the smallest of them is as large as text of a page
_WAVE, _HIGH, _BAR = 0.76, 0.11, 0.0113
_LINES = 8  # more than the longest caption has
_SMALL, _TITLE = 0.034, 0.041
_ADDRESS = 0.935
_KBPS = 128
_FADE = 0.04  # seconds, against clicks
_VISIBLE = 3.0  # WCAG 2.2, 1.4.11: what must be seen of a picture
_CODER = {"preset": "veryfast", "crf": "20", "tune": "stillimage", "profile": "high"}
# Players take what says nothing for BT.709 when it is this large (ITU-T H.273, 2.1).
_BT709 = 1

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Clip:
    """What a clip plays and shows. `captions` count from its beginning, `start` and `end` from that of the sound."""

    sound: Path
    start: float
    end: float
    captions: tuple[Cue, ...]
    title: str
    show: str
    address: str  # as people write it
    cover: Path
    ground: str  # #rrggbb
    ink: str  # #rrggbb
    side: int = SIDE
    frames: int = FRAMES

    @property
    def seconds(self) -> float:
        return self.end - self.start


def make(clip: Clip, to: Path, progress: Progress = no_progress) -> None:
    """Write the clip. AudioError when the sound cannot be read or the film not be written."""
    rate, samples = _samples(clip)
    stage = _Stage(clip=clip, samples=samples)
    with replacing(to) as partial:
        try:
            _write(partial, stage, rate, samples, progress)
        except av.FFmpegError as exc:
            raise AudioError(
                str(to), f"the clip could not be made: {exc.strerror}.", "See that the disk has room."
            ) from exc


def _samples(clip: Clip) -> tuple[int, NDArray[np.int16]]:
    """The sound of the clip, mono, without a click at its ends."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "clip.wav")
        audio.cut(clip.sound, path, clip.start, clip.end)
        with wave.open(str(path), "rb") as file:
            rate, content = file.getframerate(), file.readframes(file.getnframes())
    samples = np.frombuffer(content, "<i2").astype(np.float32)
    ramp = np.minimum(np.arange(len(samples)) / (_FADE * rate), 1.0)
    return rate, (samples * ramp * ramp[::-1]).astype(np.int16)


def _write(to: Path, stage: _Stage, rate: int, samples: NDArray[np.int16], progress: Progress) -> None:
    """Picture and sound in turns, so that players can begin with what has arrived; the table of contents first."""
    clip = stage.clip
    with av.open(str(to), "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"}) as film:
        picture, sound = _streams(film, clip, rate)
        count = round(clip.seconds * clip.frames)
        for number in range(count):
            frame = av.VideoFrame.from_ndarray(stage.at(number / clip.frames), format="rgb24")
            frame = frame.reformat(format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG")
            frame.pts, frame.time_base = number, Fraction(1, clip.frames)
            film.mux(picture.encode(frame))
            first, last = (rate * each // clip.frames for each in (number, number + 1))
            film.mux(list(_coded(sound, samples[first:last], first, rate)))
            progress((number + 1) / count)
        film.mux(picture.encode(None))
        film.mux(sound.encode(None))


def _streams(film: av.container.OutputContainer, clip: Clip, rate: int) -> tuple[av.VideoStream, av.AudioStream]:
    picture = film.add_stream("libx264", rate=clip.frames, options=_CODER)
    picture.width = picture.height = clip.side
    picture.pix_fmt = "yuv420p"
    coder = picture.codec_context
    coder.gop_size = clip.frames * 5
    coder.colorspace = coder.color_primaries = coder.color_trc = coder.color_range = _BT709
    sound = film.add_stream("aac", rate=rate, layout="mono", bit_rate=_KBPS * 1000)
    return picture, sound


def _coded(
    sound: av.AudioStream, samples: NDArray[np.int16], first: int, rate: int
) -> Iterator[av.Packet[av.AudioStream]]:
    if len(samples):
        frame = av.AudioFrame.from_ndarray(samples[np.newaxis, :], format="s16", layout="mono")
        frame.pts, frame.sample_rate, frame.time_base = first, rate, Fraction(1, rate)
        yield from sound.encode(frame)


@dataclass(frozen=True, kw_only=True)
class _Stage:
    """What is to be seen at each moment."""

    clip: Clip
    samples: NDArray[np.int16]
    _shown: dict[str, Pixels] = field(default_factory=dict)  # the last one, by its caption

    def at(self, seconds: float) -> Pixels:
        """The picture at this second."""
        text = next((cue.text for cue in self.clip.captions if cue.start <= seconds < cue.end), "")
        if text not in self._shown:
            self._shown.clear()
            self._shown[text] = np.asarray(self._captioned(text)).copy()
        pixels = self._shown[text]
        top, left, bars = self._at(_WAVE), self._margin, self._bars
        played = round(bars.shape[1] * min(seconds / self.clip.seconds, 1.0))
        strip = pixels[top : top + bars.shape[0], left : left + bars.shape[1]]
        strip[:] = np.where(bars[..., np.newaxis], self._inks(played, bars.shape[1]), _rgb(self.clip.ground))
        return pixels

    def _inks(self, played: int, width: int) -> Pixels:
        """The colour of each column of the wave."""
        done = (np.arange(width) < played)[np.newaxis, :, np.newaxis]
        return np.where(done, _rgb(self.clip.ink), _rgb(self._waiting))

    @cached_property
    def _waiting(self) -> str:
        """The colour of what is still to be heard: as pale as can be seen."""
        ground, ink = (np.array(_rgb(each), float) for each in (self.clip.ground, self.clip.ink))
        shades = (_hex(ground + (ink - ground) * part / 20) for part in range(5, 21))
        return next((each for each in shades if colours.contrast(each, self.clip.ground) >= _VISIBLE), self.clip.ink)

    @property
    def _margin(self) -> int:
        return self._at(_MARGIN)

    @property
    def _width(self) -> int:
        return self.clip.side - 2 * self._margin

    def _at(self, share: float) -> int:
        return round(share * self.clip.side)

    @cached_property
    def _bars(self) -> NDArray[np.bool_]:
        """Where the wave has colour: bars as high as the sound is loud."""
        high, step = self._at(_HIGH), max(self._at(_BAR), 3)
        count = self._width // step
        levels = _loudness(self.samples, count)
        mask = np.zeros((high, count * step), bool)
        for number, level in enumerate(levels):
            half = min(max(round(level * high / 2), 2), high // 2)
            mask[high // 2 - half : high // 2 + half, number * step : number * step + step * 2 // 3] = True
        return mask

    @cached_property
    def _empty(self) -> Picture.Image:
        """All that stays: the cover, the names, the address."""
        clip, margin, side = self.clip, self._margin, self._at(_COVER)
        picture = Picture.new("RGB", (clip.side, clip.side), clip.ground)
        with Picture.open(clip.cover) as cover:
            picture.paste(cover.convert("RGB").resize((side, side), Picture.Resampling.LANCZOS), (margin, margin))
        draw, small, bold = (
            ImageDraw.Draw(picture),
            font("Regular", self._at(_SMALL)),
            font("Semibold", self._at(_TITLE)),
        )
        left, room = margin + side + margin // 2, self._width - side - margin // 2
        name, *_ = [*fitting(writable(clip.show), small, 1, room), ""]
        title = "\n".join(fitting(writable(clip.title), bold, 2, room))
        draw.text((left, margin), name, clip.ink, small, anchor="la")
        draw.text((left, margin + small.size * 1.4), title, clip.ink, bold, anchor="la", spacing=bold.size * 0.1)
        address, *_ = [*fitting(writable(clip.address), small, 1, self._width), ""]
        draw.text((margin, self._at(_ADDRESS)), address, clip.ink, small, anchor="ls")
        return picture

    @cached_property
    def _letters(self) -> int:
        """The size of the captions: one for all, so that nothing jumps."""
        sizes, room = [self._at(each) for each in _SIZES], self._at(_ROOM)
        texts = [text for cue in self.clip.captions if (text := writable(cue.text))]
        found = (largest(text, "Semibold", sizes, self._width, room)[1].size for text in texts)
        return round(min(found, default=sizes[0]))

    def _captioned(self, text: str) -> Picture.Image:
        picture = self._empty.copy()
        draw, letters = ImageDraw.Draw(picture), font("Semibold", self._letters)
        lines: Sequence[str] = fitting(writable(text), letters, _LINES, self._width) if text else ()
        for number, line in enumerate(lines):
            place = self._margin, self._at(_CAPTIONS) + round(number * self._letters * LEADING)
            draw.text(place, line, self.clip.ink, letters, anchor="la")
        return picture


def _loudness(samples: NDArray[np.int16], count: int) -> list[float]:
    """How loud each of so many parts is, the loudest being 1: as people hear it rather than as it measures."""
    parts = np.array_split(samples.astype(np.float64), count)
    levels = np.array([np.sqrt(np.mean(part**2)) if len(part) else 0.0 for part in parts])
    loudest = levels.max()
    return list((levels / loudest) ** 0.6) if loudest else [0.0] * count


def _rgb(colour: str) -> Pixels:
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)], np.uint8)


def _hex(parts: NDArray[np.float64]) -> str:
    return "#" + "".join(f"{round(part):02x}" for part in parts)
