"""What is wrong with a show's storage and its public address, why it matters, and how to cure it.

It only looks, but for one small object of its own that it writes and takes away again. `mend` changes a bucket's
settings, which nothing else in this program does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from placecast import delivery, publishing, rss
from placecast.delivery.manifest import Record
from placecast.delivery.web import Site, UnansweredError
from placecast.doctor import difference, listeners
from placecast.doctor.findings import SEVERITIES, Finding, Severity, fine, found
from placecast.doctor.visit import Published
from placecast.errors import PlacecastError, StorageError, UsageError
from placecast.model import Episode, S3Target, Show
from placecast.plan import FEED, Upload
from placecast.run import Run
from placecast.storage import Storage

if TYPE_CHECKING:
    from placecast.storage.patience import Patience

__all__ = ["SEVERITIES", "Finding", "Severity", "examine", "key_policy", "mend"]


def examine(run: Run, patience: Patience | None = None) -> tuple[Finding, ...]:
    """Everything that was looked at, the gravest first."""
    show, episodes = run.project.load()
    storage = run.open_storage(show.target)
    with run.reporter.step(f"examine {storage.name} and {show.url}", "changes nothing"):
        seen = list(_storage(run, show, storage, patience))
        if not _unreachable(seen):
            seen += _published(run, show, episodes, storage)
    return tuple(sorted(seen, key=lambda each: SEVERITIES.index(each.severity)))


def mend(run: Run, patience: Patience | None = None) -> tuple[Finding, ...]:
    """Set the bucket's CORS rules and policy, and end uploads that nobody will finish. What was done, or why not."""
    show, _ = run.project.load()
    target = show.target
    if not isinstance(target, S3Target):
        raise _no_bucket(show)
    from placecast.doctor import bucket, settings

    with run.project.locked(), run.reporter.step(f"mend {target.name}", "CORS rules, policy, unfinished uploads"):
        return tuple(settings.mend(bucket.reach(target, run.now, patience)))


def key_policy(run: Run) -> dict[str, object]:
    """All that the key needs which publishes this show, as an IAM policy."""
    from placecast.doctor import rules

    show, _ = run.project.load()
    if not isinstance(show.target, S3Target):
        raise _no_bucket(show)
    return rules.key_policy(show.target)


def _no_bucket(show: Show) -> UsageError:
    return UsageError(
        show.target.name,
        "a folder has neither a policy nor CORS rules.",
        "Its web server's settings do that part. To see what listeners get: placecast doctor",
    )


def _unreachable(seen: Iterable[Finding]) -> bool:
    return any((each.code, each.severity) == ("bucket", "fault") for each in seen)


def _storage(run: Run, show: Show, storage: Storage, patience: Patience | None) -> Iterator[Finding]:
    if isinstance(show.target, S3Target):
        from placecast.doctor import bucket, settings

        there = bucket.reach(show.target, run.now, patience)
        reached = tuple(bucket.examine(there, storage))
        yield from reached
        if not _unreachable(reached):
            yield from settings.examine(there)


def _published(run: Run, show: Show, episodes: tuple[Episode, ...], storage: Storage) -> Iterator[Finding]:
    """The three accounts of the show, and what listeners get."""
    try:
        feed, kept = storage.read(FEED), Record(storage).manifest
        listed = {there.key: there for there in storage.listed()}
    except StorageError as error:
        yield found("bucket", str(error.faults[0].what), error.faults[0].cure)
        return
    if feed is None:
        yield fine("dangling", "Nothing is published yet. Once it is, look again for what listeners get.")
        return
    try:
        named = rss.named(show, feed.body)
    except PlacecastError as error:
        yield found("feed", f"The feed in {storage.name}: {error.faults[0].what}")
        return
    local, troubles = _local(run, show, episodes, storage)
    yield from troubles
    yield from difference.compare(named.keys, kept.objects, listed, local)
    yield from _listeners(Published(show=show, feed=feed.body, named=named))


def _local(
    run: Run, show: Show, episodes: tuple[Episode, ...], storage: Storage
) -> tuple[tuple[Upload, ...], tuple[Finding, ...]]:
    """What this clone would send, as far as that is known."""
    try:
        sight = delivery.look(storage, thorough=True)
        return publishing.build(run, show, episodes, sight).uploads, ()
    except PlacecastError as error:
        fault = error.faults[0]
        return (), (found("facts", f"{fault.file}: {fault.what}", fault.cure),)


def _listeners(published: Published) -> Iterator[Finding]:
    """Through the address. A folder may well be shown by nobody yet: there, silence is no fault."""
    site = Site(published.show.url)
    try:
        if not isinstance(published.show.target, S3Target) and _silent(site):
            yield fine("address", f"{site.address} does not answer here, so what listeners get was not looked at.")
            return
        yield from listeners.examine(site, published)
    finally:
        site.close()


def _silent(site: Site) -> bool:
    try:
        site.ask(FEED)
    except UnansweredError:
        return True
    return False
