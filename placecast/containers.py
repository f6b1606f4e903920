"""Sound files opened by the names of their formats, and without a look at the pictures and films in them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import av
from av.container import InputContainer

RECORDINGS = "wav,w64,aiff,caf,au,flac,mp3,aac,mov,mp4,m4a,3gp,3g2,mj2,ogg,matroska,webm,avi,mpegts,mpeg,asf,amr"
"""FFmpeg's names of what a producer may bring."""


def opened(path: Path, formats: str = RECORDINGS) -> InputContainer:
    """The file, which must be of one of these formats; FFmpegError where it is not.

    So a playlist called .mp3 cannot make FFmpeg open other files or addresses. And no cover is decoded to learn its
    size, which is what opening an MP3 takes most of its time for.
    """
    options = {"format_whitelist": formats, "protocol_whitelist": "file", "codec_whitelist": _decoders()}
    return av.open(f"file:{path}", options=options, metadata_errors="replace")


@cache
def _decoders() -> str:
    return ",".join(sorted(name for name in av.codecs_available if _hears(name)))


def _hears(name: str) -> bool:
    try:
        return av.Codec(name, "r").type == "audio"
    except av.codec.codec.UnknownCodecError:  # it only encodes
        return False
