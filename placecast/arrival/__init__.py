"""A show moves in from another host: its feed is read, its files are fetched, and it becomes a show's folder.

It may be stopped at any moment: what is here is not fetched or written again, and what people changed meanwhile stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from placecast import files
from placecast.abroad import Abroad
from placecast.arrival import episodes, feeds, show
from placecast.arrival.ledger import Ledger
from placecast.arrival.show import Order
from placecast.moving import instructions
from placecast.moving.facts import Brought, Loss, Moved, OldEpisode, OldFeed, Outcome
from placecast.project import Project, scaffold
from placecast.project.secrets import masked
from placecast.workshop import Reporter

__all__ = ["KEPT_FEED", "PLAN", "Order", "bring"]

PLAN = "moving/plan.md"
KEPT_FEED = "moving/old-feed.xml"
_UNDATED = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class _Move:
    """What the whole move works with."""

    project: Project
    abroad: Abroad
    reporter: Reporter
    old: OldFeed
    base: str  # the new address of the show
    ledger: Ledger


def bring(order: Order, abroad: Abroad, reporter: Reporter, today: datetime) -> Moved:
    """Bring the show over, or as much of it as is not here yet."""
    with reporter.step("read the old feed", order.source):
        loaded = feeds.load(abroad, order.source)
    show.require_leave(loaded.feed.show, order.owner)
    project = Project(root=order.folder.resolve())
    project.root.mkdir(parents=True, exist_ok=True)
    with project.locked():
        losses = show.begin(project, abroad, loaded.feed, order)
        here, _ = project.load()
        feeds.require_old(loaded.feed, here.feed_url)
        # What the new feed is compared with, also when the old one is gone.
        files.write(project.root / KEPT_FEED, loaded.body)
        ledger = Ledger(project.root)
        kept = ledger.merged("", (*losses, *loaded.feed.show.losses, *loaded.feed.losses))
        brought = _bring_episodes(
            _Move(project=project, abroad=abroad, reporter=reporter, old=loaded.feed, base=here.url, ledger=ledger)
        )
        moved = Moved(old=loaded.feed, root=str(project.root), new_feed=here.feed_url, episodes=brought, losses=kept)
        files.write(project.root / PLAN, instructions.markdown(moved, today).encode())
        return moved


def _bring_episodes(move: _Move) -> tuple[Brought, ...]:
    """The oldest first, so that episodes which come later take no name away; told in the feed's order."""
    listed = sorted(move.old.episodes, key=lambda each: (each.published or _UNDATED, each.guid))
    host = episodes.Host(abroad=move.abroad)
    known, made = episodes.known(move.project), {}
    for number, old in enumerate(listed, start=1):
        made[old.guid] = _bring_one(move, host, old, known.get(masked(old.guid)), f"{number} of {len(listed)}")
    return tuple(made[old.guid] for old in move.old.episodes)


def _bring_one(move: _Move, host: episodes.Host, old: OldEpisode, known: str | None, which: str) -> Brought:
    slug = known or scaffold.free_slug(move.project, old.title)
    if known and episodes.complete(move.project, slug) and not move.ledger.owes(old.guid):
        return _told(move, old, Brought(slug=slug, title=old.title, guid=old.guid, outcome="there"), ())
    with move.reporter.step(f"bring {slug}", which) as progress:
        sound, losses = host.sound(move.project, slug, old, progress)
        words = episodes.texts(move.project, host.abroad, slug, old, sound)
        if known:
            episodes.complete_chapters(move.project, slug, words.chapters)
        more = () if known else episodes.write(move.project, slug, old, move.old.show, words)
    outcome: Outcome = "brought" if sound else "without sound"
    made = Brought(slug=slug, title=old.title, guid=old.guid, outcome=outcome)
    return _told(move, old, made, (*losses, *words.losses, *more))


def _told(move: _Move, old: OldEpisode, made: Brought, losses: Sequence[Loss]) -> Brought:
    return replace(
        made,
        old_page=old.page,
        new_page=f"{move.base}e/{made.slug}/",
        losses=move.ledger.merged(old.guid, (*losses, *old.losses)),
    )
