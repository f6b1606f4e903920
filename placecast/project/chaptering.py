"""The chapters of an episode: of episode.md's tables, a file beside it, or its notes; and written into its tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from placecast import chapters
from placecast.addresses import is_web
from placecast.errors import FactsError, Fault
from placecast.model import Chapter, Image, Names, Place
from placecast.project import front_matter, naming, pictures
from placecast.project.front_matter import quoted
from placecast.project.schema import ChapterFacts, EpisodeFacts
from placecast.timecode import clock, exact_clock

SIDECARS = ("chapters.json", "chapters.psc", "chapters.xml", "chapters.txt")
"""What another program's list of chapters may be called, in the episode's folder. What is in it says what it is."""

_CURE = "Take the chapters out of the file by hand, then run the command again."
_TABLE = re.compile(r"\s*\[\[\s*[\"']?chapters[\"']?\s*\]\]")
_INSIDE = re.compile(r"\s*\[\[?\s*[\"']?chapters[\"']?\s*\.")
_OTHER = re.compile(r"\s*\[")


def read(
    facts: EpisodeFacts, notes: str, folder: Path, file: str, names: Names, also: Sequence[Place]
) -> tuple[Chapter, ...]:
    """The chapters of the tables; else those of a file beside episode.md; else those that the show notes list.

    FactsError with all that is wrong.
    """
    if not facts.chapters:
        return from_sidecar(folder, file) or from_notes(notes)
    faults = list(_faults(facts.chapters, file))
    made = []
    for number, each in enumerate(facts.chapters, 1):
        try:
            made.append(_chapter(each, folder, f"{file}: chapters[{number}]", names, also))
        except FactsError as error:
            faults += error.faults
    if faults:
        raise FactsError(faults)
    return tuple(made)


def from_sidecar(folder: Path, file: str) -> tuple[Chapter, ...]:
    """The chapters of the first file of `SIDECARS` that lies in the episode's folder."""
    for name in SIDECARS:
        try:
            content = (folder / name).read_bytes()
        except FileNotFoundError:
            continue
        return chapters.usable(chapters.parse(_decoded(content, shown := f"{file.rpartition('/')[0]}/{name}"), shown))
    return ()


def _decoded(content: bytes, shown: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what, cure = f"is not UTF-8 text (at byte {error.start}).", "Export it again with the encoding UTF-8."
        raise FactsError([Fault(file=shown, what=what, cure=cure)]) from error


def from_notes(notes: str) -> tuple[Chapter, ...]:
    """The chapters that show notes list, in the words that a reader sees of the Markdown."""
    if not chapters.may_list(notes):
        return ()
    from placecast.pages.notes import notes_text  # a parser of Markdown, which few episodes need

    return chapters.from_notes(notes_text(notes))


def tables(made: Sequence[Chapter]) -> list[str]:
    """The lines of episode.md that say these chapters: a table for each, with empty lines between them."""
    blocks = ["\n".join(["[[chapters]]", *_lines(chapter)]) for chapter in made]
    return "\n\n".join(blocks).split("\n") if blocks else []


def with_tables(text: str, file: str, made: Sequence[Chapter]) -> str:
    """This episode.md with tables of these chapters in place of those that it has, and nothing else changed.

    FactsError when that cannot be done safely: a file that people wrote may have chapters in other forms.
    """
    before, _ = front_matter.read(text, file)
    breaks = "\r\n" if "\r\n" in text else "\n"
    lines = text.replace("\r\n", "\n").split("\n")
    first, last, *_ = [number for number, line in enumerate(lines) if line.strip() == front_matter.FENCE]
    facts = lines[first + 1 : last]
    kept, place = _without_tables(facts)
    added = ["", *tables(made), ""] if made else []
    new = breaks.join([*lines[: first + 1], *kept[:place], *added, *kept[place:], *lines[last:]])
    if not _only_chapters_differ(before, new, file, len(made)):
        raise FactsError([Fault(file=file, key="chapters", what="are written in an unusual way.", cure=_CURE)])
    return new


def _only_chapters_differ(before: dict[str, Any], new: str, file: str, count: int) -> bool:
    try:
        after, _ = front_matter.read(new, file)
    except FactsError:
        return False
    same = before | {"chapters": None} == after | {"chapters": None}
    return same and len(after.get("chapters", ())) == count


def _without_tables(facts: Sequence[str]) -> tuple[list[str], int]:
    """The lines without the tables of chapters, and where new ones go: where those were, or below all facts."""
    kept: list[str] = []
    after: list[str] = []  # comments below a table's last line: they belong to what follows
    place, inside = None, False
    for line in facts:
        if _TABLE.match(line):
            place, inside, after = len(kept) if place is None else place, True, []
        elif inside and (not line.strip() or line.lstrip().startswith("#")):
            after.append(line)
        elif inside and (_INSIDE.match(line) or not _OTHER.match(line)):
            after = []
        else:
            kept += [*after, line]
            inside, after = False, []
    kept += after
    if place is None:
        place = next((n + 1 for n in reversed(range(len(kept))) if kept[n].strip() and kept[n].lstrip()[0] != "#"), 0)
    return _tight(kept, place)


def _tight(kept: list[str], place: int) -> tuple[list[str], int]:
    """Without the empty lines that stood around the tables."""
    while place and not kept[place - 1].strip():
        del kept[place - 1]
        place -= 1
    while place < len(kept) and not kept[place].strip():
        del kept[place]
    return kept, place


def _lines(chapter: Chapter) -> Iterator[str]:
    yield f'start = "{exact_clock(chapter.seconds)}"'
    if chapter.title:
        yield f"title = {quoted(chapter.title)}"
    if chapter.url:
        yield f"url = {quoted(chapter.url)}"
    if chapter.image:
        yield f"image = {quoted(chapter.image if isinstance(chapter.image, str) else chapter.image.source.name)}"
    if chapter.end is not None:
        yield f'end = "{exact_clock(chapter.end)}"'
    if chapter.place:
        facts = {"name": chapter.place.name, "geo": chapter.place.geo, "osm": chapter.place.osm}
        yield f"location = {{ {', '.join(f'{key} = {quoted(value)}' for key, value in facts.items() if value)} }}"
    if chapter.hidden:
        yield "hidden = true"


def _chapter(facts: ChapterFacts, folder: Path, where: str, names: Names, also: Sequence[Place]) -> Chapter:
    place = naming.place(facts.location, names, also) if facts.location else None
    if place and not place.geo:
        file, _, key = where.partition(": ")
        what = f"nothing says where {place.name!r} is."
        cure = ChapterFacts.model_fields["location"].description or ""
        raise FactsError([Fault(file=file, key=f"{key}.location", what=what, cure=cure)])
    return Chapter(
        seconds=facts.start,
        title=facts.title,
        url=facts.url,
        image=_image(facts.image, folder, f"{where}.image"),
        end=facts.end,
        place=place,
        hidden=facts.hidden,
    )


def _image(image: str | None, folder: Path, where: str) -> Image | str | None:
    if image is None or is_web(image):
        return image
    return pictures.read(folder / image, where, f"{folder.name}-chapter")


def _faults(facts: Sequence[ChapterFacts], file: str) -> Iterator[Fault]:
    cure = "Put the chapters in the order of their start, each with a start of its own."
    if any(later.start <= earlier.start for earlier, later in pairwise(facts)):
        yield Fault(file=file, key="chapters", what="do not start one after another.", cure=cure)
    listed = sum(not each.hidden for each in facts)
    if listed > chapters.MOST:
        what = f"are {listed}, but a file can list only {chapters.MOST}."
        yield Fault(file=file, key="chapters", what=what, cure="Join some of the chapters, or hide some.")
    for number, each in enumerate(facts, 1):
        if not (each.title or each.hidden):
            cure = ChapterFacts.model_fields["title"].description or ""
            yield Fault(file=file, key=f"chapters[{number}].title", what="is missing.", cure=cure)
        if each.end is not None and each.end <= each.start:
            what = f"is {clock(each.end)}, before its start."
            cure = ChapterFacts.model_fields["end"].description or ""
            yield Fault(file=file, key=f"chapters[{number}].end", what=what, cure=cure)
