"""The listeners notice what they are there to notice, and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from tests import faults
from tests.listeners import Promise, Watch, listening, promises
from tests.seaweed import Bucket

pytestmark = pytest.mark.s3

SOUND = b"sound" * 1000
FOR_EVER = "public, max-age=31536000, immutable"


class Show:
    """A show made by hand in a bucket."""

    def __init__(self, bucket: Bucket, endpoint: str = "") -> None:
        self.bucket = bucket
        self.base = f"{endpoint or bucket.server.endpoint}/{bucket.name}/cast"
        bucket.open_to_everyone()

    def put(self, key: str, body: bytes, kind: str, cache: str = "public, max-age=300") -> None:
        self.bucket.client.put_object(
            Bucket=self.bucket.name, Key=f"cast/{key}", Body=body, ContentType=kind, CacheControl=cache
        )

    def delete(self, key: str) -> None:
        self.bucket.client.delete_object(Bucket=self.bucket.name, Key=f"cast/{key}")

    def episode(self, slug: str) -> str:
        """Send what an episode needs, and return its item."""
        self.put(f"media/{slug}.mp3", SOUND, "audio/mpeg", FOR_EVER)
        self.put(f"e/{slug}/index.html", b"<p>notes</p>", "text/html; charset=utf-8")
        self.put(f"e/{slug}/transcript.vtt", b"WEBVTT\n", "text/vtt; charset=utf-8")
        return (
            f'<item><guid isPermaLink="false">{slug}</guid><link>{self.base}/e/{slug}/index.html</link>'
            f'<enclosure url="{self.base}/media/{slug}.mp3" length="{len(SOUND)}" type="audio/mpeg"/>'
            f'<p:transcript url="{self.base}/e/{slug}/transcript.vtt" type="text/vtt"/>'
            f'<description>&lt;a href="{self.base}/e/{slug}/index.html#t=1"&gt;go&lt;/a&gt; https://x.example/y'
            "</description></item>"
        )

    def feed(self, *items: str) -> None:
        self.put("feed.xml", self.written(*items), "application/rss+xml; charset=utf-8")

    def written(self, *items: str) -> bytes:
        link = f'<a:link href="{self.base}/feed.xml" rel="self" type="application/rss+xml"/>'
        names = 'xmlns:p="https://podcastindex.org/namespace/1.0" xmlns:a="http://www.w3.org/2005/Atom"'
        return f'<rss version="2.0" {names}><channel>{link}{"".join(items)}</channel></rss>\n'.encode()


@pytest.fixture
def show(bucket: Bucket) -> Show:
    return Show(bucket)


@pytest.fixture
def one(show: Show) -> Iterator[Watch]:
    """Listeners of a show with one episode, who have heard that all is well."""
    show.feed(show.episode("one"))
    with listening(show.base) as watch:
        watch.wait()
        assert watch.faults == []
        yield watch


def after(watch: Watch, act: Callable[[], object]) -> set[tuple[str, str]]:
    """What is noticed after something was done: path and detail."""
    act()
    watch.wait()
    return {(fault.address.removeprefix(watch.base), fault.detail) for fault in watch.faults}


class TestNoFaults:
    def test_a_feed_that_is_not_there_yet_is_none(self, show: Show) -> None:
        with listening(show.base) as watch:
            threading.Event().wait(0.1)
            assert (watch.polls, watch.faults) == (0, [])
            show.feed(show.episode("one"))
            watch.wait()
        assert (watch.faults, watch.guids, watch.lost) == ([], {"one"}, set())

    def test_episodes_that_come_in_the_right_order(self, show: Show, one: Watch) -> None:
        items = [show.episode("one")]
        for number in range(10):
            items.append(show.episode(f"next-{number}"))
            show.feed(*items)
        one.wait()
        assert (one.faults, one.stale, len(one.guids), one.lost) == ([], [], 11, set())
        assert one.versions > 1

    def test_what_goes_after_the_feed_has_let_it_go(self, show: Show, one: Watch) -> None:
        show.feed(show.episode("two"))
        one.wait()
        assert after(one, lambda: show.delete("media/one.mp3")) == set()

    def test_immutable_media_are_asked_for_once_for_each_feed_and_at_the_end(self, bucket: Bucket) -> None:
        with faults.proxy(bucket.server.endpoint, faults.NOTHING, 1) as proxy:
            show = Show(bucket, proxy.endpoint)
            show.feed(show.episode("one"))
            with listening(show.base) as watch:
                watch.wait(5)
                show.feed(show.episode("one"), show.episode("two"))
                watch.wait(5)
            asked = [entry.key for entry in proxy.log if entry.method == "HEAD"]
            assert (watch.faults, watch.versions) == ([], 2)
            assert asked.count("cast/media/one.mp3") == 3
            assert asked.count("cast/e/one/index.html") == watch.polls >= 10


class TestFaults:
    def test_a_dangling_link(self, show: Show, one: Watch) -> None:
        assert after(one, lambda: show.delete("e/one/index.html")) == {("/e/one/index.html", "answered 404")}

    def test_a_feed_that_names_audio_before_it_is_there(self, show: Show, one: Watch) -> None:
        item, early = show.episode("one"), show.episode("one").replace("one", "two")
        found = after(one, lambda: show.feed(item, early))
        assert ("/media/two.mp3", "answered 404") in found
        assert len(found) == 3

    def test_a_wrong_length(self, show: Show, one: Watch) -> None:
        item = show.episode("one").replace('length="5000"', 'length="4999"')
        assert after(one, lambda: show.feed(item)) == {("/media/one.mp3", "has 5000 bytes, not 4999")}

    def test_a_wrong_type(self, show: Show, one: Watch) -> None:
        found = after(one, lambda: show.put("e/one/transcript.vtt", b"WEBVTT\n", "binary/octet-stream"))
        assert found == {("/e/one/transcript.vtt", "is binary/octet-stream, not text/vtt")}

    def test_a_feed_that_vanishes(self, show: Show, one: Watch) -> None:
        assert after(one, lambda: show.delete("feed.xml")) == {("/feed.xml", "answered 404")}

    def test_half_a_feed(self, show: Show, one: Watch) -> None:
        half = show.written(show.episode("one"))[:-30]
        ((_, detail),) = after(one, lambda: show.put("feed.xml", half, "text/xml"))
        assert detail.startswith("ends with ")

    def test_a_feed_that_is_no_xml(self, show: Show, one: Watch) -> None:
        broken = show.written("<item>").replace(b"</channel>", b"")
        ((_, detail),) = after(one, lambda: show.put("feed.xml", broken, "text/xml"))
        assert detail.startswith("is no XML: ")

    def test_audio_that_is_gone_is_noticed_at_the_latest_in_the_end(self, show: Show) -> None:
        show.feed(show.episode("one"))
        with listening(show.base) as watch:
            watch.wait()
            show.delete("media/one.mp3")
            watch.wait()
            assert watch.faults == []
        assert [fault.address for fault in watch.faults] == [f"{show.base}/media/one.mp3"]

    def test_a_server_that_does_not_answer(self, show: Show) -> None:
        with faults.proxy(show.bucket.server.endpoint, faults.NOTHING, 1) as proxy:
            elsewhere = Show(show.bucket, proxy.endpoint)
            elsewhere.feed(elsewhere.episode("one"))
            watch = Watch(base=elsewhere.base, feed=f"{elsewhere.base}/feed.xml")
            watch.poll()
            assert watch.faults == []
        watch.poll()
        watch.close()
        (fault,) = watch.faults
        assert "refused" in fault.detail

    def test_a_guid_that_is_gone(self, show: Show, one: Watch) -> None:
        assert after(one, lambda: show.feed(show.episode("two"))) == set()
        assert (one.guids, one.lost) == ({"one", "two"}, {"one"})

    def test_a_bucket_that_is_closed_to_the_public(self, show: Show, one: Watch) -> None:
        found = after(one, lambda: show.bucket.client.delete_bucket_policy(Bucket=show.bucket.name))
        assert found == {("/feed.xml", "answered 403")}

    def test_a_fault_between_two_good_moments_is_remembered(self, show: Show) -> None:
        item = show.episode("one")
        show.feed(item)
        with listening(show.base) as watch:
            watch.wait()
            show.delete("e/one/index.html")
            watch.wait()
            show.episode("one")
            watch.wait()
        assert {fault.detail for fault in watch.faults} == {"answered 404"}


class TestPromises:
    def test_each_address_below_the_show_is_one_promise(self, show: Show) -> None:
        base = show.base
        assert promises(show.written(show.episode("one")), base) == {
            Promise(f"{base}/feed.xml", "application/rss+xml"),
            Promise(f"{base}/e/one/index.html"),
            Promise(f"{base}/media/one.mp3", "audio/mpeg", str(len(SOUND))),
            Promise(f"{base}/e/one/transcript.vtt", "text/vtt"),
        }
