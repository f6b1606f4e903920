"""The search index of a show, made anew only as far as its episodes' words have changed.

What is looked up of an episode is kept in the cache, and so is what is said of a segment: an index of a long archive is
joined, not made. A clone that does not know all episodes of the feed leaves the published index as it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from placecast import files as writing
from placecast import looks, search
from placecast.archive import Archive
from placecast.fingerprint import sha256
from placecast.model import AsItLies, Publication, Release, Said, Text, Tree
from placecast.project import Project
from placecast.search import Heard, Segment


def files(project: Project, published: Publication, lying: Archive | None) -> Tree:
    """The files of the index; none where the feed has episodes that this clone does not know."""
    oldest_first = published.releases[::-1]
    if published.others:
        return {}
    first = search.divided(len(oldest_first))
    tree: dict[str, bytes | AsItLies] = {}
    segments = []
    for name, releases in (("old", oldest_first[:first]), ("new", oldest_first[first:])):
        told, made = _segment(project, f"search-{name}", releases, lying)
        segments.append(told)
        tree |= made
    years = (release.published.astimezone(published.show.zone).year for release in oldest_first)
    places = [[place.name for place in release.episode.places] for release in oldest_first]
    return tree | search.table(segments, published.show.language, years, places)


def _segment(project: Project, name: str, releases: Sequence[Release], lying: Archive | None) -> tuple[Segment, Tree]:
    """What is known of a segment, and its files. Both come from the same words, so one name stands for them."""
    about = [(each.episode.slug, each.said.sha256, each.said.language) for each in releases]
    key = sha256(repr((looks.program(), about)).encode())
    path = _folder(project) / f"{name}.json"
    kept = _read(path, key)
    made: list[Segment] = []

    def make() -> Tree:
        heard = (of(project, each.episode.slug, each.said, each.text) for each in releases)
        told, shards = search.segment([each.episode.slug for each in releases], heard)
        _keep(path, key, vars(told))
        made.append(told)
        return shards

    tree = lying.group(name, key, make) if lying else make()
    if not (made or kept):
        make()
    return (made[0] if made else Segment(**kept)), tree


def of(project: Project, slug: str, said: Said, read: Callable[[], Text]) -> Heard:
    """What is looked up of an episode: as it was found before, or read now."""
    path = _folder(project) / "said" / f"{slug}.json"
    key = sha256(repr((looks.program(), said)).encode())
    if kept := _read(path, key):
        return Heard(
            passages=kept["passages"],
            single=_bytes(kept["single"]),
            double=_bytes(kept["double"]),
            words=frozenset(kept["words"]),
            speakers=tuple(kept["speakers"]),
        )
    found = search.heard(read().transcript)
    told = {"single": _text(found.single), "double": _text(found.double), "words": sorted(found.words)}
    _keep(path, key, vars(found) | told)
    return found


def _bytes(terms: Mapping[str, str]) -> dict[str, bytes]:
    return {term: postings.encode("latin-1") for term, postings in terms.items()}


def _text(terms: Mapping[str, bytes]) -> dict[str, str]:
    return {term: postings.decode("latin-1") for term, postings in terms.items()}


def _folder(project: Project) -> Path:
    return project.cache / "search"


def _read(path: Path, key: str) -> dict[str, Any]:
    """What was kept under this key; nothing when it is missing, damaged, or about something else."""
    try:
        kept = json.loads(path.read_bytes())
        found: dict[str, Any] = kept["kept"] if kept["key"] == key else {}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
    return found


def _keep(path: Path, key: str, value: Mapping[str, Any]) -> None:
    writing.write(path, json.dumps({"key": key, "kept": value}, ensure_ascii=False).encode())
