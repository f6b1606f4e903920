"""What a hostile feed, clone, server or website can do, and what a careless producer gives away: nothing."""

from __future__ import annotations

import gzip
import json
import os
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from placecast import building, plan
from placecast.delivery import manifest
from placecast.delivery.manifest import Manifest
from placecast.errors import FactsError, StorageError, UsageError
from placecast.model import FolderTarget, Target
from placecast.plan import Stored
from placecast.storage import MemoryStorage, Storage, fetched, open_storage
from placecast.storage.objects import LARGEST
from placecast.upkeep.unpublish import unpublish
from tests import feeds
from tests.seaweed import Bucket
from tests.small_show import NOW, SmallShow, files_below, make

OUTSIDE = ("../x", "/etc/passwd", "e/../../x", "e//x", "e/./x", "media/..", "e\\..\\x", "C:/x", "e/a\nb", "e/\x1b[2J")


# Paths and names from feeds and storage


@pytest.mark.parametrize("key", OUTSIDE)
def test_a_key_that_leads_elsewhere_is_none_of_the_public_tree(key: str) -> None:
    assert not plan.is_public(key)
    with pytest.raises(ValueError, match="not a path inside"):
        plan.upload(key, b"x", 1, "0" * 64)


@pytest.mark.parametrize("key", [*OUTSIDE, "placecast.toml", ".placecast/lock", "other/app.js"])
def test_what_the_record_in_the_storage_says_of_foreign_files_is_not_believed(key: str) -> None:
    """Its keys may be deleted later: idle objects by prune, old feeds by any run."""
    foreign = Stored(key=key, size=1, mark="m")
    said = Manifest(objects={key: foreign}, idle={key: NOW}, feeds=(key, ".placecast/feeds/../../x.xml"))
    assert manifest.load(manifest.dump(said)) == Manifest()


@pytest.mark.parametrize("facts", [{"size": "1"}, {"size": None}, {"mark": 7}, {"gzip": "yes"}, {"more": 1}])
def test_a_record_whose_facts_are_of_another_kind_remembers_nothing(facts: dict[str, object]) -> None:
    said = json.loads(manifest.dump(Manifest(objects={"e/a": Stored(key="e/a", size=1, mark="m")}, feed="m")))
    said["objects"][0] |= facts
    assert manifest.load(json.dumps(said).encode()) == Manifest()


def test_a_record_of_a_hundred_thousand_brackets_remembers_nothing() -> None:
    assert manifest.load(b"[" * 100_000) == Manifest()


@pytest.mark.parametrize(
    "path",
    ["e/../../x/", "e/%2e%2e/x/", "../e/x/", "e//x/", "e/x", "e/x/../y/", "media/", "", "e/", "e/X/", "e/x/?q", "e/-/"],
)
def test_an_address_that_is_no_episodes_page_has_no_slug(path: str) -> None:
    assert feeds.show().slug_at(feeds.ADDRESS + path) is None
    assert feeds.show().slug_at("https://evil.example/e/x/") is None


def test_the_page_of_an_episode_has_its_slug_with_and_without_the_files_name() -> None:
    for show in (feeds.show(), feeds.show(index="index.html")):
        assert show.slug_at(show.page("e/digbeth-after-dark/")) == "digbeth-after-dark"


@pytest.fixture
def small(tmp_path: Path) -> tuple[SmallShow, MemoryStorage]:
    """A published show, and the storage that it is in."""
    storage = MemoryStorage()

    def opened(_: Target) -> Storage:
        return storage

    show = make(tmp_path / "show", opened=opened)
    show.add("digbeth")
    show.publish()
    return show, storage


def add_item(storage: MemoryStorage, link: str, guid: str = "evil", title: str = "Evil") -> None:
    """Another publisher's item in the feed."""
    item = f"<item><title>{title}</title><guid isPermaLink='false'>{guid}</guid><link>{link}</link></item>"
    storage.files["feed.xml"] = storage.files["feed.xml"].replace(b"</channel>", f"{item}</channel>".encode())


@pytest.mark.parametrize("path", ["e/../../x/", "../x/", "e/digbeth/", "", "media/", "https://evil.example/e/x/"])
def test_a_feed_does_not_say_which_files_unpublish_writes_and_deletes(
    small: tuple[SmallShow, MemoryStorage], path: str
) -> None:
    show, storage = small
    url = show.project.load()[0].url
    add_item(storage, path if path.startswith("https") else url + path)
    before, here = dict(storage.files), files_below(show.project.root.parent)
    with pytest.raises(UsageError, match=r"not known which files.*\n.*episodes/SLUG/episode\.md"):
        unpublish(show.run(), "evil", delete_audio=True)
    assert storage.files == before
    assert files_below(show.project.root.parent) == here


@pytest.mark.parametrize("path", ["e/../../x/", "e/", "media/", "assets/"])
def test_a_feed_does_not_say_what_is_kept(small: tuple[SmallShow, MemoryStorage], path: str) -> None:
    """Were whole folders another clone's, nothing old in them would ever be taken away."""
    show, storage = small
    add_item(storage, show.project.load()[0].url + path)
    stray = ("e/old/index.html", "assets/old.css", "media/old-0123456789ab.mp3")
    storage.files |= dict.fromkeys(stray, b"old")
    _, built = show.publish()
    assert built.parcel.kept.isdisjoint(stray)
    assert [each.title for each in built.publication.others] == ["Evil"]


def test_files_of_other_clones_episodes_stay(small: tuple[SmallShow, MemoryStorage]) -> None:
    show, storage = small
    add_item(storage, show.project.load()[0].page("e/theirs/"))
    storage.files["e/theirs/index.html"] = b"theirs"
    _, built = show.publish()
    assert "e/theirs/index.html" in built.parcel.kept
    assert building.changes(show.project.feed, built.tree).removed == ()


# Links


@pytest.mark.parametrize(
    "link",
    [
        *("feed", "transcripts", "episodes", ".placecast"),
        *(
            "feed/e",
            "feed/assets",
            "feed/e/other",
            "feed/media",
            "feed/media/old-0123456789ab.mp3",
            "feed/accessibility",
        ),
        *("episodes/other", "transcripts/digbeth.vtt", ".placecast/work/digbeth", ".placecast/target"),
        *(".placecast/preview", ".placecast/preview/e/digbeth"),
    ],
)
def test_a_link_that_leads_out_of_the_show_stops_every_run_before_it_writes(tmp_path: Path, link: str) -> None:
    show, foreign = make(tmp_path / "show"), tmp_path / "foreign"
    show.add("digbeth")
    path = show.project.root / link
    if path.is_dir():
        path.rename(tmp_path / "aside")
    path.parent.mkdir(parents=True, exist_ok=True)
    for name in ("index.html", "e/old.html", "assets/app.css"):
        (foreign / name).parent.mkdir(parents=True, exist_ok=True)
        (foreign / name).write_bytes(b"mine")
    path.symlink_to(foreign / "index.html" if path.suffix else foreign)
    before = files_below(foreign)
    with pytest.raises(FactsError, match=rf"{link}: is a link that leads out of the show\."):
        show.publish()
    assert files_below(foreign) == before
    assert not show.target.exists()


def test_links_inside_the_show_and_recordings_elsewhere_are_welcome(tmp_path: Path) -> None:
    show = make(tmp_path / "show")
    folder = show.add("digbeth")
    (folder / "recording.wav").rename(tmp_path / "elsewhere.wav")
    (folder / "recording.wav").symlink_to(tmp_path / "elsewhere.wav")
    (show.project.root / "pages").mkdir()
    (show.project.root / "feed").mkdir()
    (show.project.root / "feed" / "e").symlink_to("../pages")
    show.publish()
    assert (show.project.root / "pages" / "digbeth" / "index.html").is_file()
    assert show.publish()[0].empty


def test_a_file_of_ours_that_is_a_link_is_replaced_and_not_written_through(tmp_path: Path) -> None:
    show, foreign = make(tmp_path / "show"), tmp_path / "authorized_keys"
    show.add("digbeth")
    show.publish()
    keys = ("e/digbeth/index.html", "e/digbeth/transcript.html", "accessibility/index.html")
    for key in keys:
        path = show.project.feed / key
        foreign.write_bytes(path.read_bytes())  # even where it says the same, it is not ours
        path.unlink()
        path.symlink_to(foreign)
    foreign.write_bytes(b"mine")
    show.publish()
    assert foreign.read_bytes() == b"mine"
    assert not any((show.project.feed / key).is_symlink() for key in keys)


def test_a_link_where_a_folder_keeps_half_a_file_is_not_written_through(tmp_path: Path) -> None:
    public, foreign = tmp_path / "public", tmp_path / "authorized_keys"
    public.mkdir()
    foreign.write_bytes(b"mine")
    (public / ".feed.xml.placecast-half").symlink_to(foreign)
    (public / "robots.txt").symlink_to(foreign)
    storage = open_storage(FolderTarget(folder=public))
    storage.put(plan.upload("feed.xml", b"<rss/>", 6, "0" * 64))
    assert (foreign.read_bytes(), (public / "feed.xml").read_bytes()) == (b"mine", b"<rss/>")
    with pytest.raises(StorageError, match="leads out of this folder"):
        storage.put(plan.upload("robots.txt", b"x", 1, "0" * 64))
    assert foreign.read_bytes() == b"mine"


@pytest.mark.parametrize("name", ["../../../etc/passwd", "/etc/passwd", "a/b.mp3", "..", ""])
def test_sound_is_nowhere_but_in_its_folder(tmp_path: Path, name: str) -> None:
    show = make(tmp_path / "show")
    show.add("digbeth")
    show.publish()
    path = show.project.audio_file("digbeth")
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"name": name}), "utf-8")
    with pytest.raises(FactsError, match="is no name of a file"):
        show.publish()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no umask")
def test_nothing_that_is_written_may_be_changed_by_everybody(tmp_path: Path) -> None:
    show = make(tmp_path / "show")
    show.add("digbeth")
    mask = os.umask(0)
    try:
        show.publish()
    finally:
        os.umask(mask)
    ours = [path for name in ("feed", "public", "transcripts") for path in (show.project.root / name).rglob("*")]
    written = [path for path in ours if path.is_file() and path.name != "lock"]
    assert len(written) > 20
    assert not [path for path in written if path.stat().st_mode & 0o002]


# Too much


@pytest.mark.s3
def test_an_object_in_a_bucket_is_read_as_far_as_anything_of_ours_goes(bucket: Bucket) -> None:
    storage = open_storage(bucket.target())
    put = partial(bucket.client.put_object, Bucket=bucket.name)
    bomb = gzip.compress(bytes(LARGEST + 1))
    assert len(bomb) < 100_000
    put(Key="feed.xml", Body=bytes(LARGEST + 1))
    put(Key=".placecast/manifest.json", Body=bomb, ContentEncoding="gzip")
    put(Key="index.html", Body=b"plain", ContentEncoding="gzip")
    put(Key="404.html", Body=gzip.compress(b"whole")[:-9], ContentEncoding="gzip")
    put(Key="robots.txt", Body=gzip.compress(b"whole"), ContentEncoding="gzip")
    for key in ("feed.xml", ".placecast/manifest.json"):
        with pytest.raises(StorageError, match=rf"{key} has more than 64,000,000 bytes"):
            storage.read(key)
    for key in ("index.html", "404.html"):
        with pytest.raises(StorageError, match=f"{key} is said to be compressed with gzip, and is not"):
            storage.read(key)
    found = storage.read("robots.txt")
    assert found
    assert found.body == b"whole"


def test_a_file_in_a_folder_is_read_as_far_as_anything_of_ours_goes(tmp_path: Path) -> None:
    with (tmp_path / "feed.xml").open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(StorageError, match="more than 64,000,000 bytes"):
        open_storage(FolderTarget(folder=tmp_path)).read("feed.xml")


def test_what_is_fetched_is_unzipped_in_small_pieces() -> None:
    bomb = gzip.compress(bytes(50 << 20))
    sizes = [len(block) for block in fetched.unzipped([bomb[:1000], bomb[1000:]])]
    assert sum(sizes) == 50 << 20
    assert max(sizes) <= fetched.BLOCK


@pytest.mark.s3
def test_uploads_that_another_program_has_begun_in_the_bucket_are_left_alone(bucket: Bucket) -> None:
    for key in ("backup/db.dump", "media/old-0123456789ab.mp3"):
        bucket.client.create_multipart_upload(Bucket=bucket.name, Key=key)
    assert open_storage(bucket.target()).tidy((), datetime.now(UTC) + timedelta(minutes=1)) == 1
    (left,) = bucket.client.list_multipart_uploads(Bucket=bucket.name)["Uploads"]
    assert left["Key"] == "backup/db.dump"
