"""Chunks of speech as Whisper's encoder hears them: openai-whisper's weights, in the precision that was chosen."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from whisper.model import AudioEncoder, MultiHeadAttention, Whisper

    from placecast.transcribe.vad import Samples

_BLOCK = 500  # queries: the scores of so many fit a processor's second cache


class Encoder:
    """The encoder of a loaded model."""

    def __init__(self, model: Whisper, dtype: torch.dtype) -> None:
        self._mels, self._dtype, self._device = model.dims.n_mels, dtype, model.device
        self._encoder = model.encoder if dtype == torch.float32 else _rounded(model.encoder, dtype)

    @torch.inference_mode()
    def __call__(self, chunks: Sequence[Samples]) -> Tensor:
        """The features of each chunk (chunks, frames, width)."""
        mels = [self._mel(chunk) for chunk in chunks]
        if self._device.type != "cpu":
            return self._encode(torch.stack(mels))
        # One at a time: what is in between then stays near the processor, and memory small.
        return torch.cat([self._encode(mel[None]) for mel in mels])

    def _mel(self, chunk: Samples) -> Tensor:
        from whisper.audio import log_mel_spectrogram, pad_or_trim

        mel: Tensor = log_mel_spectrogram(pad_or_trim(chunk), self._mels, device=self._device)
        return mel.to(self._dtype)

    def _encode(self, mels: Tensor) -> Tensor:
        encoder = self._encoder
        if self._dtype != torch.bfloat16:
            features: Tensor = encoder(mels)
            return features
        state = functional.gelu(encoder.conv2(functional.gelu(encoder.conv1(mels)))).transpose(1, 2)
        state = (state + encoder.positional_embedding).to(self._dtype)
        for block in encoder.blocks:
            state = state + _attend(block.attn, block.attn_ln(state))
            state = state + block.mlp(block.mlp_ln(state))
        normal: Tensor = encoder.ln_post(state)
        return normal


def _attend(attention: MultiHeadAttention, state: Tensor) -> Tensor:
    """Self-attention in bfloat16: PyTorch's own function for it takes one and a half times as long on a CPU."""
    shape = (*state.shape[:2], attention.n_head, -1)
    query, key, value = (
        part(state).view(shape).transpose(1, 2) for part in (attention.query, attention.key, attention.value)
    )
    query = query * query.shape[-1] ** -0.5
    attended = torch.empty_like(query)
    for row, head in product(*map(range, query.shape[:2])):
        across, below = key[row, head].T, value[row, head]
        for first in range(0, query.shape[2], _BLOCK):
            block = slice(first, first + _BLOCK)
            attended[row, head, block] = (query[row, head, block] @ across).softmax(dim=-1) @ below
    mixed: Tensor = attention.out(attended.transpose(1, 2).flatten(2))
    return mixed


def _rounded(encoder: AudioEncoder, dtype: torch.dtype) -> AudioEncoder:
    """A copy in this number format, its normalisations still in float32."""
    rounded = copy.deepcopy(encoder)
    for module in rounded.modules():
        if isinstance(module, nn.Linear | nn.Conv1d):
            module.to(dtype)
    return rounded
