"""A new show: the files that a producer would otherwise write by hand, each explained where it is edited.

What is there already is never written over: a file of the producer's own stays, and the rest is added. placecast.toml
comes last, so that a run which was stopped has made no show yet, and can be run again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, NamedTuple

from placecast import __version__, files
from placecast.errors import UsageError
from placecast.fingerprint import podcast_guid
from placecast.project import NAMES_FILE, Project, artwork, editor_schema
from placecast.project.front_matter import quoted
from placecast.project.scaffold import draw_cover
from placecast.root import SHOW_FILE

GITIGNORE = ".gitignore"
FOLDERS = ("episodes", "transcripts", "feed")
# What is added to a show, and the text of the package that it is made of.
_TEXTS: Mapping[str, str] = {
    NAMES_FILE: "names.toml",
    "requirements.txt": "requirements.txt",
    ".github/workflows/publish.yml": "github.yml",
    ".gitlab-ci.yml": "gitlab.yml",
}
ZONE = "Europe/London"
_OURS = ".placecast/"  # a .gitignore with this line is ours, or knows of us


@dataclass(frozen=True, kw_only=True)
class NewShow:
    """What `init` asks."""

    title: str
    description: str
    url: str  # ends with a slash
    author: str
    email: str
    category: str
    language: str = "en-GB"
    time_zone: str = ZONE
    cover: Path | None = None  # None: a plain one is drawn, if there is none
    public_body: bool = False  # the law asks it for true transcripts


@dataclass(frozen=True, kw_only=True)
class Founded:
    """What has become of a folder: the files that were written, and those that were there and stay as they are."""

    project: Project
    written: tuple[str, ...]
    kept: tuple[str, ...] = ()
    told: tuple[str, ...] = ()  # what the producer should know of it


def found(folder: Path, new: NewShow) -> Founded:
    """A new show in this folder, ready for its first episode. A show that is there is left alone."""
    require_room(folder)
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    cover = _cover(folder, new)
    added = add_missing(folder, new.time_zone)
    files.write(folder / SHOW_FILE, show_text(new, cover.name).encode())
    return replace(
        added,
        written=(SHOW_FILE, *((cover.name,) if cover.new else ()), *added.written),
        kept=(*(() if cover.new else (cover.name,)), *added.kept),
        told=(*((cover.told,) if cover.told else ()), *added.told),
    )


def require_room(folder: Path) -> None:
    """UsageError when a show is here already."""
    if (folder / SHOW_FILE).exists():
        cure = "Edit it, or choose another folder. To add what it lacks beside it: placecast init --complete"
        raise UsageError(str(folder / SHOW_FILE), "is there already.", cure)


def complete(project: Project) -> Founded:
    """What a show lacks beside its facts is added, and what editors are told of them is renewed."""
    show, _ = project.load()
    added = add_missing(project.root, show.zone.key)
    directive = editor_schema.directive(SHOW_FILE)
    if directive in (project.root / SHOW_FILE).read_text("utf-8"):
        return added
    told = f"For your editor to know the keys, make this the first line of {SHOW_FILE}: {directive}"
    return replace(added, told=(*added.told, told))


def add_missing(root: Path, time_zone: str = ZONE) -> Founded:
    """Write what a show has beside its facts and is not there yet; the producer's own files stay."""
    engine = _engine()
    values = {
        "ZONE": time_zone,
        "SCHEMA": editor_schema.directive(NAMES_FILE),
        "EXTRA": "small" if engine else "whisper",
        "VERSION": __version__,
    }
    missing = [name for name in _TEXTS if not (root / name).exists()]
    for name in missing:
        files.write(root / name, _filled(_TEXTS[name], values).encode())
    ignored = _ignore(root)
    return Founded(
        project=Project(root=root.resolve()),
        written=(*missing, *((GITIGNORE,) if ignored else ()), *editor_schema.renew(root)),
        kept=(*(name for name in _TEXTS if name not in missing), *(() if ignored else (GITIGNORE,))),
        told=(f"{GITIGNORE}: what git must leave alone was added below your own lines.",) if ignored == "added" else (),
    )


def read_cover(path: Path) -> artwork.Cover:
    """This picture as a cover; UsageError when it is none."""
    try:
        return artwork.fitted(path.read_bytes())
    except ValueError as error:
        raise UsageError(str(path), f"cannot be the cover: {error}.", "Name a JPEG or PNG file.") from error
    except OSError as error:
        raise UsageError(
            str(path), f"cannot be read: {error.strerror}.", "Look at its name, and write it whole."
        ) from error


class _Cover(NamedTuple):
    name: str
    new: bool = True
    told: str = ""


def _cover(folder: Path, new: NewShow) -> _Cover:
    """The picture that was given, or lies here, or a plain one."""
    here = (folder / name for name in ("cover.jpg", "cover.png"))
    given = new.cover or next((path for path in here if path.exists()), None)
    if given is None:
        draw_cover(folder / "cover.png", new.title)
        return _Cover("cover.png")
    picture = read_cover(given)
    if not picture.changed and given.resolve().is_relative_to(folder.resolve()):
        return _Cover(given.resolve().relative_to(folder.resolve()).as_posix(), new=False)
    names = (f"cover{number}{picture.suffix}" for number in ("", *(f"-{n}" for n in range(2, 1000))))
    name = next(each for each in names if not (folder / each).exists())
    files.write(folder / name, picture.content)
    return _Cover(name, told=f"{given.name} was made to fit ({picture.changed}): {name}" if picture.changed else "")


def _ignore(root: Path) -> Literal["new", "added", ""]:
    """Have git leave alone what is made again, and recordings. Lines of the producer's own stay above ours."""
    path = root / GITIGNORE
    before = path.read_text("utf-8") if path.exists() else ""
    if _OURS in before.splitlines():
        return ""
    files.write(path, (f"{before.rstrip()}\n\n" if before else "").encode() + _text("gitignore").encode())
    return "added" if before else "new"


def show_text(new: NewShow, cover: str) -> str:
    """The placecast.toml of a new show."""
    engine = _engine()
    texts = {
        "TITLE": new.title,
        "DESCRIPTION": new.description,
        "AUTHOR": new.author,
        "LANGUAGE": new.language,
        "CATEGORY": new.category,
        "URL": new.url,
        "GUID": podcast_guid(new.url + "feed.xml"),
        "ZONE": new.time_zone,
        "COVER": cover,
        "EMAIL": new.email,
        "REVIEW": "required" if new.public_body else "encouraged",
    }
    values = {name: quoted(text) for name, text in texts.items()} | {"SCHEMA": editor_schema.directive(SHOW_FILE)}
    return _filled(SHOW_FILE, values | {"ENGINE": f"engine = {quoted(engine)}\n" if engine else ""})


def _engine() -> str:
    """The engine that is on this machine, where it is not the usual one."""
    small = find_spec("whisper") is None and find_spec("faster_whisper") is not None
    return "faster-whisper" if small else ""


def _filled(name: str, values: Mapping[str, str]) -> str:
    """A text of the package with these values in place of its marks, in one pass: a title may look like a mark."""
    return re.sub(r"@([A-Z]+)@", lambda found: values[found[1]], _text(name))


def _text(name: str) -> str:
    return resources.files(__package__).joinpath("files", name).read_text("utf-8")
