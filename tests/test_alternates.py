"""The small Ogg Opus file beside the MP3: in the folder, the feed, on the page and for those who publish again."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import lxml.html
import numpy as np
import pytest
from lxml import etree
from mutagen.oggopus import OggOpus
from numpy.typing import NDArray

from placecast import audio, pipeline, rss
from placecast.errors import AudioError, FactsError
from placecast.media_types import media_type
from placecast.model import Alternate, Mastering
from placecast.tags import write_comments
from placecast.upkeep import prune, rollback
from placecast.upkeep import replace as replacing
from placecast.upkeep.unpublish import unpublish
from tests import feeds, sounds
from tests.small_show import SmallShow, files_below, make, stamps_below

PODCAST = "{https://podcastindex.org/namespace/1.0}"
ADDRESS = "https://podcast.example.org/small/"
MASTERING = "[mastering]\nopus_kbps = 24\n"


def mastered(folder: Path, sound: sounds.Sound, rate: int = 48000, **settings: int) -> tuple[audio.Mastered, Path]:
    folder.mkdir(exist_ok=True)
    recording = sounds.save(folder / "talk.flac", sound, rate=rate)
    made = audio.master(recording, folder / "m.mp3", folder / "s.f32", Mastering(**settings))
    return made, folder / "m.opus"


def probed(path: Path) -> Any:
    command = ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-show_chapters", "-of", "json", str(path)]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


class TestTheFile:
    @pytest.mark.parametrize(("rate", "channels", "kbps"), [(48000, 1, 24), (44100, 1, 32), (44100, 2, 24)])
    def test_it_is_as_long_as_the_mp3_and_as_loud_as_was_asked_for(
        self, tmp_path: Path, rate: int, channels: int, kbps: int
    ) -> None:
        sound = sounds.speech(6.0, rate=rate, channels=channels)
        made, path = mastered(tmp_path, sound, rate, opus_kbps=kbps)
        heard = audio.measure(path)
        assert made.small is not None
        assert abs(heard.loudness + 16.0) <= 0.5
        assert heard.seconds == pytest.approx(made.seconds, abs=0.05)
        assert made.small.seconds == heard.seconds
        assert (made.small.loudness, made.small.true_peak) == (round(heard.loudness, 2), round(heard.true_peak, 2))
        assert path.stat().st_size < path.with_suffix(".mp3").stat().st_size / 2

    def test_it_is_the_same_sound_at_the_same_moment(self, tmp_path: Path) -> None:
        clicks = sounds.speech(6.0)
        clicks[:, 0] *= (sounds.tone(6.0, hz=0.5, peak=1.0)[:, 0] > 0) + 0.02
        _, path = mastered(tmp_path, clicks, opus_kbps=32)
        envelopes = []
        for file in (path, path.with_suffix(".mp3")):
            loud, _ = sounds.load(file)
            envelopes.append([float(abs(loud[at : at + 480, 0]).mean()) for at in range(0, 6 * 48000 - 480, 480)])
        small, mp3 = envelopes
        shifts = {
            shift: sum(a * b for a, b in zip(small[10:-10], mp3[10 + shift :], strict=False)) for shift in range(-5, 6)
        }
        assert abs(max(shifts, key=lambda shift: shifts[shift])) <= 1  # of 10 ms

    def test_nobody_who_did_not_ask_gets_one(self, tmp_path: Path) -> None:
        made, path = mastered(tmp_path, sounds.speech(4.0))
        assert made.small is None
        assert not path.exists()

    def test_asking_for_one_leaves_the_mp3_as_it_is(self, tmp_path: Path) -> None:
        _, without = mastered(tmp_path / "a", sounds.speech(4.0))
        _, beside = mastered(tmp_path / "b", sounds.speech(4.0), opus_kbps=24)
        assert without.with_suffix(".mp3").read_bytes() == beside.with_suffix(".mp3").read_bytes()

    def test_the_same_recording_gives_the_same_bytes(self, tmp_path: Path) -> None:
        files = [mastered(tmp_path / name, sounds.speech(4.0), opus_kbps=24)[1] for name in ("a", "b")]
        assert files[0].read_bytes() == files[1].read_bytes()

    def test_a_folder_without_room_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "m.opus").mkdir()
        with pytest.raises(AudioError) as caught:
            mastered(tmp_path, sounds.speech(4.0), opus_kbps=24)
        assert str(tmp_path) in str(caught.value)
        assert [each for each in tmp_path.rglob("*") if each.name.startswith(".")] == []

    @pytest.mark.ffprobe
    def test_another_reader_sees_opus_with_its_comments_and_chapters(self, tmp_path: Path) -> None:
        made, path = mastered(tmp_path, sounds.speech(4.0), opus_kbps=24)
        out = tagged(path)
        report = probed(out)
        (stream,) = report["streams"]
        assert (stream["codec_name"], stream["channels"], stream["sample_rate"]) == ("opus", 1, "48000")
        assert float(report["format"]["duration"]) == pytest.approx(made.seconds, abs=0.05)
        comments = {key.lower(): value for key, value in stream["tags"].items()}
        assert comments["title"] == "Tŷ agored — yr ail ran"
        assert comments["artist"] == feeds.SHOW.author
        assert comments["album"] == feeds.SHOW.title
        assert comments["date"] == "2026-05-01"
        found = [(float(each["start_time"]), each["tags"]["title"]) for each in report["chapters"]]
        assert found == [(0.0, "Welcome"), (1.5, "Trust & <doubt>")]

    def test_the_comments_leave_the_sound_as_it_is_and_are_the_same_each_time(self, tmp_path: Path) -> None:
        _, path = mastered(tmp_path, sounds.speech(4.0), opus_kbps=24)
        first = tagged(path).read_bytes()
        assert tagged(path).read_bytes() == first
        assert packets(path.with_name("tagged.opus")) == packets(path)
        assert OggOpus(path).tags.get("title") is None


def envelope(path: Path) -> NDArray[np.float32]:
    """How loud each 10 ms are."""
    sound, rate = sounds.load(path)
    width = rate // 100
    whole = abs(sound[: len(sound) // width * width, 0])
    return np.asarray(whole.reshape(-1, width).mean(axis=1), np.float32)


def tagged(master: Path) -> Path:
    chapters = feeds.full_episode().chapters[:2]
    episode = feeds.episode(title="Tŷ agored —\nyr ail ran", chapters=(chapters[0], replace(chapters[1], seconds=1.5)))
    out = master.with_name("tagged.opus")
    write_comments(master, out, show=feeds.SHOW, episode=episode, published=feeds.SUMMER_MORNING)
    return out


def packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as file:
        return [bytes(packet) for packet in file.demux(audio=0) if packet.size]


def small(**facts: Any) -> Alternate:
    defaults: dict[str, Any] = {
        "name": "trust-0123456789ab.opus",
        "bytes": 5_400_000,
        "seconds": 1800.0,
        "sha256": "0123456789ab" + "0" * 52,
        "loudness": -16.1,
        "true_peak": -1.5,
        "kbps": 24,
        "sri": "sha384-" + base64.b64encode(bytes(48)).decode(),
    }
    return Alternate(**{**defaults, **facts})


class TestTheFeed:
    def test_the_element_has_what_the_specification_names(self) -> None:
        release = feeds.release(feeds.episode())
        release = replace(release, audio=replace(release.audio, alternates=(small(),)))
        item = etree.fromstring(rss.render(feeds.publication(release))).find("channel/item")
        (found,) = item.findall(f"{PODCAST}alternateEnclosure")
        assert dict(found.attrib) == {
            "type": "audio/ogg",
            "length": "5400000",
            "bitrate": "24000",
            "title": "Small file (Opus)",
            "lang": "en-GB",
            "codecs": "opus",
        }
        assert [(child.tag.removeprefix(PODCAST), dict(child.attrib)) for child in found] == [
            ("source", {"uri": feeds.ADDRESS + "media/trust-0123456789ab.opus"}),
            ("integrity", {"type": "sri", "value": small().sri}),
        ]
        assert len(item.findall("enclosure")) == 1
        assert media_type(small().path) == small().type
        assert len(found.get("title")) <= 32

    def test_an_episode_without_one_says_nothing_of_it(self) -> None:
        assert b"alternateEnclosure" not in rss.render(feeds.publication(feeds.release(feeds.episode())))

    def test_what_the_feed_promises_of_it_is_read_back(self) -> None:
        release = feeds.release(feeds.episode())
        release = replace(release, audio=replace(release.audio, alternates=(small(),)))
        feed = rss.render(feeds.publication(release))
        assert rss.enclosures(feed)[feeds.ADDRESS + small().path] == (5_400_000, "audio/ogg")
        assert small().path in rss.named(feeds.SHOW, feed).keys
        assert rss.named(feeds.SHOW, feed).sound[small().path] == 5_400_000

    def test_a_torrent_of_it_is_not_taken_for_the_file(self) -> None:
        source = b'<podcast:source uri="https://example.org/a.torrent" contentType="application/x-bittorrent"/>'
        feed = (
            b'<rss xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel><item><guid>a</guid>'
            b'<podcast:alternateEnclosure type="audio/ogg" length="7">' + source + b"</podcast:alternateEnclosure>"
            b"</item></channel></rss>"
        )
        assert rss.enclosures(feed) == {}


@pytest.fixture
def show(tmp_path: Path) -> SmallShow:
    made = make(tmp_path / "show")
    with (made.project.root / "placecast.toml").open("a") as file:
        file.write(MASTERING)
    made.add("digbeth")
    return made


def without_small_files(show: SmallShow) -> None:
    facts = show.project.root / "placecast.toml"
    facts.write_text(facts.read_text("utf-8").replace(MASTERING, ""), "utf-8")


def promised(show: SmallShow) -> dict[str, str]:
    """The hash of each small file that the published feed names, by its path."""
    channel = etree.fromstring((show.target / "feed.xml").read_bytes()).find("channel")
    found = channel.findall(f"item/{PODCAST}alternateEnclosure")
    return {
        each.find(f"{PODCAST}source").get("uri").removeprefix(ADDRESS): each.find(f"{PODCAST}integrity").get("value")
        for each in found
    }


def small_of(show: SmallShow) -> Alternate:
    facts = show.project.audio("digbeth")
    assert facts is not None
    (found,) = facts.alternates
    return found


class TestPublishing:
    def test_the_published_bytes_are_those_that_the_feed_vouches_for(self, show: SmallShow) -> None:
        show.publish()
        ((path, sri),) = promised(show).items()
        content = (show.target / path).read_bytes()
        algorithm, _, value = sri.partition("-")
        assert algorithm == "sha384"
        assert base64.b64decode(value) == hashlib.sha384(content).digest()
        facts = small_of(show)
        assert (facts.path, facts.bytes) == (path, len(content))
        assert path == f"media/digbeth-{hashlib.sha256(content).hexdigest()[:12]}.opus"
        with av.open(str(show.target / path)) as file:
            assert file.streams.audio[0].codec_context.name in ("opus", "libopus")
        assert OggOpus(show.target / path)["title"] == ["Digbeth"]

    def test_it_is_sent_before_the_feed(self, show: SmallShow) -> None:
        _, built = show.publish()
        keys = [upload.key for upload in built.uploads]
        assert keys.index(small_of(show).path) < keys.index("feed.xml")

    def test_the_page_offers_it_with_its_size(self, show: SmallShow) -> None:
        show.publish()
        page = lxml.html.fromstring((show.target / "e/digbeth/index.html").read_text("utf-8"))
        (link,) = page.xpath('//a[@download and contains(@href, ".opus")]')
        assert link.get("href") == f"../../{small_of(show).path}"
        item = link.getparent().text_content()
        assert "Opus" in item
        assert "kB" in item

    def test_a_second_run_does_nothing(self, show: SmallShow) -> None:
        show.publish()
        before = stamps_below(show.target)
        assert show.publish()[0].empty
        assert stamps_below(show.target) == before

    def test_a_setting_that_changes_later_changes_no_episode(self, show: SmallShow) -> None:
        show.publish()
        before = promised(show)
        without_small_files(show)
        show.publish()
        assert show.last.steps == []
        assert promised(show) == before

    def test_an_episode_without_one_stays_so_until_it_is_asked_for(self, show: SmallShow) -> None:
        without_small_files(show)
        show.publish()
        facts = show.project.root / "placecast.toml"
        facts.write_text(facts.read_text("utf-8") + MASTERING, "utf-8")
        mp3 = show.project.audio("digbeth")
        assert show.publish()[0].empty
        assert promised(show) == {}
        show.publish(redo=frozenset({"master"}))
        again = show.project.audio("digbeth")
        assert list(promised(show)) == [small_of(show).path]
        assert mp3 is not None
        assert again is not None
        assert again.path == mp3.path  # nobody downloads the episode again

    def test_a_clone_without_any_sound_keeps_it_in_the_feed(self, show: SmallShow, tmp_path: Path) -> None:
        show.publish()
        before = files_below(show.target)
        there = make(tmp_path / "there", target=f'folder = "{show.target.as_posix()}"')
        for name in ("episodes", "transcripts"):
            kept = shutil.ignore_patterns("*.wav")
            shutil.copytree(show.project.root / name, there.project.root / name, ignore=kept)
        made, built = there.publish()
        assert (made.steps, built.uploads) == ((), ())
        assert files_below(show.target) == before

    def test_facts_from_before_there_were_small_files_are_read(self, show: SmallShow) -> None:
        without_small_files(show)
        show.publish()
        path = show.project.audio_file("digbeth")
        facts = json.loads(path.read_text("utf-8"))
        del facts["alternates"], facts["made_from"]["mastering"]["opus_kbps"]
        path.write_text(json.dumps(facts), "utf-8")
        assert show.publish()[0].empty

    def test_a_name_that_leads_elsewhere_is_refused(self, show: SmallShow) -> None:
        show.publish()
        path = show.project.audio_file("digbeth")
        facts = json.loads(path.read_text("utf-8"))
        facts["alternates"][0]["name"] = "../../secret"
        path.write_text(json.dumps(facts), "utf-8")
        with pytest.raises(FactsError, match="secret"):
            show.project.audio("digbeth")

    def test_a_small_file_that_is_nowhere_is_not_promised(self, show: SmallShow) -> None:
        show.publish()
        for folder in (show.target, show.project.feed):
            (folder / small_of(show).path).unlink()
        run = replace(show.run(), thorough=True)
        pipeline.publish(run, (), frozenset())
        assert promised(show) == {}


class TestUpkeep:
    def test_new_sound_brings_a_new_one_and_a_recall_overwrites_both(self, show: SmallShow, tmp_path: Path) -> None:
        show.publish()
        old = small_of(show)
        sounds.save(tmp_path / "better.wav", sounds.speech(5.0, seed=9))
        done = replacing.replace(show.run(), "digbeth", tmp_path / "better.wav", recall=True)
        new = small_of(show)
        assert done.recalled
        assert new.path != old.path
        assert list(promised(show)) == [new.path]
        assert (show.target / old.path).read_bytes() == (show.target / new.path).read_bytes()
        assert show.publish()[0].empty

    def test_a_recall_takes_away_what_has_no_new_version(self, show: SmallShow, tmp_path: Path) -> None:
        show.publish()
        old = small_of(show)
        without_small_files(show)
        sounds.save(tmp_path / "better.wav", sounds.speech(5.0, seed=9))
        replacing.replace(show.run(), "digbeth", tmp_path / "better.wav", recall=True)
        assert not (show.target / old.path).exists()
        assert show.publish()[0].empty

    def test_what_nothing_points_to_for_long_is_cleared_up_with_its_mp3(self, show: SmallShow, tmp_path: Path) -> None:
        show.publish()
        old = show.project.audio("digbeth")
        sounds.save(tmp_path / "better.wav", sounds.speech(5.0, seed=9))
        replacing.replace(show.run(), "digbeth", tmp_path / "better.wav")
        show.now = show.now.replace(year=2027)
        assert old is not None
        idle = {each.key for each in prune.find(show.run()).idle if not each.key.startswith("search/")}
        assert idle == {each.path for each in old.files}

    def test_an_episode_that_is_taken_out_takes_it_along(self, show: SmallShow) -> None:
        show.publish()
        path = small_of(show).path
        unpublish(show.run(), "digbeth", delete_audio=True)
        assert not (show.target / path).exists()

    def test_an_earlier_feed_brings_it_back(self, show: SmallShow, tmp_path: Path) -> None:
        show.publish()
        before = promised(show)
        sounds.save(tmp_path / "better.wav", sounds.speech(5.0, seed=9))
        replacing.replace(show.run(), "digbeth", tmp_path / "better.wav")
        rollback.rollback(show.run())
        assert promised(show) == before
