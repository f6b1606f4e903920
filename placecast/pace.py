"""How long something will take yet, from the shares of it that are told as they are done. The clock is passed in."""

from __future__ import annotations

from dataclasses import dataclass

_APART = 0.25  # seconds: shares that are told closer to each other are taken together
_SUDDEN = 0.5  # seconds
_HALF_LIFE = 60.0  # seconds, after which a speed counts half: a laptop that gets hot grows slow
_EARLY = 0.02  # of the whole: before that there is nothing to go by
_ENOUGH = 1.0  # seconds of work


@dataclass(frozen=True)
class _Mark:
    time: float
    share: float


class Pace:
    """The speed of the work that is done now: what an earlier run had done already does not count."""

    def __init__(self) -> None:
        self._mark: _Mark | None = None
        self._latest: _Mark | None = None
        self._seconds = 0.0  # worked until the mark, the longer ago the less
        self._share = 0.0  # done in them

    def told(self, share: float, now: float) -> float | None:
        """The seconds that are left, once that can be said. `now`: seconds on any clock that only goes forward."""
        if self._mark is None or self._latest is None:
            self._mark = self._latest = _Mark(now, share)
            return None
        if max(now - self._latest.time, self._latest.time - self._mark.time) >= _APART:
            self._seconds, self._share = self._worked(self._mark, self._latest)
            self._mark = self._latest
        self._latest = _Mark(now, share)
        seconds, done = self._worked(self._mark, self._latest)
        if share <= _EARLY or seconds < _ENOUGH or done <= 0:
            return None
        return (1 - share) * seconds / done

    def _worked(self, since: _Mark, until: _Mark) -> tuple[float, float]:
        """Seconds and share, with those of one more stretch of time."""
        seconds, share = until.time - since.time, until.share - since.share
        if seconds < _SUDDEN and share > _EARLY:  # nothing is so quick but to find what was there already
            return self._seconds, self._share
        aged = 0.5 ** (seconds / _HALF_LIFE)
        return self._seconds * aged + seconds, self._share * aged + share
