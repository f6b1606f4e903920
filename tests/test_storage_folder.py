"""What only a folder does: files as they are, never half of one, and never over a show's own."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from placecast.delivery import manifest
from placecast.errors import StorageError
from placecast.model import FolderTarget
from placecast.storage import open_storage
from tests.trees import FILES, Tree, run


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(folder=tmp_path / "built")


@pytest.fixture
def public(tmp_path: Path) -> Path:
    return tmp_path / "public"


def test_files_are_there_as_they_are_and_readable_by_a_web_server(public: Path, tree: Tree) -> None:
    run(open_storage(FolderTarget(folder=public)), tree)
    found = {path.relative_to(public).as_posix(): path.read_bytes() for path in public.rglob("*") if path.is_file()}
    assert found.pop(manifest.KEY)
    assert found.pop(".placecast/lock") == b""
    assert found == FILES
    mask = os.umask(0)
    os.umask(mask)
    assert {(public / key).stat().st_mode & 0o777 for key in FILES} == {0o664 & ~mask}


def test_a_visitor_sees_the_old_file_until_the_new_one_is_whole(public: Path, tree: Tree) -> None:
    storage = open_storage(FolderTarget(folder=public))
    run(storage, tree)
    tree.files["feed.xml"] = b"<rss>two</rss>" * 300_000
    new = next(upload for upload in tree.uploads() if upload.key == "feed.xml")
    seen: list[bytes] = []
    storage.put(new, lambda _: seen.append((public / "feed.xml").read_bytes()))
    assert len(seen) > 3
    assert set(seen[:-1]) == {FILES["feed.xml"]}
    assert seen[-1] == tree.files["feed.xml"]


def test_what_a_killed_run_has_left_is_overwritten(public: Path, tree: Tree) -> None:
    public.mkdir()
    (public / ".feed.xml.placecast-half").write_bytes(b"<rss>on")
    storage = open_storage(FolderTarget(folder=public))
    assert list(storage.listed()) == []
    run(storage, tree)
    assert not list(public.rglob("*placecast-half"))


def test_a_full_disk_is_told_and_leaves_the_old_file(public: Path, tree: Tree) -> None:
    resource = pytest.importorskip("resource", reason="no limits on the size of files here")
    storage = open_storage(FolderTarget(folder=public))
    run(storage, tree)
    tree.files["feed.xml"] = b"<rss>two</rss>" * 100_000
    new = next(upload for upload in tree.uploads() if upload.key == "feed.xml")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        with pytest.raises(StorageError, match=r"the folder .*public: there is no room left"):
            storage.put(new)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (public / "feed.xml").read_bytes() == FILES["feed.xml"]
    assert not list(public.rglob("*placecast-half"))


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (errno.EACCES, "may not write there"),
        (errno.EROFS, "may not write there"),
        (errno.EDQUOT, "no room left"),
        (errno.EIO, "the system says: Input/output error"),
    ],
)
def test_what_the_system_refuses_is_a_sentence(
    public: Path, tree: Tree, monkeypatch: pytest.MonkeyPatch, code: int, sentence: str
) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(StorageError, match=sentence):
        run(open_storage(FolderTarget(folder=public)), tree)
    assert [path.name for path in public.rglob("*") if path.is_file()] == ["lock"]


def test_a_file_is_no_folder(public: Path) -> None:
    public.write_bytes(b"")
    with pytest.raises(StorageError, match="this is a file"):
        open_storage(FolderTarget(folder=public))


@pytest.mark.parametrize("inside", [".", "feed", "feed/deeper", "episodes", "transcripts/x", ".placecast", "x/../feed"])
def test_a_show_is_not_published_over_its_own_files(tmp_path: Path, inside: str) -> None:
    (tmp_path / "placecast.toml").write_text("")
    (tmp_path / "x").mkdir()
    with pytest.raises(StorageError, match="a show's own files"):
        open_storage(FolderTarget(folder=tmp_path / inside))


def test_a_folder_of_its_own_in_the_show_is_welcome(tmp_path: Path) -> None:
    (tmp_path / "placecast.toml").write_text("")
    assert list(open_storage(FolderTarget(folder=tmp_path / "public")).listed()) == []


def test_boto3_is_not_loaded_for_a_folder(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from placecast.model import FolderTarget; from placecast.storage import open_storage;"
        f"list(open_storage(FolderTarget(folder=pathlib.Path({str(tmp_path)!r}))).listed());"
        "sys.exit('boto3' in sys.modules or 'botocore' in sys.modules)"
    )
    assert os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", code]) == 0


def test_a_link_that_leads_out_of_the_folder_is_not_followed(public: Path, tree: Tree, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    public.mkdir()
    (public / "media").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageError, match="leads out of this folder"):
        run(open_storage(FolderTarget(folder=public)), tree)
    assert list((tmp_path / "elsewhere").iterdir()) == []
