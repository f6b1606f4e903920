"""Publishing into S3-compatible storage, through boto3's own chain of credentials."""

from __future__ import annotations

import gzip
import io
import secrets
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from placecast.errors import StorageError
from placecast.model import Progress, S3Target, no_progress
from placecast.plan import Stored, Upload, is_public, note, stored
from placecast.storage import conditions, fetched, multipart
from placecast.storage.conditions import Verdict
from placecast.storage.lane import Lane, TooLargeError
from placecast.storage.multipart import Multipart, code_of
from placecast.storage.objects import GUARDED, LARGEST, Content, Expected, Guard, RefusedError, too_large
from placecast.storage.part import Part, content_md5
from placecast.storage.patience import FOREIGN, Answer, Patience, may_have_acted, may_pass
from placecast.storage.s3_client import Access
from placecast.storage.s3_errors import explained

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef, ListObjectsV2OutputTypeDef

_WORKERS = 16
_PARTS = 3  # of large files that are sent at the same time, whatever file they belong to: each takes memory
_PROBE = ".placecast/probe-"
_NOT_THERE = {"NoSuchKey", "404", "NotFound"}
_RESUMES = 8
_GZIP = b"\x1f\x8b"  # RFC 1952, section 2.3.1
_BEGINNINGS = 3  # of one large file, when others end what was begun
_LEVEL = 6  # of gzip: the last percent of size costs four times the work
_FORBIDDEN = {"AccessDenied", "403"}
_REFUSALS = {"PreconditionFailed", "412"}
_UNKNOWN_CONDITION = {"NotImplemented", "501", "InvalidArgument", "InvalidRequest", "400"}


class S3Storage:
    """The public tree under a prefix of a bucket."""

    workers = _WORKERS
    lists_freely = False

    def __init__(self, target: S3Target, patience: Patience | None = None, parts: int = _PARTS) -> None:
        self._target = target
        self._patience = patience or Patience()
        self._guard = GUARDED
        self._parts = ThreadPoolExecutor(parts)
        self.name = target.name

    @cached_property
    def _access(self) -> Access:
        with explained(self._target, self.name, "s3:ListBucket", also=(ValueError,)):
            return Access(self._target)

    @property
    def _client(self) -> S3Client:
        return self._access.client

    @cached_property
    def _lane(self) -> Lane:
        with explained(self._target, self.name, "s3:ListBucket", also=(ValueError,)):
            return Lane(self._access, self._target)

    def guard(self, known: Guard | None = None) -> Guard:
        self._guard = known or self._tried_out()
        return self._guard

    def read(self, key: str) -> Content | None:
        with explained(self._target, self.name, "s3:GetObject"):
            try:
                return self._if_there(key, lambda: self._content(key))
            except TooLargeError:
                raise too_large(self.name, key) from None

    def facts(self, key: str) -> Stored | None:
        with explained(self._target, self.name, "s3:GetObject"):
            return self._if_there(key, lambda: self._head(key))

    def listed(self, prefix: str = "") -> Iterator[Stored]:
        following: dict[str, str] = {}
        where: dict[str, Any] = {"Bucket": self._target.bucket, "Prefix": self._target.prefix + prefix}
        while True:
            with explained(self._target, self.name, "s3:ListBucket"):
                page = self._patience.ask(lambda: self._page(where | following))  # noqa: B023 - asked at once
            yield from (self._listed(there) for there in page.get("Contents", ()))
            if not page["IsTruncated"]:
                return
            following = {"ContinuationToken": page["NextContinuationToken"]}

    def put(self, upload: Upload, progress: Progress = no_progress, expected: Expected | None = None) -> Stored:
        with explained(self._target, self.name, "s3:PutObject"), upload.open() as file:
            size, mark = self._send(file, upload, progress, expected)
        progress(1.0)
        return stored(upload, size=size, mark=mark)

    def delete(self, keys: Sequence[str]) -> None:
        # One by one: what servers want to have signed of a list of keys differs.
        with explained(self._target, self.name, "s3:DeleteObject"):
            for key in keys:
                self._patience.ask(lambda: self._client.delete_object(**self._at(key)))  # noqa: B023 - asked at once

    def fetch(self, key: str, to: Path) -> None:
        with explained(self._target, self.name, "s3:GetObject"):
            found = self._if_there(key, lambda: self._client.get_object(**self._at(key)))
            if found is None:
                raise fetched.absent(self.name, key)
            blocks = fetched.counted(self._blocks(key, found), found["ContentLength"], self.name, key)
            fetched.save(fetched.unzipped(blocks) if found.get("ContentEncoding") == "gzip" else blocks, to)

    def tidy(self, keep: Container[str], before: datetime) -> int:
        with explained(self._target, self.name, "s3:ListBucketMultipartUploads"):
            ours = [each for each in self._unfinished() if is_public(each[0])]  # a bucket may be another program's, too
            given_up = [each for each in ours if each[0] not in keep and each[2] < before]
            for key, upload, _ in given_up:
                with suppress(ClientError):  # its owner has ended it meanwhile
                    self._patience.ask(lambda: self._abort(key, upload))  # noqa: B023 - asked at once
        self._tidy_probes(before)
        return len(given_up)

    def _tidy_probes(self, before: datetime) -> None:
        """Take away what was left by runs that died while they tried out what conditions are worth."""
        where: dict[str, Any] = {"Bucket": self._target.bucket, "Prefix": self._target.prefix + _PROBE}
        with explained(self._target, self.name, "s3:ListBucket"):
            left = self._patience.ask(lambda: self._page(where)).get("Contents", ())
        self.delete([self._listed(each).key for each in left if each["LastModified"] < before])

    def _abort(self, key: str, upload: str) -> None:
        self._client.abort_multipart_upload(**self._at(key), UploadId=upload)

    def _unfinished(self) -> Iterator[tuple[str, str, datetime]]:
        where: dict[str, Any] = {"Bucket": self._target.bucket, "Prefix": self._target.prefix}
        while True:
            try:
                page = self._patience.ask(lambda: self._client.list_multipart_uploads(**where))  # noqa: B023
            except ClientError as error:
                if code_of(error) in multipart.CANNOT:
                    return
                raise
            for each in page.get("Uploads", ()):
                yield each["Key"].removeprefix(self._target.prefix), each["UploadId"], each["Initiated"]
            if not page.get("IsTruncated"):
                return
            where |= {"KeyMarker": page["NextKeyMarker"], "UploadIdMarker": page["NextUploadIdMarker"]}

    def _at(self, key: str) -> dict[str, Any]:
        return {"Bucket": self._target.bucket, "Key": self._target.prefix + key}

    def _if_there(self, key: str, ask: Callable[[], Answer]) -> Answer | None:
        try:
            return self._patience.ask(ask)
        except ClientError as error:
            if code_of(error) in _NOT_THERE:
                return None
            if self._moved(error):
                return self._if_there(key, ask)
            if code_of(error) in _FORBIDDEN and not self._is_listed(key):
                return None
            raise

    def _is_listed(self, key: str) -> bool:
        """Amazon says "forbidden" of what is not there, to a key that may list one prefix only."""
        try:
            page = self._page({"Bucket": self._target.bucket, "Prefix": self._target.prefix + key, "MaxKeys": 1})
        except FOREIGN:
            return True
        return any(there["Key"] == self._target.prefix + key for there in page.get("Contents", ()))

    def _moved(self, error: ClientError) -> bool:
        """Whether the bucket is in another region, which is then spoken to. Every run begins by reading."""
        region = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("x-amz-bucket-region")
        if not region or region == self._access.region:
            return False
        self._target = replace(self._target, region=region)
        vars(self).pop("_access", None)
        vars(self).pop("_lane", None)
        return True

    def _content(self, key: str) -> Content:
        found = self._lane.ask("GET", self._target.prefix + key)
        # Some servers forget Content-Encoding. What is read whole is text, and no text begins like this.
        zipped = found.body.startswith(_GZIP) or found.headers.get("content-encoding") == "gzip"
        return Content(body=self._unzipped(key, found.body) if zipped else found.body, mark=found.etag)

    def _unzipped(self, key: str, body: bytes) -> bytes:
        try:
            content = fetched.unzipped_whole(body, LARGEST + 1)
        except ValueError as error:
            what = f"{key} is said to be compressed with gzip, and is not."
            cure = "Somebody else has put it there. Take it away, then run the command again."
            raise StorageError(self.name, what, cure) from error
        if len(content) > LARGEST:
            raise TooLargeError
        return content

    def _head(self, key: str) -> Stored:
        found = self._lane.ask("HEAD", self._target.prefix + key)
        if "content-length" not in found.headers:
            raise ResponseParserError("an answer without its length, so its headers were lost")
        return Stored(
            key=key,
            size=int(found.headers["content-length"]),
            mark=found.etag,
            sha256=found.headers.get("x-amz-meta-sha256", ""),
            type=found.headers.get("content-type", ""),
            cache_control=found.headers.get("cache-control", ""),
            gzip=found.headers.get("content-encoding") == "gzip",
        )

    def _page(self, where: dict[str, Any]) -> ListObjectsV2OutputTypeDef:
        page = self._client.list_objects_v2(**where)
        if "IsTruncated" not in page:
            raise ResponseParserError("a web page, which botocore takes for an empty list")
        return page

    def _listed(self, there: Any) -> Stored:
        key = there["Key"].removeprefix(self._target.prefix)
        return Stored(key=key, size=there["Size"], mark=_mark(there["ETag"]))

    def _blocks(self, key: str, found: GetObjectOutputTypeDef) -> Iterator[bytes]:
        """The body of an object; where it breaks off, the rest is asked for."""
        size, at, tries = found["ContentLength"], 0, 0
        while True:
            try:
                for block in found["Body"].iter_chunks(fetched.BLOCK):
                    yield block
                    at += len(block)
                return
            except FOREIGN as error:
                tries += 1
                if not may_pass(error) or tries == _RESUMES or at == size:
                    raise
            rest = self._at(key) | {"Range": f"bytes={at}-"}
            mark, found = found["ETag"], self._patience.ask(lambda: self._client.get_object(**rest))  # noqa: B023
            if found["ETag"] != mark:
                raise StorageError(
                    self.name, f"{key} was replaced while it was fetched.", "Run the command again to get it whole."
                )

    def _send(self, file: BinaryIO, upload: Upload, progress: Progress, expected: Expected | None) -> tuple[int, str]:
        """Send one file, and return its size and mark as stored."""
        size = upload.size
        if self._zips(upload):
            body = gzip.compress(file.read(), _LEVEL, mtime=0)  # no time in its header: same input, same bytes
            file, size = io.BytesIO(body), len(body)

        def told(position: int) -> None:
            progress(position / max(size, 1))

        if self._in_parts(upload, expected):
            return size, self._send_parts(upload, told, expected)
        return size, self._send_whole(Part(file, 0, size, told), size, upload, expected)

    def _send_whole(self, body: Part, size: int, upload: Upload, expected: Expected | None) -> str:
        headers = _headers(upload, self._zips(upload)) | conditions.headers(self._guard, expected)
        headers["Content-MD5"] = content_md5(body.md5())
        unsure: list[Exception] = []

        def put() -> str:
            body.seek(0)
            try:
                return self._lane.ask("PUT", self._target.prefix + upload.key, headers, body).etag
            except FOREIGN as error:
                if may_have_acted(error):
                    unsure.append(error)
                raise

        try:
            return self._patience.ask(put)
        except ClientError as error:
            return self._settled(error, upload, size, expected, maybe_ours=bool(unsure)).mark

    def _in_parts(self, upload: Upload, expected: Expected | None) -> bool:
        """Whether a file is sent in parts. What is swapped is sent whole: Ceph completes parts whatever is expected."""
        if upload.size <= multipart.SIZE or self._zips(upload):
            return False
        return upload.immutable or expected is None

    def _send_parts(
        self, upload: Upload, told: Callable[[int], None], expected: Expected | None, tries: int = _BEGINNINGS
    ) -> str:
        # A name that carries its content can only be written over by the same, so one condition is enough.
        absent = conditions.headers(self._guard, expected).get("If-None-Match")
        sending = Multipart(self._client, self._patience, self._parts, self._at(upload.key) | _served(upload))
        try:
            mark = _mark(sending.send(upload, told, {"IfNoneMatch": absent} if absent else {}))
        except ClientError as error:
            if code_of(error) in multipart.ENDED and tries > 1 and not self._is_there(upload):
                return self._send_parts(upload, told, expected, tries - 1)
            if code_of(error) in _REFUSALS:
                sending.clear()
            # Under such a name it does not matter who has sent it.
            mark = self._settled(error, upload, upload.size, expected, maybe_ours=True).mark
        sending.clear()
        return mark

    def _is_there(self, upload: Upload) -> bool:
        there = self.facts(upload.key)
        return there is not None and (there.size, there.sha256) == (upload.size, upload.sha256)

    def _settled(
        self, error: ClientError, upload: Upload, size: int, expected: Expected | None, *, maybe_ours: bool
    ) -> Stored:
        """What an answer means that was no success: ours is there all the same, or something else is.

        `maybe_ours`: the answer to an earlier try was lost. Otherwise the same bytes are another publisher's.
        """
        code = code_of(error)
        refused = expected is not None and code in _REFUSALS | _NOT_THERE
        if maybe_ours and (refused or code in multipart.ENDED):
            there = self.facts(upload.key)
            if there and (there.size, there.sha256) == (size, upload.sha256) and not _as_before(there, expected):
                return there
        if refused:
            raise RefusedError(upload.key) from error
        if (
            conditions.headers(self._guard, expected) and code in _UNKNOWN_CONDITION
        ):  # though it was understood when it was tried out
            raise RefusedError(upload.key) from error
        raise error

    def _zips(self, upload: Upload) -> bool:
        return upload.gzip and self._guard.zips

    def _tried_out(self) -> Guard:
        """What conditional writes are worth here: a small object is written, under conditions that must fail."""
        self._guard = GUARDED
        probe = note(f"{_PROBE}{secrets.token_hex(8)}.txt", b"written to learn what this storage does with conditions")
        try:
            self.put(probe)
            there = self.facts(probe.key)
            return Guard(
                create=self._asked(probe, conditions.ABSENT) == "refused",
                swap=conditions.swap(partial(self._asked, probe), lambda: self._mark_of(probe.key)),
                zips=there is not None and there.gzip,
            )
        finally:
            with suppress(StorageError):
                self.delete([probe.key])

    def _mark_of(self, key: str) -> str:
        there = self.facts(key)
        return there.mark if there else ""

    def _asked(self, probe: Upload, condition: Mapping[str, str]) -> Verdict:
        body = probe.source if isinstance(probe.source, bytes) else b""
        headers = {**condition, "Content-MD5": content_md5(Part(io.BytesIO(body), 0, len(body)).md5())}
        with explained(self._target, self.name, "s3:PutObject"):
            try:
                self._patience.ask(lambda: self._lane.ask("PUT", self._target.prefix + probe.key, headers, body))
            except ClientError as error:
                if code_of(error) in _REFUSALS:
                    return "refused"
                if code_of(error) in _UNKNOWN_CONDITION:
                    return "unknown"
                raise
        return "done"


def _as_before(there: Stored, expected: Expected | None) -> bool:
    """Whether it is still the object that was to be replaced."""
    return expected is not None and there.mark == expected.mark


def _headers(upload: Upload, zipped: bool) -> dict[str, str]:
    """How an object is served. Never an ACL: new AWS buckets refuse every one."""
    encoding = {"Content-Encoding": "gzip"} if zipped else {}
    served = {"Content-Type": upload.type, "Cache-Control": upload.cache_control}
    return served | encoding | {"x-amz-meta-sha256": upload.sha256}


def _served(upload: Upload) -> dict[str, Any]:
    """The same, as a client of boto3 is told it of large files, which are never compressed."""
    return {
        "ContentType": upload.type,
        "CacheControl": upload.cache_control,
        "Metadata": {"sha256": upload.sha256},
    }


def _mark(etag: str) -> str:
    return etag.strip('"')
