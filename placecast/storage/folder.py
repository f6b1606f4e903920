"""Publishing into a folder that some web server shows. Content types and compression are that server's part.

Every file is written beside its place and then moved there, so that nobody is served half a file.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from placecast.errors import StorageError
from placecast.model import Progress
from placecast.plan import Stored, Upload, stored
from placecast.storage import fetched, manifest

_HALF = ".placecast-half"
_BLOCK = 1 << 20

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
    """The public tree under one folder, which is made when it is missing. Nothing is ever deleted from it.

    An object counts as ours while its size and modification time are those that we left.
    """

    workers = 1

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self.name = f"the folder {folder}"
        self._refuse_unfit()

    def look(self) -> Mapping[str, Stored]:
        path = self._folder / manifest.KEY
        with _explained(self.name):
            remembered = manifest.load(path.read_bytes()) if path.is_file() else {}
            return manifest.recall(self._listed(), remembered)

    def put(self, upload: Upload, progress: Progress) -> Stored:
        path = self._folder / upload.key
        with upload.source.open("rb") as source, _explained(self.name):
            found = _replace(path, _blocks(source, upload.size, progress))
        progress(1.0)
        return stored(upload, size=found.st_size, mark=_mark(found))

    def fetch(self, key: str, to: Path) -> None:
        path = self._folder / key
        if not path.is_file():
            raise fetched.absent(self.name, key)
        fetched.save(fetched.counted(fetched.read(path), path.stat().st_size, self.name, key), to)

    def record(self, objects: Mapping[str, Stored]) -> None:
        with _explained(self.name):
            _replace(self._folder / manifest.KEY, [manifest.dump(objects)])

    def _listed(self) -> Iterator[Stored]:
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
    return str(found.st_mtime_ns)


def _blocks(source: BinaryIO, size: int, progress: Progress) -> Iterator[bytes]:
    done = 0
    while block := source.read(_BLOCK):
        yield block
        done += len(block)
        progress(min(done / size, 1.0))


def _replace(path: Path, blocks: Iterable[bytes]) -> os.stat_result:
    # Not `files.replacing`: the half file always has the same name, so that one which a killed run has left where
    # everybody can see it is overwritten by the next; and it is on the disk before the feed can name it.
    half = path.with_name(f".{path.name}{_HALF}")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with half.open("wb") as file:
            file.writelines(blocks)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    except BaseException:  # whatever it was, Ctrl-C included, half a file must not stay behind
        half.unlink(missing_ok=True)
        raise
    return path.stat()


@contextmanager
def _explained(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        unknown = f"the system says: {error.strerror}.", f"Check the disk and the folder. {_TRIED_AGAIN}"
        what, cure = _FAULTS.get(error.errno or 0, unknown)
        raise StorageError(name, what, cure) from error
