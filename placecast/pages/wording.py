"""How facts are put to readers: dates, sizes, numbers, addresses. Every template speaks through these filters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

# What the feed and references say as well is said in one place, and is a word for templates here.
from placecast.addresses import web as web
from placecast.dates import day as day
from placecast.dates import local_iso as local_iso
from placecast.licences import licence_address as licence_address
from placecast.licences import licence_name as licence_name
from placecast.model import Elsewhere, Episode, Person, Place, Release, Show

_OSM_KINDS = {"N": "node", "W": "way", "R": "relation"}
_OSM = re.compile(r"([NWR])(\d{1,19})(?:#\d+)?", re.ASCII)
_GEO = re.compile(r"geo:(?P<latitude>-?\d+(?:\.\d+)?),(?P<longitude>-?\d+(?:\.\d+)?)", re.ASCII)
_KINDS = {"full": None, "trailer": "Trailer", "bonus": "Bonus"}


def size(amount: int) -> str:
    """`12.3 MB`, in powers of ten as people buy them."""
    return f"{amount / 1_000_000:.1f} MB" if amount >= 100_000 else f"{max(1, round(amount / 1000))} kB"


def place_in_show(episode: Episode | Elsewhere) -> str:
    """`Season 2, episode 5`, `Episode 5`, `Trailer`: what there is of it, or nothing."""
    season = f"season {episode.season}" if episode.season else None
    number = f"episode {episode.number}" if episode.number else None
    words = ", ".join(part for part in (_KINDS[episode.kind], season, number) if part)
    return words[:1].upper() + words[1:]


def role(person: Person) -> str:
    """`host`, in lower case: apps disagree about the taxonomy's capitals."""
    return person.role.strip().lower()


def listed(names: Sequence[str]) -> str:
    """`Ana, Ben and Cem`."""
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def contact(show: Show) -> str:
    """Where listeners can write to: the contact page, or else the owner's e-mail."""
    return web(show.contact_url) or "mailto:" + quote(show.owner_email, safe="@+")


def contact_name(show: Show) -> str:
    """The words of that link."""
    return "our contact page" if web(show.contact_url) else show.owner_email


def coordinates(place: Place) -> tuple[str, str] | None:
    """Latitude and longitude, as written."""
    match = _GEO.match(place.geo or "")
    return (match["latitude"], match["longitude"]) if match else None


def map_address(place: Place) -> str | None:
    """Where OpenStreetMap shows this place."""
    if match := _OSM.fullmatch(place.osm or ""):
        return f"https://www.openstreetmap.org/{_OSM_KINDS[match[1]]}/{match[2]}"
    if point := coordinates(place):
        return "https://www.openstreetmap.org/?mlat={0}&mlon={1}#map=14/{0}/{1}".format(*point)
    return None


def language_of(release: Release, show: Show) -> str | None:
    """The transcript's language where it is another than the page's: `en` says no more than `en-GB`."""
    spoken = release.said.language
    return spoken if spoken.split("-")[0].lower() != show.language.split("-")[0].lower() else None


def checked(release: Release, show: Show) -> str | None:
    """Who answers for the transcript since when; None while nobody does."""
    if release.approval is None:
        return None
    what = "Machine transcript, checked" if release.machine else "Transcript checked"
    return f"{what} by {release.approval.by} on {day(release.approval.at, show.zone)}."


def unchecked(release: Release) -> str:
    """What readers must know of a transcript that nobody answers for."""
    if not release.machine:
        return "Nobody has compared this transcript with the sound yet."
    if release.edited:
        return (
            "A machine wrote this transcript. People have corrected parts of it, but nobody has checked all of it yet."
        )
    return "A machine wrote this transcript and nobody has checked it yet. Expect mistakes, above all in names."


def trust(release: Release) -> str:
    """What a quote must say of where its words come from; nothing where somebody answers for them."""
    if release.approval:
        return ""
    return "machine transcript, not checked" if release.machine else "transcript not checked"


def length_of(seconds: float) -> str:
    """`24 min`, `1 hr 5 min`, `45 sec`: as much as one wants to know before listening."""
    whole = round(seconds)  # as the feed tells it
    if whole < 60:
        return f"{whole} sec"
    hours, minutes = divmod(round(whole / 60), 60)
    return " ".join(part for part in (f"{hours} hr" if hours else "", f"{minutes} min" if minutes else "") if part)


def one_line(text: str) -> str:
    """This text with single spaces and no line breaks."""
    return " ".join(text.split())
