"""Podcast programs that people have: from subscribing, in a real bucket behind a CDN, to the sound on their disk."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from placecast import pipeline
from tests.cdn import Asked, Cdn, cdn
from tests.clients import PROGRAMS, Home, Program
from tests.listener import publish_into
from tests.seaweed import Bucket
from tests.small_show import SmallShow, make

pytestmark = [pytest.mark.s3, pytest.mark.clients]


@dataclass(frozen=True, kw_only=True)
class Evening:
    """A listener's program, the show, and the server between them."""

    home: Home
    show: SmallShow
    cdn: Cdn
    program: Program

    def visit(self, base: str = "") -> list[Asked]:
        """What the program asks for when it looks for new episodes and downloads them."""
        before = len(self.cdn.asked)
        self.program.visit(self.home, (base or self.cdn.show) + "feed.xml")
        return self.cdn.asked[before:]

    def publish(self) -> None:
        """In another second than the time before, where a program goes by HTTP's dates, which are no finer."""
        if self.program.by_seconds:
            time.sleep(1 - time.time() % 1)
        self.show.publish()

    def published(self) -> list[str]:
        """The sha256 of the sound of each episode, as placecast keeps it."""
        masters = [self.show.project.audio(path.name) for path in self.show.project.root.glob("episodes/*")]
        return sorted(master.sha256 for master in masters if master)

    def downloaded(self) -> list[str]:
        return sorted(self.home.sounds().values())


@pytest.fixture
def evening(request: pytest.FixtureRequest, tmp_path: Path, bucket: Bucket, no_proxy: None) -> Iterator[Evening]:
    program = PROGRAMS[request.param]
    missing = [command for command in program.commands if not shutil.which(command)]
    if missing:
        pytest.skip(f"{program.name} DID NOT READ THE FEED: {missing[0]} is not here (apt-get install {program.name})")
    with cdn(f"{bucket.server.endpoint}/{bucket.name}/cast/") as before_it:
        show = make(tmp_path / "show")
        publish_into(bucket, show.project.root, url=before_it.show)
        show.add("digbeth")
        show.add("grimsby", published="2026-05-08T06:00:00", seconds=3, seed=2)
        show.publish()
        yield Evening(home=Home(tmp_path / "home"), show=show, cdn=before_it, program=program)


def sounds_in(asked: list[Asked]) -> list[str]:
    """The sounds that were sent, once for each time."""
    return [each.path for each in asked if each.path.endswith(".mp3") and each.method == "GET" and each.status == 200]


def feeds_in(asked: list[Asked]) -> list[Asked]:
    return [each for each in asked if each.path == "feed.xml" and each.method == "GET"]


@pytest.mark.parametrize("evening", PROGRAMS, indirect=True)
def test_a_program_downloads_each_episode_once_whatever_else_changes(evening: Evening) -> None:
    show = evening.show
    assert len(sounds_in(evening.visit())) == 2
    assert evening.downloaded() == evening.published()
    assert sounds_in(evening.visit()) == []
    show.edit("digbeth", "Notes on Digbeth.", "Other notes.")
    evening.publish()
    assert sounds_in(evening.visit()) == []
    shutil.rmtree(show.project.feed)
    pipeline.rebuild(show.run())
    evening.publish()
    assert sounds_in(evening.visit()) == []
    show.add("bangor", published="2026-05-15T06:00:00", seconds=2, seed=3)
    evening.publish()
    (new,) = sounds_in(evening.visit())
    assert new.startswith("media/bangor-")
    assert evening.downloaded() == evening.published()


ASKING = [program.name for program in PROGRAMS.values() if program.condition]


@pytest.mark.parametrize("evening", ASKING, indirect=True)
def test_a_feed_is_sent_again_only_when_it_has_changed(evening: Evening) -> None:
    # Newsboat begins to ask with a condition at its third visit.
    *_, unchanged = feeds_in([asked for _ in range(3) for asked in evening.visit()])
    assert (unchanged.status, evening.program.condition in unchanged.headers) == (304, True)
    evening.show.edit("digbeth", "Notes on Digbeth.", "Other notes.")
    evening.publish()
    *_, changed = feeds_in(evening.visit())
    condition = evening.program.condition
    assert (changed.status, changed.headers[condition]) == (200, unchanged.headers[condition])


# Podboat waits for a key when a download breaks off, and curl has to be asked for the rest.
@pytest.mark.parametrize("evening", ["gpodder", "podget", "wget"], indirect=True)
def test_a_show_that_has_moved_is_followed_and_a_download_that_breaks_off_is_completed(evening: Evening) -> None:
    names = {f"media/{path.name}" for path in evening.show.project.feed.glob("media/*.mp3")}
    evening.cdn.broken |= names
    asked = evening.visit(evening.cdn.former)
    assert (asked[0].path, asked[0].status) == ("/former/feed.xml", 301)
    assert {each.path for each in asked if each.status == 206} == names
    assert evening.downloaded() == evening.published()


@pytest.mark.ffprobe
@pytest.mark.parametrize("evening", ["curl"], indirect=True)
def test_a_downloaded_file_shows_its_chapters_and_facts_to_another_reader(evening: Evening) -> None:
    show, chapters = evening.show, '[[chapters]]\nstart = 0\ntitle = "Start"\n'
    show.add("bangor")
    show.edit("bangor", chapters, f'number = 7\n{chapters}[[chapters]]\nstart = 1.5\ntitle = "Ŵhat & why"\n')
    evening.publish()
    evening.visit()
    (downloaded,) = evening.home.folder.glob("bangor-*.mp3")
    seen = probed(downloaded)
    assert [(float(each["start_time"]), each["tags"]["title"]) for each in seen["chapters"]] == [
        (0, "Start"),
        (1.5, "Ŵhat & why"),
    ]
    tags = seen["format"]["tags"]
    assert (tags["title"], tags["album"], tags["artist"]) == ("Bangor", "Small places", "The Hub")
    assert (tags["track"], tags["genre"], tags["comment"]) == ("7", "Podcast", "What happened in Bangor.")
    assert [stream["codec_name"] for stream in seen["streams"]] == ["mp3", "png"]


def probed(path: Path) -> Any:
    command = ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-show_chapters", "-of", "json", str(path)]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
