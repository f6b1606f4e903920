"""What a reference says of an episode, whatever form it takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from placecast.citation.cleaning import one_line
from placecast.citation.people import Cast, Name, cast
from placecast.licences import licence_address, licence_name
from placecast.model import Episode, Show
from placecast.timecode import fragment

MEDIUM = "Audio podcast episode"
DOI = "https://doi.org/"


@dataclass(frozen=True, kw_only=True)
class Reference:
    """An episode as it is cited. `at`: the second that is meant, where a moment is."""

    key: str  # in files of references
    title: str
    show: str
    publisher: str
    date: date  # where the show is at home
    page: str  # its address
    cast: Cast
    number: int | None = None
    season: int | None = None
    doi: str = ""
    language: str = ""
    abstract: str = ""
    licence: str = ""
    licence_url: str = ""
    at: float | None = None

    @property
    def authors(self) -> tuple[Name, ...]:
        """Who leads the episode, or the organisation that publishes it."""
        return self.cast.leads or (Name(family=self.publisher),)

    @property
    def url(self) -> str:
        """The address of its page, which plays from the moment where one is meant."""
        return self.page if self.at is None else f"{self.page}#{fragment(self.at)}"

    @property
    def address(self) -> str:
        """The address that stays: the DOI's where there is one."""
        return DOI + self.doi if self.doi else self.page

    @property
    def place(self) -> str:
        """`No. 12`, or `Season 2, Episode 12`, since numbers begin anew with a season."""
        if self.number is None:
            return ""
        return f"Season {self.season}, Episode {self.number}" if self.season else f"No. {self.number}"


def of_episode(
    show: Show,
    episode: Episode,
    published: datetime,
    language: str,
    at: float | None = None,
) -> Reference:
    """The reference to an episode that has a date, or to a moment in it."""
    name, address = episode.terms(show)
    there = published.astimezone(show.zone)
    return Reference(
        key=f"{episode.slug}-{there.year}",
        title=one_line(episode.title) or episode.slug,
        show=one_line(show.title),
        publisher=one_line(show.author),
        date=there.date(),
        page=show.page(episode.folder),
        cast=cast(episode.credits(show)),
        number=episode.number,
        season=episode.season,
        doi=episode.doi or "",
        language=one_line(language),
        abstract=one_line(episode.summary),
        licence=licence_name(name),
        licence_url=address or licence_address(name) or "",
        at=at,
    )
