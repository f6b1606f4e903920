"""New episodes, and plain covers: what a producer would otherwise make by hand.

Guids are minted here, once; they are never derived again.
"""

from __future__ import annotations

import os
import re
import shutil
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image as Picture
from PIL import ImageDraw, ImageFont
from slugify import slugify

from placecast import files
from placecast.model import Chapter, Episode
from placecast.project import EPISODE_FILE, Project, front_matter
from placecast.project.chaptering import tables
from placecast.project.facts import DEVICES
from placecast.project.front_matter import quoted

_SLUG_LENGTH = 60
_COVER_PIXELS = 1600
_COVER_INK, _COVER_PAPER = "#10312f", "#f4efe4"


@dataclass(frozen=True, kw_only=True)
class NewEpisode:
    """What is known of an episode when it is begun: from the recording's own tags, its name, and the producer."""

    title: str
    summary: str = ""
    season: int | None = None
    number: int | None = None
    chapters: tuple[Chapter, ...] = ()
    former: frozenset[str] = frozenset()  # names that other episodes had


def new_episode(project: Project, recording: Path, new: NewEpisode) -> str:
    """The slug of a new draft for this recording; its episode.md is written last."""
    slug = free_slug(project, new.title, new.former)
    folder = project.root / "episodes" / slug
    folder.mkdir(parents=True, exist_ok=True)
    before = set(folder.iterdir())
    try:
        text = episode_text(new, recording=_kept_recording(project, recording, folder))
        files.write(folder / EPISODE_FILE, text.encode())
    except OSError:
        _clear(folder, before)
        raise
    return slug


def renew_recording(episode: Episode, recording: Path) -> None:
    """Take another file for the recording of an episode that nobody has heard yet."""
    if episode.recording:
        with files.replacing(episode.recording) as temporary:
            shutil.copyfile(recording, temporary)


def take_recording(project: Project, episode: Episode, recording: Path) -> None:
    """Make this file the recording of an episode. The one before stays where it is."""
    name = _kept_recording(project, recording, episode.file.parent)
    text = episode.file.read_bytes().decode("utf-8")
    line = f"recording = {quoted(name)}"
    files.write(episode.file, front_matter.change(text, line, key="recording").encode())


def sketch(project: Project, recording: Path, new: NewEpisode) -> Episode:
    """The episode that `new_episode` would begin, written nowhere: for a dry run."""
    slug = free_slug(project, new.title, new.former)
    file = project.root / "episodes" / slug / EPISODE_FILE
    return Episode(slug=slug, file=file, title=new.title, guid="", recording=recording.resolve())


def free_slug(project: Project, title: str, former: Collection[str] = frozenset()) -> str:
    """A slug for this title that no episode has, nor had (`former`), and that is a good folder on every system."""
    base = slugify(title, max_length=_SLUG_LENGTH, word_boundary=True) or "episode"
    base = f"{base}-episode" if base in DEVICES else base
    taken = {path.parent.name for path in project.root.glob(f"episodes/*/{EPISODE_FILE}")}.union(former)
    names = (base if number == 1 else f"{base}-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def title_from(recording: Path) -> str:
    """A title from a file's name: `012_trust-in places.wav` gives `Trust in places`."""
    words = re.sub(r"[\s_\x00-\x1f\x7f-\x9f-]+", " ", recording.stem).strip()
    words = re.sub(r"^(?:\d{4} \d\d \d\d|\d+) (?=\S)", "", words)
    return words[:1].upper() + words[1:] if words else "New episode"


def episode_text(new: NewEpisode, *, recording: str) -> str:
    """An episode.md with what is known, and comments for what is not."""
    hint = "# Below the next line: the show notes, in Markdown."  # where no listener ever reads it
    return "\n".join(["+++", *_episode_lines(new, recording), "", hint, "+++", "", ""])


def _episode_lines(new: NewEpisode, recording: str) -> Iterable[str]:
    yield f"title = {quoted(new.title)}"
    yield f'guid = "{uuid.uuid4()}" # never change it: apps would download the episode again'
    yield "# published = 2026-05-01T06:00:00 # the show's own clock; `placecast publish` fills it in if it is not here"
    for key, number in (("season", new.season), ("number", new.number)):
        yield f"{key} = {number}" if number else f"# {key} = 1"
    yield f"summary = {quoted(new.summary)} # one or two sentences: apps show it in the list"
    yield f"recording = {quoted(recording)}"
    yield from ("", "# [[people]]", '# name = "Full Name"', '# role = "guest"')
    yield from ("", "# [[places]]", '# name = "Grimsby"', '# geo = "geo:53.5675,-0.0800"', '# country = "GB"')
    yield from ("", *(tables(new.chapters) or ("# [[chapters]]", '# start = "0:00"', '# title = "Welcome"')))


def _kept_recording(project: Project, recording: Path, folder: Path) -> str:
    """The recording's path as episode.md names it. One from elsewhere is copied: disks are unplugged."""
    source = recording.resolve()
    if source.is_relative_to(project.root) and _is_text(str(source)):
        return Path(os.path.relpath(source, folder)).as_posix()
    # Some programs make names so long that there is no room for ours before what they take for a suffix.
    suffix = source.suffix.lower() if re.fullmatch(r"\.\w{1,8}", source.suffix, re.ASCII) else ""
    names = (f"recording{number}{suffix}" for number in ("", *(f"-{n}" for n in range(2, 1000))))
    copy = next(folder / name for name in names if not (folder / name).exists())
    with files.replacing(copy) as temporary:
        shutil.copyfile(source, temporary)
    return copy.name


def _is_text(name: str) -> bool:
    """Whether a name can be written down in a file: on Linux, names are bytes of any kind."""
    return name == name.encode("utf-8", "replace").decode()


def _clear(folder: Path, but: set[Path]) -> None:
    """Take away what was put into this folder, and the folder if nothing is left."""
    for path in set(folder.iterdir()) - but:
        path.unlink()
    if not but:
        folder.rmdir()


def draw_cover(path: Path, title: str) -> None:
    """A plain cover with the show's title, until there is a better one."""
    picture = Picture.new("RGB", (_COVER_PIXELS, _COVER_PIXELS), _COVER_INK)
    draw = ImageDraw.Draw(picture)
    lines = _lines(title)
    size = min(260, int(_COVER_PIXELS * 1.5 / max(map(len, lines))), _COVER_PIXELS // (len(lines) + 1))
    draw.multiline_text(
        (_COVER_PIXELS / 2, _COVER_PIXELS / 2),
        "\n".join(lines),
        font=ImageFont.load_default(size),
        fill=_COVER_PAPER,
        anchor="mm",
        align="center",
        spacing=size // 3,
    )
    with files.replacing(path) as temporary:
        picture.save(temporary, format="PNG", optimize=True)


def _lines(title: str, width: int = 14) -> list[str]:
    lines = [""]
    for word in title.split() or ["Podcast"]:
        fits = len(lines[-1]) + len(word) < width or not lines[-1]
        lines = [*lines[:-1], f"{lines[-1]} {word}".strip()] if fits else [*lines, word]
    return lines
