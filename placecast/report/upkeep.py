"""What the commands say that take an episode out, go back to an earlier feed, clear up, or replace the sound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from placecast.report import Answer, size
from placecast.report.plain import plain_line

if TYPE_CHECKING:
    from placecast.model import Show
    from placecast.upkeep.prune import Pruning
    from placecast.upkeep.replace import Replaced
    from placecast.upkeep.rollback import Earlier, RolledBack
    from placecast.upkeep.unpublish import Unpublished


def unpublished(done: Unpublished, show: Show) -> Answer:
    """What has become of an episode, and what cannot be taken back."""
    lines = [f"{done.slug} is out of the feed." if done.was_in_feed else f"{done.slug} was not in the feed."]
    lines.append(f"In place of its page stands a notice: {show.page(f'e/{done.slug}/')}")
    if done.deleted:
        lines.append(f"Deleted: {len(done.deleted)} files, among them its sound and its transcripts in every version.")
    else:
        lines.append("Its sound and its transcripts are still there for apps that hold their addresses.")
    lines.append("Apps that have downloaded the episode keep it: nobody can take that back.")
    lines.append("Other clones learn of it from git and from the target; commit the changed episode.md.")
    data = {"slug": done.slug, "guid": done.guid, "was_in_feed": done.was_in_feed, "deleted": list(done.deleted)}
    return Answer(lines=tuple(lines), data=data | {"sent": list(done.sent)})


def earlier(found: Sequence[Earlier]) -> Answer:
    """The feeds that can be gone back to."""
    lines = [each.name for each in found] or ["There is no earlier feed yet."]
    return Answer(lines=tuple(lines), data={"feeds": [each.name for each in found]})


def rolled_back(done: RolledBack) -> Answer:
    """Which feed is published again, and for how long."""
    lines = [f"The feed is again the one of {done.name}: {done.episodes} episode{'s' * (done.episodes != 1)}."]
    if done.left_out:
        lines.append(f"Left out, since they were unpublished meanwhile: {', '.join(map(plain_line, done.left_out))}")
    lines.append("Pages and transcripts stay as they are. The next `placecast publish` publishes this clone's state,")
    lines.append("so put the mistake right before you run it.")
    return Answer(lines=tuple(lines), data={"feed": done.name, "episodes": done.episodes, "out": list(done.left_out)})


def to_prune(found: Pruning, days: int) -> Answer:
    """What would be taken away."""
    lines = [f"{each.key} ({size(each.size)}), idle since {each.since:%d %B %Y}" for each in found.idle]
    total = sum(each.size for each in found.idle)
    if found.idle:
        lines.append(f"{len(found.idle)} files, {size(total)}: nothing has pointed to them for {days} days or more.")
    else:
        lines.append(f"Nothing has been without a use for {days} days.")
    if found.waiting:
        lines.append(f"{found.waiting} more are without a use, but not for so long.")
    facts = [{"key": each.key, "bytes": each.size, "since": each.since.isoformat()} for each in found.idle]
    return Answer(lines=tuple(lines), data={"idle": facts, "waiting": found.waiting})


def replaced(done: Replaced) -> Answer:
    """What listeners hear from now on, by when they subscribed and downloaded."""
    if done.new is None or done.built.blocked:
        lines = [f"{done.slug}: nothing was sent. Run `placecast status` to see what it waits for."]
    elif done.old is None:
        lines = [f"{done.slug} had not been published before: this is its first sound."]
    elif done.old.path == done.new.path:
        lines = [f"{done.slug}: the new recording gives the very same file. Nothing has changed for listeners."]
    else:
        lines = _who_hears_what(done)
    data = {"slug": done.slug, "old": done.old and done.old.path, "new": done.new and done.new.path}
    return Answer(lines=tuple(lines), data=data | {"recalled": done.recalled})


def _who_hears_what(done: Replaced) -> list[str]:
    lines = [
        f"{done.slug} has new sound under a new address; its guid is the same, so no app shows it as a new episode.",
        "Who has not downloaded it yet hears the new sound, as soon as the app has read the feed again.",
        "Who has downloaded it keeps the old sound. Some apps fetch it again, most do not: Apple and Spotify may",
        "take from hours to days, and some listeners will have to delete and download it themselves.",
    ]
    if done.recalled:
        lines.append("The old address gives the new sound as well, as soon as caches have let go of the old one.")
    else:
        lines.append("The old sound stays under its old address for apps that hold it. To overwrite it: --recall")
    return lines
