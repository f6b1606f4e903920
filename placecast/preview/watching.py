"""Which files of a show have changed, told as soon as they have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event

from watchfiles import Change, watch

_BUILT = "feed"
_OTHERS = {"node_modules", "__pycache__"}
_SECOND = 1000  # milliseconds: how soon the watch hears that it is to stop


def changes(root: Path, ignored: Sequence[Path], stop: Event, *, polling: bool | None = None) -> Iterator[list[Path]]:
    """The files that have changed together, until `stop` is set.

    Where the system does not tell of changes (a network drive, too many watches), they are looked for, every third of
    a second. `polling`: True to do so in any case.
    """

    def matters(_: Change, path: str) -> bool:
        return is_of_show(Path(path), root, ignored)

    try:
        for found in watch(
            root,
            watch_filter=matters,
            stop_event=stop,
            rust_timeout=_SECOND,
            force_polling=polling,
            raise_interrupt=False,
            ignore_permission_denied=True,
        ):
            yield sorted({Path(path) for _, path in found})
    except OSError:
        if polling:
            raise
        yield from changes(root, ignored, stop, polling=True)


def is_of_show(path: Path, root: Path, ignored: Sequence[Path]) -> bool:
    """Whether a show is made from a file like this: not from hidden ones, from what was built, or from backups."""
    if not path.is_relative_to(root) or any(path.is_relative_to(each) for each in ignored):
        return False
    parts = path.relative_to(root).parts
    return parts[:1] != (_BUILT,) and not any(_is_apart(part) for part in parts)


def _is_apart(part: str) -> bool:
    return part.startswith((".", "#")) or part.endswith("~") or part in _OTHERS
