"""Where every episode stands, what the next publish does, and what a person must do.

From what is on this machine: nothing is asked of the target unless somebody has looked at it before. One episode that
cannot be read takes nothing away from what is said of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from placecast import building, promises, rss
from placecast.errors import FactsError, Fault, PlacecastError
from placecast.lastseen import Seen
from placecast.model import Episode, FolderTarget, Publication, Release, Show
from placecast.project import Project
from placecast.survey.heard import Heard, changes, heard
from placecast.survey.standing import OUT, Need, Standing, State, View, broken, elsewhere, standing

__all__ = ["OUT", "Need", "Standing", "State", "Survey", "survey"]

_COUNTED = 5  # live episodes whose doubtful words are counted: the newest


@dataclass(frozen=True, kw_only=True)
class Survey:
    """A show at this moment. `stops`: what keeps a publish from doing anything at all until it is put right."""

    show: Show
    seen: Seen
    target: str  # what people call it
    now: datetime
    standings: tuple[Standing, ...]  # the newest first, those without a date before them
    stops: tuple[Fault, ...] = ()
    show_changed: bool = False  # listeners have other facts of the show itself

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with no single episode."""
        told = {fault for each in self.standings for fault in each.faults}
        return tuple(each for each in self.stops if each not in told)

    def in_state(self, *states: State) -> tuple[Standing, ...]:
        return tuple(each for each in self.standings if each.state in states)


def survey(project: Project, now: datetime, look: Callable[[Project, Show], Seen]) -> Survey:
    """The show as it stands. `look`: what is known of the target. FactsError when there is no show to be read."""
    show, episodes, faults = project.readable()
    seen = look(project, show)
    try:
        known = heard(project, show, seen)
    except PlacecastError as error:  # the published feed cannot be read
        faults, seen, known = (*faults, *error.faults), replace(seen, feed=None), Heard()
    view = View(project=project, show=show, seen=seen, heard=known, now=now, counted=_newest(episodes, known))
    wrong = _by_slug(faults)
    releases, wrong = _releases(view, [each for each in episodes if each.slug not in wrong], wrong)
    changed = changes(project, Publication(show=show, releases=tuple(releases)), seen)
    taken = list(_taken(view, episodes))
    found = [_with_faults(each, _by_slug(taken)) for each in _standings(view, episodes, wrong, changed)]
    stops = tuple(dict.fromkeys([*faults, *taken, *_stops(found, now)]))
    return Survey(
        show=show,
        seen=seen,
        target=_target(project, show),
        now=now,
        standings=_newest_first(found),
        stops=stops,
        show_changed=rss.SHOW in changed,
    )


def _target(project: Project, show: Show) -> str:
    if isinstance(show.target, FolderTarget):
        return f"the folder {project.shown(show.target.folder)}"
    return show.target.name


def _newest(episodes: Iterable[Episode], known: Heard) -> frozenset[str]:
    live = [each for each in episodes if each.guid in known.episodes and each.published]
    latest = sorted(live, key=lambda each: (each.published, each.slug), reverse=True)
    return frozenset(each.slug for each in latest[:_COUNTED])


def _by_slug(faults: Iterable[Fault]) -> dict[str, tuple[Fault, ...]]:
    """What is wrong with the files of single episodes."""
    found: dict[str, tuple[Fault, ...]] = {}
    for fault in faults:
        parts = fault.file.split("/")
        if len(parts) > 2 and parts[0] == "episodes":
            found[parts[1]] = (*found.get(parts[1], ()), fault)
    return found


def _releases(
    view: View, episodes: Iterable[Episode], wrong: Mapping[str, tuple[Fault, ...]]
) -> tuple[list[Release], dict[str, tuple[Fault, ...]]]:
    """What this clone would show of the episodes that listeners have, and what cannot be read of them."""
    releases: list[Release] = []
    faults = dict(wrong)
    for episode in (each for each in episodes if each.guid in view.heard.episodes):
        try:
            releases += building.publication(view.project, view.show, [episode], view.now).releases
        except (PlacecastError, OSError) as error:
            faults[episode.slug] = _faults(error, view.project.shown(episode.file))
    return releases, faults


def _standings(
    view: View,
    episodes: Sequence[Episode],
    wrong: Mapping[str, tuple[Fault, ...]],
    changed: Mapping[str, tuple[str, ...]],
) -> Iterator[Standing]:
    known = {each.slug: each for each in episodes}
    yield from (broken(slug, faults, known.get(slug)) for slug, faults in wrong.items())
    for episode in (each for each in episodes if each.slug not in wrong):
        try:
            yield standing(view, episode, changed.get(episode.slug, ()))
        except (PlacecastError, OSError) as error:
            yield broken(episode.slug, _faults(error, view.project.shown(episode.file)), episode)
    ours = {each.guid for each in episodes}
    pages = {view.show.page(f"e/{slug}/") for slug in (*wrong, *(each.slug for each in episodes))}
    for guid, each in view.heard.episodes.items():
        if guid not in ours and each.page not in pages and guid not in view.seen.withdrawn:
            yield elsewhere(view.show.slug_at(each.page) or guid, each)


def _faults(error: PlacecastError | OSError, file: str) -> tuple[Fault, ...]:
    if isinstance(error, PlacecastError):
        return error.faults
    cure = "See that you may read it, and that the disk is there."
    return (Fault(file=str(error.filename or file), what=f"cannot be read: {error.strerror}.", cure=cure),)


def _stops(found: Iterable[Standing], now: datetime) -> Iterator[Fault]:
    """What is wrong with episodes that the next publish is about: one of them is enough for it to do nothing."""
    for each in found:
        if each.published and (each.state == "broken" or each.published <= now):
            yield from each.faults


def _with_faults(found: Standing, faults: Mapping[str, tuple[Fault, ...]]) -> Standing:
    return replace(found, faults=(*found.faults, *faults.get(found.slug, ())))


def _taken(view: View, episodes: Sequence[Episode]) -> Iterator[Fault]:
    """What the facts would take from listeners: a publish refuses that before it does anything."""
    if view.seen.feed is None:
        return
    before = view.heard.listing
    try:
        promises.require(view.project, episodes, before, promises.intended(view.show, episodes, before, view.now))
    except FactsError as error:
        yield from error.faults


def _newest_first(found: Iterable[Standing]) -> tuple[Standing, ...]:
    def place(each: Standing) -> tuple[bool, float, str]:
        return (each.published is None, each.published.timestamp() if each.published else 0.0, each.slug)

    return tuple(sorted(found, key=place, reverse=True))
