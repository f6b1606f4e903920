"""Publish a tree with placecast's own protocol, and print what was sent and asked: a process for `storage.py`."""

from __future__ import annotations

import http.client
import json
import re
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from placecast import delivery, plan
from placecast.delivery import Parcel, Publisher, Sight, glance
from placecast.fingerprint import sha256
from placecast.model import S3Target
from placecast.plan import FEED, Upload
from placecast.storage import Storage, open_storage

SHOW = "https://podcast.example/"  # as in the made-up feed: what lies below it is asked for in the bucket


@dataclass(frozen=True, kw_only=True)
class Place:
    """A bucket that everybody may read, and what this clone remembers of it."""

    target: S3Target
    site: str  # the public address of the bucket
    memory: Path  # named after the clone


def publish(place: Place, local: tuple[Upload, ...]) -> int:
    """Bring the bucket to the local tree, as `placecast.pipeline` and `placecast.publishing` do. How many were sent."""
    glanced = glance.glance(place.memory, place.target, place.site + FEED)
    if glanced and not plan.uploads(local, glanced.objects):
        return 0
    storage = open_storage(place.target)
    sight = delivery.look(storage)
    glance.remember(place.memory, storage, sight)
    uploads = plan.uploads(local, sight.objects)
    if uploads or sight.unsettled:
        send(place, storage, sight, local, uploads)
    return len(uploads)


def send(place: Place, storage: Storage, sight: Sight, local: tuple[Upload, ...], uploads: tuple[Upload, ...]) -> None:
    from placecast.delivery import web

    site = web.Site(place.site)
    publisher = Publisher(
        storage=storage,
        clone=place.memory.name,
        now=datetime.now(UTC),
        verify=lambda sent: web.require(site, map(web.promise, sent)),
    )
    feed = next(each.source for each in local if each.key == FEED)
    promised = tuple(each for each in uploads if each.key in named(feed))
    parcel = Parcel(uploads=uploads, kept=frozenset(each.key for each in local), promised=promised)
    glance.forget(place.memory)
    after = delivery.send(publisher, sight, parcel)
    glance.remember(place.memory, storage, after)
    if after.feed and after.feed != sight.feed and (broken := web.read_back(site, FEED, after.feed.body)):
        raise SystemExit(str(broken))


def named(feed: Path | bytes) -> frozenset[str]:
    """The keys that the feed names as addresses."""
    body = feed if isinstance(feed, bytes) else feed.read_bytes()
    return frozenset(re.findall(f'"{SHOW}([^"]+)"', body.decode()))


def local_files(public: Path, facts: dict[str, dict[str, object]]) -> tuple[Upload, ...]:
    """The tree as it is to be published. Text is read and hashed; what sound is in the media is known."""
    keys = (path.relative_to(public).as_posix() for path in sorted(public.rglob("*")) if path.is_file())
    return tuple(_upload(public / key, key, facts.get(key)) for key in keys)


def _upload(path: Path, key: str, known: dict[str, object] | None) -> Upload:
    if known:
        return plan.upload(key, path, int(str(known["size"])), str(known["sha256"]))
    body = path.read_bytes()
    return plan.upload(key, path, len(body), sha256(body))


def counting(requests: Counter[str]) -> None:
    """Count every HTTP request of this process by its method: whatever library sends it, it goes through here."""
    put = http.client.HTTPConnection.putrequest

    def counted(connection: http.client.HTTPConnection, method: str, *rest: object, **more: object) -> None:
        requests[method] += 1
        put(connection, method, *rest, **more)  # type: ignore[arg-type]

    http.client.HTTPConnection.putrequest = counted  # type: ignore[method-assign]


def main(public: str, facts: str, endpoint: str, bucket: str, memory: str) -> None:
    requests: Counter[str] = Counter()
    counting(requests)
    local = local_files(Path(public), json.loads(Path(facts).read_text()))
    place = Place(target=S3Target(bucket=bucket, endpoint=endpoint), site=f"{endpoint}/{bucket}/", memory=Path(memory))
    sent = publish(place, local)
    print(json.dumps({"sent": sent, "requests": requests, "boto3": "boto3" in sys.modules}))


main(*sys.argv[1:])
