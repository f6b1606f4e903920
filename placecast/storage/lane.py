"""Requests for single objects, built by hand and signed and sent by botocore's own parts.

Sending a small file through a client of boto3 costs three times the work that it takes to sign and to send it, and two
thousand pages are sent in one go. What is rare (lists, parts, policies) goes through the client.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit, urlunsplit

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ClientError, IncompleteReadError, NoCredentialsError
from botocore.httpsession import URLLib3Session
from botocore.parsers import ResponseParserError
from botocore.response import StreamingBody
from botocore.utils import get_environ_proxies

from placecast.storage.objects import LARGEST
from placecast.storage.part import Part
from placecast.storage.s3_client import CONNECTIONS, TIMEOUTS, Access

if TYPE_CHECKING:
    from botocore.awsrequest import AWSResponse

_BLOCK = 1 << 20
_CLOSED = 300  # from this status on, an answer is none that was wished for


class TooLargeError(Exception):
    """An answer of more bytes than anything that is asked for here."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a server answered. Header names are in small letters."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def etag(self) -> str:
        if "etag" not in self.headers:
            raise ResponseParserError("an answer without an ETag, which no S3 server gives")
        return self.headers["etag"].strip('"')


class Lane:
    """One bucket, asked for single objects by many threads. Raises what a client of boto3 would raise."""

    def __init__(self, access: Access, bucket: str) -> None:
        self._access = access
        self._base = _address(access, bucket)
        # A file of certificates, and one timeout each for connecting and reading: botocore's types know neither.
        session: Any = URLLib3Session
        self._session = session(
            verify=access.verify,
            proxies=get_environ_proxies(self._base),
            timeout=TIMEOUTS,
            max_pool_connections=CONNECTIONS,
        )

    def ask(
        self, method: str, key: str, headers: Mapping[str, str] | None = None, body: bytes | Part | None = None
    ) -> Answer:
        """One request, tried once. The body is read here, not answered piece by piece."""
        address = self._base + quote(key, safe="/~")
        request = AWSRequest(method, address, headers=dict(headers or {}), data=body, stream_output=True)
        request.context["has_streaming_input"] = True  # over TLS a Content-MD5 is guard enough
        self._signer().add_auth(request)
        answer = self._session.send(request.prepare())
        found = {name.lower(): value for name, value in answer.headers.items()}
        content = _content(answer)
        if answer.status_code >= _CLOSED:
            raise ClientError(_error(answer.status_code, content, found), method)
        if method == "GET":
            _require_whole(content, found)
        return Answer(headers=found, body=content)

    def _signer(self) -> S3SigV4Auth:
        if self._access.credentials is None:
            raise NoCredentialsError
        frozen = self._access.credentials.get_frozen_credentials()  # one moment's key, also where keys are renewed
        return S3SigV4Auth(frozen, "s3", self._access.client.meta.region_name)


def _address(access: Access, bucket: str) -> str:
    """The address below which the bucket's objects lie, as boto3 forms it for this server."""
    # Signing it costs less than repeating its rules: names of buckets in the path or the host, regions, dual stacks.
    signed = access.client.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "x"})
    parts = urlsplit(signed)
    return urlunsplit((parts.scheme, parts.netloc, parts.path.removesuffix("x"), "", ""))


def _content(answer: AWSResponse) -> bytes:
    """The body, or its beginning up to a byte more than anything of ours has; then the connection is given up."""
    any_length: Any = None  # which botocore's types do not know
    body = StreamingBody(answer.raw, any_length)  # in whose words a connection breaks off
    content = bytearray()
    while len(content) <= LARGEST and (block := body.read(_BLOCK)):
        content += block
    if len(content) > LARGEST:
        answer.raw.close()
        raise TooLargeError
    return bytes(content)


def _require_whole(content: bytes, headers: Mapping[str, str]) -> None:
    promised = headers.get("content-length")
    if promised is not None and len(content) != int(promised):
        raise IncompleteReadError(actual_bytes=len(content), expected_bytes=int(promised))


def _error(status: int, content: bytes, headers: Mapping[str, str]) -> Any:
    """An answer that says no, in the shape that botocore gives it. Only the code is kept of what it says."""
    code = str(status)
    if content:
        try:
            code = ET.fromstring(content).findtext("{*}Code") or code  # noqa: S314 - expat itself stops entity bombs
        except ET.ParseError as error:
            if status < 500:
                raise ResponseParserError("an answer that is no XML") from error
    metadata = {"HTTPStatusCode": status, "HTTPHeaders": dict(headers)}
    return {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": metadata}
