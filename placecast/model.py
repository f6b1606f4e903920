"""The facts that travel between modules: a show, its episodes, their sound and their words.

Nothing here reads, writes or decides. Files, addresses and names that follow from a fact are
properties of it, so that each rule is written once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from placecast.fingerprint import short

Progress = Callable[[float], None]
"""Told the share that is done, from 0 to 1. It may be told less than before: uploads retry."""

DETECT = "detect"
"""In place of a language: that of the speech, as the engine hears it."""

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
"""What an episode's folder may be called: on every system, and in an address."""

Tree = Mapping[str, bytes]
"""Files of the public tree: path with forward slashes, and content."""


_EPISODE_PAGE = re.compile(rf"e/({SLUG.pattern})/(?:index\.html)?", re.ASCII)


def no_progress(done: float) -> None:
    """A `Progress` for those who do not watch."""


def no_words(text: str) -> None:
    """Told what people should know, where nobody listens."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """Someone who is heard or credited. Role and group: the Podcast Taxonomy's words."""

    name: str
    role: str = "guest"
    group: str = "cast"
    url: str | None = None
    image: str | None = None


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place that an episode is about (`subject`) or was made in (`creator`)."""

    name: str
    rel: Literal["subject", "creator"] = "subject"
    geo: str | None = None  # RFC 5870 without its options: geo:52.4862,-1.8904
    osm: str | None = None  # OpenStreetMap: N, W or R and the number of the object
    country: str | None = None  # ISO 3166-1 alpha-2: GB, never UK


@dataclass(frozen=True, kw_only=True)
class Name:
    """A name that must be written right, as names.toml has it.

    `aliases` are other right names, kept as they are said ("Rosa", "the Hub"). `spoken` says how it sounds where the
    spelling does not ("el pip" for LPIP). `wrong` forms are known mistakes: wherever they are heard, `name` is written.
    """

    name: str
    kind: Literal["person", "place", "term"]
    aliases: tuple[str, ...] = ()
    spoken: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Names:
    """What names.toml says: every name, and what feeds and tags tell about those of people and places."""

    entries: tuple[Name, ...] = ()
    people: tuple[Person, ...] = ()
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """Where a part of the episode starts, and what it is called."""

    seconds: float
    title: str
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Soundbite:
    """A stretch of the episode that stands for it in a preview."""

    seconds: float
    duration: float
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class Mastering:
    """What the published sound must measure: LUFS (ITU-R BS.1770), dBTP, kilobits a second."""

    loudness: float = -16.0
    true_peak: float = -1.0
    mono_kbps: int = 96
    stereo_kbps: int = 128


@dataclass(frozen=True, kw_only=True)
class Transcription:
    """Which engine and which Whisper model write the transcripts, and what must happen before they go out.

    `model`: "auto" takes the one that suits the machine. `weights`: a file, or None to look for them. `fast`:
    eight-bit arithmetic, at some loss. `language`: "show", a language (BCP 47), or "detect". `review`: whether an
    episode waits until a person has approved its transcript.
    """

    engine: Literal["whisper", "whisper-sequential", "faster-whisper"] = "whisper"
    model: str = "auto"
    weights: Path | None = None
    fast: bool = False
    language: str = "show"
    review: Literal["encouraged", "required"] = "encouraged"


@dataclass(frozen=True, kw_only=True)
class FolderTarget:
    """Publish by writing into a folder that some web server shows."""

    folder: Path
    verify: bool = False  # ask for what was sent through the public address, before the feed names it

    @property
    def name(self) -> str:
        """What people call it."""
        return f"the folder {self.folder}"


@dataclass(frozen=True, kw_only=True)
class S3Target:
    """Publish into S3-compatible storage. Credentials come from boto3's own chain, never from here."""

    bucket: str
    prefix: str = ""  # "" or "some/folder/": never starts with a slash, always ends with one
    endpoint: str | None = None
    region: str | None = None
    verify: bool = True  # ask for what was sent through the public address, before the feed names it

    @property
    def name(self) -> str:
        """What people call it."""
        return f"s3://{self.bucket}/{self.prefix}"


Target = FolderTarget | S3Target


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """Who is told after an upload. Keys and tokens come from the environment, never from here."""

    hubs: tuple[str, ...] = ()  # WebSub hubs: named in the feed, and told when it changes
    cloudfront: str = ""  # the distribution's id; "" for none
    cloudflare: str = ""  # the zone's id; "" for none
    command: tuple[str, ...] = ()  # run in the show's folder, without a shell


@dataclass(frozen=True, kw_only=True)
class Image:
    """A picture that is published: `media/<name>`, where the name carries a hash of the content."""

    source: Path
    name: str
    type: str
    width: int
    height: int

    @property
    def path(self) -> str:
        return f"media/{self.name}"


@dataclass(frozen=True, kw_only=True)
class Show:
    """The podcast: what placecast.toml says, validated."""

    title: str
    description: str
    url: str  # where the public tree is served; ends with a slash
    guid: str
    author: str
    owner_name: str
    owner_email: str
    categories: tuple[tuple[str, ...], ...]  # ("Government",) or ("Science", "Social Sciences")
    cover: Image
    target: Target
    language: str = "en-GB"
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/London"))
    explicit: bool = False
    type: Literal["episodic", "serial"] = "episodic"
    copyright: str = ""
    license: str = ""
    locked: bool = True
    contact_url: str | None = None  # for the accessibility statement; the owner's e-mail otherwise
    people: tuple[Person, ...] = ()
    places: tuple[Place, ...] = ()
    names: Names = Names()
    mastering: Mastering = Mastering()
    transcription: Transcription = Transcription()
    distribution: Distribution = Distribution()
    index: str = ""  # what a link to a page's folder ends with: "index.html" where the server does not add it itself

    @property
    def feed_url(self) -> str:
        return self.at("feed.xml")

    def at(self, path: str) -> str:
        """The public address of a path in the public tree."""
        return self.url + path

    def page(self, folder: str) -> str:
        """The public address of the page in a folder of the public tree; "" is the home page."""
        return self.at(folder + self.index)

    def slug_at(self, address: str) -> str | None:
        """The slug of the episode whose page has this address; None when it is no episode's page of this show."""
        if not address.startswith(self.url):
            return None
        found = _EPISODE_PAGE.fullmatch(address.removeprefix(self.url))
        return found[1] if found else None


@dataclass(frozen=True, kw_only=True)
class Episode:
    """One episode: what its episode.md says, validated. `published` None is a draft."""

    slug: str
    file: Path  # the episode.md that says all this
    title: str
    guid: str
    published: datetime | None = None  # aware
    summary: str = ""
    notes: str = ""  # Markdown
    recording: Path | None = None  # where the recording should be; it may be absent
    season: int | None = None
    number: int | None = None
    kind: Literal["full", "trailer", "bonus"] = "full"
    explicit: bool | None = None  # None: as the show
    people: tuple[Person, ...] = ()
    places: tuple[Place, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    soundbites: tuple[Soundbite, ...] = ()
    language: str | None = None  # of what is said; None: as the show says
    speakers: tuple[str, ...] = ()  # who is heard, in the order in which they first speak
    withdrawn: datetime | None = None  # aware; since when it is out of the feed again

    def credits(self, show: Show) -> tuple[Person, ...]:
        """The show's people, then the episode's own: once each, as the episode describes them."""
        named = {(person.name, person.role, person.group): person for person in show.people + self.people}
        return tuple(named.values())

    def spoken(self, show: Show) -> str:
        """The language of what is said: a BCP 47 tag, or DETECT."""
        settings = show.transcription.language
        return self.language or (show.language if settings == "show" else settings)

    @property
    def folder(self) -> str:
        """The episode's folder in the public tree, and so the path of its page."""
        return f"e/{self.slug}/"

    @property
    def chapters_path(self) -> str:
        return self.folder + "chapters.json"

    def transcript_path(self, suffix: str) -> str:
        """The path of the transcript as `vtt`, `srt`, `json`, `txt` or `html`."""
        return f"{self.folder}transcript.{suffix}"


@dataclass(frozen=True, kw_only=True)
class MadeFrom:
    """What a published audio file was made from, by name, so that a change can be named."""

    recording: str  # sha256 of the producer's file
    mastering: Mastering
    version: int  # of the mastering code


@dataclass(frozen=True, kw_only=True)
class Audio:
    """The facts of a published audio file, as audio.json keeps them."""

    name: str  # <slug>-<sha256[:12]>.mp3
    bytes: int
    seconds: float
    sha256: str
    loudness: float  # LUFS, measured on the encoded file
    true_peak: float  # dBTP, measured on the encoded file
    made_from: MadeFrom
    type: str = "audio/mpeg"

    @property
    def path(self) -> str:
        return f"media/{self.name}"

    @staticmethod
    def name_for(slug: str, sha256: str) -> str:
        """The name of published audio: it carries the content's hash, so it never changes its bytes."""
        return f"{slug}-{short(sha256)}.mp3"


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


@dataclass(frozen=True, kw_only=True)
class Release:
    """An episode with all that is needed to show it to listeners."""

    episode: Episode
    published: datetime
    audio: Audio
    transcript: Transcript
    edited: bool  # a person has changed the transcript since a machine wrote it
    notes_html: str  # sanitised
    machine: bool = True  # a machine wrote the transcript first
    approval: Approval | None = None  # of this very transcript and sound
    waiver: Waiver | None = None  # of this very transcript
    words: tuple[tuple[Word, ...], ...] = ()  # those of each cue of the transcript, with their times


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """An episode that the published feed has and this clone does not show: another clone has published it.

    It stays in the feed, as it is there, until somebody unpublishes it.
    """

    guid: str
    title: str
    published: datetime  # aware
    page: str  # the address of its page; "" when the feed names none
    summary: str  # plain text
    seconds: float | None
    item: bytes  # its whole `<item>`, as XML that stands alone
    season: int | None = None
    number: int | None = None
    kind: Literal["full", "trailer", "bonus"] = "full"
    people: tuple[Person, ...] = ()
    unchecked: bool = False  # a machine wrote its transcript, and nobody answers for it


@dataclass(frozen=True, kw_only=True)
class Publication:
    """A show and its releases, newest first: what feed and pages are rendered from."""

    show: Show
    releases: tuple[Release, ...] = ()
    others: tuple[Elsewhere, ...] = ()  # newest first
    withdrawn: tuple[Episode, ...] = ()  # that listeners had once

    @property
    def changed(self) -> datetime | None:
        """The newest date of the content: never the clock, so that equal content has equal bytes."""
        dates = [release.published for release in self.releases]
        return max(dates + [other.published for other in self.others], default=None)
