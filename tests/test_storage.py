"""What every storage does, and how a tree is delivered into it: memory, a folder, and S3 as SeaweedFS speaks it."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from placecast import delivery, plan
from placecast.delivery import Parcel, Publisher, manifest
from placecast.errors import StorageError
from placecast.model import FolderTarget, Progress, no_progress
from placecast.plan import Stored, Upload
from placecast.storage import ABSENT, Expected, MemoryStorage, RefusedError, Storage, fetched, open_storage
from tests.seaweed import Bucket
from tests.trees import FILES, NOW, Tree, run

ALL = ["memory", "folder", pytest.param("s3", marks=pytest.mark.s3)]


@dataclass(frozen=True, kw_only=True)
class Place:
    """A storage under test, and a way past it: `read` gives None for what is not there."""

    open: Callable[[], Storage]
    read: Callable[[str], bytes | None]
    write: Callable[[str, bytes], None]

    def content(self, keys: Iterable[str] = FILES) -> dict[str, bytes | None]:
        return {key: self.read(key) for key in keys}


def in_memory(_: pytest.FixtureRequest) -> Place:
    storage = MemoryStorage()
    return Place(open=lambda: storage, read=storage.files.get, write=storage.files.__setitem__)


def in_a_folder(request: pytest.FixtureRequest) -> Place:
    folder: Path = request.getfixturevalue("tmp_path") / "public"

    def read(key: str) -> bytes | None:
        path = folder / key
        return path.read_bytes() if path.exists() else None

    def write(key: str, content: bytes) -> None:
        (folder / key).write_bytes(content)

    return Place(
        open=lambda: open_storage(FolderTarget(folder=folder)),
        read=read,
        write=write,
    )


def on_s3(request: pytest.FixtureRequest) -> Place:
    fresh: Bucket = request.getfixturevalue("bucket")

    def read(key: str) -> bytes | None:
        try:
            found = fresh.client.get_object(Bucket=fresh.name, Key=f"show/{key}")
        except fresh.client.exceptions.NoSuchKey:
            return None
        content: bytes = found["Body"].read()
        return gzip.decompress(content) if found.get("ContentEncoding") == "gzip" else content

    def write(key: str, content: bytes) -> None:
        fresh.client.put_object(Bucket=fresh.name, Key=f"show/{key}", Body=content)

    storage = open_storage(fresh.target("show/"))  # costs 0.2 s, and keeps nothing between two runs
    return Place(
        open=lambda: storage,
        read=read,
        write=write,
    )


PLACES = {"memory": in_memory, "folder": in_a_folder, "s3": on_s3}


@pytest.fixture(params=ALL)
def place(request: pytest.FixtureRequest) -> Place:
    return PLACES[request.param](request)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(folder=tmp_path / "built")


class Killed(BaseException):
    """The process is gone: no Exception, as nothing may catch it."""


class Mortal:
    """A storage whose process dies before the given call that writes, and so after the one before it."""

    def __init__(self, storage: Storage, *, at: int) -> None:
        self.workers = 1  # so that the calls have an order
        self._storage = storage
        self._left = at

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)

    def put(self, upload: Upload, progress: Progress = no_progress, expected: Expected | None = None) -> Stored:
        self._live()
        return self._storage.put(upload, progress, expected)

    def delete(self, keys: Sequence[str]) -> None:
        if keys:
            self._live()
        self._storage.delete(keys)

    def _live(self) -> None:
        if self._left == 0:
            raise Killed
        self._left -= 1


class Watched(Mortal):
    """A storage that never dies, and notes in which order it was given what."""

    def __init__(self, storage: Storage) -> None:
        super().__init__(storage, at=-1)
        self.order: list[str] = []

    def put(self, upload: Upload, progress: Progress = no_progress, expected: Expected | None = None) -> Stored:
        self.order.append(upload.key)
        return super().put(upload, progress, expected)


def send(storage: Storage, uploads: Sequence[Upload], progress: Progress = no_progress) -> None:
    publisher = Publisher(storage=storage, clone="here", now=NOW, progress=progress)
    delivery.send(publisher, delivery.look(storage), Parcel(uploads=tuple(uploads)))


def test_a_place_that_is_new_is_empty(place: Place) -> None:
    sight = delivery.look(place.open())
    assert (sight.objects, sight.feed) == ({}, None)
    assert list(place.open().listed()) == []


def test_the_first_publish_sends_everything_and_the_feed_last(place: Place, tree: Tree) -> None:
    watched = Watched(place.open())
    run(watched, tree)
    assert watched.order == [
        manifest.KEY,
        "media/cover-ba9876543210.jpg",
        "media/one-0123456789ab.mp3",
        "e/one/chapters.json",
        "e/one/transcript.vtt",
        "e/one/index.html",
        "index.html",
        "feed.xml",
        manifest.KEY,
    ]
    assert place.content() == FILES


def test_files_sent_at_the_same_time_wait_for_the_phase_before(place: Place, tree: Tree) -> None:
    watched = Watched(place.open())
    watched.workers = 8
    tree.files.update({f"media/{number}.mp3": b"sound" for number in range(20)})
    run(watched, tree)
    phases = [plan.upload(key, Path(key), 0, "").phase for key in watched.order if key != manifest.KEY]
    assert phases == sorted(phases)
    assert run(place.open(), tree) == []


def test_the_second_publish_sends_and_writes_nothing(place: Place, tree: Tree) -> None:
    run(place.open(), tree)
    assert run(Mortal(place.open(), at=0), tree) == []


def test_a_changed_page_is_sent_alone(place: Place, tree: Tree) -> None:
    run(place.open(), tree)
    tree.files["index.html"] = b"<!doctype html><title>Shoe</title>"
    assert run(place.open(), tree) == ["index.html"]
    assert place.read("index.html") == tree.files["index.html"]
    assert run(place.open(), tree) == []


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"version": 99}', b'{"version": 2, "objects": [{"key": 1}]}'])
def test_without_a_manifest_all_but_media_is_sent_again(place: Place, tree: Tree, damage: bytes) -> None:
    run(place.open(), tree)
    place.write(manifest.KEY, damage)
    assert sorted(run(place.open(), tree)) == sorted(key for key in FILES if not key.startswith("media/"))
    assert run(place.open(), tree) == []


def test_media_of_another_size_is_sent_again(place: Place, tree: Tree) -> None:
    run(place.open(), tree)
    place.write("media/one-0123456789ab.mp3", b"half of it")
    assert run(place.open(), tree, thorough=True) == ["media/one-0123456789ab.mp3"]
    assert place.content() == FILES


@pytest.mark.parametrize("other", [b"short", FILES["index.html"].swapcase()], ids=["another size", "the same size"])
def test_a_page_that_someone_else_has_changed_is_repaired(place: Place, tree: Tree, other: bytes) -> None:
    run(place.open(), tree)
    place.write("index.html", other)
    assert run(place.open(), tree, thorough=True) == ["index.html"]
    assert place.content() == FILES


def test_going_back_to_the_old_text_after_a_killed_run_is_sent(place: Place, tree: Tree) -> None:
    run(place.open(), tree)
    tree.files["index.html"] = FILES["index.html"].swapcase()
    with pytest.raises(Killed):
        run(Mortal(place.open(), at=2), tree)
    tree.files["index.html"] = FILES["index.html"]
    assert run(place.open(), tree) == ["index.html"]
    assert place.content() == FILES


def test_what_others_keep_there_is_left_alone(place: Place, tree: Tree) -> None:
    run(place.open(), tree)
    place.write("e/one/of-mine.html", b"mine")
    tree.files["feed.xml"] = b"<rss>two</rss>"
    run(place.open(), tree)
    assert place.read("e/one/of-mine.html") == b"mine"
    assert run(place.open(), tree) == []


CALLS = len(FILES) + 2  # every put, and what is written down before and after


@pytest.mark.parametrize("call", range(CALLS))
def test_a_publish_that_dies_leaves_the_old_show_and_is_completed_by_the_next(
    place: Place, tree: Tree, call: int
) -> None:
    run(place.open(), tree)
    # New sound and pictures come under new names, as they carry their content's hash.
    second = {key.replace("media/", "media/two-"): content + b"<!-- two -->" for key, content in FILES.items()}
    tree.files.clear()
    tree.files.update(second)
    with pytest.raises(Killed):
        run(Mortal(place.open(), at=call), tree)

    found = place.content()
    assert all(content is not None for content in found.values())
    if found["feed.xml"] != FILES["feed.xml"]:
        assert place.content(second) == second

    run(place.open(), tree)
    assert place.content(second) == second
    assert run(place.open(), tree) == []


@pytest.mark.parametrize("call", range(CALLS))
def test_a_first_publish_that_dies_shows_no_feed_before_all_else_is_there(place: Place, tree: Tree, call: int) -> None:
    with pytest.raises(Killed):
        run(Mortal(place.open(), at=call), tree)
    found = place.content()
    assert found["feed.xml"] is None or found == FILES
    run(place.open(), tree)
    assert place.content() == FILES


def test_a_killed_run_does_not_begin_again_with_large_phases(place: Place, tree: Tree, monkeypatch: Any) -> None:
    monkeypatch.setattr(delivery, "_WORTH_NOTING", 1)
    with pytest.raises(Killed):  # begun, two media, noted, two sidecars, noted
        run(Mortal(place.open(), at=7), tree)
    assert sorted(run(place.open(), tree)) == ["e/one/index.html", "feed.xml", "index.html"]


def test_small_things_may_be_sent_again_after_a_kill_but_media_is_not(place: Place, tree: Tree) -> None:
    with pytest.raises(Killed):
        run(Mortal(place.open(), at=4), tree)
    assert not [key for key in run(place.open(), tree) if key.startswith("media/")]


def test_names_in_any_script_and_with_quotes_arrive(place: Place, tree: Tree) -> None:
    odd = {'e/çà-и-日本/it\'s "a" & b+c%20~.html': b"odd", "e/one/empty.txt": b"", "e/one/#?.txt": b"odd too"}
    tree.files.update(odd)
    run(place.open(), tree)
    assert {key: place.read(key) for key in odd} == odd
    assert run(place.open(), tree) == []


def test_progress_is_a_share_and_ends_at_the_whole(place: Place, tree: Tree) -> None:
    shares: list[float] = []
    storage = place.open()
    send(storage, plan.uploads(tree.uploads(), {}), shares.append)
    assert all(0 <= share <= 1 for share in shares)
    assert shares[-1] == pytest.approx(1)


def test_a_file_that_is_gone_stops_everything_before_it_begins(place: Place, tree: Tree) -> None:
    planned = plan.uploads(tree.uploads(), {})
    (tree.folder / "feed.xml").unlink()
    with pytest.raises(StorageError, match=r"feed\.xml.*missing or has changed"):
        send(place.open(), planned)
    assert list(place.open().listed()) == []


def test_a_file_that_has_changed_since_the_plan_is_not_sent(place: Place, tree: Tree) -> None:
    planned = plan.uploads(tree.uploads(), {})
    (tree.folder / "index.html").write_bytes(b"longer than it was" * 9)
    with pytest.raises(StorageError, match=r"index\.html.*missing or has changed"):
        send(place.open(), planned)


def test_an_interrupted_publish_ends_soon_and_sends_no_feed(place: Place, tree: Tree) -> None:
    def interrupt(share: float) -> None:
        raise KeyboardInterrupt

    storage = place.open()
    with pytest.raises(KeyboardInterrupt):
        send(storage, plan.uploads(tree.uploads(), {}), interrupt)
    assert place.read("feed.xml") is None
    assert run(place.open(), tree)[-1] == "feed.xml"


def test_what_was_sent_can_be_brought_back_as_it_was(place: Place, tree: Tree, tmp_path: Path) -> None:
    storage = place.open()
    run(storage, tree)
    for key, content in FILES.items():
        storage.fetch(key, tmp_path / "back" / key)
        assert (tmp_path / "back" / key).read_bytes() == content


def test_what_is_not_there_is_named_and_leaves_no_file(place: Place, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"(?s)no media/gone\.mp3 here.*placecast publish"):
        place.open().fetch("media/gone.mp3", tmp_path / "back" / "gone.mp3")
    assert not (tmp_path / "back" / "gone.mp3").exists()


def test_a_file_that_arrives_short_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="should have 9 bytes, and 5 arrived"):
        fetched.save(fetched.counted([b"abc", b"de"], 9, "there", "media/a.mp3"), tmp_path / "a.mp3")
    assert list(tmp_path.iterdir()) == []


def tree_of(folder: Path, sound: bytes) -> Upload:
    """One file of media, to be sent."""
    (one,) = Tree(folder=folder, files={"media/a.mp3": sound}).uploads()
    return one


class TestConditions:
    def test_what_is_there_is_not_written_over_where_nothing_was_expected(self, place: Place) -> None:
        storage = place.open()
        storage.put(plan.note("media/a.mp3", b"one"), expected=ABSENT)
        with pytest.raises(RefusedError):
            storage.put(plan.note("media/a.mp3", b"two"), expected=ABSENT)
        assert place.read("media/a.mp3") == b"one"

    def test_only_the_object_that_was_seen_is_replaced(self, place: Place) -> None:
        storage = place.open()
        first = storage.put(plan.note("feed.xml", b"one"))
        second = storage.put(plan.note("feed.xml", b"two"), expected=Expected(first.mark))
        with pytest.raises(RefusedError):
            storage.put(plan.note("feed.xml", b"three"), expected=Expected(first.mark))
        storage.put(plan.note("feed.xml", b"four"), expected=Expected(second.mark))
        assert place.read("feed.xml") == b"four"

    def test_of_many_publishers_at_once_one_succeeds(self, place: Place) -> None:
        storage = place.open()

        def put(number: int) -> bool:
            try:
                storage.put(plan.note("feed.xml", b"%d" % number), expected=ABSENT)
            except RefusedError:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(put, range(16))) == 1

    def test_facts_are_those_of_what_is_there(self, place: Place, tmp_path: Path) -> None:
        storage = place.open()
        sent = storage.put(tree_of(tmp_path, b"sound"))
        found = storage.facts("media/a.mp3")
        assert found is not None
        assert (found.size, found.mark, found.sha256) == (5, sent.mark, sent.sha256)
        assert storage.facts("media/b.mp3") is None
        assert storage.read("media/b.mp3") is None

    def test_what_is_deleted_is_gone_and_deleting_it_again_is_no_fault(self, place: Place) -> None:
        storage = place.open()
        storage.put(plan.note("e/one/a.json", b"{}"))
        storage.delete(["e/one/a.json", "e/one/never.json"])
        storage.delete(["e/one/a.json"])
        assert [there.key for there in storage.listed() if plan.is_public(there.key)] == []
