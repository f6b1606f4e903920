"""The facts of an episode's sound and words: what was published, what a machine heard, and who answers for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from placecast.fingerprint import short
from placecast.model.show import Mastering


@dataclass(frozen=True, kw_only=True)
class MadeFrom:
    """What a published audio file was made from, by name, so that a change can be named."""

    recording: str  # sha256 of the producer's file
    mastering: Mastering
    version: int  # of the mastering code


@dataclass(frozen=True, kw_only=True)
class MovedIn:
    """Published audio that an earlier host of the show made: kept byte for byte, and so its own recording."""

    recording: str  # sha256 of the file itself
    moved_in_from: str  # its address there


@dataclass(frozen=True, kw_only=True)
class SoundFile:
    """A published file of sound."""

    name: str  # <slug>-<sha256[:12]>.mp3
    bytes: int
    seconds: float
    sha256: str
    loudness: float | None  # LUFS, measured on the encoded file; None: it was made elsewhere, and not measured
    true_peak: float | None  # dBTP, measured on the encoded file; None as above

    @property
    def path(self) -> str:
        return f"media/{self.name}"

    @staticmethod
    def name_for(slug: str, sha256: str, suffix: str = ".mp3") -> str:
        """The name of published audio: it carries the content's hash, so it never changes its bytes."""
        return f"{slug}-{short(sha256)}{suffix}"


@dataclass(frozen=True, kw_only=True)
class Alternate(SoundFile):
    """The same sound in another file, for apps and listeners that choose it: `podcast:alternateEnclosure`."""

    kbps: int  # what was asked of the coder
    sri: str  # "sha384-" and the hash in base64 (W3C Subresource Integrity, section 3.5)
    type: str = "audio/ogg"
    codecs: str = "opus"  # RFC 6381

    @property
    def bits_a_second(self) -> int:
        """What it takes on the way to listeners, its packing included."""
        return round(self.bytes * 8 / self.seconds)


@dataclass(frozen=True, kw_only=True)
class Audio(SoundFile):
    """The facts of a published audio file, as audio.json keeps them."""

    made_from: MadeFrom | MovedIn
    start: float = 0.0  # the second of the recording with which it begins
    said: tuple[str, ...] = ()  # what the producer was warned of when it was made
    type: str = "audio/mpeg"
    chapters: str | None = None  # fingerprint of those in its tag; None: tagged before that was remembered
    alternates: tuple[Alternate, ...] = ()

    @property
    def files(self) -> tuple[SoundFile, ...]:
        """All that is published of this sound."""
        return (self, *self.alternates)


@dataclass(frozen=True, kw_only=True)
class Word:
    """A word as an engine heard it: with its leading space, if it has one, and its punctuation."""

    start: float
    end: float
    text: str
    probability: float


@dataclass(frozen=True, kw_only=True)
class Cue:
    """A sentence with its times in seconds, and who says it when that is known."""

    start: float
    end: float
    text: str
    speaker: str | None = None


@dataclass(frozen=True, kw_only=True)
class Transcript:
    """What is said, sentence by sentence, in time order."""

    cues: tuple[Cue, ...]
    language: str


@dataclass(frozen=True, kw_only=True)
class Text:
    """A transcript: what pages and captions are made of."""

    transcript: Transcript
    words: Callable[[], Sequence[Sequence[Word]]]  # of each cue, with their times; reads what a machine heard


@dataclass(frozen=True, kw_only=True)
class Said:
    """What is known of a text that is not read: an archive has millions of words, and few of them have changed."""

    language: str
    empty: bool
    end: float  # seconds; where the last sentence ends
    size: int  # bytes of the WebVTT file that listeners get
    sha256: str  # of that file


@dataclass(frozen=True, kw_only=True)
class Flag:
    """A stretch of what a machine heard that a person should look at, and why.

    `loop`: the same words again and again; `phantom`: words that Whisper is known to invent; `unlikely`: the machine
    itself hardly believes it; `prompted`: a name (`text`) that was heard only when it was suggested, and so was not
    written.
    """

    start: float
    end: float
    kind: Literal["loop", "phantom", "unlikely", "prompted"]
    text: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class MachineRecord:
    """What an engine heard, kept beside the transcript and never edited.

    `vtt` is the sha256 of the transcript file as it was written from this record: a file with
    another hash was edited by a person. `recording` is the sha256 of what was transcribed.
    """

    engine: str  # name and version: "openai-whisper 20250625"
    model: str
    weights: str  # sha256
    options: Mapping[str, str] = field(default_factory=dict)  # what else shaped the words, such as the precision
    language: str
    recording: str
    vtt: str
    spelling: str = ""  # fingerprint of the names that corrected what was heard, before it became the transcript
    words: tuple[Word, ...]  # as they were heard
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Approval:
    """A person answers for a transcript: these very words, of this very sound."""

    by: str
    at: datetime  # aware
    text: str  # sha256 of the transcript file, with line ends as git keeps them
    sound: str  # sha256 of the recording


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """A person lets a transcript go out unreviewed, and says why."""

    reason: str
    at: datetime  # aware
    text: str  # sha256 of the transcript file
