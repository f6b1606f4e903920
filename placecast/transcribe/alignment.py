"""When each word was said: where Whisper's decoder listened while it said so.

The method is OpenAI's (`whisper.timing`): some heads of the decoder's attention follow the sound. What they look for
is kept while the chunk is decoded, so nothing is decoded again for it. The way through the attention is found row by
row in numpy: nothing has to be compiled first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from placecast.model import Word
from placecast.transcribe.vad import RATE

if TYPE_CHECKING:
    from whisper.tokenizer import Tokenizer

_SAMPLES = 320  # in a frame of the encoder's output
_FRAME = _SAMPLES / RATE  # seconds
_SMOOTHED = 7  # frames
_LONGEST_USUAL = 0.7  # seconds of a word
_ENDINGS = ".。!！?？"
_OPENERS = "\"'“¿([{-"
_CLOSERS = "\"'.。,，!！?？:：”)]}、"


@dataclass(frozen=True, kw_only=True)
class _Timed:
    """A word as the tokenizer splits the text, before marks join their words. Seconds from the start of the chunk."""

    text: str
    start: float
    end: float
    probability: float


@torch.inference_mode()
def listened(queries: Tensor, keys: Tensor, samples: int) -> NDArray[np.float64]:
    """How much each token (rows) listened to each frame, evened out over heads, tokens and neighbouring frames.

    `queries` and `keys`: those of the heads that follow the sound (heads, tokens or frames, width); the tokens are all
    from the start of the transcript on.
    """
    frames = max(1, samples // _SAMPLES)
    scores = (queries.float() * queries.shape[-1] ** -0.5) @ keys[:, :frames].float().transpose(-1, -2)
    weights = scores.softmax(dim=-1)
    spread, mean = torch.std_mean(weights, dim=-2, keepdim=True, unbiased=False)
    mixed = _median((weights - mean) / spread, _SMOOTHED).mean(dim=0)
    evened: NDArray[np.float64] = mixed.cpu().double().numpy()
    return evened


def words(
    tokens: Sequence[int], chances: Sequence[float], attention: NDArray[np.float64] | None, tokenizer: Tokenizer
) -> tuple[Word, ...]:
    """The words of these tokens as they are written, with their times; all of them 0 without attention."""
    said = [number for number, token in enumerate(tokens) if token < tokenizer.eot]
    if not said:
        return ()
    borders = np.zeros(len(said) + 1)
    if attention is not None:
        borders = _borders(attention[len(tokenizer.sot_sequence) :], said, len(tokens))
    timed = _split([tokens[number] for number in said], [chances[number] for number in said], borders, tokenizer)
    spoken = _beginning(_without_pauses(timed), _usual(timed))
    return tuple(
        Word(start=round(each.start, 2), end=round(each.end, 2), text=each.text, probability=each.probability)
        for each in spoken
    )


def _borders(attention: NDArray[np.float64], said: Sequence[int], tokens: int) -> NDArray[np.float64]:
    """Where each token that was said begins, and where the last one ends: with the sound when it was cut off."""
    ended = len(attention) > tokens
    starts = _first_frames(-attention[[*said, tokens] if ended else said])
    frames = starts if ended else np.append(starts, attention.shape[1])
    return frames.astype(np.float64) * _FRAME


def _split(
    tokens: Sequence[int], chances: Sequence[float], borders: NDArray[np.float64], tokenizer: Tokenizer
) -> list[_Timed]:
    texts, parts = tokenizer.split_to_word_tokens([*tokens, tokenizer.eot])
    ends = np.cumsum([len(part) for part in parts[:-1]]).tolist()
    return [
        _Timed(
            text=text,
            start=float(borders[start]),
            end=float(borders[end]),
            probability=float(np.mean(chances[start:end])),
        )
        for text, start, end in zip(texts, [0, *ends], ends, strict=False)
    ]


def _median(rows: Tensor, width: int) -> Tensor:
    """The median of each value and its neighbours along the last dimension."""
    length = rows.shape[-1]
    if length <= width // 2:
        return rows
    padded = functional.pad(rows, (width // 2, width // 2), mode="reflect")
    views = [padded[..., first : first + length] for first in range(width)]
    for _ in range(width // 2):  # the largest is taken away again and again, until the largest is the median
        largest, *others = views
        views = []
        for other in others:
            views.append(torch.minimum(largest, other))
            largest = torch.maximum(largest, other)
    return reduce(torch.maximum, views)


def _first_frames(cost: NDArray[np.float64]) -> NDArray[np.intp]:
    """The frame at which each token begins, on the cheapest way from the first token and frame to the last ones.

    A way goes on by a frame, by a token, or by both. Along a row, the cheapest way to a frame enters the row at the
    frame where what came before is cheapest by what the row has cost up to there.
    """
    tokens, frames = cost.shape
    total = np.full((tokens + 1, frames + 1), np.inf)
    total[0, 0] = 0.0
    for token, row in enumerate(cost, start=1):
        before = np.minimum(total[token - 1, :-1], total[token - 1, 1:])
        so_far = np.concatenate([[0.0], np.cumsum(row)])
        total[token, 1:] = so_far[1:] + np.minimum.accumulate(before - so_far[:-1])
    return _way_back(total)


def _way_back(total: NDArray[np.float64]) -> NDArray[np.intp]:
    both, token, frame = total[:-1, :-1], total[:-1, 1:], total[1:, :-1]
    along = ~(((both < token) & (both < frame)) | ((token < both) & (token < frame)))
    along[:, 0] = False
    tokens, frames = along.shape
    entered = np.maximum.accumulate(np.where(along, 0, np.arange(frames)), axis=1)
    starts = np.zeros(tokens, np.intp)
    last = frames - 1
    for row in range(tokens - 1, -1, -1):
        starts[row] = last = entered[row, last]
        if both[row, last] < token[row, last]:
            last -= 1
    return starts


def _usual(timed: Sequence[_Timed]) -> float:
    """How long a word usually lasts here."""
    lengths = [each.end - each.start for each in timed if each.end > each.start]
    return min(_LONGEST_USUAL, float(np.median(lengths))) if lengths else 0.0


def _without_pauses(timed: Sequence[_Timed]) -> list[_Timed]:
    """A mark that ends a sentence, and the word after it, do not last through the pause between them."""
    longest = 2 * _usual(timed)
    shortened = list(timed)
    for number in range(1, len(timed)):
        before, each = shortened[number - 1], shortened[number]
        if longest == 0 or each.end - each.start <= longest:
            continue
        if each.text in _ENDINGS:
            shortened[number] = replace(each, end=each.start + longest)
        elif before.text in _ENDINGS:
            shortened[number] = replace(each, start=each.end - longest)
    return _joined(shortened)


def _joined(timed: Sequence[_Timed]) -> list[_Timed]:
    """Opening marks joined to the word after them, closing ones to the word before."""
    opened: list[_Timed] = []
    for each in reversed(timed):
        if opened and each.text.startswith(" ") and each.text.strip() in _OPENERS:
            opened[-1] = replace(opened[-1], text=each.text + opened[-1].text)
        else:
            opened.append(each)
    closed: list[_Timed] = []
    for each in reversed(opened):
        if closed and not closed[-1].text.endswith(" ") and each.text in _CLOSERS:
            closed[-1] = replace(closed[-1], text=closed[-1].text + each.text)
        else:
            closed.append(each)
    return closed


def _beginning(timed: Sequence[_Timed], usual: float) -> Iterator[_Timed]:
    """The words, the first of which does not begin long before it is said."""
    for number, each in enumerate(timed):
        if number == 0 and each.end > 4 * usual and each.end - each.start > 2 * usual:
            yield replace(each, start=max(0.0, each.end - 2 * usual))
        else:
            yield each
