"""Publishing into a folder that some web server shows. Content types and compression are that server's part.

Every file is written beside its place and then moved there, so that nobody is served half a file.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock

from placecast import files
from placecast.errors import StorageError
from placecast.model import FolderTarget, Progress, no_progress
from placecast.plan import Stored, Upload, stored
from placecast.storage import fetched
from placecast.storage.objects import GUARDED, LARGEST, Content, Expected, Guard, RefusedError, too_large

_HALF = ".placecast-half"
_BLOCK = 1 << 20
_LOCK = ".placecast/lock"

_FACTS = "placecast.toml"
_OF_THE_SHOW = frozenset({"episodes", "transcripts", "feed", ".placecast"})

_TRIED_AGAIN = "Then run the command again: it goes on where it stopped."
_FULL = "there is no room left in the folder.", f"Free some space or raise the quota. {_TRIED_AGAIN}"
_FORBIDDEN = (
    "this account may not write there.",
    f"Give it the right to write, or choose another folder. {_TRIED_AGAIN}",
)
_FAULTS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _FULL,
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EROFS: _FORBIDDEN,
}


class FolderStorage:
    """The public tree under one folder, which is made when it is missing."""

    workers = 1
    lists_freely = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self.name = FolderTarget(folder=folder).name
        self._refuse_unfit()

    def guard(self, known: Guard | None = None) -> Guard:
        return known or GUARDED

    def read(self, key: str) -> Content | None:
        path = self._path(key)
        with _explained(self.name):
            try:
                with path.open("rb") as file:  # one file, also when another publisher replaces it meanwhile
                    body = file.read(LARGEST + 1)
                    if len(body) > LARGEST:
                        raise too_large(self.name, key)
                    return Content(mark=_mark(os.fstat(file.fileno())), body=body)
            except FileNotFoundError:
                return None

    def facts(self, key: str) -> Stored | None:
        path = self._path(key)
        with _explained(self.name):
            if not path.is_file():
                return None
            found = path.stat()
            return Stored(key=key, size=found.st_size, mark=_mark(found), sha256=files.sha256_of(path))

    def listed(self, prefix: str = "") -> Iterator[Stored]:
        with _explained(self.name):
            yield from (there for there in self._all() if there.key.startswith(prefix))

    def put(self, upload: Upload, progress: Progress = no_progress, expected: Expected | None = None) -> Stored:
        path = self._path(upload.key)
        with upload.open() as source, _explained(self.name), self._alone():
            if expected and self._mark_of(path) != expected.mark:
                raise RefusedError(upload.key)
            found = _replace(path, _blocks(source, upload.size, progress))
        progress(1.0)
        return stored(upload, size=found.st_size, mark=_mark(found))

    def delete(self, keys: Sequence[str]) -> None:
        with _explained(self.name):
            for path in map(self._path, keys):
                path.unlink(missing_ok=True)
                _remove_empty(path.parent, self._folder)

    def fetch(self, key: str, to: Path) -> None:
        path = self._path(key)
        if not path.is_file():
            raise fetched.absent(self.name, key)
        fetched.save(fetched.counted(fetched.read(path), path.stat().st_size, self.name, key), to)

    def tidy(self, keep: Container[str], before: datetime) -> int:  # noqa: ARG002 - the seam's
        return 0  # a half file is overwritten by the next run, or goes with its key

    def _path(self, key: str) -> Path:
        """Where a key lies. A link that leads out of the folder is not followed."""
        path = self._folder / key
        if not path.resolve().is_relative_to(self._folder):
            raise StorageError(
                self.name,
                f"{key} lies behind a link that leads out of this folder.",
                "Take the link away, or publish into the folder that it leads to.",
            )
        return path

    def _alone(self) -> FileLock:
        """No other publisher into this folder looks and writes at the same time."""
        lock = self._folder / _LOCK
        lock.parent.mkdir(parents=True, exist_ok=True)
        return FileLock(lock)

    def _mark_of(self, path: Path) -> str | None:
        return _mark(path.stat()) if path.is_file() else None

    def _all(self) -> Iterator[Stored]:
        for folder, _, names in os.walk(self._folder):
            for name in names:
                path = Path(folder, name)
                if not name.endswith(_HALF) and path.is_file():
                    found = path.stat()
                    yield Stored(key=path.relative_to(self._folder).as_posix(), size=found.st_size, mark=_mark(found))

    def _refuse_unfit(self) -> None:
        if self._folder.exists() and not self._folder.is_dir():
            raise StorageError(self.name, "this is a file.", "Name a folder, or one that is still to be made.")
        if _belongs_to_a_show(self._folder):
            raise StorageError(
                self.name,
                "a show's own files are kept there, and publishing could overwrite them.",
                "Choose a folder of its own, such as `public`, or one outside the show.",
            )


def _belongs_to_a_show(folder: Path) -> bool:
    if (folder / _FACTS).exists():
        return True
    return any(
        (parent / _FACTS).exists() and folder.relative_to(parent).parts[0] in _OF_THE_SHOW for parent in folder.parents
    )


def _mark(found: os.stat_result) -> str:
    # A clock may stand still between two writes; the file on the disk is another one after each.
    return f"{found.st_mtime_ns}-{found.st_ino}"


def _blocks(source: BinaryIO, size: int, progress: Progress) -> Iterator[bytes]:
    done = 0
    while block := source.read(_BLOCK):
        yield block
        done += len(block)
        progress(min(done / max(size, 1), 1.0))


def _replace(path: Path, blocks: Iterable[bytes]) -> os.stat_result:
    # Not `files.replacing`: the half file always has the same name, so that one which a killed run has left where
    # everybody can see it is overwritten by the next; and it is on the disk before the feed can name it.
    half = path.with_name(f".{path.name}{_HALF}")
    path.parent.mkdir(parents=True, exist_ok=True)
    half.unlink(missing_ok=True)  # whoever else may write here may have put a link there, to be written through
    try:
        with open(half, "xb", opener=_ours) as file:
            file.writelines(blocks)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    except BaseException:  # whatever it was, Ctrl-C included, half a file must not stay behind
        half.unlink(missing_ok=True)
        raise
    return path.stat()


def _ours(path: str, flags: int) -> int:
    """As the account's umask has it, but for everybody's right to write."""
    return os.open(path, flags, 0o664)


def _remove_empty(folder: Path, root: Path) -> None:
    while folder != root and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


@contextmanager
def _explained(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        unknown = f"the system says: {error.strerror}.", f"Check the disk and the folder. {_TRIED_AGAIN}"
        what, cure = _FAULTS.get(error.errno or 0, unknown)
        raise StorageError(name, what, cure) from error
