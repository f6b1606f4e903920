"""The episodes as the site lists them: this clone's own, and those that it knows from the published feed alone.

Both become the same entries, so that two clones of a show list its episodes alike, as far as the feed tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from placecast.model import Elsewhere, Person, Place, Publication, Release, Show
from placecast.pages import wording
from placecast.pages.notes import notes_text

_DESCRIPTION_LENGTH = 300  # search engines and cards show less; a summary is rarely longer


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a list says about an episode."""

    anchor: str  # the id of its heading, once on a page
    title: str
    address: str  # of its page; "" when it has none
    path: str  # of that page in the public tree; "" when it is not there
    place: str
    published: datetime
    seconds: float | None
    summary: str
    people: tuple[Person, ...]
    unchecked: bool  # nobody answers for its transcript
    season: int | None = None
    places: tuple[Place, ...] = ()
    made_by: str = ""  # who worked on that transcript


def entries(publication: Publication) -> list[Entry]:
    """Every episode of the show, newest first."""
    show = publication.show
    ours = [_ours(release, show) for release in publication.releases]
    theirs = [_theirs(other, show) for other in publication.others]
    return _anchored(sorted([*ours, *theirs], key=_age, reverse=True)) if theirs else ours


@dataclass(frozen=True, kw_only=True)
class Group:
    """The episodes of a season, or of a year where not every episode has a season."""

    title: str
    anchor: str
    entries: tuple[Entry, ...]


def groups(listed: Sequence[Entry], zone: ZoneInfo) -> list[Group]:
    """These entries, newest first, in groups that stay in that order."""
    seasons = all(entry.season for entry in listed)
    kind = "Season" if seasons else ""

    def of(entry: Entry) -> int:
        return entry.season if seasons and entry.season else entry.published.astimezone(zone).year

    # A bonus to an old season may come late; it belongs there all the same.
    found = sorted(listed, key=of, reverse=True)
    return [
        Group(
            title=f"{kind} {number}".strip(),
            anchor=f"{kind.lower() or 'year'}-{number}",
            entries=tuple(entries),
        )
        for number, entries in groupby(found, key=of)
    ]


class Beside(NamedTuple):
    """What the page of an episode says about the one before it, or behind it."""

    path: str
    title: str


Neighbours = tuple[Beside | None, Beside | None]
"""The next newer and the next older episode that has a page."""


def neighbours(publication: Publication) -> dict[str, Neighbours]:
    """What is beside each of this clone's own episodes, by its slug."""
    listed = [Beside(entry.path, entry.title) for entry in entries(publication) if entry.path]
    places = {entry.path: number for number, entry in enumerate(listed)}
    around = (None, *listed, None)
    numbers = {each.episode.slug: places[each.episode.folder + publication.show.index] for each in publication.releases}
    return {slug: (around[number], around[number + 2]) for slug, number in numbers.items()}


def description(release: Release) -> str:
    """One paragraph of plain text about the episode: its summary, or how its notes begin."""
    return _brief(release.episode.summary or notes_text(release.episode.notes))


def _ours(release: Release, show: Show) -> Entry:
    episode = release.episode
    return Entry(
        anchor=f"e-{episode.slug}",
        title=episode.title,
        address=show.page(episode.folder),
        path=episode.folder + show.index,
        place=wording.place_in_show(episode),
        published=release.published,
        seconds=release.audio.seconds,
        summary=description(release),
        people=episode.credits(show),
        unchecked=release.approval is None,
        season=episode.season,
        places=tuple(place for place in episode.places if place.name),
        made_by=("corrected in part" if release.machine else "written by people") if release.edited else "",
    )


def _theirs(other: Elsewhere, show: Show) -> Entry:
    path = other.page.removeprefix(show.url) if other.page.startswith(show.url) else ""
    slug = show.slug_at(other.page)
    return Entry(
        anchor=f"e-{slug}" if slug else "",
        title=other.title or "Untitled episode",
        address=wording.web(other.page) or "",
        path=path,
        place=wording.place_in_show(other),
        published=other.published,
        seconds=other.seconds,
        summary=_brief(other.summary),
        people=other.people,
        unchecked=other.unchecked,
        season=other.season,
        places=other.places,
    )


def _age(entry: Entry) -> tuple[datetime, str]:
    # The feed does not tell more than seconds.
    return entry.published.replace(microsecond=0), entry.anchor


def _anchored(listed: Iterable[Entry]) -> list[Entry]:
    """These entries, each with an anchor of its own: a page from elsewhere may be called as one of ours."""
    found: dict[str, Entry] = {}
    for number, entry in enumerate(listed):
        free = entry.anchor and entry.anchor not in found
        anchor = entry.anchor if free else f"other-{number}"
        found[anchor] = replace(entry, anchor=anchor)
    return list(found.values())


def _brief(text: str) -> str:
    words = wording.one_line(text)
    if len(words) <= _DESCRIPTION_LENGTH:
        return words
    return words[: _DESCRIPTION_LENGTH - 1].rsplit(" ", 1)[0].rstrip(",;:.–- ") + "…"
