"""A recording becomes an episode: what the file says of itself, then what the producer adds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from placecast import audio, tags
from placecast.chapters import usable
from placecast.model import Episode
from placecast.project import Project, find_episode
from placecast.project.scaffold import NewEpisode, new_episode, renew_recording, title_from


def known_slug(project: Project, name: str) -> str | None:
    """The slug of the episode that a slug or a recording stands for."""
    _, episodes = project.load()
    found = find_episode(project, episodes, name)
    return found.slug if found else None


def suggestion(project: Project, recording: Path) -> NewEpisode:
    """What is known of a recording that can become an episode; AudioError when it cannot."""
    audio.check(recording)
    found = tags.read_embedded(recording)
    _, episodes = project.load()
    numbers = [each.number for each in episodes if each.number]
    return NewEpisode(
        title=found.title or title_from(recording),
        summary=found.comment or "",
        season=found.season or max((each.season for each in episodes if each.season), default=None),
        number=found.number or max(numbers, default=0) + 1,
        chapters=usable(found.chapters),
    )


def begin(project: Project, recording: Path, ask: Callable[[NewEpisode], NewEpisode]) -> tuple[str, str]:
    """The slug of the new episode, and what to tell the producer.

    A file that an unpublished episode was begun from, and that has changed since, belongs to that episode: the first
    export was damaged, say, and this is the second.
    """
    suggested = suggestion(project, recording)
    earlier = _unheard(project, recording)
    if earlier:
        renew_recording(earlier, recording)
        return earlier.slug, f"The recording of the unpublished episode {earlier.slug} is now this file."
    new = ask(suggested)
    slug = new_episode(project, recording, new)
    project.remember_origin(recording, slug)
    missing = ", ".join((*(() if new.summary else ("summary",)), "people", "places", "show notes"))
    return slug, f"Made episodes/{slug}/episode.md; nobody has given yet: {missing}."


def _unheard(project: Project, recording: Path) -> Episode | None:
    """The episode that was begun from this file and never published."""
    _, episodes = project.load()
    slug = project.origin(recording)
    return next((each for each in episodes if each.slug == slug and project.audio(each.slug) is None), None)
