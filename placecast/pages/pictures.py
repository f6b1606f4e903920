"""Which pictures the pages show, and where they lie. What is in them is drawn by `drawing`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from placecast import drawing
from placecast.drawing import Card
from placecast.model import Episode, Publication, Release, Show
from placecast.pages import tokens
from placecast.pages.wording import listed


def pictures(publication: Publication) -> Mapping[str, Callable[[], bytes]]:
    """Every drawn picture of the show and its episodes: path in the public tree, and what draws it."""
    show = publication.show
    cards = {_card_path("assets/", told): told for told in (of_show(show),)}
    cards |= {card_path(release, show): of_release(release, show) for release in publication.releases}
    drawn: dict[str, Callable[[], bytes]] = {
        path: partial(drawing.card, told, show.cover.source) for path, told in cards.items()
    }
    return drawn | {icon_path(show, side): partial(drawing.icon, show.cover.source, side) for side in drawing.ICONS}


def icon_path(show: Show, side: int) -> str:
    """Where the icon of this size lies in the public tree."""
    return f"assets/{drawing.icon_name(show.cover.name, side)}"


def card_path(release: Release, show: Show) -> str:
    """Where the card of an episode lies: with its page, so that clones which do not know the episode leave it alone."""
    return _card_path(release.episode.folder, of_release(release, show))


def show_card_path(show: Show) -> str:
    """Where the card of the show lies, which stands for every page but those of episodes."""
    return _card_path("assets/", of_show(show))


def of_release(release: Release, show: Show) -> Card:
    """What the card of a published episode shows."""
    return of_episode(release.episode, show)


def of_episode(episode: Episode, show: Show) -> Card:
    """What an episode's card shows, published or not."""
    hosts = {person.name for person in show.people}
    guests = [person.name for person in episode.people if person.name not in hosts]
    return _card(show, episode.title, f"with {listed(guests)}" if guests else "")


def of_show(show: Show) -> Card:
    """What the show's card shows."""
    hosts = [person.name for person in show.people]
    return _card(show, show.title, f"with {listed(hosts)}" if hosts else "")


def alternative(shown: Card) -> str:
    """The card in words, for those who do not see it."""
    stop = "" if shown.title.endswith((".", "!", "?", "…")) else "."
    return f"{shown.title}{stop} {shown.show}" + (f", {shown.guests}" if shown.guests else "")


def _card(show: Show, title: str, guests: str) -> Card:
    return Card(
        title=title,
        show=show.title if title != show.title else f"A podcast by {show.author}",
        guests=guests,
        cover=show.cover.name,
        ground=show.look.accent or tokens.light()["accent"],
        ink=tokens.light()["on-accent"],
    )


def _card_path(folder: str, shown: Card) -> str:
    return f"{folder}{shown.name}"
