"""The publishing guarantee: whatever happens, the feed is whole, and what a run has lost the next one finds."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placecast import delivery, plan
from placecast.delivery import OvertakenError, Parcel, Publisher, Withdrawn, history, lease, manifest
from placecast.delivery.manifest import Manifest, Record
from placecast.errors import LockedError, StorageError
from placecast.model import Progress, no_progress
from placecast.plan import FEED, Stored, Upload
from placecast.storage import Expected, Guard, MemoryStorage, RefusedError
from placecast.storage.objects import GUARDED
from tests.trees import FILES, NOW, Tree, run

CARELESS = Guard(create=False, swap="none")


class Costly(MemoryStorage):
    """Memory where listing is worth avoiding, as in a bucket; it counts its lists."""

    lists_freely = False
    lists = 0

    def listed(self, prefix: str = "") -> Any:
        self.lists += 1
        return super().listed(prefix)


class Careless(Costly):
    """A storage that ignores conditions, as some servers do."""

    def guard(self, known: Guard | None = None) -> Guard:
        return CARELESS

    def put(self, upload: Upload, progress: Progress = no_progress, expected: Expected | None = None) -> Stored:
        return super().put(upload, progress)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(folder=tmp_path / "built")


def record_in(storage: MemoryStorage) -> Manifest:
    return manifest.load(storage.files[manifest.KEY])


def publisher(storage: MemoryStorage, **changes: Any) -> Publisher:
    return Publisher(storage=storage, clone="here", now=NOW, **changes)


def parcel(tree: Tree, sight: delivery.Sight, **changes: Any) -> Parcel:
    return Parcel(uploads=plan.uploads(tree.uploads(), sight.objects), **changes)


class TestRecord:
    def test_a_bucket_is_listed_once_and_then_the_record_is_trusted(self, tree: Tree) -> None:
        storage = Costly()
        run(storage, tree)
        assert storage.lists == 1
        assert run(storage, tree) == []
        tree.files["index.html"] = b"new"
        assert run(storage, tree) == ["index.html"]
        assert storage.lists == 1

    def test_where_conditions_are_ignored_every_run_lists(self, tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(lease, "SETTLING", 0.0)
        storage = Careless()
        run(storage, tree)
        assert run(storage, tree) == []
        assert storage.lists == 2

    def test_a_run_that_died_makes_the_next_one_list_and_the_one_after_trust_again(self, tree: Tree) -> None:
        storage = Costly()
        run(storage, tree)
        storage.files[manifest.KEY] = manifest.dump(replace(record_in(storage), runs={"here": NOW}))
        storage.files["index.html"] = b"left by the run that died"
        assert run(storage, tree) == ["index.html"]
        assert record_in(storage).runs == {}
        run(storage, tree)
        assert storage.lists == 2

    def test_a_run_that_died_with_nothing_left_to_send_is_noted_as_done(self, tree: Tree) -> None:
        storage = Costly()
        run(storage, tree)
        storage.files[manifest.KEY] = manifest.dump(replace(record_in(storage), runs={"here": NOW}))
        assert run(storage, tree) == []
        assert run(storage, tree) == []
        assert storage.lists == 2

    def test_another_clones_run_counts_as_alive_for_an_hour(self, tree: Tree) -> None:
        storage = Costly()
        run(storage, tree)
        young, old = NOW - timedelta(minutes=50), NOW - timedelta(minutes=70)
        for since, left in ((young, {"there"}), (old, set())):
            storage.files[manifest.KEY] = manifest.dump(replace(record_in(storage), runs={"there": since}))
            run(storage, tree)
            assert set(record_in(storage).runs) == left

    def test_a_feed_that_the_record_does_not_know_makes_the_next_run_list(self, tree: Tree) -> None:
        storage = Costly()
        run(storage, tree)
        storage.files[FEED] = b"<rss>somebody else's</rss>"
        assert run(storage, tree) == [FEED]
        assert storage.lists == 2

    def test_what_two_have_sent_at_once_is_sent_again(self, tree: Tree) -> None:
        storage = Costly()
        run(storage, tree)
        tree.files["index.html"] = b"mine"
        sight = delivery.look(storage)

        def other(uploads: Sequence[Upload]) -> None:
            theirs = Tree(folder=tree.folder / "theirs", files=FILES | {"index.html": b"theirs"})
            assert run(storage, theirs, clone="there") == ["index.html"]

        made = parcel(tree, sight)
        delivery.send(publisher(storage, verify=other), sight, replace(made, promised=made.uploads))
        assert "index.html" not in record_in(storage).objects
        storage.files["index.html"] = b"theirs came last"
        assert run(storage, tree) == ["index.html"]
        assert storage.files["index.html"] == b"mine"

    def test_many_writers_lose_nothing(self) -> None:
        storage = MemoryStorage()

        def note(number: int) -> None:
            def withdraw(kept: Manifest) -> Manifest:
                gone = Withdrawn(slug=f"e-{number}", at=NOW)
                return replace(kept, withdrawn={**kept.withdrawn, str(number): gone})

            Record(storage).change(withdraw)

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(note, range(40)))
        assert len(record_in(storage).withdrawn) == 40

    def test_giving_up_after_many_tries_says_so(self, monkeypatch: pytest.MonkeyPatch) -> None:
        storage = MemoryStorage()
        record = Record(storage)

        def hurried(kept: Manifest) -> Manifest:
            storage.files[manifest.KEY] = storage.files.get(manifest.KEY, b"") + b" "
            return replace(kept, feed="x")

        with pytest.raises(StorageError, match=r"another publisher was faster in writing \.placecast/manifest\.json"):
            record.change(hurried)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
MOMENTS = st.datetimes(timezones=st.just(NOW.tzinfo))
KEYS = st.from_regex(r"(media|assets|e)/[a-z0-9.-]{1,20}[a-z0-9]", fullmatch=True)
COPIES = st.integers(0, 10**9).map(lambda seconds: history.copy(b"<rss/>", NOW + timedelta(seconds=seconds)).key)
OBJECTS = st.builds(
    Stored,
    key=KEYS,
    size=st.integers(0, 1 << 40),
    mark=TEXTS,
    sha256=TEXTS,
    type=TEXTS,
    cache_control=TEXTS,
    gzip=st.booleans(),
)
MANIFESTS = st.builds(
    Manifest,
    objects=st.lists(OBJECTS, max_size=4).map(lambda found: {each.key: each for each in found}),
    feed=TEXTS,
    guard=st.none() | st.builds(Guard, create=st.booleans(), swap=st.sampled_from(["quoted", "unquoted", "none"])),
    runs=st.dictionaries(TEXTS, MOMENTS, max_size=3),
    withdrawn=st.dictionaries(TEXTS, st.builds(Withdrawn, slug=TEXTS, at=MOMENTS), max_size=3),
    idle=st.dictionaries(KEYS, MOMENTS, max_size=3),
    feeds=st.lists(COPIES, max_size=3).map(tuple),
)


@given(MANIFESTS)
def test_what_is_written_down_is_read_again(kept: Manifest) -> None:
    assert manifest.load(manifest.dump(kept)) == kept


@given(st.binary(max_size=40) | MANIFESTS.map(manifest.dump).map(lambda data: data[: len(data) // 2]))
def test_a_damaged_record_remembers_nothing(data: bytes) -> None:
    assert manifest.load(data) == Manifest()


class TestFeed:
    def test_another_publishers_feed_is_not_written_over(self, tree: Tree) -> None:
        storage = MemoryStorage()
        sight = delivery.look(storage)
        run(storage, Tree(folder=tree.folder / "theirs", files=FILES | {FEED: b"<rss>theirs</rss>"}), clone="there")
        with pytest.raises(OvertakenError):
            delivery.send(publisher(storage), sight, parcel(tree, sight))
        assert storage.files[FEED] == b"<rss>theirs</rss>"

    def test_pages_alone_are_not_right_either_beside_another_feed(self, tree: Tree) -> None:
        storage = MemoryStorage()
        run(storage, tree)
        tree.files["index.html"] = b"without their episode"
        sight = delivery.look(storage)
        storage.files[FEED] = b"<rss>theirs</rss>"
        with pytest.raises(OvertakenError):
            delivery.send(publisher(storage), sight, parcel(tree, sight))

    def test_a_write_whose_answer_was_lost_has_succeeded(self, tree: Tree) -> None:
        class Lossy(MemoryStorage):
            def put(self, upload: Upload, progress: Progress = no_progress, expected: Expected | None = None) -> Stored:
                done = super().put(upload, progress, expected)
                return super().put(upload, progress, expected) if upload.key == FEED else done  # sent again

        storage = Lossy()
        assert FEED in run(storage, tree)
        assert run(storage, tree) == []

    def test_without_conditions_a_lease_keeps_two_apart(self, tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(lease, "SETTLING", 0.0)
        storage = Careless()
        sight = delivery.look(storage)
        run(storage, Tree(folder=tree.folder / "theirs", files=FILES | {FEED: b"<rss>theirs</rss>"}), clone="there")
        with pytest.raises(OvertakenError):
            delivery.send(publisher(storage), sight, parcel(tree, sight))
        assert lease.KEY not in storage.files
        assert lease.KEY in storage.order

    def test_what_fails_its_check_leaves_the_feed_as_it_was(self, tree: Tree) -> None:
        storage = MemoryStorage()
        run(storage, tree)
        tree.files.update({"media/two-0123456789ab.mp3": b"two", FEED: b"<rss>two</rss>"})

        def refuse(uploads: Sequence[Upload]) -> None:
            raise StorageError("there", "answers 403.", "Open it.")

        sight = delivery.look(storage)
        made = parcel(tree, sight)
        with pytest.raises(StorageError, match="answers 403"):
            delivery.send(publisher(storage, verify=refuse), sight, replace(made, promised=made.uploads))
        assert storage.files[FEED] == FILES[FEED]

    def test_the_last_twenty_feeds_are_kept(self, tree: Tree) -> None:
        storage = MemoryStorage()
        for number in range(25):
            tree.files[FEED] = b"<rss>%d</rss>" % number
            run(storage, tree, now=NOW + timedelta(minutes=number))
        kept = sorted(key for key in storage.files if key.startswith(history.FOLDER))
        assert [storage.files[key] for key in kept] == [b"<rss>%d</rss>" % number for number in range(4, 24)]
        assert list(record_in(storage).feeds) == kept

    def test_what_nothing_points_to_begins_to_age(self, tree: Tree) -> None:
        storage = MemoryStorage()
        run(storage, tree)
        assert record_in(storage).idle == {}
        del tree.files["media/one-0123456789ab.mp3"]
        tree.files[FEED] = b"<rss></rss>"
        later = NOW + timedelta(days=1)
        run(storage, tree, now=later)
        tree.files[FEED] = b"<rss> </rss>"
        run(storage, tree, now=later + timedelta(days=1))
        assert record_in(storage).idle == {"media/one-0123456789ab.mp3": later}

    def test_sound_under_a_name_that_belongs_to_other_content_is_refused(self, tree: Tree) -> None:
        storage = Costly()
        storage.files["media/one-0123456789ab.mp3"] = b"something else of any length"

        sight = replace(delivery.look(storage), objects={})
        with pytest.raises(StorageError, match="another file lies under the name media/one"):
            delivery.send(publisher(storage), sight, Parcel(uploads=plan.uploads(tree.uploads(), {})))
        assert storage.files["media/one-0123456789ab.mp3"] == b"something else of any length"


class Clock:
    """Time that passes when somebody waits."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def wait(self, seconds: float) -> None:
        self.seconds += seconds

    def now(self) -> float:
        return self.seconds


class TestLease:
    def test_it_is_given_back(self) -> None:
        storage, clock = MemoryStorage(), Clock()
        with lease.held(storage, clock.wait, clock.now):
            assert lease.KEY in storage.files
        assert lease.KEY not in storage.files
        assert clock.seconds == lease.SETTLING

    def test_a_dead_publishers_lease_is_taken_over_after_a_minute(self) -> None:
        storage, clock = MemoryStorage(), Clock()
        storage.files[lease.KEY] = b"of somebody who died"
        with lease.held(storage, clock.wait, clock.now):
            assert lease.DEAD <= clock.seconds < lease.DEAD + 5

    def test_one_that_keeps_changing_hands_is_waited_for_and_then_told(self) -> None:
        storage, clock = MemoryStorage(), Clock()

        def wait(seconds: float) -> None:
            clock.wait(seconds)
            storage.files[lease.KEY] = str(clock.seconds).encode()

        with pytest.raises(LockedError, match="one at a time"), lease.held(storage, wait, clock.now):
            pass
        assert clock.seconds >= lease.PATIENCE

    def test_who_was_overwritten_while_waiting_does_not_have_it(self) -> None:
        storage, clock = MemoryStorage(), Clock()
        stolen: list[float] = []

        def wait(seconds: float) -> None:
            clock.wait(seconds)
            if not stolen:
                storage.files[lease.KEY] = b"faster"
                stolen.append(clock.seconds)

        with lease.held(storage, wait, clock.now):
            assert storage.files[lease.KEY] != b"faster"
        assert clock.seconds > lease.DEAD


class Changed(MemoryStorage):
    """A storage that was moved: what the record says about its conditions is no longer so."""

    def __init__(self) -> None:
        super().__init__()
        self.understood = GUARDED

    def guard(self, known: Guard | None = None) -> Guard:
        self.understood = known or CARELESS
        return self.understood

    def put(self, upload: Upload, progress: Progress = no_progress, expected: Expected | None = None) -> Stored:
        if expected and self.understood.whole:
            raise RefusedError(upload.key)
        return super().put(upload, progress)


def test_a_storage_that_refuses_for_nothing_is_tried_out_again(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "SETTLING", 0.0)
    storage = Changed()
    storage.files[manifest.KEY] = manifest.dump(Manifest(guard=GUARDED))
    run(storage, tree)
    assert storage.files[FEED] == tree.files[FEED]
    assert record_in(storage).guard == CARELESS


@pytest.mark.parametrize("times", [1, 5])
def test_sound_that_is_refused_though_nothing_is_there_is_sent_again(tree: Tree, times: int) -> None:
    class Whimsical(MemoryStorage):
        refused = 0

        def put(self, upload: Upload, progress: Progress = no_progress, expected: Expected | None = None) -> Stored:
            if upload.immutable and self.refused < times:
                self.refused += 1
                raise RefusedError(upload.key)
            return super().put(upload, progress, expected)

    storage = Whimsical()
    if times == 1:
        assert sorted(run(storage, tree)) == sorted(tree.files)
    else:
        with pytest.raises(StorageError, match="as if something else were there"):
            run(storage, tree)


class TestBroughtBackIntoTheFeed:
    """What nothing has pointed to for long, and what is named again while somebody clears up."""

    def idle(self, tree: Tree) -> tuple[Costly, delivery.Sight, dict[str, Any]]:
        storage = Costly()
        run(storage, tree)
        (key,) = [upload.key for upload in tree.uploads() if upload.immutable][:1]
        kept = record_in(storage)
        storage.files[manifest.KEY] = manifest.dump(replace(kept, idle={key: NOW}))
        tree.files[FEED] = b"names it again"
        return storage, delivery.look(storage), {"kept": frozenset(FILES)}

    def test_it_is_kept_from_who_clears_up(self, tree: Tree) -> None:
        storage, sight, changes = self.idle(tree)
        delivery.send(publisher(storage), sight, parcel(tree, sight, **changes))
        assert record_in(storage).idle == {}

    def test_if_it_is_gone_the_feed_is_not_touched(self, tree: Tree) -> None:
        storage, sight, changes = self.idle(tree)
        del storage.files[next(iter(sight.kept.idle))]
        with pytest.raises(OvertakenError):
            delivery.send(publisher(storage), sight, parcel(tree, sight, **changes))
        assert storage.files[FEED] == FILES[FEED]


class TestTakenOut:
    """What one publisher takes out of the feed, while another one looks."""

    def test_it_is_written_down_before_the_feed_is_changed(self, tree: Tree) -> None:
        storage = Costly()
        run(storage, tree)
        sight = delivery.look(storage)
        tree.files[FEED] = b"without it"
        out = {"a guid": Withdrawn(slug="hull", at=NOW)}

        def see(_: Sequence[Upload]) -> None:
            assert delivery.look(storage).withdrawn == out

        made = parcel(tree, sight, withdrawn=out)
        delivery.send(publisher(storage, verify=see), sight, replace(made, promised=made.uploads))
        assert record_in(storage).withdrawn == out

    def test_without_conditions_notes_of_others_are_kept(self, tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(lease, "SETTLING", 0.0)
        storage = Careless()
        run(storage, tree)
        sight = delivery.look(storage)
        out = {"a guid": Withdrawn(slug="hull", at=NOW)}
        storage.files[manifest.KEY] = manifest.dump(replace(record_in(storage), withdrawn=out))
        tree.files["index.html"] = b"new"
        delivery.send(publisher(storage), sight, parcel(tree, sight))
        assert record_in(storage).withdrawn == out
