"""What may stand in placecast.toml and episode.md, and the cure for each fact that is wrong.

The description of a field is the cure that a producer reads. Translating to the project's own
dataclasses is `facts.py`'s work.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from placecast import addresses
from placecast.categories import is_category, written
from placecast.chapters.titles import LIMIT, one_line
from placecast.model import SLUG
from placecast.project.directories import DirectoriesFacts
from placecast.project.distribution_schema import DistributionFacts
from placecast.project.handles import BLUESKY, HASHTAGS, MASTODON, Bluesky, Hashtag, Mastodon
from placecast.project.listing_schema import (
    BlockFacts,
    ChatFacts,
    Conversation,
    Display,
    EpisodeTextFacts,
    FundingFacts,
    License,
    Line,
    LinkFacts,
    PictureFacts,
    RemoteShowFacts,
    ScheduleFacts,
    SeasonNames,
    TextFacts,
)
from placecast.project.look_schema import LookFacts
from placecast.project.shapes import Facts, FilePath, Text, Uuid, WebAddress, aware, shaped
from placecast.timecode import parse_clock

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2}|-[0-9]{3})?")
_SPOKEN = re.compile(rf"show|detect|{_LANGUAGE.pattern}")
_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+")
_COUNTRY = re.compile(r"[A-Z]{2}")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_LONGEST = 360_000  # seconds: a hundred hours


def _zone(name: Any) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, TypeError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone that is known here") from error


def _category(names: Any) -> tuple[str, ...]:
    path = tuple(part.strip() for part in str(names).split(">"))
    if not is_category(path):
        raise ValueError(f"{names!r} is not in Apple's list of categories")
    return path


def _seconds(value: Any) -> float:
    if isinstance(value, str):
        return parse_clock(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _LONGEST:
        return float(value)
    raise ValueError(f"{value!r} is not a time in the recording")


def _by_name(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


Category = Annotated[tuple[str, ...], BeforeValidator(_category), WithJsonSchema({"enum": list(written())})]
Language = Annotated[str, shaped(_LANGUAGE, "a language tag")]
Slug = Annotated[str, shaped(SLUG, "an episode's name")]
Email = Annotated[str, shaped(_EMAIL, "an e-mail address")]
Seconds = Annotated[float, BeforeValidator(_seconds)]
Number = Annotated[int, Field(ge=1)]
Geo = Annotated[str, shaped(addresses.GEO, "a geo address")]
Osm = Annotated[str, shaped(addresses.OSM, "an OpenStreetMap object")]
Country = Annotated[str, shaped(_COUNTRY, "a country code")]
Doi = Annotated[str, shaped(addresses.DOI, "a DOI")]


ORGANISATION = 'Write organisation = "Small Places Trust", which the report for funders counts.'
Organisation = Annotated[str, Field(max_length=128), AfterValidator(str.strip)]


class PersonFacts(Facts):
    name: Annotated[
        str, Field(min_length=1, max_length=128, description='Write name = "Full Name", of 128 letters at most.')
    ]
    role: str = Field(
        "guest", description='Write role = "host", "guest", "producer" or another role of the Podcast Taxonomy.'
    )
    group: str = Field("cast", description='Write group = "cast", or another group of the Podcast Taxonomy.')
    url: WebAddress | None = Field(None, description='Write url = "https://…", the person\'s own page.')
    image: WebAddress | None = Field(None, description='Write image = "https://…", the address of a picture.')
    family: Line | None = Field(None, description='Write family = "García Márquez": what references begin with.')
    bluesky: Bluesky | None = Field(None, description=BLUESKY)
    mastodon: Mastodon | None = Field(None, description=MASTODON)
    organisation: Organisation = Field("", description=ORGANISATION)


class PlaceFacts(Facts):
    name: Annotated[
        str, Field(min_length=1, max_length=128, description='Write name = "Grimsby", of 128 letters at most.')
    ]
    rel: Literal["subject", "creator"] = Field(
        "subject", description='Write rel = "subject" for what the episode is about, "creator" for where it was made.'
    )
    geo: Geo | None = Field(None, description='Write geo = "geo:53.5675,-0.0800": latitude, then longitude.')
    osm: Osm | None = Field(
        None, description='Write osm = "R113314": N, W or R and the number that OpenStreetMap shows.'
    )
    country: Country | None = Field(
        None, description='Write country = "GB": two capital letters of ISO 3166 (GB, not UK).'
    )


class ChapterPlaceFacts(Facts):
    name: Annotated[
        str, Field(min_length=1, max_length=128, description='Write name = "Grimsby", of 128 letters at most.')
    ]
    geo: Geo | None = Field(None, description='Write geo = "geo:53.5675,-0.0800": latitude, then longitude.')
    osm: Osm | None = Field(
        None, description='Write osm = "R113314": N, W or R and the number that OpenStreetMap shows.'
    )


class ChapterFacts(Facts):
    start: Seconds = Field(description='Write start = "12:34" (minutes:seconds) or start = 754 (seconds).')
    title: Annotated[str, Field(max_length=LIMIT), AfterValidator(one_line)] = Field(
        "", description='Write title = "What this part is about", of 255 letters at most. Only a hidden one needs none.'
    )
    url: WebAddress | None = Field(None, description='Write url = "https://…".')
    image: Text | None = Field(
        None, description='Write image = "bridge.jpg", a JPEG or PNG beside episode.md, or image = "https://…".'
    )
    end: Seconds | None = Field(
        None, description='Write end = "13:20", after its start, or leave it out: it ends where the next one starts.'
    )
    location: Annotated[ChapterPlaceFacts | None, BeforeValidator(_by_name)] = Field(
        None,
        description='Write location = "Grimsby", if names.toml, the show or the episode has its geo; or location = { name = "Grimsby", geo = "geo:53.5675,-0.0800" }.',
    )
    hidden: bool = Field(
        False, description="Write hidden = true to keep it out of lists: its picture and link are shown all the same."
    )


class SoundbiteFacts(Facts):
    start: Seconds = Field(description='Write start = "12:34" (minutes:seconds) or start = 754 (seconds).')
    duration: Annotated[
        Seconds, Field(gt=0, description="Write duration = 30, in seconds; 15 to 120 is what apps show.")
    ]
    title: Annotated[str, Field(max_length=128, description='Write title = "…", of 128 letters at most.')] = ""


class OwnerFacts(Facts):
    name: Text = Field(description='Write name = "…" under [owner]: who answers for the show.')
    email: Email = Field(description='Write email = "podcast@example.org" under [owner]: directories write to it.')


class MasteringFacts(Facts):
    loudness: float = Field(
        -16.0, ge=-31, le=-9, strict=False, description="Write loudness = -16, in LUFS, from -31 to -9."
    )
    true_peak: float = Field(
        -1.0, ge=-9, le=0, strict=False, description="Write true_peak = -1, in dBTP, from -9 to 0."
    )
    mono_kbps: Literal[64, 80, 96, 112, 128] = Field(96, description="Write mono_kbps = 96 (64, 80, 96, 112 or 128).")
    stereo_kbps: Literal[96, 112, 128, 160, 192, 256] = Field(
        128, description="Write stereo_kbps = 128 (96, 112, 128, 160, 192 or 256)."
    )
    opus_kbps: Literal[0, 24, 28, 32] = Field(
        0, description="Write opus_kbps = 24 (24, 28 or 32) for a small second file of each new episode, or 0 for none."
    )
    level_speakers: bool = Field(
        False, description="Write level_speakers = true to bring quiet and loud speakers closer to each other."
    )
    trim_silence: bool = Field(
        False,
        description="Write trim_silence = true to take silence off both ends; times in the notes are then those of the published sound.",
    )


class TranscriptionFacts(Facts):
    engine: Literal["whisper", "whisper-sequential", "faster-whisper"] = Field(
        "whisper",
        description='Write engine = "whisper", "faster-whisper" (smaller to install), or "whisper-sequential" (OpenAI\'s own loop, slow: to compare with).',
    )
    model: Text = Field(
        "auto",
        description='Write model = "base", or another of the models that `placecast models` lists; "auto" takes the one that suits the machine.',
    )
    weights: FilePath | None = Field(None, description='Write weights = "path/to/base.pt", or leave it out.')
    fast: bool = Field(
        False,
        description="Write fast = true for eight-bit arithmetic: a quarter less time, about one word in 200 more is wrong or left out.",
    )
    language: Annotated[str, shaped(_SPOKEN, "a language tag")] = Field(
        "show",
        description='Write language = "detect" to have it heard, or a language such as "cy"; left out: the show\'s own.',
    )
    review: Literal["encouraged", "required"] = Field(
        "encouraged",
        description='Write review = "required" to keep an episode back until a person has approved its transcript.',
    )


class TargetFacts(Facts):
    folder: FilePath | None = Field(None, description='Write folder = "public": the folder that your web server shows.')
    bucket: Annotated[str, shaped(_BUCKET, "a bucket's name")] | None = Field(
        None, description='Write bucket = "my-bucket": 3 to 63 small letters, digits and dashes.'
    )
    prefix: str = Field("", description='Write prefix = "podcast", the folder inside the bucket, or leave it out.')
    endpoint: WebAddress | None = Field(
        None, description='Write endpoint = "https://…", for storage that is not Amazon\'s.'
    )
    region: Text | None = Field(None, description='Write region = "eu-west-2", or leave it out.')
    index_pages: bool | None = Field(
        None,
        description="Write index_pages = true if your server or CDN answers a folder's address, such as /e/trust/, with the index.html in it. Left out: true for a folder, false for a bucket, whose links then end with index.html.",
    )
    verify: bool | None = Field(
        None,
        description="Write verify = false to send the feed without asking first, through the public address, whether what it names is there. Left out: true for a bucket, false for a folder.",
    )


class ShowFacts(Facts):
    title: Annotated[str, Field(min_length=1, max_length=255, description='Write title = "The name of the show".')]
    description: Text = Field(description='Write description = "What the show is about", of 4,000 letters at most.')
    url: WebAddress = Field(
        description='Write url = "https://podcast.example.org/": where listeners find feed.xml and the pages.'
    )
    guid: Uuid = Field(
        description="`placecast init` mints it once. It must never change afterwards: apps know the show by it."
    )
    author: Text = Field(description='Write author = "Who makes the show".')
    owner: OwnerFacts = Field(description="Write a table [owner] with name and email.")
    categories: tuple[Category, ...] = Field(
        min_length=1,
        strict=False,
        description='Write categories = ["Government"], or "Science > Social Sciences" for a narrower one.',
    )
    cover: FilePath = Field(description='Write cover = "cover.jpg": a square JPEG or PNG of 1400 to 3000 pixels.')
    language: Language = Field("en-GB", description='Write language = "en-GB": a language, and a country if you like.')
    time_zone: Annotated[ZoneInfo, BeforeValidator(_zone, json_schema_input_type=str)] = Field(
        default_factory=lambda: ZoneInfo("Europe/London"), description='Write time_zone = "Europe/London".'
    )
    explicit: bool = Field(False, description="Write explicit = true or explicit = false, without quotes.")
    type: Literal["episodic", "serial"] = Field(
        "episodic", description='Write type = "episodic", or "serial" for a story in order.'
    )
    copyright: Annotated[
        str,
        Field(max_length=255, description='Write copyright = "Our University": who owns the rights, without a year.'),
    ] = ""
    license_url: WebAddress | None = Field(
        None, description='Write license_url = "https://…", the text of the licence. One of your own needs it.'
    )
    license: License = Field(
        "", description='Write license = "cc-by-4.0", or the name of your own with its address as license_url.'
    )
    locked: bool = Field(True, description="Write locked = true: other hosts may not import the feed without asking.")
    contact_url: WebAddress | None = Field(
        None, description='Write contact_url = "https://…", a page with a contact form.'
    )
    people: tuple[PersonFacts, ...] = Field((), strict=False, description="Write one table [[people]] for each person.")
    places: tuple[PlaceFacts, ...] = Field((), strict=False, description="Write one table [[places]] for each place.")
    cover_alt: Line | None = Field(None, description='Write cover_alt = "What is to be seen on the cover".')
    images: tuple[PictureFacts, ...] = Field(
        (), strict=False, description="Write one table [[images]] for each picture of another shape than the cover's."
    )
    seasons: SeasonNames = Field(
        default_factory=dict, description='Write a table [seasons] with 1 = "The name of the first season".'
    )
    schedule: ScheduleFacts | None = Field(None, description="Write a table [schedule]: when new episodes come.")
    complete: bool = Field(False, description="Write complete = true when there will never be another episode.")
    new_feed_url: WebAddress | None = Field(
        None,
        description='Write new_feed_url = "https://…/feed.xml" after a move: subscribers go there. At the new place it is the address of this very feed.',
    )
    funding: tuple[FundingFacts, ...] = Field(
        (), strict=False, description="Write one table [[funding]] for each way to give money."
    )
    podroll: tuple[RemoteShowFacts, ...] = Field(
        (), strict=False, description="Write one table [[podroll]] for each show that you recommend."
    )
    publisher: RemoteShowFacts | None = Field(
        None, description="Write a table [publisher], if you have a feed that lists all your shows."
    )
    texts: tuple[TextFacts, ...] = Field(
        (), strict=False, description="Write one table [[texts]] for each code that a service asks for in the feed."
    )
    block: BlockFacts | None = Field(None, description="Write a table [block] to keep the show out of directories.")
    hashtags: tuple[Hashtag, ...] = Field((), strict=False, description=HASHTAGS)
    comments: Conversation = Field(
        (), description='Write one table [[comments]] for each post, or one with protocol = "disabled" alone.'
    )
    chat: ChatFacts | None = Field(None, description="Write a table [chat]: where listeners talk at any time.")
    mastering: MasteringFacts = Field(MasteringFacts(), description="Write a table [mastering].")
    transcription: TranscriptionFacts = Field(TranscriptionFacts(), description="Write a table [transcription].")
    distribution: DistributionFacts = Field(DistributionFacts(), description="Write a table [distribution].")
    directories: DirectoriesFacts = Field(
        DirectoriesFacts(),
        description="Write a table [directories] with the addresses of the show's pages in podcast apps.",
    )
    look: LookFacts = Field(LookFacts(), description="Write a table [look] with the show's colours.")
    target: TargetFacts = Field(description='Write a table [target] with folder = "public", or with bucket = "…".')


class EpisodeFacts(Facts):
    title: Annotated[str, Field(min_length=1, max_length=255, description='Write title = "The name of the episode".')]
    guid: Annotated[str, Field(min_length=1, max_length=2000)] = Field(
        description="`placecast new` mints it once. It must never change: apps would download the episode again."
    )
    published: Annotated[datetime, BeforeValidator(aware)] | None = Field(
        None, description="Write published = 2026-05-01T06:00:00+01:00, or without the offset for the show's own clock."
    )
    withdrawn: Annotated[datetime, BeforeValidator(aware)] | None = Field(
        None, description="`placecast unpublish` writes it. Take the line out to publish the episode again."
    )
    formerly: tuple[Slug, ...] = Field(
        (),
        strict=False,
        description="`placecast rename` writes it: the names that it had, whose addresses still answer.",
    )
    summary: Annotated[str, Field(max_length=4000, description='Write summary = "One or two sentences".')] = ""
    recording: FilePath | None = Field(
        None, description='Write recording = "the-file.wav", next to this file, or a path to it.'
    )
    season: Number | None = Field(None, description="Write season = 1, or leave it out.")
    number: Number | None = Field(None, description="Write number = 1, or leave it out.")
    kind: Literal["full", "trailer", "bonus"] = Field("full", description='Write kind = "full", "trailer" or "bonus".')
    display: Display | None = Field(
        None, description='Write display = "Ch. 3", of 32 letters at most: what apps show in place of the number.'
    )
    image: FilePath | None = Field(
        None, description='Write image = "art.jpg", next to this file: a square JPEG or PNG of 1400 to 3000 pixels.'
    )
    image_alt: Line | None = Field(None, description='Write image_alt = "What is to be seen on it".')
    license_url: WebAddress | None = Field(
        None, description='Write license_url = "https://…", the text of the licence. One of your own needs it.'
    )
    license: License = Field("", description='Write license = "cc-by-4.0", if it is another than the show\'s.')
    doi: Doi | None = Field(
        None, description='Write doi = "10.5281/zenodo.1234567", without https. `placecast deposit` writes it.'
    )
    block: bool = Field(False, description="Write block = true to keep this episode out of Apple Podcasts.")
    explicit: bool | None = Field(None, description="Write explicit = true or explicit = false, without quotes.")
    speakers: tuple[Text, ...] = Field(
        (),
        strict=False,
        description='Write speakers = ["Rosa Hartley", "Daniel Marsh"], in the order in which they first speak: the transcript is then labelled by voice.',
    )
    language: Annotated[str, shaped(_SPOKEN, "a language tag")] | None = Field(
        None, description='Write language = "cy" if this episode is in another language than the show, or "detect".'
    )
    people: tuple[PersonFacts, ...] = Field((), strict=False, description="Write one table [[people]] for each person.")
    places: tuple[PlaceFacts, ...] = Field((), strict=False, description="Write one table [[places]] for each place.")
    chapters: tuple[ChapterFacts, ...] = Field(
        (), strict=False, description="Write one table [[chapters]] for each chapter."
    )
    waypoints: bool = Field(
        False, description="Write waypoints = true if the chapters' places are stops on one route, as on a walk."
    )
    soundbites: tuple[SoundbiteFacts, ...] = Field(
        (), strict=False, description="Write one table [[soundbites]] for each."
    )
    links: tuple[LinkFacts, ...] = Field(
        (), strict=False, description="Write one table [[links]] for each place where the same content is."
    )
    hashtags: tuple[Hashtag, ...] = Field((), strict=False, description=HASHTAGS)
    comments: Conversation = Field(
        (), description='Write one table [[comments]] for each post, or one with protocol = "disabled" alone.'
    )
    texts: tuple[EpisodeTextFacts, ...] = Field(
        (), strict=False, description="Write one table [[texts]] for each code that a service asks for in the feed."
    )
