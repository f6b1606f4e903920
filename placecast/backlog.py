"""Transcribing many episodes: here one after the other, or on the machines of a cluster. Nothing is published.

One that fails does not stop the others. Only this process writes transcripts, and each of them once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Lock

from placecast import __version__, audio, files, production, scribe, work
from placecast.cluster import spread
from placecast.errors import AudioError, EngineError, PlacecastError, StorageError
from placecast.jobs import LOADER, Job, StoredSound
from placecast.jobs import work as hear
from placecast.model import Audio, Episode, Progress
from placecast.pipeline import require
from placecast.project import Project
from placecast.run import Run
from placecast.timecode import spoken
from placecast.transcribe.account import Account
from placecast.workshop import Workshop, heard_recording, trimmed


@dataclass(frozen=True, kw_only=True)
class Failure:
    """An episode that has no new transcript, and why."""

    slug: str
    error: PlacecastError


@dataclass(kw_only=True)
class Report:
    """What became of the episodes. `untouched`: each with the reason why nothing was done."""

    done: list[str] = field(default_factory=list)
    untouched: dict[str, str] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """That of the worst failure."""
        return max((failure.error.exit_code for failure in self.failures), default=0)


@dataclass(frozen=True, kw_only=True)
class _Task:
    episode: Episode
    reason: str
    seconds: float
    transcript: str | None  # the SHA-256 of the one that is there now


def transcribe_all(
    run: Run,
    slugs: Sequence[str] = (),
    *,
    cluster: str | None = None,
    redo: bool = False,
    loader: str = LOADER,
) -> Report:
    """Transcribe these episodes, or every one that lacks a transcript of its recording, drafts included.

    `cluster`: the address of a dask scheduler. `loader`: what loads the engine on its workers, as `module:function`.
    """
    with run.project.locked():
        show, episodes = run.project.load()
        require(episodes, slugs)
        shop = run.workshop(show)
        wanted = [each for each in episodes if not slugs or each.slug in slugs]
        report = Report()
        tasks = list(_tasks(shop, wanted, redo, report))
        if not tasks:
            return report
        whole = sum(task.seconds for task in tasks)
        with run.reporter.step(f"transcribe {_count(len(tasks))}", f"{spoken(whole)} of sound") as progress:
            meter = _Meter(tasks, progress)
            if cluster:
                _on_cluster(shop, tasks, report, meter, cluster, loader)
            else:
                _here(run, shop, tasks, report, meter)
        return report


def _tasks(shop: Workshop, episodes: Sequence[Episode], redo: bool, report: Report) -> Iterator[_Task]:
    for episode in episodes:
        with _failing_alone(shop, episode.slug, report):
            yield from _task(shop, episode, redo, report)


def _task(shop: Workshop, episode: Episode, redo: bool, report: Report) -> Iterator[_Task]:
    """What is to be done to this episode, if anything."""
    needed = work.transcription(production.state(shop.project, shop.show, episode, {}), redo)
    for warning in needed.warnings:
        shop.reporter.warn(warning)
    if not needed.steps:
        report.untouched[episode.slug] = "its transcript is there"
        return
    yield _Task(
        episode=episode,
        reason=needed.steps[0].reason,
        seconds=_seconds(shop.project, episode),
        transcript=_transcript(shop.project, episode),
    )


def _here(run: Run, shop: Workshop, tasks: Sequence[_Task], report: Report, meter: _Meter) -> None:
    _ = shop.engine  # a missing engine is everybody's failure: it is told once
    for task in tasks:
        shop.reporter.tell(f"{task.episode.slug} ({task.reason})")
        with _failing_alone(shop, task.episode.slug, report):
            _bring_sound(run, shop, task.episode)
            scribe.transcribe(shop, task.episode, partial(meter.tell, task.episode.slug))
            scribe.leave(shop, task.episode)
            report.done.append(task.episode.slug)
        meter.finish(task.episode.slug)


def _on_cluster(
    shop: Workshop, tasks: Sequence[_Task], report: Report, meter: _Meter, address: str, loader: str
) -> None:
    by_slug, jobs = {task.episode.slug: task for task in tasks}, {}
    for task in tasks:
        with _failing_alone(shop, task.episode.slug, report):
            jobs[task.episode.slug] = _job(shop, task.episode, loader)
    for slug, outcome in spread(address, hear, jobs, version=__version__, told=meter.tell):
        with _failing_alone(shop, slug, report):
            _receive(shop, by_slug[slug], jobs[slug], outcome, report)
        meter.finish(slug)


def _receive(shop: Workshop, task: _Task, job: Job, outcome: Account | Exception, report: Report) -> None:
    """Write down what a worker heard, unless somebody has written this transcript in the meantime."""
    if isinstance(outcome, Exception):
        raise outcome
    slug = task.episode.slug
    if _transcript(shop.project, task.episode) != task.transcript:
        report.untouched[slug] = "its transcript was written or changed in the meantime, and is kept"
        return
    scribe.keep(shop, task.episode, job.sha256, outcome)
    report.done.append(slug)
    shop.reporter.tell(f"{slug}: transcribed")


def _job(shop: Workshop, episode: Episode, loader: str) -> Job:
    published, recording = shop.project.audio(episode.slug), _recording(episode)
    if published is None and recording is None:
        raise _no_sound(shop.project, episode)
    digest = heard_recording(shop.project, episode)
    same = published if published and published.made_from.recording == digest else None
    return Job(
        slug=episode.slug,
        recording=recording,
        sha256=digest,
        trim_silence=trimmed(shop.project, shop.show, episode),
        stored=StoredSound(key=same.path, bytes=same.bytes, sha256=same.sha256) if same else None,
        target=shop.show.target,
        transcription=shop.transcription,
        request=scribe.request(shop.show, episode),
        loader=loader,
    )


def _bring_sound(run: Run, shop: Workshop, episode: Episode) -> None:
    """Where the sound is not on this machine, the published file comes back from the storage to where it was."""
    published = shop.project.audio(episode.slug)
    if _recording(episode) or (published and shop.project.media(published).is_file()):
        return
    if published is None:
        raise _no_sound(shop.project, episode)
    storage, path = run.open_storage(shop.show.target), shop.project.media(published)
    storage.fetch(published.path, path)
    if files.sha256_of(path) != published.sha256:
        path.unlink()
        cure = "Put the recording back, and publish the episode again."
        raise StorageError(storage.name, f"{published.path} is not the file that was published.", cure)


@contextmanager
def _failing_alone(shop: Workshop, slug: str, report: Report) -> Iterator[None]:
    """What goes wrong inside is this episode's failure."""
    try:
        yield
    except Exception as exc:  # noqa: BLE001  (of whatever kind: it must not cost the other episodes their transcripts)
        failure = Failure(slug=slug, error=_explained(slug, exc))
        report.failures.append(failure)
        shop.reporter.warn(f"{slug} failed; the others go on. {failure.error.faults[0].what}")


class _Meter:
    """The share of all the sound that is done, told while episodes get on: from several threads, where there are."""

    def __init__(self, tasks: Sequence[_Task], progress: Progress) -> None:
        self._seconds = {task.episode.slug: task.seconds for task in tasks}
        self._shares = dict.fromkeys(self._seconds, 0.0)
        self._finished: set[str] = set()
        self._progress = progress
        self._lock = Lock()

    def tell(self, slug: str, share: float) -> None:
        """One episode has come so far; what is told after its end comes too late."""
        with self._lock:
            if slug not in self._finished:
                self._shares[slug] = share
                self._progress(self._whole())

    def finish(self, slug: str) -> None:
        self.tell(slug, 1.0)
        self._finished.add(slug)

    def _whole(self) -> float:
        done = sum(share * self._seconds[slug] for slug, share in self._shares.items())
        return min(done / (sum(self._seconds.values()) or 1.0), 1.0)


def _explained(slug: str, error: Exception) -> PlacecastError:
    if isinstance(error, PlacecastError):
        return error
    if isinstance(error, OSError):
        cure = "See that the disk has room and that you may write there, then run the same command again."
        return PlacecastError(str(error.filename or slug), f"cannot be read or written: {error.strerror}.", cure)
    what = f"hearing it failed with {type(error).__name__}: {error}"
    return EngineError(slug, what, "Run the command again. If it stays so, report it, and name this.")


def _transcript(project: Project, episode: Episode) -> str | None:
    path = project.transcript_file(episode.slug)
    return files.sha256_of(path) if path.is_file() else None


def _seconds(project: Project, episode: Episode) -> float:
    """About how long the episode is; 0 where that cannot be told, which will be its failure soon."""
    published: Audio | None = project.audio(episode.slug)
    recording: Path | None = _recording(episode)
    if published or recording is None:
        return published.seconds if published else 0.0
    with suppress(AudioError):
        return audio.length(recording)
    return 0.0


def _recording(episode: Episode) -> Path | None:
    return episode.recording if episode.recording and episode.recording.is_file() else None


def _no_sound(project: Project, episode: Episode) -> AudioError:
    what = "names no recording that is on this machine, and nothing was published yet."
    return AudioError(project.shown(episode.file), what, "Write its path, from the folder of this file.")


def _count(number: int) -> str:
    return f"{number} episode{'s' * (number != 1)}"
