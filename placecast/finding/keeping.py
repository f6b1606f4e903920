"""Keeping what `placecast search` reads up to date: only episodes whose words have changed are read again.

A search looks first whether any file of the show looks other than before, which takes a moment. `build` and `publish`
bring an index up to date that somebody has made by searching; who never searches pays nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from placecast import looks
from placecast.errors import FactsError
from placecast.finding.store import DAMAGED, FILE, Known, State, Store, reading, writing
from placecast.fingerprint import sha256
from placecast.model import Episode, Show, Transcript, no_words

if TYPE_CHECKING:
    from placecast.project import Project

_FILES = ("placecast.toml", "names.toml")
_FOLDERS = ("episodes", "transcripts")


@contextmanager
def up_to_date(root: Path, tell: Callable[[str], None], warn: Callable[[str], None]) -> Iterator[Store]:
    """The index of the show in this folder as its files are now, to read from."""
    now = seen(root)
    state = _state(root)
    if state is None or state.seen != now:
        _refresh(root, now, state, tell, warn)
    with reading(path(root)) as store:
        yield store


def keep_up(project: Project, show: Show, episodes: Sequence[Episode], now: str = "") -> None:
    """Bring the index up to date, where there is one. `now`: what was `seen` before these facts were read.

    It is a cache, so nothing that goes wrong with it is worth stopping for: the next search sees to it.
    """
    state = _state(project.root)
    with suppress(OSError, FactsError, *DAMAGED):
        if state and state.seen != now:
            _update(project, show, episodes, now, state, no_words)


def path(root: Path) -> Path:
    return root / ".placecast" / FILE


def seen(root: Path) -> str:
    """A name for what every file looks like that facts and words come from."""
    return looks.name((root / name for name in _FOLDERS), (root / name for name in _FILES))


def _state(root: Path) -> State | None:
    """What the index was made of; None where there is none that can be used."""
    with suppress(OSError, *DAMAGED), reading(path(root)) as store:
        state = store.state()
        return state if state and state.program == looks.program() else None
    return None


def _refresh(
    root: Path, now: str, state: State | None, tell: Callable[[str], None], warn: Callable[[str], None]
) -> None:
    from placecast.project import Project

    project = Project(root=root)
    try:
        show, episodes = project.load()
    except FactsError as error:
        if state is None:
            raise
        warn(f"{error.faults[0].file}: {error.faults[0].what} Searched as it was before that. See: placecast check")
        return
    if state is None and len(episodes) > 1:
        tell(f"reading the transcripts of {len(episodes)} episodes, this once")
    _update(project, show, episodes, now, state, warn)


def _update(
    project: Project,
    show: Show,
    episodes: Sequence[Episode],
    now: str,
    state: State | None,
    warn: Callable[[str], None],
) -> None:
    with writing(path(project.root), anew=state is None) as store:
        before = store.abouts()
        about = {each.slug: name for each in episodes if (name := _about(project, show, each))}
        changed = [each for each in episodes if about.get(each.slug, "") != before.get(each.slug, "")]
        gone = [slug for slug in before if about.get(slug) != before[slug]]
        read = partial(_transcript, project, show, warn=warn)
        told = ((each.slug, about[each.slug], read(each)) for each in changed if each.slug in about)
        store.replace(gone, told)
        store.describe([_known(show, each) for each in episodes])
        store.settle(State(program=looks.program(), seen=now, language=show.language))


def _about(project: Project, show: Show, episode: Episode) -> str:
    """A name for all that an episode's words come from; "" where it has none."""
    look = looks.look(project.transcript_file(episode.slug))
    return sha256(repr((look, project.language(episode, show))).encode()) if look else ""


def _transcript(project: Project, show: Show, episode: Episode, warn: Callable[[str], None]) -> Transcript:
    """The words of an episode; none, and a warning, where they cannot be read."""
    with_none = Transcript(cues=(), language=show.language)
    try:
        return project.transcript(episode, show) or with_none
    except FactsError as error:
        warn(f"{error.faults[0].file}: {error.faults[0].what} It is not searched. See: placecast check")
        return with_none


def _known(show: Show, episode: Episode) -> Known:
    published = episode.published
    return Known(
        slug=episode.slug,
        title=episode.title,
        published=published.astimezone(UTC).isoformat() if published else "",
        day=published.astimezone(show.zone).date().isoformat() if published else "",
        withdrawn=episode.withdrawn is not None,
        page=show.page(episode.folder),
        places=tuple(place.name for place in episode.places),
    )
