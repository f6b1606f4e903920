"""When an episode goes out: its date is set ahead, moved or taken away, as long as listeners do not have it.

Nothing is published here. An episode whose date is ahead is kept out of the feed by every run until that moment.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from placecast import lastseen, moments, rss
from placecast.errors import FactsError, UsageError
from placecast.model import Episode, Show
from placecast.moments import Moment
from placecast.project import Project
from placecast.project.unknown import no_such_episode
from placecast.project.workflows import Workflow, workflows


@dataclass(frozen=True, kw_only=True)
class Scheduled:
    """An episode with the date that it has now. `before`: the one that it had; `workflows`: who publishes by itself."""

    episode: Episode
    before: datetime | None
    changed: bool
    note: str = ""
    recorded: bool = True  # its recording is here, or it is made already
    ready: bool = True  # nothing is left to make of it
    unread: bool = False  # it is held back until a person has approved its transcript
    workflows: tuple[Workflow, ...] = ()


def moment(text: str, show: Show, now: datetime, *, backdate: bool = False) -> Moment:
    """The time that is meant, for an episode; UsageError when it has passed and nobody has said that it may."""
    found = moments.understood(text, now, show.zone)
    if found.at <= now and not backdate:
        what = f"is {moments.told(found.at)}, and that was {moments.away(found.at, now)}."
        raise UsageError(repr(text), what, "Say a time that is still to come, or add --backdate if you mean it.")
    return found


def schedule(project: Project, show: Show, episode: Episode, when: Moment | None) -> Scheduled:
    """Give an episode this date, or none. UsageError when listeners have it."""
    at = when.at if when else None
    if episode.published != at:
        require_movable(episode, heard(project, show))
    dated, made = replace(episode, published=at), project.audio(episode.slug) is not None
    return Scheduled(
        episode=dated,
        before=episode.published,
        changed=episode.published != at and project.write_date(dated),
        note=when.note if when else "",
        recorded=made or bool(episode.recording and episode.recording.is_file()),
        ready=made and project.transcript_file(episode.slug).is_file(),
        unread=show.transcription.review == "required" and project.verdict(episode).state in ("edited", "machine"),
        workflows=workflows(project.root),
    )


def episode_of(project: Project, slug: str) -> tuple[Show, Episode]:
    """The show and this episode, whatever is wrong with others; an error that says why there is none."""
    show, episodes, faults = project.readable()
    if own := [each for each in faults if each.file.startswith(f"episodes/{slug}/")]:
        raise FactsError(own)
    found = next((each for each in episodes if each.slug == slug), None)
    if found is None:
        raise no_such_episode(slug, episodes)
    return show, found


def heard(project: Project, show: Show) -> frozenset[str]:
    """The guids of the episodes that listeners have, as far as this machine knows."""
    feed = lastseen.seen(project, show).feed
    return frozenset(rss.guids(feed)) if feed else frozenset()


def require_movable(episode: Episode, heard: Collection[str]) -> None:
    """UsageError when listeners have the episode, or had it: another date cannot take that back."""
    slug = episode.slug
    if episode.withdrawn:
        cure = f"Take the line `withdrawn` out of its episode.md, then run: placecast publish {slug}"
        raise UsageError(slug, "is unpublished, and comes back only when you say so.", cure)
    if episode.guid in heard:
        since = f" since {moments.told(episode.published)}" if episode.published else ""
        what = f"is out{since}, and stays out: apps that have it would not give it back for another date."
        cure = (
            f"To take it out of the feed: placecast unpublish {slug}. If only its date is wrong, correct it in its "
            f"episode.md and run: placecast publish {slug} --allow-changes"
        )
        raise UsageError(slug, what, cure)
