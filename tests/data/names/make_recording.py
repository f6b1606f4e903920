"""Speaks script.txt into recording.flac: run by hand, once, with hibari-tts, numpy, scipy, soundfile and espeak-ng.

The host is hibari-tts 0.2.1, "heart". The guest is the same voice, spoken faster and played slower, so that it lies a
fourth lower. The caller is espeak-ng 1.51 in British English, as narrow as a telephone.
"""

from __future__ import annotations

import io
import re
import subprocess
from pathlib import Path

import numpy as np
import soundfile
from hibari import Hibari
from scipy.signal import butter, resample_poly, sosfilt

HERE = Path(__file__).parent
RATE = 16_000
LOWER = (5, 4)  # guest: five samples for every four, so the pitch falls to 0.8
PAUSE, TURN = 0.2, 0.35  # seconds of quiet after a sentence and after a turn
LOUD = 0.1  # of full scale: quiet speech makes a small file

# How people say what the voices would spell out or read wrongly. Phonemes, as hibari writes them.
SAID = {
    "Placecast": "plˈAskˌæst",
    "Bec": "bˈɛk",
    "Riley": "ɹˈIli",
    "City-REDI": "sˈɪti ɹˈɛdi",
    "LPIP": "ˈɛl pˈɪp",
    "Collinson": "kˈɑlɪnsən",
    "Digbeth": "dˈɪɡbəθ",
    "Smethwick": "smˈɛðɪk",
    "Tyseley": "tˈIzli",
    "Llanelli": "lənˈɛθli",
    "Siân": "ʃˈɑɹn",
    "Llewellyn": "luˈɛlɪn",
    "Ynys Môn": "ˈʌnɪs mˈOn",
    "Niamh": "nˈiv",
    "Ó Briain": "O bɹˈiən",
    "Dún Laoghaire": "dˌʌn lˈɪɹi",
    "Aoife": "ˈifə",
    "Byrne": "bˈɜɹn",
    "Bicester": "bˈɪstəɹ",
    "Kirkcaldy": "kəɹkˈɔdi",
    "Milngavie": "mʌlɡˈI",
    "PolicyWISE": "pˈɑləsi wˈIz",
    "Wednesbury": "wˈɛnzbəɹi",
    "Iwan Prys": "jˈuən pɹˈis",
}
SPELT = {  # for espeak-ng, which takes no such phonemes
    "Siân": "Sharn",
    "Llewellyn": "Loo-ellin",
    "Iwan Prys": "You-an Preece",
    "Merthyr Tydfil": "Murthur Tidvil",
}


def silence(seconds: float) -> np.ndarray:
    return np.zeros(int(seconds * RATE), np.float32)


def replaced(words: str, table: dict[str, str], form: str) -> str:
    """The words, with what is in brackets as the table has it said."""

    def name(match: re.Match[str]) -> str:
        text = match[1]
        for written, said in table.items():
            text = text.replace(written, form.format(written=written.replace("-", " "), said=said))
        return text

    return re.sub(r"\[([^]]+)\]", name, words)


def by_hibari(voice: Hibari, sentence: str, seed: int, *, low: bool) -> np.ndarray:
    sound = voice(replaced(sentence, SAID, "[{written}](/{said}/)"), speed=1.3 if low else 1.08, seed=seed)
    slowed = resample_poly(sound, *LOWER) if low else sound
    return resample_poly(slowed, RATE, voice.sample_rate).astype(np.float32)


def by_espeak(words: str) -> np.ndarray:
    command = ["espeak-ng", "-v", "en-gb", "-s", "155", "-p", "55", "--stdout", replaced(words, SPELT, "{said}")]
    said = subprocess.run(command, check=True, capture_output=True).stdout
    sound, rate = soundfile.read(io.BytesIO(said), dtype="float32")
    narrow = sosfilt(butter(2, (200, 3800), "bandpass", fs=rate, output="sos"), sound)
    return 0.8 * resample_poly(narrow, RATE, rate).astype(np.float32)


def speak(voice: Hibari, speaker: str, words: str, seed: int) -> list[np.ndarray]:
    if speaker == "CALLER":
        return [by_espeak(words)]
    parts = []
    for sentence in re.split(r"(?<=[.?!]) ", words):
        parts += [by_hibari(voice, sentence, seed, low=speaker == "GUEST"), silence(PAUSE)]
    return parts


def main() -> None:
    voice, parts = Hibari(), [silence(0.5)]
    for number, line in enumerate((HERE / "script.txt").read_text("utf-8").splitlines()):
        if line and not line.startswith("#"):
            speaker, words = line.split(": ", 1)
            parts += [*speak(voice, speaker, words, number), silence(TURN)]
            print(f"{sum(map(len, parts)) / RATE:8.2f}  {line[:60]}")
    sound = np.concatenate(parts)
    soundfile.write(
        HERE / "recording.flac", sound / np.abs(sound).max() * LOUD, RATE, subtype="PCM_16", compression_level=1.0
    )


main()
