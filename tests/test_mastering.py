"""Mastering as others measure it: two meters and two decoders that are not ours, on recordings of every sort."""

from __future__ import annotations

import json
import re
import struct
import subprocess
import sys
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen.mp3 import MP3, BitrateMode

from placecast import audio
from placecast.audio import info
from placecast.audio.envelope import Envelope
from placecast.audio.limiter import Curve
from placecast.errors import AudioError
from placecast.model import Mastering
from tests import sounds
from tests.sounds import Sound

RATE = 48000


def loud_and_quiet(voice: Sound) -> Sound:
    """Two speakers who take turns of six seconds, one of them 14 dB quieter."""
    turns = np.where((np.arange(len(voice)) // (6 * RATE)) % 2, 0.2, 1.0)
    return (voice * turns[:, None]).astype(np.float32)


def knocked(sound: Sound) -> Sound:
    """With a knock on the table at full scale, every second."""
    hit = sound.copy()
    for at in range(RATE // 2, len(hit) - 500, RATE):
        hit[at : at + 200] = np.sin(np.arange(200) / 3)[:, None] * 0.99
    return hit


def noisy(sound: Sound, share: float) -> Sound:
    noise = np.random.default_rng(7).standard_normal(sound.shape) * share
    return (sound + noise).astype(np.float32)


def scaled(sound: Sound, *channels: float) -> Sound:
    return (sound * np.array(channels, np.float32)).astype(np.float32)


def wide(seconds: float) -> Sound:
    """Two voices, one in each ear."""
    return np.hstack([sounds.speech(seconds, seed=1), sounds.speech(seconds, seed=2, peak=0.1)])


Save = Callable[[Path], Path]


def saved(sound: Sound, suffix: str = ".wav", **options: object) -> Save:
    return lambda folder: sounds.save(folder / f"talk{suffix}", sound, **options)  # type: ignore[arg-type]


def field_recorder(folder: Path) -> Path:
    """Eight bare tracks, each with its own voice."""
    tracks = np.hstack([sounds.speech(8.0, seed=seed, peak=0.05 * (seed + 1)) for seed in range(8)])
    with wave.open(str(folder / "talk.wav"), "wb") as file:
        file.setnchannels(8)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((tracks * 32767).astype("<i2").tobytes())
    return folder / "talk.wav"


RECORDINGS: dict[str, Save] = {
    "mono": saved(sounds.speech(8.0)),
    "stereo": saved(sounds.speech(8.0, channels=2), ".flac"),
    "one voice in each ear": saved(wide(8.0)),
    "very quiet": saved(sounds.speech(8.0, peak=0.004), codec="pcm_s24le"),
    "clipped": saved(sounds.clipped(sounds.speech(8.0))),
    "one-sided": saved(scaled(sounds.speech(8.0, channels=2), 1, 0)),
    "out of phase": saved(scaled(sounds.speech(8.0, channels=2), 1, -1)),
    "very dynamic": saved(loud_and_quiet(sounds.speech(24.0))),
    "knocks on the table": saved(knocked(sounds.speech(8.0, peak=0.05))),
    "noisy": saved(noisy(sounds.speech(8.0), 0.02)),
    "5.1": saved(sounds.speech(8.0, channels=6)),
    "7.1": saved(sounds.speech(8.0, channels=8)),
    "field recorder": field_recorder,
    "96 kHz float": saved(sounds.speech(8.0, rate=96000, channels=2), rate=96000, codec="pcm_f32le"),
    "float far above full scale": saved(sounds.speech(8.0, peak=9.0), codec="pcm_f32le"),
    "44.1 kHz": saved(sounds.speech(8.0, rate=44100), rate=44100),
    "telephone": saved(sounds.speech(8.0, rate=8000), rate=8000),
    "compressed before": saved(sounds.speech(8.0), ".m4a", kbps=32),
    "a tone": saved(sounds.tone(8.0, peak=0.9)),
}


def ffmpegs_meter(path: Path) -> tuple[float, float]:
    """LUFS and dBTP by the filter of FFmpeg's command, of another version than the one that is inside PyAV."""
    command = ["ffmpeg", "-hide_banner", "-nostats", "-i", str(path), "-af", "ebur128=peak=true", "-f", "null", "-"]
    log = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    loudness, peak = re.findall(r"(?:I|Peak):\s+(-?[\d.]+) (?:LUFS|dBFS)", log[log.rindex("Summary") :])
    return float(loudness), float(peak)


def loudgains_meter(path: Path) -> tuple[float, float]:
    """LUFS and dBTP by libebur128, which has code of its own for both."""
    command = ["loudgain", "-q", "-O", str(path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    names, figures = (line.split("\t") for line in said.splitlines())
    row = dict(zip(names, figures, strict=True))
    return tuple(float(row[name].split()[0]) for name in ("Loudness", "True_Peak_dBTP"))  # type: ignore[return-value]


@pytest.mark.ffprobe
@pytest.mark.loudgain
@pytest.mark.parametrize("kind", RECORDINGS)
def test_two_other_meters_find_the_target_met(tmp_path: Path, kind: str) -> None:
    out = tmp_path / "out.mp3"
    made = audio.master(RECORDINGS[kind](tmp_path), out, tmp_path / "s.f32", Mastering())
    for loudness, peak in (ffmpegs_meter(out), loudgains_meter(out), (made.loudness, made.true_peak)):
        assert abs(loudness + 16) <= 0.5
        assert peak <= -1.0
    assert MP3(out).info.bitrate_mode == BitrateMode.CBR


def test_what_cannot_reach_the_target_is_refused_with_the_reason(tmp_path: Path) -> None:
    clicks = sounds.silence(8.0)
    clicks[::24000] = 0.9
    with pytest.raises(AudioError, match="LUFS"):
        audio.master(saved(clicks)(tmp_path), tmp_path / "out.mp3", tmp_path / "s.f32", Mastering())
    assert not (tmp_path / "out.mp3").exists()


@pytest.mark.ffprobe
@settings(max_examples=6)
@given(samples=st.integers(RATE, 4 * RATE), rate=st.sampled_from([44100, 48000]), channels=st.sampled_from([1, 2]))
def test_other_decoders_hear_every_sample_and_no_more(
    tmp_path_factory: pytest.TempPathFactory, samples: int, rate: int, channels: int
) -> None:
    folder = tmp_path_factory.mktemp("length")
    sound = sounds.speech(samples / rate, rate=rate, channels=channels)
    out = folder / "out.mp3"
    audio.master(sounds.save(folder / "talk.wav", sound, rate=rate), out, folder / "s.f32", Mastering())
    command = ["ffmpeg", "-v", "error", "-i", str(out), "-f", "s16le", "-"]
    assert len(subprocess.run(command, capture_output=True, check=True).stdout) == len(sound) * channels * 2
    assert MP3(out).info.length == pytest.approx(len(sound) / rate, abs=0.0001)


def lame_fields(data: bytes) -> dict[str, int]:
    """What "Mp3 Info Tag revision 1" puts where, from the beginning of the frame."""
    at = data.index(b"Info")
    frames, size = struct.unpack(">II", data[at + 8 : at + 16])
    lame = data[at + 120 :]
    silence = int.from_bytes(lame[21:24], "big")
    music, crc, own = struct.unpack(">IHH", lame[28:36])
    return {
        "frames": frames,
        "bytes": size,
        "method": lame[9] & 15,
        "kbps": lame[20],
        "before": silence >> 12,
        "after": silence & 0xFFF,
        "music": music,
        "crc": crc,
        "own": own,
    }


@pytest.mark.lame
def test_the_header_says_what_lames_own_says_of_the_same_sound(tmp_path: Path) -> None:
    recording = sounds.save(tmp_path / "talk.wav", sounds.speech(5.0))
    audio.master(recording, tmp_path / "ours.mp3", tmp_path / "s.f32", Mastering())
    lame = ["lame", "--quiet", "--cbr", "-b", "96", "-q", "5", "-m", "m", "--noreplaygain"]
    subprocess.run([*lame, str(recording), str(tmp_path / "lame.mp3")], check=True)
    ours, theirs = (lame_fields((tmp_path / name).read_bytes()) for name in ("ours.mp3", "lame.mp3"))
    for name in ("frames", "bytes", "method", "kbps", "before", "after", "music"):
        assert ours[name] == theirs[name], name


@pytest.mark.lame
def test_the_checksum_is_computed_as_lame_does(tmp_path: Path) -> None:
    recording = sounds.save(tmp_path / "talk.wav", sounds.speech(5.0))
    subprocess.run(["lame", "--quiet", "--cbr", "-b", "96", str(recording), str(tmp_path / "lame.mp3")], check=True)
    data = (tmp_path / "lame.mp3").read_bytes()
    with (tmp_path / "lame.mp3").open("rb") as file:
        file.seek(288)  # 96 kb/s at 48 kHz: the frame with the header is 288 bytes
        assert info.checksum(file) == lame_fields(data)["crc"]


@given(
    peaks=st.lists(st.floats(0.0001, 4.0), min_size=50, max_size=400),
    gain=st.floats(-20, 30),
    ceiling=st.floats(-9, 0),
)
def test_no_peak_that_is_known_passes_the_ceiling(peaks: list[float], gain: float, ceiling: float) -> None:
    known = np.array(peaks, np.float32)
    curve = Curve(envelope=Envelope(rate=RATE, peaks=known, energies=known**2), gain=gain, ceiling=ceiling)
    curve = Curve(envelope=curve.envelope, gain=min(gain, curve.most), ceiling=ceiling)
    nodes = curve.nodes(0, len(known))
    assert (known * np.maximum(nodes[1:], nodes[:-1])).max() <= 10 ** (ceiling / 20) * 1.0001


def turns(path: Path) -> list[float]:
    """The level within each turn of six seconds, in dB."""
    sound, _ = sounds.load(path)
    return [10 * np.log10(np.mean(part[2 * RATE : 4 * RATE] ** 2)) for part in np.split(sound[: 24 * RATE, 0], 4)]


def mastered(recording: Path, mastering: Mastering) -> tuple[audio.Mastered, Path]:
    out = recording.with_name("out.mp3")
    return audio.master(recording, out, recording.with_name("samples.f32"), mastering), out


def test_levelling_brings_speakers_closer_and_only_when_asked(tmp_path: Path) -> None:
    # Tones, since no limiter has anything to do with them.
    recording = saved(loud_and_quiet(sounds.tone(24.0, hz=300)))(tmp_path)
    differences = []
    for level_speakers in (False, True):
        made, out = mastered(recording, Mastering(level_speakers=level_speakers))
        assert abs(made.loudness + 16) <= 0.5
        loud, quiet, *_ = turns(out)
        differences.append(loud - quiet)
    assert differences[0] > 11
    assert differences[1] < 5


def test_levelling_leaves_the_pauses_where_they_were(tmp_path: Path) -> None:
    """A gate that opens in every pause would bring up the room."""
    sound = noisy(sounds.speech(12.0), 0.0005)
    sound[4 * RATE : 8 * RATE] = noisy(sounds.silence(4.0), 0.0005)
    ratios = []
    for level_speakers in (False, True):
        _, out = mastered(saved(sound)(tmp_path), Mastering(level_speakers=level_speakers))
        heard = sounds.load(out)[0][:, 0]
        ratios.append(np.std(heard[: 4 * RATE]) / np.std(heard[5 * RATE : 7 * RATE]))
    assert ratios[1] == pytest.approx(ratios[0], rel=0.15)


@pytest.mark.parametrize("rate", [44100, 48000])
def test_silence_at_both_ends_goes_when_asked_and_all_times_are_of_what_is_left(tmp_path: Path, rate: int) -> None:
    voice = sounds.speech(6.0, rate=rate)
    sound = np.concatenate([sounds.silence(3.0, rate=rate), voice, sounds.silence(5.0, rate=rate)])
    recording = sounds.save(tmp_path / "talk.wav", sound, rate=rate)
    made, out = mastered(recording, Mastering(trim_silence=True))
    assert 2.0 <= made.start <= 3.0
    assert 6.0 <= made.seconds <= 7.2
    heard = audio.read_samples(recording.with_name("samples.f32"))
    assert len(heard) / 16000 == pytest.approx(made.seconds, abs=0.001)
    louder = [np.flatnonzero(np.abs(each) > 0.1 * np.abs(each).max())[0] for each in (heard, sounds.load(out)[0][:, 0])]
    assert louder[0] / 16000 == pytest.approx(louder[1] / rate, abs=0.01)
    audio.decode_samples(recording, tmp_path / "only.f32", trim_silence=True)
    assert (tmp_path / "only.f32").read_bytes() == recording.with_name("samples.f32").read_bytes()


def test_the_hum_of_a_room_counts_as_silence_and_a_pause_in_the_middle_stays(tmp_path: Path) -> None:
    parts = [sounds.silence(3.0), sounds.speech(4.0), sounds.silence(4.0), sounds.speech(4.0)]
    sound = noisy(np.concatenate(parts), 0.0005)
    made, _ = mastered(saved(sound)(tmp_path), Mastering(trim_silence=True))
    assert made.start == pytest.approx(2.5, abs=0.3)
    assert made.seconds == pytest.approx(12.4, abs=0.4)


def test_without_being_asked_nothing_is_cut_off(tmp_path: Path) -> None:
    sound = np.concatenate([sounds.silence(3.0), sounds.speech(4.0)])
    made, _ = mastered(saved(sound)(tmp_path), Mastering())
    assert (made.start, made.seconds) == (0.0, 7.0)


@pytest.mark.parametrize(("share", "words"), [(0.004, "it is noisy"), (0.0003, "")])
def test_a_noisy_recording_is_named_and_a_quiet_room_is_not(tmp_path: Path, share: float, words: str) -> None:
    made, _ = mastered(saved(noisy(sounds.speech(20.0), share))(tmp_path), Mastering())
    assert words in " ".join(made.warnings)
    assert len(made.warnings) == bool(words)


def test_steady_music_is_not_called_noise(tmp_path: Path) -> None:
    chord = sounds.tone(10.0, hz=220) + sounds.tone(10.0, hz=277) + sounds.tone(10.0, hz=330)
    made, _ = mastered(saved(chord)(tmp_path), Mastering())
    assert made.warnings == ()


_MEMORY = r"""
import json, re, sys
from pathlib import Path
from placecast import audio
from placecast.model import Mastering
made = audio.master(*map(Path, sys.argv[1:4]), Mastering(level_speakers=True, trim_silence=True))
# Not getrusage: what it calls the peak may be that of the process which started this one.
peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
print(json.dumps([made.seconds, int(peak[1]) / 1024]))
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="needs Linux to tell the peak of its memory")
def test_three_hours_need_less_than_150_megabytes(tmp_path: Path) -> None:
    minute = (sounds.speech(60.0, rate=16000)[:, 0] * 32767).astype("<i2").tobytes()
    with wave.open(str(tmp_path / "long.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        for _ in range(180):
            file.writeframes(minute)
    command = [sys.executable, "-c", _MEMORY, *(str(tmp_path / name) for name in ("long.wav", "o.mp3", "s.f32"))]
    seconds, megabytes = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert seconds == pytest.approx(10800, abs=2)
    assert megabytes < 150
