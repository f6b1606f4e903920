"""How long hearing takes on this machine: as it took before, or for the first time by a quick look at its speed."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from placecast import files
from placecast.transcribe.hardware import Hardware
from placecast.transcribe.models import BY_NAME, Dimensions
from placecast.transcribe.weights import placecast_cache

if TYPE_CHECKING:
    from placecast.transcribe import Engine

Clock = Callable[[], float]

_WINDOW = 30.0  # seconds
_KEPT = 5  # runs of a kind
_TOO_SHORT = 60.0  # seconds of speech: what starting costs would count for too much
_PROBED = 0.15  # seconds
# Of the speed at which matrices are multiplied, what is left when an engine encodes, and when it writes tokens down
# one after the other, which waits for memory. The words' times, and hearing a chunk twice, are in it.
_ENCODING = 0.55
_DECODING = 0.16
_ENGINES = {"faster-whisper": 0.7}  # eight-bit numbers: this share of the time


def estimate(
    engine: Engine,
    seconds: float,
    ours: Hardware,
    *,
    environ: Mapping[str, str] = os.environ,
    clock: Clock = time.perf_counter,
) -> float | None:
    """The seconds that this much speech will take, or None where nothing is known: a graphics card's first run."""
    remembered = _speeds(environ).get(_key(engine, ours))
    if remembered:
        return seconds * median(remembered)
    if engine.model not in BY_NAME or ours.gpu:
        return None
    factor = _ENGINES.get(engine.name.split()[0], 1.0)
    return factor * seconds / _WINDOW * window_seconds(BY_NAME[engine.model].dimensions, probe(clock))


def window_seconds(model: Dimensions, speed: float) -> float:
    """The time for a window of 30 seconds on a processor that multiplies matrices at `speed` billion operations."""
    return model.encoding / (speed * _ENCODING) + model.decoding / (speed * _DECODING)


def probe(clock: Clock) -> float:
    """How many billions of operations a second this machine does in the products that Whisper consists of."""
    import numpy as np

    frames, weights = np.ones((1500, 512), np.float32), np.ones((512, 2048), np.float32)
    frames @ weights  # the first product starts the library's threads
    started, products = clock(), 0
    while clock() - started < _PROBED:
        frames @ weights
        products += 1
    return 2 * 1500 * 512 * 2048 * products / (clock() - started) / 1e9


def remember(
    engine: Engine, worked: float, heard: float, ours: Hardware, *, environ: Mapping[str, str] = os.environ
) -> None:
    """Keep in mind that `heard` seconds of speech took so many seconds of work."""
    if heard < _TOO_SHORT or engine.model not in BY_NAME:
        return
    speeds, key = _speeds(environ), _key(engine, ours)
    speeds[key] = [*speeds.get(key, []), round(worked / heard, 4)][-_KEPT:]
    with suppress(OSError):  # a home that cannot be written costs an estimate, not a transcript
        files.write(_file(environ), json.dumps(speeds, indent=1, sort_keys=True).encode())


def _key(engine: Engine, ours: Hardware) -> str:
    options = [f"{name}={value}" for name, value in sorted(engine.options.items())]
    device = ours.gpu.name if ours.gpu else f"cpu {ours.cores}"
    return ", ".join([engine.model, engine.name, device, *options])


def _speeds(environ: Mapping[str, str]) -> dict[str, list[float]]:
    """What is remembered; nothing when that is damaged, since it can be found out again."""
    try:
        speeds = json.loads(_file(environ).read_bytes())
        return {str(key): [float(ratio) for ratio in ratios] for key, ratios in speeds.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _file(environ: Mapping[str, str]) -> Path:
    return placecast_cache(environ) / "speeds.json"
