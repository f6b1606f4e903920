"""Packages for tests, as pip installs them, whose code must never run."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZipFile

HOSTILE = "raise RuntimeError('package code was run')\n"


def wheel(folder: Path, package: str, version: str, files: Mapping[str, bytes]) -> Path:
    """A wheel with these files in it."""
    name = package.replace("-", "_")
    info = f"{name}-{version}.dist-info"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with ZipFile(path, "w") as archive:
        archive.writestr(f"{name}/__init__.py", HOSTILE)
        for file, content in files.items():
            archive.writestr(file, content)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


def source_archive(folder: Path, package: str, version: str, ran: Path) -> Path:
    """A source package, whose setup.py leaves the file `ran` when it is run."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{package}-{version}.tar.gz"
    content = f"import pathlib; pathlib.Path({str(ran)!r}).touch()\n".encode()
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo(f"{package}-{version}/setup.py")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return path
