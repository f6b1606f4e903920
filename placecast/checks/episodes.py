"""Rules for episodes: their facts, their sound and their transcript."""

from __future__ import annotations

import re
from collections.abc import Iterator

from placecast.chapters import contradicted, in_order
from placecast.checks.rules import Rule, of_releases
from placecast.model import Release, Show
from placecast.timecode import clock

_NUMBERED = re.compile(r"\b(episode|ep\.?)\s*#?\d+|\bS\d+\s*E\d+\b|^#\d+", re.IGNORECASE | re.ASCII)
_SOUNDBITE_MIN, _SOUNDBITE_MAX = 15, 120
_CHAPTERS_MIN = 3
_LOUDNESS_TOLERANCE = 1.0


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


def _unnumbered(release: Release, show: Show) -> Iterator[str]:
    if show.type == "serial" and release.episode.kind == "full" and not release.episode.number:
        yield "The episode has no number."


def _duration(release: Release, _: Show) -> Iterator[str]:
    if release.audio.seconds < 1:
        yield f"The audio lasts {release.audio.seconds:g} seconds."


def _loudness(release: Release, show: Show) -> Iterator[str]:
    wanted, measured = show.mastering.loudness, release.audio.loudness
    if measured is not None and abs(measured - wanted) > _LOUDNESS_TOLERANCE:
        yield f"The audio has {measured:.1f} LUFS, not {wanted:.1f}."


def _true_peak(release: Release, show: Show) -> Iterator[str]:
    measured = release.audio.true_peak
    if measured is not None and measured > show.mastering.true_peak:
        yield f"The audio peaks at {measured:.1f} dBTP."


def _chapter_end(release: Release, _: Show) -> Iterator[str]:
    for chapter in release.episode.chapters:
        if not 0 <= chapter.seconds < release.audio.seconds:
            yield f"The chapter {chapter.title!r} starts at {chapter.seconds:g} s, outside the audio."


def _chapter_first(release: Release, _: Show) -> Iterator[str]:
    chapters = in_order(release.episode.listed_chapters)
    if chapters and chapters[0].seconds > 0:
        yield f"The first chapter starts at {clock(chapters[0].seconds)}."


def _chapter_count(release: Release, _: Show) -> Iterator[str]:
    count = len(release.episode.listed_chapters)
    if 0 < count < _CHAPTERS_MIN:
        yield f"There {'is 1 chapter' if count == 1 else f'are {count} chapters'}."


def _chapter_notes(release: Release, _: Show) -> Iterator[str]:
    if contradicted(release.episode.chapters, release.notes_html):
        yield "The show notes list other times than the chapters."


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


def _transcript_machine(release: Release, _: Show) -> Iterator[str]:
    if not release.said.empty and not release.approval:
        corrected = "People have corrected the transcript, but nobody answers for it yet."
        yield corrected if release.edited else "Nobody has checked the transcript yet."


RULES = (
    Rule(
        code="episode.title.number",
        severity="recommended",
        broken=of_releases(_title_number),
        key="title",
        why="Apps show the number beside the title (Apple, A podcaster's guide to RSS; PSP-1).",
        cure="Leave it out of the title, and write it as number and season.",
    ),
    Rule(
        code="episode.title.show",
        severity="recommended",
        broken=of_releases(_title_show),
        key="title",
        why="Apps show the show's name beside the title, and small screens cut titles "
        "(Apple, A podcaster's guide to RSS; PSP-1).",
        cure="Leave it out of the title.",
    ),
    Rule(
        code="episode.summary",
        severity="best",
        broken=of_releases(_summary),
        key="summary",
        why="Lists of episodes show it, and search engines; the feed takes the notes' beginning instead (PSP-1).",
        cure="Write one or two sentences as summary in episode.md.",
    ),
    Rule(
        code="episode.serial",
        severity="required",
        broken=of_releases(_unnumbered),
        key="number",
        why="Apple orders the episodes of a serial show by number (Apple, A podcaster's guide to RSS).",
        cure="Write number in episode.md, or make the show episodic in placecast.toml.",
    ),
    Rule(
        code="audio.duration",
        severity="required",
        broken=of_releases(_duration),
        key="recording",
        why="Apps would show that it lasts no time (PSP-1; Apple, A podcaster's guide to RSS).",
        cure="Check the recording, and master the episode again.",
    ),
    Rule(
        code="audio.loudness",
        severity="recommended",
        broken=of_releases(_loudness),
        key="recording",
        why="Listeners turn the volume up and down between shows (Apple, audio requirements: -16 LUFS, 1 either way).",
        cure="Master the episode again.",
    ),
    Rule(
        code="audio.peak",
        severity="recommended",
        broken=of_releases(_true_peak),
        key="recording",
        why="Higher peaks are distorted when an app converts the sound (Apple, audio requirements: -1 dBTP).",
        cure="Master the episode again.",
    ),
    Rule(
        code="chapter.end",
        severity="required",
        broken=of_releases(_chapter_end),
        key="chapters",
        why="There is nothing to go to (podcast namespace, JSON chapters).",
        cure="Correct the chapter's time in episode.md.",
    ),
    Rule(
        code="chapter.first",
        severity="recommended",
        broken=of_releases(_chapter_first),
        key="chapters",
        why="Apple reads the times in show notes as chapters only from 00:00:00 on (Apple Podcasts, chapters).",
        cure="Add a chapter at 0:00 in episode.md.",
    ),
    Rule(
        code="chapter.count",
        severity="best",
        broken=of_releases(_chapter_count),
        key="chapters",
        why="Apple reads the times in show notes as chapters from three on (Apple Podcasts, chapters).",
        cure="Add chapters in episode.md, or remove them all.",
    ),
    Rule(
        code="chapter.notes",
        severity="recommended",
        broken=of_releases(_chapter_notes),
        why="Apps show the one list or the other (Apple Podcasts, chapters: notes, file and feed are all read).",
        cure="Take the times out of the notes, and they are listed from the chapters; or correct either list.",
    ),
    Rule(
        code="soundbite.length",
        severity="recommended",
        broken=of_releases(_soundbite_length),
        key="soundbites",
        why="Apps use soundbites of 15 to 120 seconds (podcast namespace, soundbite).",
        cure="Choose another length in episode.md.",
    ),
    Rule(
        code="soundbite.end",
        severity="required",
        broken=of_releases(_soundbite_end),
        key="soundbites",
        why="There is nothing to play (podcast namespace, soundbite).",
        cure="Correct its times in episode.md.",
    ),
    Rule(
        code="soundbite.start",
        severity="best",
        broken=of_releases(_soundbite_start),
        key="soundbites",
        why="The Podcast Index drops a soundbite from the very start (podcast-partytime 5.0.0).",
        cure="Start it a second later.",
    ),
    Rule(
        code="transcript.machine",
        severity="recommended",
        broken=of_releases(_transcript_machine),
        key="transcript",
        why="What a machine heard is not yet an equal alternative to listening (WCAG 2.2, 1.2.1).",
        cure="Look at its doubtful words with placecast review, then record who has checked it with placecast approve.",
    ),
)
