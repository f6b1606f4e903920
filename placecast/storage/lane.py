"""Requests for single objects, built by hand and signed and sent by botocore's own parts.

Sending a small file through a client of boto3 costs three times the work that it takes to sign and to send it, and two
thousand pages are sent in one go. What is rare (lists, parts, policies) goes through the client.
"""

from __future__ import annotations

import re
import socket
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

from placecast.model import S3Target
from placecast.storage.objects import LARGEST
from placecast.storage.part import Part
from placecast.storage.s3_client import CONNECTIONS, TIMEOUTS, Access

if TYPE_CHECKING:
    from botocore.awsrequest import AWSResponse

_SERVER = re.compile(r"https?://[a-z0-9.-]+(?::\d+)?/?")
_BUCKET = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,61}[a-z0-9])")
# As boto3's own clients have them. Without the first, a small file waits for the answer to its headers.
_SOCKETS = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1), (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
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

    def __init__(self, access: Access, target: S3Target) -> None:
        self._access = access
        self._base = address_of(target) or signed_address(access, target.bucket)
        # A file of certificates, and one timeout each for connecting and reading: botocore's types know neither.
        session: Any = URLLib3Session
        self._session = session(
            verify=access.verify,
            proxies=get_environ_proxies(self._base),
            timeout=TIMEOUTS,
            max_pool_connections=CONNECTIONS,
            socket_options=_SOCKETS,
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
        return S3SigV4Auth(frozen, "s3", self._access.region)


def address_of(target: S3Target) -> str | None:
    """The address below which the objects of a bucket lie, as boto3 forms it for a server that the show names.

    None where its rules are not as simple: on Amazon's own servers, and for names that it may not like.
    """
    if target.endpoint and _SERVER.fullmatch(target.endpoint) and _BUCKET.fullmatch(target.bucket):
        return f"{target.endpoint.rstrip('/')}/{target.bucket}/"
    return None


def signed_address(access: Access, bucket: str) -> str:
    """The same, as a client of boto3 says it: it costs a fifth of a second."""
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
