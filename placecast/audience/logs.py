"""Lines of logs as sums by listener and file: S3's own access logs, and CloudFront's standard logs, as columns or JSON.

Both are read as bytes, and a line is taken apart no further than it must: ten million of them are a year of a show.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from io import BufferedReader
from operator import itemgetter
from pathlib import Path
from typing import IO, Protocol

from placecast.errors import PlacecastError

MEDIA = b"media/"
"""What the path of every published file of sound has in it."""

BYTE = 1 << 24
"""A byte in a sum; what is below it counts requests. One number for both makes the sums half as large."""

Sums = dict[bytes, int]
"""By day, address, path and user agent, as the log writes them, with tabs between: the bytes, and the requests."""

_GZIP = b"\x1f\x8b"
_SENT = frozenset((b"200", b"206"))
# A tab-separated log names its columns; these must be among them.
_COLUMNS = ("date", "c-ip", "cs-uri-stem", "cs(User-Agent)", "cs-method", "sc-status", "sc-bytes")
# Logs end with these since 2019: what the answer holds without its header, and the range that was asked for.
_TAIL = ["sc-content-len", "sc-range-start", "sc-range-end"]
_CURE = "Take it out of the folder, or fetch it again from where the logs are kept."


class Reader(Protocol):
    """Adds the requests for sound in lines of a log to the sums, and counts what it leaves out, by reason."""

    def __call__(self, lines: Iterable[bytes], sums: Sums, left: Counter[str]) -> None: ...


class LogError(PlacecastError):
    """A log that cannot be read."""


@contextmanager
def opened(path: Path) -> Iterator[tuple[Reader, IO[bytes]] | None]:
    """A log, ready to be read line by line; None where the file is no log that we know."""
    try:
        with path.open("rb") as file:
            packed = file.read(2) == _GZIP
        # gzip's own lines come from Python, and take half as long again as those of a buffer around it.
        with BufferedReader(gzip.open(path)) if packed else path.open("rb") as log:
            reader = _reader(log)
            yield (reader, log) if reader else None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise LogError(str(path), "is damaged: it ends early, or its packing is broken.", _CURE) from error


def _reader(log: IO[bytes]) -> Reader | None:
    """Who reads a log that starts so. The lines at its head are passed by."""
    first = log.readline(1 << 16)
    if first.startswith(b"#Version:"):
        first = log.readline(1 << 16)
    if first.startswith(b"#Fields:"):
        names = first.decode("utf-8", "replace").split()[1:]
        return partial(_cloudfront, names) if set(_COLUMNS) <= set(names) else None
    log.seek(0)
    return _json if first.startswith(b"{") else _s3 if _is_s3(first) else None


def _is_s3(line: bytes) -> bool:
    fields = line.split(b" ", 8)
    return len(fields) == 9 and fields[2].startswith(b"[") and fields[3].endswith(b"]") and fields[7].count(b".") > 0


def _cloudfront(names: list[str], lines: Iterable[bytes], sums: Sums, left: Counter[str]) -> None:
    """Tab-separated columns, which the log itself names. Its bytes have the header of the answer in them."""
    pick = itemgetter(*map(names.index, _COLUMNS))
    columns = max(map(names.index, _COLUMNS)) + 1
    ranges, known = names[-len(_TAIL) :] == _TAIL, sums.get
    for line in lines:
        if MEDIA not in line:
            left["other"] += 1
            continue
        try:
            day, address, path, agent, method, status, sent = pick(line.split(b"\t", columns))
            size = int(sent)
            _, length, first, last = line.rsplit(b"\t", 3) if ranges else (b"", b"-", b"-", b"-")
        except (IndexError, ValueError):
            left["damaged"] += 1
            continue
        if method != b"GET" or status not in _SENT:
            left["check"] += 1
            continue
        if first == b"0" and last.rstrip() == b"1":  # an app asks whether ranges are known here
            left["probe"] += 1
            continue
        if length.isdigit():
            size = min(size, int(length))
        key = b"\t".join((day, address, path, agent))
        sums[key] = known(key, 0) + size * BYTE + 1


def _json(lines: Iterable[bytes], sums: Sums, left: Counter[str]) -> None:
    """One object a line, as CloudFront writes them if asked (v2): brought back into columns."""
    _cloudfront([*_COLUMNS, *_TAIL], map(_columns, lines), sums, left)


def _columns(line: bytes) -> bytes:
    try:
        facts = json.loads(line)
        return "\t".join(str(facts.get(name, "-")) for name in (*_COLUMNS, *_TAIL)).encode()
    except (ValueError, AttributeError):
        return line


def _s3(lines: Iterable[bytes], sums: Sums, left: Counter[str]) -> None:
    """Space-separated fields, three of them in quotation marks. The range that was asked for is not among them."""
    known = sums.get
    for line in lines:
        if MEDIA not in line:
            left["other"] += 1
            continue
        try:
            head, _, middle, _, _, agent, _ = line.split(b'"', 6)
            _, _, day, _, address, _, _, operation, path, _ = head.split(b" ")
            _, status, _, sent, _ = middle.split(b" ", 4)
            size = int(sent) if sent != b"-" else 0
        except ValueError:
            left["damaged"] += 1
            continue
        if not operation.endswith(b".GET.OBJECT") or status not in _SENT:
            left["check"] += 1
            continue
        if size == 2 and status == b"206":  # the range 0-1, as above
            left["probe"] += 1
            continue
        key = b"\t".join((day[1:12], address, path, agent))
        sums[key] = known(key, 0) + size * BYTE + 1
