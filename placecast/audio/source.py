"""The producer's recording: opened, decoded once, and checked.

FFmpeg reads nearly anything without a word. So the rules of what is not a recording, what is only a part of one and
what needs a warning are here.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.container import InputContainer

from placecast.errors import AudioError
from placecast.model import Progress
from placecast.timecode import clock, spoken

# By name, so that a playlist called .mp3 cannot make FFmpeg open other files or addresses.
_FORMATS = "wav,w64,aiff,caf,au,flac,mp3,aac,mov,mp4,m4a,3gp,3g2,mj2,ogg,matroska,webm,avi,mpegts,mpeg,asf,amr"
_OPTIONS = {"format_whitelist": _FORMATS, "protocol_whitelist": "file"}

_SUFFIXES = {
    "wav": (".wav", ".wave", ".bwf", ".rf64"),
    "flac": (".flac",),
    "mp3": (".mp3",),
    "aac": (".aac",),
    "aiff": (".aif", ".aiff", ".aifc"),
    "ogg": (".ogg", ".oga", ".opus", ".ogv", ".spx"),
    "mov,mp4,m4a,3gp,3g2,mj2": (".mp4", ".m4a", ".m4b", ".m4v", ".m4p", ".mov", ".qt", ".3gp", ".3g2"),
    "matroska,webm": (".mkv", ".mka", ".webm", ".weba"),
}

# Sample entries of encrypted sound: ISO/IEC 14496-12 (enca), iTunes (drms), Audible (aavd).
_ENCRYPTED = ("drms", "enca", "aavd")

_SIGNATURES = (
    (0, b"RIFF", "WAV"),
    (0, b"RF64", "WAV"),
    (0, b"fLaC", "FLAC"),
    (0, b"OggS", "Ogg"),
    (0, b"ID3", "MP3"),
    (4, b"ftyp", "MP4 or M4A"),
    (0, b"\x1aE\xdf\xa3", "Matroska or WebM"),
)

_EXACT = ("wav", "w64", "flac", "aiff")  # these state their length to the sample
_STATED = (*_EXACT, "ogg", "mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "caf")  # the others let FFmpeg guess
_SHORTEST = 1.0  # seconds
_EXPORT_AGAIN = "Export it again from the editor or copy it again from the recorder, then listen to its end."


class Recording:
    """An open recording. `frames` decodes it, once; what it noticed on the way is known afterwards."""

    def __init__(self, path: Path, container: InputContainer) -> None:
        self.path = path
        self.container = container
        self.stream = self._sound()
        self.seconds = 0.0  # decoded so far
        self._damage: list[float] = []

    def frames(self, progress: Progress) -> Iterator[av.AudioFrame]:
        """Every frame of the sound; AudioError at the end if that was not all there should be."""
        expected = (self.container.duration or 0) / 1_000_000
        for packet in self._packets():
            for frame in self._decode(packet):
                self.seconds += frame.samples / frame.sample_rate
                yield frame
            progress(min(self.seconds / expected, 1.0) if expected else 0.0)
        self._check_length()

    def warnings(self) -> tuple[str, ...]:
        """What the producer should look at, though the recording can be used."""
        found = (self._misnamed(), self._damaged(), _torn_ogg(self.path, self._format))
        return tuple(sentence for sentence in found if sentence)

    @property
    def _format(self) -> str:
        return self.container.format.name

    def _sound(self) -> av.AudioStream:
        streams = self.container.streams
        stream = streams.best("audio")
        if stream is None and streams.video:
            raise self._fault("it has a picture but no sound.", "Export the film with its sound, or only the sound.")
        if not isinstance(stream, av.AudioStream) or not stream.rate or not stream.channels:
            raise _unrecognised(self.path)
        if stream.codec_context.codec_tag in _ENCRYPTED:
            raise self._fault(
                "it is protected against copying (DRM).", "Use the recording that you made, not one from a shop."
            )
        return stream

    def _packets(self) -> Iterator[av.Packet[av.AudioStream]]:
        try:
            yield from self.container.demux(self.stream)
        except av.FFmpegError:
            self._damage.append(self.seconds)

    def _decode(self, packet: av.Packet[av.AudioStream]) -> list[av.AudioFrame]:
        """What is in the packet. What cannot be decoded is remembered: the rest may still be good."""
        try:
            return self.stream.decode(packet)
        except av.FFmpegError:
            self._damage.append(self.seconds)
            return []

    def _check_length(self) -> None:
        if not self.seconds:
            raise self._fault("it has a header but no sound.", _EXPORT_AGAIN)
        stated = self._stated()
        missing = (stated or 0) - self.seconds
        if stated and missing > (0.01 if self._format in _EXACT else 0.25):
            raise self._fault(self._shortfall(stated, missing), _EXPORT_AGAIN)
        if self.seconds < _SHORTEST:
            raise self._fault(
                f"it lasts only {self.seconds:.2f} seconds.", "Check that this is the whole episode and not a jingle."
            )

    def _shortfall(self, stated: float, missing: float) -> str:
        first = f"it is damaged, first at {clock(self._damage[0])}" if self._damage else ""
        cause = first or "it is damaged or was cut off"
        length = f"{stated:.1f} seconds" if stated < 60 else spoken(stated)
        return f"{cause}: it should last {length}, but {missing:.2f} seconds of that are missing."

    def _stated(self) -> float | None:
        """The seconds that the file itself promises, or None where that is a guess of FFmpeg's."""
        if self._format == "mp3" and not _states_length(self.path):
            return None
        if self._format not in (*_STATED, "mp3"):
            return None
        if self.stream.duration is not None and self.stream.time_base is not None:
            return float(self.stream.duration * self.stream.time_base) + self._missing_from_wav()
        # A container with a film in it states the film's length: its sound may rightly be shorter.
        pictures = any(stream.type == "video" for stream in self.container.streams)
        return None if pictures or self.container.duration is None else self.container.duration / 1_000_000

    def _missing_from_wav(self) -> float:
        rate = self.stream.bit_rate or 0
        return _wav_shortfall(self.path) * 8 / rate if self._format == "wav" and rate else 0.0

    def _misnamed(self) -> str:
        suffixes = _SUFFIXES.get(self._format)
        if suffixes is None or self.path.suffix.lower() in suffixes:
            return ""
        kind = self.container.format.long_name
        return f"{self.path.name} is not what its name says: it was read as {kind} ({suffixes[0]})."

    def _damaged(self) -> str:
        if not self._damage:
            return ""
        count = len(self._damage)
        places = "1 place" if count == 1 else f"{count} places"
        return f"{self.path.name} is damaged in {places}, first at {clock(self._damage[0])}: listen there."

    def _fault(self, what: str, cure: str) -> AudioError:
        return AudioError(str(self.path), what, cure)


@contextmanager
def open_recording(path: Path) -> Iterator[Recording]:
    """The recording, opened; AudioError with its own sentence for everything that is none."""
    _check_file(path)
    try:
        container = av.open(f"file:{path}", options=_OPTIONS, metadata_errors="replace")
    except av.FFmpegError as exc:
        raise _unrecognised(path) from exc
    with container:
        yield Recording(path, container)


def check(recording: Path) -> None:
    """AudioError if this is plainly no recording: a look at its beginning, which takes no time."""
    with open_recording(recording):
        pass


def length(recording: Path) -> float:
    """About how many seconds a recording has, as its header promises; AudioError when it cannot be opened."""
    with open_recording(recording) as source:
        return (source.container.duration or 0) / 1_000_000


def _check_file(path: Path) -> None:
    where = str(path)
    if path.is_dir():
        raise AudioError(where, "this is a folder, not a recording.", "Name the sound file inside it.")
    try:
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except FileNotFoundError as exc:
        raise AudioError(where, "there is no such file.", "Check the name, or put the recording there.") from exc
    except OSError as exc:
        raise AudioError(where, f"it cannot be opened: {exc.strerror}.", "Check who may read it.") from exc
    if size == 0:
        raise AudioError(where, "the file is empty.", "Copy the recording again: the copy was probably interrupted.")


def _unrecognised(path: Path) -> AudioError:
    """What the file is instead, as far as its beginning tells."""
    with path.open("rb") as file:
        head = file.read(4096)
    where = str(path)
    if _is_text(head):
        kind = "a web page" if re.search(rb"<(!doctype\s+html|html|head|body)\b", head, re.IGNORECASE) else "text"
        return AudioError(
            where, f"this is {kind}, not sound.", "Download the recording again: a login page may have come instead."
        )
    for offset, signature, kind in _SIGNATURES:
        if head.startswith(signature, offset):
            return AudioError(
                where,
                f"it begins like {kind}, but there is no sound in it that can be read: it was not finished or cut off.",
                _EXPORT_AGAIN,
            )
    return AudioError(
        where, "this is not a sound file that placecast can read.", "Export it as WAV, FLAC, MP3 or M4A and use that."
    )


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode()
    except UnicodeDecodeError as exc:
        if exc.start < len(head) - 4:  # 4: the last character may have been cut in two
            return False
        text = head[: exc.start].decode()
    return not re.search(r"[\x00-\x08\x0e-\x1f]", text)


def _states_length(path: Path) -> bool:
    """Whether an MP3 has the Xing, Info or VBRI header that counts its frames."""
    with path.open("rb") as file:
        head = file.read(10)
        if head[:3] == b"ID3":  # ID3v2.3 section 3.1: the size has seven bits a byte
            file.seek(10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True)))
        else:
            file.seek(0)
        frame = file.read(256)
    return any(mark in frame for mark in (b"Xing", b"Info", b"VBRI"))


def _wav_shortfall(path: Path) -> int:
    """The bytes that the data chunk promises beyond the end of the file.

    FFmpeg quietly shortens the declared length of a WAV that was cut off. Lengths of 0 and 0xFFFFFFFF are legal: a
    program that writes into a pipe cannot know better.
    """
    promised = 0
    with path.open("rb") as file:
        file.seek(12)
        while len(header := file.read(8)) == 8:
            name, length = struct.unpack("<4sI", header)
            if name == b"data":
                promised = promised or (length if length != 0xFFFFFFFF else 0)
                return max(file.tell() + promised - path.stat().st_size, 0)
            if name == b"ds64":  # EBU Tech 3306: the length of the data in a WAV above 4 GB
                promised = struct.unpack("<8xQ", file.read(16))[0]
                length -= 16
            file.seek(length + length % 2, 1)
    return 0


def _torn_ogg(path: Path, format_name: str) -> str:
    """RFC 3533 section 6: the last page of a stream carries the flag 4, unless the file was cut off."""
    if format_name != "ogg":
        return ""
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - 65_536, 0))  # a page is at most 65,307 bytes
        tail = file.read()
    flags = tail[tail.rfind(b"OggS") + 5 : tail.rfind(b"OggS") + 6]
    ended = bool(flags and flags[0] & 4)
    return "" if ended else f"{path.name} has no proper end: it may have been cut off. Listen to its last words."
