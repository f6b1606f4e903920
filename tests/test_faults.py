"""The fault proxy: what it passes on is what the server says, and each plan does what its name says."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import urlopen

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    IncompleteReadError,
    ResponseStreamingError,
)

from tests import faults
from tests.faults import FaultPlan, Proxy
from tests.seaweed import ACCESS_KEY, SECRET_KEY, Bucket

pytestmark = pytest.mark.s3

MIB = 1 << 20
SEED = 7
BROKEN = (ConnectionClosedError, IncompleteReadError, ResponseStreamingError)
Through = Callable[..., tuple[Any, Proxy]]


def client_of(endpoint: str) -> Any:
    """boto3 without patience: each request is sent once."""
    config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, read_timeout=20)
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        config=config,
    )


@pytest.fixture
def through(bucket: Bucket) -> Iterator[Through]:
    """A client that speaks to the server through a proxy with a plan."""
    with ExitStack() as stack:

        def start(plan: FaultPlan, seed: int = SEED, kill: Callable[[], None] = lambda: None) -> tuple[Any, Proxy]:
            proxy = stack.enter_context(faults.proxy(bucket.server.endpoint, plan, seed, kill))
            client = client_of(proxy.endpoint)
            stack.callback(client.close)
            return client, proxy

        yield start


def always(name: str) -> FaultPlan:
    """A plan that strikes from the first request on, each time."""
    return replace(faults.plan(name), chance=1, first=(1, 1))


def code_of(refused: pytest.ExceptionInfo[ClientError]) -> tuple[int, str]:
    answer = refused.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]


def content(bucket: Bucket, key: str) -> bytes | None:
    """What the server has, asked directly."""
    try:
        return bucket.client.get_object(Bucket=bucket.name, Key=key)["Body"].read()
    except bucket.client.exceptions.NoSuchKey:
        return None


@contextmanager
def stopwatch() -> Iterator[Callable[[], float]]:
    began = time.monotonic()
    yield lambda: time.monotonic() - began


@contextmanager
def peak() -> Iterator[Callable[[], int]]:
    """How much more memory is taken at most."""
    tracemalloc.start()
    yield lambda: tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()


class TestNothing:
    def test_objects_pass_byte_for_byte(self, bucket: Bucket, through: Through) -> None:
        client, proxy = through(faults.NOTHING)
        body = bytes(range(256)) * 5000
        at = {"Bucket": bucket.name, "Key": "e/été & 'c'+d#e?.mp3"}
        mark = client.put_object(
            **at, Body=body, ContentType="audio/mpeg", CacheControl="no-cache", Metadata={"sha256": "abc"}
        )["ETag"]
        head = client.head_object(**at)
        assert (head["ETag"], head["ContentLength"], head["ContentType"]) == (mark, len(body), "audio/mpeg")
        assert (head["CacheControl"], head["Metadata"]) == ("no-cache", {"sha256": "abc"})
        assert client.get_object(**at)["Body"].read() == body == content(bucket, at["Key"])
        assert client.get_object(**at, Range="bytes=-100")["Body"].read() == body[-100:]
        assert [there["Key"] for there in client.list_objects_v2(Bucket=bucket.name)["Contents"]] == [at["Key"]]
        client.delete_object(**at)
        assert content(bucket, at["Key"]) is None
        assert (proxy.log[0].method, proxy.log[0].key, proxy.faults) == ("PUT", at["Key"], [])

    def test_answers_without_a_body_pass_and_the_connection_lives_on(self, bucket: Bucket, through: Through) -> None:
        client, _ = through(faults.NOTHING)
        at = {"Bucket": bucket.name, "Key": "a"}
        mark = client.put_object(**at, Body=b"")["ETag"]
        with pytest.raises(ClientError) as unchanged:
            client.get_object(**at, IfNoneMatch=mark)
        assert code_of(unchanged)[0] == 304
        with pytest.raises(ClientError) as missing:
            client.head_object(Bucket=bucket.name, Key="b")
        assert code_of(missing)[0] == 404
        assert client.get_object(**at)["Body"].read() == b""

    def test_conditions_reach_the_server(self, bucket: Bucket, through: Through) -> None:
        client, _ = through(faults.NOTHING)
        at = {"Bucket": bucket.name, "Key": "a"}
        mark = client.put_object(**at, Body=b"1", IfNoneMatch="*")["ETag"]
        with pytest.raises(ClientError) as refused:
            client.put_object(**at, Body=b"2" * MIB, IfNoneMatch="*")
        assert code_of(refused) == (412, "PreconditionFailed")
        client.put_object(**at, Body=b"3", IfMatch=mark)
        assert content(bucket, "a") == b"3"

    def test_large_parts_pass_without_being_held(self, bucket: Bucket, through: Through) -> None:
        client, _ = through(faults.NOTHING)
        at = {"Bucket": bucket.name, "Key": "long.mp3"}
        upload = client.create_multipart_upload(**at)["UploadId"]
        body = b"12345" * (10 * MIB)
        with peak() as held:
            parts = [
                {
                    "PartNumber": number,
                    "ETag": client.upload_part(**at, UploadId=upload, PartNumber=number, Body=part)["ETag"],
                }
                for number, part in enumerate((body, b"end"), 1)
            ]
            client.complete_multipart_upload(**at, UploadId=upload, MultipartUpload={"Parts": parts})
            arrived = sum(map(len, client.get_object(**at)["Body"].iter_chunks(MIB)))
            assert held() < 16 * MIB
        assert arrived == client.head_object(**at)["ContentLength"] == 50 * MIB + 3
        assert client.get_object(**at, Range="bytes=-5")["Body"].read() == b"45end"

    def test_anybody_may_read_through_it(self, bucket: Bucket, through: Through) -> None:
        client, proxy = through(faults.NOTHING)
        client.put_object(Bucket=bucket.name, Key="feed.xml", Body=b"<rss/>")
        bucket.open_to_everyone()
        connection = http.client.HTTPConnection("127.0.0.1", int(proxy.endpoint.rpartition(":")[2]))
        for _ in range(2):
            connection.request("GET", f"/{bucket.name}/feed.xml")
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (200, b"<rss/>")
        connection.close()

    def test_a_body_in_chunks_passes(self, bucket: Bucket, through: Through) -> None:
        client, proxy = through(faults.NOTHING)
        address = client.generate_presigned_url("put_object", {"Bucket": bucket.name, "Key": "a"})
        connection = http.client.HTTPConnection("127.0.0.1", int(proxy.endpoint.rpartition(":")[2]))
        connection.request("PUT", address.removeprefix(proxy.endpoint), iter([b"one", b"two"]), encode_chunked=True)
        assert connection.getresponse().status == 200
        connection.close()
        assert content(bucket, "a") == b"onetwo"

    def test_answers_in_chunks_pass_and_so_do_those_without_an_end(self) -> None:
        class Chatty(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self.send_response(200)
                if self.path == "/chunks":
                    self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                self.wfile.write(b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n" if self.path == "/chunks" else b"onetwo")
                self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Chatty) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.02,))
            thread.start()
            with faults.proxy(f"http://127.0.0.1:{server.server_port}", faults.NOTHING, SEED) as proxy:
                for path in ("/chunks", "/endless"):
                    with urlopen(proxy.endpoint + path) as answer:
                        assert answer.read() == b"onetwo"
            server.shutdown()
            thread.join()

    def test_many_threads_pass_at_once(self, bucket: Bucket, through: Through) -> None:
        client, proxy = through(faults.NOTHING)

        def send(number: int) -> None:
            for each in range(10):
                client.put_object(Bucket=bucket.name, Key=f"{number}/{each}", Body=b"%d" % each)

        threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(bucket.listed()) == len(proxy.log) == 80


class TestResets:
    def test_before_the_write_the_server_hears_nothing(self, bucket: Bucket, through: Through) -> None:
        client, proxy = through(always("reset-before-write"))
        with pytest.raises(ConnectionClosedError):
            client.put_object(Bucket=bucket.name, Key="a", Body=b"1" * MIB)
        assert content(bucket, "a") is None
        assert [entry.fault for entry in proxy.log] == ["reset-before-write"]

    def test_after_the_write_it_is_done_but_nobody_says_so(self, bucket: Bucket, through: Through) -> None:
        client, _ = through(always("reset-after-write"))
        with pytest.raises(ConnectionClosedError):
            client.put_object(Bucket=bucket.name, Key="a", Body=b"1" * MIB)
        assert content(bucket, "a") == b"1" * MIB

    @pytest.mark.parametrize("size", [0, 1, 8 * MIB])
    def test_within_the_body_nothing_is_stored(self, bucket: Bucket, through: Through, size: int) -> None:
        client, _ = through(always("reset-within-body"))
        with pytest.raises(BotoCoreError):
            client.put_object(Bucket=bucket.name, Key="a", Body=b"1" * size)
        assert content(bucket, "a") in (None, b"")
        assert client.list_objects_v2(Bucket=bucket.name)

    @pytest.mark.parametrize(("name", "written"), [("kill-before", None), ("kill-after", b"body")])
    def test_a_process_can_be_killed_there(
        self, bucket: Bucket, through: Through, name: str, written: bytes | None
    ) -> None:
        client, proxy = through(always(name), kill=lambda: child.kill())
        address = client.generate_presigned_url("put_object", {"Bucket": bucket.name, "Key": "a"})
        request = "r.Request(sys.argv[1], b'body', method='PUT', headers={'Content-Type': ''})"
        send = f"import sys, urllib.request as r; r.urlopen({request})"
        child = subprocess.Popen([sys.executable, "-c", send, address])
        assert child.wait(20) == -signal.SIGKILL
        assert [entry.fault for entry in proxy.log] == [name]
        assert content(bucket, "a") == written

    @pytest.mark.parametrize(
        ("name", "written"), [("kill-before", False), ("kill-within", False), ("kill-after", True)]
    )
    def test_the_client_is_killed_once_at_a_moment(
        self, bucket: Bucket, through: Through, name: str, written: bool
    ) -> None:
        killed: list[bool] = []
        plan = replace(faults.plan(name), first=(3, 3))
        client, proxy = through(plan, kill=lambda: killed.append(content(bucket, "3") is not None))
        for number in "12":
            client.put_object(Bucket=bucket.name, Key=number, Body=b"body")
        with pytest.raises(ConnectionClosedError):
            client.put_object(Bucket=bucket.name, Key="3", Body=b"body")
        assert killed == [written]
        client.put_object(Bucket=bucket.name, Key="4", Body=b"body")
        assert [entry.key for entry in proxy.faults] == ["3"]


class TestAnswers:
    @pytest.mark.parametrize(
        ("name", "status", "code"),
        [
            ("internal-error", 500, "InternalError"),
            ("slow-down", 503, "SlowDown"),
            ("retry-after", 503, "ServiceUnavailable"),
            ("too-many-requests", 429, "TooManyRequests"),
            ("clock-skew", 403, "RequestTimeTooSkewed"),
            ("rights-revoked", 403, "AccessDenied"),
            ("no-bucket", 404, "NoSuchBucket"),
            ("no-space", 507, "XMinioStorageFull"),
            ("quota-exceeded", 403, "QuotaExceeded"),
        ],
    )
    def test_an_error_comes_instead_and_nothing_is_written(
        self, bucket: Bucket, through: Through, name: str, status: int, code: str
    ) -> None:
        client, proxy = through(always(name))
        for key in "ab":  # the second on a connection that goes on, or on a new one
            if proxy.plan.in_all == len(proxy.faults):
                break
            with pytest.raises(ClientError) as refused:
                client.put_object(Bucket=bucket.name, Key=key, Body=b"1" * MIB)
            assert code_of(refused) == (status, code)
        assert bucket.listed() == set()
        proxy.heal()
        client.put_object(Bucket=bucket.name, Key="a", Body=b"1")
        assert bucket.listed() == {"a"}

    @pytest.mark.parametrize(("plan", "line"), [("slow-down", b"HTTP/1.1 503"), ("nothing", b"HTTP/1.1 100")])
    def test_a_client_that_asks_before_it_sends_is_told(self, through: Through, plan: str, line: bytes) -> None:
        _, proxy = through(always(plan))
        with socket.create_connection(("127.0.0.1", int(proxy.endpoint.rpartition(":")[2])), timeout=10) as client:
            client.sendall(b"PUT /b/a HTTP/1.1\r\nHost: b\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n")
            assert client.recv(len(line)) == line

    def test_retry_after_is_said(self, bucket: Bucket, through: Through) -> None:
        client, _ = through(always("retry-after"))
        with pytest.raises(ClientError) as refused:
            client.put_object(Bucket=bucket.name, Key="a", Body=b"1")
        assert refused.value.response["ResponseMetadata"]["HTTPHeaders"]["retry-after"] == "1"

    @pytest.mark.parametrize(
        ("name", "status", "code"),
        [
            ("conflict", 409, "ConditionalRequestConflict"),
            ("refused-for-nothing", 412, "PreconditionFailed"),
            ("no-conditions", 501, "NotImplemented"),
        ],
    )
    def test_only_conditional_writes_are_refused(
        self, bucket: Bucket, through: Through, name: str, status: int, code: str
    ) -> None:
        client, _ = through(always(name))
        at = {"Bucket": bucket.name, "Key": "a"}
        mark = client.put_object(**at, Body=b"1")["ETag"]
        with pytest.raises(ClientError) as refused:
            client.put_object(**at, Body=b"2", IfMatch=mark)
        assert code_of(refused) == (status, code)
        assert client.get_object(**at, IfMatch=mark)["Body"].read() == b"1"

    def test_an_error_that_is_no_xml(self, bucket: Bucket, through: Through) -> None:
        client, _ = through(always("broken-error"))
        with pytest.raises(ClientError) as refused:
            client.put_object(Bucket=bucket.name, Key="a", Body=b"1")
        assert code_of(refused) == (400, "400")

    def test_no_space_lets_read(self, bucket: Bucket, through: Through) -> None:
        client, proxy = through(always("no-space"))
        bucket.client.put_object(Bucket=bucket.name, Key="a", Body=b"1")
        assert client.get_object(Bucket=bucket.name, Key="a")["Body"].read() == b"1"
        client.delete_object(Bucket=bucket.name, Key="a")
        assert proxy.faults == []

    def test_skewed_for_a_while(self, bucket: Bucket, through: Through) -> None:
        client, _ = through(faults.plan("clock-skew"))
        for _ in range(6):
            with pytest.raises(ClientError, match="RequestTimeTooSkewed"):
                client.list_objects_v2(Bucket=bucket.name)
        assert client.list_objects_v2(Bucket=bucket.name)["KeyCount"] == 0

    def test_rights_go_at_a_request_that_the_seed_names_and_do_not_come_back(
        self, bucket: Bucket, through: Through
    ) -> None:
        client, _ = through(replace(faults.plan("rights-revoked"), first=(2, 4)))
        outcomes = []
        for number in range(6):
            try:
                client.put_object(Bucket=bucket.name, Key=str(number), Body=b"1")
                outcomes.append(True)
            except ClientError:
                outcomes.append(False)
        assert outcomes == sorted(outcomes, reverse=True)
        assert 1 <= sum(outcomes) <= 3


class TestBreakingOff:
    def test_an_object_ends_in_its_middle(self, bucket: Bucket, through: Through) -> None:
        client, _ = through(always("object-breaks-off"))
        bucket.client.put_object(Bucket=bucket.name, Key="a", Body=b"1" * MIB)
        answer = client.get_object(Bucket=bucket.name, Key="a")
        assert answer["ContentLength"] == MIB
        with pytest.raises(BROKEN):
            answer["Body"].read()
        assert client.list_objects_v2(Bucket=bucket.name)["KeyCount"] == 1

    def test_a_list_ends_in_its_middle(self, bucket: Bucket, through: Through) -> None:
        # botocore makes a 500 of a good answer that it cannot read.
        client, _ = through(always("answer-breaks-off"))
        with pytest.raises(ClientError) as broken:
            client.list_objects_v2(Bucket=bucket.name)
        assert code_of(broken) == (500, "500")
        with pytest.raises(ClientError):
            client.create_multipart_upload(Bucket=bucket.name, Key="a")
        assert bucket.client.list_multipart_uploads(Bucket=bucket.name)["Uploads"]

    def test_an_answer_without_its_headers_after_the_server_has_acted(self, bucket: Bucket, through: Through) -> None:
        client, _ = through(always("answer-without-head"))
        answer = client.put_object(Bucket=bucket.name, Key="a", Body=b"1")
        assert "ETag" not in answer
        assert content(bucket, "a") == b"1"


class TestSlow:
    def test_a_slow_link_takes_its_time_both_ways(self, bucket: Bucket, through: Through) -> None:
        client, _ = through(replace(faults.plan("slow-link"), fault=faults.Slow(rate=4 * MIB)))
        with stopwatch() as seconds:
            client.put_object(Bucket=bucket.name, Key="a", Body=b"1" * MIB)
            assert seconds() > 0.2
            assert len(client.get_object(Bucket=bucket.name, Key="a")["Body"].read()) == MIB
            assert 0.4 < seconds() < 5

    def test_each_request_is_late(self, bucket: Bucket, through: Through) -> None:
        client, _ = through(faults.plan("latency"))
        with stopwatch() as seconds:
            for _ in range(4):
                client.list_objects_v2(Bucket=bucket.name)
            assert seconds() > 0.2


class TestOtherServers:
    def test_conditions_are_ignored_though_they_were_signed(self, bucket: Bucket, through: Through) -> None:
        client, proxy = through(faults.plan("conditions-ignored"))
        at = {"Bucket": bucket.name, "Key": "a b+é"}
        for body in (b"1", b"2" * MIB):
            client.put_object(**at, Body=body, IfNoneMatch="*", Metadata={"sha256": "x"})
        client.put_object(**at, Body=b"3", IfMatch='"stale"')
        assert content(bucket, at["Key"]) == b"3"
        upload = client.create_multipart_upload(**at)["UploadId"]
        part = client.upload_part(**at, UploadId=upload, PartNumber=1, Body=b"4")["ETag"]
        parts = {"Parts": [{"PartNumber": 1, "ETag": part}]}
        client.complete_multipart_upload(**at, UploadId=upload, MultipartUpload=parts, IfNoneMatch="*")
        assert content(bucket, at["Key"]) == b"4"
        proxy.heal()
        with pytest.raises(ClientError, match="PreconditionFailed"):
            client.put_object(**at, Body=b"5", IfNoneMatch="*")

    def test_an_etag_matches_only_without_its_quotes(self, bucket: Bucket, through: Through) -> None:
        client, _ = through(faults.plan("only-unquoted"))
        at = {"Bucket": bucket.name, "Key": "a"}
        mark = client.put_object(**at, Body=b"1", IfNoneMatch="*")["ETag"]
        for condition in ({"IfMatch": mark}, {"IfMatch": "0" * 32}, {"IfNoneMatch": "*"}):
            with pytest.raises(ClientError, match="PreconditionFailed"):
                client.put_object(**at, Body=b"2", **condition)
        client.put_object(**at, Body=b"3", IfMatch=mark.strip('"'))
        assert content(bucket, "a") == b"3"


class TestSeeds:
    def test_the_same_seed_gives_the_same_faults_whatever_the_order_and_the_bucket(
        self, bucket: Bucket, through: Through
    ) -> None:
        plan, keys = faults.plan("slow-down"), [str(number) for number in range(30)]

        def struck(seed: int, keys: list[str], name: str = bucket.name) -> set[str]:
            client, proxy = through(plan, seed)
            for key in keys:
                try:
                    client.head_object(Bucket=name, Key=key)
                except ClientError:
                    continue
            return {entry.key for entry in proxy.faults}

        first = struck(1, keys)
        assert 3 <= len(first) <= 18
        assert struck(1, keys[::-1]) == first == struck(1, keys, "another-bucket")
        assert struck(2, keys) != first

    def test_a_request_that_is_sent_again_and_again_gets_through(self, bucket: Bucket, through: Through) -> None:
        client, proxy = through(always("reset-after-write"))
        for _ in range(3):
            with pytest.raises(ConnectionClosedError):
                client.head_bucket(Bucket=bucket.name)
        client.head_bucket(Bucket=bucket.name)
        assert len(proxy.faults) == 3
