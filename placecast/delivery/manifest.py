"""What we remember of a target: one JSON object beside the public tree, under `.placecast/`.

It saves asking for every object. An entry is true, or some run is noted as open: a run says that it begins before it
changes anything, and that it has ended when all that it sent is written down. Whoever finds an open run lists the
target instead of trusting the record, so that a run which was killed leaves nothing wrong behind.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from placecast import plan
from placecast.delivery import history
from placecast.errors import StorageError
from placecast.plan import Stored
from placecast.storage import Expected, Guard, RefusedError, Storage

OURS = ".placecast/"
"""Keys that start so are our own notes, no part of the public tree."""

KEY = OURS + "manifest.json"
TRIES = 20

_VERSION = 2
_KINDS = {"key": str, "size": int, "mark": str, "sha256": str, "type": str, "cache_control": str, "gzip": bool}


@dataclass(frozen=True, kw_only=True)
class Withdrawn:
    """An episode that was taken out of the feed: no clone that does not know it yet brings it back."""

    slug: str
    at: datetime  # aware


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What was there when the last run ended."""

    objects: Mapping[str, Stored] = field(default_factory=dict)  # of the public tree, by key
    feed: str = ""  # the mark of the feed.xml that all this belongs to
    guard: Guard | None = None  # what conditional writes are worth, once it was tried out
    runs: Mapping[str, datetime] = field(default_factory=dict)  # that have begun: the clone, and since when
    withdrawn: Mapping[str, Withdrawn] = field(default_factory=dict)  # by guid
    idle: Mapping[str, datetime] = field(default_factory=dict)  # objects that nothing points to any more, since when
    feeds: tuple[str, ...] = ()  # keys of earlier feeds, the oldest first


def dump(manifest: Manifest) -> bytes:
    """The manifest as JSON: equal ones give equal bytes."""
    objects = [vars(each) for _, each in sorted(manifest.objects.items())]
    facts = vars(manifest) | {"version": _VERSION, "objects": objects}
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, default=_plain).encode()


def load(data: bytes) -> Manifest:
    """The manifest that these bytes hold. One that is damaged or of another version remembers nothing.

    Keys that are none of ours are dropped: what is remembered may be written over and deleted.
    """
    try:
        facts = json.loads(data)
        if facts.pop("version") != _VERSION:
            return Manifest()
        objects = {each["key"]: _stored(each) for each in facts.pop("objects") if plan.is_public(each["key"])}
        return Manifest(objects=objects, **{name: _READ[name](value) for name, value in facts.items()})
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return Manifest()


def recall(listed: Iterable[Stored], remembered: Mapping[str, Stored]) -> dict[str, Stored]:
    """The listed objects of the public tree, with what we remember of those that are as we left them."""
    public = (there for there in listed if plan.is_public(there.key))
    return {there.key: _as_remembered(there, remembered.get(there.key)) for there in public}


class Record:
    """The manifest in its storage, changed by compare-and-swap: of two publishers, neither undoes the other's notes."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._guard: Guard | None = None
        self._mark: str | None = None
        self.read()

    @property
    def guard(self) -> Guard:
        """What conditional writes are worth here: as it is written down, or else as it is tried out now."""
        if self._guard is None:
            self._guard = self._storage.guard(self.manifest.guard)
        return self._guard

    def read(self) -> None:
        """Look what is written down now."""
        found = self._storage.read(KEY)
        self.manifest, self._mark = (load(found.body), found.mark) if found else (Manifest(), None)

    @property
    def found(self) -> bool:
        """Whether there was a manifest at all."""
        return self._mark is not None

    def change(self, how: Callable[[Manifest], Manifest]) -> None:
        """Write down what `how` makes of the manifest. It may be asked again, of a newer one."""
        for _ in range(TRIES):
            changed = replace(how(self.manifest), guard=self.guard)
            if self.found and changed == self.manifest:
                return
            try:
                there = self._storage.put(plan.note(KEY, dump(changed)), expected=Expected(self._mark))
            except RefusedError:
                self._refused()
            else:
                self.manifest, self._mark = changed, there.mark
                return
        raise StorageError(
            self._storage.name,
            f"{TRIES} times in a row another publisher was faster in writing {KEY}.",
            "Wait until the others are done, then run the command again.",
        )

    def _refused(self) -> None:
        """Look who was faster. If it was nobody, the storage does not do with conditions what it did once."""
        before = self._mark
        self.read()
        if self._mark == before:
            self._guard = self._storage.guard()


def noted(manifest: Manifest, base: Mapping[str, Stored], now: Mapping[str, Stored | None]) -> Manifest:
    """The manifest with what a run found or sent, by key; None is what it found to be gone.

    `base`: the objects as that run had read them. Where another run has written something else since, two have sent
    the same object and nobody knows whose came last: such an entry is dropped, and the object sent again.
    """
    objects = dict(manifest.objects)
    for key, there in now.items():
        before = objects.pop(key, None)
        if there and before in (base.get(key), there):
            objects[key] = there
    return replace(manifest, objects=objects)


def _as_remembered(there: Stored, memory: Stored | None) -> Stored:
    if memory is None or (memory.size, memory.mark) != (there.size, there.mark):
        return there
    return memory


def _plain(value: object) -> object:
    """What JSON makes of a moment, a guard or a withdrawal."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else vars(value)


def _stored(facts: dict[str, Any]) -> Stored:
    if any(type(value) is not _KINDS[name] for name, value in facts.items()):
        raise TypeError(facts)
    return Stored(**facts)


def _guard(facts: dict[str, Any] | None) -> Guard | None:
    if facts and (facts["create"] not in (True, False) or facts["swap"] not in ("quoted", "unquoted", "none")):
        raise ValueError(facts)
    return Guard(**facts) if facts else None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def _moments(facts: dict[str, str]) -> dict[str, datetime]:
    return {key: _moment(text) for key, text in facts.items()}


def _withdrawn(facts: dict[str, dict[str, str]]) -> dict[str, Withdrawn]:
    return {guid: Withdrawn(slug=each["slug"], at=_moment(each["at"])) for guid, each in facts.items()}


_READ: dict[str, Callable[[Any], Any]] = {
    "feed": str,
    "guard": _guard,
    "runs": _moments,
    "withdrawn": _withdrawn,
    "idle": lambda facts: {key: since for key, since in _moments(facts).items() if plan.is_public(key)},
    "feeds": lambda keys: tuple(key for key in keys if history.is_copy(key)),
}
