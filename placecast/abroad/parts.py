"""A large file on its way here: kept in part, with a note of what it is a part of, and checked when it is whole."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from urllib3 import BaseHTTPResponse

from placecast import files
from placecast.errors import HostError
from placecast.model import Progress

LATER = "Run the same command again: what is here already is not fetched twice."
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Saved:
    """A large file that has arrived whole. `resumed`: the bytes that an earlier try had left."""

    bytes: int
    sha256: str
    type: str
    address: str
    resumed: int = 0


@dataclass(frozen=True, kw_only=True)
class Begun:
    """What is known of a file that is here in part. `mark`: by what If-Range knows it again (RFC 9110, 13.1.5)."""

    asked: str
    mark: str
    total: int
    type: str
    address: str


class BrokenOffError(HostError):
    """Worth another try."""


def _note_of(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def left_of(part: Path, address: str) -> tuple[Begun | None, int]:
    """What an earlier try has left of this file, and how many bytes."""
    try:
        known = Begun(**json.loads(_note_of(part).read_bytes()))
        return (known, part.stat().st_size) if known.asked == address else (None, 0)
    except (OSError, ValueError, TypeError):
        return None, 0


def noted(part: Path, asked: str, answer: BaseHTTPResponse, address: str, have: int) -> Begun:
    """Keep in mind what is arriving, before it arrives."""
    etag = answer.headers.get("ETag", "")
    # RFC 9110, 13.1.5: a weak validator proves nothing about bytes.
    mark = etag if etag.startswith('"') else answer.headers.get("Last-Modified", "")
    length = answer.headers.get("Content-Length", "")
    total = have + int(length) if length.isdecimal() else 0  # 0: it does not say
    begun = Begun(asked=asked, mark=mark, total=total, type=media_type_of(answer), address=address)
    if not have:
        forget(part)
    files.write(_note_of(part), json.dumps(asdict(begun)).encode())
    return begun


def media_type_of(answer: BaseHTTPResponse) -> str:
    return answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def goes_on(answer: BaseHTTPResponse, have: int) -> bool:
    found = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
    return found is not None and int(found[1]) == have


def append(blocks: Iterator[bytes], part: Path, have: int, total: int, progress: Progress) -> None:
    with part.open("ab") as file:
        for block in blocks:
            file.write(block)
            have += len(block)
            progress(min(have / total, 1.0) if total else 0.0)


def require_whole(part: Path, begun: Begun, answer: BaseHTTPResponse) -> None:
    have = part.stat().st_size
    if begun.total and have != begun.total:
        raise BrokenOffError(begun.address, f"{have:,} of {begun.total:,} bytes have arrived.", LATER)
    if not _as_promised(part, answer):
        forget(part)
        raise BrokenOffError(begun.address, "what arrived is not what its server promised (its hash differs).", LATER)


def _as_promised(part: Path, answer: BaseHTTPResponse) -> bool:
    """Whether the whole file has the hash that the server gives: RFC 9530, RFC 1864, Google's storage."""
    headers = answer.headers
    told = f"{headers.get('Repr-Digest', '')},{headers.get('x-goog-hash', '')}"
    sha, md5 = re.search(r"sha-256=:([\w+/=]+):", told), re.search(r"md5=([\w+/]{22}==)", told)
    if sha and base64.b64encode(bytes.fromhex(files.sha256_of(part))).decode() != sha[1]:
        return False
    whole = headers.get("Content-MD5", "") if answer.status == 200 else ""
    wanted = md5[1] if md5 else whole
    return not wanted or base64.b64encode(_md5(part)).decode() == wanted


def _md5(part: Path) -> bytes:
    with part.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).digest()


def whole(part: Path, begun: Begun, resumed: int) -> Saved:
    size = part.stat().st_size
    return Saved(bytes=size, sha256=files.sha256_of(part), type=begun.type, address=begun.address, resumed=resumed)


def forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _note_of(part).unlink(missing_ok=True)
