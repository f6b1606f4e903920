"""What a producer is told when S3 storage refuses or cannot be reached, and that no secret is told."""

from __future__ import annotations

import http.server
import re
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore import exceptions as boto

from placecast import delivery
from placecast.errors import StorageError
from placecast.model import S3Target
from placecast.storage import open_storage
from placecast.storage.s3_errors import explained
from tests.seaweed import READER_KEY, SECRET_KEY, WRITER_KEY, Bucket, Server
from tests.trees import Tree, run


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

    def test_a_key_that_may_not_read(self, bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", WRITER_KEY)
        assert "the key lacks a right: s3:GetObject" in refusal(bucket.target())

    def test_a_key_that_may_not_write(self, bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", READER_KEY)
        with pytest.raises(StorageError, match=r"the key lacks a right: s3:PutObject") as caught:
            run(open_storage(bucket.target()), Tree(folder=tmp_path))
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


def refusal(target: S3Target) -> str:
    with pytest.raises(StorageError) as caught:
        delivery.look(open_storage(target))
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
