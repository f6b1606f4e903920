"""The second server is as different from SeaweedFS as tests rely on."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.seaweed import Bucket

pytestmark = pytest.mark.s3


class TestJuiceFS:
    def test_objects_are_kept_as_they_are_sent(self, unconditional_bucket: Bucket) -> None:
        client, at = unconditional_bucket.client, {"Bucket": unconditional_bucket.name, "Key": "e/a.mp3"}
        client.put_object(**at, Body=b"sound", ContentType="audio/mpeg", Metadata={"sha256": "abc"})
        head = client.head_object(**at)
        assert (head["ContentLength"], head["ContentType"], head["Metadata"]) == (5, "audio/mpeg", {"sha256": "abc"})
        assert unconditional_bucket.listed() == {"e/a.mp3"}

    def test_it_writes_whatever_the_condition(self, unconditional_bucket: Bucket) -> None:
        client, at = unconditional_bucket.client, {"Bucket": unconditional_bucket.name, "Key": "feed.xml"}
        for body, condition in ((b"1", "IfNoneMatch"), (b"2", "IfNoneMatch"), (b"3", "IfMatch")):
            client.put_object(**at, Body=body, **{condition: "*" if condition == "IfNoneMatch" else '"stale"'})
        assert client.get_object(**at)["Body"].read() == b"3"

    def test_everybody_may_read_when_the_policy_says_so(self, unconditional_bucket: Bucket) -> None:
        unconditional_bucket.client.put_object(Bucket=unconditional_bucket.name, Key="feed.xml", Body=b"<rss/>")
        assert unconditional_bucket.ask("feed.xml").status == 403
        unconditional_bucket.open_to_everyone()
        assert unconditional_bucket.ask("feed.xml").body == b"<rss/>"

    def test_it_looks_at_who_asks(self, unconditional_bucket: Bucket) -> None:
        assert unconditional_bucket.ask("", "PUT").status == 403
        with pytest.raises(ClientError, match="NoSuchBucket"):
            unconditional_bucket.client.list_objects_v2(Bucket="nobody-has-this")
