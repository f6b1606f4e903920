"""Greedy decoding of a batch of chunks: OpenAI's rules, token for token, on the fused step.

A chunk is decoded once, without timestamp tokens. What cannot be believed is drawn again with more and more freedom,
always by the same chance, whatever chunks lie beside it in the batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from placecast.transcribe.captured import Captured
from placecast.transcribe.chunks import UNLIKELY
from placecast.transcribe.prompts import prompt
from placecast.transcribe.step import Growing, Past, Run, Sound, Step, Still

if TYPE_CHECKING:
    from whisper.decoding import DecodingTask
    from whisper.model import Whisper
    from whisper.tokenizer import Tokenizer

_TEMPERATURES = (0.2, 0.4, 0.6, 0.8, 1.0)
_ASKED = 8  # steps from one question whether all chunks have ended to the next
_REPETITIVE = 2.4  # compression ratio: the model goes round in circles


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What the decoding of a chunk begins with. `begin`: where the transcript starts; before it are the names."""

    tokens: tuple[int, ...]
    begin: int


@dataclass(frozen=True, kw_only=True)
class Script:
    """What the decoding of each chunk begins with, and what may be said."""

    tokenizer: Tokenizer
    openings: tuple[Opening, ...]
    limit: int  # tokens that may be said
    silenced: Tensor = field(repr=False)  # for each token: 0, or minus infinity
    not_first: list[int]  # tokens that no chunk starts with

    @property
    def start(self) -> int:
        """The place of the first token that is said: openings end there, however long they are."""
        return max(len(opening.tokens) for opening in self.openings)

    @property
    def firsts(self) -> list[int]:
        """The place where each opening begins."""
        return [self.start - len(opening.tokens) for opening in self.openings]

    def rows(self, chosen: Sequence[int]) -> Script:
        """The script for some chunks alone."""
        return replace(self, openings=tuple(self.openings[row] for row in chosen))


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """What was said in a chunk, and how far to believe it."""

    tokens: list[int]
    chances: list[float] = field(repr=False)  # of each token, among those of text
    ended: bool  # not cut off at the limit
    log_probability: float  # the mean over the tokens and the end
    no_speech: float
    compression: float
    temperature: float
    queries: Tensor = field(repr=False)  # alignment heads, tokens from the start of the transcript, width

    @property
    def believable(self) -> bool:
        return self.log_probability >= UNLIKELY and self.compression <= _REPETITIVE


def script(model: Whisper, language: str, names: Sequence[Sequence[str]]) -> Script:
    """The script for chunks in this language, each with as many of its names as fit: the most likely come first."""
    from whisper.decoding import DecodingOptions, DecodingTask

    task = DecodingTask(model, DecodingOptions(language=language, without_timestamps=True, fp16=False))
    tokenizer, room = task.tokenizer, model.dims.n_text_ctx // 2 - 1
    openings = tuple(_opening(task, prompt(each, tokenizer.encode, room)) for each in names)
    longest = max(len(opening.tokens) for opening in openings)
    silenced = torch.zeros(model.dims.n_vocab, device=model.device)
    silenced[list(task._get_suppress_tokens())] = -torch.inf
    return Script(
        tokenizer=tokenizer,
        openings=openings,
        limit=min(task.sample_len, model.dims.n_text_ctx + 1 - longest),
        silenced=silenced,
        not_first=[*tokenizer.encode(" "), tokenizer.eot],
    )


def _opening(task: DecodingTask, before: str) -> Opening:
    told = [task.tokenizer.sot_prev, *task.tokenizer.encode(f" {before}")] if before else []
    return Opening(
        tokens=(*told, *task.initial_tokens), begin=len(told) + task.initial_tokens.index(task.tokenizer.sot)
    )


def decode(step: Step, sound: Sound, script: Script) -> list[Decoded]:
    """What is said in each chunk: the likeliest, or what is drawn when that cannot be believed."""
    found = _decode(step, sound, script, 0.0)
    for temperature in _TEMPERATURES:
        doubted = [row for row, decoded in enumerate(found) if not decoded.believable]
        if not doubted:
            break
        for row, drawn in zip(
            doubted, _decode(step, sound.rows(doubted), script.rows(doubted), temperature), strict=True
        ):
            found[row] = drawn
    return found


@torch.inference_mode()
def detect(model: Whisper, step: Step, sound: Sound) -> str:
    """Whisper's code of the language of these chunks, taken together."""
    from whisper.tokenizer import get_tokenizer

    tokenizer = get_tokenizer(multilingual=True, num_languages=model.num_languages)
    rows, device = len(sound), model.device
    start, place = torch.full((rows, 1), tokenizer.sot, device=device), torch.zeros(1, dtype=torch.long, device=device)
    state = step(start, place, step.past(rows, 1), sound, Growing([Run(0, rows, 0)], 0, 1))
    logits = step.logits(state[:, 0])[:, list(tokenizer.all_language_tokens)]
    likeliest = int(logits.log_softmax(dim=-1).sum(dim=0).argmax())
    code: str = tokenizer.all_language_codes[likeliest]
    return code


class _Transcript:
    """One row as it grows."""

    def __init__(self, no_speech: float) -> None:
        self.tokens: list[int] = []
        self.chances: list[float] = []
        self.sum = 0.0
        self.no_speech = no_speech
        self.ended = False

    def add(self, token: int, log_probability: float, chance: float, end: int) -> None:
        self.sum += log_probability
        self.ended = token == end
        if not self.ended:
            self.tokens.append(token)
            self.chances.append(chance)


@torch.inference_mode()
def _decode(
    step: Step, sound: Sound, script: Script, temperature: float, *, still: bool | None = None
) -> list[Decoded]:
    """One way through every chunk. `still`: in steps of one shape, as a GPU likes them; None: on a GPU."""
    past = step.past(len(sound), script.start + script.limit)
    state, transcripts = _open(step, past, sound, script)
    if still is None:
        still = state.is_cuda and not temperature
    if still:
        _say_still(step, state, past, sound, script, transcripts)
    else:
        _say(step, state, past, sound, script, transcripts, _Draw(temperature))
    return [_decoded(transcript, past, row, script, temperature) for row, transcript in enumerate(transcripts)]


def _open(step: Step, past: Past, sound: Sound, script: Script) -> tuple[Tensor, list[_Transcript]]:
    """What comes of the last token of each opening (rows, width). Openings of one length are looked at together."""
    device, start = sound.keys[0].device, script.start
    state = step.embedding.new_empty(len(sound), step.dims.n_text_state)
    no_speech = torch.empty(len(sound))
    by_length: dict[int, list[int]] = {}
    for row, opening in enumerate(script.openings):
        by_length.setdefault(len(opening.tokens), []).append(row)
    for length, rows in by_length.items():
        tokens = torch.tensor([script.openings[row].tokens for row in rows], device=device)
        reach = Growing(_runs(rows, script.firsts), start - length, start)
        states = step(tokens, torch.arange(length, device=device), past, sound, reach)
        state[rows] = states[:, -1]
        no_speech[rows] = _no_speech(step, states[:, script.openings[rows[0]].begin], script)
    return state, [_Transcript(chance) for chance in no_speech.tolist()]


def _say(
    step: Step,
    state: Tensor,
    past: Past,
    sound: Sound,
    script: Script,
    transcripts: Sequence[_Transcript],
    draw: _Draw,
) -> None:
    """Token after token; rows that have ended cost nothing more."""
    active, start, firsts = list(range(len(sound))), script.start, script.firsts
    for place in range(start, start + script.limit):
        chosen, logs, chances = _choose(step.logits(state), script, draw, first=place == start)
        said = zip(chosen.tolist(), logs.tolist(), chances.tolist(), strict=True)
        for row, (token, log, chance) in zip(active, said, strict=True):
            transcripts[row].add(token, log, chance, script.tokenizer.eot)
        going = [number for number, row in enumerate(active) if not transcripts[row].ended]
        if not going or place + 1 == start + script.limit:
            break
        active, tokens = [active[number] for number in going], chosen[going, None]
        places = tokens.new_tensor([[place - firsts[row]] for row in active])
        state = step(tokens, places, past, sound, Growing(_runs(active, firsts), place, place + 1))[:, -1]


def _say_still(
    step: Step, state: Tensor, past: Past, sound: Sound, script: Script, transcripts: Sequence[_Transcript]
) -> None:
    """Token after token for all rows alike, until the last has ended: what ended rows go on to say is not taken."""
    draw, rows = _Draw(0.0), len(sound)
    chosen, *values = _choose(step.logits(state), script, draw, first=True)
    said = [each.new_zeros(rows, script.limit) for each in (chosen, *values)]
    for buffer, each in zip(said, (chosen, *values), strict=True):
        buffer[:, 0] = each
    tokens, number = chosen[:, None].clone(), chosen.new_zeros(1)
    place, firsts = number + script.start, number.new_tensor(script.firsts)
    reach = Still(place, firsts, past.keys.shape[3])

    def advance() -> None:
        states = step(tokens, (place - firsts)[:, None], past, sound, reach)
        new = _choose(step.logits(states[:, -1]), script, draw, first=False)
        number.add_(1)
        place.add_(1)
        tokens.copy_(new[0][:, None])
        for buffer, each in zip(said, new, strict=True):
            buffer.index_copy_(1, number, each[:, None])

    again, end = Captured(advance, on_gpu=tokens.is_cuda), script.tokenizer.eot
    for count in range(1, script.limit):
        # To ask whether all have ended makes a GPU wait.
        if count % _ASKED == 0 and bool((said[0] == end).any(dim=1).all()):
            break
        again()
    _take(said, int(number) + 1, transcripts, end)


def _take(said: Sequence[Tensor], count: int, transcripts: Sequence[_Transcript], end: int) -> None:
    """What each row said until it ended."""
    rows = zip(*(buffer[:, :count].tolist() for buffer in said), strict=True)
    for transcript, (tokens, logs, chances) in zip(transcripts, rows, strict=True):
        for token, log, chance in zip(tokens, logs, chances, strict=True):
            if not transcript.ended:
                transcript.add(token, log, chance, end)


def _no_speech(step: Step, state: Tensor, script: Script) -> Tensor:
    return step.logits(state).softmax(dim=-1)[:, script.tokenizer.no_speech].cpu()


def _choose(logits: Tensor, script: Script, draw: _Draw, *, first: bool) -> tuple[Tensor, Tensor, Tensor]:
    """The next token of each row, the logarithm of its probability, and its probability among the tokens of text."""
    text = logits[:, : script.tokenizer.eot].logsumexp(dim=-1)
    logits = logits + script.silenced
    if first:
        logits[:, script.not_first] = -torch.inf
    chosen = draw.choose(logits)
    values = logits.gather(1, chosen[:, None])[:, 0]
    return chosen, values - logits.logsumexp(dim=-1), (values - text).exp()


class _Draw:
    """Draws from what is likely: the same draws for every row, in every batch, in every run."""

    def __init__(self, temperature: float) -> None:
        self._temperature = temperature
        self._random = torch.Generator().manual_seed(0)

    def choose(self, logits: Tensor) -> Tensor:
        if not self._temperature:
            return logits.argmax(dim=-1)
        # The largest after adding noise of this shape (Gumbel's) is a draw from the softmax.
        uniform = torch.rand(logits.shape[-1], generator=self._random).clamp(min=1e-20).to(logits.device)
        return (logits / self._temperature - (-uniform.log()).log()).argmax(dim=-1)


def _runs(rows: Iterable[int], firsts: Sequence[int]) -> list[Run]:
    """Rows that lie side by side and begin at the same place, together."""
    runs: list[Run] = []
    for row in rows:
        if runs and (runs[-1].end, runs[-1].first) == (row, firsts[row]):
            runs[-1] = runs[-1]._replace(end=row + 1)
        else:
            runs.append(Run(row, row + 1, firsts[row]))
    return runs


def _decoded(transcript: _Transcript, past: Past, row: int, script: Script, temperature: float) -> Decoded:
    from whisper.utils import compression_ratio

    said = len(transcript.tokens)
    # The last token was looked up only if something was asked for after it.
    listened = script.start + said - (not transcript.ended)
    begin = script.firsts[row] + script.openings[row].begin
    return Decoded(
        tokens=transcript.tokens,
        chances=transcript.chances,
        ended=transcript.ended,
        log_probability=transcript.sum / (said + 1),
        no_speech=transcript.no_speech,
        compression=compression_ratio(script.tokenizer.decode(transcript.tokens).strip()),
        temperature=temperature,
        queries=past.queries[row, :, begin:listened],
    )
