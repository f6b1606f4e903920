"""The ID3v2.3 tag of a published file.

v2.3, because more programs read it than v2.4, and FFmpeg loses chapters of a v2.4 tag. The sound is copied byte for
byte. Transcripts stay out of the tag.
"""

from __future__ import annotations

import io
import re
import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import mutagen.id3
from mutagen.id3 import Frame, TextFrame

from placecast.chapters import MOST, spans
from placecast.errors import TagError
from placecast.files import replacing
from placecast.model import Chapter, Episode, Image, Show
from placecast.tags.languages import iso_639_2
from placecast.tags.pictures import small_jpeg
from placecast.timecode import clock

id3: Any = mutagen.id3  # half of it is typed, which is too little to check calls by

VERSION = 1
"""Bumped when the same facts would give other tags."""

_HEADER = 10  # bytes, of the tag and of each of its frames
_FRONT_COVER, _OTHER_PICTURE = 3, 0
_NO_OFFSET = 0xFFFFFFFF  # readers then go by the times (same, section 3.1)
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def write_tags(master: Path, out: Path, *, show: Show, episode: Episode, published: datetime, seconds: float) -> None:
    """Write to `out` the tag and then the sound of `master`, which lasts `seconds` and has no tag."""
    tag = _tag([*_facts(show, episode, published), _cover(episode.cover(show)), *_chapters(episode, seconds)])
    try:
        with replacing(out) as partial, master.open("rb") as sound, partial.open("wb") as target:
            target.write(tag)
            shutil.copyfileobj(sound, target, 1 << 20)
    except OSError as exc:
        cure = "Check that the disk has room and that you may write in this folder."
        raise TagError(str(out), f"the tagged copy could not be written: {exc.strerror or exc}.", cure) from exc


def _facts(show: Show, episode: Episode, published: datetime) -> Iterator[Frame]:
    """One frame for each fact that is known, in the words of ID3v2.3 section 4."""
    language, day = iso_639_2(show.language), published.astimezone(show.zone)
    rights = show.copyright if re.match(r"\d{4} ", show.copyright) else f"{day.year} {show.copyright}"
    texts: tuple[tuple[type[TextFrame], object], ...] = (
        (id3.TIT2, episode.title),
        (id3.TALB, show.title),
        (id3.TPE1, show.author),
        (id3.TRCK, episode.number),
        (id3.TPOS, episode.season),
        (id3.TYER, f"{day:%Y}"),
        (id3.TDAT, f"{day:%d%m}"),
        (id3.TCON, "Podcast"),
        (id3.TLAN, language),
        (id3.TCOP, show.copyright and rights),
        (id3.TDES, episode.summary),
    )
    yield from (_text(frame, str(text)) for frame, text in texts if text is not None and text != "")
    if episode.summary:
        summary = clean(episode.summary, lines=True)
        yield id3.COMM(encoding=_encoding(summary), lang=language or "und", desc="", text=[summary])
    if episode.doi:
        # ID3 has no frame for it; readers show those of users by name.
        doi = clean(episode.doi)
        yield id3.TXXX(encoding=_encoding(doi), desc="DOI", text=[doi])
    yield id3.WOAF(url=web_address(show.page(episode.folder)))


def _cover(picture: Image) -> Frame:
    try:
        data = picture.source.read_bytes()
    except OSError as exc:
        raise TagError(
            str(picture.source), f"the cover cannot be read: {exc.strerror}.", "Put the picture there."
        ) from exc
    encoding = id3.Encoding.LATIN1
    cover: Frame = id3.APIC(encoding=encoding, mime=picture.type, type=_FRONT_COVER, desc="", data=data)
    return cover


def _chapters(episode: Episode, seconds: float) -> Iterator[Frame]:
    """A CHAP frame for each chapter, and the table of contents that lists those that are not hidden.

    Frames outside the table are allowed, for pictures that are shown in time with the sound (ID3v2 Chapter Frame
    Addendum, section 4, note 2).
    """
    chapters = list(spans(episode.chapters, seconds))
    _check_chapters(episode, seconds)
    for number, (chapter, end) in enumerate(chapters):
        yield id3.CHAP(
            element_id=f"chp{number}",
            start_time=round(chapter.seconds * 1000),
            end_time=round(end * 1000),
            start_offset=_NO_OFFSET,
            end_offset=_NO_OFFSET,
            sub_frames=list(_chapter_frames(chapter)),
        )
    names = [f"chp{number}" for number, (chapter, _) in enumerate(chapters) if not chapter.hidden]
    if names:
        # Apple ignores chapters whose CTOC is not both top-level and ordered.
        flags = id3.CTOCFlags.TOP_LEVEL | id3.CTOCFlags.ORDERED
        yield id3.CTOC(element_id="toc", flags=flags, child_element_ids=names, sub_frames=[])


def _check_chapters(episode: Episode, seconds: float) -> None:
    listed, late = len(episode.listed_chapters), [each for each in episode.chapters if each.seconds >= seconds]
    if listed > MOST:
        what = f"there are {listed} chapters, but a file can list only {MOST}."
        raise TagError(str(episode.file), what, "Join some of the chapters.")
    if late:
        last = late[-1]
        what = f"the chapter “{last.title}” starts at {clock(last.seconds)}, but the sound ends at {clock(seconds)}."
        raise TagError(str(episode.file), what, "Correct its time, or use the recording that it belongs to.")


def _chapter_frames(chapter: Chapter) -> Iterator[Frame]:
    if chapter.title:
        yield _text(id3.TIT2, chapter.title)
    if chapter.url:
        yield id3.WXXX(encoding=id3.Encoding.LATIN1, desc="", url=web_address(chapter.url))
    if isinstance(chapter.image, Image):
        data = small_jpeg(chapter.image.source)
        yield id3.APIC(encoding=id3.Encoding.LATIN1, mime="image/jpeg", type=_OTHER_PICTURE, desc="", data=data)


def _tag(frames: Sequence[Frame]) -> bytes:
    tags = id3.ID3()
    for frame in frames:
        tags.add(frame)
    buffer = io.BytesIO()
    tags.save(buffer, v1=0, v2_version=3, padding=lambda _: 0)
    return _in_time_order(buffer.getvalue())


def _in_time_order(tag: bytes) -> bytes:
    """The same tag with its CHAP frames by start time.

    mutagen sorts them by their size, that is, by the length of their titles. Readers that do not know CTOC, FFmpeg
    and all that is built on it among them, would show the chapters in that order.
    """
    frames = list(_frames(tag))
    in_time = iter(sorted((frame for frame in frames if frame.startswith(b"CHAP")), key=_start_time))
    ordered = [next(in_time) if frame.startswith(b"CHAP") else frame for frame in frames]
    return tag[:_HEADER] + b"".join(ordered)


def _frames(tag: bytes) -> Iterator[bytes]:
    """The frames of an ID3v2.3 tag, each with its header."""
    start = _HEADER
    while start < len(tag):
        end = start + _HEADER + int.from_bytes(tag[start + 4 : start + 8], "big")
        yield tag[start:end]
        start = end


def _start_time(frame: bytes) -> int:
    times = frame.index(b"\0", _HEADER) + 1  # after the element's name
    return int.from_bytes(frame[times : times + 4], "big")


def _text(frame: type[TextFrame], text: str) -> TextFrame:
    held = clean(text)
    return frame(encoding=_encoding(held), text=[held])


def _encoding(text: str) -> int:
    """Latin-1 where it will do: car radios and old players read nothing else."""
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return mutagen.id3.Encoding.UTF16
    return mutagen.id3.Encoding.LATIN1


def clean(text: str, *, lines: bool = False) -> str:
    """The text without what tags cannot hold: control characters, line breaks in most frames, halves of surrogates."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    broken = whole.replace("\r\n", "\n") if lines else whole.replace("\n", " ")
    return unicodedata.normalize("NFC", _CONTROLS.sub(" ", broken)).strip()


def web_address(url: str) -> str:
    """ID3 holds addresses as Latin-1 alone: what is not ASCII is percent-encoded, as in the address bar's own bytes."""
    return quote(url.encode("utf-8", "replace"), safe="%/:=&?~#+!$,;'@()*[]")
