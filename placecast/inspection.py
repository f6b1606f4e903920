"""`placecast check`: the facts, and the tree that was built from them as it lies in the folder `feed`.

The files are read as apps would read them, whoever wrote them. What is published is known from the last run of this
clone: nothing is asked of the network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path

from placecast import building, changed, checks, gate, lastseen, promises, rss
from placecast.changed import Listing
from placecast.checks import Complaint, Finding, Picture, Sound, Subject
from placecast.errors import FactsError, PlacecastError
from placecast.model import Episode, Publication, Show
from placecast.plan import FEED
from placecast.publishing import build, seen_here
from placecast.run import Run


def examine(run: Run) -> tuple[Finding, ...]:
    """All that is to be said about the show, the gravest first."""
    try:
        show, episodes = run.project.load()
    except FactsError as error:
        return checks.of_faults(error.faults)
    published, outdated = _wanted(run, show, episodes)
    files, new = BuiltFiles(root=run.project.feed), rss.render(published)
    built = files.read(FEED) if FEED in files.sizes else None
    feed = new if built is None else built
    taken = tuple(_taken(run, show, episodes, published, feed))
    # What the next build would bring is as interesting as what the last one has brought.
    return checks.findings(
        Subject(publication=published, feed=feed, files=files, outdated=outdated, taken=taken, unbuilt=built is None),
        Subject(publication=published, feed=new),
    )


def _wanted(run: Run, show: Show, episodes: Sequence[Episode]) -> tuple[Publication, tuple[str, ...]]:
    """What this clone would show now, and the built files that are not as that wants them."""
    try:
        built = build(run, show, episodes, seen_here(run, show, episodes))
    except FactsError:
        raise
    except PlacecastError:  # the feed in the folder cannot be read; the rules say why
        return _by_facts(run, show, episodes), ()
    return built.publication, (*built.changed.written, *built.changed.removed)


def _by_facts(run: Run, show: Show, episodes: Sequence[Episode]) -> Publication:
    ready = building.publication(run.project, show, episodes, run.now)
    held = {each.slug for each in gate.held(ready, {}) if not each.live}
    return replace(ready, releases=tuple(each for each in ready.releases if each.episode.slug not in held))


def _taken(
    run: Run, show: Show, episodes: Sequence[Episode], published: Publication, feed: bytes
) -> list[tuple[str, Complaint]]:
    """What listeners would lose, by the facts or by the built feed, of what the published feed has given them."""
    body = lastseen.feed(run.project, show)
    if body is None:
        return []
    try:
        before = _ours(promises.promised(show, body), show, published)
        after = (promises.intended(show, episodes, before, run.now), rss.listing(feed))
    except PlacecastError:
        return []
    withdrawn = {each.guid for each in episodes if each.withdrawn}
    found = dict.fromkeys(
        each for new in after for each in changed.differences(promises.without(before, withdrawn), new)
    )
    faults = [(each.code, promises.fault(run.project, each, episodes)) for each in found]
    return [(code, Complaint(fault.file, fault.what, fault.key, fault.cure)) for code, fault in faults]


def _ours(before: Listing, show: Show, published: Publication) -> Listing:
    """The episodes that this clone shows: another's stay in the feed whatever this one does."""
    guids = {release.episode.guid for release in published.releases}
    pages = {show.page(release.episode.folder) for release in published.releases}
    return replace(before, episodes=tuple(each for each in before.episodes if each.guid in guids or each.page in pages))


@dataclass(frozen=True, kw_only=True)
class BuiltFiles:
    """The folder `feed`, read when a rule asks for it."""

    root: Path

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """The bytes of every file, by its path. Links are none: what is behind them was not built."""
        found = (path for path in self.root.rglob("*") if path.is_file() and not path.is_symlink())
        return {path.relative_to(self.root).as_posix(): path.stat().st_size for path in found}

    def read(self, path: str) -> bytes:
        return (self.root / path).read_bytes()

    def sound(self, path: str) -> Sound:
        return _sound(self.root / path)

    def picture(self, path: str) -> Picture:
        return _picture(self.root / path)


@lru_cache(None)
def _sound(path: Path) -> Sound:
    from placecast.audio.probing import probe
    from placecast.tags.reading import read_embedded

    found = probe(path)
    if found.fault:
        return Sound(fault=found.fault)
    tags = read_embedded(path)
    return replace(found, title=tags.title or "", chapters=tags.chapters)


@lru_cache(None)
def _picture(path: Path) -> Picture:
    from PIL import Image

    try:
        with Image.open(path) as picture:
            width, height = picture.size
            return Picture(format=picture.format or "", width=width, height=height, colours=picture.mode)
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        return Picture(fault=str(error) or "it is damaged")
