"""A few seconds of a recording as a WAV file that any player on any computer opens."""

from __future__ import annotations

import wave
from pathlib import Path

import av

from placecast.audio.source import open_recording
from placecast.audio.writing import writing
from placecast.files import replacing

_LAYOUT, _BYTES = "mono", 2


def cut(recording: Path, clip: Path, start: float, end: float) -> None:
    """Write the sound between these seconds, mono, in the recording's own rate."""
    with open_recording(recording) as source, writing(clip), replacing(clip) as partial:
        rate = source.stream.rate
        # Compressed sound decodes cleanly only some frames after the place that was jumped to.
        source.container.seek(int(max(start - 1, 0) * av.time_base))
        convert = av.AudioResampler(format="s16", layout=_LAYOUT, rate=rate)
        with wave.open(str(partial), "wb") as target:
            target.setnchannels(1)
            target.setsampwidth(_BYTES)
            target.setframerate(rate)
            for frame in source.container.decode(source.stream):
                at = frame.time or 0.0
                if at >= end:
                    break
                samples = b"".join(bytes(part.planes[0])[: part.samples * _BYTES] for part in convert.resample(frame))
                first, last = (max(round((moment - at) * rate), 0) * _BYTES for moment in (start, end))
                target.writeframes(samples[first:last])
