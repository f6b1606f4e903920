"""What is compared between a show's own files and other people's readers: see tests/tag_rows.py for the rows."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

Extractor = str | Callable[[Any], Any]


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the producer wrote about the show and its episode, and what is known of the published sound."""

    show: dict[str, Any]
    episode: dict[str, Any]
    notes: str
    audio: dict[str, Any]
    slug: str
    cover: str  # the name of the published picture
    pictures: tuple[str, ...] = ()  # the addresses of all the show's
    art: str = ""  # the address of the episode's own
    trailer: dict[str, Any] = field(default_factory=dict)

    def url(self, path: str) -> str:
        return f"{self.show['url']}{path}"

    def transcripts(self) -> list[str]:
        return [self.url(f"e/{self.slug}/transcript.{suffix}") for suffix in ("vtt", "srt", "json", "html")]

    def people(self) -> list[dict[str, Any]]:
        """Those of the show are there in each episode."""
        return [*self.show["people"], *self.episode["people"]]


def read_facts(root: Path, slug: str) -> Told:
    folder = root / "episodes" / slug
    _, facts, notes = (folder / "episode.md").read_text("utf-8").split("+++\n", 2)
    (cover,) = (root / "feed" / "media").glob("cover-*")
    show = tomllib.loads((root / "placecast.toml").read_text("utf-8"))
    return Told(
        show=show,
        pictures=(f"{show['url']}media/{cover.name}",),
        episode=tomllib.loads(facts),
        notes=notes,
        audio=json.loads((folder / "audio.json").read_text("utf-8")),
        slug=slug,
        cover=cover.name,
    )


def plain(value: Any) -> Any:
    """True is "true", 12 is "12"; nothing at all is None."""
    if isinstance(value, list):
        return [plain(each) for each in value] or None
    if isinstance(value, tuple):
        return plain(list(value))
    if isinstance(value, bool):
        return str(value).lower()
    return None if value in (None, "") else re.sub(r"\s+", " ", str(value)).strip()


def moment(value: Any) -> Any:
    """A time, from whichever way it is written in."""
    if value is None:
        return None
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC).isoformat()
    told = str(value)
    read = datetime.fromisoformat(told) if told[:4].isdigit() else parsedate_to_datetime(told)
    return read.astimezone(UTC).isoformat()


def words(value: Any) -> Any:
    """The words of a text, whatever the marks between them."""
    return value and re.findall(r"\w+", re.sub("<[^>]+>", " ", str(value)))


def small(value: Any) -> Any:
    """The Podcast Index writes the vocabulary of persons with capitals."""
    told = plain(value)
    return [each.lower() for each in told] if isinstance(told, list) else told and told.lower()


def media_type(value: Any) -> Any:
    """The Podcast Index calls SubRip by its former name."""
    return [str(each).replace("application/srt", "application/x-subrip") for each in value] if value else None


def seconds(clock: str) -> int:
    """Of a mark such as 1:10."""
    minute, second = clock.split(":")
    return 60 * int(minute) + int(second)


def categories(path: str, name: str, inside: str) -> Extractor:
    """Categories that lie at a path, under this name, with those inside them."""

    def read(found: Any) -> list[str]:
        return [told for each in at(found, path) for told in _with_inner(each, name, inside)]

    return read


def _with_inner(category: dict[str, Any], name: str, inside: str) -> list[str]:
    return [f"{category[name]} > {inner[name]}" for inner in category.get(inside) or ()] or [category[name]]


def in_a_list(path: str) -> Extractor:
    """A reader keeps the one that there is, not a list."""
    return lambda found: [at(found, path)]


class Row:
    """A tag, or an attribute of one (`tag@name`)."""

    def __init__(
        self, tag: str, says: Callable[[Told], Any], *, made: Callable[[Any], Any] = plain, **readers: Extractor
    ) -> None:
        self.tag, self.says, self.made, self.readers = tag, says, made, readers

    def expected(self, told: Told) -> Any:
        return self.made(self.says(told))

    def found(self, reader: str, read: Any) -> Any:
        extractor = self.readers[reader]
        return self.made(at(read, extractor) if isinstance(extractor, str) else extractor(read))


def at(value: Any, path: str) -> Any:
    """What lies at a path; None where it leads nowhere."""
    first, _, rest = path.partition(".")
    inner = value.get(first.removesuffix("[]")) if isinstance(value, dict) else None
    if first.endswith("[]"):
        return [at(each, rest) if rest else each for each in inner or []]
    return at(inner, rest) if rest else inner


def everywhere(path: str) -> dict[str, Extractor]:
    """All readers keep it under the same name."""
    return dict.fromkeys(("partytime", "feedsmith", "rss_parser", "podcastparser", "feedparser", "ruby"), path)
