"""What a listener's app sees of a show in a bucket: plain HTTP, and the feed's own promises."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlparse

import feedparser

from tests.seaweed import Bucket, Response

TYPES = {
    "feed.xml": "application/rss+xml; charset=utf-8",
    ".mp3": "audio/mpeg",
    ".vtt": "text/vtt; charset=utf-8",
    ".srt": "application/x-subrip; charset=utf-8",
    "transcript.json": "application/json",
    "chapters.json": "application/json+chapters",
    ".html": "text/html; charset=utf-8",
    ".png": "image/png",
}


def publish_into(bucket: Bucket, root: Path) -> None:
    """Make this bucket the target of the show in a folder, and its address the show's."""
    bucket.open_to_everyone()
    target = f'bucket = "{bucket.name}"\nprefix = "cast"\nendpoint = "{bucket.server.endpoint}"'
    path = root / "placecast.toml"
    text = path.read_text("utf-8").replace('folder = "public"', target)
    address = f'url = "{bucket.server.endpoint}/{bucket.name}/cast"'
    path.write_text(re.sub(r'(?m)^url = ".*"$', address, text), "utf-8")


def listen(bucket: Bucket, path: str, method: str = "GET") -> Response:
    return bucket.ask(f"cast/{path}", method)


def feed_text(bucket: Bucket) -> str:
    answer = listen(bucket, "feed.xml")
    assert answer.status == 200
    return answer.body.decode()


def addresses_in(bucket: Bucket) -> set[str]:
    base = re.escape(f"{bucket.server.endpoint}/{bucket.name}/cast/")
    return set(re.findall(rf'(?:url|href)="{base}([^"]+)"', feed_text(bucket)))


def assert_every_promise_is_kept(bucket: Bucket) -> None:
    for path in addresses_in(bucket):
        answer = listen(bucket, path, "HEAD")
        assert answer.status == 200, path
        assert answer.headers["content-type"] == next(kind for end, kind in TYPES.items() if path.endswith(end)), path
    for entry in feedparser.parse(feed_text(bucket)).entries:
        (enclosure,) = entry.enclosures
        path = urlparse(enclosure.href).path.removeprefix(f"/{bucket.name}/cast/")
        whole = listen(bucket, path)
        assert whole.headers["content-type"] == enclosure.type
        assert len(whole.body) == int(enclosure.length) == int(whole.headers["content-length"])
