"""What only S3 does: how objects are served, and large files."""

from __future__ import annotations

import gzip
import re
import threading
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.httpsession import URLLib3Session

from placecast import delivery, plan
from placecast.delivery import Parcel, Publisher
from placecast.errors import StorageError
from placecast.fingerprint import sha256
from placecast.model import S3Target, no_progress
from placecast.storage import ABSENT, Expected, Storage, open_storage
from placecast.storage.lane import address_of, signed_address
from placecast.storage.part import Part
from placecast.storage.s3 import S3Storage
from placecast.storage.s3_client import Access
from tests import faults
from tests.seaweed import Bucket
from tests.trees import FILES, NOW, Tree, run

MIB = 1 << 20


def publish(target: S3Target, tree: Tree) -> list[str]:
    return run(open_storage(target), tree)


def send(storage: Storage, uploads: Sequence[plan.Upload]) -> None:
    sight = delivery.look(storage)
    delivery.send(Publisher(storage=storage, clone="here", now=NOW), sight, Parcel(uploads=tuple(uploads)))


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(folder=tmp_path / "built")


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[AWSPreparedRequest]:
    """Every request that boto3 sends."""
    sent: list[AWSPreparedRequest] = []
    original = URLLib3Session.send

    def note(self: URLLib3Session, request: AWSPreparedRequest) -> Any:
        sent.append(request)
        return original(self, request)

    monkeypatch.setattr(URLLib3Session, "send", note)
    return sent


@pytest.fixture
def recording(tmp_path: Path) -> plan.Upload:
    """40 MiB, which no two parts of are equal."""
    path = tmp_path / "long.mp3"
    with path.open("wb") as file:
        file.writelines(bytes([number]) * MIB for number in range(40))
    return plan.upload("media/long.mp3", path, 40 * MIB, sha256(path.read_bytes()))


@pytest.mark.s3
class TestServed:
    @pytest.mark.parametrize(
        ("key", "kind", "cache_control"),
        [
            ("index.html", "text/html; charset=utf-8", "public, max-age=300"),
            ("e/one/transcript.vtt", "text/vtt; charset=utf-8", "public, max-age=300"),
            ("e/one/chapters.json", "application/json+chapters", "public, max-age=300"),
        ],
    )
    def test_text_is_served_compressed(
        self, bucket: Bucket, tree: Tree, key: str, kind: str, cache_control: str
    ) -> None:
        publish(bucket.target("show/"), tree)
        bucket.open_to_everyone()
        answer = bucket.ask(f"show/{key}")
        assert answer.status == 200
        assert answer.headers["content-type"] == kind
        assert answer.headers["cache-control"] == cache_control
        assert answer.headers["content-encoding"] == "gzip"
        assert gzip.decompress(answer.body) == FILES[key]

    def test_the_feed_is_served_as_it_is_since_not_every_client_asks_for_gzip(self, bucket: Bucket, tree: Tree) -> None:
        publish(bucket.target(), tree)
        bucket.open_to_everyone()
        answer = bucket.ask("feed.xml")
        assert answer.headers["content-type"] == "application/rss+xml; charset=utf-8"
        assert answer.headers["cache-control"] == "public, max-age=300"
        assert "content-encoding" not in answer.headers
        assert answer.body == FILES["feed.xml"]

    def test_sound_is_served_for_ever_as_it_is_and_in_parts(self, bucket: Bucket, tree: Tree) -> None:
        publish(bucket.target(), tree)
        bucket.open_to_everyone()
        key = "media/one-0123456789ab.mp3"
        head = bucket.ask(key, "HEAD")
        assert head.status == 200
        assert head.headers["content-type"] == "audio/mpeg"
        assert head.headers["content-length"] == str(len(FILES[key]))
        assert head.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert head.headers["x-amz-meta-sha256"] == sha256(FILES[key])
        assert "content-encoding" not in head.headers
        part = bucket.ask(key, Range="bytes=-100")
        assert (part.status, part.body) == (206, FILES[key][-100:])
        assert part.headers["content-range"] == f"bytes {len(FILES[key]) - 100}-{len(FILES[key]) - 1}/{len(FILES[key])}"

    def test_the_same_text_is_stored_as_the_same_bytes(self, bucket: Bucket, tree: Tree) -> None:
        publish(bucket.target("a/"), tree)
        publish(bucket.target("b/"), tree)
        assert (
            bucket.client.head_object(Bucket=bucket.name, Key="a/index.html")["ETag"]
            == (bucket.client.head_object(Bucket=bucket.name, Key="b/index.html")["ETag"])
        )

    def test_an_odd_name_is_found_at_its_quoted_address(self, bucket: Bucket, tree: Tree) -> None:
        key = "e/été/a \"b\" & 'c'+d#e?.txt"
        tree.files[key] = b"odd"
        publish(bucket.target(), tree)
        bucket.open_to_everyone()
        assert gzip.decompress(bucket.ask(quote(key)).body) == b"odd"

    def test_two_shows_share_a_bucket(self, bucket: Bucket, tree: Tree) -> None:
        publish(bucket.target("a/"), tree)
        assert sorted(publish(bucket.target("b/"), tree)) == sorted(FILES)
        assert publish(bucket.target("a/"), tree) == []
        assert {key for key in bucket.listed() if not key.startswith(("a/", "b/"))} == set()

    def test_a_publish_without_changes_costs_two_requests(
        self, bucket: Bucket, tree: Tree, requests: list[AWSPreparedRequest]
    ) -> None:
        publish(bucket.target(), tree)
        requests.clear()
        assert publish(bucket.target(), tree) == []
        assert [request.method for request in requests] == ["GET", "GET"]

    def test_more_than_a_thousand_files_are_all_seen(self, bucket: Bucket, tree: Tree) -> None:
        tree.files.update({f"assets/{number}.css": b"" for number in range(1100)})
        publish(bucket.target(), tree)
        assert publish(bucket.target(), tree) == []

    def test_requests_carry_a_digest_and_nothing_that_other_servers_refuse(
        self, bucket: Bucket, tree: Tree, requests: list[AWSPreparedRequest]
    ) -> None:
        publish(bucket.target(), tree)
        puts = [request for request in requests if request.method == "PUT"]
        assert len(puts) == len(FILES) + 2 + 4  # what is written down, and the four tries of conditions
        for request in puts:
            names = {name.lower() for name in request.headers}
            assert "content-md5" in names
            assert not {name for name in names if "acl" in name or "checksum" in name or "trailer" in name}


FORBIDDEN = faults.FaultPlan(
    name="forbidden", fault=faults.Answer(status=403, code="AccessDenied"), on=lambda request: request.reads_object
)


@pytest.mark.s3
class TestForbidden:
    def test_what_is_not_there_may_be_said_to_be_forbidden(self, bucket: Bucket) -> None:
        with faults.proxy(bucket.server.endpoint, FORBIDDEN, 1) as proxy:
            sight = delivery.look(open_storage(replace(bucket.target(), endpoint=proxy.endpoint)))
        assert sight.feed is None
        assert not sight.record.found  # type: ignore[union-attr]

    def test_what_is_there_and_forbidden_is_a_lacking_right(self, bucket: Bucket, tree: Tree) -> None:
        publish(bucket.target(), tree)
        with (
            faults.proxy(bucket.server.endpoint, FORBIDDEN, 1) as proxy,
            pytest.raises(StorageError, match="lacks a right: s3:GetObject"),
        ):
            delivery.look(open_storage(replace(bucket.target(), endpoint=proxy.endpoint)))


@pytest.mark.s3
class TestLargeFiles:
    def test_a_long_recording_arrives_whole_in_equal_parts_and_little_memory(
        self, bucket: Bucket, recording: plan.Upload
    ) -> None:
        storage = open_storage(bucket.target())
        list(storage.listed())  # loads boto3
        shares: list[float] = []
        tracemalloc.start()
        try:
            storage.put(recording, shares.append)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 16 * MIB
        assert len(shares) > 100
        assert min(shares) < 0.1
        assert shares[-1] == 1
        found = bucket.client.get_object(Bucket=bucket.name, Key=recording.key)
        assert sha256(found["Body"].read()) == recording.sha256
        assert (found["ContentType"], found["Metadata"]["sha256"]) == ("audio/mpeg", recording.sha256)
        assert found["ETag"].endswith('-3"')

    def test_it_is_not_sent_again(self, bucket: Bucket, recording: plan.Upload) -> None:
        storage = open_storage(bucket.target())
        send(storage, [recording])
        seen = delivery.look(storage).objects
        assert seen[recording.key].known
        assert plan.uploads([recording], seen) == ()

    def test_an_upload_that_is_stopped_goes_on_where_it_was(
        self, bucket: Bucket, recording: plan.Upload, requests: list[AWSPreparedRequest]
    ) -> None:
        def stop(share: float) -> None:
            if 0.5 < share < 1:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            S3Storage(bucket.target(), parts=1).put(recording, stop)
        assert bucket.listed() == set()
        requests.clear()
        open_storage(bucket.target()).put(recording, expected=ABSENT)
        parts = [request for request in requests if request.method == "PUT"]
        assert sorted(re.search(r"partNumber=(\d+)", request.url)[1] for request in parts) == ["2", "3"]  # type: ignore[index]
        found = bucket.client.get_object(Bucket=bucket.name, Key=recording.key)
        assert sha256(found["Body"].read()) == recording.sha256
        assert "Uploads" not in bucket.client.list_multipart_uploads(Bucket=bucket.name)

    def test_parts_of_another_file_are_not_taken_for_ours(
        self, bucket: Bucket, recording: plan.Upload, requests: list[AWSPreparedRequest]
    ) -> None:
        begun = bucket.client.create_multipart_upload(Bucket=bucket.name, Key=recording.key)
        here = {"Bucket": bucket.name, "Key": recording.key, "UploadId": begun["UploadId"]}
        bucket.client.upload_part(**here, PartNumber=1, Body=b"x" * 16 * MIB)
        requests.clear()
        open_storage(bucket.target()).put(recording)
        parts = [request for request in requests if request.method == "PUT"]
        assert sorted(re.search(r"partNumber=(\d+)", request.url)[1] for request in parts) == ["1", "2", "3"]  # type: ignore[index]
        found = bucket.client.get_object(Bucket=bucket.name, Key=recording.key)
        assert sha256(found["Body"].read()) == recording.sha256

    def test_what_was_given_up_is_ended(self, bucket: Bucket) -> None:
        for key in ("show/media/old.mp3", "show/media/wanted.mp3", "other/media/theirs.mp3"):
            bucket.client.create_multipart_upload(Bucket=bucket.name, Key=key)
        storage = open_storage(bucket.target("show/"))
        now = datetime.now(UTC)
        assert storage.tidy({"media/wanted.mp3"}, now - timedelta(days=1)) == 0
        assert storage.tidy({"media/wanted.mp3"}, now + timedelta(minutes=1)) == 1
        left = bucket.client.list_multipart_uploads(Bucket=bucket.name)["Uploads"]
        assert sorted(each["Key"] for each in left) == ["other/media/theirs.mp3", "show/media/wanted.mp3"]

    def test_what_was_left_of_a_trial_is_taken_away_a_day_later(self, bucket: Bucket) -> None:
        for key in ("show/.placecast/probe-1.txt", "show/.placecast/manifest.json", ".placecast/probe-2.txt"):
            bucket.client.put_object(Bucket=bucket.name, Key=key, Body=b"x")
        storage, now = open_storage(bucket.target("show/")), datetime.now(UTC)
        storage.tidy((), now - timedelta(days=1))
        assert "show/.placecast/probe-1.txt" in bucket.listed()
        storage.tidy((), now + timedelta(minutes=1))
        assert bucket.listed() == {"show/.placecast/manifest.json", ".placecast/probe-2.txt"}

    def test_when_one_upload_fails_the_long_ones_beside_it_end(
        self, bucket: Bucket, recording: plan.Upload, tmp_path: Path
    ) -> None:
        short = plan.upload("media/short.mp3", tmp_path / "short.mp3", 3, sha256(b"abc"))
        short.source.write_bytes(b"abc")
        begun = threading.Event()
        storage = open_storage(bucket.target())
        put = storage.put

        def failing(
            upload: plan.Upload, progress: Callable[[float], None] = no_progress, expected: Expected | None = None
        ) -> plan.Stored:
            if upload is short:
                begun.wait(10)
                raise StorageError("here", "refused.", "Do something.")

            def watched(share: float) -> None:
                begun.set()
                progress(share)

            return put(upload, watched, expected)

        storage.put = failing  # type: ignore[method-assign]
        with pytest.raises(StorageError, match="refused"):
            send(storage, [recording, short])
        assert {key for key in bucket.listed() if not key.startswith(".placecast")} == set()


def test_a_server_that_forgets_how_things_are_compressed_gets_them_plain(unconditional_bucket: Bucket) -> None:
    storage = open_storage(unconditional_bucket.target())
    assert storage.guard().zips is False
    page = plan.upload("index.html", b"<p>Hello</p>", 12, sha256(b"<p>Hello</p>"))
    storage.put(page)
    unconditional_bucket.open_to_everyone()
    assert unconditional_bucket.ask("index.html").body == b"<p>Hello</p>"


def test_what_was_compressed_is_read_though_nobody_says_so(bucket: Bucket) -> None:
    body = gzip.compress(b"a word")
    bucket.client.put_object(Bucket=bucket.name, Key=".placecast/lease.txt", Body=body)
    found = open_storage(bucket.target()).read(".placecast/lease.txt")
    assert found is not None
    assert found.body == b"a word"


def test_an_answer_that_has_lost_its_head_is_asked_for_again(bucket: Bucket) -> None:
    bucket.client.put_object(Bucket=bucket.name, Key="feed.xml", Body=b"<rss/>")
    headless = replace(faults.plan("answer-without-head"), chance=1, each=1)
    with faults.proxy(bucket.server.endpoint, headless, 0) as proxy:
        storage = open_storage(replace(bucket.target(), endpoint=proxy.endpoint))
        there = storage.facts("feed.xml")
    assert len(proxy.faults) == 1
    assert there is not None
    assert there.size == 6


def test_a_part_reads_as_its_stretch_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(range(100)))
    told: list[int] = []
    with path.open("rb") as file:
        part = Part(file, 40, 25, told.append)
        assert part.md5() == Part(file, 40, 25).md5() != Part(file, 41, 25).md5()
        assert told == []
        assert part.read() == bytes(range(40, 65))
        assert told[-1] == 65
        assert (part.seek(0, 2), part.read()) == (25, b"")
        assert (part.seek(-5, 1), part.read(3), part.tell()) == (20, bytes([60, 61, 62]), 23)


@pytest.mark.parametrize(
    "endpoint",
    [
        *("http://127.0.0.1:9000", "http://localhost:9", "https://s3.example.org", "https://s3.example.org:8443/"),
        *("https://fra1.digitaloceanspaces.com", "https://x.r2.cloudflarestorage.com", "https://s3.example.org/base"),
        *("https://[::1]:9000", "https://s3.eu-west-2.amazonaws.com"),
    ],
)
@pytest.mark.parametrize("name", ["show", "my-show-2", "a.b.c"])
def test_addresses_are_formed_as_boto3_forms_them(endpoint: str, name: str, aws_environment: None) -> None:
    target = S3Target(bucket=name, endpoint=endpoint)
    assert address_of(target) in (None, signed_address(Access(target), name))
