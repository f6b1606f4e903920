"""The comments of the small Ogg Opus file: what is playing and its chapters. No cover: the file is to be small."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import mutagen.oggopus
from mutagen import MutagenError

from placecast.chapters import in_order
from placecast.errors import TagError
from placecast.files import replacing
from placecast.model import Episode, Show
from placecast.tags.writing import clean, web_address
from placecast.timecode import long_clock

oggopus: Any = mutagen.oggopus  # half of it is typed, which is too little to check calls by


def write_comments(master: Path, out: Path, *, show: Show, episode: Episode, published: datetime) -> None:
    """Write to `out` a copy of `master`, which is Ogg Opus without comments, with those of the episode."""
    try:
        with replacing(out) as partial:
            shutil.copyfile(master, partial)
            file = oggopus.OggOpus(partial)
            for name, text in (*_facts(show, episode, published), *_chapters(episode)):
                file.tags[name] = text
            file.save(padding=lambda _: 0)
    except (OSError, MutagenError) as exc:
        cure = "Check that the disk has room and that you may write in this folder."
        raise TagError(str(out), f"the small file could not be tagged: {exc}.", cure) from exc


def _facts(show: Show, episode: Episode, published: datetime) -> Iterator[tuple[str, str]]:
    """The names are those of the Ogg Vorbis comment specification; players know them."""
    yield "TITLE", clean(episode.title)
    yield "ARTIST", clean(show.author)
    yield "ALBUM", clean(show.title)
    yield "DATE", f"{published.astimezone(show.zone):%Y-%m-%d}"


def _chapters(episode: Episode) -> Iterator[tuple[str, str]]:
    """Xiph's chapter extension (wiki.xiph.org/Chapter_Extension); its numbers have three digits."""
    for number, chapter in enumerate(in_order(episode.listed_chapters)):
        key = f"CHAPTER{number:03}"
        yield key, long_clock(chapter.seconds)
        yield f"{key}NAME", clean(chapter.title)
        if chapter.url:
            yield f"{key}URL", web_address(chapter.url)
