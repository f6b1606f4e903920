"""Requests as S3 and CloudFront write them into their logs, and the same counted slowly, as the guideline has it."""

from __future__ import annotations

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import blake2b
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import quote

OVERCAST = "Overcast/3.0 (+http://overcast.fm/; iOS podcast app)"
ANTENNA = "AntennaPod/3.4.0"
SPOTIFY = "Spotify/8.9.36 Android/34 (SM-S911B)"
BOT = "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)"

FIELDS = (
    "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) "
    "cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken "
    "x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status "
    "fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len "
    "sc-range-start sc-range-end"
)
_HEADER_OF_ANSWER = 430  # bytes, which CloudFront counts with those of the body


@dataclass(frozen=True, kw_only=True)
class Request:
    """One line of a log. `first` and `last`: the range that was asked for; None for none."""

    at: datetime = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
    address: str = "192.0.2.1"
    path: str = "/media/harbour-0123456789ab.mp3"
    agent: str = OVERCAST
    method: str = "GET"
    status: int = 200
    sent: int = 5_000_000
    first: int | None = None
    last: int | None = None


def s3(requests: Iterable[Request]) -> bytes:
    return "".join(map(_s3, requests)).encode()


def cloudfront(requests: Iterable[Request]) -> bytes:
    return f"#Version: 1.0\n#Fields: {FIELDS}\n".encode() + "".join(map(_cloudfront, requests)).encode()


def cloudfront_json(requests: Iterable[Request]) -> bytes:
    """As CloudFront's second version writes it, if asked: an object a line."""
    columns = (_cloudfront(each).rstrip("\n").split("\t") for each in requests)
    return b"".join(json.dumps(dict(zip(FIELDS.split(), row, strict=True))).encode() + b"\n" for row in columns)


def write(folder: Path, *logs: bytes) -> Path:
    """Each as a file of its own; CloudFront's are packed, as it does."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, log in enumerate(logs):
        if log.startswith(b"#"):
            (folder / f"E1.2026-10-05-{number:02}.abc.gz").write_bytes(gzip.compress(log))
        else:
            (folder / f"2026-10-05-12-00-{number:02}-ABC").write_bytes(log)
    return folder


def _s3(each: Request) -> str:
    return (
        f"79a59df900b949e5 small-places [{each.at:%d/%b/%Y:%H:%M:%S} +0000] {each.address} - {_identity(each)[:16]} "
        f'REST.{each.method}.OBJECT {each.path[1:]} "{each.method} {each.path} HTTP/1.1" {each.status} - '
        f'{each.sent or "-"} 43200000 70 10 "-" "{each.agent}" - {_identity(each)}= - TLS_AES_128_GCM_SHA256 - '
        f"small-places.s3.eu-west-2.amazonaws.com TLSv1.3 - -\n"
    )


def _cloudfront(each: Request) -> str:
    first, last = ("-" if end is None else end for end in (each.first, each.last))
    columns = (
        *(f"{each.at:%Y-%m-%d}", f"{each.at:%H:%M:%S}", "LHR62-C4", each.sent + _HEADER_OF_ANSWER, each.address),
        *(each.method, "d1.cloudfront.net", each.path, each.status, "-", quote(each.agent, safe="()/;,:+") or "-"),
        *("-", "-", "Hit", f"{_identity(each)}==", "podcast.example.org", "https", 120, "0.001", "-", "TLSv1.3"),
        *("TLS_AES_128_GCM_SHA256", "Hit", "HTTP/2.0", "-", "-", 40213, "0.001", "Hit", "audio/mpeg", each.sent),
        *(first, last),
    )
    return "\t".join(map(str, columns)) + "\n"


def _identity(each: Request) -> str:
    """What a server gives every request: nothing that could be packed well."""
    return blake2b(repr(each).encode(), digest_size=26).hexdigest()


def slowly(requests: Sequence[Request], enough: int, bots: Sequence[str] = (BOT,)) -> Counter[tuple[date, str]]:
    """Downloads by day and app's name for itself, of one episode: as plainly as it can be said."""
    sent: dict[tuple[date, object, str], int] = defaultdict(int)
    for each in requests:
        is_probe = (each.first, each.last) == (0, 1)
        if each.method == "GET" and each.status in (200, 206) and not is_probe and each.agent not in bots:
            sent[each.at.date(), _listener(each.address), each.agent] += each.sent
    return Counter((day, agent) for (day, _, agent), size in sent.items() if size >= enough)


def _listener(address: str) -> object:
    found = ip_address(address)
    return int(found) >> 64 if found.version == 6 else str(found)
