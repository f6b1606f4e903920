"""How an episode is told to people: posts, a newsletter, quotes. Data in, data out; nothing is sent from here."""

from __future__ import annotations

import re
from dataclasses import dataclass

from placecast.model import Episode, Person, Show
from placecast.pages.notes import notes_text
from placecast.pages.wording import one_line
from placecast.sentences import split

_MOST_TAGS = 4  # more look like noise, and screen readers read them all


@dataclass(frozen=True, kw_only=True)
class Telling:
    """What announcements tell of an episode."""

    show: str
    title: str
    summary: tuple[str, ...]  # sentences; the first one is the hook
    guests: tuple[Person, ...]
    hashtags: tuple[str, ...]  # without their signs
    page: str
    language: str


def telling(show: Show, episode: Episode) -> Telling:
    """What is to be told of this episode, from its facts alone."""
    hosts = {person.name for person in show.people}
    return Telling(
        show=one_line(show.title),
        title=one_line(episode.title),
        summary=split(episode.summary or notes_text(episode.notes).partition("\n\n")[0]),
        guests=tuple(person for person in episode.people if person.name not in hosts),
        hashtags=_hashtags(show, episode),
        page=show.page(episode.folder),
        language=episode.language if episode.language and episode.language != "detect" else show.language,
    )


def _hashtags(show: Show, episode: Episode) -> tuple[str, ...]:
    """Those that the facts name, the episode's first, then the places that it is about."""
    places = (place.name for place in episode.places if place.rel == "subject")
    named = (*episode.hashtags, *show.hashtags, *(tag for place in places if (tag := _as_tag(place))))
    return tuple({tag.casefold(): tag for tag in reversed(named)}.values())[::-1][:_MOST_TAGS]


def _as_tag(name: str) -> str:
    """`Stoke-on-Trent` as StokeOnTrent: with capitals, so that screen readers read words."""
    tag = "".join(word[:1].upper() + word[1:] for word in re.findall(r"\w+", name.replace("'", "").replace("’", "")))
    return tag if not tag.isdecimal() and len(tag) <= 64 else ""
