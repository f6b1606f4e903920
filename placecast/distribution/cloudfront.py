"""Invalidating addresses in Amazon CloudFront, through boto3's own chain of credentials."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import boto3
from botocore import exceptions as boto
from botocore.config import Config
from botocore.parsers import ResponseParserError

from placecast.errors import AnnouncementError

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient
    from mypy_boto3_cloudfront.type_defs import InvalidationBatchTypeDef

_CONFIG = Config(connect_timeout=5, read_timeout=15, retries={"mode": "standard", "total_max_attempts": 3})
_MOST = 1000  # paths that are free in a month; 3000 may be under way at a time
_LOOK = 2.0  # seconds between two looks whether an invalidation is completed
_RIGHTS = "cloudfront:CreateInvalidation and cloudfront:GetInvalidation"

# Codes of the CloudFront API and of AWS's signatures.
_ANSWERS: tuple[tuple[frozenset[str], str, str], ...] = (
    (
        frozenset({"AccessDenied", "AccessDeniedException"}),
        "the key lacks a right.",
        f"Give it {_RIGHTS} on this distribution.",
    ),
    (
        frozenset({"NoSuchDistribution"}),
        "there is no such distribution in this account.",
        "Check `cloudfront` under [distribution] in placecast.toml: the id stands in the list of distributions.",
    ),
    (
        frozenset({"InvalidClientTokenId", "SignatureDoesNotMatch", "ExpiredToken", "UnrecognizedClientException"}),
        "the key is none of Amazon's, or has expired.",
        "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY again, or sign in again.",
    ),
    (
        frozenset({"TooManyInvalidationsInProgress", "Throttling", "ThrottlingException"}),
        "too much is being invalidated at the moment.",
        "Wait some minutes.",
    ),
)


def invalidate(
    distribution: str, stale: Sequence[str], show_url: str, *, endpoint: str | None, wait: float, harm: str
) -> None:
    """Make a distribution forget these addresses, and wait at most `wait` seconds until it has everywhere.

    AnnouncementError when it refuses. That it takes its time is none.
    """
    paths = paths_of(stale, show_url)
    with _explained(distribution, harm):
        client = _client(endpoint)
        # One reference for one wish, so that boto3's second attempt is not a second invalidation. It must not follow
        # from the content: after a rollback CloudFront would answer that it has forgotten that one long ago.
        wish: InvalidationBatchTypeDef = {
            "Paths": {"Quantity": len(paths), "Items": paths},
            "CallerReference": uuid.uuid4().hex,
        }
        made = client.create_invalidation(DistributionId=distribution, InvalidationBatch=wish)
    # Without the right to look, the hubs are told a little early.
    with suppress(boto.ClientError, boto.BotoCoreError, ResponseParserError):
        _await(client, distribution, made["Invalidation"]["Id"], wait)


def paths_of(stale: Sequence[str], show_url: str) -> list[str]:
    """The paths to invalidate. Where there are very many, whole folders at the top of the show, one wish each."""
    paths = [_path(address) for address in stale]
    if len(paths) <= _MOST:
        return paths
    base = _path(show_url)
    return sorted({_top(path, base) for path in paths})


def _path(address: str) -> str:
    return quote(urlsplit(address).path, safe="/%!$&'()*+,;=:@~")


def _top(path: str, base: str) -> str:
    folder, slash, _ = path.removeprefix(base).partition("/")
    return f"{base}{folder}/*" if slash else path


def _client(endpoint: str | None) -> CloudFrontClient:
    session = boto3.session.Session()
    # CloudFront is one for the world, and another in China. The region of the bucket means nothing to it.
    region = session.region_name if (session.region_name or "").startswith("cn-") else "us-east-1"
    return session.client("cloudfront", region_name=region, endpoint_url=endpoint, config=_CONFIG)


def _await(client: CloudFrontClient, distribution: str, wish: str, wait: float) -> None:
    for _ in range(round(wait / _LOOK)):
        if client.get_invalidation(DistributionId=distribution, Id=wish)["Invalidation"]["Status"] == "Completed":
            return
        time.sleep(_LOOK)


@contextmanager
def _explained(distribution: str, harm: str) -> Iterator[None]:
    try:
        yield
    # ValueError is botocore's answer to an endpoint that is no address.
    except (boto.ClientError, boto.BotoCoreError, ResponseParserError, ValueError) as error:
        what, cure = _sentences(error)
        again = f"To do it by hand: aws cloudfront create-invalidation --distribution-id {distribution} --paths '/*'"
        raise AnnouncementError(f"CloudFront {distribution}", f"{what} {harm}", f"{cure} {again}") from error


def _sentences(error: Exception) -> tuple[str, str]:
    """What went wrong, and the cure: never in the library's words, which may repeat a key."""
    if isinstance(error, boto.NoCredentialsError | boto.PartialCredentialsError):
        return (
            "no keys were found to sign in with.",
            "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run `aws configure`.",
        )
    if not isinstance(error, boto.ClientError):
        return f"it could not be asked ({type(error).__name__}).", "Check the network."
    code = error.response.get("Error", {}).get("Code", "")
    for codes, what, cure in _ANSWERS:
        if code in codes:
            return what, cure
    return f"it refused with {code}.", "If it stays so, ask Amazon and name this."
