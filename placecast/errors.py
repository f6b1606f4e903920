"""What can go wrong, as sentences for producers. `cli.py` alone turns them into exit codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that is wrong: where, what, and what to do about it."""

    file: str
    what: str
    cure: str
    key: str = ""

    def __str__(self) -> str:
        where = ": ".join(part for part in (self.file, self.key) if part)
        return f"{where}: {self.what}\n  {self.cure}"


class PlacecastError(Exception):
    """A failure that the producer can do something about.

    `where` is a file, a folder or a place such as `s3://bucket`; `what` says what is wrong there;
    `cure` is the next thing to do.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, where: str, what: str, cure: str) -> None:
        self.faults: tuple[Fault, ...] = (Fault(file=where, what=what, cure=cure),)
        super().__init__(str(self.faults[0]))

    def __reduce__(self) -> tuple[object, ...]:
        # Errors come back from the machines of a cluster, and Python would make them anew from their message alone.
        return _again, (type(self), self.faults)


class FactsError(PlacecastError):
    """Everything that is wrong with the show's and the episodes' facts, together."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        Exception.__init__(self, "\n".join(map(str, self.faults)))


def _again(kind: type[PlacecastError], faults: tuple[Fault, ...]) -> PlacecastError:
    error = kind.__new__(kind)
    error.faults = faults
    Exception.__init__(error, "\n".join(map(str, faults)))
    return error


class AudioError(PlacecastError):
    """A recording that cannot become an episode, or sound that misses its target."""


class TagError(PlacecastError):
    """Tags that could not be written to or read from an audio file."""


class TranscriptError(PlacecastError):
    """A transcript file that cannot be read as one."""


class UsageError(PlacecastError):
    """The command was asked for something that does not exist or does not fit together."""

    exit_code = 2


class EngineError(PlacecastError):
    """A tool or a model that is missing or failed."""

    exit_code = 3


class StorageError(PlacecastError):
    """The place that we publish to refused, failed or could not be reached."""

    exit_code = 4


class HostError(PlacecastError):
    """A host of somebody else's that refused, failed, could not be reached, or sent what does harm."""

    exit_code = 4


class AnnouncementError(PlacecastError):
    """A cache or a hub that could not be told. What was published is out all the same, so it is only warned of."""

    exit_code = 4


class LockedError(PlacecastError):
    """Another run is at work on this show."""

    exit_code = 5


class OwnFaultError(PlacecastError):
    """An error of placecast's own, which nobody foresaw."""

    exit_code = 70  # EX_SOFTWARE, as BSD's sysexits.h has it
