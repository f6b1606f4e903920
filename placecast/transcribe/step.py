"""One step of Whisper's decoder, fused: what it costs is what limits greedy decoding.

The weights are openai-whisper's. Against its own modules: query, key and value are one product; the sound's keys and
values are made once a batch; the past lies in a cache that is never copied, not even when chunks end. A step knows no
tokens but those it is given: which one comes next is decoding.py's business.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional

if TYPE_CHECKING:
    from whisper.model import MultiHeadAttention, ResidualAttentionBlock, Whisper

    from placecast.transcribe.precision import Precision


class Run(NamedTuple):
    """Rows of a batch that lie side by side and begin at the same place."""

    begin: int  # the first row
    end: int  # the one after the last
    first: int  # the place of their first token


_CONTENDERS = 16  # tokens whose value is found exactly when the others' are rounded


class Reach(Protocol):
    """Which part of the cache a step writes, and which it reads."""

    def store(self, buffer: Tensor, new: Tensor) -> None:
        """Put what belongs to the new tokens (rows, heads, tokens, width) where it belongs in the buffer."""

    def attend(self, query: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        """What the new tokens take from those before them and themselves."""

    def attend_all(self, query: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        """What the new tokens take from the whole of these: the sound."""


class Growing:
    """Tokens `start` to `stop` of some rows. Rows that have ended cost nothing more, and nothing is moved for it."""

    def __init__(self, runs: Sequence[Run], start: int, stop: int) -> None:
        self._start, self._stop = start, stop
        self._runs: list[tuple[slice, slice, slice]] = []  # of the step's rows, of the batch's, of the places
        mine = 0
        for run in runs:
            length = run.end - run.begin
            self._runs.append((slice(mine, mine + length), slice(run.begin, run.end), slice(run.first, stop)))
            mine += length

    def store(self, buffer: Tensor, new: Tensor) -> None:
        for mine, rows, _ in self._runs:
            buffer[rows, :, self._start : self._stop] = new[mine]

    def attend(self, query: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        causal = query.shape[2] > 1
        return _together(
            _attention(query[mine], keys[rows, :, places], values[rows, :, places], causal)
            for mine, rows, places in self._runs
        )

    def attend_all(self, query: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        return _together(_attention(query[mine], keys[rows], values[rows], False) for mine, rows, _ in self._runs)


class Still:
    """One token of every row, at a place that a tensor tells: no shape ever changes, so a GPU can record the step.

    `firsts`: the place of each row's first token.
    """

    def __init__(self, place: Tensor, firsts: Tensor, tokens: int) -> None:
        self._place = place
        self._all = torch.arange(tokens, device=place.device)
        self._begun = self._all >= firsts[:, None]

    def store(self, buffer: Tensor, new: Tensor) -> None:
        buffer.index_copy_(2, self._place, new)

    def attend(self, query: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        said = (self._begun & (self._all <= self._place))[:, None, None]
        return functional.scaled_dot_product_attention(query, keys, values, attn_mask=said)

    def attend_all(self, query: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        return _attention(query, keys, values, causal=False)


class Past:
    """The keys and values of the tokens so far, and where each token listened: with which queries."""

    def __init__(self, keys: Tensor, values: Tensor, queries: Tensor) -> None:
        self.keys, self.values = keys, values  # layers, rows, heads, tokens, width
        self.queries = queries  # rows, alignment heads, tokens, width


class Sound:
    """The sound as the decoder's layers look it up: keys and values of every chunk, one pair a layer."""

    def __init__(self, keys: Sequence[Tensor], values: Sequence[Tensor]) -> None:
        self.keys, self.values = keys, values  # each: rows, heads, frames, width

    def __len__(self) -> int:
        return self.keys[0].shape[0]

    def keys_of(self, heads: Sequence[tuple[int, int]], row: int) -> Tensor:
        """What these heads (layer, head) compare their queries with, in one chunk (heads, frames, width)."""
        return torch.stack([self.keys[layer][row, head] for layer, head in heads])

    def rows(self, chosen: Sequence[int]) -> Sound:
        """The sound of some chunks alone."""
        if list(chosen) == list(range(len(self))):
            return self
        index = torch.tensor(chosen, device=self.keys[0].device)
        return Sound([keys[index] for keys in self.keys], [values[index] for values in self.values])


class Step(nn.Module):
    """The decoder of a loaded model. `load_step` makes one."""

    embedding: Tensor
    places: Tensor

    def __init__(self, model: Whisper, precision: Precision) -> None:
        super().__init__()
        decoder, self.dims = model.decoder, model.dims
        self.precision = precision
        self.register_buffer("embedding", decoder.token_embedding.weight.detach().to(precision.stream))
        self.register_buffer("places", decoder.positional_embedding.detach().to(precision.stream))
        self.heads: list[tuple[int, int]] = [
            (layer, head) for layer, head in model.alignment_heads.indices().T.tolist()
        ]
        self._layers = [
            _Block(block, precision, [head for layer, head in self.heads if layer == number])
            for number, block in enumerate(decoder.blocks)
        ]
        self.blocks = nn.ModuleList(self._layers)  # so that PyTorch finds what is in them
        self.norm = decoder.ln
        self.head = _dense([decoder.token_embedding.weight], None, precision.head)

    def dense(self) -> set[str]:
        """The names of the products that are computed for every token."""
        names = {name for name, module in self.named_modules() if isinstance(module, nn.Linear)}
        return {name for name in names if not name.endswith(".listened")}

    @property
    def sound_bytes(self) -> int:
        """What the sound of one chunk takes in memory."""
        numbers: int = 2 * len(self._layers) * self.dims.n_audio_ctx * self.dims.n_text_state
        return numbers * self.precision.sound.itemsize

    def sound(self, features: Tensor) -> Sound:
        """What the decoder's layers look up in the encoder's output."""
        pairs = [block.sound(features) for block in self._layers]
        return Sound([keys for keys, _ in pairs], [values for _, values in pairs])

    def past(self, rows: int, tokens: int) -> Past:
        """An empty past, with room for so many tokens of so many rows."""
        layers, width = len(self._layers), self.dims.n_text_state // self.dims.n_text_head
        shape = (layers, rows, self.dims.n_text_head, tokens, width)
        queries = self.embedding.new_zeros(rows, len(self.heads), tokens, width)
        return Past(self.embedding.new_zeros(shape), self.embedding.new_zeros(shape), queries)

    def forward(self, tokens: Tensor, places: Tensor, past: Past, sound: Sound, reach: Reach) -> Tensor:
        """What the decoder makes of these tokens (rows, tokens), which are so far from their rows' first (the same)."""
        state = self.embedding[tokens] + self.places[places]
        first = 0
        for layer, block in enumerate(self._layers):
            cached = past.keys[layer], past.values[layer]
            listening = past.queries[:, first : first + len(block.heads)]
            state = block(state, cached, (sound.keys[layer], sound.values[layer]), listening, reach)
            first += len(block.heads)
        normal: Tensor = self.norm(state)
        return normal

    def logits(self, state: Tensor) -> Tensor:
        """How likely each token comes next (rows, tokens), as float32."""
        if self.precision.head == self.precision.stream and not self.precision.quantised:
            full: Tensor = self.head(state)
            return full.float()
        # A rounded head is twice as fast, but would confuse neighbours: those in question are computed exactly.
        rounded: Tensor = self.head(state.to(self.precision.head)).float()
        contenders = rounded.topk(_CONTENDERS).indices
        exact = (self.embedding[contenders] @ state[:, :, None]).squeeze(-1)
        return rounded.scatter_(1, contenders, exact)


class _Block(nn.Module):
    """One layer of the decoder. `heads` are those of its heads that follow the sound."""

    def __init__(self, block: ResidualAttentionBlock, precision: Precision, heads: Sequence[int]) -> None:
        super().__init__()
        own, across = block.attn, block.cross_attn
        self.heads, self.n_head, self.precision = list(heads), own.n_head, precision
        self.own_norm, self.cross_norm, self.wide_norm = block.attn_ln, block.cross_attn_ln, block.mlp_ln
        self.own_in = _fused(own, ("query", "key", "value"), precision.step)
        self.own_out = _fused(own, ("out",), precision.step)
        self.cross_in = _fused(across, ("query",), precision.step)
        self.cross_out = _fused(across, ("out",), precision.step)
        self.listened = _fused(across, ("key", "value"), precision.sound)
        self.widen, self.narrow = (
            _dense([block.mlp[place].weight], [block.mlp[place].bias], precision.step) for place in (0, 2)
        )

    def sound(self, features: Tensor) -> list[Tensor]:
        both = self.listened(features.to(self.precision.sound))
        return [self._split(part).contiguous() for part in both.chunk(2, dim=-1)]

    def forward(
        self,
        state: Tensor,
        cached: tuple[Tensor, Tensor],
        sound: tuple[Tensor, Tensor],
        listening: Tensor,
        reach: Reach,
    ) -> Tensor:
        query, *new = map(self._split, self._through(self.own_in, self.own_norm(state)).chunk(3, dim=-1))
        for buffer, part in zip(cached, new, strict=True):
            reach.store(buffer, part)
        state = state + self._through(self.own_out, _joined(reach.attend(query, *cached)))
        query = self._split(self._through(self.cross_in, self.cross_norm(state)))
        if self.heads:
            # Not query[:, self.heads]: the list would be sent to a GPU each time, which a recorded step may not do.
            reach.store(listening, torch.stack([query[:, head] for head in self.heads], dim=1))
        heard = reach.attend_all(query.to(self.precision.sound), *sound).to(state.dtype)
        state = state + self._through(self.cross_out, _joined(heard))
        wide = functional.gelu(self._through(self.widen, self.wide_norm(state)))
        return state + self._through(self.narrow, wide)

    def _through(self, dense: nn.Module, state: Tensor) -> Tensor:
        product: Tensor = dense(state.to(self.precision.step))
        return product.to(state.dtype)

    def _split(self, state: Tensor) -> Tensor:
        return state.view(*state.shape[:2], self.n_head, -1).transpose(1, 2)


def load_step(model: Whisper, precision: Precision) -> Step:
    """The decoder of a loaded model, in this precision."""
    step = Step(model, precision)
    if precision.quantised:
        from torch.ao import quantization

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that this way to do it will go: then precision.py no longer offers it
            quantization.quantize_dynamic(step, step.dense(), dtype=torch.qint8, inplace=True)  # type: ignore[no-untyped-call]
    return step


def _attention(query: Tensor, keys: Tensor, values: Tensor, causal: bool) -> Tensor:
    if query.shape[2] > 1 or query.is_cuda:
        return functional.scaled_dot_product_attention(query, keys, values, is_causal=causal)
    # On a CPU PyTorch's own function is slow for a single token, in bfloat16 many times over.
    scores = (query * query.shape[-1] ** -0.5) @ keys.transpose(-1, -2)
    found: Tensor = scores.softmax(dim=-1) @ values
    return found


def _together(parts: Iterable[Tensor]) -> Tensor:
    found = list(parts)
    return found[0] if len(found) == 1 else torch.cat(found)


def _joined(heads: Tensor) -> Tensor:
    return heads.transpose(1, 2).flatten(2)


def _fused(attention: MultiHeadAttention, parts: Sequence[str], dtype: torch.dtype) -> nn.Linear:
    modules = [getattr(attention, part) for part in parts]
    biases = [torch.zeros(len(each.weight)) if each.bias is None else each.bias for each in modules]
    return _dense([each.weight for each in modules], biases, dtype)


def _dense(weights: Sequence[Tensor], biases: Sequence[Tensor] | None, dtype: torch.dtype) -> nn.Linear:
    weight = torch.cat([each.detach() for each in weights])
    made = nn.Linear(weight.shape[1], weight.shape[0], bias=biases is not None, device="meta")
    made.weight = nn.Parameter(weight.to(dtype), requires_grad=False)
    if biases is not None:
        bias = torch.cat([each.detach().to(weight.device) for each in biases])
        made.bias = nn.Parameter(bias.to(dtype), requires_grad=False)
    return made
