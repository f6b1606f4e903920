"""An episode as DataCite's registry knows things: a record by version 4.5 of its metadata schema, as JSON.

https://datacite-metadata-schema.readthedocs.io/en/4.5/. A registration agency can register it as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from placecast.addresses import GEO
from placecast.citation.cleaning import one_line
from placecast.citation.people import Name, heard, name_of
from placecast.citation.reference import Reference
from placecast.model import Audio, Episode, Person, Place, Show
from placecast.timecode import iso_duration

_SCHEMA = "http://datacite.org/schema/kernel-4"
# The schema's words for who is not heard. It has none for a guest, and those who are heard are the creators.
_CONTRIBUTORS = {"producer": "Producer", "editor": "Editor", "researcher": "Researcher"}


def datacite(reference: Reference, show: Show, episode: Episode, audio: Audio | None) -> dict[str, Any]:
    """The record. Without a DOI it lacks only that."""
    people = episode.credits(show)
    record = {
        "doi": reference.doi,
        "url": reference.page,
        "types": {"resourceType": "Podcast episode", "resourceTypeGeneral": "Sound"},
        "creators": creators(reference, people),
        "contributors": [_contributor(person) for person in unheard(people)],
        "titles": [{"title": reference.title, "lang": reference.language}],
        "publisher": {"name": reference.publisher},
        "publicationYear": str(reference.date.year),
        "dates": list(_dates(reference, episode)),
        "language": reference.language,
        "subjects": [{"subject": one_line(" > ".join(category))} for category in show.categories],
        "alternateIdentifiers": _identifiers(episode),
        "relatedIdentifiers": list(_related(show, episode)),
        "relatedItems": [_series(reference)],
        "sizes": [f"{audio.bytes} bytes", iso_duration(audio.seconds)] if audio else [],
        "formats": [audio.type] if audio else [],
        "rightsList": _if(reference.licence, {"rights": reference.licence, "rightsUri": reference.licence_url}),
        "descriptions": _if(reference.abstract, {"description": reference.abstract, "descriptionType": "Abstract"}),
        "geoLocations": [_location(place) for place in places(episode)],
        "schemaVersion": _SCHEMA,
    }
    known: dict[str, Any] = _without_gaps(record)
    return known


def creators(reference: Reference, people: tuple[Person, ...]) -> list[dict[str, str]]:
    """Those who are heard, or else the organisation."""
    found = [_person(name_of(person)) for person in heard(people)]
    return found or [{"name": reference.publisher, "nameType": "Organizational"}]


def unheard(people: tuple[Person, ...]) -> list[Person]:
    """Those who are credited, once each, and not heard."""
    names = {person.name for person in heard(people)}
    others = [person for person in people if one_line(person.name) and person.name not in names]
    return list({person.name: person for person in others}.values())


def contributor_type(person: Person) -> str:
    """What the registry calls somebody who has worked on an episode."""
    role = person.role.strip().lower()
    return next((kind for word, kind in _CONTRIBUTORS.items() if word in role), "Other")


def places(episode: Episode) -> list[Place]:
    """The places that it is about."""
    return [place for place in episode.places if place.rel == "subject" and one_line(place.name)]


def point(place: Place) -> tuple[float, float] | None:
    """Latitude and longitude, if the place has any that are on this planet."""
    if not GEO.fullmatch(place.geo or ""):
        return None
    latitude, longitude = map(float, (place.geo or "").removeprefix("geo:").split(",")[:2])
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def _person(name: Name) -> dict[str, str]:
    if not name.given:
        return {"name": name.family, "nameType": "Personal"}
    return {"name": name.inverted, "nameType": "Personal", "givenName": name.given, "familyName": name.family}


def _contributor(person: Person) -> dict[str, str]:
    return {**_person(name_of(person)), "contributorType": contributor_type(person)}


def _identifiers(episode: Episode) -> list[dict[str, str]]:
    guid = one_line(episode.guid)
    return _if(guid, {"alternateIdentifier": guid, "alternateIdentifierType": "podcast guid"})


def _if(known: str, entry: dict[str, str]) -> list[dict[str, str]]:
    """The entry, if there is what it tells of."""
    return [entry] if known else []


def _dates(reference: Reference, episode: Episode) -> Iterator[dict[str, str]]:
    yield {"date": reference.date.isoformat(), "dateType": "Issued"}
    if episode.corrections:
        last = episode.corrections[-1]
        yield {"date": last.date.date().isoformat(), "dateType": "Updated", "dateInformation": "Correction"}


def _related(show: Show, episode: Episode) -> Iterator[dict[str, str]]:
    transcript = show.at(episode.transcript_path("vtt"))
    for relation, address in (("IsPartOf", show.page("")), ("IsSourceOf", transcript)):
        yield {"relatedIdentifier": address, "relatedIdentifierType": "URL", "relationType": relation}


def _series(reference: Reference) -> dict[str, Any]:
    number = {"number": str(reference.number), "numberType": "Other"} if reference.number is not None else {}
    return {
        "relatedItemType": "Collection",
        "relationType": "IsPublishedIn",
        "titles": [{"title": reference.show}],
        "publisher": reference.publisher,
        "volume": str(reference.season or ""),
        **number,
    }


def _location(place: Place) -> dict[str, Any]:
    there = point(place)
    shown = {"pointLatitude": there[0], "pointLongitude": there[1]} if there else None
    return {"geoLocationPlace": one_line(place.name), "geoLocationPoint": shown}


def _without_gaps(value: Any) -> Any:
    """What is known: the schema allows no empty text."""
    if isinstance(value, dict):
        kept = {key: _without_gaps(inner) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if inner not in (None, "", [])}
    if isinstance(value, list):
        return [_without_gaps(inner) for inner in value]
    return value
