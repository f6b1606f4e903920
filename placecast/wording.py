"""Lists of names, for messages."""

from __future__ import annotations

from collections.abc import Sequence


def few(names: Sequence[str], limit: int = 4) -> str:
    """The first of many names, and how many more there are: `a, b, c, d and 14 more`."""
    rest = len(names) - limit
    return ", ".join(names[:limit]) + (f" and {rest} more" if rest > 0 else "")
