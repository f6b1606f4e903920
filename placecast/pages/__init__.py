"""The listener's pages: a show's home, a page for each episode, and what a website owes its visitors.

Data in, data out: a publication becomes files of the public tree. The feed, the transcripts' other
formats, chapters, search and media are made elsewhere; the pages link to them.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence

from markupsafe import Markup

from placecast import citation, drawing
from placecast.model import Publication, Release, Show, Transcript
from placecast.pages import (
    described,
    dressing,
    embedding,
    people,
    pictures,
    places,
    reading,
    shelf,
    structured_data,
    subscribing,
    tokens,
    webapp,
    wording,
)
from placecast.pages.notes import notes_html, notes_text, sanitised
from placecast.pages.pictures import pictures as drawn
from placecast.pages.shelf import Entry, Neighbours, neighbours
from placecast.policy import IN_PAGE

__all__ = [
    "Neighbours",
    "drawn",
    "embedded",
    "episode",
    "moved",
    "neighbours",
    "notes_html",
    "notes_text",
    "references",
    "site",
]

# What stands above every page, beside the episodes.
_NAVIGATION = (
    *(("search/", "Search"), ("people/", "People"), ("places/", "Places")),
    *(("about/", "About"), ("subscribe/", "Subscribe")),
)
# An episode's two pages, and how each leads to the top of the site.
_EPISODE_PAGES = {"": "../../", "player/": "../../../"}
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def site(publication: Publication) -> dict[str, bytes]:
    """All pages but those of the episodes, and what pages load: path in the public tree, and content.

    The pictures among that are `drawn`.
    """
    show, assets, entries = publication.show, dressing.assets(publication.show.look), shelf.entries(publication)
    named = places.visited(show, entries)
    moved = any(release.episode.formerly for release in publication.releases)
    tree = {f"assets/{name}": text for kind, (name, text) in assets.items() if moved or kind != "moved.js"}
    tree |= {
        "index.html": _home(publication, entries),
        "people/index.html": _people(publication, entries),
        "places/index.html": _places(publication, named),
        places.GEOJSON: places.geojson(show, named),
        "search/index.html": _search(publication),
        "transcripts/index.html": _transcripts(publication, entries),
        "about/index.html": _about(publication, entries),
        "subscribe/index.html": _subscribe(publication),
        "accessibility/index.html": _accessibility(publication, entries),
        # Shown at any depth, where a relative link would lead astray.
        "404.html": _page("missing.html", publication, root=show.url),
        "robots.txt": f"User-agent: *\nAllow: /\n\nSitemap: {show.at('sitemap.xml')}\n".encode(),
        "sitemap.xml": _sitemap(publication, entries),
        webapp.PATH: webapp.manifest(show),
    }
    for gone in publication.withdrawn:
        for folder, root in _EPISODE_PAGES.items():
            notice = _page("withdrawn.html", publication, root=root, episode=gone)
            tree |= {f"{place}{folder}index.html": notice for place in (gone.folder, *gone.former_folders)}
    return tree


def _home(publication: Publication, entries: Sequence[Entry]) -> bytes:
    show = publication.show
    return _told(
        "home.html",
        publication,
        "",
        show.title,
        wording.one_line(show.description),
        root="./",
        entries=entries,
        groups=shelf.groups(entries, show.zone),
        offers=subscribing.offers(show),
        structured_data=structured_data.series(publication),
    )


def _people(publication: Publication, entries: Sequence[Entry]) -> bytes:
    show = publication.show
    description = f"Everybody who is heard in {show.title}, with their episodes."
    found = people.credited(show, entries)
    return _told("people.html", publication, "people/", "People", description, people=found)


def _places(publication: Publication, named: Sequence[places.Visited]) -> bytes:
    description = f"The places that {publication.show.title} has been to and talked about, with their episodes."
    return _told("places.html", publication, "places/", "Places", description, places=named)


def _about(publication: Publication, entries: Sequence[Entry]) -> bytes:
    show, heard = publication.show, sum(round(entry.seconds or 0) for entry in entries)
    description = wording.one_line(show.description)
    return _told("about.html", publication, "about/", "About", description, entries=entries, heard=heard)


def _search(publication: Publication) -> bytes:
    description = f"Find every sentence that was said in {publication.show.title}."
    return _told("search.html", publication, "search/", "Search", description)


def _transcripts(publication: Publication, entries: Sequence[Entry]) -> bytes:
    description = f"What was said in every episode of {publication.show.title}, to read."
    return _told("transcripts.html", publication, "transcripts/", "Transcripts", description, entries=entries)


def _subscribe(publication: Publication) -> bytes:
    show = publication.show
    title, description = "How to subscribe", f"How to get new episodes of {show.title} in any podcast app."
    return _told("subscribe.html", publication, "subscribe/", title, description, offers=subscribing.offers(show))


def _accessibility(publication: Publication, entries: Sequence[Entry]) -> bytes:
    title = f"Accessibility statement for {publication.show.title}"
    description = "How accessible this podcast and its website are, and how to tell us about a problem."
    unchecked = [entry for entry in entries if entry.unchecked]
    return _told("accessibility.html", publication, "accessibility/", title, description, unchecked=unchecked)


def _told(
    template: str, publication: Publication, folder: str, title: str, description: str, **values: object
) -> bytes:
    """A page that tells readers and machines what it is about."""
    show = publication.show
    facts = {
        "root": "../",
        "title": title,
        "here": folder,
        "described": described.page(show, title, description, folder),
        "canonical": show.page(folder),
    }
    return _page(template, publication, **(facts | values))


def embedded(release: Release, publication: Publication) -> dict[str, bytes]:
    """What other websites show of an episode: its player alone, and the file that offers it."""
    show, episode = publication.show, release.episode
    facts = {"release": release, "episode": episode, "publication": None}  # as on the episode's own page
    player = _page("player.html", publication, root="../../../", **facts)
    return {
        f"{embedding.player_path(episode)}index.html": player,
        embedding.oembed_path(episode): embedding.oembed(release, show),
    }


def moved(release: Release, publication: Publication) -> dict[str, bytes]:
    """What stands where the episode was before it was renamed: pages that lead to those of now."""
    tree: dict[str, bytes] = {}
    episode, index = release.episode, publication.show.index
    for below, root in _EPISODE_PAGES.items():
        there = f"{episode.folder}{below}{index}"
        page = _page("moved.html", publication, root=root, episode=episode, there=there, publication=None)
        tree |= {f"{folder}{below}index.html": page for folder in episode.former_folders}
    return tree


def episode(release: Release, publication: Publication, beside: Neighbours, transcript: Transcript) -> bytes:
    """The page of an episode. Of the publication, it shows nothing but the show."""
    description, reference = shelf.description(release), cited(release, publication.show)
    return _page(
        "episode.html",
        publication,
        root="../../",
        release=release,
        episode=release.episode,
        newer=beside[0],
        older=beside[1],
        described=described.episode(release, publication.show, description),
        embedding=embedding.oembed_path(release.episode),
        notes=Markup(sanitised(release.notes_html)),  # noqa: S704  # cleaned once more
        apa=citation.apa(reference),
        harvard=citation.harvard(reference),
        in_text=citation.in_text(reference),
        parts=reading.parts(transcript, release.episode.listed_chapters),
        structured_data=structured_data.episode(release, publication.show, description),
        # A show's own template must not show other episodes here: the page would stay when they change.
        publication=None,
    )


def cited(release: Release, show: Show) -> citation.Reference:
    """The episode as it is cited."""
    return citation.of_episode(show, release.episode, release.published, release.said.language)


def references(release: Release, show: Show) -> dict[str, bytes]:
    """What lies beside the page of an episode for reference managers."""
    return citation.files(cited(release, show), release.episode.folder)


def _sitemap(publication: Publication, entries: Sequence[Entry]) -> bytes:
    show = publication.show
    urlset = ET.Element("urlset", xmlns=_SITEMAP)
    folders = ("", *(folder for folder, _ in _NAVIGATION), "transcripts/", "accessibility/")
    changes = [(show.page(folder), publication.changed) for folder in folders]
    changes += [(entry.address, entry.published) for entry in entries if entry.path]
    for address, changed in changes:
        entry = ET.SubElement(urlset, "url")
        ET.SubElement(entry, "loc").text = address
        if changed:
            ET.SubElement(entry, "lastmod").text = wording.local_iso(changed, show.zone)
    ET.indent(urlset)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(urlset, encoding="unicode")}\n'.encode()


def _page(template: str, publication: Publication, /, **values: object) -> bytes:
    show, papers = publication.show, {"light": tokens.light()["paper"], "dark": tokens.dark()["paper"]}
    names = {kind: f"assets/{name}" for kind, (name, _) in dressing.assets(show.look).items()}
    facts = {"show": show, "publication": publication, "asset": names, "here": "", "paper": papers, "policy": IN_PAGE}
    facts |= {"site_pages": _NAVIGATION, "icons": {side: pictures.icon_path(show, side) for side in drawing.ICONS}}
    return dressing.render(show.look, template, facts | values)
