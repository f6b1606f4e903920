"""Shows move in from hosts of many kinds, and the feed that is built then says what the old one said."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from placecast import arrival, pipeline
from placecast.arrival import feeds
from placecast.moving.comparing import Difference, compare
from placecast.moving.facts import Moved
from placecast.project import Project
from tests import hosts, small_show
from tests.small_show import Recorder, SmallShow

NOW = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
URL = "https://new.example.org/show"
OWNERS = {"buzzsprout": "ROSA@example.org"}

GUIDS = {
    "buzzsprout": ["Buzzsprout-14623145", "Buzzsprout-1"],
    "libsyn": ["0f1e2d3c4b5a69788796a5b4c3d2e1f0", "ffffeeee4b5a69788796a5b4c3d2e1f0"],
    "transistor": ["63c8e2f4-7f4e-4a0b-8f7a-2f1b5f9ad0c1"],
    "acast": ["65f00c0ffee0000000000001"],
    "podbean": ["bridgetalk.example.org/5f1c6a3e-1111-3333-8888-0242ac120002"],
    "anchor": ["e2d0a2a4-33f4-4a5e-9a0e-8c8f4f0b1a10"],
    "soundcloud": ["tag:soundcloud,2010:tracks/100", "tag:soundcloud,2010:tracks/99"],
    "powerpress": ["https://market.example.org/?p=42"],
    "podlove": ["podlove-2024-10-12t08:00:00+00:00-abc", "podlove-2024-10-05t08:00:00+00:00-abb"],
}


@pytest.fixture(params=sorted(hosts.DIALECTS))
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def host(dialect: str, no_proxy: None) -> Iterator[hosts.Host]:
    with hosts.host(dialect) as made:
        yield made


def bring(host: hosts.Host, folder: Path, dialect: str = "", **changes: str) -> Moved:
    given = {"url": URL, "owner": OWNERS.get(dialect, ""), "email": "" if dialect != "anchor" else "lena@example.org"}
    order = arrival.Order(source=host.feed, folder=folder, **given | changes)
    return arrival.bring(order, hosts.abroad(), Recorder(), NOW)


def rebuilt(folder: Path) -> Path:
    show = SmallShow(project=Project(root=folder), now=NOW)
    pipeline.rebuild(show.run())
    return folder / "feed" / "feed.xml"


def differences(host: hosts.Host, feed: Path) -> tuple[Difference, ...]:
    old, new = feeds.load(hosts.abroad(), host.feed).feed, feeds.load(hosts.abroad(), str(feed)).feed
    return compare(old, new, hosts.abroad().length)


def test_after_an_import_the_built_feed_is_the_old_one_for_listeners(
    host: hosts.Host, dialect: str, tmp_path: Path
) -> None:
    moved = bring(host, tmp_path, dialect)
    assert [each.outcome for each in moved.episodes] == ["brought"] * len(GUIDS[dialect])
    found = differences(host, rebuilt(tmp_path))
    expected = {"powerpress": ["transcripts", "chapters"], "anchor": []}.get(dialect, [])  # gone at the old host
    assert [each.what for each in found if each.grave] == expected, found


def test_guids_stay_letter_by_letter_in_the_order_of_the_feed(host: hosts.Host, dialect: str, tmp_path: Path) -> None:
    bring(host, tmp_path, dialect)
    new = feeds.load(hosts.abroad(), str(rebuilt(tmp_path))).feed
    assert [each.guid for each in new.episodes] == GUIDS[dialect]


def test_the_sound_stays_byte_for_byte(host: hosts.Host, dialect: str, tmp_path: Path) -> None:
    moved = bring(host, tmp_path, dialect)
    project = Project(root=tmp_path)
    served = {hashlib.sha256(body).hexdigest() for body in host.web.files.values()}
    for episode in moved.episodes:
        audio = project.audio(episode.slug)
        assert audio
        content = project.media(audio).read_bytes()
        assert hashlib.sha256(content).hexdigest() == audio.sha256
        assert audio.sha256 in served


def test_a_second_run_asks_for_nothing_but_the_feed_and_writes_nothing(
    host: hosts.Host, dialect: str, tmp_path: Path
) -> None:
    first = bring(host, tmp_path, dialect)
    stamps, plan = small_show.stamps_below(tmp_path / "episodes"), (tmp_path / arrival.PLAN).read_text("utf-8")
    host.web.asked.clear()
    second = bring(host, tmp_path, dialect)
    assert {each.key.partition("?")[0] for each in host.web.asked} == {host.feed.removeprefix(host.web.address)}
    assert [each.outcome for each in second.episodes] == ["there"] * len(first.episodes)
    assert small_show.stamps_below(tmp_path / "episodes") == stamps
    assert (tmp_path / arrival.PLAN).read_text("utf-8") == plan
    assert [each.losses for each in second.episodes] == [each.losses for each in first.episodes]


def test_the_plan_names_the_steps_the_losses_and_the_pages(host: hosts.Host, dialect: str, tmp_path: Path) -> None:
    moved = bring(host, tmp_path, dialect)
    plan = (tmp_path / arrival.PLAN).read_text("utf-8")
    assert "301" in plan
    assert "new_feed_url" in plan
    assert moved.new_feed == f"{URL}/feed.xml"
    assert f"verify-migration {host.feed} {URL}/feed.xml" in plan
    assert "24 August 2026" in plan
    for loss in moved.all_losses:
        assert loss.why.split("`")[0][:30].replace("<", "&lt;") in plan
