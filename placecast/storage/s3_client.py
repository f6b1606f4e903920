"""A client of boto3 for S3-compatible storage, with settings that all servers can live with.

Cloudflare R2, Backblaze B2 and Ceph refuse the checksums that boto3 adds by default, and new AWS buckets refuse every
ACL; Content-MD5 guards the way there instead. Trying again is `patience`'s part, so boto3 tries once.
"""

from __future__ import annotations

import ipaddress
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

from placecast.model import S3Target

if TYPE_CHECKING:
    from botocore.credentials import Credentials
    from mypy_boto3_s3 import S3Client

CONNECTIONS = 32
TIMEOUTS = (10, 60)  # seconds, for connecting and for reading


@dataclass(frozen=True, kw_only=True)
class Access:
    """A way to a server: a client, and what requests are signed with beside it."""

    client: S3Client
    credentials: Credentials | None  # None when boto3 finds none
    verify: bool | str  # certificates: as botocore says


def open_client(target: S3Target) -> S3Client:
    """A client for this bucket's server, with the credentials that boto3 finds."""
    return open_access(target).client


def open_access(target: S3Target) -> Access:
    """Client and credentials. What boto3 does not like about settings and files comes up here."""
    session = boto3.session.Session()
    config = Config(
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        retries={"mode": "standard", "total_max_attempts": 1},
        s3={"addressing_style": _addressing(target.endpoint)},
        signature_version="s3v4",
        connect_timeout=TIMEOUTS[0],
        read_timeout=TIMEOUTS[1],
        tcp_keepalive=True,
        max_pool_connections=CONNECTIONS,
    )
    region = target.region or session.region_name or "us-east-1"
    client = session.client("s3", region_name=region, endpoint_url=target.endpoint, config=config)
    bundle = os.environ.get("AWS_CA_BUNDLE") or session._session.get_config_variable("ca_bundle")
    return Access(client=client, credentials=session.get_credentials(), verify=bundle or True)


def _addressing(endpoint: str | None) -> Literal["path", "auto"]:
    """A server by IP address or on this machine has no name for each bucket."""
    host = urlsplit(endpoint or "").hostname or ""
    with suppress(ValueError):
        ipaddress.ip_address(host)
        return "path"
    return "path" if host == "localhost" else "auto"
