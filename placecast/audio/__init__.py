"""Sound: from the producer's recording to the MP3 that is published and the samples that are transcribed.

PyAV alone, which brings its own FFmpeg: nothing is looked for on PATH. Tags are left to `placecast.tags`.
"""

from __future__ import annotations

from placecast.audio.cutting import cut
from placecast.audio.loudness import Loudness, measure
from placecast.audio.mastering import VERSION, Mastered, master
from placecast.audio.samples import decode_samples, read_samples
from placecast.audio.source import check, length

__all__ = [
    "VERSION",
    "Loudness",
    "Mastered",
    "check",
    "cut",
    "decode_samples",
    "length",
    "master",
    "measure",
    "read_samples",
]
