"""What a voice is like, as 256 numbers: Resemblyzer's network, its weights read as plain data and run with numpy.

Resemblyzer's own code is never imported: it needs a compiler, PyTorch and librosa. Of its package one file is read,
which holds the network as PyTorch saved it, bare numbers at places that the file's hash makes certain.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from placecast.transcribe.carried import Carried, read_carried

Array = NDArray[np.float32]

WEIGHTS = Carried(
    package="resemblyzer",
    version="0.1.4",
    path="resemblyzer/pretrained.pt",
    sha256="39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e",
    install="--no-deps resemblyzer==0.1.4",
    use="tells voices apart",
)
RATE = 16_000
HOP = 160  # samples from one spectrum to the next
WINDOW = 160  # spectra that one voice is heard in: 1.6 seconds
DIRECTION = 256  # numbers that say what a voice is like

_SPAN = 400  # samples that a spectrum is made of
_BANDS = 40
_CELLS = DIRECTION
_GATES = 4 * _CELLS
_LAYERS = 3
_RECURRENT_SIZE = 1_357_824  # numbers: the weights of all layers, then their biases, two of each
_RECURRENT_AT, _LINEAR_AT, _BIAS_AT = 269_883, 7_731, 6_699  # bytes from the start of the file
_LOUDNESS = 10 ** (-30 / 20)  # the least that the network was trained to hear, as the root of the mean square
_QUIETEST = 1e-6
_HALF, _ONE = np.float32(0.5), np.float32(1)


def load_voices() -> Voices:
    """The network; EngineError when its weights are not on this machine."""
    return Voices(read_carried(WEIGHTS))


def spectra(samples: Array) -> Array:
    """The energy in 40 bands of pitch, a hundred times a second."""
    loudness = float(np.sqrt(np.mean(np.square(samples)))) if len(samples) else 0.0
    gain = max(_LOUDNESS / max(loudness, _QUIETEST), 1.0)
    padded = np.pad(samples * np.float32(gain), _SPAN // 2)
    pieces = sliding_window_view(padded, _SPAN)[::HOP] * _HANN
    energy = np.square(np.abs(np.fft.rfft(pieces, axis=1))).astype(np.float32)
    return energy @ _MEL


class Voices:
    """The network: three long short-term memories, and a layer that makes a direction of the last output."""

    def __init__(self, data: bytes) -> None:
        numbers = np.frombuffer(data, "<f4", _RECURRENT_SIZE, _RECURRENT_AT)
        sizes = [_GATES * size for layer in range(_LAYERS) for size in (_CELLS if layer else _BANDS, _CELLS)]
        *weights, biases = np.split(numbers, np.cumsum(sizes))
        bias = biases.reshape(_LAYERS, 2, _GATES).sum(axis=1)
        self._layers = [
            _Memory(weights[2 * layer].reshape(_GATES, -1), weights[2 * layer + 1].reshape(_GATES, -1), bias[layer])
            for layer in range(_LAYERS)
        ]
        self._linear = np.frombuffer(data, "<f4", _CELLS**2, _LINEAR_AT).reshape(_CELLS, _CELLS).T
        self._bias = np.frombuffer(data, "<f4", _CELLS, _BIAS_AT)

    def embed(self, windows: Array) -> Array:
        """The voice in each of these windows of spectra, as a direction: a row of length 1."""
        heard = windows.transpose(1, 0, 2)
        for layer in self._layers:
            heard = layer.follow(heard)
        raw = np.maximum(heard[-1] @ self._linear + self._bias, np.float32(0))
        directions: Array = raw / np.maximum(np.linalg.norm(raw, axis=1, keepdims=True), _QUIETEST)
        return directions


class _Memory:
    """A long short-term memory for many windows at once. The halves are those of silero.py's, for the same reason."""

    def __init__(self, driven: Array, recurrent: Array, bias: Array) -> None:
        halves = np.repeat(np.array([0.5, 0.5, 1.0, 0.5], np.float32), _CELLS)
        self._driven = (driven * halves[:, None]).T.copy()
        self._recurrent = (recurrent * halves[:, None] * _HALF).T.copy()
        self._bias = bias * halves

    def follow(self, inputs: Array) -> Array:
        """The output at each step, of every window."""
        steps, count, size = inputs.shape
        driven = (inputs.reshape(-1, size) @ self._driven + self._bias).reshape(steps, count, -1)
        outputs = np.empty((steps, count, _CELLS), np.float32)
        cells = np.zeros((count, _CELLS), np.float32)
        doubled = cells
        for sums, output in zip(driven, outputs, strict=True):
            np.tanh(sums + doubled @ self._recurrent, out=sums)
            admitted, kept, candidate, shown = np.split(sums, 4, axis=1)
            cells = ((kept + _ONE) * cells + (admitted + _ONE) * candidate) * _HALF
            doubled = np.multiply(shown + _ONE, np.tanh(cells), out=output)
        return outputs * _HALF


def _filters() -> Array:
    """Slaney's mel bands: triangles of one area, on a scale that is even below 1 kHz and a logarithm above."""
    highest = 15 + 27 * np.log(RATE / 2 / 1000) / np.log(6.4)
    marks = np.linspace(0, highest, _BANDS + 2)
    hertz = np.where(marks < 15, marks * 200 / 3, 1000 * 6.4 ** ((marks - 15) / 27))
    low, middle, high = hertz[:-2], hertz[1:-1], hertz[2:]
    lines = np.fft.rfftfreq(_SPAN, 1 / RATE)[:, None]
    triangles = np.minimum((lines - low) / (middle - low), (high - lines) / (high - middle))
    filters: Array = (np.maximum(triangles, 0) * 2 / (high - low)).astype(np.float32)
    return filters


_MEL = _filters()
_HANN = np.hanning(_SPAN + 1)[:-1].astype(np.float32)
