"""The files that people write by hand, and what is wrong with them once they are saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from placecast.errors import FactsError, Fault, PlacecastError, UsageError
from placecast.project import EPISODE_FILE, NAMES_FILE, Project
from placecast.root import SHOW_FILE

Kind = Literal["episode", "transcript", "names", "show"]


def file_of(project: Project, slug: str | None, kind: Kind) -> Path:
    """The file that is meant; UsageError when there is none. Found without reading: its facts may be wrong."""
    if kind in ("names", "show"):
        return project.root / (NAMES_FILE if kind == "names" else SHOW_FILE)
    path = project.episode_folder(slug or "") / EPISODE_FILE
    if slug is None or not path.is_file():
        what = "names no episode." if slug is None else "there is no such episode."
        raise UsageError(slug or "placecast edit", what, _cure(project, slug))
    if kind == "episode":
        return path
    transcript = project.transcript_file(slug)
    if not transcript.is_file():
        raise UsageError(slug, "has no transcript yet.", f"Make it with: placecast transcribe {slug}")
    return transcript


def _cure(project: Project, slug: str | None) -> str:
    """What an episode is called now that was renamed."""
    try:
        known = {former: each.slug for each in project.load()[1] for former in each.formerly}
    except FactsError:
        known = {}
    called = known.get(slug or "")
    return f"It is called {called} now." if called else "See the episodes with: placecast status"


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
