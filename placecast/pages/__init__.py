"""The listener's pages: a show's home, a page for each episode, and what a website owes its visitors.

Data in, data out: a publication becomes files of the public tree. The feed, the transcripts' other
formats, chapters, search and media are made elsewhere; the pages link to them.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from jinja2 import Environment, PackageLoader, StrictUndefined

from placecast import timecode
from placecast.fingerprint import sha256
from placecast.model import Publication, Release, Transcript
from placecast.pages import reading, shelf, structured_data, wording
from placecast.pages.notes import notes_html, notes_text, sanitised
from placecast.pages.shelf import Neighbours, neighbours

__all__ = ["Neighbours", "episode", "neighbours", "notes_html", "notes_text", "site"]

_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def site(publication: Publication) -> dict[str, bytes]:
    """All pages but those of the episodes, and what pages load: path in the public tree, and content."""
    assets = _assets()
    tree = {f"assets/{name}": content for name, content in assets.values()}
    tree |= {
        "index.html": _home(publication),
        "accessibility/index.html": _accessibility(publication),
        "search/index.html": _page("search.html", publication, root="../"),
        "transcripts/index.html": _page(
            "transcripts.html", publication, root="../", entries=shelf.entries(publication)
        ),
        # Shown at any depth, where a relative link would lead astray.
        "404.html": _page("missing.html", publication, root=publication.show.url),
        "robots.txt": f"User-agent: *\nAllow: /\n\nSitemap: {publication.show.at('sitemap.xml')}\n".encode(),
        "sitemap.xml": _sitemap(publication),
    }
    for gone in publication.withdrawn:
        tree[f"{gone.folder}index.html"] = _page("withdrawn.html", publication, root="../../", episode=gone)
    return tree


def _home(publication: Publication) -> bytes:
    data = structured_data.series(publication)
    return _page("home.html", publication, root="./", entries=shelf.entries(publication), structured_data=data)


def _accessibility(publication: Publication) -> bytes:
    unchecked = [entry for entry in shelf.entries(publication) if entry.unchecked]
    return _page("accessibility.html", publication, root="../", unchecked=unchecked)


def episode(release: Release, publication: Publication, beside: Neighbours, transcript: Transcript) -> bytes:
    """The page of an episode. Of the publication, it shows nothing but the show."""
    description = shelf.description(release)
    return _page(
        "episode.html",
        publication,
        root="../../",
        release=release,
        episode=release.episode,
        newer=beside[0],
        older=beside[1],
        description=description,
        notes=sanitised(release.notes_html),  # once more, since the template trusts it
        parts=reading.parts(transcript, release.episode.listed_chapters),
        structured_data=structured_data.episode(release, publication.show, description),
    )


def _sitemap(publication: Publication) -> bytes:
    show = publication.show
    urlset = ET.Element("urlset", xmlns=_SITEMAP)
    changes = [(show.page(""), publication.changed), (show.page("accessibility/"), publication.changed)]
    changes += [(show.page("search/"), publication.changed), (show.page("transcripts/"), publication.changed)]
    changes += [(entry.address, entry.published) for entry in shelf.entries(publication) if entry.path]
    for address, changed in changes:
        entry = ET.SubElement(urlset, "url")
        ET.SubElement(entry, "loc").text = address
        if changed:
            ET.SubElement(entry, "lastmod").text = wording.local_iso(changed, show.zone)
    ET.indent(urlset)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(urlset, encoding="unicode")}\n'.encode()


def _page(template: str, publication: Publication, **values: object) -> bytes:
    names = {kind: f"assets/{name}" for kind, (name, _) in _assets().items()}
    facts = {"show": publication.show, "publication": publication, "asset": names}
    return _environment().get_template(template).render(facts | values).encode()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("placecast.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "anchor": reading.anchor,
        "checked": wording.checked,
        "clock": timecode.clock,
        "contact": wording.contact,
        "contact_name": wording.contact_name,
        "day": wording.day,
        "iso_duration": timecode.iso_duration,
        "language_of": wording.language_of,
        "length_of": wording.length_of,
        "licence_address": wording.licence_address,
        "licence_name": wording.licence_name,
        "local_iso": wording.local_iso,
        "map_address": wording.map_address,
        "one_line": wording.one_line,
        "place_in_show": wording.place_in_show,
        "role": wording.role,
        "size": wording.size,
        "unchecked": wording.unchecked,
        "web": wording.web,
    }
    return environment


@cache
def _assets() -> Mapping[str, tuple[str, bytes]]:
    """Style, script and icon under names that carry their content's hash, so browsers may keep them for ever."""
    folder = files("placecast.pages").joinpath("assets")
    contents = {name: folder.joinpath(name).read_bytes() for name in ("icon.svg", "player.js")}
    scripts = ("stems.js", "lookup.js", "search.js")
    contents["search.js"] = b"".join(folder.joinpath(name).read_bytes() for name in scripts)
    contents["style.css"] = _stylesheet(folder.joinpath("style"))
    return {name: (_hashed(name, content), content) for name, content in contents.items()}


def _stylesheet(folder: Traversable) -> bytes:
    """The parts of the style as one file, in the order of their names: a page then asks for one."""
    parts = sorted((part for part in folder.iterdir() if part.name.endswith(".css")), key=lambda part: part.name)
    return b"\n".join(part.read_bytes() for part in parts)


def _hashed(name: str, content: bytes) -> str:
    stem, suffix = name.split(".")
    return f"{stem}-{sha256(content)[:8]}.{suffix}"
