"""What a feed of another host says, and what of it could not be kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from placecast.model import Chapter, Comments, Link, Person, Place, RemoteShow, Schedule, Soundbite


@dataclass(frozen=True, kw_only=True)
class Loss:
    """Something that the old feed says and the new one will not, or not as it was. `about`: "" is the show."""

    tag: str
    value: str
    why: str
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class OldSound:
    """What the enclosure says, true or not."""

    address: str
    type: str
    bytes: int | None  # None: it does not say, or 0


@dataclass(frozen=True, kw_only=True)
class OldTranscript:
    address: str
    type: str
    language: str


@dataclass(frozen=True, kw_only=True)
class OldEpisode:
    """One item of the old feed."""

    guid: str
    title: str
    published: datetime | None  # aware
    sound: OldSound | None
    summary: str = ""  # plain text
    notes: str = ""  # Markdown
    page: str = ""
    seconds: float | None = None  # as the feed says
    season: int | None = None
    number: int | None = None
    season_name: str = ""
    display: str = ""  # what apps show in place of the number
    license: str = ""  # "": as the show's
    license_url: str = ""
    links: tuple[Link, ...] = ()
    comments: tuple[Comments, ...] = ()
    kind: Literal["full", "trailer", "bonus"] = "full"
    explicit: bool | None = None
    people: tuple[Person, ...] = ()
    places: tuple[Place, ...] = ()
    soundbites: tuple[Soundbite, ...] = ()
    chapters: tuple[Chapter, ...] = ()  # that stand in the feed itself
    chapters_at: str = ""
    transcripts: tuple[OldTranscript, ...] = ()  # the best first
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OldShow:
    """The channel of the old feed."""

    title: str
    description: str = ""
    link: str = ""
    author: str = ""
    owner_name: str = ""
    owner_email: str = ""
    categories: tuple[str, ...] = ()  # as placecast.toml writes them: "Science > Social Sciences"
    language: str = ""
    explicit: bool = False
    type: Literal["episodic", "serial"] = "episodic"
    copyright: str = ""
    license: str = ""
    license_url: str = ""
    schedule: Schedule | None = None
    podroll: tuple[RemoteShow, ...] = ()
    publisher: tuple[RemoteShow, ...] = ()  # one, where the feed is right
    comments: tuple[Comments, ...] = ()
    guid: str = ""  # podcast:guid; "" when the feed has none
    locked: bool | None = None  # None: the feed does not say
    locked_owner: str = ""
    complete: bool = False
    cover_at: str = ""
    funding: tuple[Link, ...] = ()
    people: tuple[Person, ...] = ()
    places: tuple[Place, ...] = ()
    new_feed: str = ""  # itunes:new-feed-url
    self_at: str = ""  # atom:link rel=self
    next_at: str = ""  # RFC 5005: the address of the next page
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OldFeed:
    """The whole feed, all its pages together. `address`: where it lives, by its own word or by the producer's."""

    show: OldShow
    episodes: tuple[OldEpisode, ...]  # in the feed's order
    address: str = ""
    pages: int = 1
    redirected: tuple[str, ...] = ()
    losses: tuple[Loss, ...] = ()  # items that are no episodes, and what is wrong with the feed as a whole


Outcome = Literal["brought", "there", "without sound"]


@dataclass(frozen=True, kw_only=True)
class Brought:
    """What became of one episode."""

    slug: str
    title: str
    guid: str
    outcome: Outcome
    old_page: str = ""
    new_page: str = ""
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Moved:
    """What an import has done. `losses`: those of the show."""

    old: OldFeed
    root: str
    new_feed: str
    episodes: tuple[Brought, ...] = ()
    losses: tuple[Loss, ...] = ()

    @property
    def missing(self) -> tuple[Brought, ...]:
        """The episodes whose sound could not be had."""
        return tuple(each for each in self.episodes if each.outcome == "without sound")

    @property
    def all_losses(self) -> tuple[Loss, ...]:
        return (*self.losses, *(loss for each in self.episodes for loss in each.losses))
