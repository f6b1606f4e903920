"""From a finished recording to a published episode: facts, master, transcript, tags, pages and feed, storage.

Data flows one way through `publish`. What is to be done is decided by `work` (sound and words) and `plan`
(uploads); the doing is in `production`, `publishing` and `delivery`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from placecast import building, finding, pictures, promises, rss, scheduling, work
from placecast.changed import NOTHING, Told
from placecast.delivery import Sight, glance
from placecast.errors import FactsError
from placecast.garbage import uncollected
from placecast.gate import Held
from placecast.model import Episode, Show
from placecast.production import perform, state
from placecast.project import reviewing
from placecast.project.unknown import no_such_episode
from placecast.publishing import Built, build, deliver, look, seen_here, write
from placecast.run import Run
from placecast.storage import Storage
from placecast.work import Step, StepName, Work
from placecast.workshop import finish

_OTHER_SOUND = (
    "listeners have it with other sound, from another clone or an earlier feed; bring that here with git pull, "
    "or give them this clone's: placecast publish {slug} --allow-changes"
)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a run does, and why: `--dry-run` prints it, a run does it."""

    show: Show
    episodes: tuple[Episode, ...]
    minted: tuple[Episode, ...]  # drafts that this run gives their date
    work: Mapping[str, Work]  # by slug, of the episodes that were asked for
    storage: Storage | None  # None when there is nothing to do, and so nothing to ask it
    sight: Sight  # what the target held when this was planned
    built: Built | None  # None while steps are to be done first: their result is not known yet
    told: Told = NOTHING  # what may change of what listeners have

    @property
    def resounding(self) -> tuple[str, ...]:
        """The slugs of episodes that get new sound because the producer has said so."""
        return tuple(
            step.slug for step in self.steps if step.name in ("master", "tag") and self.told.allows_sound(step.slug)
        )

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(step for each in self.work.values() for step in each.steps)

    @property
    def empty(self) -> bool:
        built = self.built
        return built is not None and not (self.minted or built.changed or built.uploads or built.held)


def publish(
    run: Run,
    wanted: Sequence[str] = (),
    redo: frozenset[StepName] = frozenset(),
    unreviewed: str | None = None,
    told: Told = NOTHING,
    at: datetime | None = None,
) -> tuple[Plan, Built]:
    """Do what `make_plan` finds, and nothing else. It can be stopped at any moment and run again.

    `unreviewed`: why these episodes go out though nobody has approved their transcripts. `told`: what may change of
    what listeners have. `at`: when those that were asked for go out, in place of now.
    """
    with run.project.locked():
        made = make_plan(run, wanted, redo, told=told, at=at)
        storage = made.storage
        if storage is None:
            promises.forget(run.project)
            return made, _nothing(made)
        for warning in (text for each in made.work.values() for text in each.warnings):
            run.reporter.warn(warning)
        promises.remember(run.project, made.resounding)
        produce(run, made)

        def again(sight: Sight) -> Built:
            return built_to_last(run, made.show, made.episodes, sight, wanted, made.told)

        built = made.built or again(look(run, storage))  # mastering took its time: what is there now?
        if unreviewed and built.held:
            let_out(run, made, built.held, unreviewed)
            built = again(built.sight)
        sent = deliver(run, storage, built, again)
        finding.keep_up(run.project, made.show, made.episodes)
        if not sent.blocked:
            promises.forget(run.project)
        return made, sent


def _nothing(made: Plan) -> Built:
    if made.built is None:
        raise ValueError("a plan without a storage has nothing to do, so it is built")
    return made.built


def make_plan(
    run: Run,
    wanted: Sequence[str] = (),
    redo: frozenset[StepName] = frozenset(),
    also: Sequence[Episode] = (),
    told: Told = NOTHING,
    at: datetime | None = None,
) -> Plan:
    """What a run for these episodes (all dated ones, when none is named) has to do. Changes nothing.

    FactsError when it would change what listeners have, and `told` does not allow that. `also`: episodes that are not
    written down yet, so that a dry run can tell about a new recording.
    """
    show, written = run.project.load()
    loaded = (*written, *also)
    moment = at or run.now.astimezone(show.zone).replace(microsecond=0)
    drafts = {each.slug for each in loaded if each.slug in wanted and _undated(each, at)}
    episodes = tuple(replace(each, published=moment) if each.slug in drafts else each for each in loaded)
    planned = _plan(run, wanted, redo, show, episodes, drafts, told)
    if at:
        planned = _ahead(planned)
    glanced = None if run.thorough else glance.glance(run.project.last_look, show.target, show.feed_url)
    if glanced:
        with suppress(FactsError):  # what a glance misses may be there: the storage is asked before anybody is told
            made = planned(None, glanced)
            if made.empty:
                return made
    storage = run.open_storage(show.target)
    return planned(storage, look(run, storage))


def _undated(episode: Episode, at: datetime | None) -> bool:
    """Whether this run gives the episode its date."""
    return episode.published is None if at is None else episode.published != at


def _ahead(planned: Callable[[Storage | None, Sight], Plan]) -> Callable[[Storage | None, Sight], Plan]:
    """The same, for dates that somebody chose: UsageError when one is of an episode that listeners have."""

    def checked(storage: Storage | None, sight: Sight) -> Plan:
        made = planned(storage, sight)
        heard = rss.guids(sight.feed.body) if sight.feed else ()
        for each in made.minted:
            scheduling.require_movable(replace(each, published=None), heard)
        return made

    return checked


def _plan(
    run: Run,
    wanted: Sequence[str],
    redo: frozenset[StepName],
    show: Show,
    episodes: tuple[Episode, ...],
    drafts: Collection[str],
    told: Told,
) -> Callable[[Storage | None, Sight], Plan]:
    """What is to be done, once it is known what the target holds."""
    chosen = _chosen(episodes, wanted)
    asked = {each.slug for each in chosen} if redo & {"master", "tag"} else frozenset()
    may = replace(told, sound=told.sound | asked | promises.recalled(run.project))

    def planned(storage: Storage | None, sight: Sight) -> Plan:
        heard = rss.named(show, sight.feed.body).episodes if sight.feed else {}
        states = [state(run.project, show, each, sight.objects, heard) for each in chosen]
        todo = {each.slug: work.plan(each, redo, may.allows_sound(each.slug)) for each in states}
        todo |= {each.slug: _awaited(each, todo[each.slug]) for each in chosen if _is_ahead(each, wanted, run.now)}
        if faults := [fault for each in todo.values() for fault in each.faults]:
            raise FactsError(faults)
        require_kept(run, show, episodes, sight, may)
        ready = not any(each.steps for each in todo.values())
        return Plan(
            show=show,
            episodes=episodes,
            minted=tuple(each for each in episodes if each.slug in drafts),
            work=todo,
            storage=storage,
            sight=sight,
            built=built_to_last(run, show, episodes, sight, wanted, may) if ready else None,
            told=may,
        )

    return planned


def _is_ahead(episode: Episode, wanted: Sequence[str], now: datetime) -> bool:
    """Whether nobody has asked for it yet: its date may have been set before it was recorded."""
    return episode.slug not in wanted and episode.published is not None and episode.published > now


def _awaited(episode: Episode, todo: Work) -> Work:
    """What is missing of an episode that is not due: it keeps no other one waiting."""
    said = [f"{episode.slug}: {fault.key} {fault.what} It is needed before the date." for fault in todo.faults]
    return replace(todo, faults=(), warnings=(*todo.warnings, *said))


def require_kept(run: Run, show: Show, episodes: Sequence[Episode], sight: Sight, told: Told) -> None:
    """FactsError when the facts alone would change what listeners have: known before anything costly is done."""
    if sight.feed:
        before = promises.promised(show, sight.feed.body, sight.objects)
        promises.require(run.project, episodes, before, promises.intended(show, episodes, before, run.now), told)


def built_to_last(
    run: Run, show: Show, episodes: Sequence[Episode], sight: Sight, restored: Collection[str], told: Told
) -> Built:
    """What `build` gives, if its feed keeps all that the published one has promised; FactsError otherwise."""
    built = build(run, show, episodes, sight, restored, told)
    if sight.feed:
        before = promises.promised(show, sight.feed.body, sight.objects)
        gone = {episode.guid for episode in episodes if episode.withdrawn} | sight.withdrawn.keys()
        after = rss.listing(building.feed_of(built.tree))
        promises.require(run.project, episodes, promises.without(before, gone), after, told)
    return built


def produce(run: Run, made: Plan) -> None:
    """Do the steps, one episode after the other. A draft gets its date when its recording has proved to be good."""
    shop = run.workshop(made.show)
    for episode in (each for each in made.episodes if each.slug in made.work):
        steps = made.work[episode.slug].steps
        perform(shop, episode, [step for step in steps if step.name != "tag"])
        if episode in made.minted:
            run.project.write_date(episode)
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


@uncollected()
def rebuild(run: Run) -> tuple[Built, Sequence[Episode]]:
    """Bring the folder `feed` to what is known now, without asking or changing the target."""
    with run.project.locked():
        before = finding.seen(run.project.root)
        show, episodes = run.project.load()
        built = build(run, show, episodes, seen_here(run, show, episodes))
        write(run, built)
        finding.keep_up(run.project, show, episodes, before)
        return built, episodes


def build_preview(run: Run, url: str) -> None:
    """The public tree as it will be, scheduled episodes included, for a server on this machine at `url`."""
    show, episodes = run.project.load()
    local = replace(show, url=url)
    published = building.publication(run.project, local, episodes, None)
    folder = run.project.preview
    tree = {**building.render(run.project, published), **pictures.drawn(run.project, published, folder)}
    building.write(folder, tree, building.changes(folder, tree))
    building.copy_pictures(published, folder)
    building.copy_media(run.project, published, folder)


def kept(made: Plan, built: Built, now: datetime) -> Iterator[tuple[str, str]]:
    """The episodes that stay in the feed though this clone does not show them: their titles, and why."""
    here = {each.guid: each for each in made.episodes}
    for other in built.publication.others:
        episode = here.get(other.guid)
        if episode is None:
            yield other.title, "another clone has published it; bring it here with git pull"
        elif episode.published and episode.published <= now:
            yield other.title, _OTHER_SOUND.format(slug=episode.slug)
        else:
            yield other.title, f"here it waits; to take it out of the feed: placecast unpublish {episode.slug}"
    for release in built.withdrawn:
        slug = release.episode.slug
        yield release.episode.title, f"another clone has unpublished it; to bring it back: placecast publish {slug}"


def waiting(made: Plan, built: Built, now: datetime) -> Iterator[tuple[Episode, str]]:
    """The episodes that listeners do not have yet, each with what it waits for."""
    shown = {release.episode.slug for release in built.publication.releases} | {each.slug for each in built.held}
    others = {other.guid for other in built.publication.others}
    for episode in (each for each in made.episodes if each.slug not in shown and each.guid not in others):
        if episode.withdrawn:
            yield episode, "unpublished; to publish it again, take the line `withdrawn` out of its episode.md first"
        elif episode.published is None:
            yield episode, f"a draft without a date; publish it with: placecast publish {episode.slug}"
        elif episode.published > now:
            yield episode, f"scheduled for {episode.published:%A %d %B %Y, %H:%M %Z}"
        else:
            yield episode, f"not made ready yet; do so with: placecast publish {episode.slug}"


def _chosen(episodes: Sequence[Episode], wanted: Sequence[str]) -> list[Episode]:
    require(episodes, wanted)
    named = [each for each in episodes if (each.slug in wanted if wanted else each.published is not None)]
    return [each for each in named if not each.withdrawn]


def require(episodes: Sequence[Episode], wanted: Sequence[str]) -> None:
    """UsageError when one of the names is none of an episode."""
    missing = [slug for slug in wanted if slug not in {each.slug for each in episodes}]
    if missing:
        raise no_such_episode(missing[0], episodes, "there is no such episode, and no such recording.")
