"""What only S3 does: how objects are served, large files, and what a producer is told when a server refuses."""

from __future__ import annotations

import gzip
import http.server
import re
import socket
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from botocore import exceptions as boto
from botocore.awsrequest import AWSPreparedRequest
from botocore.httpsession import URLLib3Session

from placecast import plan
from placecast.errors import StorageError
from placecast.fingerprint import sha256
from placecast.model import S3Target
from placecast.storage import open_storage, publish
from placecast.storage.part import Part
from placecast.storage.s3_errors import explained
from tests.seaweed import (
    READER_KEY,
    SECRET_KEY,
    WRITER_KEY,
    Bucket,
    Server,
)
from tests.trees import FILES, Tree

MIB = 1 << 20


def send(target: S3Target, tree: Tree) -> list[str]:
    storage = open_storage(target)
    remote = storage.look()
    planned = plan.uploads(tree.uploads(), remote)
    publish(storage, planned, remote)
    return [upload.key for upload in planned]


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
            ("feed.xml", "application/rss+xml; charset=utf-8", "public, max-age=300"),
            ("index.html", "text/html; charset=utf-8", "public, max-age=300"),
            ("e/one/transcript.vtt", "text/vtt; charset=utf-8", "public, max-age=300"),
            ("e/one/chapters.json", "application/json+chapters", "public, max-age=300"),
        ],
    )
    def test_text_is_served_compressed(
        self, bucket: Bucket, tree: Tree, key: str, kind: str, cache_control: str
    ) -> None:
        send(bucket.target("show/"), tree)
        bucket.open_to_everyone()
        answer = bucket.ask(f"show/{key}")
        assert answer.status == 200
        assert answer.headers["content-type"] == kind
        assert answer.headers["cache-control"] == cache_control
        assert answer.headers["content-encoding"] == "gzip"
        assert gzip.decompress(answer.body) == FILES[key]

    def test_sound_is_served_for_ever_as_it_is_and_in_parts(self, bucket: Bucket, tree: Tree) -> None:
        send(bucket.target(), tree)
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
        send(bucket.target("a/"), tree)
        send(bucket.target("b/"), tree)
        assert (
            bucket.client.head_object(Bucket=bucket.name, Key="a/feed.xml")["ETag"]
            == (bucket.client.head_object(Bucket=bucket.name, Key="b/feed.xml")["ETag"])
        )

    def test_an_odd_name_is_found_at_its_quoted_address(self, bucket: Bucket, tree: Tree) -> None:
        key = "e/été/a \"b\" & 'c'+d#e?.txt"
        tree.files[key] = b"odd"
        send(bucket.target(), tree)
        bucket.open_to_everyone()
        assert gzip.decompress(bucket.ask(quote(key)).body) == b"odd"

    def test_two_shows_share_a_bucket(self, bucket: Bucket, tree: Tree) -> None:
        send(bucket.target("a/"), tree)
        assert sorted(send(bucket.target("b/"), tree)) == sorted(FILES)
        assert send(bucket.target("a/"), tree) == []
        assert {key for key in bucket.listed() if not key.startswith(("a/", "b/"))} == set()

    def test_a_publish_without_changes_costs_two_requests(
        self, bucket: Bucket, tree: Tree, requests: list[AWSPreparedRequest]
    ) -> None:
        send(bucket.target(), tree)
        requests.clear()
        assert send(bucket.target(), tree) == []
        assert [request.method for request in requests] == ["GET", "GET"]

    def test_more_than_a_thousand_files_are_all_seen(self, bucket: Bucket, tree: Tree) -> None:
        tree.files.update({f"assets/{number}.css": b"" for number in range(1100)})
        send(bucket.target(), tree)
        assert send(bucket.target(), tree) == []

    def test_requests_carry_a_digest_and_nothing_that_other_servers_refuse(
        self, bucket: Bucket, tree: Tree, requests: list[AWSPreparedRequest]
    ) -> None:
        send(bucket.target(), tree)
        puts = [request for request in requests if request.method == "PUT"]
        assert len(puts) == len(FILES) + 4
        for request in puts:
            names = {name.lower() for name in request.headers}
            assert "content-md5" in names
            assert not {name for name in names if "acl" in name or "checksum" in name or "trailer" in name}


@pytest.mark.s3
class TestLargeFiles:
    def test_a_long_recording_arrives_whole_in_equal_parts_and_little_memory(
        self, bucket: Bucket, recording: plan.Upload
    ) -> None:
        storage = open_storage(bucket.target())
        shares: list[float] = []
        tracemalloc.start()
        try:
            storage.put(recording, shares.append)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 8 * MIB
        assert len(shares) > 100
        assert min(shares) < 0.1
        assert shares[-1] == 1
        found = bucket.client.get_object(Bucket=bucket.name, Key=recording.key)
        assert sha256(found["Body"].read()) == recording.sha256
        assert (found["ContentType"], found["Metadata"]["sha256"]) == ("audio/mpeg", recording.sha256)
        assert found["ETag"].endswith('-3"')

    def test_it_is_not_sent_again(self, bucket: Bucket, recording: plan.Upload) -> None:
        storage = open_storage(bucket.target())
        publish(storage, [recording], {})
        seen = storage.look()
        assert seen[recording.key].known
        assert plan.uploads([recording], seen) == ()

    def test_an_upload_that_is_stopped_leaves_nothing(self, bucket: Bucket, recording: plan.Upload) -> None:
        def stop(share: float) -> None:
            if 0.5 < share < 1:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            open_storage(bucket.target()).put(recording, stop)
        assert bucket.listed() == set()
        assert "Uploads" not in bucket.client.list_multipart_uploads(Bucket=bucket.name)

    def test_when_one_upload_fails_the_long_ones_beside_it_end(
        self, bucket: Bucket, recording: plan.Upload, tmp_path: Path
    ) -> None:
        short = plan.upload("media/short.mp3", tmp_path / "short.mp3", 3, sha256(b"abc"))
        short.source.write_bytes(b"abc")
        begun = threading.Event()
        storage = open_storage(bucket.target())
        put = storage.put

        def failing(upload: plan.Upload, progress: Callable[[float], None]) -> plan.Stored:
            if upload is short:
                begun.wait(10)
                raise StorageError("here", "refused.", "Do something.")

            def watched(share: float) -> None:
                begun.set()
                progress(share)

            return put(upload, watched)

        storage.put = failing  # type: ignore[method-assign]
        with pytest.raises(StorageError, match="refused"):
            publish(storage, [recording, short], {})
        assert bucket.listed() == set()
        assert "Uploads" not in bucket.client.list_multipart_uploads(Bucket=bucket.name)


@pytest.mark.s3
class TestRefusals:
    """Faults that a real server shows."""

    def test_a_wrong_secret(self, bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-the-secret")
        told = refusal(bucket.target())
        assert "the secret key does not belong to the access key" in told
        assert "not-the-secret" not in told

    def test_an_unknown_key(self, bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "NOBODY")
        assert "does not know the access key" in refusal(bucket.target())

    def test_a_clock_that_is_wrong(self, bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
        def late(**_: Any) -> datetime:
            return datetime.now(UTC).replace(tzinfo=None) - timedelta(hours=1)

        monkeypatch.setattr("botocore.auth.get_current_datetime", late)
        assert "clock" in refusal(bucket.target())

    def test_a_missing_bucket_is_not_made(self, seaweed: Server, aws_environment: None) -> None:
        told = refusal(S3Target(bucket="no-such-show", endpoint=seaweed.endpoint))
        assert "there is no bucket no-such-show on 127.0.0.1" in told
        assert f"aws s3 mb s3://no-such-show --endpoint-url {seaweed.endpoint}" in told
        client = seaweed.client()
        assert "no-such-show" not in [each["Name"] for each in client.list_buckets()["Buckets"]]

    def test_a_key_that_may_not_list(self, bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", WRITER_KEY)
        assert "the key lacks a right: s3:ListBucket" in refusal(bucket.target())

    def test_a_key_that_may_not_write(self, bucket: Bucket, tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", READER_KEY)
        with pytest.raises(StorageError, match=r"the key lacks a right: s3:PutObject") as caught:
            send(bucket.target(), tree)
        assert SECRET_KEY not in str(caught.value)
        assert bucket.listed() == set()

    def test_https_where_there_is_none(self, seaweed: Server, aws_environment: None) -> None:
        target = S3Target(bucket="show", endpoint=seaweed.endpoint.replace("http:", "https:"))
        assert "no secure connection to 127.0.0.1" in refusal(target)


class TestBeforeAnyServer:
    """Faults that show without a server: these run everywhere."""

    pytestmark = pytest.mark.usefixtures("aws_environment")

    def test_no_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        assert "no keys were found to sign in with" in refusal(closed())

    def test_half_a_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        assert "only half of a key" in refusal(closed())

    def test_an_unknown_profile(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_PROFILE", "nobody")
        assert "AWS_PROFILE names a profile that does not exist" in refusal(closed())

    def test_nobody_listens(self) -> None:
        target = closed()
        assert f"nothing answers at {target.endpoint.removeprefix('http://')}" in refusal(target)  # type: ignore[union-attr]

    def test_no_such_server(self) -> None:
        told = refusal(S3Target(bucket="show", endpoint="http://s3.placecast.invalid"))
        assert "there is no server called s3.placecast.invalid" in told

    @pytest.mark.parametrize("endpoint", ["s3.example.org", "127.0.0.1:9000", "http://", "http://[::1", "http://a b"])
    def test_an_endpoint_that_is_no_address(self, endpoint: str) -> None:
        assert "not written as an address" in refusal(S3Target(bucket="show", endpoint=endpoint))

    @pytest.mark.parametrize("name", ["My Show", "x/y"])
    def test_a_name_that_no_bucket_can_have(self, name: str) -> None:
        assert f"{name} is not a name that a bucket can have" in refusal(
            S3Target(bucket=name, endpoint=closed().endpoint)
        )

    @pytest.mark.parametrize(
        ("status", "page"),
        [(200, b"<!doctype html><p>It works<br>"), (200, b"<html></html>"), (404, b"<p>Not here"), (405, b"")],
    )
    def test_a_website_is_not_storage(self, website: Callable[[int, bytes], str], status: int, page: bytes) -> None:
        assert "the S3 address of your provider" in refusal(S3Target(bucket="show", endpoint=website(status, page)))

    def test_a_password_in_the_address_is_not_told(self) -> None:
        address = (closed().endpoint or "").replace("//", "//me:hunter2@")
        told = refusal(S3Target(bucket="show", endpoint=address))
        assert "hunter2" not in told


SERVER_CODES = [
    ("AccessDenied", 403, "lacks a right: s3:PutObject"),
    ("ExpiredToken", 400, "has expired"),
    ("QuotaExceeded", 403, "quota"),
    ("XMinioStorageFull", 507, "no room left"),
    ("SomethingNew", 507, "no room left"),
    ("SlowDown", 503, "overloaded"),
    ("SomethingNew", 502, "overloaded"),
    ("BadDigest", 400, "arrived damaged"),
    ("PermanentRedirect", 301, "another region"),
    ("Unauthorized", 401, "lacks a right: s3:PutObject"),
    ("SomethingNew", 403, "lacks a right: s3:PutObject"),
    ("SomethingNew", 409, r"refused with SomethingNew \(HTTP 409\)"),
]


@pytest.mark.parametrize(("code", "status", "sentence"), SERVER_CODES)
def test_what_a_server_refuses_is_a_sentence(code: str, status: int, sentence: str) -> None:
    answer: Any = {"Error": {"Code": code, "Message": "hunter2"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    check_sentence(boto.ClientError(answer, "PutObject"), sentence)


LIBRARY_FAILURES = [
    (boto.ReadTimeoutError(endpoint_url="http://hunter2"), "did not answer in time"),
    (boto.ConnectTimeoutError(endpoint_url="http://hunter2"), "did not answer in time"),
    (boto.ProxyConnectionError(proxy_url="http://me:hunter2@proxy"), "the proxy could not be reached"),
    (boto.ConnectionClosedError(endpoint_url="http://hunter2"), "broke off"),
    (boto.HTTPClientError(error="hunter2"), "broke off"),
    (boto.IncompleteReadError(actual_bytes=1, expected_bytes=2), "broke off"),
    (boto.UnauthorizedSSOTokenError(), "cannot be had"),
    (boto.CredentialRetrievalError(provider="hunter2", error_msg="hunter2"), "cannot be had"),
    (boto.InvalidRegionError(region_name="hunter2"), "not written as an address or a region"),
    (boto.ConfigParseError(path="hunter2"), "cannot be read"),
    (boto.UnknownSignatureVersionError(signature_version="hunter2"), "failed with UnknownSignatureVersionError"),
]


@pytest.mark.parametrize(("error", "sentence"), LIBRARY_FAILURES)
def test_what_the_library_cannot_do_is_a_sentence(error: Exception, sentence: str) -> None:
    check_sentence(error, sentence)


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


def refusal(target: S3Target) -> str:
    with pytest.raises(StorageError) as caught:
        open_storage(target).look()
    told = str(caught.value)
    assert caught.value.exit_code == 4
    assert SECRET_KEY not in told
    assert "{" not in told
    return told


def check_sentence(error: Exception, sentence: str) -> None:
    target = S3Target(bucket="show", endpoint="https://me:hunter2@s3.example.org")
    with pytest.raises(StorageError) as caught, explained(target, "s3://show/", "s3:PutObject"):
        raise error
    told = str(caught.value)
    assert re.search(sentence, told)
    assert "hunter2" not in told
    assert "{" not in told


def closed() -> S3Target:
    """A port where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return S3Target(bucket="show", endpoint=f"http://127.0.0.1:{free.getsockname()[1]}")


@pytest.fixture
def website() -> Iterator[Callable[[int, bytes], str]]:
    """A web server that answers everything with the given status and page."""

    class Site(http.server.BaseHTTPRequestHandler):
        status = 200
        page = b""

        def do_GET(self) -> None:
            self.send_response(self.status)
            self.send_header("Content-Length", str(len(self.page)))
            self.end_headers()
            self.wfile.write(self.page)

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()

        def answering(status: int, page: bytes) -> str:
            Site.status, Site.page = status, page
            return f"http://127.0.0.1:{server.server_port}"

        yield answering
        server.shutdown()
        thread.join()
