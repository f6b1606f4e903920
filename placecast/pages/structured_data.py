"""What search engines read: schema.org descriptions of the show and its episodes, as JSON-LD.

What people read is the templates' part.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from markupsafe import Markup

from placecast import corrections
from placecast.chapters import spans
from placecast.citation.reference import DOI
from placecast.model import Chapter, Correction, Person, Place, Publication, Release, Show
from placecast.pages import embedding, pictures
from placecast.pages.wording import checked, coordinates, licence_address, local_iso, unchecked, web
from placecast.timecode import fragment, iso_duration

Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"]

_SCHEMA = "https://schema.org"
# Inside <script>, HTML ends a script at "</script" and hides things behind "<!--": JSON has escapes for both.
_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def series(publication: Publication) -> str:
    """The show, for its home page."""
    show = publication.show
    facts: dict[str, Value] = {
        **_series(show),
        "@context": _SCHEMA,
        "description": show.description,
        "inLanguage": show.language,
        "image": show.at(show.cover.path),
        "author": {"@type": "Organization", "name": show.author},
        "genre": [category[-1] for category in show.categories],
        "license": show.license_url or licence_address(show.license),
        "isAccessibleForFree": True,
    }
    return _script(facts)


def episode(release: Release, show: Show, description: str) -> str:
    """An episode with its sound and chapters, for its own page."""
    facts = release.episode
    return _script(
        {
            "@context": _SCHEMA,
            "@type": "PodcastEpisode",
            "@id": show.at(facts.folder),
            "url": show.at(facts.folder),
            "sameAs": DOI + facts.doi if facts.doi else None,
            "identifier": _doi(facts.doi) if facts.doi else None,
            "name": facts.title,
            "description": description,
            "datePublished": local_iso(release.published, show.zone),
            "timeRequired": iso_duration(release.audio.seconds),
            "episodeNumber": facts.number,
            "partOfSeason": {"@type": "PodcastSeason", "seasonNumber": facts.season} if facts.season else None,
            "partOfSeries": _series(show),
            "inLanguage": release.said.language,
            "isAccessibleForFree": True,
            "accessMode": ["auditory", "textual"],
            "accessibilityFeature": ["transcript"],
            "accessibilitySummary": checked(release, show) or unchecked(release),
            "contributor": [_person(person) for person in facts.credits(show)],
            "contentLocation": [_place(place) for place in facts.places if place.rel == "subject"],
            "locationCreated": [_place(place) for place in facts.places if place.rel == "creator"],
            "image": [show.at(pictures.card_path(release, show)), show.at(facts.cover(show).path)],
            "thumbnailUrl": show.at(facts.cover(show).path),
            "publisher": {"@type": "Organization", "name": show.author},
            "license": licence_address(facts.license or show.license),
            "associatedMedia": _sound(release, show),
            "hasPart": _clips(release, show),
            "correction": [_correction(each, show) for each in reversed(facts.corrections)],
        }
    )


def _doi(doi: str) -> Value:
    return {"@type": "PropertyValue", "propertyID": "DOI", "value": doi, "url": DOI + doi}


def _series(show: Show) -> dict[str, Value]:
    return {
        "@type": "PodcastSeries",
        "@id": show.url,
        "name": show.title,
        "url": show.page(""),
        "webFeed": show.feed_url,
    }


def _sound(release: Release, show: Show) -> Value:
    audio = release.audio
    return {
        "@type": "AudioObject",
        "name": release.episode.title,
        "contentUrl": show.at(audio.path),
        "contentSize": str(audio.bytes),
        "embedUrl": show.page(embedding.player_path(release.episode)),
        "encodingFormat": audio.type,
        "uploadDate": local_iso(release.published, show.zone),
        "duration": iso_duration(audio.seconds),
        "caption": {
            "@type": "MediaObject",
            "contentUrl": show.at(release.episode.transcript_path("vtt")),
            "encodingFormat": "text/vtt",
        },
    }


def _clips(release: Release, show: Show) -> list[Value]:
    """The chapters, each until the next one starts."""
    page, listed = show.page(release.episode.folder), release.episode.listed_chapters
    return [_clip(chapter, end, page) for chapter, end in spans(listed, release.audio.seconds)]


def _clip(chapter: Chapter, end: float, page: str) -> Value:
    return {
        "@type": "Clip",
        "name": chapter.title,
        "startOffset": chapter.seconds,
        "endOffset": end,
        "url": f"{page}#{fragment(chapter.seconds)}",
    }


def _correction(correction: Correction, show: Show) -> Value:
    return {
        "@type": "CorrectionComment",
        "text": corrections.sentence(correction),
        "datePublished": local_iso(correction.date, show.zone),
        "author": {"@type": "Person", "name": correction.by},
    }


def _person(person: Person) -> Value:
    return {"@type": "Person", "name": person.name, "url": web(person.url)}


def _place(place: Place) -> Value:
    point = coordinates(place)
    geo: Value = {"@type": "GeoCoordinates", "latitude": point[0], "longitude": point[1]} if point else None
    return {"@type": "Place", "name": place.name, "geo": geo}


def _script(facts: Mapping[str, Value]) -> Markup:
    """These facts as the content of a script element, whatever they say. ASCII, so U+2028 is escaped as well."""
    return Markup(json.dumps(_without_gaps(dict(facts))).translate(_ESCAPES))  # noqa: S704  # nothing in it is HTML


def _without_gaps(value: Value) -> Value:
    """What is known: a null or an empty list would be a statement."""
    if isinstance(value, dict):
        return {key: _without_gaps(inner) for key, inner in value.items() if inner not in (None, "", [])}
    if isinstance(value, list):
        return [_without_gaps(inner) for inner in value]
    return value
