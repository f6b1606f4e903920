"""Corrections of what listeners have: recorded, with their date and who answers for them, and never taken back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from placecast import transcripts
from placecast.errors import UsageError
from placecast.model import Correction, Episode
from placecast.model.correction import CorrectionKind
from placecast.project import correcting
from placecast.run import Run
from placecast.timecode import clock


@dataclass(frozen=True, kw_only=True)
class Amended:
    """A correction that is recorded. `new` is False when it had been recorded before."""

    correction: Correction
    file: Path | None
    new: bool


def correct(
    run: Run, slug: str, *, kind: CorrectionKind, wrong: str, right: str, by: str, at: float | None = None
) -> Amended:
    """Record a correction of an episode that is out. Neither its guid nor its sound is touched."""
    with run.project.locked():
        episode = transcripts.episode(run, slug)
        refuse(episode, run.now)
        show = run.project.load()[0]
        date = run.now.astimezone(show.zone).replace(microsecond=0)
        said = [" ".join(text.split()) for text in (wrong, right, by)]
        made = Correction(date=date, kind=kind, wrong=said[0], right=said[1], by=said[2], at=at)
        _check(run, episode, made)
        if before := next((each for each in episode.corrections if _same(each, made)), None):
            return Amended(correction=before, file=None, new=False)
        folder = episode.file.parent
        return Amended(correction=made, file=correcting.write(folder, run.project.shown(folder), made), new=True)


def of_episode(run: Run, slug: str) -> tuple[Correction, ...]:
    """The corrections of an episode, the oldest first."""
    return transcripts.episode(run, slug).corrections


def refuse(episode: Episode, now: datetime) -> None:
    """UsageError when nobody has the episode: what nobody has heard is put right where it is wrong."""
    if episode.withdrawn:
        what, cure = "is out of the feed, and its page is a notice.", "Publish it again first, or say it in the notes."
    elif episode.published is None or episode.published > now:
        what = "is not published yet, so there is nothing to correct in public."
        cure = "Put it right in episode.md, in the transcript or in the recording."
    else:
        return
    raise UsageError(episode.slug, what, cure)


def _check(run: Run, episode: Episode, made: Correction) -> None:
    for option, text in (("--wrong", made.wrong), ("--right", made.right), ("--by", made.by)):
        if not text:
            raise UsageError(
                option, "says nothing.", "A correction says what was wrong, what is right, and who says so."
            )
    if made.wrong == made.right:
        raise UsageError("--right", "is the same as what was wrong.", "Say what is right in its place.")
    audio = run.project.audio(episode.slug)
    if audio and made.at is not None and made.at > audio.seconds:
        what = f"is after the end: the episode ends at {clock(audio.seconds)}."
        raise UsageError(f"--at {clock(made.at)}", what, "Give a time within it, or leave it out.")


def _same(one: Correction, other: Correction) -> bool:
    return replace(one, date=other.date) == other
