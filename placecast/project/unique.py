"""What two episodes of a show cannot both have: a guid, and an address."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from placecast.errors import Fault
from placecast.model import Episode


def faults(episodes: Sequence[Episode], shown: Callable[[Path], str]) -> list[Fault]:
    """Where two episodes claim the same. `shown`: a file's path as people read it."""
    return [*_guids(episodes, shown), *_addresses(episodes, shown)]


def _guids(episodes: Sequence[Episode], shown: Callable[[Path], str]) -> Iterator[Fault]:
    first: dict[str, Episode] = {}
    for episode in episodes:
        other = first.setdefault(episode.guid, episode)
        if other is not episode:
            what = f"is also the guid of {shown(other.file)}; apps would show one of the two only."
            cure = "Give the newer of the two a guid of its own, if it was never published."
            yield Fault(file=shown(episode.file), key="guid", what=what, cure=cure)


def _addresses(episodes: Sequence[Episode], shown: Callable[[Path], str]) -> Iterator[Fault]:
    first = {episode.slug: episode for episode in episodes}
    for slug, episode in [(slug, each) for each in episodes for slug in each.formerly]:
        other = first.setdefault(slug, episode)
        if other is not episode:
            what = f"names {slug!r}, which is or was the address of {shown(other.file)} as well."
            cure = "Take it out here, or give the other episode another name with: placecast rename SLUG NEW"
            yield Fault(file=shown(episode.file), key="formerly", what=what, cure=cure)
