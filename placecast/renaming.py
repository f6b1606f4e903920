"""Another slug for an episode: its folder, its transcripts, and a note of the slug that it had.

One move decides, that of the folder: before it the episode is what it was, after it what it is to be. The transcripts
are copied before, and the old ones taken away after. So a run that dies leaves at most copies behind, which the next
one of the same names takes up. Nothing is asked of the target; the next publish finds what has changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from placecast import files, rss
from placecast.delivery import glance
from placecast.errors import UsageError
from placecast.model import Episode, Show
from placecast.plan import FEED
from placecast.project import Project, facts, front_matter
from placecast.project.unknown import no_such_episode
from placecast.run import Run


@dataclass(frozen=True, kw_only=True)
class Renamed:
    """What became of an episode. `public`: listeners may know the old address, which is kept answering."""

    old: str
    new: str
    page: str  # the new address
    public: bool


def rename(run: Run, old: str, new: str) -> Renamed:
    """Give the episode `old` the slug `new`; UsageError when something else has it, or had it, or lies there."""
    project = run.project
    with project.locked():
        show, episodes = project.load()
        episode = next((each for each in episodes if each.slug == old), None)
        if episode is None:
            return _completed(project, show, episodes, old, new)
        _require_free(project, show, episodes, episode, new)
        public = episode.published is not None and episode.published <= run.now
        _copy_words(project, old, new)
        formerly = [slug for slug in (*episode.formerly, *([old] if public else ())) if slug != new]
        if formerly != list(episode.formerly):
            _note(episode, formerly)
        episode.file.parent.rename(project.episode_folder(new))
        _tidy(project, old, new)
    return Renamed(old=old, new=new, page=show.page(f"e/{new}/"), public=public)


def _completed(project: Project, show: Show, episodes: Sequence[Episode], old: str, new: str) -> Renamed:
    """What is left of a run that died after the folder had moved."""
    found = next((each for each in episodes if each.slug == new), None)
    left = [there for there, here in _words(project, old, new) if there.is_file() and here.is_file()]
    if found is None or not (left or old in found.formerly):
        raise no_such_episode(old, episodes)
    _tidy(project, old, new)
    return Renamed(old=old, new=new, page=show.page(found.folder), public=old in found.formerly)


def _require_free(project: Project, show: Show, episodes: Sequence[Episode], episode: Episode, new: str) -> None:
    other_name = "Choose another name."
    if new == episode.slug:
        raise UsageError(new, "is its name already.", other_name)
    if faults := facts.slug_faults(new, new):
        raise UsageError(new, "cannot be an address.", faults[0].cure)
    for other in episodes:
        if new == other.slug:
            raise UsageError(new, "is another episode.", other_name)
        if new in other.formerly and other is not episode:
            what = f"was the name of {other.slug}, and its old address must go on leading there."
            raise UsageError(new, what, other_name)
    if new in _elsewhere(project, show, {each.guid for each in episodes}):
        raise UsageError(new, "is an episode of another clone, as the feed says.", other_name)
    for path in _in_the_way(project, episode.slug, new):
        raise UsageError(project.shown(path), "is there already.", f"Look what it is and move it, or: {other_name}")


def _elsewhere(project: Project, show: Show, ours: set[str]) -> set[str]:
    """The slugs of the episodes that only the feed knows, as this clone saw it last."""
    built = project.feed / FEED
    feeds = [built.read_bytes() if built.is_file() else None, glance.last_feed(project.last_look, show.target)]
    others = (other for feed in feeds if feed for other in rss.elsewhere(feed, ours))
    return {slug for other in others if (slug := show.slug_at(other.page))}


def _in_the_way(project: Project, old: str, new: str) -> Iterator[Path]:
    """What lies where the episode's files are to be. Copies that an earlier run made are in nobody's way."""
    if project.episode_folder(new).exists():
        yield project.episode_folder(new)
    for there, here in _words(project, old, new):
        if here.is_file() and not (there.is_file() and there.read_bytes() == here.read_bytes()):
            yield here


def _words(project: Project, old: str, new: str) -> list[tuple[Path, Path]]:
    """The files of an episode's words under both names; the transcript itself is the last."""
    kinds = (project.review_file, project.record_file, project.transcript_file)
    return [(file(old), file(new)) for file in kinds]


def _copy_words(project: Project, old: str, new: str) -> None:
    for there, here in _words(project, old, new):
        if there.is_file():
            files.write(here, there.read_bytes())


def _note(episode: Episode, formerly: Sequence[str]) -> None:
    text = episode.file.read_bytes().decode("utf-8")
    line = f"formerly = [{', '.join(map(front_matter.quoted, formerly))}]"
    changed = front_matter.change(text, line, key="formerly")
    if front_matter.read(changed, str(episode.file))[0]["formerly"] != list(formerly):
        raise UsageError(str(episode.file), "has `formerly` on several lines.", "Write it on one line: formerly = []")
    files.write(episode.file, changed.encode())


def _tidy(project: Project, old: str, new: str) -> None:
    """Take away the old words as far as they are the same, and bring along what the cache knows."""
    for there, here in _words(project, old, new):
        if there.is_file() and here.is_file() and there.read_bytes() == here.read_bytes():
            there.unlink()
    project.rename_origin(old, new)
    work = project.work_folder(old)
    if work.is_dir() and not project.work_folder(new).exists():
        work.rename(project.work_folder(new))
