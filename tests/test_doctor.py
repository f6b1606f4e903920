"""`placecast doctor` on a real S3 server: what is wrong is found, and --fix mends what it says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from placecast import doctor
from placecast.doctor import Finding, difference, rules, settings
from placecast.doctor import bucket as doctor_bucket
from placecast.errors import StorageError, UsageError
from placecast.fingerprint import sha256
from placecast.model import S3Target
from placecast.plan import Stored, upload
from placecast.storage.patience import Patience
from tests import faults
from tests.listener import publish_into
from tests.seaweed import ACCESS_KEY, LEAST, LEAST_KEY, READER_KEY, WRITER_KEY, Bucket, least_without
from tests.small_show import SmallShow, make

FEED = "cast/feed.xml"
VTT = "cast/e/digbeth/transcript.vtt"
ORDER = ("fault", "warning", "fine")


@pytest.fixture
def show(tmp_path: Path, bucket: Bucket) -> SmallShow:
    """A show in a bucket that everybody may read, notes of ours included."""
    small = make(tmp_path / "show", now=datetime.now(UTC))
    publish_into(bucket, small.project.root)
    small.add("digbeth")
    return small


@pytest.fixture
def published(show: SmallShow, bucket: Bucket) -> SmallShow:
    """The same, published, and its bucket as the doctor wants it."""
    show.publish()
    bucket.client.delete_bucket_policy(Bucket=bucket.name)
    doctor.mend(show.run())
    return show


def quick() -> Patience:
    return Patience(wait=lambda _: None)


def examined(show: SmallShow) -> tuple[Finding, ...]:
    return doctor.examine(show.run(), quick())


def wrong(found: Sequence[Finding]) -> list[Finding]:
    """What is not fine; that a server of this machine has no HTTPS is."""
    bad = [each for each in found if each.severity != "fine" and each.code != "https"]
    assert all(each.why and each.cure for each in bad)
    return bad


def about(found: Sequence[Finding], code: str) -> list[Finding]:
    return [each for each in found if each.code == code]


def only(found: Sequence[Finding]) -> Finding:
    (one,) = found
    return one


def policy_of(bucket: Bucket) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(bucket.client.get_bucket_policy(Bucket=bucket.name)["Policy"])
    return found


@contextmanager
def keys(monkeypatch: pytest.MonkeyPatch, name: str) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", name)
    yield
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)


@contextmanager
def behind(show: SmallShow, bucket: Bucket, plan: faults.FaultPlan) -> Iterator[None]:
    """The storage as the publisher meets it has these faults; listeners go past them."""
    path = show.project.root / "placecast.toml"
    text = path.read_text("utf-8")
    with faults.proxy(bucket.server.endpoint, plan, seed=1) as proxy:
        path.write_text(
            text.replace(f'endpoint = "{bucket.server.endpoint}"', f'endpoint = "{proxy.endpoint}"'), "utf-8"
        )
        yield
    path.write_text(text, "utf-8")


def unknown(*parameters: str, status: int = 501, code: str = "NotImplemented") -> faults.FaultPlan:
    """A server that does not know these parts of S3."""
    fault = faults.Answer(status=status, code=code)
    return faults.FaultPlan(
        name="unknown", fault=fault, on=lambda request: re.split("[=&]", request.query)[0] in parameters
    )


@pytest.mark.s3
class TestOnABucket:
    def test_nothing_is_wrong_with_a_show_that_was_published_and_mended(self, published: SmallShow) -> None:
        found = examined(published)
        assert wrong(found) == []
        assert [each.severity for each in found] == sorted((each.severity for each in found), key=ORDER.index)

    def test_nothing_is_left_behind(self, published: SmallShow, bucket: Bucket) -> None:
        before = bucket.listed()
        examined(published)
        assert bucket.listed() == before
        assert "Uploads" not in bucket.client.list_multipart_uploads(Bucket=bucket.name)

    def test_a_show_that_is_not_published_yet_is_told_so(self, show: SmallShow) -> None:
        found = examined(show)
        assert "Nothing is published yet" in only(about(found, "dangling")).what
        assert {each.code for each in wrong(found)} == {"cors-rules"}

    def test_a_missing_bucket_is_all_that_is_said(self, show: SmallShow) -> None:
        path = show.project.root / "placecast.toml"
        path.write_text(re.sub(r'bucket = "[^"]+"', 'bucket = "not-there"', path.read_text("utf-8")), "utf-8")
        found = only(examined(show))
        assert (found.code, found.severity) == ("bucket", "fault")
        assert "there is no bucket not-there" in found.what

    def test_an_unknown_key_is_all_that_is_said(self, show: SmallShow, monkeypatch: pytest.MonkeyPatch) -> None:
        with keys(monkeypatch, "nobody"):
            assert "does not know the access key" in only(examined(show)).what

    def test_the_rights_that_a_reader_lacks_are_named(
        self, published: SmallShow, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with keys(monkeypatch, READER_KEY):
            told = " ".join(each.what for each in about(examined(published), "right"))
        assert set(re.findall(r"s3:\w+", told)) == {"s3:PutObject", "s3:DeleteObject"}

    def test_a_key_that_may_not_list_reaches_nothing(
        self, published: SmallShow, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with keys(monkeypatch, WRITER_KEY):
            assert "s3:ListBucket" in only(examined(published)).what

    def test_a_right_that_a_policy_denies_is_named(self, published: SmallShow, bucket: Bucket) -> None:
        deny = {"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject"}
        policy = policy_of(bucket)
        policy["Statement"].append(deny | {"Resource": f"arn:aws:s3:::{bucket.name}/*"})
        bucket.client.put_bucket_policy(Bucket=bucket.name, Policy=json.dumps(policy))
        found = only(wrong(examined(published)))
        assert (found.code, found.severity) == ("right", "fault")
        assert "s3:DeleteObject" in found.what

    @pytest.mark.parametrize(
        ("method", "parameter", "right"),
        [
            ("GET", "uploads", "s3:ListBucketMultipartUploads"),
            ("GET", "uploadId", "s3:ListMultipartUploadParts"),
            ("DELETE", "uploadId", "s3:AbortMultipartUpload"),
        ],
    )
    def test_a_right_on_uploads_in_parts_that_is_lacking_is_named(
        self, published: SmallShow, bucket: Bucket, method: str, parameter: str, right: str
    ) -> None:
        """SeaweedFS takes these for parts of other rights, so a proxy refuses them."""
        plan = faults.FaultPlan(
            name="refused",
            fault=faults.Answer(status=403, code="AccessDenied"),
            on=lambda request: request.method == method and parameter in re.split("[=&]", request.query),
        )
        with behind(published, bucket, plan):
            assert [right in each.what for each in about(wrong(examined(published)), "right")] == [True]

    @pytest.mark.parametrize(
        ("minutes", "code", "said"),
        [(4, "", ""), (10, "clock", "10 minutes ahead"), (-10, "clock", "10 minutes behind"), (20, "clock-far", "20")],
    )
    def test_a_clock_that_is_off_is_told(self, published: SmallShow, minutes: int, code: str, said: str) -> None:
        published.now = datetime.now(UTC) + timedelta(minutes=minutes)
        bad = wrong(examined(published))
        assert [each.code for each in bad] == ([code] if code else [])
        assert all(said in each.what for each in bad)

    def test_uploads_that_were_given_up_are_found_and_ended(self, published: SmallShow, bucket: Bucket) -> None:
        bucket.client.create_multipart_upload(Bucket=bucket.name, Key="cast/media/lost.mp3")
        assert wrong(examined(published)) == []  # it may still be under way
        published.now = datetime.now(UTC) + timedelta(days=2)
        assert "1 large file" in only(about(examined(published), "unfinished")).what
        doctor.mend(published.run())
        assert "Uploads" not in bucket.client.list_multipart_uploads(Bucket=bucket.name)

    def test_a_closed_bucket_is_opened_by_fix_for_what_is_public_alone(self, show: SmallShow, bucket: Bucket) -> None:
        show.publish()
        bucket.client.delete_bucket_policy(Bucket=bucket.name)
        assert all("doctor --fix" in each.cure for each in about(wrong(examined(show)), "promise"))
        done = doctor.mend(show.run())
        assert [each.severity for each in done] == ["fine"] * 3
        assert wrong(examined(show)) == []
        assert bucket.ask(FEED).status == 200
        assert bucket.ask("cast/.placecast/manifest.json").status == 403

    def test_a_bucket_that_is_open_altogether_is_warned_of(self, show: SmallShow) -> None:
        show.publish()
        assert only(about(wrong(examined(show)), "private")).severity == "warning"

    def test_fix_keeps_what_others_have_set_and_does_nothing_the_second_time(
        self, published: SmallShow, bucket: Bucket
    ) -> None:
        theirs = {"ID": "theirs", "AllowedOrigins": ["https://cms.example"], "AllowedMethods": ["PUT"]}
        statement = {"Sid": "Theirs", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
        statement["Resource"] = f"arn:aws:s3:::{bucket.name}/other/*"
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        bucket.client.put_bucket_cors(Bucket=bucket.name, CORSConfiguration={"CORSRules": [theirs]})
        bucket.client.put_bucket_policy(Bucket=bucket.name, Policy=json.dumps(policy))
        done = doctor.mend(published.run())
        assert sum("1 of others were kept" in each.what for each in done) == 2
        assert [each["Sid"] for each in policy_of(bucket)["Statement"]] == ["Theirs", rules.SID]
        kept = bucket.client.get_bucket_cors(Bucket=bucket.name)["CORSRules"]
        assert [rule["ID"] for rule in kept] == [rules.RULE, "theirs"]
        assert sum("right already" in each.what for each in doctor.mend(published.run())) == 2
        assert wrong(examined(published)) == []

    def test_cors_rules_for_one_page_alone_are_found_and_mended(self, published: SmallShow, bucket: Bucket) -> None:
        rule = {"AllowedOrigins": ["https://one.example"], "AllowedMethods": ["GET"]}
        bucket.client.put_bucket_cors(Bucket=bucket.name, CORSConfiguration={"CORSRules": [rule]})
        assert {each.code for each in wrong(examined(published))} == {"cors", "cors-rules"}
        doctor.mend(published.run())
        assert wrong(examined(published)) == []

    def test_an_outdated_statement_of_ours_is_found_and_renewed(self, published: SmallShow, bucket: Bucket) -> None:
        policy = policy_of(bucket)
        policy["Statement"][0]["Resource"].append(f"arn:aws:s3:::{bucket.name}/cast/old/*")
        bucket.client.put_bucket_policy(Bucket=bucket.name, Policy=json.dumps(policy))
        assert rules.SID in only(wrong(examined(published))).what
        doctor.mend(published.run())
        assert wrong(examined(published)) == []

    def test_what_the_feed_names_and_the_bucket_lacks_is_a_fault(self, published: SmallShow, bucket: Bucket) -> None:
        bucket.client.delete_object(Bucket=bucket.name, Key=VTT)
        bad = wrong(examined(published))
        assert {(each.code, each.severity) for each in bad} == {("dangling", "fault"), ("promise", "fault")}
        assert all("e/digbeth/transcript.vtt" in each.what for each in bad)

    def test_what_somebody_else_wrote_is_told(self, published: SmallShow, bucket: Bucket) -> None:
        bucket.client.put_object(Bucket=bucket.name, Key=VTT, Body=b"WEBVTT", ContentType="text/plain")
        bad = wrong(examined(published))
        assert {each.code for each in bad} == {"altered", "promise"}
        assert "served as text/plain, not as text/vtt" in only(about(bad, "promise")).what

    def test_what_nobody_knows_is_told_and_no_fault(self, published: SmallShow, bucket: Bucket) -> None:
        for key in ("cast/e/stray/transcript.vtt", "cast/notes.docx"):
            bucket.client.put_object(Bucket=bucket.name, Key=key, Body=b"x")
        found = examined(published)
        assert wrong(found) == []
        assert [each.what for each in about(found, "unknown")] == [
            "In the public tree, but not in the record: e/stray/transcript.vtt.",
            "Not placecast's: notes.docx.",
        ]

    def test_what_this_clone_would_send_is_told(self, published: SmallShow) -> None:
        assert about(examined(published), "unsent") == []
        published.edit("digbeth", 'title = "Digbeth"', 'title = "Deritend"')
        assert "This clone would send: e/digbeth/" in only(about(examined(published), "unsent")).what

    def test_a_clone_that_cannot_be_built_is_told_and_the_rest_is_examined(self, published: SmallShow) -> None:
        published.project.transcript_file("digbeth").write_text("no transcript", "utf-8")
        found = examined(published)
        assert "transcripts/digbeth.vtt" in only(wrong(found)).what
        assert about(found, "promise")

    def test_a_feed_that_is_none_is_a_fault(self, published: SmallShow, bucket: Bucket) -> None:
        bucket.client.put_object(Bucket=bucket.name, Key=FEED, Body=b"<html/>")
        assert ("feed", "fault") in {(each.code, each.severity) for each in wrong(examined(published))}

    def test_a_feed_that_is_kept_for_a_day_is_warned_of(self, published: SmallShow, bucket: Bucket) -> None:
        bucket.client.copy_object(
            Bucket=bucket.name,
            Key=FEED,
            CopySource=f"{bucket.name}/{FEED}",
            MetadataDirective="REPLACE",
            ContentType="application/rss+xml; charset=utf-8",
            CacheControl="max-age=86400",
        )
        assert "cache-feed" in {each.code for each in wrong(examined(published))}

    @pytest.mark.parametrize(
        ("status", "code"), [(501, "NotImplemented"), (405, "MethodNotAllowed"), (409, "Conflict")]
    )
    def test_storage_without_these_settings_is_told_so_and_no_more(
        self, published: SmallShow, bucket: Bucket, status: int, code: str
    ) -> None:
        with behind(published, bucket, unknown("cors", "policy", status=status, code=code)):
            assert wrong(examined(published)) == []
            done = doctor.mend(published.run(), quick())
        assert [each.severity for each in done] == ["warning", "warning", "fine"]
        assert all("provider's panel" in each.cure for each in done[:2])

    def test_storage_that_lists_no_uploads_is_told_so_and_no_more(self, published: SmallShow, bucket: Bucket) -> None:
        with behind(published, bucket, unknown("uploads")):
            found = examined(published)
        assert "does not list" in only(about(found, "unfinished")).what
        assert about(wrong(found), "right") == []

    def test_storage_that_ignores_conditions_is_warned_of(self, published: SmallShow, bucket: Bucket) -> None:
        with behind(published, bucket, faults.plan("conditions-ignored")):
            assert "ignores or refuses" in only(about(wrong(examined(published)), "conditions")).what

    def test_etags_that_must_not_be_quoted_are_fine(self, published: SmallShow, bucket: Bucket) -> None:
        with behind(published, bucket, faults.plan("only-unquoted")):
            assert "not quoted" in only(about(examined(published), "conditions")).what

    def test_a_key_that_may_not_set_rules_is_told_which_right_it_lacks(
        self, published: SmallShow, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bucket.client.delete_bucket_cors(Bucket=bucket.name)
        bucket.client.delete_bucket_policy(Bucket=bucket.name)
        with keys(monkeypatch, READER_KEY):
            done = doctor.mend(published.run(), quick())
        assert [each.severity for each in done] == ["warning", "warning", "fine"]
        assert ["s3:PutBucketCORS" in done[0].what, "s3:PutBucketPolicy" in done[1].what] == [True, True]


@pytest.fixture
def least(tmp_path: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallShow]:
    """A show in the one bucket that LEAST_KEY may do something to."""
    own = replace(bucket, name=LEAST.bucket)
    own.client.create_bucket(Bucket=own.name)
    own.client.put_object(Bucket=own.name, Key="other/diary.txt", Body=b"not for the publisher")
    small = make(tmp_path / "show", now=datetime.now(UTC))
    publish_into(own, small.project.root)
    own.client.delete_bucket_policy(Bucket=own.name)  # it would let this key read everything
    doctor.mend(small.run())
    small.add("digbeth")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", LEAST_KEY)
    yield small
    for key in own.listed():
        own.client.delete_object(Bucket=own.name, Key=key)
    own.client.delete_bucket(Bucket=own.name)


@pytest.mark.s3
class TestTheKeysPolicy:
    def test_it_is_enough_for_publishing_and_for_the_doctor(self, least: SmallShow, bucket: Bucket) -> None:
        least.publish()
        bucket.client.delete_bucket_policy(Bucket=LEAST.bucket)
        bucket.client.delete_bucket_cors(Bucket=LEAST.bucket)
        assert [each.severity for each in doctor.mend(least.run())] == ["fine"] * 3
        assert wrong(examined(least)) == []
        least.edit("digbeth", 'title = "Digbeth"', 'title = "Deritend"')
        least.publish()
        assert wrong(examined(least)) == []

    @pytest.mark.parametrize("action", ["s3:PutObject", "s3:GetObject", "s3:DeleteObject"])
    def test_without_one_of_its_rights_the_doctor_names_that_one(
        self, least: SmallShow, monkeypatch: pytest.MonkeyPatch, action: str
    ) -> None:
        least.publish()
        with keys(monkeypatch, least_without(action)):
            told = " ".join(each.what for each in about(wrong(examined(least)), "right"))
        assert action in re.findall(r"s3:\w+", told)

    def test_it_opens_nothing_beside_the_show(self, least: SmallShow, bucket: Bucket) -> None:
        from placecast.storage.s3_client import open_client

        client = open_client(replace(LEAST, endpoint=bucket.server.endpoint))
        for attempt in (
            lambda: client.get_object(Bucket=LEAST.bucket, Key="other/diary.txt"),
            lambda: client.put_object(Bucket=LEAST.bucket, Key="other/diary.txt", Body=b""),
            lambda: client.delete_object(Bucket=LEAST.bucket, Key="other/diary.txt"),
            lambda: client.list_objects_v2(Bucket=LEAST.bucket, Prefix="other/"),
            lambda: client.list_objects_v2(Bucket=LEAST.bucket),
            lambda: client.delete_bucket(Bucket=LEAST.bucket),
        ):
            with pytest.raises(ClientError, match="AccessDenied"):
                attempt()


def test_the_keys_policy_has_no_condition_without_a_prefix_and_the_partition_of_its_region() -> None:
    policy = rules.key_policy(S3Target(bucket="b", region="cn-north-1"))
    assert "Condition" not in policy["Statement"][0]
    assert policy["Statement"][2]["Resource"] == ["arn:aws-cn:s3:::b/*"]


def test_what_is_public_is_a_list_that_leaves_our_notes_out() -> None:
    resources = rules.public_read(S3Target(bucket="b", prefix="cast/"))["Resource"]
    assert "arn:aws:s3:::b/cast/feed.xml" in resources
    assert "arn:aws:s3:::b/cast/media/*" in resources
    assert not any(each.endswith(("cast/*", "/*.xml")) for each in resources)


def test_a_policy_with_a_single_statement_keeps_it() -> None:
    target = S3Target(bucket="b")
    merged = json.loads(rules.with_public_read(target, '{"Version": "2008-10-17", "Statement": {"Sid": "one"}}'))
    assert merged["Version"] == "2008-10-17"
    assert [each["Sid"] for each in merged["Statement"]] == ["one", rules.SID]


def test_public_access_that_amazon_blocks_is_told_with_the_way_out() -> None:
    error = StorageError("s3://b/", "the key lacks a right: s3:PutBucketPolicy.", "Give it that.")
    error.__cause__ = ClientError({"Error": {"Code": "AccessDenied"}}, "PutBucketPolicy")
    found = settings._refused(S3Target(bucket="b"), "the bucket's policy", "s3:PutBucketPolicy", error)
    assert "Block public access" in found.cure
    elsewhere = S3Target(bucket="b", endpoint="https://s3.example.org")
    assert "Amazon" not in settings._refused(elsewhere, "the bucket's policy", "s3:PutBucketPolicy", error).cure


def test_storage_that_does_not_tell_the_time_is_no_fault() -> None:
    found = doctor_bucket._clock(datetime.now(UTC), {"ResponseMetadata": {"HTTPHeaders": {}}})
    assert found.severity == "fine"


def test_a_folder_without_a_web_server_is_examined_as_far_as_it_goes(tmp_path: Path) -> None:
    small = make(tmp_path / "show")
    path = small.project.root / "placecast.toml"
    path.write_text(path.read_text("utf-8").replace("podcast.example.org", "podcast.invalid"), "utf-8")
    small.add("digbeth")
    small.publish()
    found = examined(small)
    assert [each for each in found if each.severity != "fine"] == []
    assert "not looked at" in only(about(found, "address")).what
    (small.target / "e/digbeth/transcript.vtt").unlink()
    assert "e/digbeth/transcript.vtt" in only(wrong(examined(small))).what
    with pytest.raises(UsageError, match="neither a policy nor CORS"):
        doctor.mend(small.run())


def there(key: str, mark: str = "1") -> Stored:
    return Stored(key=key, size=1, mark=mark, sha256=sha256(key.encode()))


def compared(
    named: Sequence[str] = (),
    remembered: Sequence[Stored] = (),
    listed: Sequence[Stored] = (),
    local: Sequence[str] = (),
) -> list[tuple[str, str]]:
    uploads = [upload(key, key.encode(), 1, sha256(key.encode())) for key in local]
    by_key = [{each.key: each for each in objects} for objects in (remembered, listed)]
    return [(each.code, each.what) for each in difference.compare(named, *by_key, uploads) if "All" not in each.what]


def test_three_accounts_that_agree_differ_in_nothing() -> None:
    page = there("e/a/index.html")
    assert compared(["e/a/index.html"], [page], [page]) == []


def test_each_way_in_which_they_differ_has_its_own_finding() -> None:
    assert compared(["e/a/x.vtt"]) == [("dangling", "The feed names what is not there: e/a/x.vtt.")]
    assert compared([], [there("e/a/x.vtt")])[0][0] == "altered"
    assert compared([], [there("e/a/x.vtt", "1")], [there("e/a/x.vtt", "2")])[0][0] == "altered"
    assert compared([], [], [there("notes.txt")]) == [("unknown", "Not placecast's: notes.txt.")]
    assert compared([], [], [], ["robots.txt"])[0][0] == "unsent"
    assert compared([], [], [there(".placecast/manifest.json")]) == []
