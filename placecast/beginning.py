"""A recording becomes an episode: what the file says of itself, then what the producer adds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from placecast import audio, tags
from placecast.project import Project
from placecast.project.scaffold import NewEpisode, new_episode, title_from


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
        chapters=found.chapters,
    )


def begin(project: Project, recording: Path, ask: Callable[[NewEpisode], NewEpisode]) -> tuple[str, tuple[str, ...]]:
    """The slug of the new episode, and which facts nobody has given yet."""
    new = ask(suggestion(project, recording))
    missing = () if new.summary else ("summary",)
    return new_episode(project, recording, new), (*missing, "people", "places", "show notes")
