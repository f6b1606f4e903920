"""A storage that ignores conditions, as some do: the ordinary flow publishes there, by a lease, and loses nobody."""

from __future__ import annotations

import re
from pathlib import Path

import feedparser
import pytest

from placecast.delivery import lease, manifest
from placecast.storage import open_storage
from tests import faults
from tests.listener import assert_every_promise_is_kept, feed_text, publish_into
from tests.seaweed import Bucket
from tests.small_show import SmallShow, make
from tests.test_two_clones import clone_of

pytestmark = pytest.mark.s3


def kept_in(bucket: Bucket) -> manifest.Manifest:
    target = bucket.target("cast/")
    found = open_storage(target).read(manifest.KEY)
    assert found is not None
    return manifest.load(found.body)


def test_two_publishers_take_turns_where_conditions_are_ignored(
    tmp_path: Path, unconditional_bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "SETTLING", 0.1)
    bucket = unconditional_bucket
    here = make(tmp_path / "here")
    publish_into(bucket, here.project.root)
    here.add("digbeth")
    here.publish()
    assert any("take turns by a lease" in warning for warning in here.last.warnings)
    guard = kept_in(bucket).guard
    assert guard is not None
    assert not guard.whole
    there = clone_of(here, tmp_path / "there")
    here.add("hull", published="2026-05-02T06:00:00", seed=2)
    here.publish()
    assert not any("lease" in warning for warning in here.last.warnings), "it is said once"
    there.add("ely", published="2026-05-03T06:00:00", seed=3)
    there.publish()
    guids = [entry.id for entry in feedparser.parse(feed_text(bucket)).entries]
    assert guids == ["guid-of-ely", "guid-of-hull", "guid-of-digbeth"]
    assert not [key for key in bucket.listed() if "lease" in key or "probe" in key]
    assert_every_promise_is_kept(bucket)
    _, built = here.publish()
    assert [upload.key for upload in built.uploads] == ["e/hull/index.html"], "its next episode is Ely now"
    assert here.publish()[1].uploads == ()


def test_etags_that_match_without_quotes_only_are_found_out(tmp_path: Path, bucket: Bucket) -> None:
    here = make(tmp_path / "here")
    publish_into(bucket, here.project.root)
    here.add("digbeth")
    with faults.proxy(bucket.server.endpoint, faults.plan("only-unquoted"), 1) as proxy:
        through(here, proxy.endpoint)
        here.publish()
        here.edit("digbeth", "What happened", "What really happened")
        here.publish()
        assert here.publish()[0].empty
    guard = kept_in(bucket).guard
    assert guard is not None
    assert (guard.create, guard.swap) == (True, "unquoted")
    assert "What really happened" in feed_text(bucket)


def through(show: SmallShow, endpoint: str) -> None:
    """Let the show's publisher speak with its storage through another address."""
    path = show.project.root / "placecast.toml"
    path.write_text(re.sub(r'(?m)^endpoint = ".*"$', f'endpoint = "{endpoint}"', path.read_text("utf-8")), "utf-8")
