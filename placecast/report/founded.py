"""What `init` has made, and what comes next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from placecast.report import Answer
from placecast.report.plain import plain_line

if TYPE_CHECKING:
    from placecast.founding import Founded

_WHAT = {
    "placecast.toml": "the facts of the show, each explained",
    "names.toml": "names that transcripts must spell right",
    "cover": "the cover",
    ".gitignore": "what git leaves alone",
    ".schemas/placecast.json": "what editors know of placecast.toml",
    ".schemas/names.json": "what editors know of names.toml",
    "requirements.txt": "what GitHub or GitLab installs",
    ".github/workflows/publish.yml": "publishing by GitHub, once you turn it on",
    ".gitlab-ci.yml": "publishing by GitLab, once you turn it on",
}


def founded(made: Founded, title: str, folder: Path) -> Answer:
    """A new show: its files, and the command that comes next."""
    go = f"cd {folder}, then: " if str(folder) != "." else ""
    lines = [f"Made the show {title} in {made.project.root}", *_files(made)]
    lines.append(f"Next: {go}placecast publish RECORDING")
    return Answer(lines=tuple(lines), data=_data(made))


def completed(made: Founded) -> Answer:
    """What was added to a show."""
    lines = [f"Added to the show in {made.project.root}", *_files(made)]
    nothing = not (made.written or made.told)
    return Answer(lines=("Nothing to do: nothing is missing.",) if nothing else tuple(lines), data=_data(made))


def _files(made: Founded) -> list[str]:
    width = max((len(name) for name in made.written), default=0)
    lines = [f"  {name:<{width}}  {_what(name)}".rstrip() for name in made.written]
    lines += [f"  as it was: {plain_line(name)}" for name in made.kept]
    return lines + [f"  {plain_line(text)}" for text in made.told]


def _what(name: str) -> str:
    return _WHAT.get(name, _WHAT["cover"])


def _data(made: Founded) -> dict[str, object]:
    return {
        "folder": str(made.project.root),
        "written": list(made.written),
        "kept": list(made.kept),
        "notes": list(made.told),
    }
