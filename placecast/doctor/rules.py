"""What a bucket is told: who may read, which web pages may play, and what the publishing key may do.

Documents in, documents out. What is public comes from one table, `plan.PUBLIC`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from placecast.model import S3Target
from placecast.plan import PUBLIC

SID = "PlacecastPublicRead"
RULE = "PlacecastPlayers"

ASKED = ("Range", "If-Range", "If-None-Match", "If-Modified-Since")
"""Headers that players on web pages send."""

EXPOSED = ("Accept-Ranges", "Content-Length", "Content-Range", "ETag")
"""Headers that they have to see in the answer."""

_VERSION = "2012-10-17"  # of the policy language


def cors_rule() -> dict[str, Any]:
    """What lets players on any web page read, and nothing else."""
    return {
        "ID": RULE,
        "AllowedOrigins": ["*"],
        "AllowedMethods": ["GET", "HEAD"],
        "AllowedHeaders": list(ASKED),
        "ExposeHeaders": list(EXPOSED),
        "MaxAgeSeconds": 86400,
    }


def with_cors(rules: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """A bucket's rules with ours before them: the first that fits is taken, and another's may expose less."""
    return [cors_rule(), *(rule for rule in rules if rule.get("ID") != RULE)]


def has_cors(rules: Iterable[Mapping[str, Any]]) -> bool:
    """Whether ours is among them, in any order of its lists."""
    return any(_sorted(rule) == _sorted(cors_rule()) for rule in rules)


def public_read(target: S3Target) -> dict[str, Any]:
    """The statement that lets everybody read what is public: a list of it, so that notes of ours stay private."""
    return {
        "Sid": SID,
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": [f"{_arn(target)}/{target.prefix}{pattern}" for pattern in PUBLIC],
    }


def with_public_read(target: S3Target, policy: str | None) -> str:
    """A bucket's policy with our statement; everybody else's are kept as they are."""
    whole = json.loads(policy) if policy else {"Version": _VERSION}
    others = [each for each in statements(policy) if each.get("Sid") != SID]
    return json.dumps(whole | {"Statement": [*others, public_read(target)]}, ensure_ascii=False)


def our_statement(policy: str | None) -> Mapping[str, Any] | None:
    """What a bucket's policy has from us."""
    return next((each for each in statements(policy) if each.get("Sid") == SID), None)


def statements(policy: str | None) -> list[Mapping[str, Any]]:
    """The statements of a policy: a single one may stand there without a list."""
    found = json.loads(policy or "{}").get("Statement", [])
    return [found] if isinstance(found, dict) else list(found)


def same_statement(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Servers give lists back in another order, and a single entry without its list."""
    return _sorted(one) == _sorted(other)


def key_policy(target: S3Target) -> dict[str, Any]:
    """All that a publishing key needs (AWS IAM). Without the last statement it cannot use `doctor --fix`."""
    bucket = _arn(target)
    return {
        "Version": _VERSION,
        "Statement": [
            _allow("PlacecastList", ["s3:ListBucket"], bucket) | _below(target.prefix),
            _allow("PlacecastListUnfinished", ["s3:ListBucketMultipartUploads"], bucket),
            _allow("PlacecastPublish", list(_ON_OBJECTS), f"{bucket}/{target.prefix}*"),
            _allow("PlacecastDoctorFix", list(_ON_SETTINGS), bucket),
        ],
    }


_ON_OBJECTS = (
    *("s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
    *("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"),
)
_ON_SETTINGS = ("s3:GetBucketCORS", "s3:PutBucketCORS", "s3:GetBucketPolicy", "s3:PutBucketPolicy")


def _allow(sid: str, actions: list[str], resource: str) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": [resource]}


def _below(prefix: str) -> dict[str, Any]:
    return {"Condition": {"StringLike": {"s3:prefix": [f"{prefix}*"]}}} if prefix else {}


def _arn(target: S3Target) -> str:
    region = target.region or ""
    partition = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
    name = next((name for start, name in partition.items() if region.startswith(start)), "aws")
    return f"arn:{name}:s3:::{target.bucket}"


def _sorted(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in document.items()}


def _plain(value: Any) -> Any:
    if value == {"AWS": "*"} or value == {"AWS": ["*"]}:  # another spelling of everybody
        return ["*"]
    return sorted(map(str, value)) if isinstance(value, list) else [str(value)]
