"""What a review of a transcript needs of the show's folder, and what comes of it: doubts, approvals and waivers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from placecast import doubts, files, names, realign, reviews
from placecast.doubts import Doubt
from placecast.errors import UsageError
from placecast.fingerprint import sha256
from placecast.model import Approval, Episode, Show, Transcript, Waiver, Word
from placecast.project import Project
from placecast.reviews import Review


def words_of(project: Project, episode: Episode, transcript: Transcript) -> tuple[tuple[Word, ...], ...]:
    """The words of each cue with their times, as far as a machine heard them."""
    record = project.record(episode.slug)
    return realign.timed(transcript, record.words if record else ())


def doubts_of(project: Project, show: Show, episode: Episode) -> tuple[Doubt, ...]:
    """What a person should look at in the episode's transcript; nothing when there is none."""
    transcript = project.transcript(episode, show)
    if transcript is None:
        return ()
    audio = project.audio(episode.slug)
    return doubts.find(
        transcript,
        words_of(project, episode, transcript),
        project.record(episode.slug),
        names.of_episode(show, episode),
        seconds=audio.seconds if audio else None,
    )


def count_doubts(project: Project, show: Show, episode: Episode) -> int:
    """How many doubts there are, remembered as long as nothing changes that they come from."""
    about = _about(project, show, episode)
    found = project.memory.found("doubts", episode.slug, about, lambda: len(doubts_of(project, show, episode)))
    return int(found)


def _about(project: Project, show: Show, episode: Episode) -> str:
    """A name for all that the doubts of an episode come from."""
    record, audio = project.record_file(episode.slug), project.audio(episode.slug)
    heard = files.sha256_of(record) if record.is_file() else ""
    facts = (doubts.VERSION, project.transcript_hash(episode.slug), heard, names.of_episode(show, episode), audio)
    return sha256(repr(facts).encode())


def approve(project: Project, show: Show, episode: Episode, by: str, at: datetime) -> Approval:
    """Record that this person answers for the transcript as it is now, and for no other."""
    text, sound = _readable(project, show, episode), project.sound_hash(episode)
    if sound is None:
        what = "its recording is not on this machine, so nobody can have heard it here."
        raise UsageError(episode.slug, what, "Put the recording back, or publish the episode first.")
    approval = reviews.approved(by, at, text=text, sound=sound)
    project.write_review(episode.slug, Review(approval=approval))
    return approval


def waive(project: Project, show: Show, episode: Episode, reason: str, at: datetime) -> Waiver:
    """Record that the transcript goes out unreviewed as it is now, and why."""
    waiver = reviews.waived(reason, at, text=_readable(project, show, episode))
    before = project.review(episode.slug) or Review()
    project.write_review(episode.slug, replace(before, waiver=waiver))
    return waiver


def _readable(project: Project, show: Show, episode: Episode) -> str:
    """The hash of a transcript that is there and can be read: nobody can answer for another."""
    text = project.transcript_hash(episode.slug)
    if text is None or project.transcript(episode, show) is None:
        cure = f"Make it first, with: placecast publish {episode.slug}"
        raise UsageError(episode.slug, "has no transcript yet.", cure)
    return text
