"""The producer's editor: which it is, and whose Ctrl-C is meant while it is open."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from placecast.errors import EngineError


def is_named() -> bool:
    """Whether the producer has said which editor to use."""
    return bool(os.environ.get("VISUAL") or os.environ.get("EDITOR"))


def edit_file(path: Path) -> None:
    """Open a file, and wait until the producer is done with it."""
    if sys.platform in ("darwin", "win32") and not is_named():
        # Where people edit in windows, vi would be a trap. Such a program does not say when it is done.
        click.launch(str(path))
        click.pause("Press a key when you have saved it.", err=True)
        return
    with keeps_ctrl_c():
        click.edit(filename=str(path))


@contextmanager
def keeps_ctrl_c() -> Iterator[None]:
    """While an editor is open, Ctrl-C is for it: it would be left behind on a terminal that the shell reads again."""
    pressed: list[int] = []
    # Caught, not ignored: what is ignored is ignored by the programs that are started, too.
    before = signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    try:
        yield
    except click.ClickException as error:
        if pressed:  # and the editor has ended of it
            raise KeyboardInterrupt from error
        cure = "Name one that is here, and run the command again: export EDITOR=nano"
        raise EngineError("the editor", f"did not do its work: {error.format_message().rstrip('!')}.", cure) from error
    finally:
        signal.signal(signal.SIGINT, before)
