"""A client of boto3 for S3-compatible storage, with settings that all servers can live with.

Cloudflare R2, Backblaze B2 and Ceph refuse the checksums that boto3 adds by default, and new AWS buckets refuse every
ACL; Content-MD5 guards the way there instead. Trying again is `patience`'s part, so boto3 tries once.
"""

from __future__ import annotations

import ipaddress
from contextlib import suppress
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

from placecast.model import S3Target

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CONNECTIONS = 32


def open_client(target: S3Target) -> S3Client:
    """A client for this bucket's server, with the credentials that boto3 finds."""
    session = boto3.session.Session()
    config = Config(
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        retries={"mode": "standard", "total_max_attempts": 1},
        s3={"addressing_style": _addressing(target.endpoint)},
        parameter_validation=False,  # a fifth of the work for a small file, and our own calls are checked by mypy
        connect_timeout=10,
        read_timeout=60,
        tcp_keepalive=True,
        max_pool_connections=CONNECTIONS,
    )
    region = target.region or session.region_name or "us-east-1"
    return session.client("s3", region_name=region, endpoint_url=target.endpoint, config=config)


def _addressing(endpoint: str | None) -> Literal["path", "auto"]:
    """A server by IP address or on this machine has no name for each bucket."""
    host = urlsplit(endpoint or "").hostname or ""
    with suppress(ValueError):
        ipaddress.ip_address(host)
        return "path"
    return "path" if host == "localhost" else "auto"
