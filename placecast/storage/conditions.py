"""Conditional writes as a storage understands them: how they are written, and how that is found out by trying."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from placecast.storage.objects import Expected, Guard, Swap

Verdict = Literal["done", "refused", "unknown"]
"""What became of a write under a condition. One that is not understood is worth nothing."""

ABSENT = {"If-None-Match": "*"}
_STALE = "0" * 32  # an ETag that no object has
_FORMS: dict[Swap, str] = {"quoted": '"{}"', "unquoted": "{}"}


def headers(guard: Guard, expected: Expected | None) -> dict[str, str]:
    """The headers of a write that is to happen only if this is there; none where the storage does not know them."""
    if expected is None:
        return {}
    if expected.mark is None:
        return ABSENT if guard.create else {}
    form = _FORMS.get(guard.swap)
    return {"If-Match": form.format(expected.mark)} if form else {}


def swap(
    write: Callable[[Mapping[str, str]], Verdict], mark: Callable[[], str]
) -> Literal["quoted", "unquoted", "none"]:
    """How an ETag must be written: so that a stale one is refused, and that of the object as it is now is not.

    `write` writes an object that is there again, under a condition; `mark` is its ETag at that moment.
    """
    for name, form in _FORMS.items():
        if write({"If-Match": form.format(_STALE)}) == "refused" and write({"If-Match": form.format(mark())}) == "done":
            return name
    return "none"
