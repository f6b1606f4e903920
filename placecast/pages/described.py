"""What a page's head says of it to those who do not read it: Open Graph, Google Scholar, Zotero.

Each rule is a row of a table. The same facts as JSON-LD are `structured_data`'s part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from placecast import citation, drawing
from placecast.drawing import Card
from placecast.model import Release, Show
from placecast.pages import pictures, wording


class Meta(NamedTuple):
    """A `<meta>` of a page's head. `kind`: the attribute that holds its key."""

    kind: str
    key: str
    content: str


def page(show: Show, title: str, description: str, path: str) -> list[Meta]:
    """A page that is not an episode's, with the show's card."""
    card = pictures.show_card_path(show)
    return list(_card(show, title, description, path, "website", card, pictures.of_show(show)))


def episode(release: Release, show: Show, description: str) -> list[Meta]:
    """An episode's page: to be shown in posts and messages, and to be cited."""
    facts = release.episode
    card = pictures.card_path(release, show), pictures.of_release(release, show)
    return [
        *_card(show, facts.title, description, facts.folder, "article", *card),
        *_named("property", _sound(release, show)),
        *_named("name", _highwire(release, show, description)),
    ]


def _card(show: Show, title: str, description: str, path: str, kind: str, picture: str, shown: Card) -> Iterator[Meta]:
    yield from _named("name", [("description", description), ("twitter:card", "summary_large_image")])
    yield from _named(
        "property",
        [
            ("og:type", kind),
            ("og:site_name", show.title),
            ("og:locale", show.language.replace("-", "_")),
            ("og:title", title),
            ("og:description", description),
            ("og:url", show.page(path)),
            ("og:image", show.at(picture)),
            ("og:image:type", "image/jpeg"),
            ("og:image:width", str(drawing.SIZE[0])),
            ("og:image:height", str(drawing.SIZE[1])),
            ("og:image:alt", pictures.alternative(shown)),
        ],
    )


def _sound(release: Release, show: Show) -> Iterator[tuple[str, str]]:
    # https://ogp.me: og:audio; https://ogp.me/#no_vertical: article
    yield "og:audio", show.at(release.audio.path)
    yield "og:audio:type", release.audio.type
    yield "article:published_time", wording.local_iso(release.published, show.zone)


def _highwire(release: Release, show: Show, description: str) -> Iterator[tuple[str, str]]:
    """What Google Scholar and reference managers read: https://scholar.google.com/intl/en/scholar/inclusion.html."""
    facts, page = release.episode, show.page(release.episode.folder)
    yield "citation_title", facts.title
    yield "citation_doi", facts.doi or ""
    names = [person.name for person in citation.heard(facts.credits(show))] or [show.author]
    yield from (("citation_author", name) for name in names)
    there = release.published.astimezone(show.zone)
    yield "citation_publication_date", f"{there:%Y/%m/%d}"
    yield "citation_publisher", show.author
    yield "citation_language", release.said.language
    yield "citation_abstract", description
    yield "citation_abstract_html_url", page
    yield "citation_fulltext_html_url", page  # the whole transcript
    yield "citation_public_url", page


def _named(kind: str, found: Iterable[tuple[str, str]]) -> Iterator[Meta]:
    """These rows but for those that say nothing."""
    yield from (Meta(kind, key, content) for key, content in found if content)
