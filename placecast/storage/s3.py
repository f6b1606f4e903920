"""Publishing into S3-compatible storage, through boto3's own chain of credentials.

The client's settings are fixed, because servers differ: Cloudflare R2, Backblaze B2 and Ceph refuse the checksums that
boto3 adds by default, and new AWS buckets refuse every ACL. Content-MD5 guards the way there instead.
"""

from __future__ import annotations

import gzip
import io
import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from placecast.model import Progress, S3Target
from placecast.plan import Stored, Upload, stored
from placecast.storage import fetched, manifest
from placecast.storage.part import Part
from placecast.storage.s3_errors import explained

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef, ListObjectsV2OutputTypeDef

_PART = 16 << 20
"""A larger file goes in parts of this size: R2 wants them equal."""

_WORKERS = 16


class S3Storage:
    """The public tree under a prefix of a bucket. Nothing is ever deleted from it.

    An object counts as ours while its size and ETag are those that we left: one request lists 1000 of them.
    """

    workers = _WORKERS

    def __init__(self, target: S3Target) -> None:
        self._target = target
        self.name = f"s3://{target.bucket}/{target.prefix}"
        with explained(target, self.name, "s3:ListBucket", also=(ValueError,)):
            session = boto3.session.Session()
            # A wrong address should be told within seconds; in the middle of an upload it pays to be patient.
            self._reader = _client(session, target, attempts=3)
            self._writer = _client(session, target, attempts=8)

    def look(self) -> Mapping[str, Stored]:
        listed = self._listed()
        remembered = self._remembered() if any(there.key == manifest.KEY for there in listed) else {}
        return manifest.recall(listed, remembered)

    def put(self, upload: Upload, progress: Progress) -> Stored:
        with explained(self._target, self.name, "s3:PutObject"), upload.source.open("rb", buffering=0) as file:
            size, mark = self._send(file, upload, progress)
        progress(1.0)
        return stored(upload, size=size, mark=mark)

    def fetch(self, key: str, to: Path) -> None:
        with explained(self._target, self.name, "s3:GetObject"):
            try:
                found = self._reader.get_object(**self._at(key))
            except self._reader.exceptions.NoSuchKey as error:
                raise fetched.absent(self.name, key) from error
            blocks = fetched.counted(found["Body"].iter_chunks(fetched.BLOCK), found["ContentLength"], self.name, key)
            fetched.save(fetched.unzipped(blocks) if found.get("ContentEncoding") == "gzip" else blocks, to)

    def record(self, objects: Mapping[str, Stored]) -> None:
        body = manifest.dump(objects)
        served = {"ContentType": "application/json", "CacheControl": "no-cache"}
        with explained(self._target, self.name, "s3:PutObject"):
            self._put(Part(io.BytesIO(body), 0, len(body)), self._at(manifest.KEY) | served)

    def _listed(self) -> list[Stored]:
        with explained(self._target, self.name, "s3:ListBucket"):
            pages = self._reader.get_paginator("list_objects_v2").paginate(
                Bucket=self._target.bucket, Prefix=self._target.prefix
            )
            return [there for page in pages for there in self._listed_on(page)]

    def _listed_on(self, page: ListObjectsV2OutputTypeDef) -> Iterator[Stored]:
        if "IsTruncated" not in page:
            raise ResponseParserError("a web page, which botocore takes for an empty list")
        for there in page.get("Contents", ()):
            key = there["Key"].removeprefix(self._target.prefix)
            yield Stored(key=key, size=there["Size"], mark=_mark(there["ETag"]))

    def _remembered(self) -> dict[str, Stored]:
        with explained(self._target, self.name, "s3:GetObject"):
            return manifest.load(self._reader.get_object(**self._at(manifest.KEY))["Body"].read())

    def _send(self, file: BinaryIO, upload: Upload, progress: Progress) -> tuple[int, str]:
        """Send one file, and return its size and mark as stored."""
        size, request = upload.size, self._at(upload.key) | _served(upload)
        if upload.gzip:
            body = gzip.compress(file.read(), mtime=0)  # no time in its header: same input, same bytes
            file, size = io.BytesIO(body), len(body)

        def told(position: int) -> None:
            progress(position / max(size, 1))

        if size <= _PART:
            return size, self._put(Part(file, 0, size, told), request)
        parts = (Part(file, start, min(_PART, size - start), told) for start in range(0, size, _PART))
        return size, self._put_parts(parts, request)

    def _put(self, part: Part, request: dict[str, Any]) -> str:
        return _mark(self._writer.put_object(**request, **_body(part))["ETag"])

    def _put_parts(self, parts: Iterable[Part], request: dict[str, Any]) -> str:
        begun = self._writer.create_multipart_upload(**request)
        here = {"Bucket": request["Bucket"], "Key": request["Key"], "UploadId": begun["UploadId"]}
        try:
            sent = [self._put_part(part, number, here) for number, part in enumerate(parts, start=1)]
            done = self._writer.complete_multipart_upload(**here, MultipartUpload={"Parts": sent})
        except BaseException:  # Ctrl-C as well: the parts of an upload that nobody ends are stored, and billed
            with suppress(ClientError, BotoCoreError):
                self._writer.abort_multipart_upload(**here)
            raise
        return _mark(done["ETag"])

    def _put_part(self, part: Part, number: int, here: dict[str, Any]) -> CompletedPartTypeDef:
        answer = self._writer.upload_part(**here, PartNumber=number, **_body(part))
        return {"PartNumber": number, "ETag": answer["ETag"]}

    def _at(self, key: str) -> dict[str, Any]:
        return {"Bucket": self._target.bucket, "Key": self._target.prefix + key}


def _served(upload: Upload) -> dict[str, Any]:
    """How an object is served. Never an ACL: new AWS buckets refuse every one."""
    encoding = {"ContentEncoding": "gzip"} if upload.gzip else {}
    return {
        "ContentType": upload.type,
        "CacheControl": upload.cache_control,
        "Metadata": {"sha256": upload.sha256},
    } | encoding


def _body(part: Part) -> dict[str, Any]:
    return {"Body": part, "ContentMD5": part.md5()}


def _mark(etag: str) -> str:
    return etag.strip('"')


def _client(session: boto3.session.Session, target: S3Target, *, attempts: int) -> S3Client:
    config = Config(
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        retries={"mode": "standard", "total_max_attempts": attempts},
        s3={"addressing_style": _addressing(target.endpoint)},
        connect_timeout=10,
        read_timeout=60,
        tcp_keepalive=True,
        max_pool_connections=_WORKERS,
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
