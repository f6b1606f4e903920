"""From what is known of a show to its public tree, here and in the target: built, written, and delivered.

What the published feed has and this clone does not is taken in. Where another publisher was faster, the tree is built
again from what they have published, and delivered again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TypeVar

from placecast import building, delivery, distribution, gate, pictures, plan, rss, search
from placecast.archive import Archive
from placecast.changed import NOTHING, Told
from placecast.delivery import OvertakenError, Parcel, Publisher, Sight, Withdrawn, glance
from placecast.errors import StorageError
from placecast.garbage import uncollected
from placecast.gate import Held
from placecast.model import Elsewhere, Episode, Progress, Publication, Release, Show, SoundFile, Tree
from placecast.plan import FEED, Upload
from placecast.project import Project
from placecast.run import Run
from placecast.storage import Content, MemoryStorage, Storage
from placecast.wording import few

_TRIES = 10


@dataclass(frozen=True, kw_only=True)
class Built:
    """The public tree as it is to be, and what that changes here and in the target."""

    publication: Publication
    tree: Tree
    changed: building.Changes
    find_parcel: Callable[[], Parcel] = field(repr=False, compare=False)
    sight: Sight  # what it was built against
    lying: Archive  # what of it was here before
    held: tuple[Held, ...] = ()  # kept back until a person has approved their transcripts
    withdrawn: tuple[Release, ...] = ()  # taken out of the feed by another clone, though this one still shows them

    @cached_property
    def parcel(self) -> Parcel:
        """What is to be sent. It is found when somebody asks: a build that sends nothing need not know."""
        return self.find_parcel()

    @property
    def uploads(self) -> tuple[Upload, ...]:
        """What the target lacks, in the order in which it is sent."""
        return self.parcel.uploads

    @property
    def blocked(self) -> bool:
        """Whether nothing may be sent: listeners would get an unapproved transcript in place of the one they have."""
        return any(each.live for each in self.held)


Build = Callable[[Sight], Built]
Done = TypeVar("Done")


@uncollected()
def build(
    run: Run,
    show: Show,
    episodes: Sequence[Episode],
    sight: Sight,
    restored: Collection[str] = frozenset(),
    told: Told = NOTHING,
) -> Built:
    """The public tree of this moment, and what it changes. Writes nothing.

    `restored`: slugs of episodes that are published again, though another clone has taken them out of the feed.
    `told`: what may change for listeners; sound that another clone has replaced stays as it is without that.
    """
    before = rss.named(show, sight.feed.body) if sight.feed else rss.Named()
    building.read_ahead(run.project, show, episodes, run.reporter.warn)
    ready = building.publication(run.project, show, episodes, run.now)
    held = gate.held(ready, sight.objects)
    kept_back = {each.slug for each in held if not each.live}
    out = tuple(each for each in ready.releases if _is_withdrawn(each, sight, restored))
    fit = (each for each in ready.releases if each.episode.slug not in kept_back and each not in out)
    shown = tuple(
        _as_heard(run.project, each, sight)
        for each in fit
        if _can_be_heard(run.project, each.audio, sight) and not _was_replaced(each, sight, before.episodes, told)
    )
    gone = {episode.guid for episode in episodes if episode.withdrawn} | {each.episode.guid for each in out}
    published = replace(ready, releases=shown, others=_others(show, sight, shown, gone))
    lying = Archive(run.project, show)
    drawn = pictures.drawn(run.project, published, run.project.feed)
    tree = {**building.render(run.project, published, lying), **drawn}
    return Built(
        publication=published,
        tree=tree,
        changed=building.changes(run.project.feed, tree, _folders(published)),
        sight=sight,
        lying=lying,
        held=held,
        withdrawn=out,
        find_parcel=partial(_parcel, run.project, episodes, published, ready, tree, sight, before.keys),
    )


def _parcel(
    project: Project,
    episodes: Sequence[Episode],
    published: Publication,
    ready: Publication,
    tree: Tree,
    sight: Sight,
    before: frozenset[str],
) -> Parcel:
    """What is to be sent of the local files, and what that means for the rest. `before`: what the last feed names."""
    local, named = building.local_files(project, published, tree), rss.named(published.show, building.feed_of(tree))
    uploads = plan.uploads(local, sight.objects)
    # Listeners must get first what the feed names and the published one does not, or not as it is now.
    new = (named.keys - before) | (named.keys & {upload.key for upload in uploads})
    shown = {release.episode.guid for release in published.releases}
    return Parcel(
        uploads=uploads,
        kept=named.keys | set(_kept(published, ready, local, sight)),
        promised=tuple(upload for upload in local if upload.key in new),
        withdrawn=_newly_withdrawn(episodes, sight),
        restored=frozenset(shown & sight.withdrawn.keys()),
    )


def _is_withdrawn(release: Release, sight: Sight, restored: Collection[str]) -> bool:
    return release.episode.guid in sight.withdrawn and release.episode.slug not in restored


def _as_heard(project: Project, release: Release, sight: Sight) -> Release:
    """The release without the small files that listeners would not get: an episode does not wait for those."""
    found = tuple(each for each in release.audio.alternates if _can_be_heard(project, each, sight))
    return replace(release, audio=replace(release.audio, alternates=found))


def _can_be_heard(project: Project, sound: SoundFile, sight: Sight) -> bool:
    """Whether listeners get this very sound, or will when it is sent from here.

    A clone may know an episode by other sound than the one that was published, and have neither; or the sound may have
    been recalled. What the feed says of the episode stays then.
    """
    there = sight.objects.get(sound.path)
    if there and there.known and there.sha256 != sound.sha256:
        return False
    return (there is not None and there.size == sound.bytes) or project.media(sound).is_file()


def _was_replaced(release: Release, sight: Sight, heard: Mapping[str, str], told: Told) -> bool:
    """Whether listeners have other sound of it than this clone's, which was out once.

    Another clone has replaced it, or an earlier feed was put back: nobody has asked for ours to come back.
    """
    there, ours = heard.get(release.episode.guid), release.audio.path
    both = there in sight.objects and ours in sight.objects
    return both and there != ours and not told.allows_sound(release.episode.slug)


def _others(show: Show, sight: Sight, shown: Sequence[Release], gone: Collection[str]) -> tuple[Elsewhere, ...]:
    """What the published feed has beyond our own: another clone's episodes, and those that this one shows no more."""
    if sight.feed is None:
        return ()
    known = {release.episode.guid for release in shown} | set(gone) | set(sight.withdrawn)
    ours = {show.page(release.episode.folder) for release in shown}
    # An episode under another guid, and with the same page, is ours before its guid was changed.
    return tuple(each for each in rss.elsewhere(sight.feed.body, known) if each.page not in ours)


def _kept(published: Publication, ready: Publication, local: Sequence[Upload], sight: Sight) -> Iterator[str]:
    """The keys that something points to beside the feed, here or from another clone."""
    yield from (upload.key for upload in local)
    yield from (each.path for release in ready.releases for each in release.audio.files)
    folders = tuple(_folders(published))
    yield from (key for key in sight.objects if key.startswith(folders))


def _folders(published: Publication) -> list[str]:
    """Where in the public tree other clones' episodes lie, and what this clone cannot make whole without them."""
    slugs = [slug for other in published.others if (slug := published.show.slug_at(other.page))]
    index = [f"{search.FOLDER}/"] if published.others else []
    return [f"e/{slug}/" for slug in slugs] + [f"media/{slug}-chapter-" for slug in slugs] + index


def _newly_withdrawn(episodes: Sequence[Episode], sight: Sight) -> dict[str, Withdrawn]:
    return {
        episode.guid: Withdrawn(slug=episode.slug, at=episode.withdrawn)
        for episode in episodes
        if episode.withdrawn and episode.guid not in sight.withdrawn
    }


def seen_here(run: Run, show: Show, episodes: Sequence[Episode]) -> Sight:
    """The folder `feed` in place of a target: what it shows stays shown."""
    building.read_ahead(run.project, show, episodes, run.reporter.warn)
    sight, feed = delivery.look(MemoryStorage()), run.project.feed / FEED
    others = rss.without(feed.read_bytes(), {episode.guid for episode in episodes}) if feed.is_file() else None
    return replace(
        sight,
        objects=building.as_published(run.project, show, episodes),
        feed=Content(body=others, mark="") if others else None,
    )


def write(run: Run, built: Built) -> None:
    """Bring the folder `feed` to the built tree."""
    building.copy_pictures(built.publication, run.project.feed)
    if built.changed:
        with run.reporter.step("build feed and pages", few_of(built.changed)):
            building.write(run.project.feed, built.tree, built.changed)
    built.lying.settle()
    pictures.settle(run.project, built.publication, built.tree)


def look(run: Run, storage: Storage) -> Sight:
    """What the target holds now, kept in mind for the next run's `glance`."""
    sight = delivery.look(storage, thorough=run.thorough)
    glance.remember(run.project.last_look, storage, sight)
    return sight


def deliver(run: Run, storage: Storage, built: Built, again: Build) -> Built:
    """Write the tree, and send what the target lacks; what was built in the end. `again` builds from a newer look."""

    def attempt(overtaken: bool) -> Built:
        latest = again(look(run, storage)) if overtaken else built
        write(run, latest)
        _send(run, storage, latest)
        return latest

    sent = insist(run, storage, attempt)
    if run.thorough and sent.publication.show.target.verify:
        require_all(sent)
    return sent


def insist(run: Run, storage: Storage, attempt: Callable[[bool], Done]) -> Done:
    """What an attempt gives that no other publisher overtakes. It is told whether the one before was overtaken."""
    for number in range(_TRIES):
        try:
            return attempt(number > 0)
        except OvertakenError:
            run.reporter.tell("Another publisher was faster. What they have published is taken in.")
    raise StorageError(
        storage.name,
        f"{_TRIES} times in a row another publisher changed the feed.",
        "Nothing is broken. Wait until the others are done, then run the command again.",
    )


def require_all(built: Built) -> None:
    """StorageError, unless every address in the feed answers listeners as it promises."""
    from placecast.delivery import web

    show = built.publication.show
    web.require(web.Site(show.url), web.promises(rss.named(show, building.feed_of(built.tree))))


def _send(run: Run, storage: Storage, built: Built) -> None:
    if built.blocked or not (built.uploads or built.sight.unsettled):
        return
    with run.reporter.step(f"upload to {storage.name}", _reason(built)) as progress:
        send(run, built.publication.show, storage, built.sight, built.parcel, progress)


def send(run: Run, show: Show, storage: Storage, sight: Sight, parcel: Parcel, progress: Progress) -> None:
    """Send, see that listeners get it, and tell the world. OvertakenError when another publisher was faster."""
    publisher = Publisher(
        storage=storage,
        clone=run.project.clone,
        now=run.now,
        progress=progress,
        verify=partial(_require, show) if show.target.verify else delivery.trusting,
    )
    glance.forget(run.project.last_look)
    after = delivery.send(publisher, sight, parcel)
    glance.remember(run.project.last_look, storage, after)
    if sight.kept.guard is None and not storage.lists_freely:
        _tell_guard(run, after)
    if show.target.verify and after.feed and after.feed != sight.feed:
        _read_back(run, show, after.feed.body)
    announce(run, show, parcel, sight)


def _tell_guard(run: Run, after: Sight) -> None:
    """Say once what was found out about the storage's conditional writes."""
    if after.kept.guard and after.kept.guard.whole:
        run.reporter.tell("The storage knows conditional writes: two publishers cannot overwrite each other's feed.")
    else:
        run.reporter.warn(
            "The storage does not know conditional writes, so publishers take turns by a lease, "
            "and every run looks at every file. See docs/storage.md."
        )


def _require(show: Show, uploads: Sequence[Upload]) -> None:
    from placecast.delivery import web

    web.require(web.Site(show.url), map(web.promise, uploads))


def _read_back(run: Run, show: Show, feed: bytes) -> None:
    from placecast.delivery import web

    broken = web.read_back(web.Site(show.url), FEED, feed)
    if broken and broken.passing:
        run.reporter.tell(f"{broken} {broken.cure}")
    elif broken:
        raise StorageError(show.url, f"everything is sent, but {broken}", broken.cure)


def announce(run: Run, show: Show, parcel: Parcel, sight: Sight) -> None:
    """Tell caches and hubs. A run that died may have told nobody, so the one that puts its record right does."""
    changed = [each.key for each in parcel.uploads if not each.immutable] + list(parcel.discarded)
    if sight.unsettled and FEED not in changed:
        changed.append(FEED)
    distribution.announce(show, changed, folder=run.project.root, warn=run.reporter.warn, tell=run.reporter.tell)


def _reason(built: Built) -> str:
    if not built.uploads:
        return "nothing to send; a run that did not end is noted as done"
    return f"{len(built.uploads)} new or changed: {few([each.key for each in built.uploads])}"


def few_of(changed: building.Changes) -> str:
    removed = f"; gone: {few(changed.removed)}" if changed.removed else ""
    return f"{len(changed.written)} new or changed: {few(changed.written)}{removed}"
