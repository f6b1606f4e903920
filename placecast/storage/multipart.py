"""Sending a large file in parts, and going on where an earlier run stopped.

What was broken off stays with the server until the same file is sent again: a part counts as sent if its size and its
digest are those of ours. Whoever gives up on a file for good leaves that to `S3Storage.tidy`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar, cast

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from placecast.plan import Upload
from placecast.storage.part import Part, content_md5
from placecast.storage.patience import Patience

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

Listed = TypeVar("Listed", bound=Mapping[str, Any])

SIZE = 16 << 20
"""A larger file goes in parts of this size: R2 wants them equal."""

_UNKNOWN = {"NoSuchUpload"}
_LOST = {"InvalidPart", "InvalidPartOrder"}

ENDED = _UNKNOWN | _LOST
"""Codes that say that an upload cannot be gone on with: somebody has ended it, or the server has lost a part of it."""

CANNOT = {"NotImplemented", "MethodNotAllowed", "501", "405", "404"}
"""Codes of servers that do not list unfinished uploads."""


class Multipart:
    """One file on its way, in parts."""

    def __init__(self, client: S3Client, patience: Patience, pool: Executor, request: Mapping[str, Any]) -> None:
        self._client, self._patience, self._pool, self._request = client, patience, pool, request
        self._at = {"Bucket": request["Bucket"], "Key": request["Key"]}

    def send(self, upload: Upload, told: Callable[[int], None], condition: Mapping[str, Any]) -> str:
        """Send what is not there yet; the ETag of the whole. `told` hears how many bytes are sent."""
        name, there = self._begun(upload)
        here: dict[str, Any] = self._at | {"UploadId": name}
        meter = _Meter(told)
        puts = [
            self._pool.submit(self._put, upload, number, meter, here, there.get(number + 1))
            for number in range(-(-upload.size // SIZE))
        ]
        try:
            parts = [put.result() for put in puts]
        finally:
            for put in puts:
                put.cancel()
        return self._complete(here, {"Parts": parts}, condition)

    def _complete(self, here: Mapping[str, Any], parts: Any, condition: Mapping[str, Any]) -> str:
        try:
            return self._patience.ask(
                lambda: _told(
                    self._client.complete_multipart_upload(**here, MultipartUpload=parts, **condition), "ETag"
                )
            )
        except ClientError as error:
            if code_of(error) in _LOST:  # or each later run would go on with it, in vain
                self.clear()
            raise

    def clear(self) -> None:
        """End what else was begun under this key: an answer was lost with the name of its upload, or a run has died.

        Whoever is sending the same file now finds it there.
        """
        with suppress(ClientError, BotoCoreError):
            for upload in self._unfinished():
                self._client.abort_multipart_upload(**self._at, UploadId=upload)

    def _begun(self, upload: Upload) -> tuple[str, Mapping[int, tuple[int, str]]]:
        """The upload to go on with, and its parts' sizes and digests: one that was broken off, or a new one.

        How a file is served was said at its beginning, so only what never changes under its name is gone on with.
        """
        for name in self._unfinished() if upload.immutable else ():
            here: dict[str, Any] = self._at | {"UploadId": name}
            try:
                return name, dict(self._sent(here))
            except ClientError as error:
                if code_of(error) not in _UNKNOWN:
                    raise
        begun = self._patience.ask(lambda: _told(self._client.create_multipart_upload(**self._request), "UploadId"))
        return begun, {}

    def _unfinished(self) -> list[str]:
        """Unfinished uploads under this very key, the newest first."""
        where = {"Bucket": self._at["Bucket"], "Prefix": self._at["Key"]}
        try:
            listed = self._patience.ask(lambda: _whole(self._client.list_multipart_uploads(**where)))
        except ClientError as error:
            if code_of(error) in CANNOT:
                return []
            raise
        ours = [each for each in listed.get("Uploads", ()) if each["Key"] == self._at["Key"]]
        return [each["UploadId"] for each in sorted(ours, key=lambda each: each["Initiated"], reverse=True)]

    def _sent(self, here: Mapping[str, Any]) -> Iterator[tuple[int, tuple[int, str]]]:
        marker = 0
        while True:
            after = marker
            page = self._patience.ask(lambda: _whole(self._client.list_parts(**here, PartNumberMarker=after)))  # noqa: B023
            for part in page.get("Parts", ()):
                yield part["PartNumber"], (part["Size"], part["ETag"].strip('"'))
            marker = int(page.get("NextPartNumberMarker") or 0)
            if not page.get("IsTruncated") or marker <= after:
                return

    def _put(
        self, upload: Upload, number: int, meter: _Meter, here: Mapping[str, Any], there: tuple[int, str] | None
    ) -> CompletedPartTypeDef:
        """Send one part, unless it is `there`: by its size and its digest."""
        start = number * SIZE
        length = min(SIZE, upload.size - start)
        with upload.open() as file:  # one each: parts are read at the same time
            digest = Part(file, start, length).md5()
            if there == (length, digest.hex()):
                meter.tell(number, length)
                return {"PartNumber": number + 1, "ETag": f'"{digest.hex()}"'}
            request: dict[str, Any] = {**here, "PartNumber": number + 1, "ContentMD5": content_md5(digest)}

            def put() -> str:
                part = Part(file, start, length, lambda position: meter.tell(number, position - start))
                return _told(self._client.upload_part(**request, Body=cast("BinaryIO", part)), "ETag")

            return {"PartNumber": number + 1, "ETag": self._patience.ask(put)}


class _Meter:
    """How many bytes of a file are sent, by parts that are sent at the same time."""

    def __init__(self, told: Callable[[int], None]) -> None:
        self._told, self._parts, self._lock = told, dict[int, int](), Lock()

    def tell(self, number: int, sent: int) -> None:
        with self._lock:
            self._parts[number] = sent
            total = sum(self._parts.values())
        self._told(total)


def _told(answer: Mapping[str, Any], name: str) -> str:
    """One fact of an answer. One without it has lost its headers on the way."""
    if name not in answer:
        raise ResponseParserError(f"an answer without {name}")
    return str(answer[name])


def _whole(answer: Listed) -> Listed:
    """A list that says where it ends. One that does not has lost its body on the way: it is no empty list."""
    if "IsTruncated" not in answer:
        raise ResponseParserError("a list without an end")
    return answer


def code_of(error: ClientError) -> str:
    """The code of an answer, or its status where the answer had none."""
    return str(error.response.get("Error", {}).get("Code", ""))
