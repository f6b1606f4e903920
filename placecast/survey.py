"""Where every episode stands, from what is on this machine: nothing is asked of the target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from placecast import chapters, production, work
from placecast.model import Episode, Show
from placecast.project import Project, reviewing


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One episode's state in a word or two, and what happens at the next publish or is missing."""

    episode: Episode
    state: str
    next: str


def survey(project: Project, show: Show, episodes: Sequence[Episode], now: datetime) -> tuple[Standing, ...]:
    """Every episode's standing, the newest first, drafts on top."""
    feed = project.feed / "feed.xml"
    built = feed.read_text("utf-8") if feed.is_file() else ""
    latest_first = sorted(
        episodes, key=lambda each: (each.published or datetime.max.replace(tzinfo=show.zone), each.slug)
    )
    return tuple(_standing(project, show, each, built, now) for each in reversed(latest_first))


def _standing(project: Project, show: Show, episode: Episode, built: str, now: datetime) -> Standing:
    audio = project.audio(episode.slug)
    # What was published is taken to be in the target still: asking it is `publish`'s business.
    state = production.state(project, show, episode, {audio.path: None} if audio else {})
    todo = work.plan(state, frozenset())
    review = _review(project, show, episode) if state.transcript else ""
    said = (_next(episode, todo, now), review, chapters.behind(episode, audio))
    return Standing(episode=episode, state=_state(episode, todo, built, now), next="; ".join(filter(None, said)))


def _state(episode: Episode, todo: work.Work, built: str, now: datetime) -> str:
    if todo.faults:
        return "no recording"
    if episode.withdrawn:
        return "unpublished"
    if episode.published is None:
        return "draft"
    if episode.published > now:
        return "scheduled"
    if episode.guid in built:
        return "changed" if todo.steps else "in the feed"
    return "to make" if todo.steps else "to publish"


def _next(episode: Episode, todo: work.Work, now: datetime) -> str:
    if todo.faults:
        return todo.faults[0].cure
    if episode.withdrawn:
        return "to publish it again, take the line `withdrawn` out of its episode.md"
    steps = ", ".join(f"{step.name} ({step.reason})" for step in todo.steps)
    if episode.published is None:
        return f"placecast publish {episode.slug}"
    if episode.published > now:
        return f"goes out on {episode.published:%d %B %Y at %H:%M %Z}" + (f"; first: {steps}" if steps else "")
    return steps


def _review(project: Project, show: Show, episode: Episode) -> str:
    """Who answers for the transcript, or what waits for somebody to do so."""
    verdict = project.verdict(episode)
    if verdict.approval:
        return f"approved by {verdict.approval.by}"
    count = reviewing.count_doubts(project, show, episode)
    found = f"{count} doubtful word{'s' * (count != 1)}"
    waiver = f", let out unreviewed: {verdict.waiver.reason}" if verdict.waiver else ""
    lapsed = f"; {verdict.lapsed[:1].lower()}{verdict.lapsed[1:].rstrip('.')}" if verdict.lapsed else ""
    return f"to review ({found}{waiver}{lapsed}): placecast review {episode.slug}"
