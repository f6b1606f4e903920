"""The files that people write by hand, and what is wrong with them once they are saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from placecast.errors import FactsError, Fault, PlacecastError, UsageError
from placecast.model import Episode
from placecast.project import EPISODE_FILE, NAMES_FILE, Project
from placecast.project.unknown import no_such_episode
from placecast.root import SHOW_FILE

Kind = Literal["episode", "transcript", "names", "show"]


def file_of(project: Project, slug: str | None, kind: Kind) -> Path:
    """The file that is meant; UsageError when there is none. Found without reading: its facts may be wrong."""
    if kind in ("names", "show"):
        return project.root / (NAMES_FILE if kind == "names" else SHOW_FILE)
    if slug is None:
        raise UsageError("placecast edit", "names no episode.", "See the episodes with: placecast status")
    path = project.episode_folder(slug) / EPISODE_FILE
    if not path.is_file():
        raise no_such_episode(slug, _episodes(project))
    if kind == "episode":
        return path
    transcript = project.transcript_file(slug)
    if not transcript.is_file():
        raise UsageError(slug, "has no transcript yet.", f"Make it with: placecast transcribe {slug}")
    return transcript


def _episodes(project: Project) -> Sequence[Episode]:
    """Those that are known, if the facts can be read."""
    try:
        return project.load()[1]
    except FactsError:
        return ()


def faults(project: Project, path: Path) -> tuple[Fault, ...]:
    """What is wrong with the show's facts now, and with this file if it is a transcript; its own faults first."""
    try:
        show, episodes = project.load()
        for episode in (each for each in episodes if project.transcript_file(each.slug) == path):
            project.transcript(episode, show)
    except PlacecastError as error:
        here = project.shown(path)
        return tuple(sorted(error.faults, key=lambda fault: fault.file != here))
    return ()


def edit(
    project: Project, path: Path, opened: Callable[[Path], None], again: Callable[[tuple[Fault, ...]], bool]
) -> tuple[Fault, ...]:
    """Have the file edited, as long as it has faults and `again` says so; what is wrong in the end.

    What was saved stays as it was saved, whatever is wrong with it.
    """
    while True:
        opened(path)
        found = faults(project, path)
        if not found or found[0].file != project.shown(path) or not again(found):
            return found
