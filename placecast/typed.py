"""Whether facts that came from a file are of the kinds that their dataclass says, which Python itself never asks."""

from __future__ import annotations

from dataclasses import is_dataclass
from functools import cache
from math import isfinite
from typing import Any, TypeVar, get_type_hints

Facts = TypeVar("Facts")

_SIMPLE = (str, int, float, bool)


def checked(facts: Facts) -> Facts:
    """The same facts, those within them looked at as well; ValueError for the first that is of another kind."""
    owner: Any = type(facts)
    for name, kind in _kinds(owner):
        value = getattr(facts, name)
        if kind in _SIMPLE and not _fits(value, kind):
            raise ValueError(f"{name} is {value!r:.40}")
        for inner in value if isinstance(value, tuple) else (value,):
            if is_dataclass(inner):
                checked(inner)
    return facts


@cache
def _kinds(of: Any) -> tuple[tuple[str, Any], ...]:
    return tuple(get_type_hints(of).items())


def _fits(value: object, kind: Any) -> bool:
    if isinstance(value, bool) or kind is not float:  # to Python, true is a number
        return type(value) is kind
    return isinstance(value, int | float) and isfinite(value)  # JSON's reader in Python takes NaN, which is none
