"""The three forms of chapters hold the same, as it is read back from the bytes that listeners get."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import lxml.etree
import lxml.html
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutagen.mp3 import MP3
from PIL import Image as Picture

from placecast import chapters, rss
from placecast.chapters import one_line
from placecast.model import Chapter, Image, Place
from placecast.tags import read_embedded, write_tags
from tests import feeds, sounds

SECONDS = 20.0
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_TITLES = st.text(st.characters(), max_size=60).map(one_line).filter(bool)
_MARKS = st.lists(
    st.builds(
        Chapter,
        seconds=st.integers(0, int(SECONDS * 1000) - 1).map(lambda milliseconds: milliseconds / 1000),
        title=_TITLES,
        url=st.none() | st.sampled_from(["https://example.org/a?b=c&d=ŷ", "http://example.org/#x"]),
        hidden=st.booleans(),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda chapter: chapter.seconds,
).map(tuple)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A master without a tag, a cover, and a picture."""
    made = tmp_path_factory.mktemp("equal")
    sounds.save(made / "master.mp3", sounds.speech(SECONDS), kbps=96, options={"id3v2_version": "0"})
    for name, colour in (("cover.jpg", "teal"), ("bridge.png", "red")):
        Picture.new("RGB", (1400, 1400), colour).save(made / name)
    return made


def published(folder: Path, marks: tuple[Chapter, ...]) -> tuple[Any, Any, Path]:
    """The chapters file, the list in the show notes, and the sound, as they are published."""
    cover = replace(feeds.COVER, source=folder / "cover.jpg")
    show, release = feeds.show(cover=cover), feeds.release(feeds.episode(chapters=marks))
    write_tags(
        folder / "master.mp3",
        out := folder / "tagged.mp3",
        show=show,
        episode=release.episode,
        published=release.published,
        seconds=SECONDS,
    )
    feed = lxml.etree.fromstring(rss.render(feeds.publication(release, cover=cover)))
    notes = lxml.html.document_fromstring(feed.findtext(f".//item/{_CONTENT}"))
    return json.loads(chapters.render(show, release)), notes, out


def listed_in_file(file: Any) -> Iterator[tuple[int, str]]:
    for each in file["chapters"]:
        if each.get("toc") is not False:
            yield round(each["startTime"] * 1000), each["title"]


def listed_in_tag(sound: Path) -> Iterator[tuple[int, str]]:
    tags = MP3(sound).tags
    for contents in tags.getall("CTOC"):
        for name in contents.child_element_ids:
            frame = tags[f"CHAP:{name}"]
            yield frame.start_time, str(frame.sub_frames["TIT2"])


def listed_in_notes(notes: Any) -> Iterator[tuple[int, str]]:
    for item in notes.iter("li"):
        time, _, title = item.text_content().partition(" ")
        hours, minutes, seconds = map(int, time.split(":"))
        yield (hours * 60 + minutes) * 60 + seconds, title


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(marks=_MARKS)
def test_file_tag_and_notes_list_the_same_chapters(folder: Path, marks: tuple[Chapter, ...]) -> None:
    file, notes, sound = published(folder, marks)
    listed = list(listed_in_file(file))
    assert listed == [(round(each.seconds * 1000), each.title) for each in chapters.in_order(marks) if not each.hidden]
    assert list(listed_in_tag(sound)) == listed
    # Show notes know whole seconds alone.
    assert list(listed_in_notes(notes)) == [(time // 1000, title) for time, title in listed]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(marks=_MARKS)
def test_what_we_publish_we_read_again(folder: Path, marks: tuple[Chapter, ...]) -> None:
    file, _, sound = published(folder, marks)
    again = chapters.parse(json.dumps(file), "chapters.json")
    assert [replace(each, url=None) for each in again] == [replace(each, url=None) for each in chapters.in_order(marks)]
    if any(not each.hidden for each in marks):  # a file without a table of contents does not tell which are hidden
        embedded = read_embedded(sound).chapters
        assert [(each.seconds, each.title, each.hidden) for each in embedded] == [
            (each.seconds, each.title, each.hidden) for each in chapters.in_order(marks)
        ]


@settings(max_examples=100)
@given(marks=_MARKS)
def test_the_lines_of_a_list_are_read_again(marks: tuple[Chapter, ...]) -> None:
    listed = [each for each in chapters.in_order(marks) if not each.hidden]
    if listed:
        text = "\n".join(chapters.lines(marks))
        assert [each.seconds for each in chapters.parse(text, "list.txt")] == [each.seconds for each in listed]


def rich(folder: Path) -> tuple[Chapter, ...]:
    """A walk: with a picture, a link, places, an end, and a hidden chapter."""
    picture = Image(source=folder / "bridge.png", name="trust-chapter-1.png", type="image/png", width=1400, height=1400)
    return (
        Chapter(seconds=0, title="Welcome", end=4.5),
        Chapter(seconds=5, title="On the bridge", image=picture, url="https://example.org/bridge"),
        Chapter(seconds=8, title="", image="https://example.org/view.jpg", hidden=True),
        Chapter(seconds=12.25, title="Grimsby", place=Place(name="Grimsby", geo="geo:53.5675,-0.0800", osm="R113314")),
    )


def test_the_file_says_pictures_links_places_ends_and_what_is_hidden(folder: Path) -> None:
    file, _, _ = published(folder, rich(folder))
    assert file["chapters"] == [
        {"startTime": 0, "title": "Welcome", "endTime": 4.5},
        {
            "startTime": 5,
            "title": "On the bridge",
            "img": f"{feeds.ADDRESS}media/trust-chapter-1.png",
            "url": "https://example.org/bridge",
        },
        {"startTime": 8, "img": "https://example.org/view.jpg", "toc": False},
        {
            "startTime": 12.25,
            "title": "Grimsby",
            "location": {"name": "Grimsby", "geo": "geo:53.5675,-0.0800", "osm": "R113314"},
        },
    ]


def test_the_tag_has_the_picture_and_the_link_of_a_chapter(folder: Path) -> None:
    _, _, sound = published(folder, rich(folder))
    tags = MP3(sound).tags
    ends = [tags[f"CHAP:chp{number}"].end_time for number in range(4)]
    assert ends == [4500, 12250, 12250, 20000]  # the hidden one does not end the chapter in which it lies
    frames = tags["CHAP:chp1"].sub_frames
    picture, link = frames.getall("APIC")[0], frames.getall("WXXX")[0]
    assert (picture.mime, picture.data[:3], link.url) == ("image/jpeg", b"\xff\xd8\xff", "https://example.org/bridge")
    assert len(picture.data) < 20_000
    assert tags.getall("CTOC")[0].child_element_ids == ["chp0", "chp1", "chp3"]


@pytest.mark.ffprobe
def test_a_foreign_reader_shows_the_chapters_though_some_have_pictures(folder: Path) -> None:
    _, _, sound = published(folder, rich(folder))
    command = ["ffprobe", "-v", "error", "-show_chapters", "-show_streams", "-of", "json", str(sound)]
    told = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    found = [(float(each["start_time"]), each.get("tags", {}).get("title", "")) for each in told["chapters"]]
    # FFmpeg calls a chapter without a title by its name inside the file.
    assert found == [(each.seconds, each.title or "chp2") for each in rich(folder)]
    assert [stream["codec_type"] for stream in told["streams"]] == ["audio", "video"]  # the cover, and no more
