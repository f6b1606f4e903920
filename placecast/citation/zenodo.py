"""What Zenodo asks of a deposit, in the words of its deposit API: https://developers.zenodo.org/#deposit-metadata."""

from __future__ import annotations

from html import escape
from typing import Any

from placecast.citation.cleaning import one_line
from placecast.citation.datacite import contributor_type, places, point, unheard
from placecast.citation.people import heard, name_of
from placecast.citation.reference import MEDIUM, Reference
from placecast.model import Episode, Person, Place, Show


def zenodo(reference: Reference, show: Show, episode: Episode, language: str | None) -> dict[str, Any]:
    """The metadata of a deposit with a reserved DOI. `language`: by ISO 639-2."""
    people = episode.credits(show)
    metadata = {
        "title": reference.title,
        "upload_type": "video",  # which stands for "Video/Audio"
        "publication_date": reference.date.isoformat(),
        "creators": [_named(person) for person in heard(people)] or [{"name": reference.publisher}],
        "contributors": [{**_named(person), "type": contributor_type(person)} for person in unheard(people)],
        "description": f"<p>{escape(reference.abstract or reference.title)}</p>",
        "access_right": "open",
        "license": episode.terms(show)[0].lower(),
        "prereserve_doi": True,
        "keywords": [one_line(name) for category in show.categories for name in category],
        "notes": escape(_told(reference)),
        "related_identifiers": [
            {"identifier": reference.page, "relation": "isIdenticalTo"},
            {"identifier": show.page(""), "relation": "isPartOf"},
        ],
        "imprint_publisher": reference.publisher,
        "language": language,
        "locations": [_location(place) for place in places(episode)],
    }
    return {key: value for key, value in metadata.items() if value}


def _named(person: Person) -> dict[str, str]:
    return {"name": name_of(person).inverted}


def _told(reference: Reference) -> str:
    place = f"{reference.place} of" if reference.place else "of"
    return f"{MEDIUM}, {place} {reference.show}"


def _location(place: Place) -> dict[str, Any]:
    there, name = point(place), one_line(place.name)
    return {"place": name, "lat": there[0], "lon": there[1]} if there else {"place": name}
