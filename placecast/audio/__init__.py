"""Sound: from the producer's recording to the MP3 that is published and the samples that are transcribed.

PyAV alone, which brings its own FFmpeg: nothing is looked for on PATH. Tags are left to `placecast.tags`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from placecast.audio.version import VERSION

if TYPE_CHECKING:
    from placecast.audio.cutting import cut
    from placecast.audio.kept import Kept, look
    from placecast.audio.loudness import Loudness, measure
    from placecast.audio.mastering import Mastered, master
    from placecast.audio.samples import decode_samples, read_samples
    from placecast.audio.source import check, length
    from placecast.audio.suspects import finished, steady

__all__ = [
    "VERSION",
    "Kept",
    "Loudness",
    "Mastered",
    "check",
    "cut",
    "decode_samples",
    "finished",
    "length",
    "look",
    "master",
    "measure",
    "read_samples",
    "steady",
]

_HOMES = {
    "Kept": "kept",
    "Loudness": "loudness",
    "Mastered": "mastering",
    "check": "source",
    "cut": "cutting",
    "decode_samples": "samples",
    "finished": "suspects",
    "length": "source",
    "look": "kept",
    "master": "mastering",
    "measure": "loudness",
    "read_samples": "samples",
    "steady": "suspects",
}


def __getattr__(name: str) -> Any:
    """PyAV and numpy take a fifth of a second, and most runs touch no sound (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"placecast.audio.{_HOMES[name]}"), name)
