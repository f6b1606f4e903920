"""Voices are told apart by their sound, and where that cannot be believed it is said.

The tests marked `weights` hear the sample episode with the real network; the others need none of its weights.
"""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from placecast import vtt
from placecast.errors import EngineError
from placecast.model import Cue, no_progress
from placecast.transcribe import speakers, voices
from placecast.transcribe.likeness import group
from placecast.transcribe.speakers import Change, Heard, Labelled, judge, label
from placecast.transcribe.vad import RATE, Samples
from tests.test_transcribe import sample
from tests.tiny_models import voice

__all__ = ["sample"]

Directions = NDArray[np.float32]
TRANSCRIPT = Path(__file__).parents[1] / "transcripts" / "whose-high-street.vtt"


def people(*shares: tuple[float, ...], count: int = 30, spread: float = 0.02, seed: int = 1) -> Directions:
    """Directions about the same for each mixture of people: (1, 0) is the first of two, (0.5, 0.5) both at once."""
    random = np.random.default_rng(seed)
    raw = np.zeros((len(shares), count, voices.DIRECTION), np.float32)
    for number, mixture in enumerate(shares):
        raw[number, :, : len(mixture)] = mixture
    raw += random.normal(0, spread, raw.shape)
    directions = raw.reshape(-1, voices.DIRECTION)
    return directions / np.linalg.norm(directions, axis=1, keepdims=True)


ONE, OTHER, THIRD = (1.0, 0.3, 0.3), (0.3, 1.0, 0.3), (0.3, 0.3, 1.0)


@pytest.mark.parametrize(
    ("directions", "count", "doubt"),
    [
        (people(ONE), 1, ""),
        (people(ONE, OTHER), 2, ""),
        (people(ONE, OTHER, THIRD), 3, ""),
        (people(ONE, OTHER, count=3000), 2, ""),
        (people(ONE), 2, "cannot be told apart"),
        (people(ONE, OTHER), 3, "cannot be told apart"),
        (people(ONE, OTHER, THIRD), 2, "more voices than 2"),
        (people(ONE, OTHER), 1, "more voices than 1"),
        (np.concatenate([people(ONE, OTHER), people((0.9, 0.9, 0.5), count=10)]), 2, "often talk"),
        (people(ONE, OTHER, count=3), 2, "too little speech"),
        (people(count=0), 2, "too little speech"),
        (np.concatenate([people(ONE, count=400), people(OTHER, count=3)]), 2, "2 voices"),
    ],
)
def test_voices_are_sorted_and_doubted(directions: Directions, count: int, doubt: str) -> None:
    said = group(directions, count).doubt
    assert doubt in said if doubt else said == ""


def test_a_laugh_does_not_take_the_place_of_a_person() -> None:
    sorted_ = group(np.concatenate([people(ONE, OTHER), people((0.0, 0.0, 0.0, 1.0), count=1)]), 2)
    assert sorted_.doubt == ""
    assert sorted(sorted_.centres[:, :2].argmax(axis=1)) == [0, 1]


def heard(*windows: tuple[int, float, tuple[float, ...]]) -> Heard:
    """Windows as (cue, second, mixture), after a minute of each of two people in cues of their own."""
    first = people(OTHER, ONE)
    rows = [people(mixture, count=1) for _, _, mixture in windows]
    return Heard(
        cue=np.array([0] * 30 + [1] * 30 + [cue for cue, _, _ in windows]),
        seconds=np.array([*np.arange(60.0), *(second for _, second, _ in windows)]),
        whole=np.array([True] * 60 + [False] * len(windows)),
        directions=np.concatenate([first, *rows]),
    )


def test_speakers_are_numbered_as_they_appear() -> None:
    labelled = judge(heard((2, 61, OTHER), (3, 65, ONE), (3, 66, ONE)), 4, 2)
    assert labelled == Labelled(speakers=(0, 1, 0, 1), changes=(), reason="")
    assert labelled.reliable


def test_a_sentence_in_which_no_voice_is_heard_belongs_to_whoever_spoke_before() -> None:
    assert judge(heard((3, 61, OTHER)), 5, 2).speakers == (0, 1, 1, 0, 0)


def test_a_change_within_a_sentence_is_told_with_its_time() -> None:
    labelled = judge(heard((2, 61, OTHER), (2, 62, OTHER), (2, 63, ONE), (2, 64, ONE), (2, 65, ONE)), 3, 2)
    assert labelled.changes == (Change(cue=2, seconds=62.5, before=0, after=1),)
    assert labelled.speakers[2] == 1


def test_no_speech_has_one_speaker_who_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speakers, "load_voices", Deaf)
    cues = [Cue(start=start, end=start + 3, text="Hm.") for start in (0, 3, 90)]
    labelled = label(np.zeros(8 * RATE, np.float32), cues, count=2, progress=no_progress)
    assert labelled.speakers == (0, 0, 0)
    assert not labelled.reliable


class Deaf:
    """A network to which all voices are one."""

    def embed(self, windows: Directions) -> Directions:
        assert windows.shape[1:] == (voices.WINDOW, 40)
        return np.full((len(windows), voices.DIRECTION), 1 / 16, np.float32)


def test_a_long_recording_mapped_from_a_file_takes_little_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speakers, "load_voices", Deaf)
    np.tile(voice(20), 15).tofile(tmp_path / "long.f32")
    recording = np.memmap(tmp_path / "long.f32", np.float32, "r")
    told: list[float] = []
    tracemalloc.start()
    labelled = label(recording, [Cue(start=0, end=300, text="On and on.")], count=1, progress=told.append)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert labelled.speakers == (0,)
    assert peak < 40_000_000
    assert told == sorted(told)
    assert told[-1] == 1.0


def resemblyzer(lstm: torch.nn.LSTM, linear: torch.nn.Linear) -> bytes:
    """These parameters where Resemblyzer's file has its own."""
    weights = [getattr(lstm, f"weight_{side}_l{layer}") for layer in range(3) for side in ("ih", "hh")]
    biases = [getattr(lstm, f"bias_{side}_l{layer}") for layer in range(3) for side in ("ih", "hh")]
    data = bytearray(6_000_000)
    for position, tensors in ((269_883, [*weights, *biases]), (7_731, [linear.weight]), (6_699, [linear.bias])):
        raw = b"".join(tensor.detach().numpy().tobytes() for tensor in tensors)
        data[position : position + len(raw)] = raw
    return bytes(data)


def test_the_network_computes_what_pytorch_computes() -> None:
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(1)
        lstm, linear = torch.nn.LSTM(40, 256, 3, batch_first=True), torch.nn.Linear(256, 256)
        windows = torch.rand(3, voices.WINDOW, 40)
        raw = torch.relu(linear(lstm(windows)[1][0][-1]))
        theirs = (raw / raw.norm(dim=1, keepdim=True)).numpy()
    ours = voices.Voices(resemblyzer(lstm, linear)).embed(windows.numpy())
    assert np.abs(ours - theirs).max() < 1e-5


def test_spectra_tell_pitch_and_not_how_quiet_a_voice_is() -> None:
    times = np.arange(RATE, dtype=np.float32) / RATE
    low, high = (np.sin(2 * np.pi * hertz * times).astype(np.float32) for hertz in (200, 4000))
    assert len(voices.spectra(low)) == 101
    # Slaney's bands are 73.5 Hz apart below 1 kHz.
    assert voices.spectra(low)[50].argmax() == 2
    assert voices.spectra(high)[50].argmax() > 25
    quiet = voices.spectra(low * np.float32(0.01))
    assert quiet == pytest.approx(voices.spectra(low * np.float32(0.001)), rel=1e-3, abs=1e-6)


def cues_of_sample() -> tuple[Cue, ...]:
    return vtt.parse(TRANSCRIPT.read_text("utf-8"), "the sample's transcript", "en-GB").cues


@pytest.fixture(scope="module")
def weights() -> None:
    try:
        voices.load_voices()
    except EngineError as exc:
        pytest.skip(f"NOT TESTED, there is no network for voices on this machine: {exc}")


@pytest.mark.weights
@pytest.mark.usefixtures("weights")
def test_the_two_people_of_the_sample_are_told_apart(sample: Samples) -> None:
    cues = cues_of_sample()
    labelled = label(sample, cues, count=2, progress=no_progress)
    assert labelled.reliable, labelled.reason
    assert labelled.changes == ()
    who = {cue.text: number for cue, number in zip(cues, labelled.speakers, strict=True)}
    assert who["Whose high street is it?"] == 0
    assert who["That is the awkward part, Rosa."] == 1
    assert who["That does not sound like regeneration."] == 0


@pytest.mark.weights
@pytest.mark.usefixtures("weights")
def test_one_person_more_than_there_are_is_doubted(sample: Samples) -> None:
    labelled = label(sample[: 90 * RATE], cues_of_sample()[:25], count=3, progress=no_progress)
    assert not labelled.reliable
