"""A show and its episodes with all that is needed to show them to listeners."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from placecast.model.listing import Image
from placecast.model.show import Episode, Person, Place, Show
from placecast.model.sound import Approval, Audio, Said, Text, Waiver


@dataclass(frozen=True, kw_only=True)
class Release:
    """An episode with all that is needed to show it to listeners."""

    episode: Episode
    published: datetime
    audio: Audio
    said: Said
    text: Callable[[], Text] = field(repr=False, compare=False)  # reads it: for one episode at a time
    edited: bool  # a person has changed the transcript since a machine wrote it
    notes_html: str  # sanitised
    machine: bool = True  # a machine wrote the transcript first
    approval: Approval | None = None  # of this very transcript and sound
    waiver: Waiver | None = None  # of this very transcript


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """An episode that the published feed has and this clone does not show: another clone has published it.

    It stays in the feed, as it is there, until somebody unpublishes it.
    """

    guid: str
    title: str
    published: datetime  # aware
    page: str  # the address of its page; "" when the feed names none
    summary: str  # plain text
    seconds: float | None
    item: bytes  # its whole `<item>`, as XML that stands alone
    season: int | None = None
    number: int | None = None
    kind: Literal["full", "trailer", "bonus"] = "full"
    people: tuple[Person, ...] = ()
    places: tuple[Place, ...] = ()
    unchecked: bool = False  # a machine wrote its transcript, and nobody answers for it


@dataclass(frozen=True, kw_only=True)
class Publication:
    """A show and its releases, newest first: what feed and pages are rendered from."""

    show: Show
    releases: tuple[Release, ...] = ()
    others: tuple[Elsewhere, ...] = ()  # newest first
    withdrawn: tuple[Episode, ...] = ()  # that listeners had once

    @property
    def pictures(self) -> tuple[Image, ...]:
        """Every picture of our own that feed and pages show, once each."""
        shown = (picture for release in self.releases for picture in release.episode.pictures)
        named = {image.path: image for image in (*self.show.pictures, *shown)}
        return tuple(named.values())

    @property
    def changed(self) -> datetime | None:
        """The newest date of the content: never the clock, so that equal content has equal bytes."""
        dates = [release.published for release in self.releases]
        return max(dates + [other.published for other in self.others], default=None)
