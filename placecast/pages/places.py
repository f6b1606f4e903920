"""The places that episodes are about or were made in: as a list for people, and as GeoJSON (RFC 7946) for maps."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from placecast.model import Place, Show
from placecast.pages.people import sortable
from placecast.pages.shelf import Entry
from placecast.pages.wording import coordinates, local_iso, map_address

GEOJSON = "places/places.geojson"


@dataclass(frozen=True, kw_only=True)
class Visited:
    """A place, by name, with the episodes that are about it and those that were made there."""

    place: Place  # as the newest episode that says where it is describes it
    about: tuple[Entry, ...]  # newest first
    made_there: tuple[Entry, ...]  # newest first
    everywhere: bool  # where the show itself is made


def visited(show: Show, entries: Iterable[Entry]) -> list[Visited]:
    """Every place that is named, by name."""
    told: dict[str, list[tuple[Place, Entry | None]]] = {}
    for place, entry in _named(show, entries):
        told.setdefault(place.name, []).append((place, entry))
    found = (_of(name, each) for name, each in told.items() if name)
    return sorted(found, key=lambda each: (sortable(each.place.name), each.place.name))


def geojson(show: Show, places: Iterable[Visited]) -> bytes:
    """The places as features. One that is nowhere on the map has no geometry, as RFC 7946 section 3.2 has it."""
    features = [_feature(show, each) for each in places]
    whole = {"type": "FeatureCollection", "features": features}
    return json.dumps(whole, ensure_ascii=False, indent=1).encode() + b"\n"


def _named(show: Show, entries: Iterable[Entry]) -> Iterator[tuple[Place, Entry | None]]:
    for entry in entries:
        # The feed names first what an episode is about.
        yield from ((place, entry) for place in sorted(entry.places, key=lambda place: place.rel != "subject"))
    yield from ((place, None) for place in show.places)


def _of(name: str, told: list[tuple[Place, Entry | None]]) -> Visited:
    return Visited(
        place=next((place for place, _ in told if map_address(place)), Place(name=name)),
        about=_entries(entry for place, entry in told if place.rel == "subject"),
        made_there=_entries(entry for place, entry in told if place.rel == "creator"),
        everywhere=any(entry is None for _, entry in told),
    )


def _entries(entries: Iterable[Entry | None]) -> tuple[Entry, ...]:
    return tuple({entry.anchor: entry for entry in entries if entry}.values())


def _feature(show: Show, each: Visited) -> dict[str, object]:
    episodes = [_episode(show, entry, "about") for entry in each.about]
    episodes += [_episode(show, entry, "made there") for entry in each.made_there]
    facts = {"name": each.place.name, "country": each.place.country, "map": map_address(each.place)}
    properties = {key: value for key, value in facts.items() if value} | {"episodes": episodes}
    return {"type": "Feature", "geometry": _point(each.place), "properties": properties}


def _point(place: Place) -> dict[str, object] | None:
    point = coordinates(place)
    if point is None or abs(float(point[0])) > 90 or abs(float(point[1])) > 180:
        return None
    latitude, longitude = map(float, point)
    return {"type": "Point", "coordinates": [longitude, latitude]}


def _episode(show: Show, entry: Entry, relation: str) -> dict[str, str]:
    facts = {"title": entry.title, "url": entry.address, "relation": relation}
    return facts | {"published": local_iso(entry.published.replace(microsecond=0), show.zone)}
