"""Finding out that there is nothing to do, without a word to the storage: what this clone knows of its last run.

If the world still sees the feed that this clone saw last, what it remembers of the target is good enough to conclude
that nothing need be sent; it is never good enough to send anything. So credentials, boto3 and the record are asked
for by those runs only that have something to do.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from placecast import files
from placecast.delivery import Sight, manifest, settled
from placecast.model import S3Target, Target
from placecast.storage import Content, Storage

_MARK = "target.txt"  # whose memory it is, and the mark of its feed


def remember(folder: Path, storage: Storage, sight: Sight) -> None:
    """Keep what was seen, or forget everything where it is not worth trusting."""
    if sight.feed is None or not settled(storage, sight.kept, sight.feed):
        forget(folder)
        return
    files.write(folder / "feed.xml", sight.feed.body)
    files.write(folder / "manifest.json", manifest.dump(sight.kept))
    files.write(folder / _MARK, f"{storage.name}\n{sight.feed.mark}".encode())


def forget(folder: Path) -> None:
    """Before anything is sent: a run that dies must not be taken for one that ended."""
    (folder / _MARK).unlink(missing_ok=True)


def glance(folder: Path, target: Target, feed_url: str) -> Sight | None:
    """What was seen last, if the public feed is still that one; None when the storage must be asked."""
    seen = last_sight(folder, target)
    return seen if seen and seen.feed and _is_public(feed_url, seen.feed) else None


def last_sight(folder: Path, target: Target) -> Sight | None:
    """What this clone saw there last, however it is by now; None when it has seen nothing, or not so well."""
    if not isinstance(target, S3Target) or not (folder / _MARK).is_file():
        return None
    name, _, mark = (folder / _MARK).read_text("utf-8").partition("\n")
    if name != target.name:
        return None
    try:
        feed = Content(body=(folder / "feed.xml").read_bytes(), mark=mark)
        kept = manifest.load((folder / "manifest.json").read_bytes())
    except FileNotFoundError:
        return None
    return Sight(objects=kept.objects, feed=feed, kept=kept, record=None, listed=False)


def last_time(folder: Path) -> datetime:
    """When that was."""
    return datetime.fromtimestamp((folder / _MARK).stat().st_mtime, UTC)


def last_feed(folder: Path, target: Target) -> bytes | None:
    """The feed that this clone saw there last; None when it has seen none, or knows that it may be another by now."""
    try:
        name = (folder / _MARK).read_text("utf-8").partition("\n")[0]
        return (folder / "feed.xml").read_bytes() if name == target.name else None
    except FileNotFoundError:
        return None


def is_published(folder: Path, feed_url: str) -> bool:
    """Whether everybody still gets the feed that was seen last."""
    try:
        mark = (folder / _MARK).read_text("utf-8").partition("\n")[2]
        return _is_public(feed_url, Content(body=(folder / "feed.xml").read_bytes(), mark=mark))
    except FileNotFoundError:
        return False


def _is_public(feed_url: str, feed: Content) -> bool:
    """Whether everybody gets this feed now. Any doubt is a no."""
    from placecast.delivery import web  # a tenth of a second, for those who ask

    headers = {"If-None-Match": f'"{feed.mark}"', "Cache-Control": "no-cache"}
    try:
        answer = web.Site(feed_url, tries=1).ask(feed_url, "GET", headers, most=len(feed.body) + 1)
    except web.UnansweredError:
        return False
    return answer.status == 304 or (answer.status == 200 and answer.body == feed.body)
