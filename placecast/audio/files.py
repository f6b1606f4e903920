"""Files that are complete or not there: written under another name in the same folder, then renamed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from placecast.errors import AudioError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A name to write under; it becomes `path` at the end, and nothing stays if the writing fails."""
    with scratch(path, "partial") as partial:
        yield partial
        partial.replace(path)


@contextmanager
def scratch(path: Path, kind: str) -> Iterator[Path]:
    """A file beside `path` that is gone afterwards, whatever happens."""
    file = path.with_name(f".{path.name}.{kind}")
    try:
        yield file
    finally:
        if file.parent.is_dir():  # in a folder that is really a file, even removing fails
            file.unlink(missing_ok=True)


@contextmanager
def writing(*paths: Path) -> Iterator[None]:
    """Turn a failure to write these files into a sentence that names the folder."""
    try:
        yield
    except OSError as exc:
        folders = dict.fromkeys(str(path.parent) for path in paths)
        raise AudioError(
            " or ".join(folders),
            f"nothing could be written there: {exc.strerror or exc}.",
            "Check that the folder exists, that you may write in it and that the disk has room:"
            " an hour of sound needs up to 2 GB while it is worked on.",
        ) from exc
