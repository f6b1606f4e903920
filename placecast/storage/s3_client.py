"""A client of boto3 for S3-compatible storage, with settings that all servers can live with.

Cloudflare R2, Backblaze B2 and Ceph refuse the checksums that boto3 adds by default, and new AWS buckets refuse every
ACL; Content-MD5 guards the way there instead. Trying again is `patience`'s part, so boto3 tries once.
"""

from __future__ import annotations

import ipaddress
import os
from contextlib import suppress
from functools import cache, cached_property
from threading import Lock
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from botocore.config import Config
from botocore.loaders import Loader, create_loader
from botocore.session import Session, get_session

from placecast.model import S3Target

if TYPE_CHECKING:
    from botocore.credentials import Credentials
    from mypy_boto3_s3 import S3Client

CONNECTIONS = 32
TIMEOUTS = (10, 60)  # seconds, for connecting and for reading


class Access:
    """A way to a server: what requests are signed with, and a client of boto3 for those who need one."""

    def __init__(self, target: S3Target) -> None:
        self._target = target
        self._session = _session()
        self.region = target.region or self._session.get_config_variable("region") or "us-east-1"
        self.credentials: Credentials | None = self._session.get_credentials()
        bundle = os.environ.get("AWS_CA_BUNDLE") or self._session.get_config_variable("ca_bundle")
        self.verify: bool | str = bundle or True
        self._lock = Lock()

    @property
    def client(self) -> S3Client:
        """Made when it is first asked for: that takes a quarter of a second."""
        with self._lock:
            return self._client

    @cached_property
    def _client(self) -> S3Client:
        import boto3

        session = boto3.session.Session(botocore_session=self._session)
        config = Config(
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            retries={"mode": "standard", "total_max_attempts": 1},
            s3={"addressing_style": _addressing(self._target.endpoint)},
            signature_version="s3v4",
            connect_timeout=TIMEOUTS[0],
            read_timeout=TIMEOUTS[1],
            tcp_keepalive=True,
            max_pool_connections=CONNECTIONS,
        )
        return session.client("s3", region_name=self.region, endpoint_url=self._target.endpoint, config=config)


def open_client(target: S3Target) -> S3Client:
    """A client for this bucket's server, with the credentials that boto3 finds."""
    return Access(target).client


def _session() -> Session:
    """A session of its own, whose credentials are those of now; the services' descriptions are read once."""
    made = get_session()
    made.register_component("data_loader", _descriptions(made.get_config_variable("data_path")))
    return made


@cache
def _descriptions(folders: str | None) -> Loader:
    return create_loader(folders)


def _addressing(endpoint: str | None) -> Literal["path", "auto"]:
    """A server by IP address or on this machine has no name for each bucket."""
    host = urlsplit(endpoint or "").hostname or ""
    with suppress(ValueError):
        ipaddress.ip_address(host)
        return "path"
    return "path" if host == "localhost" else "auto"
