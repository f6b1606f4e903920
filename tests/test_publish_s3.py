"""A show published into a real S3 server, read over plain HTTP as a listener's app does."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from placecast import pipeline
from placecast.delivery import web
from placecast.delivery.manifest import Record
from placecast.errors import StorageError
from placecast.storage import open_storage
from tests.listener import addresses_in, assert_every_promise_is_kept, listen, publish_into
from tests.seaweed import Bucket
from tests.small_show import NOW, SmallShow, make

pytestmark = pytest.mark.s3


@pytest.fixture
def show(tmp_path: Path, bucket: Bucket) -> SmallShow:
    small = make(tmp_path / "show")
    publish_into(bucket, small.project.root)
    small.add("digbeth")
    return small


def test_every_address_in_the_feed_answers_with_the_promised_length_and_type(show: SmallShow, bucket: Bucket) -> None:
    show.publish()
    assert len(addresses_in(bucket)) >= 7
    assert_every_promise_is_kept(bucket)
    page = listen(bucket, "e/digbeth/index.html")
    assert (page.status, page.headers["content-encoding"]) == (200, "gzip")


def test_a_second_run_sends_nothing(show: SmallShow) -> None:
    show.publish()
    assert show.publish()[0].empty


def test_a_fresh_clone_without_audio_sends_nothing(show: SmallShow, bucket: Bucket) -> None:
    show.publish()
    root = show.project.root
    for gone in (root / ".placecast", root / "feed"):
        shutil.rmtree(gone)
    (root / "episodes/digbeth/recording.wav").unlink()
    made, built = show.publish()
    assert made.steps == ()
    assert built.uploads == ()
    assert_every_promise_is_kept(bucket)


@pytest.mark.parametrize("fail_at", range(5))
def test_a_run_that_is_interrupted_is_completed_by_running_it_again(
    show: SmallShow, bucket: Bucket, fail_at: int
) -> None:
    with pytest.raises(KeyboardInterrupt):
        show.publish(fail_at=fail_at)
    assert listen(bucket, "feed.xml").status == 404
    show.publish()
    assert_every_promise_is_kept(bucket)


def test_a_missing_bucket_is_named_before_any_work_is_done(show: SmallShow) -> None:
    path = show.project.root / "placecast.toml"
    path.write_text(re.sub(r'bucket = "[^"]+"', 'bucket = "not-there"', path.read_text("utf-8")), "utf-8")
    with pytest.raises(StorageError, match="not-there"):
        show.publish()
    assert show.last.steps == []


def test_missing_credentials_are_named_before_any_work_is_done(
    show: SmallShow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(StorageError, match=r"(?i)credentials|keys"):
        show.publish()
    assert show.last.steps == []


def test_verify_trusts_no_record_and_repairs_what_somebody_has_overwritten(show: SmallShow, bucket: Bucket) -> None:
    show.publish()
    bucket.client.put_object(Bucket=bucket.name, Key="cast/index.html", Body=b"not ours")
    assert show.publish()[0].empty, "the record is believed"
    _, built = pipeline.publish(replace(show.run(), thorough=True))
    assert [upload.key for upload in built.uploads] == ["index.html"]
    assert_every_promise_is_kept(bucket)


def test_verify_asks_for_every_address_in_the_feed(show: SmallShow, bucket: Bucket) -> None:
    show.publish()
    (sound,) = [key for key in bucket.listed() if key.endswith(".mp3")]
    (show.project.feed / sound.removeprefix("cast/")).unlink()
    bucket.client.put_object(Bucket=bucket.name, Key=sound, Body=b"x", ContentType="audio/mpeg")
    with pytest.raises(StorageError, match=r"\.mp3 has 1 bytes for listeners"):
        pipeline.publish(replace(show.run(), thorough=True))


@pytest.mark.parametrize("passing", [True, False])
def test_a_feed_that_listeners_do_not_get_is_said_once_it_is_stored(
    show: SmallShow, bucket: Bucket, monkeypatch: pytest.MonkeyPatch, passing: bool
) -> None:
    broken = web.Broken(key="feed.xml", what="is what a cache made of it.", cure="Ask the CDN.", passing=passing)
    monkeypatch.setattr(web, "read_back", lambda *_: broken)
    if passing:
        show.publish()
        assert "feed.xml is what a cache made of it. Ask the CDN." in show.last.notes
    else:
        with pytest.raises(StorageError, match=r"everything is sent, but feed\.xml is what a cache made of it"):
            show.publish()
    assert_every_promise_is_kept(bucket)


def test_the_next_run_tells_caches_what_a_run_that_died_has_told_nobody(show: SmallShow, bucket: Bucket) -> None:
    told = show.project.root / "told.txt"
    with (show.project.root / "placecast.toml").open("a", encoding="utf-8") as file:
        file.write('\n[distribution]\ncommand = ["tee", "told.txt"]\n')
    address = f"{bucket.server.endpoint}/{bucket.name}/cast/feed.xml"
    show.publish()
    assert address in told.read_text("utf-8").splitlines()
    told.unlink()
    assert show.publish()[0].empty
    assert not told.exists(), "nothing has changed"
    Record(open_storage(bucket.target("cast/"))).change(lambda kept: replace(kept, runs={"another clone": NOW}))
    pipeline.publish(replace(show.run(), thorough=True))
    assert told.read_text("utf-8").splitlines() == [address]
