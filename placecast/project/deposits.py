"""Which deposit stands for an episode: kept beside its episode.md, so that every clone goes on with the same one.

One in the sandbox is a rehearsal. It is kept in the cache, and its DOI leads nowhere.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from placecast import files, typed
from placecast.errors import FactsError, Fault
from placecast.model import Episode
from placecast.project import Project, front_matter

FILE = "deposit.json"


@dataclass(frozen=True, kw_only=True)
class Deposit:
    """A deposit that was asked for. `id` is None while it is not known whether it came about."""

    api: str
    id: int | None = None
    doi: str = ""
    published: bool = False
    page: str = ""


def file_of(project: Project, slug: str, *, sandbox: bool) -> Path:
    return project.cache / "deposits" / f"{slug}.json" if sandbox else project.root / "episodes" / slug / FILE


def read(project: Project, slug: str, *, sandbox: bool) -> Deposit | None:
    """The deposit of an episode, or None when none was ever asked for."""
    path = file_of(project, slug, sandbox=sandbox)
    if not path.is_file():
        return None
    try:
        return typed.checked(Deposit(**json.loads(path.read_bytes())))
    except (ValueError, TypeError) as error:
        cure = "Bring it back from git. Without it, there would be a second deposit."
        raise FactsError([Fault(file=project.shown(path), what="cannot be read.", cure=cure)]) from error


def write(project: Project, slug: str, deposit: Deposit, *, sandbox: bool) -> None:
    path = file_of(project, slug, sandbox=sandbox)
    files.write(path, (json.dumps(asdict(deposit), indent=2) + "\n").encode())


def write_doi(episode: Episode, doi: str) -> None:
    """Write into its episode.md under which DOI an episode is cited."""
    text = episode.file.read_bytes().decode("utf-8")
    changed = front_matter.change(text, f"doi = {front_matter.quoted(doi)}", key="doi")
    files.write(episode.file, changed.encode())
