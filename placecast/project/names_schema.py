"""What may stand in names.toml, and the cure for each fact that is wrong."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from placecast.project.handles import BLUESKY, MASTODON, Bluesky, Mastodon
from placecast.project.schema import ORGANISATION, Country, Geo, Organisation, Osm
from placecast.project.shapes import Facts, WebAddress


def _sayable(text: str) -> str:
    if not any(char.isalnum() for char in text):
        raise ValueError(f"{text!r} has no letters")
    return " ".join(text.split())


Spelling = Annotated[str, Field(max_length=128), AfterValidator(_sayable)]


class NameFacts(Facts):
    name: Spelling = Field(description='Write name = "Siân Llewellyn", as it must be written, of 128 letters at most.')
    aliases: tuple[Spelling, ...] = Field(
        (), strict=False, description='Write aliases = ["Siân"]: other right names, which are kept as they are said.'
    )
    spoken: tuple[Spelling, ...] = Field(
        (), strict=False, description='Write spoken = ["Sharn Loo-ellin"]: how it sounds, where the spelling misleads.'
    )
    wrong: tuple[Spelling, ...] = Field(
        (), strict=False, description='Write wrong = ["Sean Llewellyn"]: known mistakes, which are always corrected.'
    )


class KnownPersonFacts(NameFacts):
    role: str | None = Field(
        None, description='Write role = "host", "guest", "producer" or another role of the Podcast Taxonomy.'
    )
    group: str | None = Field(None, description='Write group = "cast", or another group of the Podcast Taxonomy.')
    url: WebAddress | None = Field(None, description='Write url = "https://…", the person\'s own page.')
    image: WebAddress | None = Field(None, description='Write image = "https://…", the address of a picture.')
    family: Spelling | None = Field(None, description='Write family = "García Márquez": what references begin with.')
    bluesky: Bluesky | None = Field(None, description=BLUESKY)
    mastodon: Mastodon | None = Field(None, description=MASTODON)
    organisation: Organisation | None = Field(None, description=ORGANISATION)


class KnownPlaceFacts(NameFacts):
    rel: Literal["subject", "creator"] | None = Field(
        None, description='Write rel = "subject" for what episodes are about, "creator" for where they are made.'
    )
    geo: Geo | None = Field(None, description='Write geo = "geo:53.5675,-0.0800": latitude, then longitude.')
    osm: Osm | None = Field(
        None, description='Write osm = "R113314": N, W or R and the number that OpenStreetMap shows.'
    )
    country: Country | None = Field(
        None, description='Write country = "GB": two capital letters of ISO 3166 (GB, not UK).'
    )


class NamesFacts(Facts):
    people: tuple[KnownPersonFacts, ...] = Field(
        (), strict=False, description="Write one table [[people]] for each person."
    )
    places: tuple[KnownPlaceFacts, ...] = Field(
        (), strict=False, description="Write one table [[places]] for each place."
    )
    terms: tuple[NameFacts, ...] = Field(
        (), strict=False, description="Write one table [[terms]] for each other name, such as that of a body."
    )
