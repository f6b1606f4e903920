"""The search index of a show, made anew only as far as its episodes' words have changed.

What is looked up of an episode is kept in the cache, of every few episodes together as well, and so is what is said of
a segment: an index of a long archive is joined, not made. A clone that does not know all episodes of the feed leaves
the published index as it is.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from placecast import archive, looks, search
from placecast import files as writing
from placecast.archive import Archive, Group
from placecast.fingerprint import sha256
from placecast.garbage import uncollected
from placecast.model import AsItLies, Episode, Publication, Release, Said, Show, Text, Tree
from placecast.project import Project
from placecast.search import Heard, Run, Segment

_TOGETHER = 8  # batches


@dataclass(frozen=True, kw_only=True)
class _Batch:
    """Episodes in a row that are joined before they are joined with others.

    `number` counts those of a kind from the oldest. `parts`: smaller batches that it is joined from.
    """

    project: Project
    show: Show
    number: int
    episodes: Sequence[tuple[Episode, Said]]
    parts: Sequence[_Batch] = ()


def files(project: Project, published: Publication, lying: Archive | None) -> Tree:
    """The files of the index; none where the feed has episodes that this clone does not know."""
    oldest_first = published.releases[::-1]
    if published.others:
        return {}
    first = search.divided(len(oldest_first))
    batches = _batches(project, published.show, oldest_first)
    old = first // search.STEP
    tree: dict[str, bytes | AsItLies] = {}
    segments = []
    for name, part in (("old", batches[:old]), ("new", batches[old:])):
        told, made = _segment(project, f"search-{name}", part, lying)
        segments.append(told)
        tree |= made
    years = (release.published.astimezone(published.show.zone).year for release in oldest_first)
    places = [[place.name for place in release.episode.places] for release in oldest_first]
    return tree | search.table(segments, published.show.language, years, places)


def _batches(project: Project, show: Show, releases: Sequence[Release]) -> list[_Batch]:
    heard = [(each.episode, each.said) for each in releases]
    return [
        _Batch(project=project, show=show, number=at // search.STEP, episodes=heard[at : at + search.STEP])
        for at in range(0, len(heard), search.STEP)
    ]


def _segment(project: Project, name: str, batches: Sequence[_Batch], lying: Archive | None) -> tuple[Segment, Tree]:
    """What is known of a segment, and its files. Both come from the same words, so one name stands for them."""
    episodes = [each for batch in batches for each in batch.episodes]
    key, path = _key(episodes), _folder(project) / f"{name}.json"
    kept = _read(path, key)
    made: list[Segment] = []

    def make() -> Mapping[str, bytes]:
        with uncollected():
            told, shards = search.segment([episode.slug for episode, _ in episodes], _joined(project, batches))
        _keep(path, key, vars(told))
        made.append(told)
        return shards

    tree = lying.files([Group(name=name, key=key, make=make)]) if lying else make()
    if not (made or kept):
        make()
    return (made[0] if made else Segment(**kept)), tree


def _joined(project: Project, batches: Sequence[_Batch]) -> Iterator[Heard]:
    groups = _grouped(batches)
    needed = (batch for group in groups if not _is_kept(*_kept_at(group)) for batch in group.parts or [group])
    lacking = [batch for batch in needed if not _is_kept(*_kept_at(batch))]
    for _ in project.helpers.shared(_join, lacking):
        pass
    return map(_together, groups)


def _grouped(batches: Sequence[_Batch]) -> Sequence[_Batch]:
    """Batches of batches where there are many: with one changed episode, most need not be joined again."""
    if len(batches) <= _TOGETHER:
        return batches
    parts = [batches[at : at + _TOGETHER] for at in range(0, len(batches), _TOGETHER)]
    return [
        replace(some[0], number=number, episodes=[each for part in some for each in part.episodes], parts=some)
        for number, some in enumerate(parts)
    ]


def _join(batch: _Batch) -> None:
    _together(batch)  # who asked finds it in the cache: that takes less than sending it


def _together(batch: _Batch) -> Heard:
    """What is looked up of a batch: as it was joined before, or joined now."""
    path, key = _kept_at(batch)
    if kept := _read(path, key):
        return _heard(kept)
    found = search.joined(map(_together, batch.parts) if batch.parts else _each(batch))
    _keep(path, key, _told(found))
    return found


def _each(batch: _Batch) -> Iterator[Heard]:
    for episode, said in batch.episodes:
        yield of(batch.project, episode, said, archive.reader(batch.project, batch.show, episode))


def of(project: Project, episode: Episode, said: Said, read: Callable[[], Text]) -> Heard:
    """What is looked up of an episode: as it was found before, or read now."""
    path, key = _folder(project) / "said" / f"{episode.slug}.json", _key([(episode, said)])
    if kept := _read(path, key):
        return _heard(kept)
    found = search.heard(read().transcript)
    _keep(path, key, _told(found))
    return found


def _kept_at(batch: _Batch) -> tuple[Path, str]:
    kind = "groups" if batch.parts else "batches"
    return _folder(batch.project) / kind / f"{batch.number}.json", _key(batch.episodes)


def _key(episodes: Sequence[tuple[Episode, Said]]) -> str:
    """A name for all that what is heard of these episodes comes from."""
    about = [(episode.slug, said.sha256, said.language) for episode, said in episodes]
    return sha256(repr((looks.program(), about)).encode())


def _told(heard: Heard) -> dict[str, Any]:
    """As JSON keeps it: column by column, which is read in a tenth of the time of term by term."""
    columns = {"single": _columns(heard.single), "double": _columns(heard.double)}
    return vars(heard) | columns | {"words": [*heard.words], "counts": [*heard.words.values()]}


def _heard(kept: Mapping[str, Any]) -> Heard:
    return Heard(
        passages=kept["passages"],
        single=_runs(*kept["single"]),
        double=_runs(*kept["double"]),
        words=dict(zip(kept["words"], kept["counts"], strict=True)),
        speakers=kept["speakers"],
    )


def _columns(runs: Mapping[str, Run]) -> tuple[list[str], list[int], list[int], list[int], str]:
    places = [run.places for run in runs.values()]
    first, last = [run.first for run in runs.values()], [run.last for run in runs.values()]
    return [*runs], first, last, [*map(len, places)], b64encode(b"".join(places)).decode()


def _runs(
    terms: Sequence[str], first: Sequence[int], last: Sequence[int], sizes: Sequence[int], text: str
) -> dict[str, Run]:
    content, ends = b64decode(text), pairwise(accumulate(sizes, initial=0))
    return dict(zip(terms, map(Run, first, last, [content[start:end] for start, end in ends]), strict=True))


def _folder(project: Project) -> Path:
    return project.cache / "search"


def _is_kept(path: Path, key: str) -> bool:
    """Whether something is kept under this key, as far as its first line tells."""
    try:
        with path.open("rb") as lines:
            return lines.readline(len(key) + 1) == f"{key}\n".encode()
    except OSError:
        return False


def _read(path: Path, key: str) -> dict[str, Any]:
    """What was kept under this key; nothing when it is missing, damaged, or about something else."""
    if not _is_kept(path, key):
        return {}
    try:
        found = json.loads(path.read_bytes().partition(b"\n")[2])
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _keep(path: Path, key: str, value: Mapping[str, Any]) -> None:
    """The key, a line of its own, then the value as JSON."""
    writing.write(path, f"{key}\n{json.dumps(value, ensure_ascii=False)}".encode())
