"""Names of people, places and terms: what an engine is told, what is corrected, and what sounds like one of them.

Words in, words out. What names.toml may say is `project`'s business; showing doubts to people is `doubts`'.
"""

from __future__ import annotations

from dataclasses import replace

from placecast.fingerprint import sha256, short
from placecast.model import Episode, Name, Names, Show
from placecast.names.likeness import Resemblance, resemblances, same_letters
from placecast.names.opinions import likely_names, second_opinion, unsettled_names
from placecast.names.writing import Correction, correct

__all__ = [
    "Correction",
    "Resemblance",
    "correct",
    "likely_names",
    "of_episode",
    "resemblances",
    "same_letters",
    "second_opinion",
    "spelling",
    "unsettled_names",
]


def of_episode(show: Show, episode: Episode) -> Names:
    """The names that matter in an episode, the likeliest first: its own, the show's, then the rest of names.toml."""
    people, places = (*episode.people, *show.people), (*episode.places, *show.places)
    named = [
        Name(name=show.title, kind="term"),
        *(Name(name=person.name, kind="person") for person in people),
        *(Name(name=place.name, kind="place") for place in places),
        *show.names.entries,
    ]
    known = {entry.name: entry for entry in show.names.entries}
    entries = {entry.name: known.get(entry.name, entry) for entry in named}
    return replace(show.names, entries=tuple(entries.values()))


def spelling(names: Names) -> str:
    """A fingerprint of all that `correct` goes by; empty when it corrects nothing."""
    table = [repr((entry.name, entry.aliases, entry.wrong)) for entry in names.entries]
    return short(sha256("\n".join(table).encode())) if table else ""
