"""The facts that travel between modules: a show, its episodes, their sound and their words.

Nothing here reads, writes or decides. Files, addresses and names that follow from a fact are
properties of it, so that each rule is written once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from placecast.model.correction import Correction
from placecast.model.listing import (
    Block,
    Chat,
    Comments,
    Image,
    Link,
    Note,
    RemoteShow,
    Schedule,
    Season,
)
from placecast.model.publication import (
    Elsewhere,
    Publication,
    Release,
)
from placecast.model.show import (
    DETECT,
    SLUG,
    Chapter,
    Directories,
    Distribution,
    Episode,
    FolderTarget,
    Look,
    Mastering,
    Name,
    Names,
    Person,
    Place,
    S3Target,
    Show,
    Soundbite,
    Target,
    Transcription,
)
from placecast.model.sound import (
    Alternate,
    Approval,
    Audio,
    Cue,
    Flag,
    MachineRecord,
    MadeFrom,
    MovedIn,
    Said,
    SoundFile,
    Text,
    Transcript,
    Waiver,
    Word,
)

__all__ = [
    "DETECT",
    "SLUG",
    "Alternate",
    "Approval",
    "AsItLies",
    "Audio",
    "Block",
    "Chapter",
    "Chat",
    "Comments",
    "Content",
    "Correction",
    "Cue",
    "Directories",
    "Distribution",
    "Elsewhere",
    "Episode",
    "Flag",
    "FolderTarget",
    "Image",
    "Link",
    "Look",
    "MachineRecord",
    "MadeFrom",
    "Mastering",
    "MovedIn",
    "Name",
    "Names",
    "Note",
    "Person",
    "Place",
    "Progress",
    "Publication",
    "Release",
    "RemoteShow",
    "S3Target",
    "Said",
    "Schedule",
    "Season",
    "Show",
    "SoundFile",
    "Soundbite",
    "Spooled",
    "Target",
    "Text",
    "Transcript",
    "Transcription",
    "Tree",
    "Waiver",
    "Word",
    "no_progress",
    "no_words",
]

Progress = Callable[[float], None]
"""Told the share that is done, from 0 to 1. It may be told less than before: uploads retry."""


@dataclass(frozen=True, kw_only=True)
class AsItLies:
    """A file of the public tree that is in the folder `feed` already, as it must be. Size in bytes."""

    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Spooled(AsItLies):
    """A file of the public tree that is made already, and waits elsewhere to be moved into the folder `feed`."""

    source: Path


Content = bytes | AsItLies
Tree = Mapping[str, Content]
"""Files of the public tree: path with forward slashes, and content."""


def no_progress(done: float) -> None:
    """A `Progress` for those who do not watch."""


def no_words(text: str) -> None:
    """Told what people should know, where nobody listens."""
