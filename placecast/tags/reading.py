"""What a recording says of itself: its title, its author, its chapters. Nothing in it can stop an episode."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import av
import mutagen
from mutagen import id3

from placecast.containers import opened
from placecast.model import Chapter

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


@dataclass(frozen=True, kw_only=True)
class Embedded:
    """What a recording says of itself: as much of it as could be read."""

    title: str | None = None
    author: str | None = None
    album: str | None = None
    number: int | None = None
    season: int | None = None
    comment: str | None = None
    chapters: tuple[Chapter, ...] = ()


def read_embedded(recording: Path) -> Embedded:
    """What ID3 says where there is ID3; the rest from FFmpeg, which reads the tags and chapters of all containers."""
    ours, theirs = _from_id3(recording), _from_container(recording)
    found = {name: value for name, value in vars(ours).items() if value}
    return _plain(replace(theirs, **found))


def _plain(found: Embedded) -> Embedded:
    """Without what a terminal would obey: these texts are shown there, and asked about."""
    return replace(
        found,
        title=_line(found.title),
        author=_line(found.author),
        album=_line(found.album),
        comment="\n".join(_CONTROLS.sub(" ", line) for line in found.comment.splitlines()) if found.comment else None,
        chapters=tuple(replace(chapter, title=_CONTROLS.sub(" ", chapter.title)) for chapter in found.chapters),
    )


def _line(text: str | None) -> str | None:
    return _CONTROLS.sub(" ", text) if text else None


def _from_id3(recording: Path) -> Embedded:
    try:
        file = mutagen.File(recording)
        tags = file.tags if file is not None else None
        return _embedded(tags) if isinstance(tags, id3.ID3Tags) else Embedded()
    except Exception:  # noqa: BLE001  A broken tag makes mutagen raise nearly anything, and must not stop an episode.
        return Embedded()


def _embedded(tags: Any) -> Embedded:
    def first(*names: str) -> str | None:
        texts = (str(frame.text[0]) for name in names for frame in tags.getall(name) if frame.text)
        return next((text.strip() for text in texts if text.strip()), None)

    contents = [name for frame in tags.getall("CTOC") for name in frame.child_element_ids]
    return Embedded(
        title=first("TIT2"),
        author=first("TPE1", "TPE2"),
        album=first("TALB"),
        number=_number(first("TRCK")),
        season=_number(first("TPOS")),
        comment=first("TDES", "COMM"),
        chapters=_in_order(_id3_chapter(frame, contents) for frame in tags.getall("CHAP")),
    )


def _id3_chapter(frame: Any, contents: Sequence[str]) -> Chapter:
    """The chapter; hidden when there is a table of contents, and it is not in there."""
    titles, links = frame.sub_frames.getall("TIT2"), frame.sub_frames.getall("WXXX")
    title, link = str(titles[0]) if titles else "", links[0].url if links else None
    hidden = bool(contents) and frame.element_id not in contents
    return Chapter(seconds=frame.start_time / 1000, title=title, url=link, hidden=hidden)


def _from_container(recording: Path) -> Embedded:
    try:
        with opened(recording) as file:
            # Ogg keeps its comments with the stream, the other containers with the file.
            streams = [stream.metadata for stream in file.streams.audio]
            chapters = tuple(file.chapters())
            return _named(_lower(*streams, file.metadata), chapters)
    except (OSError, ValueError, av.FFmpegError):  # ValueError: a title in no known encoding
        return Embedded()


def _named(tags: Mapping[str, str], chapters: Sequence[Any]) -> Embedded:
    def first(*names: str) -> str | None:
        return next((tags[name].strip() for name in names if tags.get(name, "").strip()), None)

    return Embedded(
        title=first("title"),
        author=first("artist", "album_artist"),
        album=first("album"),
        number=_number(first("episode_sort", "track", "tracknumber")),
        season=_number(first("season_number", "disc", "discnumber")),
        comment=first("description", "comment"),
        chapters=_in_order(_container_chapter(chapter) for chapter in chapters),
    )


def _container_chapter(chapter: Any) -> Chapter:
    seconds = float(chapter["start"] * (chapter["time_base"] or 0))
    return Chapter(seconds=seconds, title=chapter["metadata"].get("title", ""))


def _in_order(chapters: Iterator[Chapter]) -> tuple[Chapter, ...]:
    return tuple(
        sorted(
            (chapter for chapter in chapters if chapter.title or chapter.hidden), key=lambda chapter: chapter.seconds
        )
    )


def _lower(*tags: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for each in tags for name, value in each.items()}


def _number(text: str | None) -> int | None:
    """The 3 of `3` and of `3/10`; None for what is no number an episode can have."""
    match = re.match(r"0*([1-9]\d{0,4})(\D|$)", text or "")
    return int(match[1]) if match else None
