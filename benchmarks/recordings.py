"""Recordings for benchmarks, as engines get them."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

RATE = 16_000


def samples(path: Path) -> NDArray[np.float32]:
    """The recording as float32, mono, 16 kHz."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    with av.open("file:" + str(path)) as file:
        parts = [part for frame in file.decode(audio=0) for part in resampler.resample(frame)]
    return np.concatenate([part.to_ndarray().ravel() for part in [*parts, *resampler.resample(None)]])
