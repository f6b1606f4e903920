"""CTranslate2 Whisper models read as plain data, and told in openai-whisper's names.

Nothing is unpickled and no code of a package is run: `model.bin` is parsed here, byte for byte, so the
worst that a hostile file can be is refused. Where files lie and whether they are the right ones is
weights.py's business.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from math import prod

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.generic]
Arrays = Mapping[str, Array]

_VERSION = 6  # of CTranslate2's binary model format
_TYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}
_HEAD_WIDTH = 64  # numbers a head of attention, in every Whisper model


def parse(data: bytes) -> dict[str, Array]:
    """The model's variables by CTranslate2's names, as views into `data`; ValueError when it is no such file."""
    reader = _Reader(data)
    try:
        variables = _variables(reader)
    except (struct.error, UnicodeDecodeError) as exc:
        raise ValueError(f"it ends early or is damaged ({exc})") from exc
    if not reader.at_end:
        raise ValueError("it goes on after its last variable")
    return variables


def dimensions(variables: Arrays) -> dict[str, int]:
    """What `whisper.model.ModelDimensions` takes."""
    n_state, n_mels, _ = variables["encoder/conv1/weight"].shape
    n_vocab = variables["decoder/embeddings/weight"].shape[0]
    sizes = {"state": n_state, "head": n_state // _HEAD_WIDTH}
    return {
        "n_mels": n_mels,
        "n_vocab": n_vocab,
        "n_audio_ctx": variables["encoder/position_encodings/encodings"].shape[0],
        "n_audio_layer": _layers(variables, "encoder"),
        "n_text_ctx": variables["decoder/position_encodings/encodings"].shape[0],
        "n_text_layer": _layers(variables, "decoder"),
        **{f"n_{side}_{name}": size for side in ("audio", "text") for name, size in sizes.items()},
    }


def state(variables: Arrays) -> dict[str, Array]:
    """The model's parameters by openai-whisper's names, as float32."""
    parameters = {
        "encoder.positional_embedding": variables["encoder/position_encodings/encodings"],
        "decoder.positional_embedding": variables["decoder/position_encodings/encodings"],
        "decoder.token_embedding.weight": variables["decoder/embeddings/weight"],
        **_linear(variables, "encoder/conv1", "encoder.conv1"),
        **_linear(variables, "encoder/conv2", "encoder.conv2"),
        **_norm(variables, "encoder/layer_norm", "encoder.ln_post"),
        **_norm(variables, "decoder/layer_norm", "decoder.ln"),
    }
    for side in ("encoder", "decoder"):
        for number in range(_layers(variables, side)):
            parameters |= _block(variables, f"{side}/layer_{number}", f"{side}.blocks.{number}")
    return {name: array.astype(np.float32) for name, array in parameters.items()}


class _Reader:
    """Little-endian numbers and length-prefixed names, one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    @property
    def at_end(self) -> bool:
        return self._position == len(self._data)

    def numbers(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + layout, self._data, self._position)
        self._position += struct.calcsize("<" + layout)
        return values

    def name(self) -> str:
        (length,) = self.numbers("H")
        raw = self._data[self._position : self._position + length]
        self._position += length
        return raw.rstrip(b"\0").decode("utf-8")

    def array(self) -> Array:
        (rank,) = self.numbers("B")
        shape = self.numbers(f"{rank}I")
        kind, size = self.numbers("BI")
        if kind not in _TYPES:
            raise ValueError(f"it holds numbers of an unknown kind ({kind})")
        dtype = np.dtype(_TYPES[kind])
        if prod(shape) * dtype.itemsize != size or self._position + size > len(self._data):
            raise ValueError("it ends early, or the size of a variable is not what its shape says")
        array = np.frombuffer(self._data, dtype, prod(shape), self._position).reshape(shape)
        self._position += size
        return array


def _variables(reader: _Reader) -> dict[str, Array]:
    (version,) = reader.numbers("I")
    if version != _VERSION or reader.name() != "WhisperSpec":
        raise ValueError(f"it is no CTranslate2 Whisper model of version {_VERSION}")
    _revision, count = reader.numbers("II")
    variables = {reader.name(): reader.array() for _ in range(count)}
    (aliases,) = reader.numbers("I")
    for _ in range(aliases):
        alias, name = reader.name(), reader.name()
        if name not in variables:
            raise ValueError(f"it has a second name for {name!r}, which it does not hold")
        variables[alias] = variables[name]
    return variables


def _layers(variables: Arrays, side: str) -> int:
    numbers = (re.match(rf"{side}/layer_(\d+)/", name) for name in variables)
    return 1 + max(int(match[1]) for match in numbers if match)


def _norm(variables: Arrays, source: str, target: str) -> dict[str, Array]:
    return {f"{target}.weight": variables[f"{source}/gamma"], f"{target}.bias": variables[f"{source}/beta"]}


def _linear(variables: Arrays, source: str, target: str) -> dict[str, Array]:
    return {f"{target}.{part}": _plain(variables, f"{source}/{part}") for part in ("weight", "bias")}


def _plain(variables: Arrays, name: str) -> Array:
    """The variable with its scale taken out: int8 weights carry one scale an output row."""
    array = variables[name]
    if array.dtype != np.int8:
        return array
    return array.astype(np.float32) / variables[f"{name}_scale"].astype(np.float32)[:, None]


def _block(variables: Arrays, source: str, target: str) -> dict[str, Array]:
    crossed = f"{source}/attention/linear_0/weight" in variables
    return {
        **_attention(variables, f"{source}/self_attention", f"{target}.attn"),
        **(_attention(variables, f"{source}/attention", f"{target}.cross_attn") if crossed else {}),
        **_norm(variables, f"{source}/ffn/layer_norm", f"{target}.mlp_ln"),
        **_linear(variables, f"{source}/ffn/linear_0", f"{target}.mlp.0"),
        **_linear(variables, f"{source}/ffn/linear_1", f"{target}.mlp.2"),
    }


def _attention(variables: Arrays, source: str, target: str) -> dict[str, Array]:
    """CTranslate2 fuses query, key and value (to itself) or key and value (across): taken apart here."""
    weights = _unfused(variables, source, "weight")
    biases = _unfused(variables, source, "bias")
    if np.any(biases[1]):
        raise ValueError(f"{source} has a bias on its keys, which Whisper has not")
    last = 2 if f"{source}/linear_2/weight" in variables else 1
    return {
        **_norm(variables, f"{source}/layer_norm", f"{target}_ln"),
        f"{target}.query.weight": weights[0],
        f"{target}.query.bias": biases[0],
        f"{target}.key.weight": weights[1],
        f"{target}.value.weight": weights[2],
        f"{target}.value.bias": biases[2],
        **_linear(variables, f"{source}/linear_{last}", f"{target}.out"),
    }


def _unfused(variables: Arrays, source: str, part: str) -> list[Array]:
    first = _plain(variables, f"{source}/linear_0/{part}")
    if f"{source}/linear_2/{part}" not in variables:
        return list(np.split(first, 3))
    return [first, *np.split(_plain(variables, f"{source}/linear_1/{part}"), 2)]
