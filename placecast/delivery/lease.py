"""One publisher at a time, where the storage does not guard its objects by conditions (RFC 9110, section 13.1).

A lease is an object with a word of its owner's. Nothing but patience makes it safe: whoever writes it waits, and looks
whether it is still the own word that is there. A lease whose word does not change for a minute is a dead publisher's;
that minute is counted here, so that no two clocks need agree.
"""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from placecast import plan
from placecast.errors import LockedError
from placecast.storage import Storage

KEY = ".placecast/lease.txt"
SETTLING = 2.0  # seconds, until a storage shows to everybody what was written last
DEAD = 60.0  # seconds without a sign of life
PATIENCE = 300.0  # seconds


@contextmanager
def held(
    storage: Storage, wait: Callable[[float], None] = time.sleep, clock: Callable[[], float] = time.monotonic
) -> Iterator[None]:
    """No other publisher who asks for it has the lease meanwhile. LockedError when it cannot be had in five minutes."""
    word = secrets.token_hex(16).encode()
    _take(storage, word, wait, clock)
    try:
        yield
    finally:
        if _word(storage) == word:
            storage.delete([KEY])


def _take(storage: Storage, word: bytes, wait: Callable[[float], None], clock: Callable[[], float]) -> None:
    end = clock() + PATIENCE
    while clock() < end:
        _wait_until_free(storage, end, wait, clock)
        storage.put(plan.note(KEY, word))
        wait(SETTLING)
        if _word(storage) == word:
            return
        wait(random.uniform(0.5, 2.0))  # noqa: S311 - only that two do not go on in step
    raise LockedError(
        storage.name,
        "other publishers hold it all the time, and it takes one at a time.",
        "Wait until they are done, then run the command again.",
    )


def _wait_until_free(storage: Storage, end: float, wait: Callable[[float], None], clock: Callable[[], float]) -> None:
    seen, since = _word(storage), clock()
    while seen is not None and clock() - since < DEAD and clock() < end:
        wait(1.0)
        now = _word(storage)
        if now != seen:
            seen, since = now, clock()


def _word(storage: Storage) -> bytes | None:
    found = storage.read(KEY)
    return found.body if found else None
