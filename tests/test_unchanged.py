"""A run that would do nothing says so without reading anything, and never when something has changed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from placecast import looks, unchanged
from placecast.delivery import glance
from tests.small_show import NOW, SmallShow, make

URL = "https://podcast.example.org/small/feed.xml"


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallShow:
    """A show whose public feed is always the one that was seen last."""
    monkeypatch.setattr(glance, "is_published", lambda _, url: url == URL)
    small = make(tmp_path / "show")
    small.add("digbeth")
    small.publish()
    return small


def remember(show: SmallShow, **changes: Any) -> None:
    facts: dict[str, Any] = {"answer": {"lines": ["Nothing"], "data": {}}, "feed_url": URL, "due": None}
    unchanged.remember(show.project.root, **facts | changes)


def answer(show: SmallShow) -> dict[str, Any] | None:
    return unchanged.answer(show.project.root, NOW)


def test_as_long_as_nothing_changes_the_answer_is_the_same(published: SmallShow) -> None:
    assert answer(published) is None
    remember(published)
    assert answer(published) == {"lines": ["Nothing"], "data": {}}


def edited(root: Path) -> None:
    path = root / "episodes/digbeth/episode.md"
    path.write_text(path.read_text("utf-8").replace("Notes on", "Notes of"), "utf-8")


def corrected(root: Path) -> None:
    with (root / "transcripts/digbeth.vtt").open("a") as file:
        file.write("\n")


CHANGES: dict[str, Callable[[Path], object]] = {
    "an episode": edited,
    "a transcript": corrected,
    "a new file": lambda root: (root / "episodes/digbeth/more.txt").write_text("x"),
    "a recording that is gone": lambda root: (root / "episodes/digbeth/recording.wav").unlink(),
    "a template of its own": lambda root: (
        (root / "templates").mkdir() or (root / "templates/home.html").write_text("x")
    ),
    "the settings": lambda root: os.utime(root / "placecast.toml"),
    "names that were not there": lambda root: (root / "names.toml").write_text(""),
    "a built page": lambda root: (root / "feed/index.html").write_text("x"),
    "no built tree": lambda root: shutil.rmtree(root / "feed"),
    "the record itself": lambda root: (root / ".placecast/target/unchanged.json").write_text("{"),
    "a record of another version": lambda root: (root / ".placecast/target/unchanged.json").write_text("{}"),
    "no cache": lambda root: shutil.rmtree(root / ".placecast"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_is_seen(published: SmallShow, change: str) -> None:
    remember(published)
    CHANGES[change](published.project.root)
    assert answer(published) is None


def test_a_file_outside_the_show_counts_too(published: SmallShow, tmp_path: Path) -> None:
    outside = tmp_path / "recording.wav"
    outside.write_bytes(b"one")
    remember(published, outside=[outside])
    assert answer(published) is not None
    outside.write_bytes(b"two!")
    assert answer(published) is None


def test_a_scheduled_episode_that_comes_due_is_no_standstill(published: SmallShow) -> None:
    remember(published, due=NOW + timedelta(seconds=1))
    assert answer(published) is not None
    assert unchanged.answer(published.project.root, NOW + timedelta(seconds=1)) is None


def test_another_program_may_build_something_else(published: SmallShow, monkeypatch: pytest.MonkeyPatch) -> None:
    remember(published)
    monkeypatch.setattr(looks, "program", lambda: "another")
    assert answer(published) is None


def test_another_feed_for_everybody_is_no_standstill(published: SmallShow) -> None:
    remember(published, feed_url="https://elsewhere.example/feed.xml")
    assert answer(published) is None


def test_the_record_holds_no_content(published: SmallShow) -> None:
    remember(published)
    kept = json.loads((published.project.root / ".placecast/target/unchanged.json").read_bytes())
    assert "Notes on" not in json.dumps(kept)
