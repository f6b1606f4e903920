from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placecast.fingerprint import sha256
from placecast.plan import Phase, Stored, Upload, stored, upload, uploads

FOREVER = "public, max-age=31536000, immutable"
SHORTLY = "public, max-age=300"


def ours(key: str, content: bytes = b"content") -> Upload:
    return upload(key, Path("site") / key, len(content), sha256(content))


def theirs(sent: Upload) -> Stored:
    return stored(sent, size=sent.size, mark="1")


def there(*sent: Upload) -> dict[str, Stored]:
    return {each.key: theirs(each) for each in sent}


@pytest.mark.parametrize(
    ("key", "phase", "cache_control", "gzip"),
    [
        ("media/one-0123456789ab.mp3", Phase.MEDIA, FOREVER, False),
        ("media/cover-0123456789ab.jpg", Phase.MEDIA, FOREVER, False),
        ("media/drawing-0123456789ab.svg", Phase.MEDIA, FOREVER, False),
        ("assets/site-0123456789ab.css", Phase.SIDECARS, FOREVER, True),
        ("assets/icon-0123456789ab.png", Phase.SIDECARS, FOREVER, False),
        ("e/one/transcript.vtt", Phase.SIDECARS, SHORTLY, True),
        ("e/one/transcript.html", Phase.SIDECARS, SHORTLY, True),
        ("e/one/chapters.json", Phase.SIDECARS, SHORTLY, True),
        ("e/one/index.html", Phase.PAGES, SHORTLY, True),
        ("index.html", Phase.PAGES, SHORTLY, True),
        ("sitemap.xml", Phase.PAGES, SHORTLY, True),
        ("feed.xml", Phase.FEED, SHORTLY, False),
        ("robots.txt", Phase.SIDECARS, SHORTLY, True),
    ],
)
def test_every_file_is_served_and_sent_as_its_place_says(
    key: str, phase: Phase, cache_control: str, gzip: bool
) -> None:
    sent = ours(key)
    assert (sent.phase, sent.cache_control, sent.gzip) == (phase, cache_control, gzip)


def test_podcast_apps_get_the_types_that_they_want() -> None:
    keys = ("feed.xml", "media/a.mp3", "e/a/transcript.vtt", "e/a/chapters.json")
    assert [ours(key).type for key in keys] == [
        "application/rss+xml; charset=utf-8",
        "audio/mpeg",
        "text/vtt; charset=utf-8",
        "application/json+chapters",
    ]


@pytest.mark.parametrize("key", ["", "/feed.xml", "../feed.xml", "e/../../x", "e//x", "./x", "e/"])
def test_a_key_that_leaves_the_tree_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="not a path inside"):
        ours(key)


def test_what_is_pointed_to_is_sent_before_what_points_to_it() -> None:
    keys = ["feed.xml", "index.html", "e/a/transcript.vtt", "media/b.mp3", "assets/s.css", "e/a/index.html"]
    assert [each.key for each in uploads([ours(key) for key in keys], {})] == [
        "media/b.mp3",
        "assets/s.css",
        "e/a/transcript.vtt",
        "e/a/index.html",
        "index.html",
        "feed.xml",
    ]


def test_nothing_is_sent_when_everything_is_there() -> None:
    tree = [ours("feed.xml"), ours("media/a.mp3"), ours("index.html")]
    assert uploads(tree, there(*tree)) == ()


def test_new_content_is_sent() -> None:
    old, new = ours("index.html", b"old text"), ours("index.html", b"new text")
    assert uploads([new], there(old)) == (new,)


@pytest.mark.parametrize("change", [{"type": "text/plain"}, {"cache_control": "no-cache"}, {"gzip": False}])
def test_what_would_be_served_otherwise_is_sent_again(change: dict[str, Any]) -> None:
    page = ours("index.html")
    assert uploads([page], {page.key: replace(theirs(page), **change)}) == (page,)


def test_what_we_know_nothing_of_is_sent_again() -> None:
    page = ours("index.html")
    assert uploads([page], {page.key: Stored(key=page.key, size=page.size, mark="1")}) == (page,)


def test_media_of_the_same_size_is_never_sent_again() -> None:
    sound = ours("media/a.mp3")
    assert uploads([sound], {sound.key: Stored(key=sound.key, size=sound.size, mark="?")}) == ()


def test_media_of_another_size_is_sent_again() -> None:
    sound = ours("media/a.mp3")
    assert uploads([sound], {sound.key: replace(theirs(sound), size=sound.size - 1)}) == (sound,)


def test_what_is_there_and_not_ours_changes_nothing() -> None:
    page = ours("index.html")
    assert uploads([page], there(page, ours("old/page.html"))) == ()


KEYS = st.sampled_from(["feed.xml", "index.html", "e/a/index.html", "e/a/transcript.vtt", "media/a.mp3", "assets/a.js"])
TREES = st.dictionaries(KEYS, st.binary(max_size=3))


@given(TREES, TREES)
def test_sending_the_plan_leaves_nothing_to_send(new: dict[str, bytes], old: dict[str, bytes]) -> None:
    remote = there(*(ours(key, content) for key, content in old.items()))
    tree = [ours(key, content) for key, content in new.items()]
    sent = uploads(tree, remote)
    assert uploads(tree, remote | there(*sent)) == ()
    assert [each.phase for each in sent] == sorted(each.phase for each in sent)
