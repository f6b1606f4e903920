"""Our engine hears what `whisper.decode` hears, token for token, and puts words where `whisper.timing` puts them.

Models of random numbers show it for the arithmetic; the tests marked `weights` for real speech.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pytest
import torch
import whisper
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from whisper.timing import find_alignment
from whisper.tokenizer import get_tokenizer

from placecast.errors import EngineError
from placecast.model import Transcription
from placecast.transcribe import alignment, decoding, load_engine, precision
from placecast.transcribe.chunks import pack
from placecast.transcribe.decoding import Decoded, _decode, decode, script
from placecast.transcribe.encoder import Encoder
from placecast.transcribe.loading import load_model
from placecast.transcribe.openai_engine import WhisperEngine
from placecast.transcribe.precision import BRAIN, EIGHT_BITS, FULL, Precision
from placecast.transcribe.sequential_engine import SequentialEngine
from placecast.transcribe.step import Sound, load_step
from placecast.transcribe.vad import RATE, find_speech
from tests.test_transcribe import Sound as Samples
from tests.test_transcribe import real_engine, sample, text_of
from tests.tiny_models import CONTEXT, tiny_whisper, voice

__all__ = ["sample"]  # a fixture

# Whisper's tokenizer leaves its table open.
pytestmark = pytest.mark.filterwarnings(r"ignore:(?s).*\.tiktoken:pytest.PytestUnraisableExceptionWarning")

NAMES = ("Placecast", "Rosa Hartley", "Daniel Marsh", "Grimsby")
PROMPTS = {(): None, NAMES[:1]: "Placecast.", NAMES: "Placecast. Rosa Hartley, Daniel Marsh, Grimsby."}
SEEDS = {51865: 4, 51864: 1}  # found by trying: rows end at different times
MODELS = ("base", pytest.param("tiny.en", marks=pytest.mark.slow))
EVERYWHERE = Precision(name="test", head=torch.bfloat16)  # all exact but the head


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """PyTorch's threads wait for each other at every step: beside other tests, two are far slower than one."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def talkative(*, vocabulary: int = 51865, ends: bool = False) -> whisper.model.Whisper:
    """A model of random numbers to which the sound matters. `ends`: most rows end by themselves, each in its time."""
    seed = SEEDS[vocabulary]
    model = tiny_whisper(vocabulary=vocabulary, seed=seed)
    eot = get_tokenizer(vocabulary == 51865).eot
    with torch.no_grad(), torch.random.fork_rng():
        torch.manual_seed(seed)
        model.decoder.positional_embedding.mul_(10)
        for block in model.decoder.blocks:
            for part in (block.cross_attn.query, block.cross_attn.key, block.cross_attn.out):
                part.weight.mul_(5)
        if ends:
            torch.nn.init.normal_(model.decoder.token_embedding.weight[eot], std=0.06)
    return model


def stock(model: whisper.model.Whisper, features: torch.Tensor, prompt: str | None) -> whisper.DecodingResult:
    options = whisper.DecodingOptions(language="en", prompt=prompt, without_timestamps=True, fp16=False)
    return whisper.decode(model, features, options)


def heard_alike(
    model: whisper.model.Whisper, chunks: Sequence[Samples], names: Sequence[Sequence[str]]
) -> list[Decoded]:
    """What the chunks hold, after it was compared with what openai-whisper itself makes of each of them alone."""
    features = Encoder(model, torch.float32)(chunks)
    step = load_step(model, FULL)
    with torch.inference_mode():
        sound = step.sound(features)
    ours = _decode(step, sound, script(model, "en", names), 0.0)
    for decoded, row, told in zip(ours, features, names, strict=True):
        theirs = stock(model, row, PROMPTS[tuple(told)])
        assert decoded.tokens == theirs.tokens
        assert decoded.log_probability == pytest.approx(theirs.avg_logprob, abs=1e-4)
        assert decoded.no_speech == pytest.approx(theirs.no_speech_prob, abs=1e-5)
        assert decoded.compression == theirs.compression_ratio
    return ours


@pytest.fixture
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be believed is not drawn again."""
    monkeypatch.setattr(decoding, "_TEMPERATURES", ())


@pytest.fixture(scope="module")
def chunks() -> list[Samples]:
    return [voice(seconds, seed=seed) for seed, seconds in enumerate((3.0, 30.0, 11.0, 7.5, 1.0))]


NO_NAMES: tuple[str, ...] = ()
TOLD = {
    "nothing": [NO_NAMES] * 5,
    "the same names": [NAMES] * 5,
    "names of its own": [NAMES, NO_NAMES, NAMES[:1], NAMES[:1], NAMES],
}


@pytest.mark.parametrize("told", TOLD.values(), ids=TOLD.keys())
@pytest.mark.parametrize("vocabulary", [51865, 51864])
def test_tokens_are_those_of_openai_whisper(
    chunks: list[Samples], vocabulary: int, told: Sequence[Sequence[str]]
) -> None:
    lengths = set()
    for ends in (False, True):
        model = talkative(vocabulary=vocabulary, ends=ends)
        lengths |= {len(decoded.tokens) for decoded in heard_alike(model, chunks, told)}
    assert len(lengths) > 1  # rows that end at different times, and such as do not end


@pytest.mark.parametrize("exactness", [FULL, EVERYWHERE])
def test_steps_of_one_shape_and_a_rounded_head_change_nothing(chunks: list[Samples], exactness: Precision) -> None:
    model = talkative(ends=True)
    features = Encoder(model, torch.float32)(chunks)
    with torch.inference_mode():
        sound = load_step(model, FULL).sound(features)
    told = script(model, "en", TOLD["names of its own"])
    plain = _decode(load_step(model, FULL), sound, told, 0.0, still=False)
    other = _decode(load_step(model, exactness), sound, told, 0.0, still=True)
    assert [each.tokens for each in other] == [each.tokens for each in plain]
    assert [each.ended for each in other] == [each.ended for each in plain]
    for one, two in zip(plain, other, strict=True):
        assert two.log_probability == pytest.approx(one.log_probability, abs=1e-2)
        assert torch.allclose(one.queries, two.queries, atol=1e-4)


def test_what_is_drawn_by_chance_is_the_same_in_every_batch(chunks: list[Samples]) -> None:
    # Nothing that it says can be believed, so this goes through every temperature.
    engine = WhisperEngine(talkative(), model="base", weights="0" * 64)
    together = engine.hear(chunks[:2], language="en")
    alone = [engine.hear([chunk], language="en")[0] for chunk in chunks[:2]]
    assert [text_of(heard.words) for heard in together] == [text_of(heard.words) for heard in alone]
    assert {heard.temperature for heard in together} == {1.0}


def test_a_second_look_with_names_does_not_encode_again(chunks: list[Samples], monkeypatch: pytest.MonkeyPatch) -> None:
    engine = WhisperEngine(talkative(ends=True), model="base", weights="0" * 64)
    encoded: list[int] = []
    encode = engine._encoder
    monkeypatch.setattr(engine, "_encoder", lambda given: (encoded.append(len(given)), encode(given))[1])
    engine.hear(chunks, language="en")
    again = engine.hear([chunks[3], chunks[1]], language="en", names=[NAMES, NAMES[:1]], timed=False)
    assert encoded == [5]
    assert again == engine_alone(engine, [chunks[3], chunks[1]])
    engine.hear(chunks[:1], language="en")
    engine.hear([voice(2)], language="en")
    assert encoded[-1] == 1
    assert engine._sound is not None
    assert len(engine._sound) == 1  # the last batch alone is kept


def engine_alone(engine: WhisperEngine, chunks: list[Samples]) -> object:
    fresh = WhisperEngine(engine._loaded, model="base", weights="0" * 64)
    return fresh.hear(chunks, language="en", names=[NAMES, NAMES[:1]], timed=False)


def test_words_alone_have_no_times(once: None, chunks: list[Samples]) -> None:
    engine = WhisperEngine(talkative(), model="base", weights="0" * 64)
    timed, alone = (engine.hear(chunks[:1], language="en", timed=each)[0] for each in (True, False))
    assert text_of(timed.words) == text_of(alone.words)
    assert max(word.end for word in timed.words) > 0
    assert {word.end for word in alone.words} == {0.0}


def test_a_chunk_with_more_words_than_one_look_can_hold_is_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = WhisperEngine(tiny_whisper(), model="base", weights="0" * 64)
    looks: list[int] = []

    def believed(step: object, sound: Sound, told: decoding.Script) -> list[Decoded]:
        looks.append(len(sound))
        found = _decode(step, sound, told, 0.0)[0]  # type: ignore[arg-type]
        ended = len(looks) == 2
        return [replace(found, log_probability=-0.1, compression=1.0, no_speech=0.0, ended=ended)]

    monkeypatch.setattr(decoding, "decode", believed)
    (heard,) = engine.hear([voice(20)], language="en")
    assert looks == [1, 1]
    assert len(heard.words) > 4
    assert all(one.start <= two.start for one, two in pairwise(heard.words))


def test_names_that_do_not_fit_are_left_out_from_the_end() -> None:
    model = tiny_whisper()
    names = [f"Name{number}" for number in range(40)]
    (told,) = script(model, "en", [names]).openings
    tokenizer = get_tokenizer(True)
    said = tokenizer.decode(list(told.tokens[1 : told.begin]))
    assert said.startswith(" Name0. Name1, Name2")
    assert said.endswith(".")
    assert told.begin <= CONTEXT // 2
    assert told.tokens[told.begin] == tokenizer.sot
    assert script(model, "en", [["far too long a name " * 20]]).openings[0].begin == 0


def test_the_language_is_one_that_the_model_knows(chunks: list[Samples]) -> None:
    engine = WhisperEngine(talkative(), model="base", weights="0" * 64)
    english = WhisperEngine(talkative(vocabulary=51864), model="tiny.en", weights="0" * 64)
    sequential = SequentialEngine(engine._loaded, model="base", weights="0" * 64)
    assert engine.detect(chunks) in whisper.tokenizer.LANGUAGES
    assert engine.detect(chunks[:1]) == sequential.detect(chunks[:1])
    assert english.detect(chunks) == "en"


def test_eight_bits_are_for_those_who_ask() -> None:
    assert precision.choose("cpu", fast=False) in (FULL, BRAIN)
    assert precision.choose("cpu", fast=True).quantised is precision._can_quantise()
    step = load_step(talkative(), EIGHT_BITS)
    kinds = {type(module).__module__ for name, module in step.named_modules() if name.endswith(("own_in", "head"))}
    assert all("quantized" in kind for kind in kinds)


def slow_way(cost: NDArray[np.float64]) -> list[int]:
    """The first frame of each token on the cheapest way, by the definition."""
    tokens, frames = cost.shape
    total = np.full((tokens + 1, frames + 1), np.inf)
    total[0, 0] = 0.0
    for token in range(1, tokens + 1):
        for frame in range(1, frames + 1):
            before = (total[token - 1, frame - 1], total[token - 1, frame], total[token, frame - 1])
            total[token, frame] = cost[token - 1, frame - 1] + min(before)
    starts, token, frame = [0] * tokens, tokens, frames
    while token:
        starts[token - 1] = frame - 1
        options = {(token - 1, frame - 1): 0, (token - 1, frame): 1, (token, frame - 1): 2}
        token, frame = min(options, key=lambda place: (total[place], -options[place]))
    return starts


@given(st.integers(1, 9), st.integers(1, 30), st.integers(0, 1000))
def test_the_way_through_the_attention_is_the_cheapest(tokens: int, frames: int, seed: int) -> None:
    cost = np.random.default_rng(seed).standard_normal((tokens, frames))
    assert alignment._first_frames(cost).tolist() == slow_way(cost)


@given(st.integers(4, 40), st.integers(0, 1000))
def test_neighbours_are_evened_out_by_their_median(length: int, seed: int) -> None:
    values = np.random.default_rng(seed).standard_normal((2, 3, length))
    padded = np.pad(values, ((0, 0), (0, 0), (3, 3)), mode="reflect")
    expected = np.median(np.lib.stride_tricks.sliding_window_view(padded, 7, axis=-1), axis=-1)
    assert np.allclose(alignment._median(torch.from_numpy(values), 7).numpy(), expected)


@lru_cache(maxsize=1)
def real_model(name: str) -> whisper.model.Whisper:
    try:
        return load_model(Transcription(model=name), offline=True)[0]
    except EngineError as exc:
        pytest.skip(f"NOT TESTED, there is no real Whisper {name} on this machine: {exc}")


@pytest.fixture(scope="module")
def spoken(sample: Samples) -> list[Samples]:
    """Two chunks of the sample episode."""
    beginning = sample[: 42 * RATE]
    found = pack(find_speech(beginning, lambda _: None), beginning)
    return [beginning[chunk.start : chunk.stop] for chunk in found]


@pytest.fixture(scope="module")
def begun(spoken: list[Samples]) -> list[Samples]:
    """The first seven to ten seconds of each, up to a pause: openai-whisper takes its time over every token."""
    tenth = RATE // 10
    loudness = [np.square(chunk[7 * RATE : 10 * RATE].reshape(-1, tenth)).mean(axis=1) for chunk in spoken]
    return [chunk[: 7 * RATE + int(each.argmin()) * tenth] for chunk, each in zip(spoken, loudness, strict=True)]


@pytest.mark.weights
@pytest.mark.parametrize("name", MODELS)
def test_real_speech_gives_the_tokens_of_openai_whisper(begun: list[Samples], name: str) -> None:
    model = real_model(name)
    heard = [*heard_alike(model, begun, [(), NAMES]), *heard_alike(model, begun[:1], [NAMES[:1]])]
    assert min(len(each.tokens) for each in heard) > 20


@pytest.mark.weights
@pytest.mark.parametrize("name", MODELS)
def test_words_lie_where_openai_whisper_finds_them(begun: list[Samples], name: str) -> None:
    model = real_model(name)
    step, told = load_step(model, FULL), script(model, "en", [NO_NAMES] * len(begun))
    with torch.inference_mode():
        sound = step.sound(Encoder(model, torch.float32)(begun))
    apart: list[float] = []
    for row, (chunk, decoded) in enumerate(zip(begun, decode(step, sound, told), strict=True)):
        mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(chunk))
        theirs = find_alignment(model, told.tokenizer, decoded.tokens, mel, len(chunk) // 160)
        attention = alignment.listened(decoded.queries, sound.keys_of(step.heads, row), len(chunk))
        said = list(range(len(decoded.tokens)))
        borders = alignment._borders(attention[len(told.tokenizer.sot_sequence) :], said, len(said))
        ours = alignment._split(decoded.tokens, decoded.chances, borders, told.tokenizer)
        assert [word.text for word in ours] == [word.word for word in theirs[: len(ours)]]
        for one, two in zip(ours, theirs, strict=False):
            apart += [abs(one.start - two.start), abs(one.end - two.end)]
            assert one.probability == pytest.approx(two.probability, abs=1e-3)
    assert np.mean(np.array(apart) < 0.0201) > 0.97


@pytest.mark.weights
def test_bfloat16_hears_what_float32_hears(begun: list[Samples]) -> None:
    model = real_model("base")
    exact, rounded = (
        WhisperEngine(model, model="base", weights="0" * 64, precision=each).hear(begun, language="en")
        for each in (FULL, BRAIN)
    )
    one, two = ("".join(text_of(heard.words) for heard in each).split() for each in (exact, rounded))
    assert len(set(one) ^ set(two)) <= 0.03 * len(one)


@pytest.mark.weights
def test_the_language_of_the_sample_is_english(begun: list[Samples]) -> None:
    for engine in ("whisper", "faster-whisper"):
        assert real_engine(engine).detect(begun[:1]) == "en"


@pytest.mark.weights
def test_the_reference_hears_the_same_words(begun: list[Samples]) -> None:
    reference = load_engine(Transcription(engine="whisper-sequential"), offline=True)
    one, two = (engine.hear(begun[:1], language="en")[0] for engine in (real_engine("whisper"), reference))
    first, second = (text_of(heard.words).lower().split() for heard in (one, two))
    assert len(set(first) & set(second)) > 0.9 * len(set(first))
