"""Publishing under fire: a show in several states, publishers that are struck, and what must be true afterwards.

A show is made once, its sound mastered and its transcripts written. Each run publishes copies of it, into a bucket of
its own, while listeners watch.
"""

from __future__ import annotations

import gzip
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from threading import Barrier
from typing import Any, NamedTuple

import feedparser
import pytest

from placecast import pipeline
from placecast.changed import Told
from placecast.delivery import lease, manifest
from placecast.errors import StorageError
from placecast.files import sha256_of
from placecast.model import Audio, S3Target, Target
from placecast.plan import is_public
from placecast.project import Project
from placecast.publishing import Built
from placecast.storage import Storage
from placecast.storage.patience import Patience
from placecast.storage.s3 import S3Storage
from placecast.upkeep.unpublish import unpublish
from tests import faults, listeners
from tests.faults import FaultPlan, Proxy
from tests.listener import assert_every_promise_is_kept, feed_text, listen, publish_into, shown
from tests.listeners import Watch
from tests.seaweed import Bucket
from tests.small_show import SmallShow, make

ROOT = Path(__file__).parents[1]
MIB = 1 << 20
LARGE = 36 * MIB  # three parts
HASTE = 50  # the waits between tries are this much shorter

# What a run changes, by turns. `first`: nothing was published before.
CHANGES = ("everything", "large", "words", "unpublish", "first", "everything", "forget", "words", "large", "first")
_UNPUBLISHED = {"unpublish", "forget"}


@dataclass(frozen=True, kw_only=True)
class Templates:
    """The folders of a show before and after a producer has worked on it."""

    before: Path
    after: Path

    @classmethod
    def make(cls, folder: Path) -> Templates:
        """`before` has two episodes; `after` a third one, another sound for one, and new words for the other."""
        small = make(folder / "work")
        small.add("digbeth", seconds=2)
        small.add("ely", "2026-05-02T06:00:00", seconds=2, seed=2)
        small.publish()
        shutil.copytree(small.project.root, folder / "before", ignore=_MADE_AGAIN)
        small.add("hull", "2026-05-03T06:00:00", seconds=2, seed=3)
        small.publish()
        new_sound(small.project, "ely", 300_000, seed=1)
        edit(small.project, "digbeth", 1)
        shutil.copytree(small.project.root, folder / "after", ignore=_MADE_AGAIN)
        return cls(before=folder / "before", after=folder / "after")


_MADE_AGAIN = shutil.ignore_patterns(".placecast", "public", "*.wav", "e", "assets", "*.html", "*.xml", "robots.txt")


def new_sound(project: Project, slug: str, size: int, seed: int) -> None:
    """Another published file for an episode, as if its recording had been mastered again. Nobody listens to it."""
    old = project.audio(slug)
    assert old is not None
    path = project.media(old).with_name("new")
    path.write_bytes(Random(seed).randbytes(size))
    digest = sha256_of(path)
    new = replace(old, name=Audio.name_for(slug, digest), bytes=size, sha256=digest)
    path.rename(project.media(new))
    project.write_audio(slug, new)


def edit(project: Project, slug: str, version: int) -> None:
    """A person corrects the facts and the transcript of an episode."""
    page = project.root / "episodes" / slug / "episode.md"
    page.write_text(page.read_text("utf-8") + f"\nCorrected {version} times.\n", "utf-8")
    text = project.transcript_file(slug).read_text("utf-8")
    project.write_edited(slug, text.rstrip("\n") + f" Corrected {version} times.\n")


def new_episode(project: Project, model: str, slug: str, published: str) -> None:
    """One more episode with the words of another one, and sound of its own."""
    folder, old = project.root / "episodes" / slug, project.root / "episodes" / model
    folder.mkdir()
    text = (old / "episode.md").read_text("utf-8").replace(model, slug).replace(model.title(), slug.title())
    date = next(line for line in text.splitlines() if line.startswith("published"))
    (folder / "episode.md").write_text(text.replace(date, f"published = {published}"), "utf-8")
    shutil.copyfile(old / "audio.json", folder / "audio.json")
    shutil.copyfile(project.transcript_file(model), project.transcript_file(slug))
    shutil.copyfile(project.record_file(model), project.record_file(slug))
    new_sound(project, slug, 50_000, seed=sum(slug.encode()))


@dataclass(kw_only=True)
class Stage:
    """A clone of the show, the bucket that it is published into, and the listeners."""

    bucket: Bucket
    root: Path
    watch: Watch
    templates: Templates
    endpoint: str = ""  # where the publisher sends to; "" is the server itself
    withdrawn: set[str] = field(default_factory=set)  # guids of episodes that were meant to go

    @property
    def project(self) -> Project:
        return Project(root=self.root)

    @property
    def show(self) -> SmallShow:
        return self.show_of(self.root, partial(hasty, self.endpoint))

    def show_of(self, root: Path, opened: Callable[[Target], Storage]) -> SmallShow:
        return SmallShow(project=Project(root=root), opened=opened, now=datetime.now(UTC))

    def take(self, template: Path) -> None:
        """Bring the clone to this state of the show, as `git pull` would."""
        shutil.copytree(template, self.root, dirs_exist_ok=True)
        publish_into(self.bucket, self.root)

    def publish(self) -> Built:
        return self.show.publish(allow_changes=True)[1]


def hasty(endpoint: str, target: Target) -> Storage:
    """The storage of a target, by another way if need be, which waits only a little before it tries again."""
    assert isinstance(target, S3Target)
    there = replace(target, endpoint=endpoint or target.endpoint)
    return S3Storage(there, patience=Patience(wait=lambda seconds: time.sleep(seconds / HASTE)))


@contextmanager
def stage(bucket: Bucket, root: Path, templates: Templates) -> Iterator[Stage]:
    """A clone in its first state, and nothing published yet. At the end, the listeners have nothing to complain of."""
    base = f"{bucket.server.endpoint}/{bucket.name}/cast"
    with listeners.listening(base) as watch:
        made = Stage(bucket=bucket, root=root, watch=watch, templates=templates)
        made.take(templates.before)
        yield made
    assert watch.faults == []
    assert watch.lost <= made.withdrawn


def haste(monkeypatch: pytest.MonkeyPatch, settling: float = 0.2, dead: float = 3.0) -> None:
    """Leases settle soon, and dead ones are seen soon (seconds)."""
    monkeypatch.setattr(lease, "SETTLING", settling)
    monkeypatch.setattr(lease, "DEAD", dead)


def produce(made: Stage, change: str) -> Callable[[], object]:
    """Change the clone as a producer would; what is to be run then."""
    match change:
        case "everything" | "first":
            made.take(made.templates.after)
        case "large":
            made.take(made.templates.after)
            new_sound(made.project, "hull", LARGE, seed=4)
        case "words":
            edit(made.project, "digbeth", 7)
        case _:
            made.withdrawn.add("guid-of-ely")
            return lambda: unpublish(made.show.run(), "ely", delete_audio=change == "forget")
    return made.publish


def command(change: str) -> list[str]:
    """The same as a command line."""
    if change in _UNPUBLISHED:
        return ["unpublish", "ely", *(["--delete-audio"] if change == "forget" else [])]
    return ["publish", "--allow-changes"]


def guids_wanted(made: Stage) -> set[str]:
    slugs = {path.parent.name for path in made.root.glob("episodes/*/episode.md")}
    return {f"guid-of-{slug}" for slug in slugs} - made.withdrawn


class Outcome(NamedTuple):
    """What has become of a run."""

    what: str  # befell it
    ended: str
    struck: int  # faults
    polls: int
    dangling: int
    late: int  # links of a feed that had just been replaced


def strike(made: Stage, plan: FaultPlan, seed: int) -> Outcome:
    """Publish through a proxy that has this plan, then again without faults, and see that everything is whole."""
    change = CHANGES[seed % len(CHANGES)]
    if change != "first":
        made.publish()
    kills = plan.name.startswith("kill-")
    run = produce(made, change)
    ended, proxy = (kill if kills else suffer)(made, plan, seed, run, change)
    run()
    if change in _UNPUBLISHED:
        made.publish()  # which clears up the folder `feed` of this clone
    assert made.show.publish()[0].empty
    made.watch.wait()
    if probes(made.bucket):  # a run has died on its first step
        clear_up(made)
    assert_sound(made)
    struck, watch = len(proxy.faults), made.watch
    return Outcome(plan.name, ended, struck, watch.polls, len(watch.faults), len(watch.stale))


def probes(bucket: Bucket) -> list[str]:
    return [key for key in bucket.listed() if key.startswith("cast/.placecast/probe-")]


def clear_up(made: Stage) -> None:
    """A run of the day after tomorrow, which looks at everything."""
    edit(made.project, "digbeth", 99)
    run = made.show.run()
    later = replace(run, now=run.now + timedelta(days=2), thorough=True)
    pipeline.publish(later, told=Told(everything=True))


def suffer(made: Stage, plan: FaultPlan, seed: int, run: Callable[[], object], change: str) -> tuple[str, Proxy]:
    """Run through the proxy. It succeeds, or says what is wrong in words of ours."""
    with faults.proxy(made.bucket.server.endpoint, plan, seed) as proxy:
        made.endpoint = proxy.endpoint
        try:
            run()
        except StorageError:
            ended = "said what is wrong"
        else:
            ended = "published"
        finally:
            made.endpoint = ""
    return ended, proxy


def kill(made: Stage, plan: FaultPlan, seed: int, run: Callable[[], object], change: str) -> tuple[str, Proxy]:
    """Run the real command through the proxy, which kills it."""
    child: list[subprocess.Popen[bytes]] = []
    server = made.bucket.server.endpoint
    with faults.proxy(server, plan, seed, lambda: child[0].send_signal(signal.SIGKILL)) as proxy:
        target = made.root / "placecast.toml"
        text = target.read_text("utf-8")
        target.write_text(text.replace(f'endpoint = "{server}"', f'endpoint = "{proxy.endpoint}"'), "utf-8")
        child.append(start(made.root, command(change)))
        code, said = ended(child[0])
        target.write_text(text, "utf-8")
    assert code in (0, -signal.SIGKILL), said
    return "killed" if code else "published", proxy


def start(root: Path, arguments: list[str]) -> subprocess.Popen[bytes]:
    """The command in a process of its own."""
    code = "from placecast.cli import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", code, arguments[0], "-C", str(root), *arguments[1:]],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def ended(child: subprocess.Popen[bytes], seconds: float = 120) -> tuple[int, str]:
    """Its exit code and what it has said."""
    said, _ = child.communicate(timeout=seconds)
    return child.returncode, said.decode()


def assert_sound(made: Stage, *, guarded: bool = True) -> None:
    """Everything is published and whole, nothing is left over, and the record tells the truth."""
    bucket = made.bucket
    assert made.watch.faults == []
    assert guids(bucket) == guids_wanted(made)
    assert_every_promise_is_kept(bucket)
    home = shown(listen(bucket, "index.html")).decode()
    for guid in guids(bucket):
        assert f"e/{guid.removeprefix('guid-of-')}/" in home
    assert unfinished(bucket) == []
    notes = {key for key in bucket.listed() if key.startswith("cast/.placecast/")}
    assert "cast/.placecast/lease.txt" not in notes
    assert probes(bucket) == []
    if guarded:
        assert_record_is_true(bucket)


def assert_record_is_true(bucket: Bucket) -> None:
    kept = record(bucket)
    assert kept.runs == {}
    there = {key.removeprefix("cast/"): head(bucket, key) for key in bucket.listed()}
    for key, remembered in kept.objects.items():
        found = there[key]
        assert (found["ContentLength"], found["ETag"].strip('"')) == (remembered.size, remembered.mark), key
        assert remembered.sha256 in ("", found["Metadata"]["sha256"]), key
    # What two have sent at once may be missing in it, and is sent again one day.
    assert kept.objects.keys() <= {key for key in there if is_public(key)}
    assert kept.feed == there["feed.xml"]["ETag"].strip('"')


def record(bucket: Bucket) -> manifest.Manifest:
    body = bucket.client.get_object(Bucket=bucket.name, Key=f"cast/{manifest.KEY}")["Body"].read()
    return manifest.load(gzip.decompress(body))


def head(bucket: Bucket, key: str) -> dict[str, Any]:
    found: dict[str, Any] = bucket.client.head_object(Bucket=bucket.name, Key=key)
    return found


def guids(bucket: Bucket) -> set[str]:
    return {entry.id for entry in feedparser.parse(feed_text(bucket)).entries}


def unfinished(bucket: Bucket) -> list[str]:
    found = bucket.client.list_multipart_uploads(Bucket=bucket.name).get("Uploads", ())
    return [each["Key"] for each in found]


def assault(made: Stage, kills: int, seed: int) -> list[Outcome]:
    """Kill the real command again and again, at any moment of its run; after each time, run it to its end."""
    random = Random(seed)
    made.publish()
    usual = 1.5  # seconds
    outcomes = []
    for number in range(kills):
        before = made.watch.polls
        work_on(made.project, seed * 1000 + number)
        child = start(made.root, ["publish", "--allow-changes"])
        time.sleep(random.uniform(0.3, usual))
        child.send_signal(signal.SIGKILL)
        code, said = ended(child)
        assert code in (0, -signal.SIGKILL), said
        made.watch.wait()
        assert made.watch.faults == []
        began = time.monotonic()
        made.publish()
        usual = 1.0 + time.monotonic() - began
        assert_sound(made)
        outcome = "killed" if code else "published"
        outcomes.append(Outcome("SIGKILL", outcome, 1, made.watch.polls - before, 0, len(made.watch.stale)))
    assert made.show.publish()[0].empty
    return outcomes


def work_on(project: Project, number: int) -> None:
    """What a producer does between two runs: new sound and words, at times a new episode, at times a long one."""
    new_sound(project, "ely", LARGE if number % 8 == 3 else 300_000, seed=number)
    edit(project, "digbeth", number)
    if number % 3 == 0:
        new_episode(project, "digbeth", f"week-{number}", "2026-05-04T06:00:00")


def race(made: Stage, publishers: int, seed: int, opened: Callable[[Target], Storage]) -> Outcome:
    """Each publishes an episode that the others do not know, all at the same time."""
    first = seed % 5 == 4
    if not first:
        made.show_of(made.root, opened).publish()
    clones = [made.root.with_name(f"clone-{number}") for number in range(publishers)]
    for number, root in enumerate(clones):
        shutil.copytree(made.root, root, ignore=shutil.ignore_patterns(".placecast"))
        new_episode(Project(root=root), "ely", f"town-{number}", f"2026-05-1{number}T06:00:00")
    start_line = Barrier(publishers)

    def run(root: Path) -> None:
        start_line.wait()
        time.sleep(Random(f"{seed} {root.name}").uniform(0, 0.3))
        try:
            made.show_of(root, opened).publish()
        except StorageError:
            # JuiceFS keeps the type of an object apart from it: while another writes, listeners get it without one.
            if made.bucket.server.atomic:
                raise
            made.show_of(root, opened).publish()

    with ThreadPoolExecutor(publishers) as pool:
        for each in [pool.submit(run, root) for root in clones]:
            each.result()
    for root in clones:
        new_episode(made.project, "ely", root.name.replace("clone", "town"), f"2026-05-1{root.name[-1]}T06:00:00")
    return Outcome("race", "published", 0, made.watch.polls, len(made.watch.faults), len(made.watch.stale))
