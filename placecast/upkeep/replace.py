"""New sound for an episode that listeners have: the guid stays, the address changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath

from placecast import audio, distribution, files, pipeline, plan
from placecast.beginning import named_as_given
from placecast.changed import Told
from placecast.delivery import manifest
from placecast.delivery.manifest import Record
from placecast.errors import AudioError
from placecast.model import Audio, Episode, Show, SoundFile
from placecast.pipeline import Plan
from placecast.plan import Upload
from placecast.project import Project, scaffold
from placecast.publishing import Built
from placecast.run import Run
from placecast.wording import few


@dataclass(frozen=True, kw_only=True)
class Replaced:
    """What has become of the sound of an episode. `old` is None when it had never been published."""

    slug: str
    plan: Plan
    built: Built
    old: Audio | None
    new: Audio | None  # as `old` when the new recording gives the very same file
    recalled: bool  # what lay under the old address is the new sound, too


def replace(run: Run, slug: str, recording: Path, *, recall: bool = False) -> Replaced:
    """Take this file for the episode's recording, and publish it.

    `recall` writes the new sound over the old one, for listeners whose app holds the old address.
    """
    audio.check(recording)
    show, episode = _episode(run.project, slug)
    old = run.project.audio(slug)
    with _taken(run.project, episode, recording):
        made, built = pipeline.publish(run, [slug], told=Told(sound=frozenset({slug})))
    new = run.project.audio(slug)
    recalled = bool(recall and old and new and old.path != new.path and not built.blocked)
    if recalled and old and new:
        _recall(run, show, old, new)
    return Replaced(slug=slug, plan=made, built=built, old=old, new=new, recalled=recalled)


@contextmanager
def _taken(project: Project, episode: Episode, recording: Path) -> Iterator[None]:
    """Make this file the episode's recording; if no sound comes of it, all is as it was."""
    old, text, there = project.audio(episode.slug), episode.file.read_bytes(), set(episode.file.parent.iterdir())
    known = project.origin(recording)
    try:
        with audio.steady(recording):
            scaffold.take_recording(project, episode, recording)
        project.remember_origin(recording, episode.slug)
        yield
    except (AudioError, OSError) as error:
        if project.audio(episode.slug) != old:
            raise
        project.forget_origin(recording)
        if known:
            project.remember_origin(recording, known)
        files.write(episode.file, text)
        for path in set(episode.file.parent.iterdir()) - there:
            path.unlink()
            error = named_as_given(error, path, recording)
        raise error from error.__cause__


def _episode(project: Project, slug: str) -> tuple[Show, Episode]:
    show, episodes = project.load()
    pipeline.require(episodes, [slug])
    return show, next(each for each in episodes if each.slug == slug)


def _recall(run: Run, show: Show, old: Audio, new: Audio) -> None:
    """Write the new sound under the old addresses. It is not promised to stay for ever there."""
    storage, twins = run.open_storage(show.target), _twins(old, new)
    with (
        run.project.locked(),
        run.reporter.step(f"overwrite {few(list(twins))}", "asked for with --recall") as progress,
    ):
        record = Record(storage)
        record.change(lambda kept: manifest.noted(kept, kept.objects, dict.fromkeys(twins)))
        # If this run dies from here on, the record knows nothing wrong.
        storage.delete([path for path, twin in twins.items() if twin is None])
        found = {path: _passing(run.project, path, twin) for path, twin in twins.items() if twin}
        sent = {path: storage.put(upload, progress) for path, upload in found.items()}
        record.change(lambda kept: manifest.noted(kept, {}, sent))
        tell, warn = run.reporter.tell, run.reporter.warn
        distribution.announce(show, (), folder=run.project.root, warn=warn, tell=tell, recalled=tuple(twins))


def _twins(old: Audio, new: Audio) -> dict[str, SoundFile | None]:
    """By the path of each old file, the new one of its kind. A small file without one is taken away."""
    kinds = {PurePath(each.name).suffix: each for each in new.files}
    small = {each.path: kinds.get(PurePath(each.name).suffix) for each in old.alternates}
    return {old.path: kinds.get(PurePath(old.name).suffix, new), **small}


def _passing(project: Project, path: str, sound: SoundFile) -> Upload:
    return plan.as_passing(plan.upload(path, project.media(sound), sound.bytes, sound.sha256))
