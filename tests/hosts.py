"""Hosts of podcasts on this machine: feeds in the dialects of eight kinds of host, with the files that they name.

The feeds in tests/data/hosts are written from the hosts' documented formats; none is anybody's show.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from placecast.abroad import Abroad
from tests import sounds
from tests.web import Asked, Reply, Web, serving

FEEDS = Path(__file__).parent / "data" / "hosts"
VTT = b"WEBVTT\n\n00:00:00.000 --> 00:00:02.000\n<v Rosa>Hello there.\n\n00:00:02.000 --> 00:00:03.500\n<v Dan>Fish.\n"
SRT = b"1\n00:00:00,000 --> 00:00:02,000\nAnn: Good morning.\n\n2\n00:00:02,000 --> 00:00:03,500\nBo: Mayors.\n"
JSON = json.dumps(
    {
        "version": "1.0.0",
        "segments": [
            {"speaker": "Kim", "startTime": 0.0, "endTime": 1.5, "body": "Two spans."},
            {"speaker": "Lee", "startTime": 1.5, "endTime": 3.0, "body": "Better than one."},
        ],
    }
).encode()
CHAPTERS = json.dumps(
    {
        "version": "1.2.0",
        "chapters": [
            {"startTime": 0, "title": "Start", "endTime": 1},
            {
                "startTime": 1.25,
                "title": "The docks",
                "url": "https://docks.example.org",
                "img": "https://i.example.org",
                "location": {"name": "Somewhere"},
            },
            {
                "startTime": 2,
                "title": "A picture alone",
                "toc": False,
                "location": {"name": "Grimsby", "geo": "geo:53.5,-0.08"},
            },
        ],
    }
).encode()

# Each dialect: the address of its feed, further pages, and the files beside its sound.
DIALECTS: dict[str, tuple[str, dict[str, str], dict[str, bytes]]] = {
    "buzzsprout": (
        "buzzsprout.xml",
        {},
        {"14623145/transcript.vtt": VTT, "14623145/chapters.json": CHAPTERS},
    ),
    "libsyn": ("libsyn.xml", {}, {}),
    "transistor": ("transistor.xml", {}, {"s/abc123/transcript.srt": SRT, "s/abc123/transcript.txt": b"Hello."}),
    "acast": ("acast.xml", {}, {}),
    "podbean": ("podbean.xml", {}, {"mf/web/abc/transcript.json": JSON, "mf/web/abc/chapters.json": CHAPTERS}),
    "anchor": ("anchor.xml", {}, {"s/abc/transcript.vtt": VTT}),
    "soundcloud": ("soundcloud.xml", {"soundcloud.xml?before=99": "soundcloud-2.xml"}, {}),
    "powerpress": ("feed/podcast/", {}, {}),
    "podlove": ("podlove.xml", {"podlove.xml?paged=2": "podlove-2.xml"}, {}),
}
_FILES = {"feed/podcast/": "powerpress.xml"}
_ENCLOSURE = re.compile(r'<enclosure\b[^>]*url=["\']\{host\}([^"\']+)')
REDIRECTS = {"op3/media/abc123/def.mp3": "media/abc123/def.mp3"}


@dataclass
class Host:
    """A host that is asked on this machine, and may be made to misbehave through `web.change`."""

    web: Web
    feed: str
    redirects: dict[str, str] = field(default_factory=lambda: dict(REDIRECTS))

    def replace(self, old: str, new: str, key: str | None = None) -> None:
        key = key or self.feed.removeprefix(self.web.address)
        body = self.web.files[key].decode()
        assert old in body
        self.web.files[key] = body.replace(old, new).encode()

    def asked_for(self, ending: str) -> list[Asked]:
        return [each for each in self.web.asked if each.key.endswith(ending)]


@contextmanager
def host(dialect: str) -> Iterator[Host]:
    """A host that speaks this dialect."""
    key, pages, files = DIALECTS[dialect]
    with serving(dict(files)) as web:
        web.files["cover.png"] = cover()
        for path, name in ({key: _FILES.get(key, key)} | pages).items():
            text = (FEEDS / name).read_text("utf-8")
            for number, sound in enumerate(_ENCLOSURE.findall(text)):
                content = _sound(sound, seconds=4 - number if name == key or key in _FILES else 3)
                web.files[REDIRECTS.get(sound, sound)] = content
                bare = REDIRECTS.get(sound, sound).partition("?")[0]
                text = text.replace(f"{{bytes:{bare}}}", str(len(content)))
            web.files[path] = text.replace("{host}", web.address).encode()
        made = Host(web=web, feed=web.address + key)
        web.change = lambda asked, reply: redirected(made, asked, reply)
        yield made


def redirected(made: Host, asked: Asked, reply: Reply) -> Reply:
    to = made.redirects.get(asked.key)
    return Reply(status=302, headers={"Location": made.web.address + to if "://" not in to else to}) if to else reply


def abroad(tries: int = 2) -> Abroad:
    """Asks servers of this machine, and loses no time."""
    return Abroad(private=True, pause=0.0, tries=tries)


def _sound(key: str, seconds: int) -> bytes:
    return sound(".m4a" if ".m4a" in key else ".mp3", seconds)


@cache
def sound(suffix: str, seconds: int) -> bytes:
    with TemporaryDirectory() as folder:
        path = sounds.save(
            Path(folder) / f"sound{suffix}", sounds.speech(seconds, rate=44100, seed=seconds), rate=44100
        )
        return path.read_bytes()


@cache
def cover(size: int = 1400) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (size, size), "teal").save(file, format="PNG")
    return file.getvalue()
