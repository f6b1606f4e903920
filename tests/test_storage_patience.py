"""What is tried again, how long is waited, and what is told at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from botocore import exceptions as boto
from botocore.parsers import ResponseParserError

from placecast.storage.patience import Patience

RESET = boto.ConnectionClosedError(endpoint_url="http://s3.example.org")


def refused(code: str, status: int, **headers: str) -> boto.ClientError:
    metadata: Any = {"HTTPStatusCode": status, "HTTPHeaders": headers}
    return boto.ClientError({"Error": {"Code": code}, "ResponseMetadata": metadata}, "PutObject")


class Server:
    """Answers each request with the next of these: an error is raised, anything else is the answer."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self) -> object:
        self.asked += 1
        answer = self.answers.pop(0) if self.answers else "done"
        if isinstance(answer, BaseException):
            raise answer
        return answer


class Time:
    """Time passes when somebody waits for it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    def patience(self, chance: float = 1.0) -> Patience:
        return Patience(wait=self.wait, clock=lambda: self.now, chance=lambda: chance)


@pytest.fixture
def time() -> Time:
    return Time()


PASSING = [
    RESET,
    boto.ReadTimeoutError(endpoint_url="http://s3.example.org"),
    boto.ConnectTimeoutError(endpoint_url="http://s3.example.org"),
    boto.IncompleteReadError(actual_bytes=1, expected_bytes=2),
    boto.ResponseStreamingError(error="broken"),
    ResponseParserError("half an answer"),
    *(refused("InternalError", 500), refused("SomethingNew", 502), refused("SomethingNew", 504)),
    *(refused("SlowDown", 503), refused("SomethingNew", 429), refused("RequestTimeout", 400)),
    *(refused("ConditionalRequestConflict", 409), refused("OperationAborted", 409), refused("BadDigest", 400)),
]
LASTING = [
    *(refused("AccessDenied", 403), refused("NoSuchBucket", 404), refused("SignatureDoesNotMatch", 403)),
    *(refused("PreconditionFailed", 412), refused("NotImplemented", 501), refused("QuotaExceeded", 403)),
    *(refused("RequestTimeTooSkewed", 403), refused("XMinioStorageFull", 507), refused("SomethingNew", 409)),
    *(boto.NoCredentialsError(), boto.SSLError(endpoint_url="https://s3.example.org", error="untrusted")),
]


def names(errors: list[Any]) -> Iterator[str]:
    for error in errors:
        yield error.response["Error"]["Code"] if isinstance(error, boto.ClientError) else type(error).__name__


@pytest.mark.parametrize("error", PASSING, ids=names(PASSING))
def test_what_may_pass_is_tried_again(time: Time, error: Exception) -> None:
    server = Server(error, error, "done")
    assert time.patience().ask(server) == "done"
    assert server.asked == 3


@pytest.mark.parametrize("error", LASTING, ids=names(LASTING))
def test_what_lasts_is_told_at_once(time: Time, error: Exception) -> None:
    server = Server(error)
    with pytest.raises(type(error)):
        time.patience().ask(server)
    assert server.asked == 1
    assert time.waits == []


def test_the_waits_double_up_to_ten_seconds(time: Time) -> None:
    patience = time.patience()
    patience.ask(Server("something answers"))
    with pytest.raises(boto.ConnectionClosedError):
        patience.ask(Server(*[RESET] * 20))
    assert time.waits == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


def test_the_waits_are_drawn_at_random(time: Time) -> None:
    time.patience(chance=0.25).ask(Server(RESET, RESET))
    assert time.waits == [0.125, 0.25]


def test_where_nothing_ever_answered_it_gives_up_within_seconds(time: Time) -> None:
    server = Server(*[RESET] * 20)
    with pytest.raises(boto.ConnectionClosedError):
        time.patience().ask(server)
    assert server.asked == 3
    assert time.now < 2


def test_a_server_that_says_no_has_answered(time: Time) -> None:
    server = Server(*[refused("InternalError", 500)] * 7)
    assert time.patience().ask(server) == "done"
    assert server.asked == 8


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        *((lambda: "7", 7.0), (lambda: "7.5", 7.5), (lambda: "3600", 60.0), (lambda: "-3", 1.0)),
        *((lambda: "soon", 1.0), (lambda: "", 1.0), (lambda: "Wed, 99 Nov 2026", 1.0)),
        (lambda: format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True), 30.0),
    ],
)
def test_retry_after_is_obeyed_within_reason(time: Time, header: Callable[[], str], seconds: float) -> None:
    patience = time.patience()
    patience.ask(Server(RESET, refused("ServiceUnavailable", 503, **{"retry-after": header()})))
    assert time.waits[-1] == pytest.approx(seconds, abs=1.5 if seconds == 30 else 0.01)


def test_a_server_that_asks_to_slow_down_slows_down_every_thread(time: Time) -> None:
    patience = time.patience()
    with pytest.raises(RuntimeError, match="stop here"):
        patience.ask(Server(refused("SlowDown", 503, **{"retry-after": "20"}), RuntimeError("stop here")))
    waited = time.now
    assert waited == pytest.approx(20)
    time.now -= 5  # another thread, five seconds before the brake is let go
    patience.ask(Server())
    assert time.waits[-1] == pytest.approx(5)


def test_one_thread_that_meets_a_broken_connection_holds_nobody_up(time: Time) -> None:
    patience = time.patience()
    patience.ask(Server(RESET))
    before = len(time.waits)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: patience.ask(Server()), range(8)))
    assert len(time.waits) == before


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_who_wants_to_stop_stops(time: Time, stop: type[BaseException]) -> None:
    server = Server(RESET, stop())
    with pytest.raises(stop):
        time.patience().ask(server)
    assert server.asked == 2
