"""What to say when sound cannot be written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from placecast.errors import AudioError


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
