"""What placecast.toml and episode.md say for apps and directories, as the project's own data."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from placecast.errors import FactsError, Fault
from placecast.model import Block, Chat, Comments, Image, Link, Note, RemoteShow, Schedule, Season
from placecast.project import pictures
from placecast.project.listing_schema import CommentsFacts, PictureFacts
from placecast.project.schema import EpisodeFacts, ShowFacts


def cover(facts: ShowFacts, root: Path, file: str) -> Image:
    """The show's cover; FactsError when apps would refuse it."""
    return pictures.read_cover(root / facts.cover, f"{file}: cover", alt=facts.cover_alt or "")


def of_show(facts: ShowFacts, root: Path, file: str) -> dict[str, Any]:
    """The fields of a `Show` that tell of it elsewhere; FactsError with all that is wrong with its pictures."""
    return {
        "images": _variants(facts.images, root, file),
        "seasons": tuple(Season(number=int(number), name=name) for number, name in facts.seasons.items()),
        "schedule": Schedule(**facts.schedule.model_dump()) if facts.schedule else None,
        "funding": tuple(Link(**each.model_dump()) for each in facts.funding),
        "podroll": tuple(RemoteShow(**each.model_dump()) for each in facts.podroll),
        "publisher": RemoteShow(**facts.publisher.model_dump()) if facts.publisher else None,
        "texts": tuple(Note(**each.model_dump()) for each in facts.texts),
        "block": Block(**facts.block.model_dump()) if facts.block else None,
        "comments": _comments(facts.comments),
        "hashtags": facts.hashtags,
        "chat": Chat(**facts.chat.model_dump()) if facts.chat else None,
    }


def of_episode(facts: EpisodeFacts, folder: Path, file: str) -> dict[str, Any]:
    """The fields of an `Episode` that tell of it elsewhere; FactsError when apps would refuse its picture."""
    return {
        "image": _own_cover(facts, folder, f"{file}: image") if facts.image else None,
        "links": tuple(Link(**each.model_dump()) for each in facts.links),
        "comments": _comments(facts.comments),
        "hashtags": facts.hashtags,
        "texts": tuple(Note(**each.model_dump()) for each in facts.texts),
    }


def _own_cover(facts: EpisodeFacts, folder: Path, where: str) -> Image:
    path = folder / (facts.image or "")
    # The show's folder is the one that holds the folder `episodes`.
    return _inside(
        path,
        folder.parent.parent,
        where,
        lambda: pictures.read_cover(path, where, f"{folder.name}-cover", facts.image_alt or ""),
    )


def _variants(told: Iterable[PictureFacts], root: Path, file: str) -> tuple[Image, ...]:
    faults: list[Fault] = []
    found = []
    for number, each in enumerate(told, 1):
        try:
            found.append(_variant(each, root, f"{file}: images[{number}].file"))
        except FactsError as error:
            faults += error.faults
    if faults:
        raise FactsError(faults)
    return tuple(found)


def _variant(facts: PictureFacts, root: Path, where: str) -> Image:
    path = root / facts.file
    return _inside(path, root, where, lambda: pictures.read_variant(path, where, facts.alt, facts.purpose))


def _inside(path: Path, root: Path, where: str, read: Callable[[], Image]) -> Image:
    if faults := pictures.outside(path, root, where):
        raise FactsError(faults)
    return read()


def _comments(told: Iterable[CommentsFacts]) -> tuple[Comments, ...]:
    return tuple(Comments(**each.model_dump()) for each in told)
