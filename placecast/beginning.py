"""A recording becomes an episode: what the file says of itself, then what the producer adds."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple, TypeVar
from unicodedata import normalize

from placecast import audio, tags
from placecast.chapters import usable
from placecast.errors import AudioError
from placecast.model import Episode
from placecast.project import Project, find_episode
from placecast.project.scaffold import NewEpisode, new_episode, renew_recording, title_from

Error = TypeVar("Error", bound=Exception)


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
        former=frozenset(slug for each in episodes for slug in each.formerly),
    )


class Begun(NamedTuple):
    """The episode of a recording, what to tell the producer, and whether it was not there before."""

    slug: str
    told: str
    new: bool


def begin(project: Project, recording: Path, ask: Callable[[NewEpisode], NewEpisode]) -> Begun:
    """The new episode of this recording.

    A file that an unpublished episode was begun from, and that has changed since, belongs to that episode: the first
    export was damaged, say, and this is the second.
    """
    with audio.steady(recording):
        suggested = suggestion(project, recording)
    earlier = _unheard(project, recording)
    if earlier:
        with audio.steady(recording):
            renew_recording(earlier, recording)
        return Begun(earlier.slug, f"The recording of the unpublished episode {earlier.slug} is now this file.", False)
    new = ask(suggested)
    slug = ""
    try:
        with audio.steady(recording):
            slug = new_episode(project, recording, new)
        project.remember_origin(recording, slug)
    except (AudioError, OSError):
        if slug:
            take_back(project, slug, recording)
        raise
    missing = ", ".join((*(() if new.summary else ("summary",)), "people", "places", "show notes"))
    return Begun(slug, f"Made episodes/{slug}/episode.md; nobody has given yet: {missing}.", True)


def as_on_disk(name: str) -> str:
    """The name as the disk has it, where é may be one character or two, and nobody can see which."""
    path, wanted = Path(name), normalize("NFC", Path(name).name)
    if wanted.isascii() or is_file(name) or not path.parent.is_dir():
        return name
    same = (each for each in sorted(path.parent.iterdir()) if normalize("NFC", each.name) == wanted)
    return str(next(same, name))


def is_file(name: str) -> bool:
    """Whether there is something of this name, be it only a link that leads nowhere."""
    return os.path.lexists(name)


@contextmanager
def provisional(project: Project, begun: Mapping[str, Path], tell: Callable[[str], None]) -> Iterator[None]:
    """Take back the episodes that this run began (recordings by slug) if what goes wrong is the sound of one.

    Nobody has written anything in them yet, and the show is then as it was. What was mastered already is kept.
    """
    try:
        yield
    except (AudioError, OSError) as error:
        for slug, recording in begun.items():
            if project.audio(slug) is None and not (project.work_folder(slug) / "master.json").is_file():
                error = named_as_given(error, take_back(project, slug, recording), recording)
                tell(f"The episode {slug} was taken back: the show is as it was.")
        raise error from error.__cause__


def named_as_given(error: Error, copy: Path | None, recording: Path) -> Error:
    """The same error, of the file that the producer named: the copy of it is gone."""
    fault = error.faults[0] if isinstance(error, AudioError) else None
    if fault is None or fault.file != str(copy):
        return error
    return type(error)(str(recording), fault.what, fault.cure)


def take_back(project: Project, slug: str, recording: Path) -> Path | None:
    """Undo `begin`, but for the producer's own file. Where the episode's recording was."""
    _, episodes = project.load()
    episode = next(each for each in episodes if each.slug == slug)
    if episode.recording and os.path.realpath(episode.recording) != os.path.realpath(recording):
        episode.recording.unlink(missing_ok=True)
    episode.file.unlink()
    with suppress(OSError):  # the producer keeps other files there
        episode.file.parent.rmdir()
    project.forget_origin(recording)
    return episode.recording


def _unheard(project: Project, recording: Path) -> Episode | None:
    """The episode that was begun from this file and never published."""
    _, episodes = project.load()
    slug = project.origin(recording)
    return next((each for each in episodes if each.slug == slug and project.audio(each.slug) is None), None)
