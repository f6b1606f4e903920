"""How exactly an engine on PyTorch computes, by what the machine can do quickly."""

from __future__ import annotations

from dataclasses import dataclass

import torch


@dataclass(frozen=True, kw_only=True)
class Precision:
    """The number formats of the parts of the model. `name` is what the transcript's record says."""

    name: str
    encoder: torch.dtype = torch.float32
    sound: torch.dtype = torch.float32  # the encoder's output, as the decoder looks it up
    step: torch.dtype = torch.float32  # the products of a decoding step
    stream: torch.dtype = torch.float32  # what is carried from layer to layer, and the decoder's past
    head: torch.dtype = torch.float32  # how likely each token is; the likeliest are computed in that of the stream
    quantised: bool = False  # the decoder's weights have eight bits


_HALF, _BRAIN = torch.float16, torch.bfloat16

FULL = Precision(name="fp32")
BRAIN = Precision(name="bf16, decided in fp32", encoder=_BRAIN, sound=_BRAIN, step=_BRAIN, head=_BRAIN)
HALF = Precision(name="fp16", encoder=_HALF, sound=_HALF, step=_HALF, stream=_HALF, head=_HALF)
EIGHT_BITS = Precision(name="int8, encoder fp32", quantised=True)
EIGHT_BITS_BRAIN = Precision(name="int8, encoder bf16", encoder=_BRAIN, sound=_BRAIN, quantised=True)


def choose(device: str, *, fast: bool) -> Precision:
    """The precision that keeps the words and is quickest on this device; `fast`: a quicker one that loses some.

    Eight bits cost up to 1.5 points of word error rate on the clips of docs/benchmarks.md.
    """
    if device == "cuda":
        return HALF
    brain = _multiplies_bfloat16()
    if fast and _can_quantise():
        return EIGHT_BITS_BRAIN if brain else EIGHT_BITS
    return BRAIN if brain else FULL


def _multiplies_bfloat16() -> bool:
    """Whether this CPU has instructions for it: without them it is far slower than float32."""
    asked = (getattr(torch.cpu, f"_is_{name}_supported", None) for name in ("avx512_bf16", "amx_tile"))
    return any(ask() for ask in asked if ask)


def _can_quantise() -> bool:
    # It is on its way out of PyTorch, and absent where PyTorch was built without an engine for it.
    try:
        from torch.ao.quantization import quantize_dynamic  # noqa: F401
    except ImportError:
        return False
    return torch.backends.quantized.engine != "none"
