"""Who says what in a transcript: speakers named, renamed and corrected. Hearing who speaks is a tool's business."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from placecast.errors import UsageError
from placecast.model import Transcript
from placecast.timecode import clock


def labelled(transcript: Transcript, speakers: Sequence[int], names: Sequence[str]) -> Transcript:
    """The transcript with a speaker for each cue: `speakers` has numbers from 0, in order of first appearance.

    Those without a name in `names` are called `Speaker 2`.
    """
    cues = (
        replace(cue, speaker=names[number] if number < len(names) else f"Speaker {number + 1}")
        for cue, number in zip(transcript.cues, speakers, strict=True)
    )
    return replace(transcript, cues=tuple(cues))


def renamed(transcript: Transcript, names: Mapping[str, str]) -> Transcript:
    """The transcript with speakers renamed, all at once: two may change places. UsageError for an unknown speaker."""
    known = speakers(transcript)
    for old in names:
        if old not in known:
            there = f"Its speakers are: {', '.join(known)}." if known else "No speaker is named in it yet."
            raise UsageError(old, "no one of this name speaks in the transcript.", there)
    cues = (replace(cue, speaker=names.get(cue.speaker or "", cue.speaker)) for cue in transcript.cues)
    return replace(transcript, cues=tuple(cues))


def assigned(transcript: Transcript, seconds: float, name: str) -> Transcript:
    """The transcript with another speaker for the sentence that is said at this second, or the next one after it."""
    number = next((number for number, cue in enumerate(transcript.cues) if cue.end > seconds), None)
    if number is None:
        cure = "Give the time of a sentence, as the page and the .vtt show it."
        raise UsageError(clock(seconds), "nothing is said there or later.", cure)
    cues = list(transcript.cues)
    cues[number] = replace(cues[number], speaker=name or None)
    return replace(transcript, cues=tuple(cues))


def speakers(transcript: Transcript) -> tuple[str, ...]:
    """Who speaks, in order of first appearance."""
    return tuple(dict.fromkeys(cue.speaker for cue in transcript.cues if cue.speaker))
