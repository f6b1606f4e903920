"""Builders of a show, its episodes and their releases, for tests: plausible unless told otherwise.

publication(release(episode("trust", title="Trust")))
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from placecast import archive, pages, search
from placecast.fingerprint import podcast_guid, sha256
from placecast.model import (
    Approval,
    Audio,
    Chapter,
    Cue,
    Episode,
    FolderTarget,
    Image,
    MadeFrom,
    Mastering,
    Person,
    Place,
    Publication,
    Release,
    Show,
    Soundbite,
    Text,
    Transcript,
)

ADDRESS = "https://podcast.example.org/placecast/"
LONDON = ZoneInfo("Europe/London")
SUMMER_MORNING = datetime(2026, 5, 1, 6, 0, tzinfo=LONDON)  # 05:00 UTC

COVER = Image(
    source=Path("cover.jpg"),
    name="cover-0123456789ab.jpg",
    type="image/jpeg",
    width=3000,
    height=3000,
    alt="A map with a river",
    purpose="artwork",
)
ROSA = Person(name="Rosa Hartley", role="host", url="https://example.org/people/rosa-hartley")
ANA = Person(name="Ana Müller", role="guest", url="https://example.org/ana", image="https://example.org/ana.jpg")
BIRMINGHAM = Place(name="Birmingham", rel="creator", geo="geo:52.4862,-1.8904", osm="R162378", country="GB")
MARLOW = Place(name="Marlow", geo="geo:51.5718706,-0.7769654", osm="R3727240", country="GB")

APPROVED = Approval(by="Ana Müller", at=SUMMER_MORNING, text=sha256(b"text"), sound=sha256(b"recording"))

SHOW = Show(
    title="Placecast",
    description="Conversations about places, and what makes them work.",
    url=ADDRESS,
    guid=podcast_guid(ADDRESS + "feed.xml"),
    author="Local Policy Innovation Partnership Hub",
    owner_name="LPIP Hub",
    owner_email="hub@example.org",
    categories=(("Science", "Social Sciences"), ("Government",)),
    cover=COVER,
    target=FolderTarget(folder=Path("public")),
    copyright="LPIP Hub",
    license="cc-by-4.0",
    people=(ROSA,),
    places=(BIRMINGHAM,),
)


def show(**changes: Any) -> Show:
    """The show, with these facts changed."""
    return replace(SHOW, **changes)


def episode(slug: str = "trust", **facts: Any) -> Episode:
    """An episode with a title, a summary and notes; its guid follows from its slug."""
    defaults: dict[str, Any] = {
        "slug": slug,
        "file": Path("episodes") / slug / "episode.md",
        "title": "Who trusts the council?",
        "guid": podcast_guid(f"https://guid.example/{slug}"),
        "published": SUMMER_MORNING,
        "summary": "Why some towns trust their council & others do not.",
        "notes": "Why some *towns* trust.",
    }
    return Episode(**{**defaults, **facts})


def full_episode(slug: str = "trust", **facts: Any) -> Episode:
    """An episode with every fact that the feed can carry."""
    defaults: dict[str, Any] = {
        "season": 2,
        "number": 12,
        "people": (ANA,),
        "places": (BIRMINGHAM, MARLOW),
        "chapters": (
            Chapter(seconds=0, title="Welcome"),
            Chapter(seconds=61.5, title="Trust & <doubt>", url="https://example.org/trust"),
            Chapter(seconds=900, title="What next?"),
        ),
        "soundbites": (Soundbite(seconds=73, duration=42.25, title="Trust is local"),),
    }
    return episode(slug, **{**defaults, **facts})


def audio(slug: str = "trust", **facts: Any) -> Audio:
    """The facts of half an hour of published sound."""
    digest = sha256(slug.encode())
    defaults: dict[str, Any] = {
        "name": Audio.name_for(slug, digest),
        "bytes": 21_600_768,
        "seconds": 1800.4,
        "sha256": digest,
        "loudness": -16.1,
        "true_peak": -1.3,
        "made_from": MadeFrom(recording=sha256(b"recording"), mastering=Mastering(), version=1),
    }
    return Audio(**{**defaults, **facts})


def transcript(*texts: str, language: str = "en-GB") -> Transcript:
    """A transcript of these sentences, four seconds each."""
    cues = (Cue(start=4.0 * i, end=4.0 * i + 3.5, text=text, speaker=ROSA.name) for i, text in enumerate(texts))
    return Transcript(cues=tuple(cues), language=language)


def release(told: Episode | None = None, **facts: Any) -> Release:
    """An episode as it is published, with sound and a transcript that somebody answers for."""
    told = told or episode()
    defaults: dict[str, Any] = {
        "episode": told,
        "published": told.published or datetime(2026, 5, 1, 5, tzinfo=UTC),
        "audio": audio(told.slug),
        "transcript": transcript("Welcome to Placecast.", "Today we talk about trust."),
        "edited": True,
        "approval": APPROVED,
        "notes_html": "<p>Why some <em>towns</em> trust.</p>",
    }
    given = {**defaults, **facts}
    words = given.pop("words", ())
    text = Text(transcript=given.pop("transcript"), words=lambda: words)
    return Release(said=archive.said_of(text.transcript), text=lambda: text, **given)


def publication(*releases: Release, **changes: Any) -> Publication:
    """The show, with these facts changed, and its releases."""
    return Publication(show=show(**changes), releases=releases)


FULL_RELEASE = release(full_episode())


def pages_of(publication: Publication) -> dict[str, bytes]:
    """Every page of a show, as `building.render` makes them."""
    around = pages.neighbours(publication)
    told = {
        path: content for each in publication.releases for path, content in pages.embedded(each, publication).items()
    }
    for each in publication.releases:
        told |= pages.references(each, publication.show)
    told |= {
        f"{each.episode.folder}index.html": pages.episode(
            each, publication, around[each.episode.slug], each.text().transcript
        )
        for each in publication.releases
    }
    return pages.site(publication) | told


def index_of(publication: Publication) -> dict[str, bytes]:
    """The search index of a show, and the text that it leads to."""
    told = publication.releases[::-1]
    slugs = [each.episode.slug for each in told]
    segment, tree = search.segment(slugs, [search.heard(each.text().transcript) for each in told])
    places = [[place.name for place in each.episode.places] for each in told]
    tree |= search.table([segment], publication.show.language, [each.published.year for each in told], places)
    for each in told:
        tree |= search.parts(each, each.text().transcript)
    return tree
