"""The deposit API of Zenodo, and of repositories that speak it: https://developers.zenodo.org.

No sentence holds what the server wrote, since that may repeat the token.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from urllib3 import Timeout
from urllib3.exceptions import HTTPError, LocationValueError, MaxRetryError, NewConnectionError, ProxyError, SSLError

from placecast import asking
from placecast.errors import HostError, UsageError

API = "https://zenodo.org/api"
SANDBOX = "https://sandbox.zenodo.org/api"

_TIMES = Timeout(connect=10, read=300)  # a long recording is looked through before its upload is answered
_ENOUGH = 4 << 20  # bytes of an answer
_HOME = ("127.0.0.1", "localhost", "::1")
_NEVER_ASKED = (LocationValueError, NewConnectionError, ProxyError, SSLError)
_FIELD = re.compile(r"[a-z_.0-9\[\]]{1,60}", re.ASCII)
_AGAIN = "Run the same command again later: it goes on where it stopped."
_RIGHT = "Make a token at {host} with the scopes deposit:write and deposit:actions, and set {variable} to it."


class RefusedError(HostError):
    """The server has not done what it was asked for: it said so, or was not reached at all."""


@dataclass(frozen=True, kw_only=True)
class Deposition:
    """A deposit as the server knows it."""

    id: int
    doi: str
    bucket: str  # where its files go
    page: str
    submitted: bool  # it is public, and its DOI is registered
    files: Mapping[str, str]  # names, and MD5


@dataclass(frozen=True, kw_only=True)
class Repository:
    """A server, and the right to deposit there. `variable`: where the token came from."""

    api: str
    token: str
    variable: str
    pause: float = 1.0  # seconds before the second attempt

    def create(self, metadata: Mapping[str, Any]) -> Deposition:
        """A new deposit with a reserved DOI. Asked once only: asked twice, there would be two."""
        return self._deposition(self._json("POST", "/deposit/depositions", {"metadata": metadata}, tries=1))

    def find(self, page: str) -> Deposition | None:
        """The unpublished deposit that stands for this page, if there is one among the newest."""
        listed = self._json("GET", "/deposit/depositions?status=draft&sort=mostrecent&size=100")
        ours = [each for each in listed if isinstance(each, dict) and page in _identifiers(each)]
        return self.get(ours[0]["id"]) if ours else None

    def get(self, number: int) -> Deposition | None:
        """The deposit with this number; None if there is none any more."""
        found = self._json("GET", f"/deposit/depositions/{number}", missing=True)
        return self._deposition(found) if found is not None else None

    def describe(self, number: int, metadata: Mapping[str, Any]) -> None:
        self._json("PUT", f"/deposit/depositions/{number}", {"metadata": metadata})

    def upload(self, deposition: Deposition, name: str, content: Path | bytes) -> None:
        """Put a file into the deposit, in place of one with the same name."""
        address = f"{deposition.bucket}/{quote(name)}"
        headers = {"Content-Type": "application/octet-stream"}
        if isinstance(content, bytes):
            self._ask("PUT", address, content, headers)
            return
        with content.open("rb") as file:
            self._ask("PUT", address, file, {**headers, "Content-Length": str(content.stat().st_size)})

    def publish(self, number: int) -> None:
        """Make it public and register the DOI: there is no way back."""
        self._ask("POST", f"{self.api}/deposit/depositions/{number}/actions/publish", b"", {}, tries=1)

    def _json(self, method: str, path: str, sent: object = None, *, tries: int = 3, missing: bool = False) -> Any:
        body = json.dumps(sent).encode() if sent is not None else None
        headers = {"Content-Type": "application/json"} if body else {}
        status, answer = self._ask(method, self.api + path, body, headers, tries=tries, missing=missing)
        try:
            return None if status in (404, 410) else json.loads(answer)
        except ValueError:
            raise HostError(self.api, "its answer is none that Zenodo's API would give.", _AGAIN) from None

    def _ask(
        self, method: str, address: str, body: Any, headers: Mapping[str, str], *, tries: int = 3, missing: bool = False
    ) -> tuple[int, bytes]:
        sent = {"User-Agent": asking.AGENT, "Authorization": f"Bearer {self.token}", **headers}
        try:
            with asking.pool(address) as pool:
                response = pool.request(
                    method,
                    address,
                    body=body,
                    headers=sent,
                    retries=asking.patience(self.pause, tries),
                    timeout=_TIMES,
                    redirect=False,  # the token would go along
                    preload_content=False,
                )
                with response:
                    answer = response.read(_ENOUGH)
        except HTTPError as error:
            reason = error.reason if isinstance(error, MaxRetryError) else error
            kind = RefusedError if isinstance(reason, _NEVER_ASKED) else HostError
            raise kind(self.api, asking.why(error), _AGAIN) from error
        if 200 <= response.status < 300 or (missing and response.status in (404, 410)):
            return response.status, answer
        raise self._refusal(response.status, answer)

    def _refusal(self, status: int, answer: bytes) -> HostError:
        right = _RIGHT.format(host=urlsplit(self.api).hostname, variable=self.variable)
        said = {
            401: ("does not accept the token.", right),
            403: ("says that the token may not do this.", right),
            429: ("has been asked too much.", _AGAIN),
        }
        if status == 400 and (fields := _fields(answer)):
            what = f"does not accept what it was told of {', '.join(fields)}."
            return RefusedError(self.api, what, "Correct it in episode.md or placecast.toml, then run this again.")
        kind = RefusedError if 400 <= status < 500 else HostError
        return kind(self.api, *said.get(status, (f"did not do it (HTTP {status}).", _AGAIN)))

    def _deposition(self, data: Any) -> Deposition:
        try:
            metadata, links = data["metadata"], data["links"]
            reserved = metadata.get("prereserve_doi") or {}
            made = Deposition(
                id=int(data["id"]),
                doi=str(data.get("doi") or metadata.get("doi") or reserved["doi"]),
                bucket=str(links.get("bucket", "")).rstrip("/"),
                page=str(links.get("record_html") or links.get("html") or ""),
                submitted=data.get("submitted") is True,
                files={str(each["filename"]): _md5(each["checksum"]) for each in data.get("files") or ()},
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            raise HostError(self.api, "its answer is none that Zenodo's API would give.", _AGAIN) from None
        if not made.submitted and urlsplit(made.bucket)[:2] != urlsplit(self.api)[:2]:
            raise HostError(self.api, "wants the files on another server, which may not have the token.", _AGAIN)
        return made


def open_repository(api: str, variable: str, pause: float = 1.0) -> Repository:
    """The server at this address, with the token from the environment; UsageError without one."""
    parts = urlsplit(api)
    if parts.scheme != "https" and parts.hostname not in _HOME:
        raise UsageError(api, "is no address that begins with https.", "A token is not sent where others can read it.")
    token = os.environ.get(variable, "").strip()
    # Anything else cannot stand in a header, and http.client would repeat it in its complaint.
    if not re.fullmatch(r"[!-~]+", token):
        what = "is not set." if not token else "holds something that is no token."
        raise UsageError(variable, what, _RIGHT.format(host=parts.hostname, variable=variable))
    return Repository(api=api.rstrip("/"), token=token, variable=variable, pause=pause)


def _identifiers(data: Mapping[str, Any]) -> list[object]:
    metadata = data.get("metadata")
    related = metadata.get("related_identifiers") if isinstance(metadata, dict) else None
    return [each.get("identifier") for each in related or () if isinstance(each, dict)]


def _fields(answer: bytes) -> list[str]:
    """The names of what was refused, which are the API's own words."""
    try:
        named = [str(each["field"]).removeprefix("metadata.") for each in json.loads(answer)["errors"]]
    except (ValueError, KeyError, TypeError):
        return []
    return sorted({name for name in named if _FIELD.fullmatch(name)})


def _md5(checksum: object) -> str:
    return str(checksum).removeprefix("md5:")
