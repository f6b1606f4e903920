"""Many episodes are transcribed, here or on a cluster: one that fails stops no other, and nothing is written twice."""

from __future__ import annotations

import os
import pickle
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import dask
import pytest
from distributed import Client, LocalCluster

from placecast import backlog, jobs
from placecast.backlog import Report, transcribe_all
from placecast.errors import (
    AudioError,
    EngineError,
    FactsError,
    Fault,
    LockedError,
    PlacecastError,
    StorageError,
    UsageError,
)
from placecast.model import FolderTarget, Progress, Transcription
from placecast.transcribe.listening import Request
from tests.engines import ALWAYS_DIES, DIES_ONCE, FAILS, LOADER, SLOW, ByLanguage
from tests.listener import publish_into
from tests.seaweed import Bucket
from tests.small_show import Recorder, SmallShow, make


class Watching(Recorder):
    """Remembers the shares as well."""

    shares: list[float]

    @contextmanager
    def step(self, what: str, reason: str) -> Iterator[Progress]:
        self.shares = []
        with super().step(what, reason):
            yield self.shares.append


@pytest.fixture
def show(tmp_path: Path) -> SmallShow:
    small = make(tmp_path / "show", engine=ByLanguage(tmp_path / "engine"))
    (tmp_path / "engine").mkdir()
    settings = f'[transcription]\nmodel = "fake"\nweights = "{(tmp_path / "engine").as_posix()}"\n'
    with (small.project.root / "placecast.toml").open("a") as file:
        file.write(settings)
    return small


def add(show: SmallShow, slug: str, *, language: str = "", seconds: float = 4.0, published: str = "") -> None:
    show.add(slug, seconds=seconds, published=published)
    if language:
        show.edit(slug, "[[chapters]]", f'language = "{language}"\n[[chapters]]')


def run(show: SmallShow, *slugs: str, cluster: str | None = None, redo: bool = False) -> Report:
    return transcribe_all(show.run(), slugs, cluster=cluster, redo=redo, loader=LOADER)


def watched(show: SmallShow, reporter: Watching, cluster: str | None = None) -> Report:
    return transcribe_all(replace(show.run(), reporter=reporter), cluster=cluster, loader=LOADER)


def transcripts(show: SmallShow) -> set[str]:
    return {path.stem for path in (show.project.root / "transcripts").glob("*.vtt")}


def test_one_that_fails_does_not_stop_the_others(show: SmallShow) -> None:
    add(show, "bangor", language=FAILS)
    add(show, "digbeth")
    folder = show.add("grimsby", published="")
    (folder / "recording.wav").write_bytes(b"RIFF and nothing else")
    add(show, "hull")
    report = run(show)
    assert report.done == ["digbeth", "hull"]
    assert transcripts(show) == {"digbeth", "hull"}
    assert [(each.slug, each.error.exit_code) for each in report.failures] == [("bangor", 3), ("grimsby", 1)]
    assert "this one does not hear Welsh" in str(report.failures[0].error)
    assert report.exit_code == 3
    assert not (show.project.work_folder("digbeth")).exists()


def test_a_second_run_does_nothing(show: SmallShow) -> None:
    add(show, "digbeth")
    assert run(show).exit_code == 0
    report = run(show)
    assert report.done == []
    assert report.untouched == {"digbeth": "its transcript is there"}
    assert show.last.steps == []
    assert run(show, "digbeth", redo=True).done == ["digbeth"]


def test_only_the_named_ones_are_transcribed_and_a_wrong_name_is_told_first(show: SmallShow) -> None:
    add(show, "digbeth")
    add(show, "hull")
    with pytest.raises(UsageError, match="grimsby"):
        run(show, "digbeth", "grimsby")
    assert run(show, "hull").done == ["hull"]
    assert transcripts(show) == {"hull"}


def test_a_transcript_that_a_person_wrote_is_kept(show: SmallShow) -> None:
    add(show, "digbeth")
    run(show)
    path = show.project.transcript_file("digbeth")
    path.write_text(path.read_text("utf-8").replace("real", "true"), "utf-8")
    edited = path.read_text("utf-8")
    assert run(show).done == []
    assert run(show, "digbeth", redo=True).done == ["digbeth"]
    assert path.read_text("utf-8") == edited


def test_a_damaged_record_is_the_failure_of_its_episode(show: SmallShow) -> None:
    add(show, "digbeth")
    run(show)
    show.project.record_file("digbeth").write_text("{}")
    add(show, "hull")
    report = run(show)
    assert [each.slug for each in report.failures] == ["digbeth"]
    assert report.done == ["hull"]


def test_a_missing_engine_is_told_once_and_as_itself(show: SmallShow) -> None:
    add(show, "digbeth")
    add(show, "hull")

    def missing(transcription: Transcription) -> ByLanguage:
        raise EngineError("openai-whisper", "is not installed.", "cure")

    with pytest.raises(EngineError, match="is not installed"):
        transcribe_all(replace(show.run(), load_engine=missing))


def test_progress_goes_by_the_length_of_the_sound(show: SmallShow) -> None:
    add(show, "bangor", seconds=4)
    add(show, "hull", seconds=12)
    add(show, "lille", language=FAILS, seconds=4)
    watching = Watching()
    watched(show, watching)
    assert watching.steps == [("transcribe 3 episodes", "20 seconds of sound")]
    assert watching.shares == sorted(watching.shares)
    assert 0.2 in [round(share, 3) for share in watching.shares]
    assert watching.shares[-1] == 1.0


class Interrupted(ByLanguage):
    """Stopped by Ctrl-C when it has heard so many chunks."""

    def __init__(self, folder: Path, after: int) -> None:
        super().__init__(folder)
        self.left = after

    def hear(self, chunks, **options):  # type: ignore[no-untyped-def]
        if chunks and self.left == 0:
            raise KeyboardInterrupt
        self.left -= bool(chunks)
        return super().hear(chunks, **options)


def test_a_stopped_run_keeps_finished_episodes_and_finished_chunks(show: SmallShow, tmp_path: Path) -> None:
    add(show, "bangor")
    add(show, "hull", seconds=100)
    show.engine = Interrupted(tmp_path, after=3)
    with pytest.raises(KeyboardInterrupt):
        run(show)
    assert transcripts(show) == {"bangor"}
    show.engine = Interrupted(tmp_path, after=100)
    assert run(show).done == ["hull"]
    heard_again = 100 - show.engine.left
    show.engine = Interrupted(tmp_path, after=100)
    run(show, "hull", redo=True)
    assert heard_again == 100 - show.engine.left - 2, "of the first run's three chunks two were of this episode"


def test_where_the_recording_is_gone_the_published_file_is_fetched(show: SmallShow) -> None:
    forget(show, "digbeth")
    assert run(show).done == ["digbeth"]
    assert list((show.project.feed / "media").glob("digbeth-*.mp3"))


def test_without_any_sound_the_cure_is_told(show: SmallShow) -> None:
    forget(show, "digbeth")
    shutil.rmtree(show.target / "media")
    add(show, "hull")
    (show.project.root / "episodes/hull/recording.wav").unlink()
    report = run(show)
    assert [(each.slug, each.error.exit_code) for each in report.failures] == [("digbeth", 4), ("hull", 1)]


def test_a_published_file_that_was_changed_is_not_believed(show: SmallShow) -> None:
    forget(show, "digbeth")
    (media,) = (show.target / "media").glob("digbeth-*.mp3")
    media.write_bytes(media.read_bytes()[:-1] + b"x")
    (failure,) = run(show).failures
    assert "not the file that was published" in str(failure.error)
    assert not list((show.project.feed / "media").glob("digbeth-*.mp3"))


def forget(show: SmallShow, slug: str) -> None:
    """Published, and then the recording, the media and the transcript are gone from this machine."""
    add(show, slug, published="2026-05-01T06:00:00")
    show.publish()
    (show.project.root / "episodes" / slug / "recording.wav").unlink()
    shutil.rmtree(show.project.feed / "media")
    shutil.rmtree(show.project.root / "transcripts")


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    """A real scheduler and two worker processes, on this machine alone; work is given up at its second death."""
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0") as local,
    ):
        yield local


def loads(show: SmallShow) -> int:
    return len(list((show.project.root.parent / "engine").glob("loaded-*")))


def test_workers_transcribe_what_they_find_on_a_shared_disk(show: SmallShow, cluster: LocalCluster) -> None:
    for slug in ("bangor", "digbeth", "hull", "kendal"):
        add(show, slug)
    add(show, "cardiff", language=FAILS)
    report = run(show, cluster=cluster.scheduler_address)
    assert sorted(report.done) == ["bangor", "digbeth", "hull", "kendal"]
    assert [(each.slug, each.error.exit_code) for each in report.failures] == [("cardiff", 3)]
    assert "this one does not hear Welsh" in str(report.failures[0].error)
    assert loads(show) <= 2, "once in each process"
    there = {slug: show.project.record(slug) for slug in report.done}
    texts = {slug: show.project.transcript_file(slug).read_bytes() for slug in report.done}
    for slug in report.done:
        assert run(show, slug, redo=True).done == [slug]
        assert show.project.record(slug) == there[slug], "the same as if it was heard here"
        assert show.project.transcript_file(slug).read_bytes() == texts[slug]


def test_workers_take_the_sound_from_the_folder_that_is_published(show: SmallShow, cluster: LocalCluster) -> None:
    forget(show, "digbeth")
    assert run(show, cluster=cluster.scheduler_address).done == ["digbeth"]
    assert not (show.project.feed / "media").exists(), "nothing was brought to this machine"
    record = show.project.record("digbeth")
    audio = show.project.audio("digbeth")
    assert record is not None
    assert audio is not None
    assert record.recording == audio.made_from.recording


@pytest.mark.s3
def test_workers_take_the_sound_from_a_bucket_with_keys_of_their_own(
    show: SmallShow, cluster: LocalCluster, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_into(bucket, show.project.root)
    forget(show, "digbeth")
    keys = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    (failure,) = run(show, cluster=cluster.scheduler_address).failures
    assert isinstance(failure.error, StorageError)
    assert "no keys were found" in str(failure.error)
    with Client(cluster) as client:
        client.run(lend, keys)
    assert run(show, cluster=cluster.scheduler_address).done == ["digbeth"]


def lend(keys: dict[str, str]) -> None:
    os.environ.update(keys)


def test_work_whose_worker_dies_is_done_by_another_and_given_up_if_that_dies_too(
    show: SmallShow, cluster: LocalCluster
) -> None:
    add(show, "digbeth")
    add(show, "lille", language=DIES_ONCE)
    add(show, "ulm", language=ALWAYS_DIES)
    report = run(show, cluster=cluster.scheduler_address)
    assert "lille" in report.done
    assert "digbeth" in report.done
    (failure,) = report.failures
    assert failure.slug == "ulm"
    assert "every worker that took it on died" in str(failure.error)
    assert transcripts(show) == {"digbeth", "lille"}


class Author(Watching):
    """A person who writes a transcript while the cluster is at it."""

    path: Path

    def tell(self, text: str) -> None:
        super().tell(text)
        if text == "digbeth: transcribed":
            self.path.write_text("WEBVTT\n\n00:00.000 --> 00:01.000\nBy hand.\n", "utf-8")


def test_a_transcript_that_appears_in_the_meantime_is_kept(show: SmallShow, cluster: LocalCluster) -> None:
    add(show, "digbeth")
    add(show, "venlo", language=SLOW, seconds=70)
    author = Author()
    author.path = show.project.transcript_file("venlo")
    report = watched(show, author, cluster.scheduler_address)
    assert report.done == ["digbeth"]
    assert "kept" in report.untouched["venlo"]
    assert "By hand." in author.path.read_text("utf-8")
    assert not show.project.record_file("venlo").exists()


def test_progress_comes_back_from_the_workers_while_they_hear(show: SmallShow, cluster: LocalCluster) -> None:
    add(show, "venlo", language=SLOW, seconds=100)
    watching = Watching()
    assert watched(show, watching, cluster.scheduler_address).done == ["venlo"]
    assert watching.shares == sorted(watching.shares)
    assert len([share for share in watching.shares if 0.1 < share < 0.9]) >= 2
    assert watching.shares[-1] == 1.0


class Impatient(Watching):
    """A person who stops the run when the first transcript is there."""

    def tell(self, text: str) -> None:
        if text == "digbeth: transcribed":
            raise KeyboardInterrupt


def test_stopping_a_run_on_a_cluster_keeps_what_is_finished(show: SmallShow, cluster: LocalCluster) -> None:
    add(show, "digbeth")
    add(show, "venlo", language=SLOW, seconds=70)
    with pytest.raises(KeyboardInterrupt):
        watched(show, Impatient(), cluster.scheduler_address)
    assert transcripts(show) == {"digbeth"}
    assert run(show, cluster=cluster.scheduler_address).done == ["venlo"]


def test_another_version_of_placecast_on_a_worker_is_told_before_anything_is_sent(
    show: SmallShow, cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(show, "digbeth")
    monkeypatch.setattr(backlog, "__version__", "99.0")
    with pytest.raises(EngineError, match=r"(?s)has placecast .*this machine has 99\.0.*==99\.0"):
        run(show, cluster=cluster.scheduler_address)
    assert loads(show) == 0


def test_a_worker_without_placecast_is_told(
    show: SmallShow, cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(show, "digbeth")
    with Client(cluster) as client:
        client.wait_for_workers(2)
        client.run(hide_placecast)
        try:
            with pytest.raises(EngineError, match=r"(?s)has no placecast.*pip install"):
                run(show, cluster=cluster.scheduler_address)
        finally:
            client.run(show_placecast)


def hide_placecast() -> None:
    sys.modules["hidden"] = sys.modules.pop("placecast", None)  # type: ignore[assignment]
    sys.modules["placecast"] = None  # type: ignore[assignment]


def show_placecast() -> None:
    del sys.modules["placecast"]
    if hidden := sys.modules.pop("hidden", None):
        sys.modules["placecast"] = hidden


def test_a_cluster_without_workers_is_told(show: SmallShow, monkeypatch: pytest.MonkeyPatch) -> None:
    add(show, "digbeth")
    monkeypatch.setattr("placecast.cluster._PATIENCE", 1.0)
    with LocalCluster(n_workers=0, processes=True, dashboard_address="127.0.0.1:0") as local:
        address = local.scheduler_address
        with pytest.raises(EngineError, match=r"(?s)no workers.*dask worker"):
            run(show, cluster=address)


@pytest.mark.parametrize("address", ["127.0.0.1:9", "tcp://127.0.0.1:9", "nonsense://here", "not an address"])
def test_where_no_scheduler_answers_the_address_is_named(
    show: SmallShow, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(show, "digbeth")
    monkeypatch.setattr("placecast.cluster._PATIENCE", 0.5)
    with pytest.raises(EngineError, match=r"(?s)no dask scheduler answers here") as caught:
        run(show, cluster=address)
    assert address in str(caught.value)


def test_without_dask_the_extra_is_named(show: SmallShow, monkeypatch: pytest.MonkeyPatch) -> None:
    add(show, "digbeth")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(EngineError, match=r'pip install "placecast\[cluster\]"'):
        run(show, cluster="tcp://127.0.0.1:9")


def job(folder: Path, stored: jobs.StoredSound | None) -> jobs.Job:
    return jobs.Job(
        slug="digbeth",
        recording=folder / "elsewhere.wav",
        sha256="0" * 64,
        stored=stored,
        target=FolderTarget(folder=folder / "public"),
        transcription=Transcription(weights=folder),
        request=Request(language="en-GB"),
        loader=LOADER,
    )


def test_a_worker_that_finds_no_sound_says_so(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.wav").write_bytes(b"another recording of the same name")
    with pytest.raises(AudioError, match=r"(?s)not on the worker.*Publish the episode first"):
        jobs.work(job(tmp_path, None))


def test_a_worker_does_not_hear_another_file_than_the_published_one(tmp_path: Path) -> None:
    (tmp_path / "public" / "media").mkdir(parents=True)
    (tmp_path / "public" / "media" / "a.mp3").write_bytes(b"abc")
    with pytest.raises(StorageError, match="not the file that was published"):
        jobs.work(job(tmp_path, jobs.StoredSound(key="media/a.mp3", bytes=3, sha256="0" * 64)))


@pytest.mark.parametrize(
    "error",
    [
        *(kind("here", "is wrong.", "Mend it.") for kind in (PlacecastError, EngineError, StorageError, LockedError)),
        FactsError([Fault(file="a", what="b", cure="c"), Fault(file="d", key="e", what="f", cure="g")]),
    ],
)
def test_errors_come_back_from_other_machines_as_they_were(error: PlacecastError) -> None:
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is type(error)
    assert (str(back), back.faults, back.exit_code) == (str(error), error.faults, error.exit_code)
