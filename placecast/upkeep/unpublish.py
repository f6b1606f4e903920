"""Taking an episode out of the feed: the feed first, then a notice in place of its page.

Nothing else that waits in this clone goes out with it: the feed is the published one, without the episode.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from placecast import building, delivery, files, indexing, pages, plan, publishing, rss
from placecast.delivery import Parcel, Sight, Withdrawn, history
from placecast.errors import UsageError
from placecast.fingerprint import sha256
from placecast.model import Episode, Publication, Show
from placecast.plan import FEED, Upload
from placecast.project.unknown import no_such_episode
from placecast.run import Run
from placecast.storage import Storage

# What lists episodes.
_LISTS = (
    *("index.html", "about/index.html", "accessibility/index.html", "people/index.html", "places/index.html"),
    *("places/places.geojson", "sitemap.xml", "transcripts/index.html"),
)


@dataclass(frozen=True, kw_only=True)
class Unpublished:
    """What has become of an episode."""

    slug: str
    guid: str
    was_in_feed: bool
    deleted: tuple[str, ...]  # keys
    sent: tuple[str, ...]  # keys


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """The episode that is to go, as this clone or only the feed knows it."""

    slug: str
    guid: str
    title: str
    episode: Episode | None

    @property
    def slugs(self) -> tuple[str, ...]:
        """The one that it has, and those that it had."""
        return (self.slug, *(self.episode.formerly if self.episode else ()))


def unpublish(run: Run, name: str, *, delete_audio: bool = False) -> Unpublished:
    """Take the episode of this slug (or guid) out of the feed, and keep it out.

    `delete_audio` takes away its sound and its transcripts too, also from earlier feeds' copies.
    """
    with run.project.locked():
        show, episodes = run.project.load()
        storage = run.open_storage(show.target)

        def attempt(_: bool) -> Unpublished:
            sight = delivery.look(storage, thorough=delete_audio)
            wanted = _wanted(name, show, episodes, sight)
            return _send(run, storage, show, _marked(run, show, episodes, wanted), sight, wanted, delete_audio)

        return publishing.insist(run, storage, attempt)


def _marked(run: Run, show: Show, episodes: Sequence[Episode], wanted: _Wanted) -> Sequence[Episode]:
    """The episodes, once it is written down of the wanted one that it is out."""
    if wanted.episode is None or wanted.episode.withdrawn:
        return episodes
    run.project.withdraw(wanted.episode, run.now.astimezone(show.zone).replace(microsecond=0))
    return run.project.load()[1]


def _wanted(name: str, show: Show, episodes: Sequence[Episode], sight: Sight) -> _Wanted:
    for episode in episodes:
        if name in (episode.slug, episode.guid):
            return _Wanted(slug=episode.slug, guid=episode.guid, title=episode.title, episode=episode)
    taken = {episode.slug for episode in episodes}
    for other in rss.elsewhere(sight.feed.body, ()) if sight.feed else ():
        slug = show.slug_at(other.page)
        if name not in (slug, other.guid):
            continue
        if slug is None or slug in taken:
            raise _homeless(other.guid)
        return _Wanted(slug=slug, guid=other.guid, title=other.title, episode=None)
    raise no_such_episode(name, episodes, "there is no such episode, neither here nor in the feed.")


def _homeless(guid: str) -> UsageError:
    """A feed may say anything of its episodes: it does not decide which files are written over and deleted."""
    what = "its page in the feed is none of this show's, or another episode's, so it is not known which files are its."
    cure = "Give it a folder here: write episodes/SLUG/episode.md with this guid, then run: placecast unpublish SLUG"
    return UsageError(guid, what, cure)


def _send(
    run: Run,
    storage: Storage,
    show: Show,
    episodes: Sequence[Episode],
    sight: Sight,
    wanted: _Wanted,
    delete_audio: bool,
) -> Unpublished:
    feed = rss.without(sight.feed.body, {wanted.guid}) if sight.feed else None
    tree = _tree(run, show, episodes, wanted, feed)
    uploads = plan.uploads(_files(tree, wanted), sight.objects)
    discarded = tuple(sorted(_traces(storage, sight, wanted))) if delete_audio else ()
    parcel = Parcel(
        uploads=uploads,
        kept=frozenset(key for key in sight.objects if key not in sight.kept.idle) - frozenset(discarded),
        withdrawn={wanted.guid: Withdrawn(slug=wanted.slug, at=run.now)},
        discarded=discarded,
        keeps_earlier=not delete_audio,
    )
    with run.reporter.step(f"take {wanted.slug} out of {storage.name}", "asked for") as progress:
        publishing.send(run, show, storage, sight, parcel, progress)
    for key, content in tree.items():
        files.write(run.project.feed / key, content)
    return Unpublished(
        slug=wanted.slug,
        guid=wanted.guid,
        was_in_feed=any(upload.key == FEED for upload in uploads),
        deleted=discarded,
        sent=tuple(upload.key for upload in uploads),
    )


def _tree(
    run: Run, show: Show, episodes: Sequence[Episode], wanted: _Wanted, feed: bytes | None
) -> Mapping[str, bytes]:
    """The feed without the episode, the pages that list what is left, and the notice."""
    ready = building.publication(run.project, show, episodes, run.now)
    guids = set(rss.guids(feed)) if feed else set()
    left = tuple(each for each in ready.releases if each.episode.guid in guids)
    others = rss.elsewhere(feed, {each.episode.guid for each in left}) if feed else ()
    published = replace(ready, releases=left, others=others, withdrawn=_noticed(run, ready, wanted))
    rendered = pages.site(published)
    tree = {key: rendered[key] for key in (*_LISTS, *_notices(wanted))}
    index = indexing.files(run.project, published, None)
    tree |= {key: content for key, content in index.items() if isinstance(content, bytes)}
    return tree | ({FEED: feed} if feed else {})


def _noticed(run: Run, ready: Publication, wanted: _Wanted) -> tuple[Episode, ...]:
    """The withdrawn episodes, with the one that only the feed knows."""
    if wanted.episode:
        return ready.withdrawn
    unknown = Episode(slug=wanted.slug, file=run.project.root, title=wanted.title, guid=wanted.guid)
    return (*ready.withdrawn, unknown)


def _notices(wanted: _Wanted) -> tuple[str, ...]:
    """The pages that say that the episode is withdrawn: its own, and the player in other websites."""
    return tuple(f"e/{slug}/{page}index.html" for slug in wanted.slugs for page in ("", "player/"))


def _files(tree: Mapping[str, bytes], wanted: _Wanted) -> list[Upload]:
    found = [plan.upload(key, content, len(content), sha256(content)) for key, content in tree.items()]
    return [plan.as_notice(each) if each.key in _notices(wanted) else each for each in found]


def _traces(storage: Storage, sight: Sight, wanted: _Wanted) -> Iterator[str]:
    """All that is there of an episode but the notice: its sound and pictures, its words, and copies of feeds."""
    # Another episode may be called as this one and `-cover`: what kind of file it is tells them apart.
    mark, picture = r"-[0-9a-f]{12}\.", "(?:jpg|png)"
    own = rf"(?:{mark}(?!{picture})\w+|-(?:chapter|cover){mark}{picture})"
    media = re.compile(rf"media/(?:{'|'.join(map(re.escape, wanted.slugs))}){own}")
    folders = tuple(f"e/{slug}/" for slug in wanted.slugs)
    for key in sight.objects:
        if media.fullmatch(key) or (key.startswith(folders) and key not in _notices(wanted)):
            yield key
    for copy in [there.key for there in storage.listed(history.FOLDER)]:
        found = storage.read(copy)
        if found and wanted.guid in rss.guids(found.body):
            yield copy
