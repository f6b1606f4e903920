"""What an engine is told before it hears: names that are likely to be said."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def prompt(names: Sequence[str], tokens: Callable[[str], Sequence[int]], room: int) -> str:
    """The names as a sentence that may have come before, such as "Placecast. Rosa Hartley, Grimsby.".

    Whisper cuts what is too long at its beginning, where the likeliest names stand. So those at the end are left out
    until the rest has no more than `room` tokens.
    """
    sentences = (_sentence(names[:count]) for count in range(len(names), 0, -1))
    return next((text for text in sentences if len(tokens(f" {text}")) <= room), "")


def _sentence(names: Sequence[str]) -> str:
    first, *others = names
    return f"{first}. {', '.join(others)}." if others else f"{first}."
