"""How a public tree gets into a storage so that no listener ever meets anything broken.

At every instant the feed is one complete version, and everything that it names is there: what is pointed to is sent
before what points to it, immutable names are never written over, and the feed takes the place of exactly the one that
was looked at (compare-and-swap). Where another publisher was faster, `OvertakenError` says so: look again, build again
from the newer feed, send again. A run may die anywhere; the next one finds it noted as open and looks at everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from placecast.delivery import history, lease, manifest, sending
from placecast.delivery.manifest import Manifest, Record, Withdrawn
from placecast.fingerprint import sha256
from placecast.model import Progress, no_progress
from placecast.plan import FEED, Phase, Stored, Upload
from placecast.storage import Content, Expected, RefusedError, Storage

__all__ = ["OvertakenError", "Parcel", "Publisher", "Sight", "Withdrawn", "look", "send", "trusting"]

_BEFORE_FEED = (Phase.MEDIA, Phase.SIDECARS, Phase.PAGES)
_GIVEN_UP = timedelta(days=1)  # after which an upload that somebody began is nobody's any more
_DEAD = timedelta(hours=1)  # after which a run that never ended is taken to have died
_WORTH_NOTING = 16 << 20  # bytes in a phase: not to be sent again if the run dies in the next one


class OvertakenError(Exception):
    """Another publisher has changed the feed since it was looked at. Nothing is broken: look, build and send again."""


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What a storage holds, as it was at one moment."""

    objects: Mapping[str, Stored]  # of the public tree, by key
    feed: Content | None  # None before the first publish
    kept: Manifest  # what the record said
    record: Record | None  # for changing it; None when the storage was not asked at all (see `glance`)
    listed: bool  # whether every object was asked for, since the record alone could not be trusted

    @property
    def unsettled(self) -> bool:
        """Whether the record should be put right, though nothing may be left to send: a run has died."""
        return self.listed and (bool(self.kept.runs) or self.kept.feed != (self.feed.mark if self.feed else ""))

    @property
    def withdrawn(self) -> Mapping[str, Withdrawn]:
        """The episodes that were taken out of the feed, by guid."""
        return self.kept.withdrawn


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """What is to be sent, and what it means for the rest."""

    uploads: tuple[Upload, ...]  # in the order of their phases
    kept: frozenset[str] = frozenset()  # keys that something points to: all others begin to age
    promised: tuple[Upload, ...] = ()  # what the new feed names and the old one does not, or not as it is now
    withdrawn: Mapping[str, Withdrawn] = field(default_factory=dict)  # by guid, from now on
    restored: frozenset[str] = frozenset()  # guids of episodes that had been taken out and are back
    discarded: tuple[str, ...] = ()  # keys that are taken away at the end
    keeps_earlier: bool = True  # whether the feed that is replaced is kept for a rollback


def trusting(uploads: Sequence[Upload]) -> None:
    """Nobody looks whether listeners get what was sent."""


@dataclass(frozen=True, kw_only=True)
class Publisher:
    """Who sends, and with what. `clone` is its name in the record, the same in every run of one clone.

    `verify` is given what the feed is going to promise, before the feed is sent: what it raises leaves the old one.
    """

    storage: Storage
    clone: str
    now: datetime
    progress: Progress = no_progress
    verify: Callable[[Sequence[Upload]], None] = trusting


def look(storage: Storage, *, thorough: bool = False) -> Sight:
    """What is there now: two requests, if the record can be trusted. `thorough` trusts nothing."""
    feed, record = storage.read(FEED), Record(storage)
    kept = record.manifest
    if settled(storage, kept, feed) and not thorough:
        return Sight(objects=kept.objects, feed=feed, kept=kept, record=record, listed=False)
    objects = manifest.recall(storage.listed(), kept.objects)
    objects.pop(FEED, None)
    if feed:
        objects[FEED] = _feed_as_read(feed, kept.objects.get(FEED))
    return Sight(objects=objects, feed=feed, kept=kept, record=record, listed=True)


def settled(storage: Storage, kept: Manifest, feed: Content | None) -> bool:
    """Whether the record can be trusted, and no run is open.

    Without compare-and-swap notes get lost, and where listing is free there is nothing to gain.
    """
    if storage.lists_freely or kept.guard is None or not kept.guard.whole or kept.runs:
        return False
    return kept.feed == (feed.mark if feed else "")


def _feed_as_read(feed: Content, remembered: Stored | None) -> Stored:
    if remembered and remembered.mark == feed.mark:
        return remembered
    return Stored(key=FEED, size=len(feed.body), mark=feed.mark, sha256=sha256(feed.body))


def send(publisher: Publisher, sight: Sight, parcel: Parcel) -> Sight:
    """Send what was decided against `sight`, and see what is there then.

    OvertakenError when the feed is not the one that was seen.
    """
    sending.check_sources(parcel.uploads)
    delivery = _Delivery(publisher, sight, parcel)
    delivery.tidy()
    if delivery.guarded:
        delivery.begin()
    for phase in _BEFORE_FEED:
        delivery.send(phase)
    delivery.verify()
    with nullcontext() if delivery.guarded else _lease(delivery):
        delivery.require_revived()
        delivery.swap_feed()
        delivery.send(Phase.NOTICES)
        delivery.discard()
        delivery.end()
    return delivery.seen()


@contextmanager
def _lease(delivery: _Delivery) -> Iterator[None]:
    """Where notes could undo each other, they are read and written by one publisher at a time."""
    with lease.held(delivery.storage):
        delivery.record.read()
        delivery.begin()
        yield


def _record(sight: Sight) -> Record:
    if sight.record is None:
        raise ValueError("what was only glanced at is no ground to send anything on")
    return sight.record


class _Delivery:
    """One run of `send`: its steps in the order in which they are listed here."""

    def __init__(self, publisher: Publisher, sight: Sight, parcel: Parcel) -> None:
        self.publisher, self.sight, self.parcel = publisher, sight, parcel
        self.storage, self.record = publisher.storage, _record(sight)
        self.meter = sending.Meter(parcel.uploads, publisher.progress)
        self.sent: dict[str, Stored] = {}
        self.feed = sight.feed.mark if sight.feed else ""
        self.earlier: tuple[str, ...] = ()  # the key under which the feed is kept that was replaced

    @property
    def guarded(self) -> bool:
        """Whether two publishers cannot undo each other's writes here."""
        return self.record.guard.whole

    def begin(self) -> None:
        """Note that this clone's run is open, and what it takes out of the feed or brings back.

        Whoever looks before the feed is changed must not bring back what is just being taken out, sound and all.
        """
        self.record.change(self._opened)

    def tidy(self) -> None:
        """Clear away what earlier runs left half sent."""
        if self.sight.listed:
            ours = {upload.key for upload in self.parcel.uploads}
            self.storage.tidy(ours, self.publisher.now - _GIVEN_UP)

    def _opened(self, kept: Manifest) -> Manifest:
        runs = {**kept.runs, self.publisher.clone: self.publisher.now}
        idle = {key: since for key, since in kept.idle.items() if key not in self.parcel.kept}
        return replace(kept, runs=runs, withdrawn=self._withdrawn(kept), idle=idle)

    def _withdrawn(self, kept: Manifest) -> dict[str, Withdrawn]:
        withdrawn = {**kept.withdrawn, **self.parcel.withdrawn}
        return {guid: each for guid, each in withdrawn.items() if guid not in self.parcel.restored}

    def send(self, phase: Phase) -> None:
        batch = [upload for upload in self.parcel.uploads if upload.phase is phase]
        sent = sending.send(self.storage, batch, self.sight.objects, self.meter)
        self.sent |= sent
        if self.guarded and sum(upload.size for upload in batch) >= _WORTH_NOTING:
            self.record.change(lambda kept: manifest.noted(kept, self.sight.kept.objects, sent))

    def verify(self) -> None:
        if self.parcel.promised:
            self.publisher.verify(self.parcel.promised)

    def swap_feed(self) -> None:
        """Put our feed in the place of the one that was seen. Where ours is the same, that one must still be there."""
        feed = next((upload for upload in self.parcel.uploads if upload.key == FEED), None)
        if feed is None or not self.guarded:
            self._require_unchanged()
        if feed is None:
            return
        self._keep_earlier()
        try:
            put = self.storage.put(feed, self.meter.of(feed), Expected(self.feed or None))
        except RefusedError:
            self._overtaken_unless_ours(feed)
        else:
            self.sent[FEED], self.feed = put, put.mark
        if not self.guarded:  # a lease is worth as much as the patience of all who ask for it: see that it held
            self._require_unchanged()

    def require_revived(self) -> None:
        """What nothing had pointed to for long, and something does now, may have been pruned since it was seen."""
        revived = self.sight.kept.idle.keys() & self.parcel.kept - self.sent.keys()
        if not all(map(self.storage.facts, sorted(revived))):
            raise OvertakenError

    def _require_unchanged(self) -> None:
        there = self.storage.facts(FEED)
        if (there.mark if there else "") != self.feed:
            raise OvertakenError

    def _overtaken_unless_ours(self, feed: Upload) -> None:
        """A write whose answer was lost has succeeded all the same if our own bytes are there."""
        there = self.storage.read(FEED)
        if there is None or sha256(there.body) != feed.sha256:
            raise OvertakenError
        known = Stored(key=FEED, size=feed.size, mark=there.mark, sha256=feed.sha256)
        self.sent[FEED] = replace(known, type=feed.type, cache_control=feed.cache_control, gzip=feed.gzip)
        self.feed = there.mark

    def _keep_earlier(self) -> None:
        if self.sight.feed and self.parcel.keeps_earlier:
            copy = history.copy(self.sight.feed.body, self.publisher.now)
            self.storage.put(copy)
            self.earlier = (copy.key,)

    def discard(self) -> None:
        self.storage.delete(self.parcel.discarded)

    def end(self) -> None:
        """Write down what is there now, and that this run is over."""
        before = self.record.manifest.feeds
        self.record.change(self._ended)
        self.storage.delete([key for key in before if key not in self.record.manifest.feeds])

    def seen(self) -> Sight:
        """What is there now, as this run left it."""
        kept, feed = self.record.manifest, self.sight.feed
        for upload in self.parcel.uploads:
            if upload.key == FEED:
                with upload.open() as file:
                    feed = Content(body=file.read(), mark=self.feed)
        return Sight(objects=kept.objects, feed=feed, kept=kept, record=self.record, listed=False)

    def _ended(self, kept: Manifest) -> Manifest:
        made = manifest.noted(kept, self.sight.kept.objects, self._found() | self.sent)
        feeds = tuple(dict.fromkeys((*kept.feeds, *self.earlier)))[-history.KEPT :]
        return replace(
            made,
            feed=self.feed,
            runs={clone: since for clone, since in kept.runs.items() if self._alive(clone, since)},
            withdrawn=self._withdrawn(kept),
            idle=self._idle(made.objects, kept.idle),
            feeds=feeds,
        )

    def _found(self) -> dict[str, Stored | None]:
        """What the look at every object has corrected in the record, and what was taken away."""
        gone: dict[str, Stored | None] = dict.fromkeys(self.parcel.discarded)
        if not self.sight.listed:
            return gone
        keys = self.sight.objects.keys() | self.sight.kept.objects.keys()
        seen = {key: self.sight.objects.get(key) for key in keys}
        return {key: there for key, there in seen.items() if there != self.sight.kept.objects.get(key)} | gone

    def _alive(self, clone: str, since: datetime) -> bool:
        """Whether another run may still be at work. Only a look at every object makes up for one that died."""
        if clone == self.publisher.clone:
            return False
        return not self.sight.listed or self.publisher.now - since < _DEAD

    def _idle(self, keys: Iterable[str], before: Mapping[str, datetime]) -> dict[str, datetime]:
        return {key: before.get(key, self.publisher.now) for key in sorted(keys) if key not in self.parcel.kept}
