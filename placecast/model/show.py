"""The facts of a show and of its episodes: what people have written down, validated."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from placecast.model.correction import Correction
from placecast.model.listing import Block, Chat, Comments, Image, Link, Note, RemoteShow, Schedule, Season

DETECT = "detect"
"""In place of a language: that of the speech, as the engine hears it."""

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
"""What an episode's folder may be called: on every system, and in an address."""

_EPISODE_PAGE = re.compile(rf"e/({SLUG.pattern})/(?:index\.html)?", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Person:
    """Someone who is heard or credited. Role and group: the Podcast Taxonomy's words."""

    name: str
    role: str = "guest"
    group: str = "cast"
    url: str | None = None
    image: str | None = None
    family: str | None = None  # the part of the name that references begin with; None: as is usual in Europe
    bluesky: str | None = None  # "rosa.bsky.social"
    mastodon: str | None = None  # "rosa@social.example"
    organisation: str = ""  # for which they speak


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
    """Where a part of the episode starts, and what it is called.

    A hidden one is in no list: it brings a picture, a link or a place at that moment, and need not have a title.
    """

    seconds: float
    title: str
    url: str | None = None
    image: Image | str | None = None  # a picture of ours, or the address of another
    end: float | None = None  # seconds; None: until the next one starts
    place: Place | None = None
    hidden: bool = False


@dataclass(frozen=True, kw_only=True)
class Soundbite:
    """A stretch of the episode that stands for it in a preview."""

    seconds: float
    duration: float
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class Mastering:
    """What the published sound must measure: LUFS (ITU-R BS.1770), dBTP, kilobits a second.

    `level_speakers`: bring quiet and loud speakers closer. `trim_silence`: take it off both ends; all times of the
    episode are then those of the published sound.
    """

    loudness: float = -16.0
    true_peak: float = -1.0
    mono_kbps: int = 96
    stereo_kbps: int = 128
    opus_kbps: int = 0  # of a small second file, where it is mono; 0 for none
    level_speakers: bool = False
    trim_silence: bool = False


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
class Directories:
    """Where listeners find the show in apps and directories that have a page for it; "" where they have none."""

    apple: str = ""
    spotify: str = ""
    youtube_music: str = ""
    pocket_casts: str = ""
    overcast: str = ""
    antennapod: str = ""


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a show's pages look like where it is not placecast's own way. `accent` "": the style's own colours."""

    accent: str = ""  # of links and buttons, by day: #0b5a50
    accent_dark: str = ""  # and at night
    templates: tuple[tuple[str, str], ...] = ()  # names in the folder `templates`, and what is in them


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
    license_url: str | None = None
    locked: bool = True
    contact_url: str | None = None  # for the accessibility statement; the owner's e-mail otherwise
    people: tuple[Person, ...] = ()
    places: tuple[Place, ...] = ()
    names: Names = Names()
    mastering: Mastering = Mastering()
    transcription: Transcription = Transcription()
    distribution: Distribution = Distribution()
    directories: Directories = Directories()
    look: Look = Look()
    images: tuple[Image, ...] = ()  # in other shapes than the cover's
    seasons: tuple[Season, ...] = ()
    schedule: Schedule | None = None
    complete: bool = False  # no more episodes are to come
    new_feed_url: str | None = None  # where subscribers go from now on
    funding: tuple[Link, ...] = ()
    podroll: tuple[RemoteShow, ...] = ()  # shows that this one recommends
    publisher: RemoteShow | None = None
    texts: tuple[Note, ...] = ()
    block: Block | None = None
    hashtags: tuple[str, ...] = ()  # without their signs
    comments: tuple[Comments, ...] = ()  # the first is the one to show
    chat: Chat | None = None
    index: str = ""  # what a link to a page's folder ends with: "index.html" where the server does not add it itself

    @property
    def feed_url(self) -> str:
        return self.at("feed.xml")

    @property
    def pictures(self) -> tuple[Image, ...]:
        """The pictures of ours that the show itself has."""
        return (self.cover, *self.images)

    def at(self, path: str) -> str:
        """The public address of a path in the public tree."""
        return self.url + path

    def page(self, folder: str) -> str:
        """The public address of the page in a folder of the public tree; "" is the home page."""
        return self.at(folder + self.index)

    def season_name(self, number: int | None) -> str | None:
        """What the season of this number is called, if it has a name."""
        return next((season.name for season in self.seasons if season.number == number), None)

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
    waypoints: bool = False  # the chapters' places are stops on one route
    soundbites: tuple[Soundbite, ...] = ()
    language: str | None = None  # of what is said; None: as the show says
    speakers: tuple[str, ...] = ()  # who is heard, in the order in which they first speak
    withdrawn: datetime | None = None  # aware; since when it is out of the feed again
    formerly: tuple[str, ...] = ()  # the slugs that it had while listeners could have it
    image: Image | None = None  # its own, in place of the show's cover
    display: str | None = None  # what apps show in place of its number
    license: str = ""  # "": as the show
    license_url: str | None = None
    block: bool = False  # kept out of Apple Podcasts
    links: tuple[Link, ...] = ()  # to the same content elsewhere
    hashtags: tuple[str, ...] = ()  # without their signs
    comments: tuple[Comments, ...] = ()  # the first is the one to show
    texts: tuple[Note, ...] = ()
    corrections: tuple[Correction, ...] = ()  # oldest first
    doi: str | None = None

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
    def former_folders(self) -> tuple[str, ...]:
        """Where it was before it was renamed: those addresses go on answering."""
        return tuple(f"e/{slug}/" for slug in self.formerly)

    def cover(self, show: Show) -> Image:
        """Its own picture, or the show's."""
        return self.image or show.cover

    def terms(self, show: Show) -> tuple[str, str | None]:
        """The name of its licence, and the address of the licence's text."""
        return (self.license, self.license_url) if self.license else (show.license, show.license_url)

    @property
    def listed_chapters(self) -> tuple[Chapter, ...]:
        """The chapters that listeners see in a list."""
        return tuple(chapter for chapter in self.chapters if not chapter.hidden)

    @property
    def pictures(self) -> tuple[Image, ...]:
        """The pictures of ours that the episode shows, once each."""
        shown = (self.image, *(each.image for each in self.chapters))
        return tuple(dict.fromkeys(each for each in shown if isinstance(each, Image)))

    @property
    def chapters_path(self) -> str:
        return self.folder + "chapters.json"

    def transcript_path(self, suffix: str) -> str:
        """The path of the transcript as `vtt`, `srt`, `json`, `txt` or `html`."""
        return f"{self.folder}transcript.{suffix}"

    def transcript_paths(self, suffix: str) -> tuple[str, ...]:
        """That path, and those that it had."""
        path = self.transcript_path(suffix)
        return (path, *(folder + path.removeprefix(self.folder) for folder in self.former_folders))
