"""MP3 at a constant bit rate, by LAME, with the header that tells players the exact length.

Constant, so that timed links land where they should. `lameenc` is LAME alone; it needs a third of the time that the
LAME inside PyAV's wheels needs.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import lameenc
import numpy as np

from placecast.audio import info
from placecast.audio.filters import Samples, Shape
from placecast.audio.limiter import factor

CODING_LOSS = 0.45
"""dB that LAME takes off every sound at a constant bit rate (it multiplies by 0.95), and that it gets beforehand."""

_QUALITY = 5  # LAME's own default in its presets for speech; 2 costs twice as much
_FULL = 32767


def encode(blocks: Iterable[Samples], shape: Shape, kbps: int, path: Path) -> None:
    """Write the MP3 of these samples, without tags."""
    with path.open("w+b") as file:
        file.write(bytes(info.size(shape, kbps)))
        samples = _encode(blocks, _encoder(shape, kbps), file)
        info.write(file, shape, kbps, samples)


def _encode(blocks: Iterable[Samples], encoder: lameenc.Encoder, file: BinaryIO) -> int:
    """Write what LAME makes of the samples; how many there were."""
    samples = 0
    for block in blocks:
        samples += len(block)
        whole = np.rint(block * (_FULL * factor(CODING_LOSS))).clip(-_FULL, _FULL).astype("<i2")
        file.write(encoder.encode(whole.tobytes()))
    file.write(encoder.flush())
    return samples


def _encoder(shape: Shape, kbps: int) -> lameenc.Encoder:
    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_channels(shape.channels)
    encoder.set_in_sample_rate(shape.rate)
    encoder.set_out_sample_rate(shape.rate)
    encoder.set_bit_rate(kbps)
    encoder.set_quality(_QUALITY)
    return encoder
