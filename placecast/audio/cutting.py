"""A few seconds of a recording as a WAV file that any player on any computer opens."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from pathlib import Path

import av

from placecast.audio.source import Recording, open_recording
from placecast.audio.writing import writing
from placecast.errors import AudioError
from placecast.files import replacing

_BYTES = 2  # a sample
_AHEAD = 1.0  # seconds: compressed sound decodes cleanly only some frames after the place that was jumped to


def cut(recording: Path, clip: Path, start: float, end: float) -> None:
    """Write the sound between these seconds, mono, in the recording's own rate."""
    with open_recording(recording) as source, writing(clip), replacing(clip) as partial:
        rate = source.stream.rate
        with wave.open(str(partial), "wb") as target:
            target.setnchannels(1)
            target.setsampwidth(_BYTES)
            target.setframerate(rate)
            for at, samples in _frames(source, start, end):
                first, last = (max(round((moment - at) * rate), 0) * _BYTES for moment in (start, end))
                target.writeframes(samples[first:last])


def _frames(source: Recording, start: float, end: float) -> Iterator[tuple[float, bytes]]:
    """What is heard from about `start` until `end`: the second at which each frame begins, and its samples."""
    stream = source.stream
    # The clock of compressed sound begins with what the decoder throws away: about 25 ms in an MP3.
    origin = float((stream.start_time or 0) * (stream.time_base or 0))
    convert = av.AudioResampler(format="s16", layout="mono", rate=stream.rate)
    try:
        source.container.seek(int((max(start - _AHEAD, 0) + origin) * av.time_base))
        for frame in source.container.decode(stream):
            at = (frame.time or 0.0) - origin
            if at >= end:
                return
            yield at, b"".join(bytes(part.planes[0])[: part.samples * _BYTES] for part in convert.resample(frame))
    except av.FFmpegError as exc:
        what = f"it cannot be read at these words: {exc.strerror}."
        raise AudioError(str(source.path), what, "Listen there in the editor.") from exc
