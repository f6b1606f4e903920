"""What was built, as the rules look at it: names, bytes, sound and pictures. Others read them from the disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from placecast.model import Chapter


@dataclass(frozen=True, kw_only=True)
class Sound:
    """What an audio file turned out to be. `fault`: why it is none."""

    fault: str = ""
    codec: str = ""
    seconds: float = 0.0
    rate: int = 0
    channels: int = 0
    steady: bool = True  # the same bytes for each second, so that a time leads to the same place in every player
    title: str = ""
    chapters: tuple[Chapter, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What a picture turned out to be. `fault`: why it is none."""

    fault: str = ""
    format: str = ""
    width: int = 0
    height: int = 0
    colours: str = ""


class Files(Protocol):
    """The built tree. A path that is not among `sizes` cannot be asked for."""

    @property
    def sizes(self) -> Mapping[str, int]: ...
    def read(self, path: str) -> bytes: ...
    def sound(self, path: str) -> Sound: ...
    def picture(self, path: str) -> Picture: ...


class NoFiles:
    """Nothing was built, or it is not looked at."""

    sizes: Mapping[str, int] = MappingProxyType({})

    def read(self, path: str) -> bytes:
        raise KeyError(path)

    def sound(self, path: str) -> Sound:
        raise KeyError(path)

    def picture(self, path: str) -> Picture:
        raise KeyError(path)


EMPTY = NoFiles()
