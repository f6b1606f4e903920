"""Mastering: whatever comes in, the file that goes out measures what it should, for us and for others."""

from __future__ import annotations

import json
import re
import subprocess
import wave
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pytest
from mutagen.mp3 import MP3, BitrateMode

from placecast import audio
from placecast.audio.source import Recording, open_recording
from placecast.errors import AudioError
from placecast.model import Mastering
from tests import sounds

WHISPER_RATE = 16000


def mastered(recording: Path, **settings: float) -> tuple[audio.Mastered, Path]:
    """The recording mastered beside itself, checked for what holds for every file."""
    out = recording.with_name("out.mp3")
    made = audio.master(recording, out, samples_of(recording), Mastering(**settings))  # type: ignore[arg-type]
    wanted = Mastering(**settings)  # type: ignore[arg-type]
    measured = audio.measure(out)
    assert abs(measured.loudness - wanted.loudness) <= 0.5
    assert measured.true_peak <= wanted.true_peak
    assert (made.loudness, made.true_peak) == (round(measured.loudness, 2), round(measured.true_peak, 2))
    assert made.seconds == pytest.approx(measured.seconds, abs=0.0001)
    return made, out


def samples_of(recording: Path) -> Path:
    return recording.with_name("samples.f32")


def recorded(folder: Path, suffix: str, *, channels: int = 1, **options: object) -> Path:
    sound = sounds.speech(4.0, channels=channels)
    return sounds.save(folder / f"talk{suffix}", sound, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("suffix", sounds.CODECS)
def test_every_kind_of_file_reaches_the_target(tmp_path: Path, suffix: str) -> None:
    made, out = mastered(recorded(tmp_path, suffix, channels=2))
    assert made.warnings == ()
    assert made.seconds == pytest.approx(4.0, abs=0.03)
    assert len(audio.read_samples(samples_of(out))) == pytest.approx(4.0 * WHISPER_RATE, abs=0.03 * WHISPER_RATE)


@pytest.mark.parametrize("codec", ["pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le"])
def test_every_width_of_samples_reaches_the_target(tmp_path: Path, codec: str) -> None:
    made, _ = mastered(recorded(tmp_path, ".wav", codec=codec))
    assert (made.seconds, made.warnings) == (4.0, ())


@pytest.mark.parametrize(
    ("rate", "delivered"),
    [
        (8000, 48000),
        (11025, 44100),
        (16000, 48000),
        (22050, 44100),
        (32000, 48000),
        (44100, 44100),
        (48000, 48000),
        (96000, 48000),
    ],
)
def test_the_rate_stays_in_the_recordings_own_family(tmp_path: Path, rate: int, delivered: int) -> None:
    recording = sounds.save(tmp_path / "talk.wav", sounds.speech(3.0, rate=rate), rate=rate)
    made, out = mastered(recording)
    assert MP3(out).info.sample_rate == delivered
    assert made.seconds == pytest.approx(3.0, abs=0.001)


@pytest.mark.parametrize(("channels", "delivered", "kbps"), [(1, 1, 96), (2, 2, 128), (6, 2, 128), (8, 2, 128)])
def test_mono_stays_mono_and_all_else_becomes_stereo(tmp_path: Path, channels: int, delivered: int, kbps: int) -> None:
    _, out = mastered(recorded(tmp_path, ".wav", channels=channels))
    info = MP3(out).info
    assert (info.channels, info.bitrate // 1000, info.bitrate_mode) == (delivered, kbps, BitrateMode.CBR)


def test_other_targets_can_be_asked_for(tmp_path: Path) -> None:
    _, out = mastered(recorded(tmp_path, ".wav"), loudness=-19.0, true_peak=-3.0, mono_kbps=64)
    assert MP3(out).info.bitrate == 64000


def test_the_file_has_no_tag_and_is_as_long_as_the_recording_to_the_sample(tmp_path: Path) -> None:
    recording = sounds.save(tmp_path / "talk.wav", sounds.speech(3.777))
    made, out = mastered(recording)
    assert out.read_bytes()[:2] == b"\xff\xfb"
    assert MP3(out).tags is None
    assert made.seconds == 3.777
    assert len(sounds.load(out)[0]) == round(3.777 * 48000)


@pytest.mark.parametrize("gain", [-35, 20])
def test_quiet_and_hot_recordings_end_equally_loud(tmp_path: Path, gain: float) -> None:
    """Float samples keep what is above full scale: turned down, it is whole again."""
    sound = sounds.speech(4.0) * np.float32(10 ** (gain / 20))
    made, _ = mastered(sounds.save(tmp_path / "talk.wav", sound, codec="pcm_f32le"))
    assert made.seconds == 4.0


def test_a_clap_is_limited_and_the_speech_comes_up(tmp_path: Path) -> None:
    sound = sounds.speech(6.0, peak=0.02)
    sound[48000:48100] = 0.98
    mastered(sounds.save(tmp_path / "talk.wav", sound))


def test_a_sound_that_cannot_reach_the_target_is_refused_with_the_measurement(tmp_path: Path) -> None:
    sound = sounds.silence(4.0)
    sound[::24000] = 0.9
    recording = sounds.save(tmp_path / "clicks.wav", sound)
    with pytest.raises(AudioError, match=r"the best was -\d+\.\d LUFS") as error:
        audio.master(recording, tmp_path / "out.mp3", tmp_path / "s.f32", Mastering())
    assert "lower those in the editor" in str(error.value)
    assert list(tmp_path.iterdir()) == [recording]


def test_quiet_speech_with_room_above_it_is_only_turned_up(tmp_path: Path) -> None:
    """No limiter where none is needed: the waveform stays what it was, up to the coder."""
    sound = sounds.tone(4.0, hz=300, peak=0.01)
    _, out = mastered(sounds.save(tmp_path / "tone.wav", sound))
    wave_out = sounds.load(out)[0][48000:96000, 0]
    spectrum = np.abs(np.fft.rfft(wave_out))
    assert spectrum[300] ** 2 / (spectrum**2).sum() > 0.999


def test_the_same_recording_gives_the_same_bytes(tmp_path: Path) -> None:
    recording = recorded(tmp_path, ".flac")
    _, out = mastered(recording)
    first, heard = out.read_bytes(), samples_of(recording).read_bytes()
    mastered(recording)
    assert (out.read_bytes(), samples_of(recording).read_bytes()) == (first, heard)


def test_the_samples_are_the_recording_in_time_and_level(tmp_path: Path) -> None:
    sound = sounds.speech(4.0, channels=2)
    recording = sounds.save(tmp_path / "talk.wav", sound, codec="pcm_f32le")
    mastered(recording)
    heard = audio.read_samples(samples_of(recording))
    assert heard.dtype == np.float32
    assert not heard.flags.writeable
    # Every third sample, after the highs that 16 kHz cannot hold are averaged away.
    expected = np.convolve(sound[:, 0], np.ones(3) / 3, "same")[::3]
    assert np.corrcoef(heard, expected)[0, 1] > 0.97


def test_only_the_samples_can_be_made_and_they_are_the_same(tmp_path: Path) -> None:
    recording = recorded(tmp_path, ".m4a", channels=2)
    mastered(recording)
    audio.decode_samples(recording, tmp_path / "only.f32")
    assert (tmp_path / "only.f32").read_bytes() == samples_of(recording).read_bytes()


def test_odd_names_are_read_and_written(tmp_path: Path) -> None:
    for name in ("-leading dash", "co:lon", 'it\'s "quoted" % #', "tram 🚋 ümlaut", "file:x"):
        folder = tmp_path / name
        folder.mkdir()
        mastered(sounds.save(folder / f"{name}.wav", sounds.speech(3.0)))


def test_the_tracks_of_a_field_recorder_are_all_heard(tmp_path: Path) -> None:
    """FFmpeg takes eight bare tracks for 7.1 and would drop the fourth: somebody's microphone."""
    tracks = np.zeros((4 * 48000, 8), "<i2")
    tracks[:, 3] = sounds.speech(4.0)[:, 0] * 32767
    recording = tmp_path / "field.wav"
    with wave.open(str(recording), "wb") as file:
        file.setnchannels(8)
        file.setsampwidth(2)
        file.setframerate(48000)
        file.writeframes(tracks.tobytes())
    made, _ = mastered(recording)
    assert "8 tracks were mixed equally" in made.warnings[0]


def test_the_recording_is_decoded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []

    def counted(path: Path) -> AbstractContextManager[Recording]:
        opened.append(path)
        return open_recording(path)

    monkeypatch.setattr("placecast.audio.samples.open_recording", counted)
    mastered(recorded(tmp_path, ".flac"))
    assert opened == [tmp_path / "talk.flac"]


def test_a_peak_in_the_last_milliseconds_is_measured(tmp_path: Path) -> None:
    sound = sounds.tone(3.05)
    sound[-100:] = 0.95
    assert audio.measure(sounds.save(tmp_path / "x.wav", sound)).true_peak > -1


def test_progress_ends_at_one_and_stays_within_bounds(tmp_path: Path) -> None:
    seen: list[float] = []
    audio.master(recorded(tmp_path, ".wav"), tmp_path / "o.mp3", tmp_path / "s.f32", Mastering(), seen.append)
    assert seen[-1] == 1.0
    assert all(0 <= done <= 1 for done in seen)
    assert len(set(seen)) > 5


@pytest.mark.parametrize(
    ("name", "sound", "words"),
    [
        ("hot.wav", sounds.clipped(sounds.speech(4.0)), "clipped"),
        (
            "left.wav",
            sounds.speech(4.0, channels=2) * np.array([1, 0], np.float32),
            "one of its two channels is silent",
        ),
        ("inverted.wav", sounds.speech(4.0, channels=2) * np.array([1, -1], np.float32), "cancel each other out"),
    ],
)
def test_what_the_producer_should_hear_about_is_a_warning(
    tmp_path: Path, name: str, sound: sounds.Sound, words: str
) -> None:
    made, _ = mastered(sounds.save(tmp_path / name, sound))
    assert len(made.warnings) == 1
    assert name in made.warnings[0]
    assert words in made.warnings[0]


def test_the_sound_of_a_good_recording_is_not_called_clipped(tmp_path: Path) -> None:
    made, _ = mastered(sounds.save(tmp_path / "loud.wav", sounds.speech(4.0, peak=1.0)))
    assert made.warnings == ()


def test_a_few_knocks_at_full_scale_are_not_called_clipping(tmp_path: Path) -> None:
    sound = sounds.speech(20.0, rate=8000)
    for second in range(15):
        sound[second * 8000 : second * 8000 + 3] = 1.0
    made, _ = mastered(sounds.save(tmp_path / "knocks.wav", sound, rate=8000))
    assert made.warnings == ()


@pytest.mark.ffprobe
@pytest.mark.parametrize("channels", [1, 2])
def test_another_build_of_ffmpeg_measures_the_same(tmp_path: Path, channels: int) -> None:
    _, out = mastered(recorded(tmp_path, ".wav", channels=channels))
    command = ["ffmpeg", "-hide_banner", "-nostats", "-i", str(out), "-af", "ebur128=peak=true", "-f", "null", "-"]
    log = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    summary = log[log.rindex("Summary") :]
    loudness, peak = re.findall(r"(?:I|Peak):\s+(-?[\d.]+) (?:LUFS|dBFS)", summary)
    assert abs(float(loudness) + 16) <= 0.5
    assert float(peak) <= -1.0


@pytest.mark.ffprobe
def test_another_reader_sees_a_plain_mp3_of_the_right_length(tmp_path: Path) -> None:
    made, out = mastered(recorded(tmp_path, ".flac", channels=2))
    command = ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", str(out)]
    report = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert [stream["codec_name"] for stream in report["streams"]] == ["mp3"]
    assert report["streams"][0]["bit_rate"] == "128000"
    assert float(report["format"]["duration"]) == pytest.approx(made.seconds, abs=0.04)  # it counts whole frames
    command = ["ffmpeg", "-v", "error", "-i", str(out), "-f", "f32le", "-"]
    decoded = subprocess.run(command, capture_output=True, check=True).stdout
    assert len(decoded) / 8 / 48000 == made.seconds
