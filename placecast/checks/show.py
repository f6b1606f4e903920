"""Rules for the show's facts, and for the people and places that show and episodes share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from placecast.checks.rules import Rule, of_facts, of_show
from placecast.checks.vocabularies import COUNTRIES, GROUPS, ROLES
from placecast.model import Episode, Show
from placecast.rss.text import DESCRIPTION_LIMIT, LINE_LIMIT, forbidden

_NUMBER = r"-?\d+(?:\.\d+)?"
_GEO = re.compile(rf"geo:(?P<lat>{_NUMBER}),(?P<long>{_NUMBER})(?:,{_NUMBER})?(?:;.*)?", re.ASCII)
_OSM = re.compile(r"[NWR][1-9]\d*(#\d+)?", re.ASCII)


def _address(show: Show) -> Iterator[str]:
    if not show.url.startswith("https://"):
        yield f"The show's address is {show.url}, without https."


def _copyright(show: Show) -> Iterator[str]:
    if re.search(r"©|\(c\)|copyright|\b(19|20)\d\d\b", show.copyright, re.IGNORECASE):
        yield f"The copyright line is {show.copyright!r}."


def _long_texts(facts: Show | Episode) -> Iterator[str]:
    text = facts.description if isinstance(facts, Show) else facts.summary
    if (length := len(text.encode(errors="replace"))) > DESCRIPTION_LIMIT:
        yield f"The {'description' if isinstance(facts, Show) else 'summary'} has {length:,} bytes."


def _long_lines(facts: Show | Episode) -> Iterator[str]:
    names = ("title", "author", "owner_name", "copyright") if isinstance(facts, Show) else ("title",)
    for name in names:
        if (length := len(getattr(facts, name))) > LINE_LIMIT:
            yield f"The {name.replace('_', ' ')} has {length} characters."


def _forbidden(facts: Show | Episode) -> Iterator[str]:
    for name, text in _texts(facts):
        if characters := forbidden(text):
            yield f"The {name.replace('_', ' ')} has a character that no feed can hold: U+{ord(characters[0]):04X}."


def _texts(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text among these facts, with the name of its field."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, tuple):
        for each in value:
            yield from _texts(each, name)
    elif is_dataclass(value):
        for part in fields(value):
            yield from _texts(getattr(value, part.name), part.name)


def _role(facts: Show | Episode) -> Iterator[str]:
    for person in facts.people:
        if person.role.lower() not in ROLES:
            yield f"{person.name} has the role {person.role!r}."


def _group(facts: Show | Episode) -> Iterator[str]:
    for person in facts.people:
        if person.group.lower() not in GROUPS:
            yield f"{person.name} is in the group {person.group!r}."


def _geo(facts: Show | Episode) -> Iterator[str]:
    for place in facts.places:
        if place.geo and not _on_earth(place.geo):
            yield f"{place.name} has the position {place.geo!r}."


def _on_earth(geo: str) -> bool:
    match = _GEO.fullmatch(geo)
    return bool(match and abs(float(match["lat"])) <= 90 and abs(float(match["long"])) <= 180)


def _osm(facts: Show | Episode) -> Iterator[str]:
    for place in facts.places:
        if place.osm and not _OSM.fullmatch(place.osm):
            yield f"{place.name} has the OpenStreetMap object {place.osm!r}."


def _country(facts: Show | Episode) -> Iterator[str]:
    for place in facts.places:
        if place.country and place.country.upper() not in COUNTRIES:
            hint = " The United Kingdom's code is GB." if place.country.upper() == "UK" else ""
            yield f"{place.name} is in the country {place.country!r}.{hint}"


RULES = (
    Rule(
        code="show.address",
        severity="recommended",
        broken=of_show(_address),
        key="url",
        why="Players on https pages play nothing from elsewhere (Apple, Podcast RSS feed requirements; PSP-1).",
        cure="Serve the show over https and write that address as url in placecast.toml.",
    ),
    Rule(
        code="show.copyright",
        severity="best",
        broken=of_show(_copyright),
        key="copyright",
        why="It stands without the word, the sign and the year (PSP-1; Apple's own example has both).",
        cure="Write only who owns the rights.",
    ),
    Rule(
        code="text.long",
        severity="recommended",
        broken=of_facts(_long_texts),
        why="A description holds 4,000 bytes; the feed carries the beginning only (Apple; PSP-1).",
        cure="Shorten it, and put what is long into the show notes.",
    ),
    Rule(
        code="text.line",
        severity="recommended",
        broken=of_facts(_long_lines),
        why="A line holds 255 characters; the feed carries the beginning only (PSP-1).",
        cure="Shorten it.",
    ),
    Rule(
        code="text.characters",
        severity="recommended",
        broken=of_facts(_forbidden),
        why="XML has no way to write it, so the feed leaves it out (XML 1.0, section 2.2).",
        cure="Delete it; it often comes with text that was copied from a PDF file.",
    ),
    Rule(
        code="person.role",
        severity="recommended",
        broken=of_facts(_role),
        key="people",
        why="The Podcast Index makes a host of everyone whose role it does not know (Podcast Taxonomy).",
        cure="Use a role of podcasttaxonomy.com: host, guest, producer, audio editor, ….",
    ),
    Rule(
        code="person.group",
        severity="recommended",
        broken=of_facts(_group),
        key="people",
        why="The Podcast Index counts everyone in an unknown group as cast (Podcast Taxonomy).",
        cure="Use a group of podcasttaxonomy.com: cast, writing, audio production, ….",
    ),
    Rule(
        code="place.geo",
        severity="recommended",
        broken=of_facts(_geo),
        key="places",
        why="Maps cannot show it (RFC 5870; podcast namespace, location).",
        cure="Write latitude, then longitude: geo:52.4862,-1.8904.",
    ),
    Rule(
        code="place.osm",
        severity="recommended",
        broken=of_facts(_osm),
        key="places",
        why="It names no object of OpenStreetMap (podcast namespace, location).",
        cure="Write N, W or R and the object's number, as its page's address has them: R162378.",
    ),
    Rule(
        code="place.country",
        severity="recommended",
        broken=of_facts(_country),
        key="places",
        why="Apps show flags by the codes of ISO 3166-1 (podcast namespace, location).",
        cure="Use the two letters of ISO 3166-1: GB, IE, FR, ….",
    ),
)
