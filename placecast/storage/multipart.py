"""Sending a large file in parts, and going on where an earlier run stopped.

What was broken off stays with the server until the same file is sent again: a part counts as sent if its size and its
digest are those of ours. Whoever gives up on a file for good leaves that to `S3Storage.tidy`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar, cast

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from placecast.storage.part import Part, content_md5
from placecast.storage.patience import Patience

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

Listed = TypeVar("Listed", bound=Mapping[str, Any])

SIZE = 16 << 20
"""A larger file goes in parts of this size: R2 wants them equal."""

UNKNOWN = {"NoSuchUpload"}
"""Codes that say that somebody else has ended the upload: with the same content, or `tidy`."""

CANNOT = {"NotImplemented", "MethodNotAllowed", "501", "405", "404"}
"""Codes of servers that do not list unfinished uploads."""


class Multipart:
    """One file on its way, in parts."""

    def __init__(self, client: S3Client, patience: Patience, request: Mapping[str, Any]) -> None:
        self._client, self._patience, self._request = client, patience, request
        self._at = {"Bucket": request["Bucket"], "Key": request["Key"]}

    def send(self, file: BinaryIO, size: int, told: Callable[[int], None], condition: Mapping[str, Any]) -> str:
        """Send what is not there yet; the ETag of the whole."""
        upload, there = self._begun()
        here: dict[str, Any] = self._at | {"UploadId": upload}
        parts = [self._put(file, each, size, told, here, there) for each in range(-(-size // SIZE))]
        return self._patience.ask(
            lambda: _told(
                self._client.complete_multipart_upload(**here, MultipartUpload={"Parts": parts}, **condition), "ETag"
            )
        )

    def clear(self) -> None:
        """End what else was begun under this key: an answer was lost with the name of its upload, or a run has died.

        Whoever is sending the same file now finds it there.
        """
        with suppress(ClientError, BotoCoreError):
            for upload in self._unfinished():
                self._client.abort_multipart_upload(**self._at, UploadId=upload)

    def _begun(self) -> tuple[str, Mapping[int, tuple[int, str]]]:
        """The upload to go on with, and its parts' sizes and digests: one that was broken off, or a new one."""
        for upload in self._unfinished():
            here: dict[str, Any] = self._at | {"UploadId": upload}
            try:
                return upload, dict(self._sent(here))
            except ClientError as error:
                if code_of(error) not in UNKNOWN:
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
        self,
        file: BinaryIO,
        number: int,
        size: int,
        told: Callable[[int], None],
        here: Mapping[str, Any],
        there: Mapping[int, tuple[int, str]],
    ) -> CompletedPartTypeDef:
        start = number * SIZE
        length = min(SIZE, size - start)
        digest = Part(file, start, length).md5()
        if there.get(number + 1) == (length, digest.hex()):
            told(start + length)
            return {"PartNumber": number + 1, "ETag": f'"{digest.hex()}"'}
        request: dict[str, Any] = {**here, "PartNumber": number + 1, "ContentMD5": content_md5(digest)}
        mark = self._patience.ask(
            lambda: _told(
                self._client.upload_part(**request, Body=cast("BinaryIO", Part(file, start, length, told))), "ETag"
            )
        )
        return {"PartNumber": number + 1, "ETag": mark}


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
