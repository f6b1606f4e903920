"""From checked facts to the project's own data: the one place that knows both shapes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from placecast import colours
from placecast.errors import FactsError, Fault
from placecast.model import (
    SLUG,
    Directories,
    Distribution,
    Episode,
    FolderTarget,
    Look,
    Mastering,
    Names,
    S3Target,
    Show,
    Soundbite,
    Target,
    Transcription,
)
from placecast.project import chaptering, listing
from placecast.project.distribution_schema import DistributionFacts
from placecast.project.faults import validate
from placecast.project.front_matter import read, read_toml
from placecast.project.look_schema import LookFacts
from placecast.project.naming import people, places
from placecast.project.schema import EpisodeFacts, ShowFacts, TargetFacts
from placecast.project.secrets import without_secrets
from placecast.project.shapes import Facts
from placecast.project.templates import read_templates

Data = TypeVar("Data")

SLUG_LIMIT = 80
# Names that Windows gives to devices: https://learn.microsoft.com/windows/win32/fileio/naming-a-file
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}


def read_show(text: str, root: Path, file: str, names: Names) -> Show:
    """The show that this placecast.toml describes; FactsError with everything that is wrong with it."""
    data = read_toml(text, file)
    with without_secrets(data, file):
        facts = validate(ShowFacts, data, file)
    faults: list[Fault] = []
    cover = _kept(faults, lambda: listing.cover(facts, root, file))
    told = _kept(faults, lambda: listing.of_show(facts, root, file))
    target = _kept(faults, lambda: _target(facts.target, root, file))
    look = _kept(faults, lambda: _look(facts.look, root))
    if faults or cover is None or target is None or told is None or look is None:
        raise FactsError(faults)
    return Show(
        **_same(facts, "title", "description", "guid", "author", "categories", "language", "explicit", "type")
        | _same(facts, "copyright", "license", "license_url", "locked", "contact_url", "complete", "new_feed_url")
        | told,
        url=facts.url.rstrip("/") + "/",
        owner_name=facts.owner.name,
        owner_email=facts.owner.email,
        zone=facts.time_zone,
        cover=cover,
        target=target,
        index="" if _index_pages(facts.target) else "index.html",
        people=people(facts.people, names),
        places=places(facts.places, names),
        names=names,
        mastering=Mastering(**facts.mastering.model_dump()),
        transcription=_transcription(facts, root),
        distribution=_distribution(facts.distribution),
        directories=Directories(**{name: address or "" for name, address in facts.directories}),
        look=look,
    )


def read_episode(text: str, path: Path, file: str, show: Show | None) -> Episode:
    """The episode that this episode.md describes; FactsError with everything that is wrong with it."""
    data, notes = read(text, file)
    with without_secrets(data | {"notes": notes}, file):
        facts = validate(EpisodeFacts, data, file, **({"zone": show.zone} if show else {}))
    names = show.names if show else Names()
    also = places(facts.places, names) + (show.places if show else ())
    faults = slug_faults(path.parent.name, file)
    marks = _kept(faults, lambda: chaptering.read(facts, notes, path.parent, file, names, also))
    told = _kept(faults, lambda: listing.of_episode(facts, path.parent, file))
    if faults or marks is None or told is None:
        raise FactsError(faults)
    return Episode(
        **told,
        **_same(
            facts,
            "title",
            "guid",
            "published",
            "withdrawn",
            "summary",
            "season",
            "number",
            "kind",
            "display",
            "license",
            "license_url",
            "block",
            "explicit",
            "language",
            "speakers",
            "waypoints",
        ),
        slug=path.parent.name,
        formerly=tuple(slug for slug in dict.fromkeys(facts.formerly) if slug != path.parent.name),
        file=path,
        notes=notes,
        recording=path.parent / facts.recording if facts.recording else None,
        people=people(facts.people, names),
        places=places(facts.places, names),
        chapters=marks,
        soundbites=tuple(
            Soundbite(seconds=each.start, duration=each.duration, title=each.title) for each in facts.soundbites
        ),
    )


def slug_faults(slug: str, file: str) -> list[Fault]:
    """What is wrong with a slug: it becomes a folder on every system, an address, and a file's name."""
    if not SLUG.fullmatch(slug) or len(slug) > SLUG_LIMIT:
        what = f"the folder's name {slug!r} cannot be an address."
    elif slug in DEVICES:
        what = f"the folder's name {slug!r} is reserved by Windows."
    else:
        return []
    cure = f"Name the folder in small letters a-z, digits and single dashes, {SLUG_LIMIT} at most: digbeth-after-dark."
    return [Fault(file=file, what=what, cure=cure)]


def _target(facts: TargetFacts, root: Path, file: str) -> Target:
    if facts.folder and not facts.bucket:
        return FolderTarget(folder=(root / facts.folder).resolve(), verify=bool(facts.verify))
    if facts.bucket and not facts.folder:
        prefix = facts.prefix.strip("/")
        return S3Target(
            bucket=facts.bucket,
            prefix=f"{prefix}/" if prefix else "",
            endpoint=facts.endpoint,
            region=facts.region,
            verify=facts.verify is not False,
        )
    what = "names both a folder and a bucket." if facts.folder else "names neither a folder nor a bucket."
    cure = 'Write either folder = "public" or bucket = "my-bucket" under [target].'
    raise FactsError([Fault(file=file, key="target", what=what, cure=cure)])


def _index_pages(facts: TargetFacts) -> bool:
    """Whether the server adds index.html to a folder's address. S3 itself does not."""
    return facts.folder is not None if facts.index_pages is None else facts.index_pages


def _transcription(facts: ShowFacts, root: Path) -> Transcription:
    weights = facts.transcription.weights
    return Transcription(
        **_same(facts.transcription, "engine", "model", "fast", "language", "review"),
        weights=_weights(weights, root) if weights else None,
    )


def _weights(name: str, root: Path) -> Path:
    try:
        return root / Path(name).expanduser()
    except RuntimeError:  # ~somebody, who is not known here
        return root / name


def _distribution(facts: DistributionFacts) -> Distribution:
    return Distribution(
        hubs=tuple(dict.fromkeys(facts.hubs)),
        cloudfront=facts.cloudfront or "",
        cloudflare=facts.cloudflare or "",
        command=facts.command,
    )


def _look(facts: LookFacts, root: Path) -> Look:
    accent, dark = facts.accent or "", facts.accent_dark or ""
    if dark and not accent:
        accent = colours.nearest(dark, colours.BY_DAY, colours.EASY)
    if accent and not dark:
        dark = colours.nearest(accent, colours.AT_NIGHT, colours.EASY)
    return Look(accent=accent, accent_dark=dark, templates=read_templates(root))


def _same(facts: Facts, *names: str) -> dict[str, Any]:
    """The facts that have the same name and shape on both sides."""
    return {name: getattr(facts, name) for name in names}


def _kept(faults: list[Fault], read: Callable[[], Data]) -> Data | None:
    """What `read` gives; its faults are kept for later, so that all are reported together."""
    try:
        return read()
    except FactsError as error:
        faults.extend(error.faults)
        return None
