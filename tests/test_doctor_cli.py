"""`placecast doctor` as a producer types it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from placecast import cli
from tests.seaweed import Bucket
from tests.small_show import SmallShow, make

S3 = 'bucket = "a-bucket"\nprefix = "cast"'
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def placecast(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["placecast", *arguments])
        code = 0
        try:
            cli.main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        out, err = capfd.readouterr()
        return code, out, err

    return run


@pytest.fixture
def show(tmp_path: Path) -> SmallShow:
    """A show in a folder, published; nobody serves the folder."""
    small = make(tmp_path / "show")
    path = small.project.root / "placecast.toml"
    path.write_text(path.read_text("utf-8").replace("podcast.example.org", "podcast.invalid"), "utf-8")
    small.add("digbeth")
    small.publish()
    return small


def test_a_sound_show_ends_with_0_and_says_what_was_looked_at(show: SmallShow, placecast: Command) -> None:
    code, out, _ = placecast("doctor", "-C", str(show.project.root))
    assert (code, out.splitlines()[-1]) == (0, "Nothing is wrong.")
    assert "fine dangling: All" in out


def test_quiet_says_only_what_needs_a_person(show: SmallShow, placecast: Command) -> None:
    assert placecast("doctor", "-q", "-C", str(show.project.root)) == (0, "", "")


def test_a_fault_ends_with_4_and_its_cure(show: SmallShow, placecast: Command) -> None:
    (show.target / "e/digbeth/transcript.vtt").unlink()
    code, out, _ = placecast("doctor", "-q", "-C", str(show.project.root))
    assert code == 4
    assert out.splitlines()[0] == "fault dangling: The feed names what is not there: e/digbeth/transcript.vtt."
    assert "placecast publish" in out


def test_json_has_every_finding_with_its_parts(show: SmallShow, placecast: Command) -> None:
    (show.target / "e/digbeth/transcript.vtt").unlink()
    code, out, _ = placecast("doctor", "--json", "-C", str(show.project.root))
    result = json.loads(out.splitlines()[-1])
    assert (code, result["event"], result["mended"]) == (4, "result", [])
    assert result["findings"][0]["code"] == "dangling"
    assert all(set(each) == {"code", "severity", "what", "why", "cure"} for each in result["findings"])


def test_fix_on_a_folder_is_refused(show: SmallShow, placecast: Command) -> None:
    code, _, err = placecast("doctor", "--fix", "-C", str(show.project.root))
    assert code == 2
    assert "neither a policy nor CORS rules" in err


def test_the_keys_policy_is_printed_as_json_and_nobody_is_asked(tmp_path: Path, placecast: Command) -> None:
    make(tmp_path / "show", target=S3)
    code, out, err = placecast("doctor", "--policy", "-C", str(tmp_path / "show"))
    assert (code, err) == (0, "")
    statements = {each["Sid"]: each for each in json.loads(out)["Statement"]}
    assert statements["PlacecastList"]["Condition"] == {"StringLike": {"s3:prefix": ["cast/*"]}}
    assert statements["PlacecastPublish"]["Resource"] == ["arn:aws:s3:::a-bucket/cast/*"]
    assert {action for each in statements.values() for action in each["Action"]} == {
        *("s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
        *("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"),
        *("s3:GetBucketCORS", "s3:PutBucketCORS", "s3:GetBucketPolicy", "s3:PutBucketPolicy"),
    }


@pytest.mark.s3
def test_fix_mends_a_bucket_and_says_what_it_did(tmp_path: Path, bucket: Bucket, placecast: Command) -> None:
    target = f'bucket = "{bucket.name}"\nendpoint = "{bucket.server.endpoint}"'
    make(tmp_path / "show", target=target)
    code, out, _ = placecast("doctor", "--fix", "-C", str(tmp_path / "show"))
    assert code == 0
    assert out.splitlines()[:3] == [
        "fine fix: The CORS rule PlacecastPlayers was set.",
        "fine fix: The statement PlacecastPublicRead was put into the bucket's policy.",
        "fine fix: Unfinished uploads that were ended: 0.",
    ]
    assert bucket.listed() == set()
