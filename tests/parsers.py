"""Every reader of a file that people or other programs write, each with a good file to spoil and what to spoil it with.

A reader takes bytes, as a disk gives them, and may do one of two things: read them, or raise a PlacecastError.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

from PIL import Image

from placecast import chapters, importing, record, reviews
from placecast.errors import Fault, PlacecastError
from placecast.model import Episode, Flag, MachineRecord, Show, Word
from placecast.project import Project
from placecast.reviews import Review, approved, waived
from tests.feeds import release

SHOW = """\
title = "Small places"
description = "A show for tests."
url = "https://podcast.example.org/small/"
guid = "63d83930-8cc3-52ff-a665-d75dd2454868"
author = "The Hub"
categories = ["Government", "Science > Social Sciences"]
cover = "cover.png"
time_zone = "Europe/London"
explicit = false
[[people]]
name = "Siân Llewellyn"
url = "https://example.org/sian"
[[places]]
name = "Grimsby"
geo = "geo:53.5675,-0.0800"
[owner]
name = "The team"
email = "team@example.org"
[mastering]
loudness = -16
[transcription]
weights = "base.pt"
[distribution]
hubs = ["https://hub.example/"]
command = ["./purge.sh", "--now"]
[target]
folder = "public"
"""

EPISODE = """\
+++
title = "Trust in places"
guid = "0f9b6b8e-0001"
published = 2026-05-01T06:00:00
withdrawn = 2026-05-02T06:00:00+01:00
summary = "What trust is made of."
recording = "recording.wav"
season = 1
number = 3
speakers = ["Rosa Hartley", "Daniel Marsh"]
[[chapters]]
start = "0:00"
title = "Welcome"
[[chapters]]
start = 754.5
title = "The market"
url = "https://example.org/market"
[[soundbites]]
start = 60
duration = 30
+++
Notes with *emphasis* and a [link](https://example.org/).
"""

NAMES = """\
[[people]]
name = "Siân Llewellyn"
aliases = ["Siân"]
spoken = ["Sharn Loo-ellin"]
wrong = ["Sean Llewellyn"]
[[places]]
name = "Y Felinheli"
osm = "R113314"
country = "GB"
[[terms]]
name = "LPIP"
"""

CAPTIONS = """\
WEBVTT - with a title

NOTE
A comment.

1
00:00:01.000 --> 00:00:04.250 position:50%
<v Rosa Hartley>Who owns the river?

00:04.250 --> 00:07.000
<v.loud Daniel Marsh>Nobody &amp; everybody. <00:05.000><i>Really</i>.
"""

SUBRIP = """\
1
00:00:01,000 --> 00:00:04,250
ROSA: {\\an8}Who owns the river?

2
00:00:04,250 --> 00:00:07,000
DANIEL: Nobody & <i>everybody</i>.
"""

SEGMENTS = """\
{"version": "1.0.0", "segments": [
{"speaker": "Rosa", "startTime": 1.0, "endTime": 4.25, "body": "Who owns the river?"},
{"speaker": "Daniel", "startTime": 4.25, "endTime": 7, "body": "Nobody."}
]}
"""

WHISPER = """\
{"language": "en", "segments": [{"start": 1.0, "end": 4.25, "text": " Who owns it?", "words": [
{"start": 1.0, "end": 2.0, "word": " Who"}, {"start": 2.0, "end": 3.0, "word": " owns", "speaker": "SPEAKER_00"},
{"start": 3.0, "end": 4.25, "word": " it?"}]}]}
"""

PLAIN = """\
Rosa Hartley (00:01)
Who owns the river?

DANIEL: Nobody, and everybody.
"""

SOUND = """\
{
  "name": "trust-0123456789ab.mp3",
  "bytes": 48000,
  "seconds": 4.0,
  "sha256": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
  "loudness": -16.0,
  "true_peak": -1.2,
  "made_from": {
    "recording": "fedcba98765432100123456789abcdef0123456789abcdef0123456789abcdef",
    "mastering": {"loudness": -16.0, "true_peak": -1.0, "mono_kbps": 96, "stereo_kbps": 128},
    "version": 1
  },
  "type": "audio/mpeg"
}
"""

HEARD = record.write_record(
    MachineRecord(
        engine="fake 1",
        model="fake",
        weights="0" * 64,
        language="en-GB",
        recording="1" * 64,
        vtt="2" * 64,
        options={"precision": "fp32"},
        flags=(Flag(start=0.4, end=1.0, kind="loop", text="river", reason="again and again"),),
        words=(
            Word(start=0.1, end=0.4, text=" Who", probability=0.9),
            Word(start=0.4, end=1.0, text=" owns", probability=1),
        ),
    )
)

_MOMENT = datetime(2026, 5, 1, 6, tzinfo=UTC)
ANSWERED = reviews.write(
    Review(
        approval=approved("Rosa", _MOMENT, text="0" * 64, sound="1" * 64),
        waiver=waived("It is urgent.", _MOMENT, text="0" * 64),
    )
)

TOKENS = (
    *(
        "\0",
        "\r",
        "\r\n",
        "\n\n",
        "\ufeff",
        "\u2028",
        "\x85",
        "\x1b[2J",
        "é",
        "é",
        "🎙",
        '"',
        '"""',
        "'''",
        "\\",
        "\\u",
        "#",
    ),
    *("+++", "[", "]", "{", "}", "[[", "]]", ",", "=", ".", ":", "-", "~", "~x/", "../", "/", "/dev/zero", "a\\u0000b"),
    *("-->", "00:00", "99:99:99.999", "<v ", "<v>", "</v>", "&amp;", "&#0;", "&#x110000;", "WEBVTT", "NOTE", "{\\an8}"),
    *("null", "true", "NaN", "Infinity", "-1", "0", "1e999", "1e308", "9" * 400, "9" * 5000, "0x7f", "1_0", "inf"),
    *(
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "2026-03-29T01:30:00",
        "10:00",
        "[" * 3000,
        '{"a":' * 3000,
    ),
    *("a." * 3000 + "b=1", "a=" + "[" * 3000, "https://", "geo:", "\ud800".encode("utf-8", "replace").decode()),
)


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A reader of files, a good file, and where the show is that it is part of."""

    seed: str
    read: Callable[[Project, bytes], object]


def _load(file: str) -> Callable[[Project, bytes], object]:
    """Write a file of the show, and read all facts; what was read can be shown to listeners."""

    def read(project: Project, content: bytes) -> object:
        path = project.root / file
        before = path.read_bytes()
        path.write_bytes(content)
        try:
            show, episodes = project.load()
        finally:
            path.write_bytes(before)
        for episode in episodes:
            chapters.render(show, release(episode))
            for moment in (episode.published, episode.withdrawn):
                assert moment is None or moment.astimezone(UTC)
        return show, episodes

    return read


def _beside(file: str, ask: Callable[[Project], object]) -> Callable[[Project, bytes], object]:
    """Write a file about the episode, and ask the project what is in it."""

    def read(project: Project, content: bytes) -> object:
        path = project.root / file
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return ask(project)

    return read


def _brought(name: str) -> Callable[[Project, bytes], object]:
    """What `--transcript FILE` does with a file that it is given."""

    def read(project: Project, content: bytes) -> object:
        return importing.read(importing.decode(content, name).text, name, "en-GB")

    return read


def _shown(project: Project) -> tuple[Show, Episode]:
    show, (episode,) = project.load()
    return show, episode


def _transcript(project: Project) -> object:
    show, episode = _shown(project)
    return project.transcript(episode, show)


READERS = {
    "placecast.toml": Reader(seed=SHOW, read=_load("placecast.toml")),
    "names.toml": Reader(seed=NAMES, read=_load("names.toml")),
    "episode.md": Reader(seed=EPISODE, read=_load("episodes/trust/episode.md")),
    "audio.json": Reader(seed=SOUND, read=_beside("episodes/trust/audio.json", lambda show: show.audio("trust"))),
    "transcript": Reader(seed=CAPTIONS, read=_beside("transcripts/trust.vtt", _transcript)),
    "words.json": Reader(seed=HEARD, read=_beside("transcripts/trust.words.json", lambda show: show.record("trust"))),
    "review.json": Reader(
        seed=ANSWERED, read=_beside("transcripts/trust.review.json", lambda show: show.review("trust"))
    ),
    "a brought .vtt": Reader(seed=CAPTIONS, read=_brought("talk.vtt")),
    "a brought .srt": Reader(seed=SUBRIP, read=_brought("talk.srt")),
    "a brought .json": Reader(seed=SEGMENTS, read=_brought("talk.json")),
    "Whisper's .json": Reader(seed=WHISPER, read=_brought("talk.json")),
    "a brought .txt": Reader(seed=PLAIN, read=_brought("talk.txt")),
}

LONGEST = 5.0  # seconds of the processor for a file of some kB, on a machine that does other things too


def make(root: Path) -> Project:
    """A show with an episode, of good files."""
    (root / "episodes" / "trust").mkdir(parents=True)
    Image.new("RGB", (1400, 1400), "teal").save(root / "cover.png")
    for name, text in (("placecast.toml", SHOW), ("names.toml", NAMES), ("episodes/trust/episode.md", EPISODE)):
        (root / name).write_text(text, "utf-8")
    return Project(root=root)


def holds(project: Project, name: str, content: bytes) -> bool:
    """Whether the content was read; what is refused is refused with a place, a sentence and a cure, and soon."""
    faults: tuple[Fault, ...] = ()
    started, read = process_time(), False
    try:
        READERS[name].read(project, content)
        read = True
    except PlacecastError as error:
        faults = error.faults
    assert read or faults
    assert all(fault.file and fault.what and fault.cure for fault in faults)
    assert process_time() - started < LONGEST
    return read


def spoiled(seed: str, chance: random.Random) -> bytes:
    """The good file with a few things wrong: pieces lost, doubled, moved, cut off, or put in from a list."""
    content = seed.encode()
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 5, 12))):
        content = chance.choice(_SPOILING)(content, chance)
    return content


def _span(content: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randint(0, len(content))
    return start, min(len(content), start + chance.choice((1, 1, 2, 4, 8, 20, 60, 200)))


def _lost(content: bytes, chance: random.Random) -> bytes:
    start, end = _span(content, chance)
    return content[:start] + content[end:]


def _doubled(content: bytes, chance: random.Random) -> bytes:
    start, end = _span(content, chance)
    return content[:end] + content[start:]


def _moved(content: bytes, chance: random.Random) -> bytes:
    start, end = _span(content, chance)
    place = chance.randint(0, len(content))
    return content[:place] + content[start:end] + content[place:]


def _cut_off(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randint(0, len(content))]


def _flipped(content: bytes, chance: random.Random) -> bytes:
    place = chance.randint(0, len(content))
    return content[:place] + chance.randbytes(1) + content[place + 1 :]


def _put_in(content: bytes, chance: random.Random) -> bytes:
    start, end = _span(content, chance)
    return content[:start] + chance.choice(TOKENS).encode() + content[chance.choice((start, end)) :]


def _value(content: bytes, chance: random.Random) -> bytes:
    """Another value in the place of one."""
    lines = content.split(b"\n")
    number = chance.randrange(len(lines))
    for sign in (b"=", b":"):
        key, found, _ = lines[number].partition(sign)
        if found:
            lines[number] = key + found + b" " + chance.choice(TOKENS).encode() + chance.choice((b"", b","))
            break
    return b"\n".join(lines)


_SPOILING = (_lost, _doubled, _moved, _cut_off, _flipped, _put_in, _put_in, _value, _value)

__all__ = ["LONGEST", "READERS", "Reader", "holds", "make", "spoiled"]
