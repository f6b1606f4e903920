"""Rules for the sound and the pictures that were built, by what is in the files and not by what was written of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from placecast.chapters import in_order
from placecast.checks.built import Picture, Sound
from placecast.checks.rules import FOLDER, NAMED, Complaint, Complaints, Rule, Subject
from placecast.model import Release

_CODECS = {"mp3": "audio/mpeg", "mp3float": "audio/mpeg", "aac": "audio/x-m4a"}
_RATE = 44_100
_TOLERANCE = 1.0  # seconds
_NEAR = 0.5  # seconds: players do not jump more exactly to a chapter
_FORMATS = {"JPEG": (".jpg", ".jpeg"), "PNG": (".png",)}
_SMALLEST, _LARGEST = 1400, 3000
_HEAVY = 512_000


def _of_sounds(test: Callable[[Release, Sound], Iterator[str]]) -> Complaints:
    """What a test says about the sound of each release, where its file is here and can be read."""

    def complaints(subject: Subject) -> Iterator[Complaint]:
        for release in subject.publication.releases:
            path = release.audio.path
            if path in subject.files.sizes and not (sound := subject.files.sound(path)).fault:
                yield from (Complaint(FOLDER + path, what) for what in test(release, sound))

    return complaints


@dataclass(frozen=True, kw_only=True)
class _Art:
    path: str
    size: int
    picture: Picture


def _of_pictures(test: Callable[[_Art], Iterator[str]]) -> Complaints:
    """What a test says about each picture that the feed shows, where its file is here."""

    def complaints(subject: Subject) -> Iterator[Complaint]:
        for path in _pictures(subject):
            art = _Art(path=path, size=subject.files.sizes[path], picture=subject.files.picture(path))
            yield from (Complaint(FOLDER + path, what) for what in test(art))

    return complaints


def _pictures(subject: Subject) -> list[str]:
    shown = [] if subject.channel is None else subject.channel.iterfind(".//itunes:image", NAMED)
    paths = {subject.path(image.get("href", "")) for image in shown}
    return sorted(path for path in paths if path in subject.files.sizes)


def _unreadable(subject: Subject) -> Iterator[Complaint]:
    for path in (release.audio.path for release in subject.publication.releases):
        if path in subject.files.sizes and (fault := subject.files.sound(path).fault):
            yield Complaint(FOLDER + path, f"It is no sound that can be played: {fault}.")


def _codec(release: Release, sound: Sound) -> Iterator[str]:
    if _CODECS.get(sound.codec) != release.audio.type:
        yield f"The file holds {sound.codec}, and is offered as {release.audio.type}."


def _other_size(subject: Subject) -> Iterator[Complaint]:
    for audio in (release.audio for release in subject.publication.releases):
        size = subject.files.sizes.get(audio.path)
        if size is not None and size != audio.bytes:
            yield Complaint(FOLDER + audio.path, f"It has {size:,} bytes, audio.json says {audio.bytes:,}.")


def _other_length(release: Release, sound: Sound) -> Iterator[str]:
    if abs(sound.seconds - release.audio.seconds) > _TOLERANCE:
        yield f"It lasts {sound.seconds:.1f} seconds, the feed says {release.audio.seconds:.1f}."


def _rate(_: Release, sound: Sound) -> Iterator[str]:
    if sound.rate < _RATE:
        yield f"It has {sound.rate:,} samples a second."


def _channels(_: Release, sound: Sound) -> Iterator[str]:
    if sound.channels > 2:
        yield f"It has {sound.channels} channels."


def _unsteady(_: Release, sound: Sound) -> Iterator[str]:
    if not sound.steady:
        yield "Its bit rate varies."


def _untitled(_: Release, sound: Sound) -> Iterator[str]:
    if not sound.title:
        yield "Its tags name no title."


def _tagged(release: Release, sound: Sound) -> Iterator[str]:
    facts, tags = in_order(release.episode.chapters), in_order(sound.chapters)
    for one, other in zip_longest(facts, tags):
        if not (one and other) or one.title.strip() != other.title or abs(one.seconds - other.seconds) > _NEAR:
            yield f"Its tags have {len(tags)} chapters, episode.md has {len(facts)}, and they are not the same."
            return


def _no_picture(art: _Art) -> Iterator[str]:
    if art.picture.fault:
        yield f"It cannot be read as a picture: {art.picture.fault}."


def _format(art: _Art) -> Iterator[str]:
    if not art.picture.fault and not art.path.lower().endswith(_FORMATS.get(art.picture.format, ())):
        yield f"It is a {art.picture.format} picture, which its name does not say."


def _square(art: _Art) -> Iterator[str]:
    if art.picture.width != art.picture.height:
        yield f"It has {art.picture.width} by {art.picture.height} pixels."


def _pixels(art: _Art) -> Iterator[str]:
    if not art.picture.fault and not _SMALLEST <= art.picture.width <= _LARGEST:
        yield f"It is {art.picture.width} pixels wide."


def _colours(art: _Art) -> Iterator[str]:
    if not art.picture.fault and art.picture.colours not in {"RGB", "L", "P"}:
        yield f"Its colours are {art.picture.colours}."


def _heavy(art: _Art) -> Iterator[str]:
    if art.size > _HEAVY:
        yield f"It has {art.size:,} bytes."


_REDO = "Run: placecast publish SLUG --redo tag. Listeners' apps will download the episode again."
_REMAKE = "Delete the file and run: placecast publish"
_PICTURE = "Save it as a square JPEG or PNG of 3,000 by 3,000 pixels in RGB, and build again."

RULES = (
    Rule(
        code="audio.file",
        severity="required",
        broken=_unreadable,
        why="There is nothing to play (Apple, audio requirements).",
        cure=_REMAKE,
    ),
    Rule(
        code="audio.bytes",
        severity="required",
        broken=_other_size,
        why="Somebody has changed it after it was made; its name promises other bytes (RSS 2.0, enclosure).",
        cure=_REMAKE,
    ),
    Rule(
        code="audio.codec",
        severity="required",
        broken=_of_sounds(_codec),
        why="Apps choose by the type what they can play; Apple takes MP3 and AAC (Apple, audio requirements).",
        cure=_REMAKE,
    ),
    Rule(
        code="audio.length",
        severity="recommended",
        broken=_of_sounds(_other_length),
        why="Chapters, transcript and links to a moment lead elsewhere (PSP-1; podcast namespace, transcript).",
        cure=_REMAKE,
    ),
    Rule(
        code="audio.rate",
        severity="recommended",
        broken=_of_sounds(_rate),
        why="Apple asks for 44.1 kHz and more (Apple, audio requirements).",
        cure=_REMAKE,
    ),
    Rule(
        code="audio.channels",
        severity="recommended",
        broken=_of_sounds(_channels),
        why="Apps play mono and stereo (Apple, audio requirements).",
        cure=_REMAKE,
    ),
    Rule(
        code="audio.steady",
        severity="recommended",
        broken=_of_sounds(_unsteady),
        why="Players jump by bytes, and land up to half a minute off (Pocket Casts issue 744).",
        cure=_REMAKE,
    ),
    Rule(
        code="audio.title",
        severity="best",
        broken=_of_sounds(_untitled),
        key="TIT2",
        why="Cars and players without the feed show the file's name instead (ID3v2 chapters; "
        "Apple, audio requirements).",
        cure=_REDO,
    ),
    Rule(
        code="chapter.tags",
        severity="best",
        broken=_of_sounds(_tagged),
        key="CHAP",
        why="Castro and others read chapters in the sound only (ID3v2 chapters).",
        cure=_REDO,
    ),
    Rule(
        code="artwork.file",
        severity="required",
        broken=_of_pictures(_no_picture),
        why="Apple refuses a show without a cover that it can read (Apple, artwork requirements).",
        cure=_PICTURE,
    ),
    Rule(
        code="artwork.format",
        severity="required",
        broken=_of_pictures(_format),
        why="Apple takes JPEG and PNG under a name that says so (Apple, artwork requirements).",
        cure=_PICTURE,
    ),
    Rule(
        code="artwork.square",
        severity="required",
        broken=_of_pictures(_square),
        why="Apple refuses a cover that is not square (Apple, artwork requirements).",
        cure=_PICTURE,
    ),
    Rule(
        code="artwork.size",
        severity="required",
        broken=_of_pictures(_pixels),
        why="Apple wants 1,400 to 3,000 pixels (Apple, artwork requirements; PSP-1).",
        cure=_PICTURE,
    ),
    Rule(
        code="artwork.colours",
        severity="required",
        broken=_of_pictures(_colours),
        why="Apple wants RGB without transparency (Apple, artwork requirements).",
        cure=_PICTURE,
    ),
    Rule(
        code="artwork.weight",
        severity="best",
        broken=_of_pictures(_heavy),
        why="Some apps load no picture of more than 512 kB (PSP-1 names no limit; Apple, artwork requirements).",
        cure="Save it as a JPEG of lower quality, and build again.",
    ),
)
