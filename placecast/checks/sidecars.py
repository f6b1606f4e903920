"""Rules for the files beside the feed: transcripts and chapters as apps load them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from placecast import vtt
from placecast.checks.rules import FOLDER, NAMED, Complaint, Complaints, Rule, Subject, cues_of, of_releases
from placecast.errors import FactsError
from placecast.model import Cue, Release, Show
from placecast.timecode import clock

_TOLERANCE = 1.0  # seconds: the last time of an engine may be rounded beyond the sound
_BLINK = 0.05  # seconds that nobody sees
_FEW_WORDS, _FEW_MINUTES = 20, 2


def _of_transcripts(test: Callable[[str, str], Iterator[str]]) -> Complaints:
    """What a test says about the text and the type of each transcript that the feed names and that is here."""

    def complaints(subject: Subject) -> Iterator[Complaint]:
        for element in _named(subject, "podcast:transcript"):
            path = subject.path(element.get("url", ""))
            if path in subject.files.sizes:
                text = subject.files.read(path).decode(errors="replace")
                yield from (Complaint(FOLDER + path, what) for what in test(text, element.get("type", "")))

    return complaints


def _of_chapters(test: Callable[[Any, float], Iterator[str]]) -> Complaints:
    """What a test says about each file with chapters that is here, and the seconds of its sound."""

    def complaints(subject: Subject) -> Iterator[Complaint]:
        for item in subject.items:
            for element in item.findall("podcast:chapters", NAMED):
                path = subject.path(element.get("url", ""))
                if path in subject.files.sizes:
                    document, seconds = _json(subject.files.read(path)), _seconds(item)
                    yield from (Complaint(FOLDER + path, what) for what in test(document, seconds))

    return complaints


def _named(subject: Subject, name: str) -> Iterator[Any]:
    for item in subject.items:
        yield from item.findall(name, NAMED)


def _seconds(item: Any) -> float:
    """How long the feed says that the sound is; without an end when it does not say."""
    text = item.findtext("itunes:duration", "", NAMED)
    return float(text) if text.isdecimal() else float("inf")


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _illegible(text: str, kind: str) -> Iterator[str]:
    try:
        found = _cues(text, kind)
    except FactsError as error:
        yield from (f"{fault.key}: {fault.what}" for fault in error.faults[:3])
        return
    if found is not None and not any(cue.text.strip() for cue in found):
        yield "It has no words."


def _cues(text: str, kind: str) -> tuple[Cue, ...] | None:
    """The cues of a timed transcript; None of one without times."""
    if kind == "text/vtt":
        return vtt.parse(text, "", "").cues
    if kind in {"application/x-subrip", "application/srt"}:
        return vtt.parse_srt(text, "", "").cues
    return _segments(text) if kind == "application/json" else None


def _segments(text: str) -> tuple[Cue, ...]:
    """The podcast namespace's JSON; without cues when it is not that."""
    try:
        document = json.loads(text)
        return tuple(
            Cue(start=float(each["startTime"]), end=float(each.get("endTime", 0)), text=str(each["body"]))
            for each in document["segments"]
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return ()


def _overlap(release: Release, _: Show) -> Iterator[str]:
    for one, other in pairwise(cues_of(release)):
        if other.start < one.end - _BLINK and one.speaker == other.speaker:
            yield f"The sentence at {clock(other.start)} begins before the one above it ends, at {clock(one.end)}."


def _after_the_end(release: Release, _: Show) -> Iterator[str]:
    end = max((cue.end for cue in cues_of(release)), default=0.0)
    if end > release.audio.seconds + _TOLERANCE:
        yield f"The transcript goes on until {clock(end)}, the audio until {clock(release.audio.seconds)}."


def _short(release: Release, _: Show) -> Iterator[str]:
    words, minutes = _words(release), release.audio.seconds / 60
    if words and minutes > _FEW_MINUTES and words < _FEW_WORDS * minutes:
        yield f"The transcript has {words} words for {clock(release.audio.seconds)} of sound."


def _empty(release: Release, _: Show) -> Iterator[str]:
    if not _words(release):
        yield "The transcript is empty."


def _words(release: Release) -> int:
    return sum(len(cue.text.split()) for cue in cues_of(release))


def _form(document: Any, _: float) -> Iterator[str]:
    if not isinstance(document, dict) or not isinstance(document.get("version"), str):
        yield "It is no JSON document with a version."
    elif not isinstance(document.get("chapters"), list) or not all(map(_is_chapter, document["chapters"])):
        yield "It has no list of chapters with a startTime each."


def _is_chapter(entry: Any) -> bool:
    start = entry.get("startTime") if isinstance(entry, dict) else None
    return isinstance(start, int | float) and not isinstance(start, bool) and start >= 0


def _starts(document: Any) -> list[float]:
    return [] if any(_form(document, 0)) else [float(each["startTime"]) for each in document["chapters"]]


def _unordered(document: Any, _: float) -> Iterator[str]:
    for one, other in pairwise(_starts(document)):
        if other <= one:
            yield f"The chapter at {clock(other)} comes after the one at {clock(one)}."


def _beyond(document: Any, seconds: float) -> Iterator[str]:
    for start in _starts(document):
        # The feed has whole seconds.
        if start > seconds + _TOLERANCE:
            yield f"A chapter starts at {clock(start)}, the sound ends at {clock(seconds)}."


_AGAIN = "Run: placecast build"

RULES = (
    Rule(
        code="transcript.empty",
        severity="recommended",
        broken=of_releases(_empty),
        key="transcript",
        why="People who cannot hear have nothing; public bodies in the UK must offer it (WCAG 2.2, 1.2.1; PSP-1).",
        cure="Run placecast publish, or write down what is heard if nobody speaks.",
    ),
    Rule(
        code="transcript.short",
        severity="recommended",
        broken=of_releases(_short),
        key="transcript",
        why="People speak ten times as many words; much is missing in it (WCAG 2.2, 1.2.1).",
        cure="Run placecast publish SLUG --redo transcribe, or write down what is missing.",
    ),
    Rule(
        code="transcript.overlap",
        severity="recommended",
        broken=of_releases(_overlap),
        key="transcript",
        why="One person says two sentences at once, and players show one over the other (WebVTT, section 6.1).",
        cure="Correct the times in the transcript.",
    ),
    Rule(
        code="transcript.end",
        severity="recommended",
        broken=of_releases(_after_the_end),
        key="transcript",
        why="It belongs to another recording, so its times lead nowhere (podcast namespace, transcript).",
        cure="Transcribe the episode again, or correct the last times.",
    ),
    Rule(
        code="transcript.file",
        severity="required",
        broken=_of_transcripts(_illegible),
        why="Apps drop a transcript that they cannot read (podcast namespace, transcript; WebVTT; "
        "Apple Podcasts, transcripts).",
        cure=_AGAIN,
    ),
    Rule(
        code="chapter.file",
        severity="required",
        broken=_of_chapters(_form),
        why="Apps read nothing else (podcast namespace, JSON chapters).",
        cure=_AGAIN,
    ),
    Rule(
        code="chapter.file.order",
        severity="required",
        broken=_of_chapters(_unordered),
        why="Chapters come in the order of their times (podcast namespace, JSON chapters).",
        cure=_AGAIN,
    ),
    Rule(
        code="chapter.file.end",
        severity="required",
        broken=_of_chapters(_beyond),
        why="There is nothing to go to (podcast namespace, JSON chapters).",
        cure="Correct the chapter's time in episode.md, and build again.",
    ),
)
