"""What is wrong with the sound of a recording, in the producer's words: clipped, one-sided, noisy.

Nothing here stops anybody: the recording can be used, and often it is all there is.
"""

from __future__ import annotations

from collections.abc import Iterator

import av
import numpy as np

from placecast.audio.envelope import SILENT, Envelope, integrated, level, power
from placecast.audio.filters import unordered, values

_FULL_SCALE = 0.9995  # of the largest number: some converters stop a little below it
_CLIPS_A_SECOND = 1.0  # a voice that was recorded well has none; one that is overdriven, hundreds
_QUIET_PAUSES = 20.0  # dB below the voice; a quiet room gives 35 and more
_STEADY = 3.0  # dB: noise stays as it is, music and voices do not
_LEAST = 6.0  # dB: where the quietest is hardly quieter than the rest, there are no pauses to tell noise by


class Ear:
    """Hears each frame as it was recorded and as it is delivered, and knows at the end what to warn of."""

    def __init__(self) -> None:
        self._clips = 0
        self._tracks = 0
        self._energy = np.zeros(3)  # of left, of right, and of both mixed to mono

    def recorded(self, frame: av.AudioFrame) -> None:
        self._clips += _clips(frame)
        self._tracks = frame.layout.nb_channels if unordered(frame.layout.name) else self._tracks

    def channels(self, frame: av.AudioFrame) -> None:
        if frame.layout.nb_channels == 2:
            left, right = values(frame).astype(np.float64)
            middle = (left + right) / 2
            self._energy += left @ left, right @ right, middle @ middle

    def heard(self, seconds: float, envelope: Envelope) -> Iterator[str]:
        """A sentence for each thing that the producer should know."""
        sentences = (self._mixed(), self._clipped(seconds), self._one_sided(), noisy(envelope))
        yield from filter(None, sentences)

    def _mixed(self) -> str:
        return f"its {self._tracks} tracks were mixed equally." if self._tracks else ""

    def _clipped(self, seconds: float) -> str:
        if self._clips < 10 or self._clips / seconds < _CLIPS_A_SECOND:
            return ""
        places = f"{self._clips / seconds:,.0f} times a second"
        return f"it is clipped, {places}: it was recorded or exported too loud, which cannot be repaired here."

    def _one_sided(self) -> str:
        left, right, middle = self._energy
        if min(left, right) < max(left, right) / 10_000:
            return "one of its two channels is silent: listeners will hear it in one ear. Export it as mono."
        if middle < (left + right) / 200:
            return "its channels cancel each other out: phones and the transcript will lose the voice. Invert one."
        return ""


def noisy(envelope: Envelope) -> str:
    """A sentence if the pauses are full of steady noise."""
    between = pauses(envelope)
    if between is None or not _LEAST <= between < _QUIET_PAUSES:
        return ""
    return (
        f"it is noisy: its pauses are only {between:.0f} dB quieter than its voices; a quiet room gives 35 or more."
        " Record closer to the microphone next time, or take the noise away in the editor."
    )


def pauses(envelope: Envelope) -> float | None:
    """How many dB the steady noise of the pauses lies below what is said; None where no such noise is found.

    The quietest tenths of a second are the pauses. If they are not all about equally loud, they are no noise: music,
    the ends of words, a fade. Digital silence is left out.
    """
    tenths = envelope.tenths()
    sounding = tenths[tenths > power(SILENT)]
    if len(sounding) < len(tenths) / 2:
        return None
    quietest, quiet = (10 * np.log10(np.quantile(sounding, share)) for share in (0.01, 0.05))
    if quiet - quietest > _STEADY:
        return None
    return integrated(tenths) - level(float(10 ** (quiet / 10)))


def _clips(frame: av.AudioFrame) -> int:
    """How often three samples in a row are at full scale, which sound that was not cut off hardly ever is."""
    samples = values(frame)
    if samples.dtype == np.uint8:  # 8-bit sound touches full scale by being coarse
        return 0
    largest = 1.0 if samples.dtype.kind == "f" else float(np.iinfo(samples.dtype).max)
    full = (samples >= _FULL_SCALE * largest) | (samples <= -_FULL_SCALE * largest)
    return int(np.count_nonzero(full[:, 2:] & full[:, 1:-1] & full[:, :-2]))
