"""From a finished recording to a published episode: facts, master, transcript, tags, pages and feed, storage.

Data flows one way through `publish`. What is to be done is decided by `work` (sound and words) and `plan`
(uploads); the doing is in `production`, `building` and `storage`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from placecast import building, checks, gate, plan, rss, storage, work
from placecast.checks import Finding
from placecast.errors import FactsError, UsageError
from placecast.gate import Held
from placecast.model import Episode, Publication, Show, Target, Transcription, Tree
from placecast.plan import Stored, Upload
from placecast.production import perform, state
from placecast.project import Project, reviewing
from placecast.storage import Storage
from placecast.transcribe import Engine
from placecast.work import Step, StepName, Work
from placecast.workshop import Reporter, Workshop, finish


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a run works with. `now` is the only clock."""

    project: Project
    reporter: Reporter
    now: datetime
    load_engine: Callable[[Transcription], Engine]
    open_storage: Callable[[Target], Storage]
    speakers: int = 0  # how many people are heard, if the producer says so
    fast: bool = False  # eight-bit arithmetic

    def workshop(self, show: Show) -> Workshop:
        """What the costly steps on this show's episodes work with."""
        return Workshop(
            project=self.project,
            reporter=self.reporter,
            load_engine=self.load_engine,
            show=show,
            speakers=self.speakers,
            fast=self.fast,
        )


@dataclass(frozen=True, kw_only=True)
class Built:
    """The public tree as it is to be, and what that changes here and in the target."""

    publication: Publication
    tree: Tree
    changed: building.Changes
    uploads: tuple[Upload, ...]
    held: tuple[Held, ...] = ()  # kept back until a person has approved their transcripts

    @property
    def blocked(self) -> bool:
        """Whether nothing may be sent: listeners would get an unapproved transcript in place of the one they have."""
        return any(each.live for each in self.held)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a run does, and why: `--dry-run` prints it, a run does it."""

    show: Show
    episodes: tuple[Episode, ...]
    minted: tuple[Episode, ...]  # drafts that this run gives their date
    work: Mapping[str, Work]  # by slug, of the episodes that were asked for
    storage: Storage
    remote: Mapping[str, Stored]
    built: Built | None  # None while steps are to be done first: their result is not known yet

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(step for each in self.work.values() for step in each.steps)

    @property
    def empty(self) -> bool:
        built = self.built
        return built is not None and not (self.minted or built.changed or built.uploads or built.held)


def publish(
    run: Run, wanted: Sequence[str] = (), redo: frozenset[StepName] = frozenset(), unreviewed: str | None = None
) -> tuple[Plan, Built]:
    """Do what `make_plan` finds, and nothing else. It can be stopped at any moment and run again.

    `unreviewed`: why these episodes go out though nobody has approved their transcripts.
    """
    with run.project.locked():
        made = make_plan(run, wanted, redo)
        for warning in (text for each in made.work.values() for text in each.warnings):
            run.reporter.warn(warning)
        produce(run, made)
        built = made.built or build(run, made.show, made.episodes, made.remote)
        if unreviewed and built.held:
            let_out(run, made, built.held, unreviewed)
            built = build(run, made.show, made.episodes, made.remote)
        write(run, built)
        upload(run, made, built)
        return made, built


def make_plan(
    run: Run, wanted: Sequence[str] = (), redo: frozenset[StepName] = frozenset(), also: Sequence[Episode] = ()
) -> Plan:
    """What a run for these episodes (all dated ones, when none is named) has to do. Changes nothing.

    `also`: episodes that are not written down yet, so that a dry run can tell about a new recording.
    """
    show, written = run.project.load()
    loaded = (*written, *also)
    moment = run.now.astimezone(show.zone).replace(microsecond=0)
    drafts = {each.slug for each in loaded if each.slug in wanted and each.published is None}
    episodes = tuple(replace(each, published=moment) if each.slug in drafts else each for each in loaded)
    target = run.open_storage(show.target)
    remote = target.look()
    todo = {each.slug: work.plan(state(run.project, show, each, remote), redo) for each in _chosen(episodes, wanted)}
    if faults := [fault for each in todo.values() for fault in each.faults]:
        raise FactsError(faults)
    ready = not any(each.steps for each in todo.values())
    return Plan(
        show=show,
        episodes=episodes,
        minted=tuple(each for each in episodes if each.slug in drafts),
        work=todo,
        storage=target,
        remote=remote,
        built=build(run, show, episodes, remote) if ready else None,
    )


def produce(run: Run, made: Plan) -> None:
    """Do the steps, one episode after the other. A draft gets its date when its recording has proved to be good."""
    shop = Workshop(
        project=run.project, reporter=run.reporter, load_engine=run.load_engine, show=made.show, speakers=run.speakers
    )
    for episode in (each for each in made.episodes if each.slug in made.work):
        steps = made.work[episode.slug].steps
        perform(shop, episode, [step for step in steps if step.name != "tag"])
        if episode in made.minted:
            run.project.mint_date(episode)
        perform(shop, episode, [step for step in steps if step.name == "tag"])
        finish(shop, episode)


def let_out(run: Run, made: Plan, held: Sequence[Held], reason: str) -> None:
    """Let those episodes of this run go out that would be held back, for a reason that is kept."""
    for episode in (each.release.episode for each in held if each.slug in made.work):
        reviewing.waive(run.project, made.show, episode, reason, run.now.astimezone(made.show.zone))


def doubtful(run: Run, made: Plan, wanted: Sequence[str]) -> dict[str, int]:
    """How many doubtful words wait for a person in the episodes that this run was about, by slug."""
    worked_on = {step.slug for step in made.steps} | set(wanted)
    waits = [each for each in made.episodes if each.slug in worked_on and run.project.verdict(each).approval is None]
    return {each.slug: reviewing.count_doubts(run.project, made.show, each) for each in waits}


def build(run: Run, show: Show, episodes: Sequence[Episode], remote: Mapping[str, Stored]) -> Built:
    """The public tree of this moment, and what it changes. Writes nothing."""
    ready = building.publication(run.project, show, episodes, run.now)
    held = gate.held(ready, remote)
    kept_back = {each.slug for each in held if not each.live}
    shown = tuple(release for release in ready.releases if release.episode.slug not in kept_back)
    published = replace(ready, releases=shown)
    tree = building.render(published)
    return Built(
        publication=published,
        tree=tree,
        changed=building.changes(run.project.feed, tree),
        uploads=plan.uploads(building.local_files(run.project, published, tree), remote),
        held=held,
    )


def rebuild(run: Run) -> Built:
    """Bring the folder `feed` to what is known now, without asking or changing the target."""
    with run.project.locked():
        show, episodes = run.project.load()
        built = build(run, show, episodes, building.as_published(run.project, show, episodes))
        write(run, built)
        return built


def examine(run: Run) -> tuple[Finding, ...]:
    """What the rules of podcasting say about the show as it would be published now."""
    show, episodes = run.project.load()
    published = building.publication(run.project, show, episodes, run.now)
    return checks.check(published, rss.render(published))


def build_preview(run: Run, url: str) -> None:
    """The public tree as it will be, scheduled episodes included, for a server on this machine at `url`."""
    show, episodes = run.project.load()
    local = replace(show, url=url)
    published = building.publication(run.project, local, episodes, None)
    folder, tree = run.project.preview, building.render(published)
    building.write(folder, tree, building.changes(folder, tree))
    building.copy_cover(local, folder)
    building.copy_media(run.project, published, folder)


def write(run: Run, built: Built) -> None:
    """Bring the folder `feed` to the built tree."""
    building.copy_cover(built.publication.show, run.project.feed)
    if built.changed:
        with run.reporter.step("build feed and pages", _named(built.changed)):
            building.write(run.project.feed, built.tree, built.changed)


def upload(run: Run, made: Plan, built: Built) -> None:
    """Send what the target lacks: media first, feed.xml last."""
    if built.uploads and not built.blocked:
        reason = f"{len(built.uploads)} new or changed: {_few([each.key for each in built.uploads])}"
        with run.reporter.step(f"upload to {made.storage.name}", reason) as progress:
            storage.publish(made.storage, built.uploads, made.remote, progress)


def waiting(made: Plan, built: Built, now: datetime) -> Iterator[tuple[Episode, str]]:
    """The episodes that listeners do not have yet, each with what it waits for."""
    shown = {release.episode.slug for release in built.publication.releases} | {each.slug for each in built.held}
    for episode in (each for each in made.episodes if each.slug not in shown):
        if episode.published is None:
            yield episode, f"a draft without a date; publish it with: placecast publish {episode.slug}"
        elif episode.published > now:
            yield episode, f"scheduled for {episode.published:%A %d %B %Y, %H:%M %Z}"
        else:
            yield episode, f"not made ready yet; do so with: placecast publish {episode.slug}"


def _chosen(episodes: Sequence[Episode], wanted: Sequence[str]) -> list[Episode]:
    require(episodes, wanted)
    return [each for each in episodes if (each.slug in wanted if wanted else each.published is not None)]


def require(episodes: Sequence[Episode], wanted: Sequence[str]) -> None:
    """UsageError when one of the names is none of an episode."""
    missing = [slug for slug in wanted if slug not in {each.slug for each in episodes}]
    if missing:
        cure = "See the episodes with: placecast status"
        raise UsageError(missing[0], "there is no such episode, and no such recording.", cure)


def _named(changed: building.Changes) -> str:
    removed = f"; gone: {_few(changed.removed)}" if changed.removed else ""
    return f"{len(changed.written)} new or changed: {_few(changed.written)}{removed}"


def _few(names: Sequence[str], limit: int = 4) -> str:
    rest = len(names) - limit
    return ", ".join(names[:limit]) + (f" and {rest} more" if rest > 0 else "")
