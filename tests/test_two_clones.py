"""Two producers, two clones, one bucket: nobody loses anything, and every episode stays in the feed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import feedparser
import pytest

from placecast import delivery, pipeline
from placecast.delivery import manifest
from placecast.errors import StorageError
from placecast.plan import Stored, Upload
from placecast.publishing import Built
from placecast.storage.s3 import S3Storage
from placecast.upkeep import prune, replace, rollback
from placecast.upkeep.unpublish import unpublish
from tests import sounds
from tests.listener import assert_every_promise_is_kept, feed_text, listen, publish_into
from tests.seaweed import Bucket
from tests.small_show import NOW, SmallShow, make

pytestmark = pytest.mark.s3


@pytest.fixture
def here(tmp_path: Path, bucket: Bucket) -> SmallShow:
    small = make(tmp_path / "here")
    publish_into(bucket, small.project.root)
    small.add("digbeth")
    small.publish()
    return small


def clone_of(show: SmallShow, root: Path) -> SmallShow:
    """What git gives another producer: no cache, no built tree, no recordings."""
    kept = shutil.ignore_patterns(".placecast", "feed", "*.wav", "public")
    shutil.copytree(show.project.root, root, ignore=kept)
    return SmallShow(project=type(show.project)(root=root))


def guids(bucket: Bucket) -> list[str]:
    return [entry.id for entry in feedparser.parse(feed_text(bucket)).entries]


def sent(built: Built) -> list[str]:
    return [upload.key for upload in built.uploads]


class TestTwoClones:
    def test_a_clone_without_the_others_episode_keeps_it(self, here: SmallShow, bucket: Bucket, tmp_path: Path) -> None:
        there = clone_of(here, tmp_path / "there")
        here.add("hull", published="2026-05-02T06:00:00", seed=2)
        here.publish()
        there.add("ely", published="2026-05-03T06:00:00", seed=3)
        made, built = there.publish()
        assert guids(bucket) == ["guid-of-ely", "guid-of-hull", "guid-of-digbeth"]
        assert [title for title, _ in pipeline.kept(made, built, NOW)] == ["Hull"]
        assert_every_promise_is_kept(bucket)
        home = listen(bucket, "index.html")
        assert home.status == 200
        assert b"Hull" in (there.project.feed / "index.html").read_bytes()
        assert here.publish()[0].built is not None
        assert guids(bucket) == ["guid-of-ely", "guid-of-hull", "guid-of-digbeth"]

    def test_two_clones_do_not_fight_over_the_same_show(self, here: SmallShow, bucket: Bucket, tmp_path: Path) -> None:
        there = clone_of(here, tmp_path / "there")
        here.add("hull", published="2026-05-02T06:00:00", seed=2)
        here.publish()
        _, built = there.publish()
        assert sent(built) == []

    def test_who_is_overtaken_while_sending_takes_the_other_in(
        self, here: SmallShow, bucket: Bucket, tmp_path: Path
    ) -> None:
        there = clone_of(here, tmp_path / "there")
        there.add("ely", published="2026-05-03T06:00:00", seed=3)
        here.add("hull", published="2026-05-02T06:00:00", seed=2)
        looked = pipeline.make_plan(here.run())
        there.publish()
        run = here.run()
        pipeline.produce(run, looked)

        def again(sight: delivery.Sight) -> Built:
            return pipeline.build(run, looked.show, looked.episodes, sight)

        assert looked.storage is not None
        pipeline.deliver(run, looked.storage, again(looked.sight), again)
        assert guids(bucket) == ["guid-of-ely", "guid-of-hull", "guid-of-digbeth"]
        assert any("Another publisher was faster" in note for note in here.last.notes)
        assert_every_promise_is_kept(bucket)


class TestAskedFor:
    def test_what_listeners_cannot_get_is_not_named(self, here: SmallShow, bucket: Bucket) -> None:
        bucket.client.delete_bucket_policy(Bucket=bucket.name)
        here.add("hull", published="2026-05-02T06:00:00", seed=2)
        for _ in range(2):  # the second run finds everything there, and asks all the same
            with pytest.raises(StorageError, match=r"(?s)the feed was not touched.*placecast doctor --fix"):
                here.publish()
        bucket.open_to_everyone()
        assert guids(bucket) == ["guid-of-digbeth"]
        here.publish()
        assert guids(bucket) == ["guid-of-hull", "guid-of-digbeth"]


class TestNothingToDo:
    def test_a_clone_that_has_published_asks_the_public_feed_alone(
        self, here: SmallShow, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        made, built = here.publish()
        assert made.empty
        assert built.uploads == ()

    def test_then_boto3_is_not_even_loaded(self, here: SmallShow) -> None:
        code = (
            "import sys; from placecast.cli import cli\n"
            f"cli(['publish', '-C', {str(here.project.root)!r}], standalone_mode=False)\n"
            "print('boto' in ' '.join(sys.modules))"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.splitlines()[0] == "Nothing to do: everything is published as it is here."
        assert done.stdout.splitlines()[-1] == "False"

    def test_the_answer_is_remembered_until_another_publisher_is_seen(
        self, here: SmallShow, bucket: Bucket, tmp_path: Path
    ) -> None:
        command(here, "publish")
        assert (here.project.root / ".placecast/target/unchanged.json").is_file()
        there = clone_of(here, tmp_path / "there")
        there.add("ely", published="2026-05-03T06:00:00", seed=3)
        there.publish()
        for _ in range(3):
            assert "another clone has published it" in command(here, "publish")

    def test_what_others_have_changed_is_seen(self, here: SmallShow, bucket: Bucket, tmp_path: Path) -> None:
        there = clone_of(here, tmp_path / "there")
        there.add("ely", published="2026-05-03T06:00:00", seed=3)
        there.publish()
        made, built = here.publish()
        assert made.storage is not None
        assert [title for title, _ in pipeline.kept(made, built, NOW)] == ["Ely"]

    def test_a_run_that_died_is_not_taken_for_one_that_ended(
        self, here: SmallShow, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        here.edit("digbeth", "What happened", "What really happened")

        def die(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(delivery.sending, "send", die)
            with pytest.raises(KeyboardInterrupt):
                here.publish()
        here.edit("digbeth", "What really happened", "What happened")
        made, _ = here.publish()
        assert made.storage is not None
        assert manifest.load(here_record(bucket)).runs == {}
        assert here.publish()[0].storage is None


def here_record(bucket: Bucket) -> bytes:
    import gzip

    return gzip.decompress(bucket.client.get_object(Bucket=bucket.name, Key=f"cast/{manifest.KEY}")["Body"].read())


class TestUnpublish:
    def test_the_episode_leaves_the_feed_and_a_notice_stands_in_its_place(
        self, here: SmallShow, bucket: Bucket
    ) -> None:
        here.add("hull", published="2026-05-02T06:00:00", seed=2)
        here.publish()
        sound = f"media/{next((here.project.feed / 'media').glob('hull-*.mp3')).name}"
        done = unpublish(here.run(), "hull")
        assert done.was_in_feed
        assert guids(bucket) == ["guid-of-digbeth"]
        assert b"withdrawn" in gunzipped(bucket, "e/hull/index.html")
        assert b"Hull" not in gunzipped(bucket, "index.html")
        assert listen(bucket, sound).status == 200
        assert_every_promise_is_kept(bucket)
        assert "withdrawn = " in (here.project.root / "episodes/hull/episode.md").read_text("utf-8")
        _, built = here.publish()
        assert guids(bucket) == ["guid-of-digbeth"]
        assert "feed.xml" not in sent(built)
        assert unpublish(here.run(), "hull").was_in_feed is False

    def test_a_clone_that_does_not_know_of_it_does_not_bring_it_back(
        self, here: SmallShow, bucket: Bucket, tmp_path: Path
    ) -> None:
        here.add("hull", published="2026-05-02T06:00:00", seed=2)
        here.publish()
        there = clone_of(here, tmp_path / "there")
        unpublish(here.run(), "hull")
        made, built = there.publish()
        assert guids(bucket) == ["guid-of-digbeth"]
        ((title, why),) = pipeline.kept(made, built, NOW)
        assert title == "Hull"
        assert "another clone has unpublished it" in why
        there.add("ely", published="2026-05-03T06:00:00", seed=3)
        there.publish()
        assert guids(bucket) == ["guid-of-ely", "guid-of-digbeth"]
        there.publish("hull")
        assert guids(bucket) == ["guid-of-ely", "guid-of-hull", "guid-of-digbeth"]

    def test_with_its_audio_nothing_of_it_is_left(self, here: SmallShow, bucket: Bucket) -> None:
        here.add("hull", published="2026-05-02T06:00:00", seed=2)
        here.publish()
        here.edit("hull", "What happened", "What really happened")
        here.publish()
        done = unpublish(here.run(), "hull", delete_audio=True)
        left = {key for key in bucket.listed() if "hull" in key}
        assert left == {"cast/e/hull/index.html", "cast/e/hull/player/index.html"}
        assert len(done.deleted) >= 7
        for there in bucket.listed():
            content = bucket.client.get_object(Bucket=bucket.name, Key=there)
            assert b"guid-of-hull" not in plain(content) or there.endswith("manifest.json")
        assert_every_promise_is_kept(bucket)

    def test_an_episode_that_only_the_feed_knows(self, here: SmallShow, bucket: Bucket, tmp_path: Path) -> None:
        there = clone_of(here, tmp_path / "there")
        here.add("hull", published="2026-05-02T06:00:00", seed=2)
        here.publish()
        unpublish(there.run(), "hull")
        assert guids(bucket) == ["guid-of-digbeth"]
        assert b"withdrawn" in gunzipped(bucket, "e/hull/index.html")

    def test_nothing_else_that_waits_goes_out_with_it(self, here: SmallShow, bucket: Bucket) -> None:
        here.add("hull", published="2026-05-02T06:00:00", seed=2)
        here.publish()
        here.edit("digbeth", "What happened in Digbeth", "Not to be seen yet")
        here.add("ely", published="2026-05-03T06:00:00", seed=3)
        unpublish(here.run(), "hull")
        assert guids(bucket) == ["guid-of-digbeth"]
        assert "Not to be seen yet" not in feed_text(bucket)


class TestRollback:
    def test_the_feed_before_is_published_again(self, here: SmallShow, bucket: Bucket) -> None:
        before = feed_text(bucket)
        here.now = here.now.replace(hour=10)
        here.edit("digbeth", "What happened", "A blunder")
        here.publish()
        assert "A blunder" in feed_text(bucket)
        done = rollback.rollback(here.run())
        assert feed_text(bucket) == before
        assert done.name in [each.name for each in rollback.earlier_feeds(here.run())]
        assert_every_promise_is_kept(bucket)

    def test_the_next_publish_brings_this_clones_state_again(self, here: SmallShow, bucket: Bucket) -> None:
        here.edit("digbeth", "What happened", "Something new")
        here.publish()
        for _ in range(3):  # the second learns that nothing is to do, the third knows it
            command(here, "publish")
        rollback.rollback(here.run())
        assert "Something new" not in feed_text(bucket)
        assert "Sent" in command(here, "publish")
        assert "Something new" in feed_text(bucket)

    def test_a_feed_that_names_what_is_gone_is_refused(self, here: SmallShow, bucket: Bucket) -> None:
        here.edit("digbeth", "What happened", "A blunder")
        here.publish()
        (sound,) = [key for key in bucket.listed() if key.endswith(".mp3")]
        bucket.client.delete_object(Bucket=bucket.name, Key=sound)
        now = feed_text(bucket)
        with pytest.raises(Exception, match="names what is not there any more"):
            rollback.rollback(here.run())
        assert feed_text(bucket) == now

    def test_without_an_earlier_feed_it_says_so(self, here: SmallShow) -> None:
        with pytest.raises(Exception, match="there is no earlier feed to go back to"):
            rollback.rollback(here.run())


class TestReplaceAndPrune:
    def test_new_sound_has_a_new_address_and_the_old_guid(
        self, here: SmallShow, bucket: Bucket, tmp_path: Path
    ) -> None:
        old = feedparser.parse(feed_text(bucket)).entries[0]
        sounds.save(tmp_path / "better.wav", sounds.speech(5.0, seed=9))
        done = replace.replace(here.run(), "digbeth", tmp_path / "better.wav")
        new = feedparser.parse(feed_text(bucket)).entries[0]
        assert new.id == old.id
        assert new.enclosures[0].href != old.enclosures[0].href
        assert done.old is not None
        assert listen(bucket, done.old.path).status == 200
        assert (here.project.root / "episodes/digbeth/recording.wav").is_file()
        assert_every_promise_is_kept(bucket)

    def test_a_recall_writes_over_the_old_sound(self, here: SmallShow, bucket: Bucket, tmp_path: Path) -> None:
        sounds.save(tmp_path / "better.wav", sounds.speech(5.0, seed=9))
        done = replace.replace(here.run(), "digbeth", tmp_path / "better.wav", recall=True)
        assert done.recalled
        assert done.old is not None
        assert done.new is not None
        old, new = listen(bucket, done.old.path), listen(bucket, done.new.path)
        assert old.body == new.body
        assert old.headers["cache-control"] == "public, max-age=300"
        assert here.publish()[0].empty

    def test_what_has_been_idle_for_long_is_taken_away_and_nothing_else(
        self, here: SmallShow, bucket: Bucket, tmp_path: Path
    ) -> None:
        sounds.save(tmp_path / "better.wav", sounds.speech(5.0, seed=9))
        done = replace.replace(here.run(), "digbeth", tmp_path / "better.wav")
        assert done.old is not None
        assert prune.find(here.run()).idle == ()
        here.now = here.now.replace(year=2027)
        found = prune.find(here.run())
        assert [each.key for each in found.idle if not each.key.startswith("search/")] == [done.old.path]
        prune.prune(here.run(), found)
        assert listen(bucket, done.old.path).status == 404
        assert prune.find(here.run()).idle == ()
        assert_every_promise_is_kept(bucket)
        assert here.publish()[0].empty


def command(show: SmallShow, name: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "placecast.cli", name, "-C", str(show.project.root)],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


class Dying(S3Storage):
    """A storage whose user dies before anything is taken away or sent."""

    def delete(self, keys: Sequence[str]) -> None:
        raise KeyboardInterrupt

    def put(self, upload: Upload, *rest: Any, **named: Any) -> Stored:
        if upload.key.startswith("media/"):
            raise KeyboardInterrupt
        return super().put(upload, *rest, **named)


class TestDyingInUpkeep:
    """The record never knows of something that is not there, or not as it says."""

    def test_while_pruning(self, here: SmallShow, bucket: Bucket, tmp_path: Path) -> None:
        sounds.save(tmp_path / "better.wav", sounds.speech(5.0, seed=9))
        done = replace.replace(here.run(), "digbeth", tmp_path / "better.wav")
        here.now = here.now.replace(year=2027)
        here.opened = Dying
        with pytest.raises(KeyboardInterrupt):
            prune.prune(here.run(), prune.find(here.run()))
        assert done.old is not None
        assert done.old.path not in manifest.load(here_record(bucket)).objects

    def test_while_recalling(self, here: SmallShow, bucket: Bucket, tmp_path: Path) -> None:
        sounds.save(tmp_path / "better.wav", sounds.speech(5.0, seed=9))
        old = here.project.audio("digbeth")
        replace.replace(here.run(), "digbeth", tmp_path / "better.wav")
        new = here.project.audio("digbeth")
        assert old is not None
        assert new is not None
        here.opened = Dying
        with pytest.raises(KeyboardInterrupt):
            replace._recall(here.run(), here.project.load()[0], old, new)
        assert old.path not in manifest.load(here_record(bucket)).objects


class TestPruneAfterRollback:
    def test_what_the_published_feed_names_again_is_kept(self, here: SmallShow, bucket: Bucket, tmp_path: Path) -> None:
        sounds.save(tmp_path / "better.wav", sounds.speech(5.0, seed=9))
        replace.replace(here.run(), "digbeth", tmp_path / "better.wav")
        rollback.rollback(here.run())
        here.now = here.now.replace(year=2027)
        assert [each for each in prune.find(here.run(), days=0).idle if not each.key.startswith("search/")] == []
        assert_every_promise_is_kept(bucket)


class TestBroughtBack:
    def test_what_another_clone_takes_out_in_this_moment_stays_out(
        self, here: SmallShow, bucket: Bucket, tmp_path: Path
    ) -> None:
        there = clone_of(here, tmp_path / "there")
        here.add("hull", published="2026-05-02T06:00:00", seed=2)
        here.publish()
        run = there.run()
        made = pipeline.make_plan(run)
        assert made.built is not None
        assert made.built.parcel.restored == frozenset()
        unpublish(here.run(), "hull")
        assert manifest.load(here_record(bucket)).withdrawn.keys() == {"guid-of-hull"}


def gunzipped(bucket: Bucket, path: str) -> bytes:
    import gzip

    answer = listen(bucket, path)
    return gzip.decompress(answer.body)


def plain(found: dict[str, object]) -> bytes:
    import gzip

    body: bytes = found["Body"].read()  # type: ignore[attr-defined]
    return gzip.decompress(body) if found.get("ContentEncoding") == "gzip" else body


class TestOtherSound:
    """A clone that does not know the sound which listeners have names no other, and makes none."""

    def behind(self, here: SmallShow, bucket: Bucket, tmp_path: Path) -> SmallShow:
        """A clone in the state before `here` published new sound, with its recording but not what was made of it."""
        there = clone_of(here, tmp_path / "there")
        shutil.copyfile(
            here.project.root / "episodes/digbeth/recording.wav", there.project.root / "episodes/digbeth/recording.wav"
        )
        sounds.save(tmp_path / "better.wav", sounds.speech(5.0, seed=9))
        replace.replace(here.run(), "digbeth", tmp_path / "better.wav")
        return there

    def test_an_episode_without_its_facts_stays_as_it_is(self, here: SmallShow, bucket: Bucket, tmp_path: Path) -> None:
        there = self.behind(here, bucket, tmp_path)
        (there.project.root / "episodes/digbeth/audio.json").unlink()
        before = feedparser.parse(feed_text(bucket)).entries[0].enclosures[0]
        there.add("ely", published="2026-05-03T06:00:00", seed=3)
        made, built = there.publish()
        assert any("listeners have other sound" in warning for warning in there.last.warnings)
        assert [why for title, why in pipeline.kept(made, built, NOW) if "with other sound" in why]
        assert list(pipeline.waiting(made, built, NOW)) == []
        assert not [what for what, _ in there.last.steps if "digbeth" in what]
        now = {entry.id: entry.enclosures[0] for entry in feedparser.parse(feed_text(bucket)).entries}
        assert now["guid-of-digbeth"] == before
        assert_every_promise_is_kept(bucket)

    @pytest.mark.parametrize("named", [("ely",), ()])
    def test_sound_that_was_pruned_is_not_named_again(
        self, here: SmallShow, bucket: Bucket, tmp_path: Path, named: tuple[str, ...]
    ) -> None:
        there = self.behind(here, bucket, tmp_path)
        here.now = here.now.replace(year=2027)
        prune.prune(here.run(), prune.find(here.run()))
        before = feedparser.parse(feed_text(bucket)).entries[0].enclosures[0]
        there.add("ely", published="2026-05-03T06:00:00", seed=3)
        there.publish(*named)
        now = {entry.id: entry.enclosures[0] for entry in feedparser.parse(feed_text(bucket)).entries}
        assert now["guid-of-digbeth"] == before
        assert_every_promise_is_kept(bucket)

    def test_sound_that_was_recalled_is_not_named_and_not_sent_again(
        self, here: SmallShow, bucket: Bucket, tmp_path: Path
    ) -> None:
        there = clone_of(here, tmp_path / "there")
        shutil.copytree(here.project.feed / "media", there.project.feed / "media")
        sounds.save(tmp_path / "better.wav", sounds.speech(5.0, seed=9))
        done = replace.replace(here.run(), "digbeth", tmp_path / "better.wav", recall=True)
        assert done.old is not None
        recalled = listen(bucket, done.old.path).body
        there.add("ely", published="2026-05-03T06:00:00", seed=3)
        there.publish()
        assert listen(bucket, done.old.path).body == recalled
        assert_every_promise_is_kept(bucket)
