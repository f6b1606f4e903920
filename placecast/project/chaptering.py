"""The chapters of an episode.md: read from its tables or from its notes, and written into it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from placecast import chapters
from placecast.addresses import is_web
from placecast.errors import FactsError, Fault
from placecast.model import Chapter, Image, Names, Place
from placecast.project import naming, pictures
from placecast.project.front_matter import quoted
from placecast.project.schema import ChapterFacts, EpisodeFacts
from placecast.timecode import clock, exact_clock


def read(
    facts: EpisodeFacts, notes: str, folder: Path, file: str, names: Names, also: Sequence[Place]
) -> tuple[Chapter, ...]:
    """The chapters of the tables, or else those that the show notes list; FactsError with all that is wrong."""
    if not facts.chapters:
        return from_notes(notes)
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
