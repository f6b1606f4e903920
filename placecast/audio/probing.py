"""What an audio file is by its own account, without decoding it."""

from __future__ import annotations

from pathlib import Path

import av

from placecast.checks.built import Sound
from placecast.containers import opened

_FORMATS = "mp3,aac,mov,mp4,m4a,ogg,wav,flac"  # what listeners may get
_HEAD = 4096  # bytes of MP3 in which its first frame tells how it was coded


def probe(path: Path) -> Sound:
    """Codec, length, rate and channels. Its tags are `tags`' work."""
    try:
        with opened(path, _FORMATS) as file:
            stream = next(iter(file.streams.audio), None)
            if stream is None:
                return Sound(fault="there is no sound in it")
            context, length = stream.codec_context, file.duration
            return Sound(
                codec=context.codec.canonical_name,
                seconds=(length or 0) / av.time_base,
                rate=context.sample_rate,
                channels=context.channels,
                steady=_steady(path),
            )
    except (OSError, ValueError, av.FFmpegError) as error:
        return Sound(fault=f"{getattr(error, 'strerror', None) or error}")


def _steady(path: Path) -> bool:
    """Whether an MP3 has a constant bit rate: its first frame says Info then, and Xing or VBRI otherwise."""
    with path.open("rb") as file:
        head = file.read(10)
        file.seek(_tag_size(head))
        first = file.read(_HEAD)
    return b"Xing" not in first and b"VBRI" not in first


def _tag_size(head: bytes) -> int:
    """The bytes of an ID3v2 tag, its header included (ID3v2.3, section 3.1: seven bits of each byte count)."""
    if not head.startswith(b"ID3"):
        return 0
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    return size + 10
