"""Taking away what nothing has pointed to for long. Apps hold on to old addresses, so the waiting is the point."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from placecast import delivery, rss
from placecast.delivery import Sight
from placecast.delivery.manifest import Manifest, Record
from placecast.publishing import build
from placecast.run import Run
from placecast.storage import Storage

DAYS = 90


@dataclass(frozen=True, kw_only=True)
class Idle:
    """An object of ours that neither the feed nor a page points to any more."""

    key: str
    size: int  # bytes
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Pruning:
    """What can be taken away, decided before anything is."""

    storage: Storage
    sight: Sight
    idle: tuple[Idle, ...]
    waiting: int  # how many more will be old enough one day


def find(run: Run, days: int = DAYS) -> Pruning:
    """What has been idle for so many days, by the record of those who publish here. Changes nothing."""
    show, episodes = run.project.load()
    storage = run.open_storage(show.target)
    sight = delivery.look(storage, thorough=True)
    kept = build(run, show, episodes, sight).parcel.kept
    if sight.feed:  # which may be an earlier one, after a rollback
        kept |= rss.named(show, sight.feed.body).keys
    since = {key: at for key, at in sight.kept.idle.items() if key in sight.objects and key not in kept}
    old = [Idle(key=key, size=sight.objects[key].size, since=at) for key, at in sorted(since.items())]
    found = tuple(each for each in old if run.now - each.since >= timedelta(days=days))
    return Pruning(storage=storage, sight=sight, idle=found, waiting=len(old) - len(found))


def prune(run: Run, found: Pruning) -> None:
    """Forget it, and take it away: a run that dies in between leaves a file too many, not a record that is wrong."""
    keys = [each.key for each in found.idle]
    with run.project.locked(), run.reporter.step(f"clear up {found.storage.name}", f"{len(keys)} files"):
        record, gone = Record(found.storage), set[str]()

        def forget(kept: Manifest) -> Manifest:
            gone.clear()
            gone.update(kept.idle.keys() & keys)  # somebody may point to it again since it was found
            return _forgotten(kept, gone)

        record.change(forget)
        found.storage.delete(sorted(gone))


def _forgotten(kept: Manifest, keys: Collection[str]) -> Manifest:
    return replace(
        kept,
        objects={key: there for key, there in kept.objects.items() if key not in keys},
        idle={key: since for key, since in kept.idle.items() if key not in keys},
    )
