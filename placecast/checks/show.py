"""Rules for the show's facts, and for the people and places that show and episodes share."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from placecast.categories import is_category
from placecast.checks.rules import Rule, of_facts, of_show
from placecast.checks.vocabularies import COUNTRIES, GROUPS, ROLES
from placecast.model import Episode, Show
from placecast.rss.text import DESCRIPTION_LIMIT, LINE_LIMIT, NAME_LIMIT, forbidden

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?", re.ASCII | re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_LICENSE = re.compile(r"[a-z0-9][a-z0-9.+-]*")
_NUMBER = r"-?\d+(?:\.\d+)?"
_GEO = re.compile(rf"geo:(?P<lat>{_NUMBER}),(?P<long>{_NUMBER})(?:,{_NUMBER})?(?:;.*)?", re.ASCII)
_OSM = re.compile(r"[NWR][1-9]\d*(#\d+)?", re.ASCII)

_COVER_TYPES = {"image/jpeg": (".jpg", ".jpeg"), "image/png": (".png",)}
_COVER_MIN, _COVER_MAX = 1400, 3000


def _address(show: Show) -> Iterator[str]:
    if not show.url.startswith("https://"):
        yield f"The show's address is {show.url}, without https."


def _language(show: Show) -> Iterator[str]:
    if not _LANGUAGE.fullmatch(show.language):
        yield f"The language {show.language!r} is no language tag."


def _category(show: Show) -> Iterator[str]:
    if not show.categories:
        yield "The show has no category."
    for path in show.categories:
        if not is_category(path):
            yield f"Apple has no category {' > '.join(path)!r}."


def _owner_email(show: Show) -> Iterator[str]:
    if not _EMAIL.fullmatch(show.owner_email):
        yield f"The owner's e-mail address is {show.owner_email!r}."


def _cover_type(show: Show) -> Iterator[str]:
    cover = show.cover
    if not cover.name.lower().endswith(_COVER_TYPES.get(cover.type, ())):
        yield f"The cover {cover.name} is {cover.type}."


def _cover_square(show: Show) -> Iterator[str]:
    if show.cover.width != show.cover.height:
        yield f"The cover is {show.cover.width} by {show.cover.height} pixels, not a square."


def _cover_size(show: Show) -> Iterator[str]:
    if not _COVER_MIN <= show.cover.width <= _COVER_MAX:
        yield f"The cover is {show.cover.width} pixels wide."


def _copyright(show: Show) -> Iterator[str]:
    if re.search(r"©|\(c\)|copyright|\b(19|20)\d\d\b", show.copyright, re.IGNORECASE):
        yield f"The copyright line is {show.copyright!r}."


def _guid(show: Show) -> Iterator[str]:
    try:
        uuid.UUID(show.guid)
    except ValueError:
        yield f"The show's guid {show.guid!r} is no UUID."


def _license(show: Show) -> Iterator[str]:
    if show.license and not _LICENSE.fullmatch(show.license):
        yield f"The licence is {show.license!r}."


def _long_texts(facts: Show | Episode) -> Iterator[str]:
    text = facts.description if isinstance(facts, Show) else facts.summary
    if (length := len(text.encode(errors="replace"))) > DESCRIPTION_LIMIT:
        yield f"The {'description' if isinstance(facts, Show) else 'summary'} has {length:,} bytes."


def _long_lines(facts: Show | Episode) -> Iterator[str]:
    names = ("title", "author", "owner_name", "copyright") if isinstance(facts, Show) else ("title",)
    for name in names:
        if (length := len(getattr(facts, name))) > LINE_LIMIT:
            yield f"The {name.replace('_', ' ')} has {length} characters."


def _names(facts: Show | Episode) -> Iterator[str]:
    names = [person.name for person in facts.people] + [place.name for place in facts.places]
    if isinstance(facts, Episode):
        names += [soundbite.title for soundbite in facts.soundbites if soundbite.title]
    for name in names:
        if not name.strip():
            yield "A person or a place has no name."
        elif len(name) > NAME_LIMIT:
            yield f"The name {name[:40]!r}… has {len(name)} characters."


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
        why="Players on https pages play nothing from elsewhere (Apple, Podcast RSS feed requirements; PSP-1).",
        cure="Serve the show over https and write that address as url in placecast.toml.",
    ),
    Rule(
        code="show.language",
        severity="required",
        broken=of_show(_language),
        why="Directories sort shows by language (ISO 639 with a region: PSP-1; Apple).",
        cure="Write the language like en-GB or cy in placecast.toml.",
    ),
    Rule(
        code="show.category",
        severity="required",
        broken=of_show(_category),
        why="Apple refuses a show without a category from its list, letter by letter (Apple Podcasts categories).",
        cure="Choose from https://podcasters.apple.com/support/1691-apple-podcasts-categories.",
    ),
    Rule(
        code="show.owner.email",
        severity="required",
        broken=of_show(_owner_email),
        why="YouTube refuses a show without it: Missing Owner Email (PeerTube issue 6201; PSP-1).",
        cure="Write an address that your team reads as the owner's e-mail in placecast.toml.",
    ),
    Rule(
        code="show.cover.type",
        severity="required",
        broken=of_show(_cover_type),
        why="Apple takes JPEG and PNG, under a name that says so (Apple, A podcaster's guide to RSS).",
        cure="Save the cover as a .jpg or .png file.",
    ),
    Rule(
        code="show.cover.square",
        severity="required",
        broken=of_show(_cover_square),
        why="Apple refuses a cover that is not square (Apple, Podcast RSS feed requirements).",
        cure="Crop the cover to a square.",
    ),
    Rule(
        code="show.cover.size",
        severity="required",
        broken=of_show(_cover_size),
        why="Apple wants 1,400 to 3,000 pixels (Apple, Podcast RSS feed requirements).",
        cure="Save the cover with 3,000 by 3,000 pixels.",
    ),
    Rule(
        code="show.copyright",
        severity="best",
        broken=of_show(_copyright),
        why="It stands without the word, the sign and the year (PSP-1; Apple's own example has both).",
        cure="Write only who owns the rights.",
    ),
    Rule(
        code="show.guid",
        severity="recommended",
        broken=of_show(_guid),
        why="Apps recognise a show by this UUID after it has moved (podcast namespace, guid).",
        cure="Keep the guid that placecast wrote; never change it after the first publication.",
    ),
    Rule(
        code="show.license",
        severity="recommended",
        broken=of_show(_license),
        why="Apps know licences by their identifiers in lower case (podcast namespace, license).",
        cure="Write an identifier such as cc-by-4.0.",
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
        code="text.name",
        severity="recommended",
        broken=of_facts(_names),
        why="A name holds 1 to 128 characters; the feed leaves out the rest (podcast namespace).",
        cure="Give it a short name.",
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
        why="The Podcast Index makes a host of everyone whose role it does not know (Podcast Taxonomy).",
        cure="Use a role of podcasttaxonomy.com: host, guest, producer, audio editor, ….",
    ),
    Rule(
        code="person.group",
        severity="recommended",
        broken=of_facts(_group),
        why="The Podcast Index counts everyone in an unknown group as cast (Podcast Taxonomy).",
        cure="Use a group of podcasttaxonomy.com: cast, writing, audio production, ….",
    ),
    Rule(
        code="place.geo",
        severity="recommended",
        broken=of_facts(_geo),
        why="Maps cannot show it (RFC 5870; podcast namespace, location).",
        cure="Write latitude, then longitude: geo:52.4862,-1.8904.",
    ),
    Rule(
        code="place.osm",
        severity="recommended",
        broken=of_facts(_osm),
        why="It names no object of OpenStreetMap (podcast namespace, location).",
        cure="Write N, W or R and the object's number, as its page's address has them: R162378.",
    ),
    Rule(
        code="place.country",
        severity="recommended",
        broken=of_facts(_country),
        why="Apps show flags by the codes of ISO 3166-1 (podcast namespace, location).",
        cure="Use the two letters of ISO 3166-1: GB, IE, FR, ….",
    ),
)
