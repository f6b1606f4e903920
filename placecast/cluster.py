"""Work spread over the workers of an existing dask cluster. What the work is, the caller knows.

The cluster is the user's: it is started, secured (dask's own configuration) and ended by others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

from placecast.errors import EngineError
from placecast.model import Progress

if TYPE_CHECKING:
    from distributed import Client, Future

Given = TypeVar("Given")
Result = TypeVar("Result")

Work = Callable[[Given, Progress], Result]
Told = Callable[[str, float], None]

_WORTH_TELLING = 0.01  # of an item
_PATIENCE = 15  # seconds for the scheduler to answer


def spread(
    address: str, work: Work[Given, Result], items: Mapping[str, Given], *, version: str, told: Told
) -> Iterator[tuple[str, Result | Exception]]:
    """Each item's result, or what went wrong with it, as they come: once each.

    `told` hears of each item's progress by its name, from another thread.

    Work whose worker died is done again by others, as often as dask's `allowed-failures` says, and at last alone, with
    nothing else on the cluster that could be at fault. EngineError when there is no
    cluster at this address, or when a worker has another version of placecast than `version`.
    """
    with _connected(address) as client:
        _check_workers(client, address, version)
        topic = f"placecast-{uuid4().hex}"
        client.subscribe_topic(topic, lambda event: told(*event[1]))
        yield from _gathered(client, address, partial(_told_on, work, topic), items)


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    try:
        from distributed import Client
    except ImportError as exc:
        cure = 'Install it: pip install "placecast[cluster]"'
        raise EngineError("dask.distributed", "the package for clusters is not installed.", cure) from exc
    try:
        client = Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as exc:
        cure = "Give the address as the scheduler prints it when it starts, such as tcp://10.0.0.5:8786."
        raise EngineError(address, f"no dask scheduler answers here ({type(exc).__name__}).", cure) from exc
    with client:
        yield client


def _check_workers(client: Client, address: str, version: str) -> None:
    """Find out before anything is sent whether every worker can do the work."""

    def theirs() -> str | None:
        # A function inside a function travels whole: it runs also where placecast is not installed.
        try:
            from placecast import __version__
        except ImportError:
            return None
        return __version__

    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError as exc:
        cure = f"Start some with: dask worker {address}"
        raise EngineError(address, "the cluster has no workers.", cure) from exc
    found: Mapping[str, str | None] = client.run(theirs)
    for worker, installed in sorted(found.items()):
        if installed != version:
            has = f"placecast {installed}" if installed else "no placecast"
            cure = f'Install the same on every worker: pip install "placecast[whisper,cluster]=={version}"'
            raise EngineError(worker, f"this worker has {has}, and this machine has {version}.", cure)


def _told_on(work: Work[Given, Result], topic: str, name: str, item: Given) -> Result:
    """On the worker: do the work, and let the scheduler pass on how far it has come."""
    from distributed import get_worker

    worker, latest = get_worker(), [0.0]

    def progress(share: float) -> None:
        if abs(share - latest[-1]) >= _WORTH_TELLING:
            latest.append(share)
            worker.log_event(topic, (name, share))

    return work(item, progress)


def _gathered(
    client: Client, address: str, work: Callable[[str, Given], Result], items: Mapping[str, Given]
) -> Iterator[tuple[str, Result | Exception]]:
    from distributed import as_completed

    waiting = {_submitted(client, work, name, item): name for name, item in items.items()}
    killed = []
    for future in as_completed(list(waiting), loop=client.loop):
        name, outcome = waiting.pop(future), _outcome(future, address)
        if isinstance(outcome, _KilledError):
            killed.append(name)
        else:
            yield name, outcome
    # dask holds a worker's death against all that lay there: who did not cause it succeeds when it is tried alone.
    for name in killed:
        yield name, _outcome(_submitted(client, work, name, items[name]), address)


def _submitted(client: Client, work: Callable[[str, Given], Result], name: str, item: Given) -> Future[Result]:
    return client.submit(work, name, item, key=f"{name}-{uuid4().hex[:8]}", pure=False)


class _KilledError(EngineError):
    """Workers died over it."""


def _outcome(future: Future[Result], address: str) -> Result | Exception:
    from distributed import CancelledError, KilledWorker

    try:
        result: Result = future.result()
        return result
    except KilledWorker:
        what = "every worker that took it on died, by want of memory perhaps."
        return _KilledError(address, what, "Look into the workers' logs. Give them more memory, or a smaller model.")
    except CancelledError:
        what = "the cluster gave it up: its scheduler ended, or somebody cancelled it."
        return EngineError(address, what, "Run the command again when the cluster is there.")
    except Exception as error:  # noqa: BLE001  (whatever failed there is this item's failure, and not that of the others)
        return error
