"""How a run speaks, whatever it says: what was asked for before or after the command's name, or by the environment."""

from __future__ import annotations

import os
import traceback
from dataclasses import dataclass, field
from pathlib import Path

import click


def _colour() -> bool | None:
    # https://no-color.org: any value that is not empty. None: where the output is a terminal.
    return False if os.environ.get("NO_COLOR") else None


@dataclass(kw_only=True)
class Manner:
    """`verbose`: with what only a report of a fault needs. `colour`: None where the output decides."""

    verbose: bool = False
    colour: bool | None = field(default_factory=_colour)


def verbose() -> bool:
    """Whether the command that runs now was asked to say more."""
    context = click.get_current_context(silent=True)
    manner = context.find_object(Manner) if context else None
    return manner is not None and manner.verbose


def account(error: BaseException) -> str:
    """All that Python knows of an error, for those who look for its cause."""
    return "".join(traceback.format_exception(error)).rstrip()


def place_of(error: BaseException) -> str:
    """Where in the program it went wrong: `rss/items.py, line 30`."""
    steps = traceback.extract_tb(error.__traceback__)
    return f"{'/'.join(Path(steps[-1].filename).parts[-2:])}, line {steps[-1].lineno}" if steps else "an unknown place"
