"""What the producer does after an import, step by step, and what could not be kept: a document in the show's folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from placecast.moving.facts import Brought, Loss, Moved

WEEKS = 12
"""How long the old feed should stay. Apple asks for four weeks of redirection; many apps ask less often than that."""


def steps(moved: Moved, today: datetime) -> tuple[str, ...]:
    """The steps of the move in their order, each a line or two."""
    old, new = moved.old.address or "the old feed", moved.new_feed
    until = f"{today + timedelta(weeks=WEEKS):%d %B %Y}".lstrip("0")
    newest = next((each.slug for each in moved.episodes if each.outcome != "without sound"), "SLUG")
    return (
        *_unfinished(moved),
        "Publish nothing at the old host from now on. If something new is there, run the same import again.",
        "Look at placecast.toml and at what could not be kept (below). Set [target] to where the show shall live.",
        f"`placecast build`, then `placecast verify-migration {old} feed/feed.xml`. Go on when it ends with 0.",
        f"`placecast publish {newest}` uploads everything. The other episodes are transcribed when you say"
        " `placecast publish`.",
        f"`placecast verify-migration {old} {new}`: the new feed, as listeners get it, is the same.",
        f"In the new feed, say where it lives: `new_feed_url = \"{new}\"` in placecast.toml, and publish"
        " (`itunes:new-feed-url`: Apple Podcasts and others change the address of their subscribers by it).",
        f"At the old host, set the redirect of the feed to {new}. It must be a permanent one (HTTP 301), not 302."
        " If the host offers it, set `itunes:new-feed-url` in the old feed as well.",
        f"See that it works: `curl -sI {old}` must answer 301 with `location: {new}`. Then open the show in two apps"
        " that were subscribed before: no episode may be there twice, and none may be downloaded again.",
        f"Where the show is listed under its old address (Apple Podcasts Connect, Spotify, Podcast Index, YouTube,"
        f" your own pages), give {new}. The podcast:guid stays the same, so directories see one show.",
        f"Keep the redirect, and the old sound, for {WEEKS} weeks at least: until {until}. For ever is better: who"
        " opens an app again after a year is lost otherwise. Do not close the account before.",
        "Then take `new_feed_url` out again and delete the folder moving/ if you like.",
    )  # fmt: skip


def markdown(moved: Moved, today: datetime) -> str:
    """The whole document."""
    title = _cell(moved.old.show.title)
    lines = [f"# Moving {title} to {moved.new_feed}", "", "Written by `placecast import`; it writes it anew each time."]
    lines += ["", "## The steps, in this order", ""]
    lines += [f"{number}. {step}" for number, step in enumerate(steps(moved, today), start=1)]
    lines += ["", "## What could not be kept", "", *_losses(moved), "", "## Pages", "", *_pages(moved.episodes)]
    return "\n".join(lines).rstrip() + "\n"


def _unfinished(moved: Moved) -> Iterator[str]:
    if moved.missing:
        names = ", ".join(each.slug for each in moved.missing)
        yield f"First run the same `placecast import` again: the sound of {len(moved.missing)} is missing ({names})."


def _losses(moved: Moved) -> Iterable[str]:
    parts = [("the show", moved.losses), *((each.title, each.losses) for each in moved.episodes)]
    rows = [_row(about, loss) for about, losses in parts for loss in losses]
    if not rows:
        return ["Everything was kept."]
    return ["| episode | what | value | why |", "|---|---|---|---|", *rows]


def _row(about: str, loss: Loss) -> str:
    return f"| {_cell(loss.about or about)} | {_cell(loss.tag)} | {_cell(loss.value)} | {_cell(loss.why)} |"


def _pages(episodes: Sequence[Brought]) -> Iterable[str]:
    """Old pages and new ones: some hosts, and every server of one's own, can redirect them too."""
    rows = [f"| {_cell(each.old_page)} | {_cell(each.new_page)} |" for each in episodes if each.old_page]
    if not rows:
        return ["The old feed names no pages."]
    return ["Redirect them where the old server lets you.", "", "| old | new |", "|---|---|", *rows]


def _cell(text: str) -> str:
    """A text of a stranger's in a table: no mark of Markdown's or HTML's may act."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("`", "\\`")
