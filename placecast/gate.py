"""Which episodes are kept back until a person has approved their transcripts, where a show requires that.

Decides; acts on nothing. Listeners never lose what they have: an episode that is out stays out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from placecast.model import Publication, Release
from placecast.plan import Stored


@dataclass(frozen=True, kw_only=True)
class Held:
    """An episode whose transcript nobody has approved. `live`: listeners have it, with another transcript."""

    release: Release
    live: bool

    @property
    def slug(self) -> str:
        return self.release.episode.slug


def held(publication: Publication, remote: Mapping[str, Stored]) -> tuple[Held, ...]:
    """The episodes that may not go out as they are. `remote`: what the target holds now."""
    if publication.show.transcription.review != "required":
        return ()
    return tuple(_held(publication, remote))


def _held(publication: Publication, remote: Mapping[str, Stored]) -> Iterator[Held]:
    for release in publication.releases:
        if release.approval or release.waiver:
            continue
        shown = map(remote.get, release.episode.transcript_paths("vtt"))
        there = next(filter(None, shown), None)
        # What was out before the show asked for approvals stays as it is.
        if there is None or there.sha256 != release.said.sha256:
            yield Held(release=release, live=there is not None)
