"""What a listener's app sees of a show in a bucket: plain HTTP, and the feed's own promises."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from urllib.parse import urljoin, urlparse

import feedparser

from tests.seaweed import Bucket, Response

TYPES = {
    "feed.xml": "application/rss+xml; charset=utf-8",
    ".mp3": "audio/mpeg",
    ".vtt": "text/vtt; charset=utf-8",
    ".srt": "application/x-subrip; charset=utf-8",
    "transcript.json": "application/json",
    "chapters.json": "application/json+chapters",
    "cite.json": "application/vnd.citationstyles.csl+json",
    ".bib": "application/x-bibtex; charset=utf-8",
    ".ris": "application/x-research-info-systems; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
    ".geojson": "application/geo+json",
    ".svg": "image/svg+xml; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}


def publish_into(bucket: Bucket, root: Path, url: str = "") -> None:
    """Make this bucket the target of the show in a folder, and its address the show's, or the one before it."""
    bucket.open_to_everyone()
    target = f'bucket = "{bucket.name}"\nprefix = "cast"\nendpoint = "{bucket.server.endpoint}"'
    path = root / "placecast.toml"
    text = path.read_text("utf-8").replace('folder = "public"', target)
    address = f'url = "{url or f"{bucket.server.endpoint}/{bucket.name}/cast"}"'
    path.write_text(re.sub(r'(?m)^url = ".*"$', address, text), "utf-8")


def listen(bucket: Bucket, path: str, method: str = "GET") -> Response:
    return bucket.ask(f"cast/{path}", method)


def feed_text(bucket: Bucket) -> str:
    answer = listen(bucket, "feed.xml")
    assert answer.status == 200
    return answer.body.decode()


def addresses_in(bucket: Bucket) -> set[str]:
    """Every address of the show that its feed names, without the part that all have in common."""
    base = re.escape(f"{bucket.server.endpoint}/{bucket.name}/cast/")
    found = re.findall(rf'(?:url|href)="{base}([^"]+)"|<link>{base}([^<]*)</link>', feed_text(bucket))
    # What stands behind the mark is looked for in the page.
    return {(attribute or link).partition("#")[0] for attribute, link in found}


def assert_every_promise_is_kept(bucket: Bucket) -> None:
    """Every address in the feed answers as its type, enclosures have their length, and pages no dead link."""
    for path in addresses_in(bucket):
        assert_answers(bucket, path)
        if path.endswith("index.html"):
            assert_no_dead_link(bucket, path)
    for entry in feedparser.parse(feed_text(bucket)).entries:
        (enclosure,) = entry.enclosures
        path = urlparse(enclosure.href).path.removeprefix(f"/{bucket.name}/cast/")
        whole = listen(bucket, path)
        assert whole.headers["content-type"] == enclosure.type
        assert len(whole.body) == int(enclosure.length) == int(whole.headers["content-length"])


def assert_answers(bucket: Bucket, path: str) -> Response:
    answer = listen(bucket, path)
    assert (answer.status, bool(answer.body)) == (200, True), path
    assert answer.headers["content-type"] == next(kind for end, kind in TYPES.items() if path.endswith(end)), path
    return answer


def shown(answer: Response) -> bytes:
    """What a browser makes of it: it goes by the header, not by the bytes."""
    packed = answer.headers.get("content-encoding") == "gzip"
    return gzip.decompress(answer.body) if packed else answer.body


def assert_no_dead_link(bucket: Bucket, page: str) -> None:
    """What a page links to or loads, inside the show, is there."""
    text = shown(listen(bucket, page)).decode()
    for link in re.findall(r'(?:href|src)="(?![a-z]+:|#)([^"#]+)', text):
        assert_answers(bucket, urljoin(f"/{page}", link).removeprefix("/"))
