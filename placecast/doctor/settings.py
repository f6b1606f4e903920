"""A bucket's settings: its CORS rules, its policy, and uploads that nobody will finish. `mend` alone changes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from placecast.doctor import rules
from placecast.doctor.bucket import Bucket, UnableError, code_of
from placecast.doctor.findings import Finding, fine, found
from placecast.errors import StorageError
from placecast.model import S3Target

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import MultipartUploadTypeDef

_GIVEN_UP = timedelta(days=1)
_CLOSED_BY_AMAZON = (
    "Amazon blocks public access to new buckets. If listeners read from the bucket itself, turn off the two settings "
    "on policies under Permissions, Block public access. If a CDN reads it for them, leave it closed: all is well."
)


def examine(bucket: Bucket) -> Iterator[Finding]:
    """What the settings say. What comes of them is asked through the public address."""
    yield from _unfinished(bucket)
    yield _cors(bucket)
    yield _policy(bucket)


def mend(bucket: Bucket) -> Iterator[Finding]:
    """Set the CORS rules and the policy, and end what nobody will finish. Each as a finding: done, or why not."""
    for what, right, change in (
        ("the CORS rules", "s3:PutBucketCORS", _mend_cors),
        ("the bucket's policy", "s3:PutBucketPolicy", _mend_policy),
        ("unfinished uploads", "s3:AbortMultipartUpload", _mend_unfinished),
    ):
        try:
            yield fine("fix", change(bucket))
        except UnableError:
            yield found("fix", f"{bucket.target.name} does not know {what} as S3 has them.")
        except StorageError as error:
            yield _refused(bucket.target, what, right, error)


def _unfinished(bucket: Bucket) -> Iterator[Finding]:
    try:
        given_up = _given_up(bucket)
    except UnableError:
        yield fine("unfinished", "The storage does not list unfinished uploads.")
        return
    except StorageError:
        return  # the lacking right is among the findings already
    if given_up:
        yield found("unfinished", f"{len(given_up)} large files were begun more than a day ago and never finished.")
    else:
        yield fine("unfinished", "No upload was given up half way.")


def _given_up(bucket: Bucket) -> list[MultipartUploadTypeDef]:
    where = bucket.here | {"Prefix": bucket.target.prefix}
    pages = bucket.client.get_paginator("list_multipart_uploads").paginate(**where)
    listed = bucket.ask("s3:ListBucketMultipartUploads", lambda: list(pages))
    uploads = (upload for page in listed for upload in page.get("Uploads", ()))
    return [upload for upload in uploads if bucket.now - upload["Initiated"] > _GIVEN_UP]


def _cors(bucket: Bucket) -> Finding:
    try:
        there = _cors_rules(bucket)
    except UnableError:
        return fine("cors-rules", "The storage has no CORS rules as S3 has them; what web pages get is asked below.")
    except StorageError:
        return fine("cors-rules", "The key may not see the CORS rules; what web pages get is asked below.")
    if rules.has_cors(there):
        return fine("cors-rules", "The CORS rules let players on any web page read.")
    return found("cors-rules", "The bucket has CORS rules, but not ours." if there else "The bucket has no CORS rules.")


def _cors_rules(bucket: Bucket) -> list[Any]:
    answer = bucket.setting("s3:GetBucketCORS", lambda: bucket.client.get_bucket_cors(**bucket.here))
    return list(answer["CORSRules"]) if answer else []


def _policy(bucket: Bucket) -> Finding:
    try:
        ours = rules.our_statement(_bucket_policy(bucket))
    except UnableError:
        return fine("policy", "The storage has no bucket policies; what everybody gets is looked at below.")
    except StorageError:
        return fine("policy", "The key may not see the bucket's policy; what everybody gets is looked at below.")
    except ValueError:
        return found("policy", "The bucket's policy cannot be read as JSON.", "Look at it in your provider's panel.")
    if ours is None:
        return fine("policy", "No policy of ours is on the bucket; what everybody gets is looked at below.")
    if rules.same_statement(ours, rules.public_read(bucket.target)):
        return fine("policy", "The bucket's policy lets everybody read what is published, and nothing else.")
    return found("policy", f"The statement {rules.SID} in the bucket's policy is not the one of this version and show.")


def _bucket_policy(bucket: Bucket) -> str | None:
    answer = bucket.setting("s3:GetBucketPolicy", lambda: bucket.client.get_bucket_policy(**bucket.here))
    return answer["Policy"] if answer else None


def _mend_cors(bucket: Bucket) -> str:
    there = _cors_rules(bucket)
    if rules.has_cors(there[:1]):
        return "The CORS rules were right already."
    wanted: Any = {"CORSRules": rules.with_cors(there)}
    bucket.ask("s3:PutBucketCORS", lambda: bucket.client.put_bucket_cors(**bucket.here, CORSConfiguration=wanted))
    return f"The CORS rule {rules.RULE} was set{_beside(len(wanted['CORSRules']) - 1)}."


def _mend_policy(bucket: Bucket) -> str:
    there = _bucket_policy(bucket)
    ours = rules.our_statement(there)
    if ours and rules.same_statement(ours, rules.public_read(bucket.target)):
        return "The bucket's policy was right already."
    wanted = rules.with_public_read(bucket.target, there)
    bucket.ask("s3:PutBucketPolicy", lambda: bucket.client.put_bucket_policy(**bucket.here, Policy=wanted))
    return f"The statement {rules.SID} was put into the bucket's policy{_beside(len(rules.statements(wanted)) - 1)}."


def _mend_unfinished(bucket: Bucket) -> str:
    given_up = _given_up(bucket)
    for upload in given_up:
        at = bucket.here | {"Key": upload["Key"], "UploadId": upload["UploadId"]}
        bucket.ask("s3:AbortMultipartUpload", lambda: bucket.client.abort_multipart_upload(**at))  # noqa: B023
    return f"Unfinished uploads that were ended: {len(given_up)}."


def _beside(others: int) -> str:
    return f"; {others} of others were kept" if others else ""


def _refused(target: S3Target, what: str, right: str, error: StorageError) -> Finding:
    fault = error.faults[0]
    cure = fault.cure
    if what == "the bucket's policy" and not target.endpoint and code_of(error.__cause__) == "AccessDenied":
        cure = f"{cure} {_CLOSED_BY_AMAZON}"
    return found("fix", f"Could not change {what} ({right}): {fault.what}", cure)
