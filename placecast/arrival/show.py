"""The show itself: who may take it along, its placecast.toml, and its cover."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from placecast import files, founding
from placecast.abroad import Abroad
from placecast.arrival.fitting import fitted, toml
from placecast.errors import HostError, PlacecastError, UsageError
from placecast.fingerprint import podcast_guid
from placecast.model import Person, Place
from placecast.moving import listing
from placecast.moving.facts import Loss, OldFeed, OldShow
from placecast.project import Project, artwork, scaffold
from placecast.project.editor_schema import directive
from placecast.project.schema import ShowFacts
from placecast.root import SHOW_FILE

_COVER_MOST = 30_000_000  # bytes
_DESCRIPTION_LIMIT = 4000
_HEAD = f"""\
{directive(SHOW_FILE)}
# The facts of the show, as its feed had them at {{address}}.
# Every key is explained in docs/reference.md of placecast. The guid must never change: apps know the show by it.
"""


class LockedFeedError(PlacecastError):
    """The old feed asks that nobody imports it without its owner's word (podcast:locked)."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What the producer asks for. `owner`: the e-mail address that the old feed's owner is confirmed with."""

    source: str
    folder: Path
    url: str = ""
    owner: str = ""
    email: str = ""
    category: str = ""


def require_leave(old: OldShow, owner: str) -> None:
    """LockedFeedError unless the feed is open, or its owner's address was given: the podcast namespace's `locked`."""
    wanted = old.locked_owner or old.owner_email
    if not old.locked or (owner and owner.strip().casefold() == wanted.casefold()):
        return
    if owner and wanted:
        what = f"the feed is locked, and {owner} is not the e-mail address of the owner that it names."
    else:
        what = "the feed is locked (podcast:locked): nobody may import it without its owner's word."
    cure = "If the show is yours, unlock it at the old host; or confirm with --owner the e-mail address of its owner."
    raise LockedFeedError(old.title, what, cure)


def begin(project: Project, abroad: Abroad, old: OldFeed, order: Order) -> tuple[Loss, ...]:
    """The show's own files. A show that is there is gone on with, if it is this one."""
    facts = _facts(old, order)
    if (project.root / SHOW_FILE).is_file():
        _require_same(project, facts)
        return ()
    lost_cover, cover = _cover(project, abroad, old.show)
    try:
        kept, losses = fitted(ShowFacts, facts | {"cover": cover})
    except ValidationError as error:
        raise _missing(order, {str(each["loc"][0]) for each in error.errors()}) from None
    for name in founding.FOLDERS:
        (project.root / name).mkdir(exist_ok=True)
    founding.add_missing(project.root)
    address = re.sub(r"[^\x20-\x7e]", "", old.address or order.source)  # a comment ends with its line
    text = _HEAD.format(address=address) + toml(kept)
    files.write(project.root / SHOW_FILE, text.encode())
    return (*lost_cover, *losses, *_made_up(old, order))


def person(each: Person) -> dict[str, Any]:
    told = {"name": each.name, "role": each.role, "group": each.group, "url": each.url, "image": each.image}
    return {key: value for key, value in told.items() if value}


def place(each: Place) -> dict[str, Any]:
    told = {"name": each.name, "rel": each.rel, "geo": each.geo, "osm": each.osm, "country": each.country}
    return {key: value for key, value in told.items() if value}


def _facts(old: OldFeed, order: Order) -> dict[str, Any]:
    show = old.show
    url = order.url.rstrip("/") + "/" if order.url else ""
    categories = list(show.categories) or ([order.category] if order.category else [])
    author = show.author or show.owner_name or show.title
    told: dict[str, Any] = {
        "title": show.title[:255],
        "description": (show.description.strip() or show.title)[:_DESCRIPTION_LIMIT].strip(),
        "url": url,
        "guid": show.guid or podcast_guid(old.address or f"{url}feed.xml"),
        "author": author,
        "categories": categories,
        "language": show.language or "en-GB",
        "explicit": show.explicit,
        "type": show.type,
        "copyright": show.copyright,
        "license_url": show.license_url,
        "license": show.license,
        "locked": "" if show.locked is None else show.locked,
        "complete": True if show.complete else "",
        "funding": [{"url": each.url, "text": each.text[:128]} for each in show.funding],
        "schedule": listing.table(show.schedule) if show.schedule else {},
        "podroll": listing.tables(show.podroll),
        "publisher": listing.table(show.publisher[0]) if show.publisher else {},
        "comments": listing.tables(show.comments),
        "owner": {"name": show.owner_name or author, "email": order.email or show.owner_email},
        "seasons": {str(each.season): each.season_name for each in old.episodes if each.season and each.season_name},
        "people": [person(each) for each in show.people],
        "places": [place(each) for each in show.places],
        "target": {"folder": "public"},
    }
    return {key: value for key, value in told.items() if value not in ("", [], {})}


def _require_same(project: Project, facts: Mapping[str, Any]) -> None:
    here, _ = project.load()
    if here.guid != facts["guid"]:
        what = f"another show is in this folder: {here.title}."
        raise UsageError(str(project.root), what, "Name an empty folder behind the feed's address.")


def _missing(order: Order, keys: set[str]) -> UsageError:
    """What the old feed does not say, and how it is given."""
    options = {"url": "--url https://…/", "owner": "--email …", "categories": '--category "…"'}
    needed = ", ".join(sorted(keys)) or "something that is needed"
    given = " ".join(options[key] for key in sorted(keys) if key in options)
    cure = f"Give it as an option: {given}" if given else "Correct the feed, or make the show with: placecast init"
    return UsageError(order.source, f"neither the feed nor an option says in a right way: {needed}.", cure)


def _made_up(old: OldFeed, order: Order) -> tuple[Loss, ...]:
    """What the feed does not say and the new one has to."""
    show = old.show
    made = (
        ("itunes:author", not show.author, "The feed names no author; look at author in placecast.toml."),
        ("language", not show.language, "The feed names no language; look at language in placecast.toml."),
        ("description", not show.description, "The feed describes nothing; write a description in placecast.toml."),
        ("podcast:guid", not show.guid, "The feed has none. It was made from the old address, as the rule is."),
        ("itunes:category", not show.categories, f"The feed names none that Apple knows; now it is {order.category}."),
    )
    found = [Loss(tag=tag, value="missing", why=why) for tag, missing, why in made if missing]
    if len(show.description) > _DESCRIPTION_LIMIT:
        value = show.description[_DESCRIPTION_LIMIT:][:200]
        found.append(Loss(tag="description", value=value, why="Apps show 4,000 letters; its end was cut off."))
    return tuple(found)


def _cover(project: Project, abroad: Abroad, old: OldShow) -> tuple[tuple[Loss, ...], str]:
    """The cover's file, byte for byte where apps show it as it is, and what had to be done to it."""
    try:
        made = artwork.fitted(abroad.read(old.cover_at, _COVER_MOST).body)
    except (HostError, ValueError) as error:
        scaffold.draw_cover(project.root / "cover.png", old.title)
        what = error.faults[0].what if isinstance(error, HostError) else f"{error}."
        why = f"It could not be had: {what} A plain one was drawn; put yours in its place."
        return (Loss(tag="itunes:image", value=old.cover_at or "missing", why=why),), "cover.png"
    name = f"cover{made.suffix}"
    files.write(project.root / name, made.content)
    if not made.changed:
        return (), name
    why = f"Apps want a square JPEG or PNG of 1400 to 3000 pixels: {made.changed}. It was made to fit."
    return (Loss(tag="itunes:image", value=old.cover_at, why=why),), name
