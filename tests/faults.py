"""What goes wrong between a publisher and its storage, at will: a proxy in front of a real S3 server, and plans for it.

    with faults.proxy(server.endpoint, faults.plan("reset-after-write"), seed=7) as proxy:
        ...  # a client of proxy.endpoint
        proxy.heal()

What befalls a request depends on the seed, on the request and on how often it came, not on the order in which
threads send, nor on the names of buckets. So the same seed gives the same faults in every run. Only plans that count
all requests (`first`, `in_all`) strike whichever comes at that moment.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple, Protocol

from tests.exchanges import Exchange, Request, Server
from tests.seaweed import SECRET_KEY

MIB = 1 << 20


class Fault(Protocol):
    """What happens to a request."""

    def happen(self, exchange: Exchange, kill: Callable[[], None]) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Reset:
    """The connection breaks: before the server hears of the request, in the middle of its body, or after it acted."""

    when: str
    kills: bool = False  # and the client dies with it

    def happen(self, exchange: Exchange, kill: Callable[[], None]) -> None:
        if self.when == "within":
            exchange.send_half()
        elif self.when == "after":
            exchange.send_on()
        if self.kills:
            kill()
        exchange.reset()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An error instead of what was asked for. The server hears nothing of it."""

    status: int
    code: str
    retry_after: str | None = None
    broken: bool = False

    def happen(self, exchange: Exchange, kill: Callable[[], None]) -> None:
        body = (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{self.code}</Code><Message>planned</Message></Error>'
        )
        text = body[: body.index("</Code>") - 3] if self.broken else body
        exchange.answer(self.status, text.encode(), {"Retry-After": self.retry_after} if self.retry_after else {})


@dataclass(frozen=True, kw_only=True)
class BreakOff:
    """The server acts, and its answer ends too early: in its body, or (share None) after its first line."""

    share: float | None

    def happen(self, exchange: Exchange, kill: Callable[[], None]) -> None:
        upstream = exchange.send_on()
        if self.share is None:
            exchange.give_status_only(upstream)
        else:
            exchange.give(upstream, self.share)


@dataclass(frozen=True, kw_only=True)
class Slow:
    """Everything arrives, late or little by little."""

    seconds: float = 0
    rate: float | None = None  # bytes a second, each way

    def happen(self, exchange: Exchange, kill: Callable[[], None]) -> None:
        time.sleep(self.seconds)
        exchange.rate = self.rate
        exchange.give(exchange.send_on())


@dataclass(frozen=True, kw_only=True)
class Unconditional:
    """A server that does not know conditions, and writes."""

    def happen(self, exchange: Exchange, kill: Callable[[], None]) -> None:
        exchange.give(exchange.send_on({"if-match": None, "if-none-match": None}))


@dataclass(frozen=True, kw_only=True)
class OnlyUnquoted:
    """Ceph and DigitalOcean: an ETag in quotes never matches in `If-Match`."""

    def happen(self, exchange: Exchange, kill: Callable[[], None]) -> None:
        mark = exchange.request.headers.get("if-match")
        if mark is None:
            exchange.give(exchange.send_on())
        elif mark.startswith('"'):
            Answer(status=412, code="PreconditionFailed").happen(exchange, kill)
        else:
            exchange.give(exchange.send_on({"if-match": f'"{mark}"'}))


def _any(request: Request) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class FaultPlan:
    """What happens to which requests, and how often. Without limits it lasts until the proxy is healed."""

    name: str
    fault: Fault | None
    on: Callable[[Request], bool] = _any
    chance: float = 1
    each: int | None = None  # how often it may befall the same request
    in_all: int | None = None
    first: tuple[int, int] = (1, 1)  # from which of the requests on: the seed chooses between these two


def _conditional(request: Request) -> bool:
    return request.conditional_write


def _stores(request: Request) -> bool:
    return request.stores


def _writes(request: Request) -> bool:
    return request.method in {"PUT", "POST", "DELETE"}


NOTHING = FaultPlan(name="nothing", fault=None)
PLANS = (
    FaultPlan(name="reset-before-write", fault=Reset(when="before"), chance=0.3, each=3),
    FaultPlan(name="reset-after-write", fault=Reset(when="after"), chance=0.3, each=3),
    FaultPlan(name="reset-within-body", fault=Reset(when="within"), on=_stores, chance=0.3, each=3),
    FaultPlan(name="internal-error", fault=Answer(status=500, code="InternalError"), chance=0.3, each=3),
    FaultPlan(name="slow-down", fault=Answer(status=503, code="SlowDown"), chance=0.3, each=3),
    FaultPlan(
        name="retry-after",
        fault=Answer(status=503, code="ServiceUnavailable", retry_after="1"),
        chance=0.1,
        each=1,
        in_all=5,
    ),
    FaultPlan(name="too-many-requests", fault=Answer(status=429, code="TooManyRequests"), chance=0.3, each=3),
    FaultPlan(
        name="conflict",
        fault=Answer(status=409, code="ConditionalRequestConflict"),
        on=_conditional,
        chance=0.5,
        each=3,
    ),
    FaultPlan(
        name="refused-for-nothing",
        fault=Answer(status=412, code="PreconditionFailed"),
        on=_conditional,
        in_all=1,
        first=(1, 8),
    ),
    FaultPlan(name="no-conditions", fault=Answer(status=501, code="NotImplemented"), on=_conditional),
    FaultPlan(name="broken-error", fault=Answer(status=400, code="RequestTimeout", broken=True), chance=0.2, each=2),
    FaultPlan(
        name="answer-breaks-off",
        fault=BreakOff(share=0.5),
        on=lambda request: request.answered_in_xml,
        chance=0.5,
        each=3,
    ),
    FaultPlan(name="answer-without-head", fault=BreakOff(share=None), chance=0.2, each=2),
    FaultPlan(
        name="object-breaks-off",
        fault=BreakOff(share=0.5),
        on=lambda request: request.reads_object,
        chance=0.5,
        each=3,
    ),
    FaultPlan(name="slow-link", fault=Slow(rate=4 * MIB)),
    FaultPlan(name="latency", fault=Slow(seconds=0.05)),
    FaultPlan(name="clock-skew", fault=Answer(status=403, code="RequestTimeTooSkewed"), in_all=6),
    FaultPlan(name="rights-revoked", fault=Answer(status=403, code="AccessDenied"), first=(1, 12)),
    FaultPlan(name="no-bucket", fault=Answer(status=404, code="NoSuchBucket"), first=(1, 12)),
    FaultPlan(name="no-space", fault=Answer(status=507, code="XMinioStorageFull"), on=_stores, first=(1, 12)),
    FaultPlan(name="quota-exceeded", fault=Answer(status=403, code="QuotaExceeded"), on=_stores, first=(1, 12)),
    FaultPlan(name="kill-before", fault=Reset(when="before", kills=True), on=_writes, in_all=1, first=(1, 12)),
    FaultPlan(name="kill-within", fault=Reset(when="within", kills=True), on=_stores, in_all=1, first=(1, 12)),
    FaultPlan(name="kill-after", fault=Reset(when="after", kills=True), on=_writes, in_all=1, first=(1, 12)),
    FaultPlan(name="conditions-ignored", fault=Unconditional(), on=_conditional),
    FaultPlan(name="only-unquoted", fault=OnlyUnquoted(), on=_conditional),
)


def plan(name: str) -> FaultPlan:
    return next(each for each in (NOTHING, *PLANS) if each.name == name)


class Entry(NamedTuple):
    """What the proxy did with one request. `fault` is the plan's name, or "" when it was passed on."""

    method: str
    key: str
    query: str
    fault: str


def _nobody() -> None:
    """There is nobody to kill."""


@dataclass(kw_only=True)
class Proxy:
    """A running proxy. Give `endpoint` to the client."""

    plan: FaultPlan
    seed: int
    endpoint: str = ""
    kill: Callable[[], None] = _nobody
    log: list[Entry] = field(default_factory=list)
    _healed: bool = False
    _matching: int = 0
    _came: Counter[str] = field(default_factory=Counter)
    _befell: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def faults(self) -> list[Entry]:
        return [entry for entry in self.log if entry.fault]

    def heal(self) -> None:
        """From now on everything is passed on as it is."""
        self._healed = True

    def happen(self, exchange: Exchange) -> None:
        request = exchange.request
        fault = self._decided(request)
        self.log.append(Entry(request.method, request.key, request.query, self.plan.name if fault else ""))
        if fault:
            fault.happen(exchange, self.kill)
        else:
            exchange.give(exchange.send_on())

    def _decided(self, request: Request) -> Fault | None:
        if self.plan.fault is None or self._healed or not self.plan.on(request):
            return None
        with self._lock:
            self._matching += 1
            self._came[request.name] += 1
            if not self._strikes(request):
                return None
            self._befell[request.name] += 1
            return self.plan.fault

    def _strikes(self, request: Request) -> bool:
        plan, name = self.plan, request.name
        if self._matching < Random(f"{self.seed} {plan.name}").randint(*plan.first):
            return False
        if plan.in_all is not None and self._befell.total() >= plan.in_all:
            return False
        if plan.each is not None and self._befell[name] >= plan.each:
            return False
        return Random(f"{self.seed} {name} {self._came[name]}").random() < plan.chance


@contextmanager
def proxy(endpoint: str, plan: FaultPlan, seed: int, kill: Callable[[], None] = _nobody) -> Iterator[Proxy]:
    """A proxy before a server, until the end of the block. `kill` is called by the plans that kill the client."""
    running = Proxy(plan=plan, seed=seed, kill=kill)
    server = Server(endpoint, SECRET_KEY, running.happen)
    running.endpoint = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield running
    finally:
        server.shutdown()
        thread.join()
        server.hang_up()
        server.server_close()
    if server.errors:
        raise server.errors[0]
