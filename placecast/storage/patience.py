"""Trying again what may succeed later: networks break, servers are busy, answers arrive in part.

The wait doubles with each try and is drawn at random from nothing to that (exponential back-off with full jitter), so
that many publishers do not come back in step. A server that says how long to wait is obeyed; one that asks to slow
down slows down every thread.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Lock
from typing import TypeVar

from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

Answer = TypeVar("Answer")

_FIRST = 3  # tries, while nothing has ever answered: a wrong address should be told within seconds
_TRIES = 8
_SHORTEST, _LONGEST = 0.5, 10.0  # seconds
_LONGEST_ASKED = 60.0  # seconds that we wait if a server says so

_BUSY = {"SlowDown", "Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequests"}
_PASSING = _BUSY | {
    *("RequestTimeout", "InternalError", "OperationAborted", "ConditionalRequestConflict", "ServiceUnavailable"),
    *("BadDigest", "IncompleteBody"),
    "400",  # an answer that was no S3 answer: some proxy's
}
_BUSY_STATUS = {429, 503}
_OWN_FAULT = 500
_PASSING_STATUS = {408, *_BUSY_STATUS, 500, 502, 504}
_FAILURES = (boto.HTTPClientError, boto.ConnectionError, boto.IncompleteReadError, ResponseParserError)
# A wrong certificate or proxy lasts; but where the way was open once, TLS ends like this when a network breaks.
_OPEN_ONCE = (boto.SSLError, boto.ProxyConnectionError)
FOREIGN = (boto.ClientError, boto.BotoCoreError, ResponseParserError)
"""What boto3 raises."""


class Patience:
    """One for all the requests of a storage, from many threads."""

    def __init__(
        self,
        wait: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._wait, self._clock, self._chance = wait, clock, chance
        self._answered = False
        self._brake = 0.0  # no request before this moment
        self._lock = Lock()

    def ask(self, request: Callable[[], Answer]) -> Answer:
        """What the request answers in the end. It is made anew for each try; what cannot pass is raised at once."""
        tries = 0
        while True:
            self._hold()
            try:
                answer = request()
            except FOREIGN as error:
                tries += 1
                self._answered |= isinstance(error, boto.ClientError)
                if not self._may_pass(error) or tries >= (_TRIES if self._answered else _FIRST):
                    raise
                self._pause(error, tries)
            else:
                self._answered = True
                return answer

    def _may_pass(self, error: Exception) -> bool:
        return may_pass(error) or (self._answered and isinstance(error, _OPEN_ONCE))

    def _hold(self) -> None:
        ahead = self._brake - self._clock()
        if ahead > 0:
            self._wait(ahead)

    def _pause(self, error: Exception, tries: int) -> None:
        pause = min(_LONGEST, _SHORTEST * 2.0 ** (tries - 1)) * self._chance()
        pause = max(pause, _asked_for(error))
        if _busy(error):
            with self._lock:
                self._brake = max(self._brake, self._clock() + pause)
        else:
            self._wait(pause)


def may_pass(error: Exception) -> bool:
    """Whether the same request may succeed a little later."""
    if isinstance(error, boto.ClientError):
        return _code(error) in _PASSING or _status(error) in _PASSING_STATUS
    return isinstance(error, _FAILURES) and not isinstance(error, _OPEN_ONCE)


def may_have_acted(error: Exception) -> bool:
    """Whether a server may have done what it was asked, though nobody said so."""
    return not isinstance(error, boto.ClientError) or _status(error) >= _OWN_FAULT


def _busy(error: Exception) -> bool:
    return isinstance(error, boto.ClientError) and (_code(error) in _BUSY or _status(error) in _BUSY_STATUS)


def _code(error: boto.ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _status(error: boto.ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _asked_for(error: Exception) -> float:
    """The seconds that the header Retry-After asks for: a number or a date (RFC 9110, section 10.2.3)."""
    if not isinstance(error, boto.ClientError):
        return 0.0
    text = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("retry-after", "")
    return min(max(_seconds(text), 0.0), _LONGEST_ASKED)


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    now = datetime.now(UTC)
    return (moment - now).total_seconds() if moment.tzinfo else 0.0
