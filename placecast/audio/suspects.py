"""What is no recording at all: told by what kind of file it is and by its first bytes, before FFmpeg sees it."""

from __future__ import annotations

import errno
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from math import log10
from pathlib import Path
from typing import BinaryIO

from placecast import looks
from placecast.errors import AudioError

EXPORT_AGAIN = "Export it again from the editor or copy it again from the recorder, then listen to its end."

_NAME_SOUND = "Name a sound file: WAV, FLAC, MP3 or M4A."
# Opening these may wait for ever, or never end.
_KINDS = (
    (stat.S_ISDIR, "a folder", "Name the sound file inside it."),
    (stat.S_ISFIFO, "a pipe", "Write what comes out of it into a file, and name that."),
    (stat.S_ISSOCK, "a socket", _NAME_SOUND),
    (stat.S_ISCHR, "a device", _NAME_SOUND),
    (stat.S_ISBLK, "a device", _NAME_SOUND),
)

_SOUND = (
    (0, b"RIFF", "WAV"),
    (0, b"RF64", "WAV"),
    (0, b"fLaC", "FLAC"),
    (0, b"OggS", "Ogg"),
    (0, b"ID3", "MP3"),
    (4, b"ftyp", "MP4 or M4A"),
    (0, b"\x1aE\xdf\xa3", "Matroska or WebM"),
)
_PAGE = "Download the recording again: a login page may have come instead."
_TEXT = "Name the sound file itself, or copy it again: a message may have come instead of it."
_OTHERS = (
    (b"#EXTM3U", "a playlist", "Name the sound file that it leads to."),
    (b"[playlist]", "a playlist", "Name the sound file that it leads to."),
    (b"SQLite format 3\0", "an Audacity project or another database", "Export the sound from Audacity, and use that."),
    (b"PK\x03\x04", "a zip file or an Office document", "Unpack it, and use the sound file inside it."),
    (b"%PDF", "a PDF", _NAME_SOUND),
    (b"\xff\xd8\xff", "a picture", _NAME_SOUND),
    (b"\x89PNG", "a picture", _NAME_SOUND),
    (b"GIF8", "a picture", _NAME_SOUND),
)


def check_file(path: Path) -> None:
    """AudioError if this is no file that can be read, or an empty one."""
    where = str(path)
    try:
        found = path.stat()
        for is_kind, kind, cure in _KINDS:
            if is_kind(found.st_mode):
                raise AudioError(where, f"this is {kind}, not a recording.", cure)
        with path.open("rb"):
            pass
    except OSError as exc:
        raise _unreadable(path, exc) from exc
    if found.st_size == 0:
        raise AudioError(where, "the file is empty.", "Copy the recording again: the copy was probably interrupted.")


@contextmanager
def steady(path: Path) -> Iterator[None]:
    """AudioError if the file is another at the end of this: what was read of it is then no whole recording."""
    check_file(path)
    with finished(path):
        yield


@contextmanager
def finished(original: Path | None) -> Iterator[None]:
    """`steady` for the file that a recording was copied from: if it grows, the copy is not the whole of it.

    A copy is made so fast that a program which exports the sound beside it writes nothing meanwhile. An original that
    is not there, or no longer, is no fault. That it grows is told in place of what else is wrong with the sound.
    """
    before = looks.look(original) if original else []
    fault = None
    try:
        yield
    except AudioError as error:
        fault = error
    after = looks.look(original) if original else []
    if original and before and after and after != before:
        what = "it changed while it was read: another program is still writing it."
        cure = "Wait until the copy or the export is done, then run the command again."
        raise AudioError(str(original), what, cure) from fault
    if fault:
        raise fault


def unrecognised(path: Path) -> AudioError:
    """What the file is instead, as far as its beginning tells."""
    with path.open("rb") as file:
        head = file.read(4096)
    where = str(path)
    for signature, kind, cure in _OTHERS:
        if head.startswith(signature):
            return AudioError(where, f"this is {kind}, not sound.", cure)
    if _is_text(head):
        page = re.search(rb"<(!doctype\s+html|html|head|body)\b", head, re.IGNORECASE)
        return AudioError(where, f"this is {'a web page' if page else 'text'}, not sound.", _PAGE if page else _TEXT)
    if not head.strip(b"\0"):
        what = "there are only zeros where the sound should begin: it was never copied whole."
        return AudioError(where, what, "Copy the recording again from the recorder or the disk that it is on.")
    if tag_end(head) > path.stat().st_size:
        what = "its tags say that they are longer than the whole file, so no sound can be found behind them."
        return AudioError(where, what, "Export it again without tags: placecast writes its own.")
    for offset, signature, kind in _SOUND:
        if head.startswith(signature, offset):
            what = f"it begins like {kind}, but no sound in it can be read: it was not finished, or it was cut off."
            return AudioError(where, what, EXPORT_AGAIN)
    return AudioError(
        where, "this is not a sound file that placecast can read.", "Export it as WAV, FLAC, MP3 or M4A and use that."
    )


def too_quiet(path: Path, loudest: float) -> AudioError:
    """What to say of a recording in which nothing is heard; `loudest` is its largest sample, 1 being full scale."""
    cure = "Check the microphone's track in the editor: is it muted, or turned down?"
    if loudest < _NOTHING:
        return AudioError(str(path), "it is silent from its beginning to its end.", cure)
    what = f"it is far too quiet to be speech: its loudest moment is {-20 * log10(loudest):.0f} dB below full scale."
    return AudioError(str(path), what, cure)


_NOTHING = 1e-5  # less than the smallest number of sixteen bits


def tag_end(head: bytes) -> int:
    """Where the ID3 tag ends that a file begins with (ID3v2.3 section 3.1: its size has seven bits a byte)."""
    if head[:3] != b"ID3" or len(head) < 10:
        return 0
    return 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))


def past_tags(file: BinaryIO) -> None:
    """Go to where the ID3 tags end that a file begins with: some programs put one before another."""
    place = 0
    file.seek(0)
    while end := tag_end(file.read(10)):
        place += end
        file.seek(place)
    file.seek(place)


def headed_by_junk(path: Path) -> bool:
    """Whether an MP3 begins with something that is neither tags nor a frame of Layer III."""
    with path.open("rb") as file:
        past_tags(file)
        head = file.read(2)
    return not (len(head) == 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2)


def _unreadable(path: Path, error: OSError) -> AudioError:
    where = str(path)
    if error.errno == errno.ELOOP:
        return AudioError(where, "it is a link that leads back to itself.", "Name the recording itself.")
    if error.errno == errno.ENAMETOOLONG:
        return AudioError(where, "its name is longer than a file's can be.", "Check the name.")
    if isinstance(error, FileNotFoundError) and path.is_symlink():
        what = f"it is a link to {path.readlink()}, which is not there."
        return AudioError(where, what, "Is that disk connected? Connect it, or name the recording itself.")
    if isinstance(error, FileNotFoundError):
        return AudioError(where, "there is no such file.", "Check the name, or put the recording there.")
    return AudioError(where, f"it cannot be opened: {error.strerror}.", "Check who may read it.")


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode()
    except UnicodeDecodeError as exc:
        if exc.start < len(head) - 4:  # 4: the last character may have been cut in two
            return False
        text = head[: exc.start].decode()
    return not re.search(r"[\x00-\x08\x0e-\x1f]", text)
