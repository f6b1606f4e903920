"""Writing to S3 beside others: conditions on small and large files, answers that are lost, uploads that others end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore import exceptions as boto

from placecast import plan
from placecast.fingerprint import sha256
from placecast.model import S3Target
from placecast.plan import Upload
from placecast.storage import ABSENT, Expected, RefusedError, Storage
from placecast.storage.patience import Patience
from placecast.storage.s3 import S3Storage
from tests import faults
from tests.seaweed import Bucket

MIB = 1 << 20


def opened(target: S3Target) -> Storage:
    """A storage that does not wait between its tries."""
    return S3Storage(target, Patience(wait=lambda _: None))


def large(folder: Path, content: bytes, key: str = "media/long.mp3") -> Upload:
    path = folder / f"{sha256(content)[:8]}.mp3"
    path.write_bytes(content)
    return plan.upload(key, path, len(content), sha256(content))


def recording(folder: Path) -> Upload:
    """40 MiB, which no two parts of are equal."""
    return large(folder, b"".join(bytes([number]) * MIB for number in range(40)))


def content(bucket: Bucket, key: str) -> bytes:
    body: bytes = bucket.client.get_object(Bucket=bucket.name, Key=key)["Body"].read()
    return body


@pytest.mark.s3
class TestConditions:
    def test_a_large_file_is_swapped_only_for_the_one_that_was_seen(self, bucket: Bucket, tmp_path: Path) -> None:
        storage = opened(bucket.target())
        one, two, three = (plan.as_passing(large(tmp_path, letter * 17 * MIB)) for letter in (b"1", b"2", b"3"))
        first = storage.put(one)
        second = storage.put(two, expected=Expected(first.mark))
        with pytest.raises(RefusedError):
            storage.put(three, expected=Expected(first.mark))
        assert sha256(content(bucket, one.key)) == two.sha256
        assert storage.facts(one.key) == second

    def test_a_counter_that_eight_publishers_raise_loses_nothing(self, bucket: Bucket) -> None:
        target = bucket.target()
        opened(target).put(plan.note("count", b"0"))

        def raise_it(_: int) -> None:
            storage = opened(target)
            for _ in range(10):
                while not _raised(storage):
                    pass

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(raise_it, range(8)))
        found = opened(target).read("count")
        assert found is not None
        assert found.body == b"80"

    def test_the_same_bytes_of_another_publisher_are_not_taken_for_ours(self, bucket: Bucket) -> None:
        opened(bucket.target()).put(plan.note("turn", b"mine"), expected=ABSENT)
        with pytest.raises(RefusedError):
            opened(bucket.target()).put(plan.note("turn", b"mine"), expected=ABSENT)

    @pytest.mark.parametrize("expected", [None, ABSENT])
    def test_a_write_whose_answer_is_lost_has_succeeded(self, bucket: Bucket, expected: Expected | None) -> None:
        always = replace(faults.plan("reset-after-write"), chance=1, each=1)
        with faults.proxy(bucket.server.endpoint, always, 1) as proxy:
            storage = opened(replace(bucket.target(), endpoint=proxy.endpoint))
            sent = storage.put(plan.note("feed.xml", b"<rss/>"), expected=expected)
            assert [entry for entry in proxy.faults if entry.method == "PUT"]
        assert opened(bucket.target()).facts("feed.xml") == sent

    def test_a_condition_that_is_suddenly_not_known_is_never_left_out(self, bucket: Bucket) -> None:
        with faults.proxy(bucket.server.endpoint, faults.plan("no-conditions"), 1) as proxy:
            storage = opened(replace(bucket.target(), endpoint=proxy.endpoint))
            with pytest.raises(RefusedError):  # and whoever asked tries out anew what the storage can do
                storage.put(plan.note("feed.xml", b"<rss/>"), expected=ABSENT)
        assert bucket.listed() == set()


def _raised(storage: Storage) -> bool:
    found = storage.read("count")
    assert found is not None
    try:
        storage.put(plan.note("count", b"%d" % (int(found.body) + 1)), expected=Expected(found.mark))
    except RefusedError:
        return False
    return True


@pytest.mark.s3
class TestPartsOfOthers:
    def test_a_recording_that_is_refused_leaves_nothing_open(self, bucket: Bucket, tmp_path: Path) -> None:
        upload = recording(tmp_path)
        bucket.client.put_object(Bucket=bucket.name, Key=upload.key, Body=b"another")
        with pytest.raises(RefusedError):
            opened(bucket.target()).put(upload, expected=ABSENT)
        assert content(bucket, upload.key) == b"another"
        assert "Uploads" not in bucket.client.list_multipart_uploads(Bucket=bucket.name)

    def test_what_was_begun_to_be_served_otherwise_is_begun_anew(self, bucket: Bucket, tmp_path: Path) -> None:
        upload = plan.as_passing(recording(tmp_path))
        bucket.client.create_multipart_upload(
            Bucket=bucket.name, Key=upload.key, CacheControl="immutable", Metadata={"sha256": "of another file"}
        )
        storage = opened(bucket.target())
        storage.put(upload)
        found = storage.facts(upload.key)
        assert found is not None
        assert (found.sha256, found.cache_control) == (upload.sha256, upload.cache_control)
        assert "Uploads" not in bucket.client.list_multipart_uploads(Bucket=bucket.name)

    @pytest.mark.parametrize("expected", [None, ABSENT])
    def test_an_upload_that_somebody_ends_is_begun_anew(
        self, bucket: Bucket, tmp_path: Path, expected: Expected | None
    ) -> None:
        upload, ended = recording(tmp_path), []

        def end(share: float) -> None:
            if share > 0.5 and not ended:
                (begun,) = bucket.client.list_multipart_uploads(Bucket=bucket.name)["Uploads"]
                ended.append(begun["UploadId"])
                bucket.client.abort_multipart_upload(Bucket=bucket.name, Key=upload.key, UploadId=begun["UploadId"])

        storage = opened(bucket.target())
        storage.put(upload, end, expected)
        assert ended
        assert sha256(content(bucket, upload.key)) == upload.sha256
        assert "Uploads" not in bucket.client.list_multipart_uploads(Bucket=bucket.name)


def test_a_secure_connection_that_breaks_is_tried_again_where_it_was_open_before() -> None:
    broken: Any = boto.SSLError(endpoint_url="https://s3.example.org", error="EOF in violation of protocol")
    patience = Patience(wait=lambda _: None)
    answers = [None, broken, broken, "done"]

    def ask() -> object:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    patience.ask(ask)
    assert patience.ask(ask) == "done"
