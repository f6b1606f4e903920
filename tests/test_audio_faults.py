"""What is no recording, or not the whole of one, is refused in a sentence of its own, and nothing is left behind."""

from __future__ import annotations

import os
import random
import resource
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from placecast import audio
from placecast.errors import AudioError
from placecast.model import Mastering
from tests import sounds


def refused(recording: Path) -> AudioError:
    """The error that mastering and decoding alike raise; neither leaves a file."""
    before = sorted(recording.parent.rglob("*"))
    with pytest.raises(AudioError) as decoding:
        audio.decode_samples(recording, recording.parent / "samples.f32")
    with pytest.raises(AudioError) as mastering:
        audio.master(recording, recording.parent / "out.mp3", recording.parent / "samples.f32", Mastering())
    assert str(mastering.value) == str(decoding.value)
    assert sorted(recording.parent.rglob("*")) == before
    (fault,) = mastering.value.faults
    assert fault.file == str(recording)
    assert fault.cure
    return mastering.value


def warned(recording: Path) -> str:
    made = audio.master(recording, recording.parent / "out.mp3", recording.parent / "samples.f32", Mastering())
    return "\n".join(made.warnings)


def talk(folder: Path, suffix: str, seconds: float = 6.0) -> Path:
    return sounds.save(folder / f"talk{suffix}", sounds.speech(seconds, channels=2))


def cut(recording: Path, share: float = 0.5) -> Path:
    data = recording.read_bytes()
    recording.write_bytes(data[: int(len(data) * share)])
    return recording


def scrambled(recording: Path, length: int = 4000) -> Path:
    """With noise in its middle."""
    data = bytearray(recording.read_bytes())
    middle = len(data) // 2
    data[middle : middle + length] = random.Random(1).randbytes(length)
    recording.write_bytes(bytes(data))
    return recording


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


HTML = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>" + b"<p>Please sign in.</p>" * 100
NOISE = random.Random(3)

NOT_SOUND: dict[str, tuple[Callable[[Path], Path], str]] = {
    "missing": (lambda folder: folder / "none.wav", "there is no such file"),
    "folder": (lambda folder: folder, "this is a folder"),
    "empty": (lambda folder: written(folder / "x.mp3", b""), "the file is empty"),
    "text": (lambda folder: written(folder / "x.mp3", "Grüße aus Digbeth\n".encode() * 300), "this is text, not sound"),
    "web page": (lambda folder: written(folder / "x.mp3", HTML), "this is a web page, not sound"),
    "playlist": (lambda folder: written(folder / "x.mp3", b"#EXTM3U\n#EXTINF:5,\ntalk.mp3\n"), "a playlist"),
    "noise": (lambda folder: written(folder / "x.wav", NOISE.randbytes(50_000)), "not a sound file"),
    "more noise": (lambda folder: written(folder / "x.mp3", NOISE.randbytes(500_000)), "not a sound file"),
    "picture": (
        lambda folder: written(folder / "x.mp3", b"\xff\xd8\xff\xe0" + NOISE.randbytes(5000)),
        "this is a picture",
    ),
    "wav header": (lambda folder: written(folder / "x.wav", talk(folder, ".wav").read_bytes()[:44]), "begins like WAV"),
    "flac header": (lambda folder: written(folder / "x.flac", talk(folder, ".flac").read_bytes()[:80]), "FLAC"),
    "unfinished": (lambda folder: cut(talk(folder, ".m4a")), "begins like MP4 or M4A"),
    "film": (lambda folder: sounds.save_film_without_sound(folder / "x.mp4"), "it has a picture but no sound"),
    "short": (lambda folder: talk(folder, ".wav", 0.4), "it lasts only 0.40 seconds"),
    "silent": (lambda folder: sounds.save(folder / "x.wav", sounds.silence(4)), "it is silent"),
    "too quiet": (lambda folder: sounds.save(folder / "x.flac", sounds.speech(4, peak=0.0004)), "far too quiet"),
}


@pytest.mark.parametrize("kind", NOT_SOUND)
def test_each_kind_of_file_that_is_no_recording_has_its_own_sentence(tmp_path: Path, kind: str) -> None:
    make, words = NOT_SOUND[kind]
    assert words in str(refused(make(tmp_path)))


@pytest.mark.parametrize("suffix", [".mp3", ".wav", ".flac"])
def test_a_recording_that_was_cut_off_is_refused_though_ffmpeg_reads_it(tmp_path: Path, suffix: str) -> None:
    error = str(refused(cut(talk(tmp_path, suffix))))
    assert "it should last 6.0 seconds" in error
    assert "are missing" in error


@pytest.mark.parametrize("suffix", [".mp3", ".flac"])
def test_damage_that_loses_sound_is_refused(tmp_path: Path, suffix: str) -> None:
    assert "it is damaged" in str(refused(scrambled(talk(tmp_path, suffix), 20_000)))


def test_damage_that_loses_no_sound_is_a_warning(tmp_path: Path) -> None:
    recording = scrambled(talk(tmp_path, ".mp3"), 2500)
    assert "is damaged in 1 place, first at 0:0" in warned(recording)


def test_an_ogg_file_without_its_last_page_is_a_warning(tmp_path: Path) -> None:
    assert "has no proper end" in warned(cut(talk(tmp_path, ".opus")))


def test_a_file_from_a_shop_is_refused(tmp_path: Path) -> None:
    data = talk(tmp_path, ".m4a").read_bytes()
    locked = written(tmp_path / "talk.m4p", data.replace(b"mp4a", b"drms"))
    assert "DRM" in str(refused(locked))


def test_channels_that_cannot_be_mixed_are_named(tmp_path: Path) -> None:
    recording = sounds.save(tmp_path / "talk.wav", sounds.speech(3.0, channels=2), codec="pcm_s24le")
    data = bytearray(recording.read_bytes())
    data[40] = 0b1001  # WAVE_FORMAT_EXTENSIBLE's mask: front left and a subwoofer
    recording.write_bytes(bytes(data))
    assert "its channels (2 channels (FL+LFE)) cannot be mixed" in str(refused(recording))


@pytest.mark.parametrize("length", [0, 0xFFFFFFFF])
def test_a_wav_that_was_written_into_a_pipe_is_whole(tmp_path: Path, length: int) -> None:
    recording = talk(tmp_path, ".wav")
    data = bytearray(recording.read_bytes())
    place = data.index(b"data") + 4
    data[place : place + 4] = struct.pack("<I", length)
    data[4:8] = struct.pack("<I", length)
    recording.write_bytes(bytes(data))
    assert warned(recording) == ""


def test_an_mp3_without_a_stated_length_is_whole_though_ffmpeg_guesses_its_length_wrong(tmp_path: Path) -> None:
    """At a variable bit rate the guess from the first frame is far off."""
    sound = sounds.silence(8.0)
    sound[: 48000 * 3] = sounds.speech(3.0)
    recording = sounds.save(tmp_path / "x.mp3", sound, options={"write_xing": "0"}, kbps=320)
    quiet = sounds.save(
        tmp_path / "y.mp3", sounds.speech(3.0), options={"write_xing": "0", "id3v2_version": "0"}, kbps=32
    )
    recording.write_bytes(quiet.read_bytes() + recording.read_bytes())
    made = audio.master(recording, tmp_path / "o.mp3", tmp_path / "s.f32", Mastering())
    assert made.seconds == pytest.approx(11.0, abs=0.2)


def test_a_wrong_suffix_is_accepted_with_a_warning(tmp_path: Path) -> None:
    recording = tmp_path / "talk.wav"
    shutil.copyfile(talk(tmp_path, ".mp3"), recording)
    assert "talk.wav is not what its name says" in warned(recording)


def test_looking_at_a_file_finds_what_is_no_sound_without_decoding(tmp_path: Path) -> None:
    audio.check(talk(tmp_path, ".flac"))
    with pytest.raises(AudioError, match="web page"):
        audio.check(written(tmp_path / "x.mp3", HTML))


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    recording = talk(tmp_path, ".wav")
    blocked = written(tmp_path / "not a folder", b"")
    with pytest.raises(AudioError, match="nothing could be written there") as error:
        audio.master(recording, blocked / "out.mp3", tmp_path / "s.f32", Mastering())
    assert error.value.faults[0].file.startswith(str(blocked))


_FULL = """
import resource, signal, sys
from pathlib import Path
from placecast import audio
from placecast.errors import AudioError
from placecast.model import Mastering
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
try:
    audio.master(Path("talk.flac"), Path("made/out.mp3"), Path("made/s.f32"), Mastering())
except AudioError as error:
    sys.stdout.write(str(error))
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="needs a limit on the size of files")
@pytest.mark.parametrize("bytes_", [20_000, 500_000])
def test_a_disk_that_is_full_is_named_and_nothing_half_written_stays(tmp_path: Path, bytes_: int) -> None:
    """A limit on the size of files stands for the disk: reached by the samples, or by what is to be encoded."""
    talk(tmp_path, ".flac")
    command = [sys.executable, "-c", _FULL, str(bytes_)]
    environment = os.environ | {"PYTHONPATH": str(Path(audio.__file__).parents[2])}
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=True)
    assert done.stdout.startswith("made: nothing could be written there: File too large.")
    assert list((tmp_path / "made").iterdir()) == []


def test_a_failed_run_leaves_the_file_of_the_run_before(tmp_path: Path) -> None:
    out = written(tmp_path / "out.mp3", b"the last good one")
    with pytest.raises(AudioError):
        audio.master(cut(talk(tmp_path, ".flac")), out, tmp_path / "s.f32", Mastering())
    assert out.read_bytes() == b"the last good one"
