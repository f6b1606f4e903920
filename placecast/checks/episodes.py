"""Rules for episodes: their facts, their sound and their transcript."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from placecast.chapters import in_order
from placecast.checks.rules import Rule, of_releases
from placecast.model import Release, Show
from placecast.timecode import clock

_NUMBERED = re.compile(r"\b(episode|ep\.?)\s*#?\d+|\bS\d+\s*E\d+\b|^#\d+", re.IGNORECASE | re.ASCII)
_SOUNDBITE_MIN, _SOUNDBITE_MAX = 15, 120
_CHAPTERS_MIN = 3
_LOUDNESS_TOLERANCE = 1.0
# A transcript ends with the sound; an engine's last time may be rounded beyond it.
_CUE_TOLERANCE = 1.0


def _title_number(release: Release, _: Show) -> Iterator[str]:
    episode = release.episode
    own = episode.number and re.match(rf"{episode.number}\s*[:.|–—-]", episode.title)
    if own or _NUMBERED.search(episode.title):
        yield f"The title {episode.title!r} repeats the episode's number."


def _title_show(release: Release, show: Show) -> Iterator[str]:
    # A trailer may well say whose it is.
    told = release.episode.title.casefold()
    if release.episode.kind == "full" and show.title and show.title.casefold() in told:
        yield f"The title {release.episode.title!r} repeats the show's name."


def _summary(release: Release, _: Show) -> Iterator[str]:
    if not release.episode.summary.strip():
        yield "There is no summary."


def _below_one(release: Release, _: Show) -> Iterator[str]:
    for name, number in (("season", release.episode.season), ("number", release.episode.number)):
        if number is not None and number < 1:
            yield f"The {name} is {number}."


def _unnumbered(release: Release, show: Show) -> Iterator[str]:
    if show.type == "serial" and release.episode.kind == "full" and not release.episode.number:
        yield "The episode has no number."


def _duration(release: Release, _: Show) -> Iterator[str]:
    if release.audio.seconds < 1:
        yield f"The audio lasts {release.audio.seconds:g} seconds."


def _loudness(release: Release, show: Show) -> Iterator[str]:
    wanted = show.mastering.loudness
    if abs(release.audio.loudness - wanted) > _LOUDNESS_TOLERANCE:
        yield f"The audio has {release.audio.loudness:.1f} LUFS, not {wanted:.1f}."


def _true_peak(release: Release, show: Show) -> Iterator[str]:
    if release.audio.true_peak > show.mastering.true_peak:
        yield f"The audio peaks at {release.audio.true_peak:.1f} dBTP."


def _chapter_end(release: Release, _: Show) -> Iterator[str]:
    for chapter in release.episode.chapters:
        if not 0 <= chapter.seconds < release.audio.seconds:
            yield f"The chapter {chapter.title!r} starts at {chapter.seconds:g} s, outside the audio."


def _chapter_title(release: Release, _: Show) -> Iterator[str]:
    for chapter in release.episode.chapters:
        if not chapter.title.strip():
            yield f"The chapter at {clock(chapter.seconds)} has no title."


def _chapter_same(release: Release, _: Show) -> Iterator[str]:
    for one, other in pairwise(in_order(release.episode.chapters)):
        if one.seconds == other.seconds:
            yield f"Two chapters start at {clock(one.seconds)}."


def _chapter_first(release: Release, _: Show) -> Iterator[str]:
    chapters = in_order(release.episode.chapters)
    if chapters and chapters[0].seconds > 0:
        yield f"The first chapter starts at {clock(chapters[0].seconds)}."


def _chapter_count(release: Release, _: Show) -> Iterator[str]:
    count = len(release.episode.chapters)
    if 0 < count < _CHAPTERS_MIN:
        yield f"There {'is 1 chapter' if count == 1 else f'are {count} chapters'}."


def _soundbite_length(release: Release, _: Show) -> Iterator[str]:
    for soundbite in release.episode.soundbites:
        if not _SOUNDBITE_MIN <= soundbite.duration <= _SOUNDBITE_MAX:
            yield f"The soundbite at {clock(soundbite.seconds)} lasts {soundbite.duration:g} seconds."


def _soundbite_end(release: Release, _: Show) -> Iterator[str]:
    for soundbite in release.episode.soundbites:
        end = soundbite.seconds + soundbite.duration
        if soundbite.seconds < 0 or end > release.audio.seconds:
            yield f"The soundbite at {soundbite.seconds:g} s is not inside the audio."


def _soundbite_start(release: Release, _: Show) -> Iterator[str]:
    if any(soundbite.seconds == 0 for soundbite in release.episode.soundbites):
        yield "A soundbite starts at 0:00."


def _transcript_empty(release: Release, _: Show) -> Iterator[str]:
    if release.said.empty:
        yield "The transcript is empty."


def _transcript_end(release: Release, _: Show) -> Iterator[str]:
    end = release.said.end
    if end > release.audio.seconds + _CUE_TOLERANCE:
        yield f"The transcript goes on until {clock(end)}, the audio until {clock(release.audio.seconds)}."


def _transcript_machine(release: Release, _: Show) -> Iterator[str]:
    if not release.said.empty and not release.approval:
        corrected = "People have corrected the transcript, but nobody answers for it yet."
        yield corrected if release.edited else "Nobody has checked the transcript yet."


RULES = (
    Rule(
        code="episode.title.number",
        severity="recommended",
        broken=of_releases(_title_number),
        why="Apps show the number beside the title (Apple, A podcaster's guide to RSS; PSP-1).",
        cure="Leave it out of the title, and write it as number and season.",
    ),
    Rule(
        code="episode.title.show",
        severity="recommended",
        broken=of_releases(_title_show),
        why="Apps show the show's name beside the title, and small screens cut titles "
        "(Apple, A podcaster's guide to RSS; PSP-1).",
        cure="Leave it out of the title.",
    ),
    Rule(
        code="episode.summary",
        severity="best",
        broken=of_releases(_summary),
        why="Lists of episodes show it, and search engines; the feed takes the notes' beginning instead (PSP-1).",
        cure="Write one or two sentences as summary in episode.md.",
    ),
    Rule(
        code="episode.number",
        severity="required",
        broken=of_releases(_below_one),
        why="Seasons and episodes count from 1 (Apple, A podcaster's guide to RSS).",
        cure="Write 1 or more, or leave the line out.",
    ),
    Rule(
        code="episode.serial",
        severity="required",
        broken=of_releases(_unnumbered),
        why="Apple orders the episodes of a serial show by number (Apple, A podcaster's guide to RSS).",
        cure="Write number in episode.md, or make the show episodic in placecast.toml.",
    ),
    Rule(
        code="audio.duration",
        severity="required",
        broken=of_releases(_duration),
        why="Apps would show that it lasts no time (PSP-1; Apple, A podcaster's guide to RSS).",
        cure="Check the recording, and master the episode again.",
    ),
    Rule(
        code="audio.loudness",
        severity="recommended",
        broken=of_releases(_loudness),
        why="Listeners turn the volume up and down between shows (Apple, audio requirements: -16 LUFS, 1 either way).",
        cure="Master the episode again.",
    ),
    Rule(
        code="audio.peak",
        severity="recommended",
        broken=of_releases(_true_peak),
        why="Higher peaks are distorted when an app converts the sound (Apple, audio requirements: -1 dBTP).",
        cure="Master the episode again.",
    ),
    Rule(
        code="chapter.end",
        severity="required",
        broken=of_releases(_chapter_end),
        why="There is nothing to go to (podcast namespace, JSON chapters).",
        cure="Correct the chapter's time in episode.md.",
    ),
    Rule(
        code="chapter.title",
        severity="recommended",
        broken=of_releases(_chapter_title),
        why="Listeners choose by it (podcast namespace, JSON chapters; ID3v2 chapters).",
        cure="Give the chapter a title in episode.md.",
    ),
    Rule(
        code="chapter.same",
        severity="recommended",
        broken=of_releases(_chapter_same),
        why="Only one of them can be reached (podcast namespace, JSON chapters).",
        cure="Correct one of the times in episode.md.",
    ),
    Rule(
        code="chapter.first",
        severity="recommended",
        broken=of_releases(_chapter_first),
        why="Apple reads the times in show notes as chapters only from 00:00:00 on (Apple Podcasts, chapters).",
        cure="Add a chapter at 0:00 in episode.md.",
    ),
    Rule(
        code="chapter.count",
        severity="best",
        broken=of_releases(_chapter_count),
        why="Apple reads the times in show notes as chapters from three on (Apple Podcasts, chapters).",
        cure="Add chapters in episode.md, or remove them all.",
    ),
    Rule(
        code="soundbite.length",
        severity="recommended",
        broken=of_releases(_soundbite_length),
        why="Apps use soundbites of 15 to 120 seconds (podcast namespace, soundbite).",
        cure="Choose another length in episode.md.",
    ),
    Rule(
        code="soundbite.end",
        severity="required",
        broken=of_releases(_soundbite_end),
        why="There is nothing to play (podcast namespace, soundbite).",
        cure="Correct its times in episode.md.",
    ),
    Rule(
        code="soundbite.start",
        severity="best",
        broken=of_releases(_soundbite_start),
        why="The Podcast Index drops a soundbite from the very start (podcast-partytime 5.0.0).",
        cure="Start it a second later.",
    ),
    Rule(
        code="transcript.empty",
        severity="recommended",
        broken=of_releases(_transcript_empty),
        why="People who cannot hear have nothing; public bodies in the UK must offer it (WCAG 2.2, 1.2.1; PSP-1).",
        cure="Run placecast publish, or write down what is heard if nobody speaks.",
    ),
    Rule(
        code="transcript.end",
        severity="recommended",
        broken=of_releases(_transcript_end),
        why="It belongs to another recording, so its times lead nowhere (podcast namespace, transcript).",
        cure="Transcribe the episode again, or correct the last times.",
    ),
    Rule(
        code="transcript.machine",
        severity="recommended",
        broken=of_releases(_transcript_machine),
        why="What a machine heard is not yet an equal alternative to listening (WCAG 2.2, 1.2.1).",
        cure="Look at its doubtful words with placecast review, then record who has checked it with placecast approve.",
    ),
)
