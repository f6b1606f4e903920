"""What may stand in placecast.toml, names.toml and episode.md, and the cure for each fact that is wrong.

The description of a field is the cure that a producer reads. Translating to the project's own
dataclasses is `facts.py`'s work.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

from placecast import addresses
from placecast.categories import is_category
from placecast.chapters.titles import LIMIT, one_line
from placecast.timecode import parse_clock

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2}|-[0-9]{3})?")
_SPOKEN = re.compile(rf"show|detect|{_LANGUAGE.pattern}")
_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_HUB = re.compile(r"https?://[^\s/?#@]+(?:[/?][^\s#]*)?")
_CLOUDFRONT = re.compile(r"[A-Z0-9]{8,32}")
_CLOUDFLARE = re.compile(r"[0-9a-f]{32}")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_LONGEST = 360_000  # seconds: a hundred hours
_NAME = 255  # bytes: more, no file system takes as a name


def _shaped(pattern: re.Pattern[str], what: str) -> AfterValidator:
    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise ValueError(f"{value!r} is not {what}")
        return value

    return AfterValidator(check)


def _id(pattern: re.Pattern[str], what: str) -> AfterValidator:
    """As `_shaped`, for what people may mistake for a key: a wrong value is not said again."""

    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise ValueError(f"it is not {what}")
        return value

    return AfterValidator(check)


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


def _aware(value: Any, info: ValidationInfo) -> datetime:
    """A moment, in the show's zone where the file names none. A wall clock that did not exist, or twice, is refused."""
    if not isinstance(value, datetime):
        kind = "a date without a time" if isinstance(value, date) else "not a date and time"
        raise ValueError(f"{value} is {kind}")
    if value.year in (1, 9999):  # in another time zone it would be in a year that Python does not have
        raise ValueError(f"{value} is no date that a podcast can have")
    if value.tzinfo is not None:
        return value
    zone: ZoneInfo = info.context["zone"] if info.context else ZoneInfo("UTC")
    first, second = (value.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        exists = (first.astimezone(ZoneInfo("UTC")).astimezone(zone)).replace(tzinfo=None) == value
        fault = "happens twice" if exists else "does not exist"
        raise ValueError(
            f"{value} {fault} in {zone.key}, because the clocks change then: add the offset, such as +01:00"
        )
    return first


def _sayable(text: str) -> str:
    if not any(char.isalnum() for char in text):
        raise ValueError(f"{text!r} has no letters")
    return " ".join(text.split())


def _by_name(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


def _word(text: str) -> str:
    if "\0" in text:
        raise ValueError(f"{text!r} is no word of a command")
    return text


def _path(text: str) -> str:
    if "\0" in text or any(len(part.encode()) > _NAME for part in text.split("/")):
        raise ValueError(f"{text[:60]!r} cannot be the name of a file")
    return text


Text = Annotated[str, Field(min_length=1, max_length=4000), AfterValidator(str.strip)]
FilePath = Annotated[str, Field(min_length=1, max_length=4000), AfterValidator(str.strip), AfterValidator(_path)]
Spelling = Annotated[str, Field(max_length=128), AfterValidator(_sayable)]
Language = Annotated[str, _shaped(_LANGUAGE, "a language tag")]
Email = Annotated[str, _shaped(_EMAIL, "an e-mail address")]
WebAddress = Annotated[str, _shaped(addresses.WEB, "a web address")]
Uuid = Annotated[str, _shaped(_UUID, "a UUID in small letters")]
Seconds = Annotated[float, BeforeValidator(_seconds)]
Number = Annotated[int, Field(ge=1)]
Geo = Annotated[str, _shaped(addresses.GEO, "a geo address")]
Osm = Annotated[str, _shaped(addresses.OSM, "an OpenStreetMap object")]
Country = Annotated[str, _shaped(_COUNTRY, "a country code")]


class Facts(BaseModel):
    """No unknown keys: a misspelt key that is silently ignored is a fact that is lost."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True)


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


class NameFacts(Facts):
    name: Spelling = Field(description='Write name = "Siân Llewellyn", as it must be written, of 128 letters at most.')
    aliases: tuple[Spelling, ...] = Field(
        (), strict=False, description='Write aliases = ["Siân"]: other right names, which are kept as they are said.'
    )
    spoken: tuple[Spelling, ...] = Field(
        (), strict=False, description='Write spoken = ["Sharn Loo-ellin"]: how it sounds, where the spelling misleads.'
    )
    wrong: tuple[Spelling, ...] = Field(
        (), strict=False, description='Write wrong = ["Sean Llewellyn"]: known mistakes, which are always corrected.'
    )


class KnownPersonFacts(NameFacts):
    role: str | None = Field(
        None, description='Write role = "host", "guest", "producer" or another role of the Podcast Taxonomy.'
    )
    group: str | None = Field(None, description='Write group = "cast", or another group of the Podcast Taxonomy.')
    url: WebAddress | None = Field(None, description='Write url = "https://…", the person\'s own page.')
    image: WebAddress | None = Field(None, description='Write image = "https://…", the address of a picture.')


class KnownPlaceFacts(NameFacts):
    rel: Literal["subject", "creator"] | None = Field(
        None, description='Write rel = "subject" for what episodes are about, "creator" for where they are made.'
    )
    geo: Geo | None = Field(None, description='Write geo = "geo:53.5675,-0.0800": latitude, then longitude.')
    osm: Osm | None = Field(
        None, description='Write osm = "R113314": N, W or R and the number that OpenStreetMap shows.'
    )
    country: Country | None = Field(
        None, description='Write country = "GB": two capital letters of ISO 3166 (GB, not UK).'
    )


class NamesFacts(Facts):
    people: tuple[KnownPersonFacts, ...] = Field(
        (), strict=False, description="Write one table [[people]] for each person."
    )
    places: tuple[KnownPlaceFacts, ...] = Field(
        (), strict=False, description="Write one table [[places]] for each place."
    )
    terms: tuple[NameFacts, ...] = Field(
        (), strict=False, description="Write one table [[terms]] for each other name, such as that of a body."
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
    language: Annotated[str, _shaped(_SPOKEN, "a language tag")] = Field(
        "show",
        description='Write language = "detect" to have it heard, or a language such as "cy"; left out: the show\'s own.',
    )
    review: Literal["encouraged", "required"] = Field(
        "encouraged",
        description='Write review = "required" to keep an episode back until a person has approved its transcript.',
    )


class TargetFacts(Facts):
    folder: FilePath | None = Field(None, description='Write folder = "public": the folder that your web server shows.')
    bucket: Annotated[str, _shaped(_BUCKET, "a bucket's name")] | None = Field(
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


class DistributionFacts(Facts):
    hubs: tuple[Annotated[str, _shaped(_HUB, "the web address of a hub")], ...] = Field(
        (),
        strict=False,
        description='Write hubs = ["https://pubsubhubbub.appspot.com/"]: WebSub hubs, which the feed names and which are told when it changes.',
    )
    cloudfront: Annotated[str, _id(_CLOUDFRONT, "the id of a distribution")] | None = Field(
        None,
        description='Write cloudfront = "E2EXAMPLE123", the distribution\'s id: it is made to forget what has changed. The key comes from where boto3 finds it.',
    )
    cloudflare: Annotated[str, _id(_CLOUDFLARE, "the id of a zone")] | None = Field(
        None,
        description='Write cloudflare = "023e105f4ecef8ad9ca31a8372d0c353", the zone\'s id of 32 digits and letters a to f: it is made to forget what has changed. The token comes from CLOUDFLARE_API_TOKEN.',
    )
    command: tuple[Annotated[str, Field(min_length=1), AfterValidator(_word)], ...] = Field(
        (),
        strict=False,
        description='Write command = ["./purge.sh", "--now"], word by word: it is run in the show\'s folder and reads the changed addresses, one a line.',
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
    categories: tuple[Annotated[tuple[str, ...], BeforeValidator(_category)], ...] = Field(
        min_length=1,
        strict=False,
        description='Write categories = ["Government"], or "Science > Social Sciences" for a narrower one.',
    )
    cover: FilePath = Field(description='Write cover = "cover.jpg": a square JPEG or PNG of 1400 to 3000 pixels.')
    language: Language = Field("en-GB", description='Write language = "en-GB": a language, and a country if you like.')
    time_zone: Annotated[ZoneInfo, BeforeValidator(_zone)] = Field(
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
    license: Annotated[str, Field(max_length=128, description='Write license = "cc-by-4.0".')] = ""
    locked: bool = Field(True, description="Write locked = true: other hosts may not import the feed without asking.")
    contact_url: WebAddress | None = Field(
        None, description='Write contact_url = "https://…", a page with a contact form.'
    )
    people: tuple[PersonFacts, ...] = Field((), strict=False, description="Write one table [[people]] for each person.")
    places: tuple[PlaceFacts, ...] = Field((), strict=False, description="Write one table [[places]] for each place.")
    mastering: MasteringFacts = Field(MasteringFacts(), description="Write a table [mastering].")
    transcription: TranscriptionFacts = Field(TranscriptionFacts(), description="Write a table [transcription].")
    distribution: DistributionFacts = Field(DistributionFacts(), description="Write a table [distribution].")
    target: TargetFacts = Field(description='Write a table [target] with folder = "public", or with bucket = "…".')


class EpisodeFacts(Facts):
    title: Annotated[str, Field(min_length=1, max_length=255, description='Write title = "The name of the episode".')]
    guid: Annotated[str, Field(min_length=1, max_length=2000)] = Field(
        description="`placecast new` mints it once. It must never change: apps would download the episode again."
    )
    published: Annotated[datetime, BeforeValidator(_aware)] | None = Field(
        None, description="Write published = 2026-05-01T06:00:00+01:00, or without the offset for the show's own clock."
    )
    withdrawn: Annotated[datetime, BeforeValidator(_aware)] | None = Field(
        None, description="`placecast unpublish` writes it. Take the line out to publish the episode again."
    )
    summary: Annotated[str, Field(max_length=4000, description='Write summary = "One or two sentences".')] = ""
    recording: FilePath | None = Field(
        None, description='Write recording = "the-file.wav", next to this file, or a path to it.'
    )
    season: Number | None = Field(None, description="Write season = 1, or leave it out.")
    number: Number | None = Field(None, description="Write number = 1, or leave it out.")
    kind: Literal["full", "trailer", "bonus"] = Field("full", description='Write kind = "full", "trailer" or "bonus".')
    explicit: bool | None = Field(None, description="Write explicit = true or explicit = false, without quotes.")
    speakers: tuple[Text, ...] = Field(
        (),
        strict=False,
        description='Write speakers = ["Rosa Hartley", "Daniel Marsh"], in the order in which they first speak: the transcript is then labelled by voice.',
    )
    language: Annotated[str, _shaped(_SPOKEN, "a language tag")] | None = Field(
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
