"""The Whisper models that can be had: what each is for, how large it is, and what a window of speech costs it.

OpenAI published them under the MIT licence. Where a model is on this machine is `weights`' business.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from placecast.errors import EngineError

AUTO = "auto"
_FRAMES = 1500  # of a window of 30 seconds, as the encoder sees it
_POSITIONS = 448  # tokens that a decoder can hold
_TOKENS = 110  # of a window in which somebody speaks all the time
_PYTORCH = 0.8e9  # bytes of memory: PyTorch itself, and a batch of windows on their way


@dataclass(frozen=True, kw_only=True)
class Dimensions:
    """The shape of a model: all that its size and its cost follow from."""

    width: int
    encoder: int  # layers
    decoder: int  # layers
    vocabulary: int
    mels: int = 80

    @property
    def parameters(self) -> int:
        """How many numbers OpenAI's file holds."""
        width = self.width
        convolutions = 3 * self.mels * width + 3 * width**2 + 2 * width
        embeddings = (self.vocabulary + _POSITIONS + _FRAMES) * width
        encoder = self.encoder * (12 * width**2 + 12 * width)
        decoder = self.decoder * (16 * width**2 + 17 * width)
        return convolutions + embeddings + encoder + decoder + 4 * width

    @property
    def encoding(self) -> float:
        """Billions of operations to encode a window: products of matrices, and attention over all frames."""
        width, convolutions = self.width, 2 * 3 * self.width * (2 * _FRAMES * self.mels + _FRAMES * self.width)
        return (convolutions + self.encoder * (24 * width**2 * _FRAMES + 4 * _FRAMES**2 * width)) / 1e9

    @property
    def decoding(self) -> float:
        """Billions of operations to write down a window of steady speech, one token after the other."""
        width = self.width
        seen = self.decoder * 4 * width**2 * _FRAMES
        token = self.decoder * (28 * width**2 + 4 * _FRAMES * width) + 2 * width * self.vocabulary
        return (seen + _TOKENS * token) / 1e9


@dataclass(frozen=True, kw_only=True)
class Model:
    """A model of Whisper. `sha256` is that of OpenAI's own file."""

    name: str
    purpose: str
    sha256: str
    licence: str = "MIT, Copyright (c) 2022 OpenAI"
    dimensions: Dimensions = field(repr=False)

    @property
    def english_only(self) -> bool:
        return self.name.endswith(".en")

    @property
    def languages(self) -> str:
        if self.english_only:
            return "English"
        return "100 languages" if self.dimensions.mels == 128 else "99 languages"

    @property
    def bytes(self) -> int:
        """The size of OpenAI's file, which takes two bytes for each number."""
        return 2 * self.dimensions.parameters

    @property
    def memory(self) -> int:
        """About how much memory it needs on the CPU, which takes four bytes for each number."""
        return round(4 * self.dimensions.parameters + _PYTORCH)


_ENGLISH, _MANY, _MORE = 51864, 51865, 51866


def _model(name: str, purpose: str, sha256: str, *, width: int, layers: int) -> Model:
    vocabulary = _ENGLISH if name.endswith(".en") else _MANY
    dimensions = Dimensions(width=width, encoder=layers, decoder=layers, vocabulary=vocabulary)
    return Model(name=name, purpose=purpose, sha256=sha256, dimensions=dimensions)


MODELS = (
    _model(
        "tiny.en",
        "For trying things out: fast, and wrong about every seventh word of ordinary talk.",
        "d3dd57d32accea0b295c96e26691aa14d8822fac7d9d27d5dc00b4ca2826dd03",
        width=384,
        layers=4,
    ),
    _model(
        "tiny",
        "For trying things out in other languages than English, with many mistakes.",
        "65147644a518d12f04e32d6f3b26facc3f8dd46e5390956a9424a650c0ce22b9",
        width=384,
        layers=4,
    ),
    _model(
        "base.en",
        "As base, for English alone.",
        "25a8566e1d0c1e2231d1c762132cd20e0f96a85d16145c3a00adf5d1ac670ead",
        width=512,
        layers=6,
    ),
    _model(
        "base",
        "The choice for a computer without a graphics card: several times faster than the talk itself.",
        "ed3a0b6b1c0edf879ad9b11b1af5a0e6ab5db9205f891f668f8b0e6c6326e34e",
        width=512,
        layers=6,
    ),
    _model(
        "small.en",
        "As small, for English alone.",
        "f953ad0fd29cacd07d5a9eda5624af0f6bcf2258be67c92b79389873d91e0872",
        width=768,
        layers=12,
    ),
    _model(
        "small",
        "Fewer mistakes than base, for some four times the work: where an hour's wait does not matter.",
        "9ecf779972d90ba49c06d968637d720dd632c55bbf19d441fb42bf17a411e794",
        width=768,
        layers=12,
    ),
    _model(
        "medium.en",
        "As medium, for English alone.",
        "d7440d1dc186f76616474e0ff0b3b6b879abc9d1a4926b7adfa41db2d497ab4f",
        width=1024,
        layers=24,
    ),
    _model(
        "medium",
        "Slow without a graphics card, and with one turbo does better.",
        "345ae4da62f9b3d59415adc60127b97c714f32e89e936602e85993674d08dcb1",
        width=1024,
        layers=24,
    ),
    Model(
        name="large-v3",
        purpose="The fewest mistakes, above all in languages other than English; for a large graphics card.",
        sha256="e5b1a55b89c1367dacf97e3e19bfd829a01529dbfdeefa8caeb59b3f1b81dadb",
        dimensions=Dimensions(width=1280, encoder=32, decoder=32, vocabulary=_MORE, mels=128),
    ),
    Model(
        name="turbo",
        purpose="The choice for a graphics card: hardly more mistakes than large-v3, and several times faster.",
        sha256="aff26ae408abcba5fbf8813c21e62b0941638c5f6eebfb145be0c9839262a19a",
        dimensions=Dimensions(width=1280, encoder=32, decoder=4, vocabulary=_MORE, mels=128),
    ),
)
BY_NAME = {model.name: model for model in MODELS}


def named(name: str) -> Model:
    """The model of this name; EngineError when Whisper has none."""
    if name in BY_NAME:
        return BY_NAME[name]
    cure = f"Take one of these: {', '.join(BY_NAME)}."
    raise EngineError(f"Whisper model {name}", "Whisper has no model of this name.", cure)
