"""One batch of logs, summed up by listener, day, file and app: small enough to be handed from one process to another.

Here addresses end. What leaves is a hash of each, with a salt of the day that comes from a secret of this run: the
secret is in memory alone and gone with it, so that no hash can be led back to an address or to a hash of another run.
"""

from __future__ import annotations

import hashlib
import re
from array import array
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

from placecast.audience import agents, logs, networks
from placecast.audience.agents import BOT, Agent, Kind
from placecast.audience.logs import BYTE, Sums
from placecast.audience.networks import Countries
from placecast.audience.rules import File, is_watch, listener_part

Hash = hashlib.blake2b
_Numbers = dict[tuple[bytes, File, Agent, str], int]  # of cells, by day, file, sender and country

_FULL = 200_000  # sums that are held at a time, of some hundred bytes each
_MEDIA = re.compile(r"(?:^|/)media/(([a-z0-9]+(?:-[a-z0-9]+)*)-[0-9a-f]{12}\.[a-z0-9]+)$")
_NAMED_MONTH = "%d/%b/%Y"  # as S3 has it


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What logs are counted by, as facts and files: every process makes its own `Desk` of it.

    `files`: those of the show, by name. `episodes`: by slug, a file that stands for those that it has replaced.
    """

    files: Mapping[str, File]
    episodes: Mapping[str, File]
    secret: bytes
    apps: Path | None = None
    centres: Path | None = None
    shared: Path | None = None
    countries: Path | None = None


class Cell(NamedTuple):  # hundreds of thousands go from process to process, which a tuple does fastest
    """What a sum belongs to, beside the listener. `enough`: as the file's."""

    day: date
    episode: str
    enough: int
    app: str
    kind: Kind
    country: str


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Sums of a batch, in columns: of one listener for one cell each. `left`: requests left out, by reason."""

    cells: list[Cell] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)  # of each cell
    listener: array[int] = field(default_factory=lambda: array("Q"))
    address: array[int] = field(default_factory=lambda: array("Q"))  # 0: one that many people share
    cell: array[int] = field(default_factory=lambda: array("Q"))  # where it stands in `cells`
    sent: array[int] = field(default_factory=lambda: array("Q"))  # bytes
    left: Counter[str] = field(default_factory=Counter)
    strange: list[str] = field(default_factory=list)  # files that are no logs


class _Remembered(dict[Any, Any]):
    """What a function has answered, as a dict, since nothing in Python is asked faster. It forgets when it is large."""

    def __init__(self, find: Callable[[Any], Any]) -> None:
        self._find = find

    def __missing__(self, asked: Any) -> Any:
        if len(self) > _FULL:
            self.clear()
        found = self[asked] = self._find(asked)
        return found


class Desk:
    """What a process counts by, and what it has found out about paths, agents and addresses: each comes many times."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.agents = agents.read(plan.apps)
        self.centres = networks.read(plan.centres, networks.CENTRES)
        self.shared = networks.read(plan.shared, networks.SHARED)
        self.countries = Countries(plan.countries)
        self._looks = bool(self.centres or self.shared or self.countries)
        self.file = _Remembered(self._file)
        self.agent = _Remembered(self._agent)
        self.address = _Remembered(self._address)
        self.salted = _Remembered(self._salted)

    def _file(self, path: bytes) -> File | None:
        found = _MEDIA.search(path.decode("utf-8", "replace"))
        return (self.plan.files.get(found[1]) or self.plan.episodes.get(found[2])) if found else None

    def _agent(self, written: bytes) -> tuple[str, Agent, int]:
        """Why it does not count, or "", then who it is, and its hash."""
        text = unquote_to_bytes(written).decode("utf-8", "replace")
        who = self.agents.of(text)
        why = "nameless" if text in ("", "-") else "watch" if is_watch(text) else "bot" if who is BOT else ""
        return why, who, _hash(written, hashlib.blake2b(key=self.plan.secret, digest_size=8))

    def _address(self, seen: tuple[bytes, bytes]) -> tuple[str, str, int, int]:
        """Why it does not count, or "", then its country, its hash, and that hash again or 0 where many share it."""
        day, written = seen
        part, salted = listener_part(written), self.salted[day]
        if part is None or salted is None:
            return "damaged", "", 0, 0
        if not self._looks:
            digest = _hash(part, salted)
            return "", "", digest, digest
        return self._looked_up(written.decode("ascii", "replace"), _hash(part, salted))

    def _looked_up(self, address: str, digest: int) -> tuple[str, str, int, int]:
        if address in self.centres:
            return "centre", "", 0, 0
        return "", self.countries.of(address), digest, 0 if address in self.shared else digest

    def _salted(self, day: bytes) -> Hash | None:
        """What begins every hash of a day; None where that is no day."""
        return hashlib.blake2b(day, key=self.plan.secret, digest_size=8) if _day(day) else None


def tally(paths: Sequence[Path], desk: Desk) -> Tally:
    """The sums of these logs. The same listener may stand in it more than once for one cell."""
    made, numbers, sums = Tally(), _Numbers(), Sums()
    for path in paths:
        with logs.opened(path) as log:
            if log is None:
                made.strange.append(path.name)
                continue
            log[0](log[1], sums, made.left)
        if len(sums) > _FULL:
            _enter(made, numbers, desk, sums)
            sums.clear()
    _enter(made, numbers, desk, sums)
    return made


def _hash(what: bytes, salted: Hash) -> int:
    hashed = salted.copy()
    hashed.update(what)
    return int.from_bytes(hashed.digest(), "little")


def _enter(made: Tally, numbers: _Numbers, desk: Desk, sums: Sums) -> None:
    files, senders, addresses = desk.file, desk.agent, desk.address
    for key, total in sums.items():
        day, written, path, agent = key.split(b"\t", 3)
        file = files[path]
        no_agent, who, agent_hash = senders[agent]
        no_address, country, address, counted = addresses[day, written]
        if file is None or no_agent or no_address:
            made.left["unknown" if file is None else no_agent or no_address] += total % BYTE
            continue
        cell = (day, file, who, country)
        number = numbers.get(cell)
        if number is None:
            number = numbers[cell] = len(numbers)
            made.cells.append(_cell(*cell))
            made.requests.append(0)
        made.listener.append(address ^ agent_hash)
        made.address.append(counted)
        made.cell.append(number)
        made.sent.append(total // BYTE)
        made.requests[number] += total % BYTE


def _cell(day: bytes, file: File, who: Agent, country: str) -> Cell:
    when = _day(day)
    if when is None:
        raise ValueError(f"{day!r} is no day")
    return Cell(day=when, episode=file.episode, enough=file.enough, app=who.name, kind=who.kind, country=country)


@lru_cache(1 << 12)
def _day(written: bytes) -> date | None:
    text = written.decode("ascii", "replace")
    try:
        return date.fromisoformat(text) if "-" in text else datetime.strptime(text, _NAMED_MONTH).date()  # noqa: DTZ007  # UTC
    except ValueError:
        return None
