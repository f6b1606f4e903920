"""Who says which sentence: voices told apart by their sound. Numbers, not names; those are turns.py's business.

A window of 1.6 seconds of speech gives a direction (voices.py); the directions are sorted into as many groups as
there are people (likeness.py); and a sentence is said by the group that its windows are nearest to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from placecast.model import Cue, Progress
from placecast.transcribe.likeness import group
from placecast.transcribe.vad import RATE, Samples, Span, find_speech
from placecast.transcribe.voices import DIRECTION, HOP, WINDOW, Voices, load_voices, spectra

_STEP = 80  # spectra from one window to the next: 0.8 seconds
_LEFT = 40  # spectra at the end of a sentence that are worth a window more
_LEAST_SPEECH = 20  # spectra: with less speech found in a sentence, all of it is taken
_PIECE = 30 * RATE  # samples of a sentence that are held at once
_BATCH = 64  # windows
_FINDING_SPEECH = 0.1  # of the progress
_CHANGED = 0.2  # likeness that two voices must explain more than one does; a window of the other voice has 0.3


@dataclass(frozen=True, kw_only=True)
class Change:
    """Where another voice takes over within a sentence, about: the speakers before and after it."""

    cue: int
    seconds: float
    before: int
    after: int


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """The speaker of each cue, in numbers by first appearance; and why they should not be believed, or nothing."""

    speakers: tuple[int, ...]
    changes: tuple[Change, ...]
    reason: str

    @property
    def reliable(self) -> bool:
        return not self.reason


def label(samples: Samples, cues: Sequence[Cue], *, count: int, progress: Progress) -> Labelled:
    """Who says each of these sentences, when `count` people speak. 16 kHz, in memory or mapped from a file."""
    voices = load_voices()
    speech = find_speech(samples, lambda done: progress(done * _FINDING_SPEECH))
    windows = _windows(samples, cues, speech)
    heard = _listen(voices, windows, lambda cue: progress(_FINDING_SPEECH + (1 - _FINDING_SPEECH) * cue / len(cues)))
    progress(1.0)
    return judge(heard, len(cues), count)


@dataclass(frozen=True, kw_only=True)
class Heard:
    """The voice in each window of speech: which cue it is in, the second of its middle, and its direction.

    A window is `whole` when speech fills it; a short sentence is repeated until it does, and founds no voice.
    """

    cue: NDArray[np.intp]
    seconds: NDArray[np.float64]
    whole: NDArray[np.bool_]
    directions: NDArray[np.float32]


def judge(heard: Heard, cues: int, count: int) -> Labelled:
    """The speakers of this many cues."""
    groups = group(heard.directions[heard.whole], count)
    likeness = heard.directions @ groups.centres.T
    said = [likeness[heard.cue == cue] for cue in range(cues)]
    speakers = list(_filled(int(each.sum(axis=0).argmax()) if each.size else None for each in said))
    numbers = {speaker: number for number, speaker in enumerate(dict.fromkeys(speakers))}
    several = [cue for cue, each in enumerate(said) if min(each.shape) > 1]
    changes = [_change(cue, heard.seconds[heard.cue == cue], said[cue]) for cue in several]
    return Labelled(
        speakers=tuple(numbers[speaker] for speaker in speakers),
        changes=tuple(_renumbered(change, numbers) for change in changes if change),
        reason=groups.doubt,
    )


def _filled(speakers: Iterable[int | None]) -> Iterator[int]:
    """A sentence in which no voice is heard is said by whoever spoke before."""
    before = 0
    for speaker in speakers:
        before = before if speaker is None else speaker
        yield before


def _change(cue: int, seconds: NDArray[np.float64], likeness: NDArray[np.float32]) -> Change | None:
    """Where in the cue another voice takes over, if two explain it much better than one."""
    sums = np.cumsum(likeness, axis=0)
    explained = sums[:-1].max(axis=1) + (sums[-1] - sums[:-1]).max(axis=1)
    at = int(explained.argmax())
    if explained[at] - sums[-1].max() < _CHANGED:
        return None
    before, after = int(sums[at].argmax()), int((sums[-1] - sums[at]).argmax())
    return Change(cue=cue, seconds=round(float(seconds[at : at + 2].mean()), 3), before=before, after=after)


def _renumbered(change: Change, numbers: dict[int, int]) -> Change:
    """With the numbers of speakers by appearance; one who is heard within sentences alone comes after all others."""
    before, after = (numbers.setdefault(speaker, len(numbers)) for speaker in (change.before, change.after))
    return replace(change, before=before, after=after)


@dataclass(frozen=True, kw_only=True)
class _Window:
    cue: int
    seconds: float
    whole: bool
    spectra: NDArray[np.float32]


def _windows(samples: Samples, cues: Sequence[Cue], speech: Sequence[Span]) -> Iterator[_Window]:
    spoken = np.zeros(len(samples) // HOP + 1, bool)
    for span in speech:
        spoken[span.start // HOP : span.stop // HOP] = True
    for number, cue in enumerate(cues):
        begin, end = max(round(cue.start * RATE), 0), min(round(cue.end * RATE), len(samples))
        for start in range(begin, end, _PIECE):
            piece = np.asarray(samples[start : min(start + _PIECE, end)], np.float32)
            yield from _within(number, start / RATE, spectra(piece), spoken[start // HOP :])


def _within(cue: int, begin: float, sound: NDArray[np.float32], spoken: NDArray[np.bool_]) -> Iterator[_Window]:
    """The windows in a piece of a cue, pauses left out."""
    kept = np.flatnonzero(spoken[: len(sound)])
    found = len(kept) >= _LEAST_SPEECH
    if not found:
        kept = np.arange(len(sound))
    starts = list(range(0, len(kept) - WINDOW + 1, _STEP)) or [0]
    if len(kept) - starts[-1] - WINDOW >= _LEFT:
        starts.append(len(kept) - WINDOW)
    for start in starts:
        held = kept[start : start + WINDOW]
        seconds = begin + float(held.mean()) * HOP / RATE
        # `resize` repeats what is there until it fills the window.
        filled = np.resize(sound[held], (WINDOW, sound.shape[1]))
        yield _Window(cue=cue, seconds=seconds, whole=found and len(held) == WINDOW, spectra=filled)


def _listen(voices: Voices, windows: Iterator[_Window], reached: Callable[[int], None]) -> Heard:
    heard: list[tuple[int, float, bool]] = []
    directions = [np.zeros((0, DIRECTION), np.float32)]
    while batch := list(islice(windows, _BATCH)):
        directions.append(voices.embed(np.stack([window.spectra for window in batch])))
        heard += [(window.cue, window.seconds, window.whole) for window in batch]
        reached(batch[-1].cue)
    cue, seconds, whole = zip(*heard, strict=True) if heard else ((), (), ())
    return Heard(
        cue=np.array(cue, np.intp),
        seconds=np.array(seconds, np.float64),
        whole=np.array(whole, bool),
        directions=np.concatenate(directions),
    )
