"""Whisper models that know nothing, made in a moment; files and packages that hold them; and a voice for them.

`ct2_bytes` writes CTranslate2's format from openai-whisper's names: the way back of placecast.transcribe.ct2.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from whisper.model import ModelDimensions, Whisper

RATE = 16_000
LAYERS = 2
WIDTH = 64
CONTEXT = 64  # tokens; a true model has 448


def tiny_whisper(*, vocabulary: int = 51865, seed: int = 1) -> Whisper:
    """A model of the true interface, with random numbers in it. 51864 words: an English-only one."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = Whisper(ModelDimensions(80, 1500, WIDTH, 1, LAYERS, vocabulary, CONTEXT, WIDTH, 1, LAYERS))
        for name, parameter in model.named_parameters():
            if "embedding" in name or name.endswith("bias"):
                torch.nn.init.normal_(parameter, std=0.02)
    return model


def save_checkpoint(model: Whisper, path: Path) -> Path:
    """The model as OpenAI publishes one."""
    torch.save({"dims": vars(model.dims), "model_state_dict": model.state_dict()}, path)
    return path


def ct2_bytes(model: Whisper) -> bytes:
    """The model as CTranslate2 writes one, with an alias as it likes them."""
    variables = {name: array.astype(np.float32) for name, array in _ct2_names(model.state_dict()).items()}
    data = struct.pack("<I", 6) + _name("WhisperSpec") + struct.pack("<II", 3, len(variables))
    for name, array in variables.items():
        data += _name(name) + struct.pack(f"<B{array.ndim}I", array.ndim, *array.shape)
        data += struct.pack("<BI", 0, array.nbytes) + array.tobytes()
    return data + struct.pack("<I", 1) + _name("decoder/projection/weight") + _name("decoder/embeddings/weight")


def install(site: Path, package: str, version: str, files: Mapping[str, bytes]) -> None:
    """A package in a folder of packages, whose code must never run."""
    info = site / f"{package.replace('-', '_')}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
    for name, content in files.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_bytes(content)
        (site / name.split("/")[0] / "__init__.py").write_text("raise RuntimeError('package code was run')\n")


def voice(seconds: float, *, seed: int = 1) -> NDArray[np.float32]:
    """A buzz through changing vowels: nothing is said, but Silero hears somebody speak."""
    random = np.random.default_rng(seed)
    times = np.arange(round(seconds * RATE)) / RATE
    pitch = 120 * (1 + 0.15 * np.sin(2 * np.pi * 0.7 * times) + 0.02 * np.sin(2 * np.pi * 5 * times))
    turns = np.cumsum(pitch) / RATE
    buzz = sum(np.cos(2 * np.pi * number * turns) * (number * pitch < 7500) / number for number in range(1, 30))
    syllables = [_vowel(buzz[start : start + RATE // 5], random) for start in range(0, len(times), RATE // 5)]
    sound = np.concatenate(syllables)
    return (0.3 * sound / np.abs(sound).max()).astype(np.float32)


_VOWELS = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410))


def _vowel(buzz: NDArray[np.float64], random: np.random.Generator) -> NDArray[np.float64]:
    hertz = np.fft.rfftfreq(len(buzz), 1 / RATE)
    formants = zip(_VOWELS[random.integers(len(_VOWELS))], (1, 0.6, 0.3), (60, 90, 120), strict=True)
    mouth = sum(gain / (1 + ((hertz - centre) / width) ** 2) for centre, gain, width in formants)
    rise_and_fall = np.sin(np.pi * np.arange(len(buzz)) / len(buzz)) ** 0.5
    return np.fft.irfft(np.fft.rfft(buzz) * mouth, len(buzz)) * rise_and_fall


def _name(text: str) -> bytes:
    raw = text.encode() + b"\0"
    return struct.pack("<H", len(raw)) + raw


def _ct2_names(state: Mapping[str, torch.Tensor]) -> dict[str, NDArray[np.float32]]:
    parameters = {name: tensor.numpy() for name, tensor in state.items()}
    named = {
        "encoder/position_encodings/encodings": parameters["encoder.positional_embedding"],
        "decoder/position_encodings/encodings": parameters["decoder.positional_embedding"],
        "decoder/embeddings/weight": parameters["decoder.token_embedding.weight"],
    }
    pairs = {"encoder.conv1": "encoder/conv1", "encoder.conv2": "encoder/conv2"}
    norms = {"encoder.ln_post": "encoder/layer_norm", "decoder.ln": "decoder/layer_norm"}
    for side in ("encoder", "decoder"):
        for number in range(LAYERS):
            ours, theirs = f"{side}.blocks.{number}", f"{side}/layer_{number}"
            named |= _attention(parameters, f"{ours}.attn", f"{theirs}/self_attention", across=False)
            if side == "decoder":
                named |= _attention(parameters, f"{ours}.cross_attn", f"{theirs}/attention", across=True)
                norms[f"{ours}.cross_attn_ln"] = f"{theirs}/attention/layer_norm"
            norms[f"{ours}.attn_ln"] = f"{theirs}/self_attention/layer_norm"
            norms[f"{ours}.mlp_ln"] = f"{theirs}/ffn/layer_norm"
            pairs |= {f"{ours}.mlp.0": f"{theirs}/ffn/linear_0", f"{ours}.mlp.2": f"{theirs}/ffn/linear_1"}
    for names, (weight, bias) in ((pairs, ("weight", "bias")), (norms, ("gamma", "beta"))):
        for ours, theirs in names.items():
            named[f"{theirs}/{weight}"] = parameters[f"{ours}.weight"]
            named[f"{theirs}/{bias}"] = parameters[f"{ours}.bias"]
    return named


def _attention(
    parameters: Mapping[str, NDArray[np.float32]], ours: str, theirs: str, *, across: bool
) -> dict[str, NDArray[np.float32]]:
    query, key, value = (parameters[f"{ours}.{part}.weight"] for part in ("query", "key", "value"))
    no_bias = np.zeros(WIDTH, np.float32)
    query_bias, value_bias = parameters[f"{ours}.query.bias"], parameters[f"{ours}.value.bias"]
    groups = [[(query, query_bias)], [(key, no_bias), (value, value_bias)]]
    if not across:
        groups = [groups[0] + groups[1]]
    groups.append([(parameters[f"{ours}.out.weight"], parameters[f"{ours}.out.bias"])])
    return {
        f"{theirs}/linear_{number}/{part}": np.concatenate([pair[index] for pair in group])
        for number, group in enumerate(groups)
        for index, part in enumerate(("weight", "bias"))
    }
