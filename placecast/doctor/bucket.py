"""A bucket, seen by the publishing key: whether it may do what publishing needs, found out by doing it.

One small object of our own is written for that, below `.placecast/`, and taken away again.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import ClientError

from placecast.delivery.manifest import OURS
from placecast.doctor.findings import Finding, fine, found
from placecast.errors import StorageError
from placecast.model import S3Target
from placecast.storage import Guard, Storage
from placecast.storage.patience import Patience
from placecast.storage.s3_client import open_client
from placecast.storage.s3_errors import explained

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Answer = TypeVar("Answer")

_NONE_YET = {"NoSuchCORSConfiguration", "NoSuchBucketPolicy"}
_EARLY, _FAR = timedelta(minutes=5), timedelta(minutes=15)
_CANNOT = {"NotImplemented", "MethodNotAllowed", "501", "405", "409"}
_CANNOT_STATUS = {405, 409, 501}


class UnableError(Exception):
    """The storage does not know this at all."""


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """A bucket and how it is asked."""

    target: S3Target
    client: S3Client
    patience: Patience
    now: datetime

    def ask(self, right: str, request: Callable[[], Answer]) -> Answer:
        """The answer. StorageError with the reason, or `UnableError`."""
        with explained(self.target, self.target.name, right):
            try:
                return self.patience.ask(request)
            except ClientError as error:
                if _cannot(error):
                    raise UnableError from error
                raise

    def setting(self, right: str, request: Callable[[], Answer]) -> Answer | None:
        """A setting of the bucket, or None while there is none."""
        try:
            return self.ask(right, request)
        except StorageError as error:
            if code_of(error.__cause__) in _NONE_YET:
                return None
            raise

    @property
    def here(self) -> dict[str, Any]:
        return {"Bucket": self.target.bucket}


def reach(target: S3Target, now: datetime, patience: Patience | None = None) -> Bucket:
    """The bucket behind a target. Nothing is asked yet."""
    with explained(target, target.name, "s3:ListBucket", also=(ValueError,)):
        return Bucket(target=target, client=open_client(target), patience=patience or Patience(), now=now)


def examine(bucket: Bucket, storage: Storage) -> Iterator[Finding]:
    """All that can be known of the bucket. If it cannot be reached, that is all that is said."""
    listed = _listing(bucket)
    if isinstance(listed, Finding):
        yield listed
        return
    yield fine("bucket", f"{bucket.target.name} answers, and its files can be listed.")
    yield _clock(bucket.now, listed)
    lacking = list(_rights(bucket))
    yield from lacking or [fine("right", "The key may read, write and delete there, and send large files in parts.")]
    if not lacking:
        yield _conditions(storage.guard())


def _listing(bucket: Bucket) -> Any:
    where = bucket.here | {"Prefix": bucket.target.prefix, "MaxKeys": 1}
    try:
        return bucket.ask("s3:ListBucket", lambda: bucket.client.list_objects_v2(**where))
    except (StorageError, UnableError) as error:
        return _as_finding("bucket", bucket.target, error)


def _clock(now: datetime, answer: Any) -> Finding:
    said = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
    try:
        theirs = parsedate_to_datetime(said)
    except ValueError:
        return fine("clock", "The storage does not tell the time, so the clocks were not compared.")
    apart = abs(now - theirs)
    if apart < _EARLY:
        return fine("clock", "This machine's clock and the storage's agree.")
    minutes = round(apart.total_seconds() / 60)
    what = f"This machine's clock is {minutes} minutes {'ahead of' if now > theirs else 'behind'} the storage's."
    return found("clock-far" if apart > _FAR else "clock", what)


def _rights(bucket: Bucket) -> Iterator[Finding]:
    """The rights that are lacking, each tried out on an object of our own."""
    at = bucket.here | {"Key": f"{bucket.target.prefix}{OURS}probe-{secrets.token_hex(8)}"}
    client = bucket.client
    below = bucket.here | {"Prefix": bucket.target.prefix + OURS}
    for right, attempt in (
        ("s3:PutObject", lambda: client.put_object(**at, Body=b"written to learn what this key may do")),
        ("s3:GetObject", lambda: client.get_object(**at)["Body"].read()),
        ("s3:ListBucketMultipartUploads", lambda: client.list_multipart_uploads(**below)),
    ):
        yield from _lacking(bucket, lambda: bucket.ask(right, attempt))  # noqa: B023 - asked at once
    yield from _lacking(bucket, lambda: _in_parts(bucket, at))
    yield from _lacking(bucket, lambda: bucket.ask("s3:DeleteObject", lambda: client.delete_object(**at)))


def _in_parts(bucket: Bucket, at: dict[str, Any]) -> None:
    client = bucket.client
    begun = bucket.ask("s3:PutObject", lambda: client.create_multipart_upload(**at))
    here = at | {"UploadId": begun["UploadId"]}
    try:
        bucket.ask("s3:PutObject", lambda: client.upload_part(**here, PartNumber=1, Body=b"a part"))
        with suppress(UnableError):
            bucket.ask("s3:ListMultipartUploadParts", lambda: client.list_parts(**here))
    finally:
        bucket.ask("s3:AbortMultipartUpload", lambda: client.abort_multipart_upload(**here))


def _lacking(bucket: Bucket, attempt: Callable[[], object]) -> Iterator[Finding]:
    try:
        attempt()
    except UnableError:
        return  # no right is missing; whoever needs it finds another way
    except StorageError as error:
        if code_of(error.__cause__) != "NoSuchKey":  # the object could not be written, which is said already
            yield _as_finding("right", bucket.target, error)


def _conditions(guard: Guard) -> Finding:
    if guard.whole:
        form = " (with ETags that are not quoted)" if guard.swap == "unquoted" else ""
        return fine("conditions", f"Conditional writes work{form}: two publishers cannot overwrite each other's feed.")
    missing = "ignores or refuses conditional writes" if guard.swap == "none" else "overwrites what should be new"
    return found("conditions", f"The storage {missing}.")


def _as_finding(code: str, target: S3Target, error: StorageError | UnableError) -> Finding:
    if isinstance(error, UnableError):
        return found(code, f"{target.name} does not answer as S3 storage does.", "Check `endpoint` in placecast.toml.")
    fault = error.faults[0]
    return found(code, f"{fault.file}: {fault.what}", fault.cure)


def _cannot(error: ClientError) -> bool:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return code_of(error) in _CANNOT or status in _CANNOT_STATUS


def code_of(error: BaseException | None) -> str:
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""
