"""From logs to counts that are kept: which files of sound the show has, where its logs are, and what was counted."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from secrets import token_bytes

from placecast.audience import agents, kept, networks, reading
from placecast.audience.counting import Counted
from placecast.audience.kept import Kept
from placecast.audience.rules import File, enough, header_of, likely_header
from placecast.audience.tally import Desk, Plan
from placecast.errors import UsageError
from placecast.model import Episode, S3Target, Show, SoundFile
from placecast.project import Project
from placecast.run import Run
from placecast.storage import Storage

_BUCKET = re.compile(r"s3://([^/]+)/?(.*)")
_AT_A_TIME = 16  # files that are fetched together: they are small
# CloudFront puts the hour between dots, S3 begins with the moment. Date-based folders in front of it do no harm.
_DAY_IN_NAME = re.compile(r"(?:^|[/.])(\d{4}-\d\d-\d\d)-\d\d[-.]")
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Listened:
    """What was counted. `less`: days of which these logs tell less than was known: what was known stays."""

    kept: Kept
    counted: Counted
    less: tuple[date, ...]
    files: int  # logs that were read
    written: tuple[str, ...]


def listen(
    run: Run, show: Show, episodes: Sequence[Episode], places: Sequence[str], countries: Path | None
) -> Listened:
    """Count what the logs in these places tell, and keep the counts. A place: a folder, a file, or s3://bucket/prefix."""
    root, before = run.project.root, kept.read(run.project.root)
    plan = _plan(run.project, episodes, countries)
    Desk(plan)  # what is wrong with a list of the show is then said once, and not by each process
    with ExitStack() as stack:
        paths = reading.found([stack.enter_context(_here(run, show, place, before)) for place in places])
        with run.reporter.step("count downloads", f"{len(paths)} {'log' if len(paths) == 1 else 'logs'}") as progress:
            counted = reading.read(paths, plan, _cores(), progress)
    after, less = kept.merged(before, counted, run.now)
    return Listened(kept=after, counted=counted, less=less, files=len(paths), written=kept.write(root, after))


def _plan(project: Project, episodes: Sequence[Episode], countries: Path | None) -> Plan:
    files, stand_in = sound_files(project, episodes)
    return Plan(
        files=files,
        episodes=stand_in,
        secret=token_bytes(32),
        apps=project.root / agents.FILE,
        centres=project.root / networks.CENTRES,
        shared=project.root / networks.SHARED,
        countries=countries,
    )


def sound_files(project: Project, episodes: Sequence[Episode]) -> tuple[Mapping[str, File], Mapping[str, File]]:
    """The published files of sound by their names, and by slug the one that stands for those that it has replaced."""
    sound = {each.slug: audio for each in episodes if (audio := project.audio(each.slug))}
    files = {each.name: _file(project, slug, each) for slug, audio in sound.items() for each in audio.files}
    named = {slug: (slug, *episode.formerly) for episode in episodes if (slug := episode.slug) in sound}
    return files, {each: files[sound[slug].name] for slug, slugs in named.items() for each in slugs}


def _file(project: Project, slug: str, sound: SoundFile) -> File:
    return File(episode=slug, enough=enough(sound.bytes, sound.seconds, _header(project, sound)))


def _header(project: Project, sound: SoundFile) -> int:
    """The size of its tag: read where the file is here, and told from its facts elsewhere."""
    path = project.media(sound)
    if path.is_file():
        with path.open("rb") as file:
            return header_of(file.read(10))
    return likely_header(sound.bytes, sound.seconds) if path.suffix == ".mp3" else 0


@contextmanager
def _here(run: Run, show: Show, place: str, before: Kept) -> Iterator[Path]:
    """The logs as files of this machine. Those that were fetched are gone afterwards: addresses are in them."""
    if not (bucket := _BUCKET.fullmatch(place)):
        if not Path(place).exists():
            raise UsageError(place, "there are no logs here.", "Name a folder or a file: --logs FOLDER")
        yield Path(place)
        return
    storage = run.open_storage(_target(show, bucket[1], bucket[2]))
    with tempfile.TemporaryDirectory(prefix="placecast-logs-") as folder:
        _fetch(run, storage, Path(folder), before)
        yield Path(folder)


def _target(show: Show, bucket: str, prefix: str) -> S3Target:
    """A bucket of logs stands where the show's own does."""
    own = show.target if isinstance(show.target, S3Target) else S3Target(bucket=bucket)
    folder = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
    return S3Target(bucket=bucket, prefix=folder, endpoint=own.endpoint, region=own.region)


def _fetch(run: Run, storage: Storage, folder: Path, before: Kept) -> None:
    keys = [each.key for each in storage.listed() if not _is_known(each.key, before)]
    reason = f"{len(keys)} from {storage.name}"
    with run.reporter.step("fetch logs", reason) as progress, ThreadPoolExecutor(_AT_A_TIME) as pool:
        fetched = pool.map(lambda key: storage.fetch(key, folder / key.replace("/", "_")), keys)
        for number, _ in enumerate(fetched, start=1):
            progress(number / len(keys))


def _is_known(key: str, before: Kept) -> bool:
    """Whether a log tells only of days that were counted whole: it is named for the day on which it was written."""
    named = _DAY_IN_NAME.search(key)
    if not named:
        return False
    try:
        written = date.fromisoformat(named[1])
    except ValueError:
        return False
    return {written, written - _DAY} <= before.whole


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
