"""Every kind of file that a producer may take for a recording, made when it is needed; and what is said of it.

`BAD` are refused, `ODD` are accepted and a note says why they are odd. docs/bad-files.md is made from both.
"""

from __future__ import annotations

import os
import random
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests import sounds

SECONDS = 4.0


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of file: what people call it, how it is made in an empty folder, and words of its own sentence."""

    called: str
    make: Callable[[Path], Path]
    said: str


def talk(path: Path, seconds: float = SECONDS, **how: object) -> Path:
    return sounds.save(path, sounds.speech(seconds, channels=2), **how)  # type: ignore[arg-type]


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _holding(name: str, content: bytes) -> Callable[[Path], Path]:
    return lambda folder: _written(folder / name, content)


def _changed(name: str, change: Callable[[bytes], bytes], **how: object) -> Callable[[Path], Path]:
    """A good recording, changed."""
    return lambda folder: _written(folder / name, change(talk(folder / name, **how).read_bytes()))


def _cut(share: float) -> Callable[[bytes], bytes]:
    return lambda content: content[: int(len(content) * share)]


def _first(length: int) -> Callable[[bytes], bytes]:
    return lambda content: content[:length]


def _scrambled(length: int) -> Callable[[bytes], bytes]:
    """With noise in its middle."""

    def change(content: bytes) -> bytes:
        middle = len(content) // 2
        return content[:middle] + random.Random(1).randbytes(length) + content[middle + length :]

    return change


def _renamed(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda content: content.replace(old, new)


def _tagged(said: int, there: int) -> Callable[[bytes], bytes]:
    """An ID3 tag that says it has so many bytes, before the sound (its size has seven bits a byte)."""
    size = bytes(said >> shift & 0x7F for shift in (21, 14, 7, 0))
    return lambda content: b"ID3\x03\0\0" + size + random.Random(2).randbytes(there) + content


def _headed(junk: bytes) -> Callable[[bytes], bytes]:
    return lambda content: junk + content


def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / "talk.wav")
    return folder / "talk.wav"


def _socket(folder: Path) -> Path:
    here = Path.cwd()
    os.chdir(folder)  # a socket's path may have 107 bytes
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("talk.wav")
    finally:
        os.chdir(here)
    return folder / "talk.wav"


def _folder(folder: Path) -> Path:
    (folder / "talk.band").mkdir()
    return folder / "talk.band"


def _link(to: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / "talk.wav").symlink_to(to)
        return folder / "talk.wav"

    return make


def _wav_without_sound(content: bytes) -> bytes:
    return content[: content.index(b"data") + 4] + struct.pack("<I", 0)


_NOISE = random.Random(3)
_HTML = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>" + b"<p>Please sign in.</p>" * 100
_BARE = {"options": {"id3v2_version": "0"}}
_UNCOUNTED = {"options": {"id3v2_version": "0", "write_xing": "0"}}

BAD = (
    Kind(called="An empty file", make=_holding("talk.mp3", b""), said="the file is empty"),
    Kind(
        called="Text", make=_holding("talk.mp3", "Grüße aus Digbeth\n".encode() * 300), said="this is text, not sound"
    ),
    Kind(called="A web page, such as a login page", make=_holding("talk.mp3", _HTML), said="this is a web page"),
    Kind(called="A playlist", make=_holding("talk.mp3", b"#EXTM3U\n#EXTINF:5,\ntalk.wav\n"), said="this is a playlist"),
    Kind(
        called="Bytes of no known kind",
        make=_holding("talk.wav", _NOISE.randbytes(50_000)),
        said="not a sound file that placecast can read",
    ),
    Kind(called="Nothing but zeros", make=_holding("talk.wav", bytes(50_000)), said="there are only zeros"),
    Kind(
        called="A project of Audacity", make=_holding("talk.aup3", b"SQLite format 3\0" + bytes(99)), said="an Audacity"
    ),
    Kind(called="A zip file", make=_holding("talk.zip", b"PK\x03\x04" + _NOISE.randbytes(99)), said="a zip file"),
    Kind(called="A PDF", make=_holding("talk.pdf", b"%PDF-1.7\n\x80\x81" + _NOISE.randbytes(99)), said="this is a PDF"),
    Kind(
        called="A picture",
        make=_holding("talk.mp3", b"\xff\xd8\xff\xe0" + _NOISE.randbytes(5000)),
        said="this is a picture",
    ),
    Kind(
        called="A WAV of which only the header is there",
        make=_changed("talk.wav", _wav_without_sound),
        said="it has a header but no sound",
    ),
    Kind(
        called="A FLAC of which only the header is there",
        make=_changed("talk.flac", _first(80)),
        said="begins like FLAC",
    ),
    Kind(
        called="An MP3 of which only the tags are there", make=_changed("talk.mp3", _first(45)), said="begins like MP3"
    ),
    Kind(
        called="An M4A that the recorder did not finish",
        make=_changed("talk.m4a", _cut(0.5)),
        said="begins like MP4 or M4A",
    ),
    Kind(called="A WAV that was cut off", make=_changed("talk.wav", _cut(0.5)), said="seconds of that are missing"),
    Kind(called="A FLAC that was cut off", make=_changed("talk.flac", _cut(0.5)), said="seconds of that are missing"),
    Kind(called="An MP3 that was cut off", make=_changed("talk.mp3", _cut(0.5)), said="seconds of that are missing"),
    Kind(
        called="An M4A that was cut off",
        make=_changed("talk.m4a", _cut(0.5), options={"movflags": "+faststart"}),
        said="it is damaged, first at 0:0",
    ),
    Kind(
        called="An MP3 that is damaged in its middle",
        make=_changed("talk.mp3", _scrambled(16_000)),
        said="it is damaged, first at 0:0",
    ),
    Kind(
        called="A FLAC that is damaged in its middle",
        make=_changed("talk.flac", _scrambled(20_000)),
        said="seconds of that are missing",
    ),
    Kind(
        called="An M4A that is damaged in its middle",
        make=_changed("talk.m4a", _scrambled(9000), options={"movflags": "+faststart"}),
        said="it is damaged, first at 0:0",
    ),
    Kind(
        called="An MP3 whose tags say that they are longer than the file",
        make=_changed("talk.mp3", _tagged(0xFFFFFFF, 0), **_BARE),
        said="its tags say that they are longer",
    ),
    Kind(
        called="A file from a shop (FairPlay)",
        make=_changed("talk.m4p", _renamed(b"mp4a", b"drms"), codec="aac", format="ipod"),
        said="(DRM)",
    ),
    Kind(
        called="An encrypted MP4",
        make=_changed("talk.m4a", _renamed(b"mp4a", b"enca")),
        said="it is protected against copying (DRM)",
    ),
    Kind(
        called="A film without sound",
        make=lambda folder: sounds.save_film_without_sound(folder / "talk.mp4"),
        said="it has a picture but no sound",
    ),
    Kind(
        called="Silence",
        make=lambda folder: sounds.save(folder / "talk.wav", sounds.silence(SECONDS)),
        said="it is silent from its beginning to its end",
    ),
    Kind(
        called="Nearly silence",
        make=lambda folder: sounds.save(folder / "talk.wav", sounds.speech(SECONDS, peak=0.0004)),
        said="it is far too quiet to be speech",
    ),
    Kind(called="Less than a second", make=lambda folder: talk(folder / "talk.wav", 0.4), said="it lasts only 0.40"),
    Kind(called="A folder, such as a project of GarageBand", make=_folder, said="this is a folder, not a recording"),
    Kind(called="A pipe", make=_pipe, said="this is a pipe, not a recording"),
    Kind(called="A socket", make=_socket, said="this is a socket, not a recording"),
    Kind(called="A device", make=lambda _: Path("/dev/zero"), said="this is a device, not a recording"),
    Kind(called="A link to what is not there", make=_link("gone.wav"), said="it is a link to gone.wav"),
    Kind(called="A link to itself", make=_link("talk.wav"), said="it is a link that leads back to itself"),
)

ODD = (
    Kind(
        called="An MP3 that is called .wav",
        make=lambda folder: talk(folder / "talk.mp3").rename(folder / "talk.wav"),
        said="is not what its name says",
    ),
    Kind(
        called="A film with sound that is called .m4a",
        make=lambda folder: talk(folder / "talk.mkv").rename(folder / "talk.m4a"),
        said="it was read as Matroska",
    ),
    Kind(
        called="An MP3 with something else before its sound",
        make=_changed("talk.mp3", _headed(random.Random(4).randbytes(5000))),
        said="begins with something that is no sound",
    ),
    Kind(
        called="An MP3 with much else before its sound",
        make=_changed("talk.mp3", _headed(bytes(200_000))),
        said="begins with something that is no sound",
    ),
    Kind(
        called="An MP3 that is a little damaged",
        make=_changed("talk.mp3", _scrambled(2500)),
        said="is damaged in",
    ),
    Kind(
        called="An MP3 that does not say how long it is, and was cut off",
        make=_changed("talk.mp3", lambda content: content[: len(content) // 2 + 100], **_UNCOUNTED),
        said="has no proper end",
    ),
    Kind(
        called="An Ogg or Opus file that was cut off", make=_changed("talk.opus", _cut(0.5)), said="has no proper end"
    ),
)

FINE = (
    Kind(called="20 MB of tags", make=_changed("talk.mp3", _tagged(20_000_000, 20_000_000), **_BARE), said=""),
    Kind(called="tags that are noise", make=_changed("talk.mp3", _tagged(4000, 4000), **_BARE), said=""),
    Kind(
        called="two tags, one before the other",
        make=_changed("talk.mp3", lambda content: _tagged(300, 300)(_tagged(200, 200)(content)), **_BARE),
        said="",
    ),
)
