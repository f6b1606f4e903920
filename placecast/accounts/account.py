"""What a show has done in a period: gathered from its facts, its transcripts, and the counts that were kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeVar

from placecast.audience.kept import Kept
from placecast.model import Episode, Person, Publication, Release, Show

Review = Literal["approved", "edited", "machine", "none"]
Name = TypeVar("Name", str, tuple[str, str])

_RELATIONS = {"subject": "talked about", "creator": "made there"}


@dataclass(frozen=True, kw_only=True)
class Period:
    """From one day to another, both of them within."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


@dataclass(frozen=True, kw_only=True)
class Made:
    """An episode that came out in the period."""

    slug: str
    title: str
    address: str
    published: date
    seconds: float
    people: tuple[str, ...]
    places: tuple[str, ...]
    review: Review  # of its transcript
    corrections: int  # in the period


@dataclass(frozen=True, kw_only=True)
class Named:
    """Somebody or something that the period's episodes name, and in how many. `about`: what else is to be said."""

    name: str
    about: tuple[str, ...]
    episodes: int


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A number of the period, and the same from the show's beginning to the period's end."""

    name: str
    period: float
    so_far: float
    digits: int = 0


@dataclass(frozen=True, kw_only=True)
class Heard:
    """Downloads in the period. `counted`: the days of which logs were there; `unsure`: those that may get more."""

    total: int
    days: Mapping[date, int]
    episodes: tuple[tuple[str, str, int], ...]  # slug, title, downloads: the most downloaded first
    apps: tuple[tuple[str, str, int], ...]  # name, kind, downloads
    countries: tuple[tuple[str, int], ...]
    counted: int
    unsure: tuple[date, ...]


@dataclass(frozen=True, kw_only=True)
class Account:
    """All that the report says."""

    show: Show
    period: Period
    measures: tuple[Measure, ...]
    episodes: tuple[Made, ...]  # oldest first
    people: tuple[Named, ...]
    organisations: tuple[Named, ...]
    places: tuple[Named, ...]
    heard: Heard | None  # None: nothing was counted yet
    sources: tuple[str, ...]  # the lists of apps and bots that downloads were told apart by


def gather(published: Publication, period: Period, kept: Kept, sources: Sequence[str] = ()) -> Account:
    """The account of a period, of what listeners may have at its end."""
    show = published.show
    all_made = [_made(show, each, period) for each in reversed(published.releases)]
    so_far = [each for each in all_made if each.published <= period.last]
    inside = [each for each in so_far if each.published in period]
    chosen = {each.slug for each in inside}
    episodes = [each.episode for each in reversed(published.releases) if each.episode.slug in chosen]
    titles = {each.episode.slug: each.episode.title for each in published.releases}
    downloads = {key: n for key, n in kept.apps.items() if key[0] <= period.last}
    return Account(
        show=show,
        period=period,
        measures=_measures(show, inside, so_far, downloads, period, published),
        episodes=tuple(inside),
        people=_people(show, episodes),
        organisations=_organisations(show, episodes),
        places=_places(show, episodes),
        heard=_heard(kept, period, titles) if kept.days else None,
        sources=tuple(sources) if kept.days else (),
    )


def _made(show: Show, release: Release, period: Period) -> Made:
    episode = release.episode
    corrected = [day for day in _corrected(episode, show) if day in period]
    return Made(
        slug=episode.slug,
        title=episode.title,
        address=show.page(episode.folder),
        published=release.published.astimezone(show.zone).date(),
        seconds=release.audio.seconds,
        people=tuple(dict.fromkeys(person.name for person in episode.credits(show))),
        places=tuple(dict.fromkeys(place.name for place in (*episode.places, *show.places))),
        review=_review(release),
        corrections=len(corrected),
    )


def _review(release: Release) -> Review:
    if release.said.empty:
        return "none"
    return "approved" if release.approval else "edited" if release.edited else "machine"


def _corrected(episode: Episode, show: Show) -> tuple[date, ...]:
    """The days on which something in the episode was put right."""
    return tuple(each.date.astimezone(show.zone).date() for each in episode.corrections)


def _measures(
    show: Show,
    inside: Sequence[Made],
    so_far: Sequence[Made],
    downloads: Mapping[tuple[date, str, str, str], int],
    period: Period,
    published: Publication,
) -> tuple[Measure, ...]:
    def both(name: str, of: Callable[[Sequence[Made]], float], digits: int = 0) -> Measure:
        return Measure(name=name, period=of(inside), so_far=of(so_far), digits=digits)

    days = [day for each in published.releases for day in _corrected(each.episode, show) if day <= period.last]
    corrections = Measure(name="Corrections", period=sum(day in period for day in days), so_far=len(days))
    organisations = {each.name: each.organisation for made in published.releases for each in made.episode.credits(show)}
    found = (
        both("Episodes", len),
        both("Hours of sound", lambda made: sum(each.seconds for each in made) / 3600, 2),
        both("People heard or credited", lambda made: len({name for each in made for name in each.people})),
        both(
            "Organisations",
            lambda made: len({organisations[name] for each in made for name in each.people} - {""}),
        ),
        both("Places", lambda made: len({name for each in made for name in each.places})),
        both("Episodes with a transcript", lambda made: sum(each.review != "none" for each in made)),
        both("Transcripts approved by a person", lambda made: sum(each.review == "approved" for each in made)),
        corrections,
    )
    if not downloads:
        return found
    within = sum(n for (day, *_), n in downloads.items() if day in period)
    return (*found, Measure(name="Downloads", period=within, so_far=sum(downloads.values())))


def _people(show: Show, episodes: Sequence[Episode]) -> tuple[Named, ...]:
    return _named([{(each.name, _role(each)) for each in made.credits(show)} for made in episodes])


def _role(person: Person) -> str:
    return f"{person.role}, {person.organisation}" if person.organisation else person.role


def _organisations(show: Show, episodes: Sequence[Episode]) -> tuple[Named, ...]:
    credits = [made.credits(show) for made in episodes]
    return _named([{(each.organisation, each.name) for each in people if each.organisation} for people in credits])


def _places(show: Show, episodes: Sequence[Episode]) -> tuple[Named, ...]:
    return _named([{(each.name, _RELATIONS[each.rel]) for each in (*made.places, *show.places)} for made in episodes])


def _named(told: Sequence[set[tuple[str, str]]]) -> tuple[Named, ...]:
    """What episodes name, the most frequent first: of each episode, names with what is said about them."""
    counts = Counter(name for each in told for name in {name for name, _ in each})
    about = {name: sorted({what for each in told for named, what in each if named == name}) for name in counts}
    found = (Named(name=name, about=tuple(said), episodes=counts[name]) for name, said in about.items())
    return tuple(sorted(found, key=lambda each: (-each.episodes, each.name.casefold())))


def _heard(kept: Kept, period: Period, titles: Mapping[str, str]) -> Heard:
    inside = {key: n for key, n in kept.apps.items() if key[0] in period}
    days, episodes = Counter(dict.fromkeys(period.days, 0)), Counter[str]()
    apps, countries = Counter[tuple[str, str]](), Counter[str]()
    for (day, slug, app, kind), n in inside.items():
        days[day] += n
        episodes[slug] += n
        apps[app, kind] += n
    for (day, country), n in kept.countries.items():
        countries[country] += n if day in period else 0
    known = [day for day in kept.days if day in period]
    return Heard(
        total=sum(inside.values()),
        days=days,
        episodes=tuple((slug, titles.get(slug, slug), n) for slug, n in _most(episodes)),
        apps=tuple((name, kind, n) for (name, kind), n in _most(apps)),
        countries=tuple((name, n) for name, n in _most(+countries)),
        counted=len(known),
        unsure=tuple(sorted(day for day in known if not kept.days[day].whole)),
    )


def _most(counts: Counter[Name]) -> list[tuple[Name, int]]:
    return sorted(counts.items(), key=lambda each: (-each[1], str(each[0]).casefold()))
