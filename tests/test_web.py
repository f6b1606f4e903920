"""What listeners get through the public address: asked of a real web server, and of a real bucket."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from placecast import plan
from placecast.delivery.web import Broken, Promise, Site, UnansweredError, check, promise, read_back, require, same_type
from placecast.errors import StorageError
from placecast.fingerprint import sha256
from placecast.storage.s3 import S3Storage
from tests.seaweed import Bucket
from tests.web import Reply, Web, serving

SOUND = bytes(range(256)) * 4
FEED = b"<rss><channel><title>Small places</title></channel></rss>"
MEDIA = "media/digbeth-0123456789ab.mp3"
FILES = {MEDIA: SOUND, "feed.xml": FEED, "e/digbeth/index.html": b"<!doctype html>"}


pytestmark = pytest.mark.usefixtures("no_proxy")


@pytest.fixture
def web() -> Iterator[Web]:
    with serving(dict(FILES)) as running:
        yield running


@pytest.fixture
def site(web: Web) -> Iterator[Site]:
    asked = Site(web.address, pause=0.01)
    yield asked
    asked.close()


def promised(key: str = MEDIA, **changes: Any) -> Promise:
    body = FILES.get(key, b"")
    facts = vars(promise(plan.upload(key, body, len(body), sha256(body))))
    return Promise(**facts | changes)


def only(found: tuple[Broken, ...]) -> Broken:
    (broken,) = found
    assert broken.cure
    return broken


def test_a_show_that_answers_as_promised_has_no_broken_promises(site: Site) -> None:
    assert check(site, [promised(key) for key in FILES]) == ()
    require(site, [promised(key) for key in FILES])


def test_connections_are_kept(web: Web, site: Site) -> None:
    for _ in range(5):
        assert check(site, [promised()]) == ()
    assert len(web.asked) == 10
    assert len(web.connections) == 1


@pytest.mark.parametrize(
    ("status", "said", "cure"),
    [
        (403, "not readable by everybody", "doctor --fix"),
        (401, "not readable by everybody", "doctor --fix"),
        (404, "not there", "prefix"),
        (418, "418", "verify = false"),
    ],
)
def test_an_answer_that_is_no_success_is_told_with_its_cure(
    web: Web, site: Site, status: int, said: str, cure: str
) -> None:
    web.change = lambda *_: Reply(status=status)
    broken = only(check(site, [promised()]))
    assert said in broken.what
    assert cure in broken.cure


def test_a_wrong_type_is_broken(web: Web, site: Site) -> None:
    web.change = lambda _, reply: reply.but(Content_Type="text/plain")
    assert "served as text/plain, not as audio/mpeg" in only(check(site, [promised()])).what


def test_no_type_at_all_is_broken(web: Web, site: Site) -> None:
    web.change = lambda _, reply: reply.but("Content-Type")
    assert "without a media type" in only(check(site, [promised()])).what


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("text/vtt; charset=utf-8", "text/vtt;charset=UTF-8", True),
        ("text/vtt; charset=utf-8", 'Text/VTT ; Charset="utf-8"', True),
        ("audio/mpeg", "audio/mpeg;", True),
        ("text/vtt; charset=utf-8", "text/vtt; charset=latin-1", False),
        ("audio/mpeg", "audio/mp3", False),
    ],
)
def test_media_types_are_compared_by_what_they_say(one: str, other: str, same: bool) -> None:
    assert same_type(one, other) is same


def test_a_wrong_length_is_broken(site: Site) -> None:
    broken = check(site, [promised(size=len(SOUND) + 1)])
    assert f"has {len(SOUND)} bytes for listeners, not {len(SOUND) + 1}" in broken[0].what


def test_the_length_of_a_compressed_answer_is_nobodys_business(web: Web, site: Site) -> None:
    web.change = lambda _, reply: reply.but(Content_Encoding="gzip", Content_Length="20")
    assert check(site, [promised("feed.xml")]) == ()


def test_another_version_is_broken(web: Web, site: Site) -> None:
    web.change = lambda _, reply: reply.but(x_amz_meta_sha256="0" * 64)
    assert "another version" in only(check(site, [promised()])).what


def test_sound_that_cannot_be_had_in_parts_is_broken_and_not_fetched_whole(web: Web, site: Site) -> None:
    whole = Reply(headers={"Content-Type": "audio/mpeg", "Content-Length": str(len(SOUND))}, body=SOUND)
    web.change = lambda *_: whole
    assert "in parts (Range)" in only(check(site, [promised()])).what
    assert check(site, [promised(ranges=False)]) == ()
    assert len(site.ask(MEDIA, "GET", most=10).body) == 10


def test_parts_of_another_range_are_broken(web: Web, site: Site) -> None:
    web.change = lambda _, reply: reply.but(Content_Range=f"bytes 0-99/{len(SOUND)}")
    assert "in parts (Range)" in only(check(site, [promised()])).what


def test_nothing_that_answers_is_told_once_for_all_files() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        site = Site(f"http://127.0.0.1:{free.getsockname()[1]}/", pause=0)
    broken = only(check(site, [promised(key) for key in FILES] * 100))
    assert "nothing answers" in broken.what
    assert "verify = false" in broken.cure


def test_a_name_that_does_not_exist_is_told() -> None:
    broken = only(check(Site("http://podcast.invalid/", pause=0), [promised()]))
    assert "no server of that name" in broken.what


def test_what_passes_is_tried_again(web: Web, site: Site) -> None:
    left = [503, 429]
    web.change = lambda _, reply: Reply(status=left.pop()) if left else reply
    assert check(site, [promised("feed.xml")]) == ()
    assert len(web.asked) == 3


def test_a_body_that_breaks_off_is_tried_again(web: Web, site: Site) -> None:
    left = [1]
    web.change = lambda _, reply: (
        replace(reply, body=reply.body[:10]).but(Connection="close") if left and left.pop() else reply
    )
    assert site.ask("feed.xml", "GET").body == FEED
    assert len(web.asked) == 2


def test_redirects_are_followed_and_told(web: Web, site: Site) -> None:
    moved = Reply(status=301, headers={"Location": "/cast/feed.xml"})
    web.change = lambda asked, reply: moved if asked.key == "old.xml" else reply
    answer = site.ask("old.xml", "GET")
    assert (answer.status, answer.body) == (200, FEED)
    assert answer.redirected == (f"{web.address}old.xml",)
    assert answer.address == f"{web.address}feed.xml"


def test_a_loop_of_redirects_ends(web: Web, site: Site) -> None:
    web.change = lambda *_: Reply(status=302, headers={"Location": "feed.xml"})
    assert "redirected too often" in only(check(site, [promised("feed.xml")])).what
    assert len(web.asked) == 6


def test_what_is_not_there_stops_a_publish_with_the_feed_untouched(site: Site) -> None:
    missing = [promised(f"media/{number}.mp3") for number in range(5)]
    with pytest.raises(StorageError, match=r"the feed was not touched. media/0.mp3 is not there .* And 2 more."):
        require(site, missing)


def test_the_feed_is_read_back(site: Site) -> None:
    assert read_back(site, "feed.xml", FEED) is None


def test_an_older_feed_from_a_cache_is_no_fault(site: Site) -> None:
    broken = read_back(site, "feed.xml", FEED + b"\n")
    assert broken
    assert broken.passing
    assert "older copy" in broken.what


def test_a_feed_that_listeners_do_not_get_is_a_fault(web: Web, site: Site) -> None:
    web.change = lambda *_: Reply(status=403)
    broken = read_back(site, "feed.xml", FEED)
    assert broken
    assert not broken.passing


def test_a_server_that_hangs_up_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        site = Site(f"http://127.0.0.1:{server.getsockname()[1]}/", pause=0)

        def hang_up() -> None:
            for _ in range(3):
                server.accept()[0].close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        with pytest.raises(UnansweredError, match="breaks the connection off"):
            site.ask("feed.xml")
        thread.join()


@pytest.mark.s3
def test_a_real_bucket_keeps_what_we_promise_once_it_is_open_to_everybody(bucket: Bucket) -> None:
    uploads = [plan.upload(key, body, len(body), sha256(body)) for key, body in FILES.items()]
    storage = S3Storage(bucket.target("cast/"))
    for upload in uploads:
        storage.put(upload)
    site = Site(f"{bucket.server.endpoint}/{bucket.name}/cast/")
    closed = check(site, map(promise, uploads))
    assert {broken.key for broken in closed} == set(FILES)
    assert all("doctor --fix" in broken.cure for broken in closed)
    bucket.open_to_everyone()
    assert check(site, map(promise, uploads)) == ()
    assert read_back(site, "feed.xml", FEED) is None
    page = b"<!doctype html>"
    assert read_back(site, "e/digbeth/index.html", page) is None
    assert "not there" in only(check(site, [promised("media/other.mp3")])).what
    site.close()
