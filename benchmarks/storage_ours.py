"""Publish a tree with placecast's own protocol, and print what was sent and asked: a process for `storage.py`."""

from __future__ import annotations

import http.client
import json
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from placecast import delivery, plan
from placecast.delivery import Parcel, Publisher
from placecast.fingerprint import sha256
from placecast.model import S3Target
from placecast.plan import Upload
from placecast.storage import open_storage


def publish(target: S3Target, local: list[Upload], clone: str) -> int:
    """Bring the bucket to the local tree, as `placecast.publishing` does. How many files were sent."""
    storage = open_storage(target)
    sight = delivery.look(storage)
    uploads = plan.uploads(local, sight.objects)
    if uploads or sight.unsettled:
        named = frozenset(each.key for each in local if each.key.startswith("media/"))
        parcel = Parcel(uploads=uploads, kept=frozenset(each.key for each in local), named=named)
        delivery.send(Publisher(storage=storage, clone=clone, now=datetime.now(UTC)), sight, parcel)
    return len(uploads)


def local_files(public: Path, facts: dict[str, dict[str, object]]) -> list[Upload]:
    """The tree as it is to be published. Text is read and hashed; what sound is in the media is known."""
    keys = (path.relative_to(public).as_posix() for path in sorted(public.rglob("*")) if path.is_file())
    return [_upload(public / key, key, facts.get(key)) for key in keys]


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


def main(public: str, facts: str, endpoint: str, bucket: str, clone: str) -> None:
    requests: Counter[str] = Counter()
    counting(requests)
    local = local_files(Path(public), json.loads(Path(facts).read_text()))
    sent = publish(S3Target(bucket=bucket, prefix="", endpoint=endpoint), local, clone)
    print(json.dumps({"sent": sent, "requests": requests, "boto3": "boto3" in sys.modules}))


main(*sys.argv[1:])
