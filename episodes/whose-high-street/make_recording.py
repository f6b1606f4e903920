"""Speaks script.txt into recording.flac: run by hand, once, with hibari-tts, numpy, scipy and soundfile installed.

Voice: hibari-tts 0.2.1, "heart" (Apache-2.0). The second speaker is the same voice, spoken faster and
played slower, so that it lies a fourth lower. The chords of the opening are computed here.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
from hibari import Hibari
from scipy.signal import resample_poly

HERE = Path(__file__).parent
RATE = 24_000
LOWER = (5, 4)  # guest: five samples for every four, so the pitch falls to 0.8
PAUSE, TURN, CHAPTER = 0.25, 0.4, 0.9  # seconds of quiet after a sentence, a turn, a chapter


def silence(seconds: float) -> np.ndarray:
    return np.zeros(int(seconds * RATE), np.float32)


def chord(notes: tuple[float, ...], seconds: float) -> np.ndarray:
    time = np.arange(int(seconds * RATE)) / RATE
    tones = [np.sin(2 * np.pi * note * time) + 0.4 * np.sin(4 * np.pi * note * time) for note in notes]
    return (np.sum(tones, axis=0) * np.exp(-2.2 * time) * 0.07).astype(np.float32)


def opening() -> np.ndarray:
    parts = [
        chord((261.63, 329.63, 392.0), 0.9),
        chord((220.0, 261.63, 349.23), 0.9),
        chord((196.0, 246.94, 392.0), 1.8),
    ]
    return np.concatenate([*parts, silence(0.4)])


def speak(voice: Hibari, speaker: str, sentence: str, seed: int) -> np.ndarray:
    guest = speaker == "GUEST"
    sound = voice(sentence, speed=1.33 if guest else 1.1, seed=seed)
    return resample_poly(sound, *LOWER).astype(np.float32) if guest else np.asarray(sound, np.float32)


def main() -> None:
    voice, parts, seconds = Hibari(), [opening()], 0.0
    for number, line in enumerate((HERE / "script.txt").read_text("utf-8").splitlines()):
        if line.startswith("== "):
            parts.append(silence(CHAPTER))
            seconds = sum(map(len, parts)) / RATE
            print(f"{seconds - 0.3 if number > 4 else 0:8.2f}  {line[3:]}")
        elif line and not line.startswith("#"):
            speaker, words = line.split(": ", 1)
            for sentence in voice.split_sentences(words):
                parts += [speak(voice, speaker, sentence, number), silence(PAUSE)]
            parts.append(silence(TURN))
    sound = np.concatenate([*parts, silence(0.5)])
    hiss = np.random.default_rng(7).normal(0, 10 ** (-72 / 20), len(sound))
    soundfile.write(HERE / "recording.flac", np.clip(sound * 0.6 + hiss, -1, 1), RATE, subtype="PCM_16")
    print(f"{len(sound) / RATE:8.2f}  end")


main()
