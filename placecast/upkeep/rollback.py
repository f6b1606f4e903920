"""Going back to an earlier feed. It works because sound never changes under its name, and is kept for long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from placecast import delivery, plan, publishing, rss
from placecast.delivery import OvertakenError, Parcel, Sight, history
from placecast.errors import StorageError, UsageError
from placecast.fingerprint import sha256
from placecast.model import Progress, Show
from placecast.plan import FEED
from placecast.run import Run
from placecast.storage import Storage
from placecast.wording import few


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """A feed that was published once. `name`: when another one took its place, and part of its hash."""

    name: str
    key: str


@dataclass(frozen=True, kw_only=True)
class RolledBack:
    """What the feed is again."""

    name: str
    episodes: int
    left_out: tuple[str, ...]  # guids of episodes that were unpublished since


def earlier_feeds(run: Run) -> tuple[Earlier, ...]:
    """The feeds that can be gone back to, the newest first."""
    show, _ = run.project.load()
    return _earlier(run.open_storage(show.target))


def rollback(run: Run, name: str | None = None) -> RolledBack:
    """Publish an earlier feed again: the one of this name, or the last that differs from what is published now."""
    with run.project.locked():
        show, _ = run.project.load()
        storage = run.open_storage(show.target)
        sight = delivery.look(storage, thorough=True)
        found, body = _chosen(storage, sight, name)
        gone = tuple(guid for guid in rss.guids(body) if guid in sight.withdrawn)
        feed = rss.without(body, set(gone)) if gone else body
        _require_whole(show, storage, sight, feed)
        with run.reporter.step(f"put an earlier feed into {storage.name}", found.name) as progress:
            _swap(run, show, storage, sight, feed, progress)
        return RolledBack(name=found.name, episodes=len(rss.guids(feed)), left_out=gone)


def _earlier(storage: Storage) -> tuple[Earlier, ...]:
    keys = sorted(filter(history.is_copy, (there.key for there in storage.listed(history.FOLDER))), reverse=True)
    return tuple(Earlier(name=key.removeprefix(history.FOLDER).removesuffix(".xml"), key=key) for key in keys)


def _chosen(storage: Storage, sight: Sight, name: str | None) -> tuple[Earlier, bytes]:
    now = sha256(sight.feed.body) if sight.feed else ""
    for each in _earlier(storage):
        if name not in (None, each.name):
            continue
        found = storage.read(each.key)
        if found and (name or sha256(found.body) != now):
            return each, found.body
    what = f"there is no earlier feed called {name}." if name else "there is no earlier feed to go back to."
    raise UsageError(storage.name, what, "See those that there are with: placecast rollback --list")


def _require_whole(show: Show, storage: Storage, sight: Sight, feed: bytes) -> None:
    """An earlier feed may name what has been taken away since: that would be a dead link for every listener."""
    named = rss.named(show, feed)
    missing = sorted(key for key in named.keys if not _there(key, sight, named.sound))
    if missing:
        raise StorageError(
            storage.name,
            f"that feed names what is not there any more, or not as it was: {few(missing)}.",
            "Choose a later one (placecast rollback --list), or publish the episodes again: placecast publish",
        )


def _there(key: str, sight: Sight, lengths: Mapping[str, int]) -> bool:
    found = sight.objects.get(key)
    return found is not None and lengths.get(key, found.size) == found.size


def _swap(run: Run, show: Show, storage: Storage, sight: Sight, feed: bytes, progress: Progress) -> None:
    upload = plan.upload(FEED, feed, len(feed), sha256(feed))
    kept = frozenset(key for key in sight.objects if key not in sight.kept.idle) | rss.named(show, feed).keys
    try:
        publishing.send(run, show, storage, sight, Parcel(uploads=(upload,), kept=kept), progress)
    except OvertakenError:
        raise StorageError(
            storage.name,
            "another publisher has changed the feed in this very moment.",
            "Look at what is published now. If you still want to go back, run the command again.",
        ) from None
