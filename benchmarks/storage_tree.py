"""The public tree of a show with a long archive, made up: 2,000 files of text, and the newest episodes' sound.

Same seed, same bytes. The text compresses as English does; the sound does not compress at all. What the feed says of
the media (`facts.json` beside the tree) is known without reading them again, as `audio.json` has it in a show.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import formatdate
from html import escape
from pathlib import Path

SHOW = "https://podcast.example/"
_FORMER = "https://former-host.example/"  # which serves the sound of the older episodes still
_EPISODES = 285  # of seven files each, and five files more
_BLOCK = 1 << 20
_DAY = 86400.0


@dataclass(frozen=True, kw_only=True)
class Tree:
    """A public tree in a folder."""

    public: Path
    facts: Path
    memory: Path  # what clones keep for themselves

    def keys(self) -> list[str]:
        return sorted(path.relative_to(self.public).as_posix() for path in self.public.rglob("*") if path.is_file())

    def age(self) -> None:
        """As if all of it had been made yesterday."""
        self._date(time.time() - _DAY)

    def clone(self) -> None:
        """As if all of it had been checked out just now."""
        self._date(time.time())

    def change_one(self, number: int) -> str:
        """One letter of one page becomes another: the same size, a new time. Its key."""
        key = f"e/{_slug(number)}/index.html"
        with (self.public / key).open("r+b") as file:
            file.seek(-20, os.SEEK_END)
            letter = file.read(1)
            file.seek(-20, os.SEEK_END)
            file.write(b"x" if letter != b"x" else b"y")
        return key

    def _date(self, moment: float) -> None:
        for key in self.keys():
            os.utime(self.public / key, (moment, moment))


def make(folder: Path, *, media: int = 5, megabytes: int = 50, seed: int = 4) -> Tree:
    """Write the tree below this folder."""
    chance = random.Random(seed)
    tree = Tree(public=folder / "public", facts=folder / "facts.json", memory=folder / "memory")
    facts = dict(_media(tree.public, chance, media, megabytes))
    tree.facts.write_text(json.dumps(facts, indent=1))
    for key, text in _texts(chance, list(facts)):
        path = tree.public / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tree


def _media(public: Path, chance: random.Random, count: int, megabytes: int) -> Iterator[tuple[str, dict[str, object]]]:
    (public / "media").mkdir(parents=True)
    for number in range(count):
        part, hashed = public / "media" / "part", hashlib.sha256()
        with part.open("wb") as file:
            for _ in range(megabytes):
                block = chance.randbytes(_BLOCK)
                hashed.update(block)
                file.write(block)
        name = f"media/{_slug(number)}-{hashed.hexdigest()[:12]}.mp3"
        part.rename(public / name)
        yield name, {"size": megabytes * _BLOCK, "sha256": hashed.hexdigest()}


def _texts(chance: random.Random, media: list[str]) -> Iterator[tuple[str, str]]:
    say = _Speech(chance)
    yield "feed.xml", _feed(say, media)
    yield "index.html", _page("The show", "".join(f'<li><a href="e/{_slug(n)}/">{n}</a>' for n in range(_EPISODES)))
    yield "404.html", _page("Not here", say.paragraphs(2_000))
    yield "robots.txt", "User-agent: *\nAllow: /\n" + "# \n" * 600
    yield (
        "sitemap.xml",
        "<urlset>" + "".join(f"<url><loc>{_url(n)}</loc></url>" for n in range(_EPISODES)) + "</urlset>",
    )
    for number in range(_EPISODES):
        for name, written in _EPISODE.items():
            yield f"e/{_slug(number)}/{name}", written(say, chance.randint(2_000, 40_000))


class _Speech:
    """Sentences of made-up words, which are as unequally frequent as those of a language."""

    def __init__(self, chance: random.Random) -> None:
        letters = dict(zip("etaoinshrdlucmfwypvbgk", range(22, 0, -1), strict=True))
        words = ["".join(chance.choices([*letters], [*letters.values()], k=chance.randint(2, 9))) for _ in range(4_000)]
        ranks = [1 / (rank + 3) for rank in range(len(words))]
        self._chance = chance
        self._sentences = [
            " ".join(chance.choices(words, ranks, k=chance.randint(5, 14))).capitalize() + "." for _ in range(30_000)
        ]

    def sentences(self, size: int, around: int = 0) -> list[str]:
        """Sentences of `size` letters together, when each of them has so many `around` it."""
        said: list[str] = []
        while size > 0:
            said.append(self._chance.choice(self._sentences))
            size -= len(said[-1]) + around
        return said

    def paragraphs(self, size: int) -> str:
        return "".join(f"<p>{sentence}</p>\n" for sentence in self.sentences(size, 8))


def _vtt(say: _Speech, size: int) -> str:
    cues = enumerate(say.sentences(size, 33))
    return "WEBVTT\n\n" + "".join(f"{_clock(n)} --> {_clock(n + 1)}\n{text}\n\n" for n, text in cues)


def _srt(say: _Speech, size: int) -> str:
    cues = enumerate(say.sentences(size, 36))
    times = ((n, _clock(n).replace(".", ","), _clock(n + 1).replace(".", ","), text) for n, text in cues)
    return "".join(f"{n + 1}\n{begin} --> {end}\n{text}\n\n" for n, begin, end, text in times)


def _json(say: _Speech, size: int) -> str:
    cues = enumerate(say.sentences(size, 60))
    segments = [{"startTime": 4.0 * n, "endTime": 4.0 * n + 4, "body": text} for n, text in cues]
    return json.dumps({"version": "1.0.0", "segments": segments})


def _chapters(say: _Speech, size: int) -> str:
    chapters = [{"startTime": 60 * n, "title": text} for n, text in enumerate(say.sentences(min(size, 4_000), 34))]
    return json.dumps({"version": "1.2.0", "chapters": chapters})


_EPISODE = {
    "index.html": lambda say, size: _page("Episode", say.paragraphs(size - 200)),
    "transcript.html": lambda say, size: _page("Transcript", say.paragraphs(size - 200)),
    "transcript.vtt": _vtt,
    "transcript.srt": _srt,
    "transcript.json": _json,
    "transcript.txt": lambda say, size: "\n".join(say.sentences(size, 1)),
    "chapters.json": _chapters,
}


def _page(title: str, body: str) -> str:
    head = f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
    return f"{head}\n<body><main><h1>{title}</h1>\n{body}</main></body></html>\n"


def _feed(say: _Speech, media: list[str]) -> str:
    items = "".join(_item(say, number, media) for number in range(_EPISODES))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
        ' xmlns:podcast="https://podcastindex.org/namespace/1.0">\n<channel>\n<title>The show</title>\n'
        f"<link>{SHOW}</link>\n<description>{escape(say.sentences(80)[0])}</description>\n<language>en</language>\n"
        f"{items}</channel>\n</rss>\n"
    )


def _item(say: _Speech, number: int, media: list[str]) -> str:
    sound = SHOW + media[number] if number < len(media) else f"{_FORMER}{_slug(number)}.mp3"
    published = formatdate(1_767_225_600 - number * 7 * _DAY)
    return (
        f"<item>\n<title>Episode {_EPISODES - number}</title>\n<link>{_url(number)}</link>\n"
        f'<guid isPermaLink="false">{_slug(number)}</guid>\n<pubDate>{published}</pubDate>\n'
        f"<description>{escape(' '.join(say.sentences(300)))}</description>\n"
        f'<enclosure url="{sound}" length="52428800" type="audio/mpeg"/>\n<itunes:duration>2185</itunes:duration>\n'
        f'<podcast:transcript url="{_url(number)}transcript.vtt" type="text/vtt"/>\n</item>\n'
    )


def _slug(number: int) -> str:
    return f"episode-{_EPISODES - number:03d}"


def _url(number: int) -> str:
    return f"{SHOW}e/{_slug(number)}/"


def _clock(number: int) -> str:
    seconds = 4 * number
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.000"
