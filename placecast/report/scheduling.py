"""What is said when an episode gets its date, or loses it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from placecast.moments import away, told
from placecast.report import Answer

if TYPE_CHECKING:
    from placecast.scheduling import Scheduled


def scheduled(done: Scheduled, now: datetime) -> Answer:
    """When the episode goes out, what is left to do until then, and who publishes it."""
    at = done.episode.published
    data = {
        "slug": done.episode.slug,
        "published": at.isoformat() if at else None,
        "before": done.before.isoformat() if done.before else None,
        "changed": done.changed,
        "recorded": done.recorded,
        "ready": done.ready,
        "held": done.unread,
        "workflows": [each.file for each in done.workflows],
    }
    return Answer(lines=tuple(_lines(done, now)), data=data)


def _lines(done: Scheduled, now: datetime) -> Iterator[str]:
    slug, at = done.episode.slug, done.episode.published
    if at is None:
        yield f"{slug} is a draft without a date{'' if done.changed else ', as it was'}: it goes out when you say so."
        return
    if at <= now:
        yield f"{slug} has the date {told(at)}, {away(at, now)}: the next `placecast publish` brings it out."
    else:
        yield f"{slug} goes out on {told(at)}, {away(at, now)}{'' if done.changed else ', as it did before'}."
    if done.note:
        yield done.note
    if not done.recorded:
        yield f'It has no recording yet. Put it into episodes/{slug}, and its name into episode.md: recording = "…"'
    elif not done.ready:
        yield "It is not made yet. `placecast publish` makes it now, and keeps it back until then."
    if done.unread:
        yield f"It is held back until a person has approved its transcript: placecast review {slug}"
    if at > now:
        yield from publishers(done, at)


def publishers(done: Scheduled, at: datetime) -> Iterator[str]:
    """Who brings out what is scheduled: nobody but a run after that moment."""
    yield "The first `placecast publish` after that moment brings it out."
    for each in done.workflows:
        run = each.next_run(at)
        when = f" next after it on {told(run.astimezone(at.tzinfo))}" if run else " by its schedule"
        yield f"{each.file} runs one{when}."
    if done.workflows:
        yield f"So that it knows the date, commit and push: episodes/{done.episode.slug}/episode.md"
    else:
        yield "Nothing in this folder runs one by itself: run it yourself then, or have cron or a workflow do it."
