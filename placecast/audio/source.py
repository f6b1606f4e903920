"""The producer's recording: opened, decoded once, and checked.

FFmpeg reads nearly anything without a word. So the rules of what is not a recording, what is only a part of one and
what needs a warning are here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.container import InputContainer

from placecast.audio.suspects import EXPORT_AGAIN, headed_by_junk, past_tags, steady, unrecognised
from placecast.containers import opened
from placecast.errors import AudioError
from placecast.model import Progress
from placecast.timecode import clock, spoken

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

_EXACT = ("wav", "w64", "flac", "aiff")  # these state their length to the sample
_STATED = (*_EXACT, "ogg", "mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "caf")  # the others let FFmpeg guess
_SHORTEST = 1.0  # seconds
# kbit/s of Layer III, by the number in the frame's header; 0 is any other.
_SPEEDS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_HALF_SPEEDS = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)


class Recording:
    """An open recording. `frames` decodes it, once; what it noticed on the way is known afterwards."""

    def __init__(self, path: Path, container: InputContainer) -> None:
        self.path = path
        self.container = container
        self.stream = self._sound()
        self.seconds = 0.0  # decoded so far
        self._damage: list[float] = []
        self._last = b""  # packet
        self._junk = self._format == "mp3" and headed_by_junk(path)

    def frames(self, progress: Progress) -> Iterator[av.AudioFrame]:
        """Every frame of the sound; AudioError at the end if that was not all there should be."""
        expected = (self.container.duration or 0) / 1_000_000
        for packet in self._packets():
            self._last = bytes(packet) if self._format == "mp3" and packet.size else self._last
            for frame in self._decode(packet):
                self.seconds += frame.samples / frame.sample_rate
                yield frame
            progress(min(self.seconds / expected, 1.0) if expected else 0.0)
        self._check_length()

    def warnings(self) -> tuple[str, ...]:
        """What the producer should look at, though the recording can be used."""
        torn = _torn_ogg(self.path) if self._format == "ogg" else _torn_mp3(self._last)
        ends = f"{self.path.name} has no proper end: it may have been cut off. Listen to its last words."
        found = (self._misnamed(), self._headed(), self._damaged(), ends if torn else "")
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
            raise unrecognised(self.path)
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
            raise self._fault("it has a header but no sound.", EXPORT_AGAIN)
        stated = self._stated()
        missing = (stated or 0) - self.seconds
        if stated and missing > (0.01 if self._format in _EXACT else 0.25):
            raise self._fault(self._shortfall(stated, missing), EXPORT_AGAIN)
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

    def _headed(self) -> str:
        return f"{self.path.name} begins with something that is no sound: it was left out." if self._junk else ""

    def _damaged(self) -> str:
        damage = [place for place in self._damage if place or not self._junk]
        if not damage:
            return ""
        places = "1 place" if len(damage) == 1 else f"{len(damage)} places"
        return f"{self.path.name} is damaged in {places}, first at {clock(damage[0])}: listen there."

    def _fault(self, what: str, cure: str) -> AudioError:
        return AudioError(str(self.path), what, cure)


@contextmanager
def open_recording(path: Path) -> Iterator[Recording]:
    """The recording, opened; AudioError with its own sentence for everything that is none."""
    with steady(path):
        try:
            container = opened(path)
        except av.FFmpegError as exc:
            raise unrecognised(path) from exc
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


def _states_length(path: Path) -> bool:
    """Whether an MP3 has the Xing, Info or VBRI header that counts its frames."""
    with path.open("rb") as file:
        past_tags(file)
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


def _torn_ogg(path: Path) -> bool:
    """RFC 3533 section 6: the last page of a stream carries the flag 4, unless the file was cut off."""
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - 65_536, 0))  # a page is at most 65,307 bytes
        tail = file.read()
    flags = tail[tail.rfind(b"OggS") + 5 : tail.rfind(b"OggS") + 6]
    return not (flags and flags[0] & 4)


def _torn_mp3(packet: bytes) -> bool:
    """Whether the last frame is shorter than its header says (ISO/IEC 11172-3, 2.4.3.1, and 13818-3 for half rates)."""
    if len(packet) < 4:
        return False
    version, bits = packet[1] >> 3 & 3, packet[2]
    speeds = _SPEEDS if version == 3 else _HALF_SPEEDS
    if bits >> 4 in (0, 15) or bits >> 2 & 3 == 3:
        return False
    rate = (44100, 48000, 32000)[bits >> 2 & 3] >> {3: 0, 2: 1}.get(version, 2)
    words = 144 if version == 3 else 72
    return len(packet) < words * 1000 * speeds[bits >> 4] // rate + (bits >> 1 & 1)
