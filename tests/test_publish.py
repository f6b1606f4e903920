"""From a recording to what listeners get, with real sound and a real folder; only the model is a stand-in."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlparse

import feedparser
import numpy as np
import pytest
from filelock import FileLock

from placecast import pipeline
from placecast.errors import AudioError, FactsError, LockedError, UsageError
from placecast.timecode import long_clock
from placecast.transcribe import FakeEngine
from tests import sounds
from tests.small_show import NOW, SmallShow, files_below, make, stamps_below


@pytest.fixture
def show(tmp_path: Path) -> SmallShow:
    small = make(tmp_path / "show")
    small.add("digbeth")
    return small


@pytest.fixture
def published(show: SmallShow) -> SmallShow:
    show.publish()
    return show


def feed_of(show: SmallShow) -> feedparser.FeedParserDict:
    return feedparser.parse((show.target / "feed.xml").read_bytes())


def assert_whole(show: SmallShow) -> None:
    """Every address in the published feed is a file in the target, of the promised length."""
    text = (show.target / "feed.xml").read_text("utf-8")
    addresses = set(re.findall(r'(?:url|href)="(https://podcast\.example\.org/small/[^"]*)"', text))
    assert addresses
    for address in addresses:
        path = show.target / urlparse(address).path.removeprefix("/small/")
        assert (path / "index.html" if path.is_dir() else path).is_file(), address
    for entry in feed_of(show).entries:
        (enclosure,) = entry.enclosures
        file = show.target / urlparse(enclosure.href).path.removeprefix("/small/")
        assert file.stat().st_size == int(enclosure.length)


def test_one_command_makes_everything_that_the_feed_promises(show: SmallShow) -> None:
    show.publish()
    assert [what for what, _ in show.last.steps] == [
        "master digbeth",
        "transcribe digbeth",
        "tag digbeth",
        "build feed and pages",
        f"upload to the folder {show.target}",
    ]
    assert_whole(show)
    assert [entry.id for entry in feed_of(show).entries] == ["guid-of-digbeth"]
    assert (show.project.root / "transcripts" / "digbeth.vtt").read_text("utf-8").startswith("WEBVTT")
    assert not (show.project.cache / "work" / "digbeth").exists()


def test_a_second_run_does_nothing_and_touches_nothing(published: SmallShow) -> None:
    before = stamps_below(published.project.root)
    made, _ = published.publish()
    assert made.empty
    assert published.last.steps == []
    after = stamps_below(published.project.root)
    assert {path for path in after if after[path] != before.get(path)} <= {".placecast/lock"}
    assert before.keys() == after.keys()


def test_retitling_renders_feed_and_pages_and_neither_transcribes_nor_encodes_again(published: SmallShow) -> None:
    audio = (published.project.root / "episodes" / "digbeth" / "audio.json").read_bytes()
    published.edit("digbeth", 'title = "Digbeth"', 'title = "Digbeth after dark"')
    _, built = published.publish()
    (build, _), (upload, _) = published.last.steps
    assert build == "build feed and pages"
    assert {"e/digbeth/index.html", "feed.xml"} <= set(built.changed.written)
    assert upload.startswith("upload")
    assert feed_of(published).entries[0].title == "Digbeth after dark"
    assert (published.project.root / "episodes" / "digbeth" / "audio.json").read_bytes() == audio
    assert_whole(published)


def test_a_changed_recording_gets_a_new_address_and_keeps_its_guid(published: SmallShow) -> None:
    old = feed_of(published).entries[0]
    sounds.save(published.project.root / "episodes/digbeth/recording.wav", sounds.speech(5.0, seed=7))
    published.publish(allow_changes=True)
    new = feed_of(published).entries[0]
    assert ("master digbeth", "the recording has changed") in published.last.steps
    assert new.id == old.id
    assert new.published == old.published
    assert new.enclosures[0].href != old.enclosures[0].href
    assert_whole(published)
    old_file = published.target / urlparse(old.enclosures[0].href).path.removeprefix("/small/")
    assert old_file.is_file(), "apps still hold the old address"


def test_apps_get_captions_cut_from_the_words_of_an_edited_transcript(published: SmallShow) -> None:
    heard = published.project.record("digbeth")
    assert heard is not None
    path = published.project.root / "transcripts" / "digbeth.vtt"
    path.write_text(path.read_text("utf-8").replace("real", "very real"), "utf-8")
    published.publish()
    srt = (published.target / "e/digbeth/transcript.srt").read_text("utf-8")
    assert "very real" in " ".join(srt.split())
    assert f"{long_clock(heard.words[0].start, separator=',')} --> " in srt


def test_an_edited_transcript_is_published_and_survives_every_later_run(published: SmallShow) -> None:
    path = published.project.root / "transcripts" / "digbeth.vtt"
    edited = path.read_text("utf-8").replace("real", "really real")
    path.write_text(edited, "utf-8")
    published.publish()
    assert "really real" in (published.target / "e/digbeth/index.html").read_text("utf-8")
    published.publish(redo=frozenset({"transcribe"}))
    assert path.read_text("utf-8") == edited
    assert published.last.asked == [], "the machine hears what it heard before: there is nothing to ask"
    sounds.save(published.project.root / "episodes/digbeth/recording.wav", sounds.speech(5.0, seed=7))
    published.publish(allow_changes=True)
    assert path.read_text("utf-8") == edited


@pytest.mark.parametrize("answer", [None, False, True])
def test_a_second_hearing_never_takes_a_persons_words_and_takes_others_only_when_told(
    published: SmallShow, answer: bool | None
) -> None:
    path = published.project.transcript_file("digbeth")
    edited = path.read_text("utf-8").replace("not real", "really real")
    path.write_text(edited, "utf-8")
    heard = published.project.record_file("digbeth").read_bytes()
    published.engine = FakeEngine("These words are not so real. They sit where somebody speaks. Nobody has said them.")
    published.answer = answer
    published.publish(redo=frozenset({"transcribe"}))
    assert any("yours  really" in line for line in published.last.asked)
    assert any("new    sit" in line for line in published.last.asked)
    now = path.read_text("utf-8")
    assert "really real" in now
    assert ("They sit" in now) is (answer is True)
    assert (now == edited) is (answer is not True)
    assert (published.project.record_file("digbeth").read_bytes() == heard) is (answer is None)
    assert any("in a terminal" in text for text in published.last.warnings) is (answer is None)


def test_hearing_an_episode_again_gives_a_persons_own_transcript_its_times(show: SmallShow) -> None:
    path = show.project.transcript_file("digbeth")
    path.parent.mkdir(exist_ok=True)
    path.write_text("WEBVTT\n\n00:00.000 --> 00:03.500\nThese words are surely real.\n", "utf-8")
    show.publish()
    mine = path.read_text("utf-8")
    assert show.project.record("digbeth") is None
    show.publish(redo=frozenset({"transcribe"}))
    assert path.read_text("utf-8") == mine
    assert show.project.record("digbeth") is not None
    assert show.project.edited("digbeth")


def test_an_episode_of_the_future_stays_out_until_its_moment(show: SmallShow) -> None:
    show.add("grimsby", published="2026-06-01T12:00:00")  # 11:00 UTC: the show's clock is on summer time
    made, built = show.publish()
    assert [episode.slug for episode, _ in pipeline.waiting(made, built, show.now)] == ["grimsby"]
    assert "grimsby" not in "".join(files_below(show.target))
    show.now = NOW + timedelta(hours=1, minutes=29)
    assert show.publish()[0].empty
    show.now = NOW + timedelta(hours=1, minutes=30)
    show.publish()
    assert [entry.id for entry in feed_of(show).entries] == ["guid-of-grimsby", "guid-of-digbeth"]
    assert not any(what.startswith(("master", "transcribe")) for what, _ in show.last.steps)
    assert_whole(show)


def test_a_postponed_episode_stays_in_the_feed_until_somebody_takes_it_out(published: SmallShow) -> None:
    published.edit("digbeth", "published = 2026-05-01T06:00:00", "published = 2027-05-01T06:00:00")
    made, built = published.publish()
    assert (published.project.feed / "e/digbeth/index.html").is_file()
    assert [entry.id for entry in feed_of(published).entries] == ["guid-of-digbeth"]
    ((title, why),) = pipeline.kept(made, built, NOW)
    assert title == "Digbeth"
    assert "placecast unpublish digbeth" in why


def test_a_draft_waits_until_it_is_named_and_then_keeps_its_date(published: SmallShow) -> None:
    published.add("bangor", published="")
    assert published.publish()[0].empty
    published.publish("bangor")
    first = feed_of(published).entries[0]
    assert first.id == "guid-of-bangor"
    assert first.published == "Mon, 01 Jun 2026 09:30:00 +0000"
    published.now += timedelta(days=3)
    assert published.publish("bangor")[0].empty


def test_a_draft_whose_recording_proves_bad_stays_a_draft(published: SmallShow) -> None:
    folder = published.add("bangor", published="")
    sounds.save(folder / "recording.wav", sounds.silence(4.0))
    before = (folder / "episode.md").read_bytes()
    with pytest.raises(AudioError, match="silent"):
        published.publish("bangor")
    assert (folder / "episode.md").read_bytes() == before
    assert published.publish()[0].empty


def test_publishing_one_episode_leaves_what_waits_of_another_alone(show: SmallShow) -> None:
    with pytest.raises(KeyboardInterrupt):
        show.publish("digbeth", fail_at=1)
    show.add("grimsby")
    show.publish("grimsby")
    show.publish("digbeth")
    assert "master digbeth" not in [what for what, _ in show.last.steps]


def test_a_fresh_clone_without_audio_builds_the_same_tree_and_uploads_nothing(
    published: SmallShow, tmp_path: Path
) -> None:
    clone = make(tmp_path / "clone", target=f'folder = "{published.target.as_posix()}"')
    for name in ("episodes", "transcripts"):
        shutil.copytree(published.project.root / name, clone.project.root / name)
    (clone.project.root / "episodes/digbeth/recording.wav").unlink()
    made, built = clone.publish()
    assert made.steps == ()
    assert built.uploads == ()
    ours, theirs = files_below(published.project.feed), files_below(clone.project.feed)
    assert {path: ours[path] for path in ours if not path.endswith(".mp3")} == theirs


def test_a_published_file_that_was_lost_everywhere_is_made_again(published: SmallShow) -> None:
    shutil.rmtree(published.project.feed / "media")
    shutil.rmtree(published.target)
    published.publish()
    assert ("master digbeth", "its published file is neither here nor in the target") in published.last.steps
    assert_whole(published)


def test_a_lost_transcript_is_made_from_the_published_file_where_the_recording_is_not(published: SmallShow) -> None:
    recording = published.project.root / "episodes/digbeth/recording.wav"
    kept = recording.read_bytes()
    recording.unlink()
    shutil.rmtree(published.project.root / "transcripts")
    published.publish()
    assert published.last.steps[0] == ("transcribe digbeth", "no transcript yet")
    recording.write_bytes(kept)
    assert published.publish()[0].steps == (), "it is the same recording that was heard"


def test_a_dry_run_tells_the_steps_that_the_run_then_does_and_writes_nothing(show: SmallShow) -> None:
    before = stamps_below(show.project.root)
    planned = pipeline.make_plan(show.run(), ["digbeth"])
    after = stamps_below(show.project.root)
    assert before == {path: after[path] for path in after if path != ".placecast/known.json"}
    made, _ = show.publish("digbeth")
    assert planned.steps == made.steps
    assert [f"{step.name} {step.slug}" for step in planned.steps] == [what for what, _ in show.last.steps[:3]]


def test_a_dry_run_names_exactly_the_files_that_the_run_then_uploads(published: SmallShow) -> None:
    published.edit("digbeth", "Notes on Digbeth.", "Better notes.")
    planned = pipeline.make_plan(published.run())
    assert planned.built is not None
    _, built = published.publish()
    assert planned.built.uploads == built.uploads
    assert planned.built.changed == built.changed


@pytest.mark.parametrize("fail_at", range(5))
def test_a_run_that_is_interrupted_before_any_step_is_completed_by_the_next(show: SmallShow, fail_at: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        show.publish(fail_at=fail_at)
    done = [what for what, _ in show.last.steps]
    assert not (show.target / "feed.xml").exists()
    show.publish()
    assert_whole(show)
    again = {what for what, _ in show.last.steps} & set(done)
    assert again == set(), "nothing that was finished is done twice"


KILLED = """
import sys; from pathlib import Path
from tests.small_show import SmallShow; from placecast.project import Project
print("ready", flush=True)
SmallShow(project=Project(root=Path(sys.argv[1]))).publish()
"""


@pytest.mark.parametrize("seconds", [0.02, 0.15, 0.4, 0.7, 1.0])
def test_a_run_that_is_killed_is_completed_by_running_it_again(show: SmallShow, seconds: float) -> None:
    show.publish()
    show.add("grimsby", published="2026-05-02T06:00:00", seconds=6.0, seed=3)
    arguments = [sys.executable, "-c", KILLED, str(show.project.root)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, cwd=Path(__file__).parents[1]) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
    assert_whole(show)
    show.publish()
    assert_whole(show)
    assert [entry.id for entry in feed_of(show).entries] == ["guid-of-grimsby", "guid-of-digbeth"]
    leftovers = [path for path in show.target.rglob(".*") if path.is_file() and ".placecast" not in path.parts]
    assert leftovers == []


def test_two_runs_at_once_are_refused(show: SmallShow) -> None:
    show.project.cache.mkdir()
    with FileLock(show.project.cache / "lock"), pytest.raises(LockedError, match="another placecast"):
        show.publish()


def test_an_unknown_name_says_how_to_see_the_episodes(show: SmallShow) -> None:
    with pytest.raises(UsageError, match="placecast status"):
        show.publish("nowhere")


def test_a_missing_recording_is_found_before_anything_is_done(show: SmallShow) -> None:
    (show.add("hull") / "recording.wav").unlink()
    with pytest.raises(FactsError, match=r"episodes/hull/episode\.md: recording: names no recording"):
        show.publish()
    assert not (show.project.root / "transcripts").exists()


def test_what_audio_json_says_is_what_the_file_is(published: SmallShow) -> None:
    facts = json.loads((published.project.root / "episodes/digbeth/audio.json").read_text("utf-8"))
    file = published.target / "media" / facts["name"]
    assert file.stat().st_size == facts["bytes"]
    assert facts["name"] == f"digbeth-{facts['sha256'][:12]}.mp3"
    assert facts["loudness"] == pytest.approx(-16, abs=0.5)
    assert facts["true_peak"] <= -1.0
    assert facts["seconds"] == pytest.approx(4.0, abs=0.06)


def test_what_the_producer_was_warned_of_stays_in_audio_json(show: SmallShow) -> None:
    folder = show.add("hot")
    sounds.save(folder / "recording.wav", sounds.clipped(sounds.speech(4.0)))
    show.publish("hot")
    (said,) = json.loads((folder / "audio.json").read_text("utf-8"))["said"]
    assert "it is clipped" in said
    assert show.last.warnings == [f"hot: {said}"]


def test_an_episode_that_an_older_version_mastered_is_left_alone(published: SmallShow) -> None:
    """Every listener would download it again."""
    path = published.project.root / "episodes/digbeth/audio.json"
    facts = json.loads(path.read_text("utf-8"))
    facts["made_from"]["version"] = 1
    for name in ("start", "said"):
        del facts[name]
    for name in ("level_speakers", "trim_silence"):
        del facts["made_from"]["mastering"][name]
    path.write_text(json.dumps(facts), "utf-8")
    made, _ = published.publish()
    assert made.empty
    assert published.last.steps == []


def test_times_are_of_the_published_sound_where_silence_was_trimmed(show: SmallShow) -> None:
    folder = show.add("hull")
    late = np.concatenate([sounds.silence(3.0), sounds.speech(4.0)])
    sounds.save(folder / "recording.wav", late)
    facts = show.project.root / "placecast.toml"
    facts.write_text(facts.read_text("utf-8") + "[mastering]\ntrim_silence = true\n", "utf-8")
    show.publish("hull")
    made = show.project.audio("hull")
    assert made is not None
    assert 2.0 < made.start < 3.0
    assert made.seconds < 5.5
    record = show.project.record("hull")
    assert record is not None
    assert max(word.end for word in record.words) <= made.seconds


def test_silence_at_the_recorder_leaves_no_half_episode(show: SmallShow) -> None:
    folder = show.add("quiet")
    sounds.save(folder / "recording.wav", sounds.silence(4.0))
    with pytest.raises(AudioError, match="silent"):
        show.publish("quiet")
    assert not (folder / "audio.json").exists()
    assert files_below(show.target) == {}
