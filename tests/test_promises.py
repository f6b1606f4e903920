"""Publishing keeps what listeners have been given, unless it is told to change it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import feedparser
import pytest

from placecast import pipeline
from placecast.changed import Told
from placecast.errors import FactsError
from placecast.upkeep.replace import replace
from placecast.upkeep.unpublish import unpublish
from tests import sounds
from tests.small_show import SmallShow, files_below, make
from tests.test_cli import Command

GUID = "63d83930-8cc3-52ff-a665-d75dd2454868"


@pytest.fixture
def show(tmp_path: Path) -> SmallShow:
    small = make(tmp_path / "show")
    small.add("digbeth")
    small.add("ely", "2026-05-02T06:00:00", seed=2)
    small.publish()
    return small


@pytest.fixture
def placecast(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capfd)


def facts(old: str, new: str) -> Callable[[SmallShow], None]:
    def change(show: SmallShow) -> None:
        path = show.project.root / "placecast.toml"
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")

    return change


def episode(old: str, new: str) -> Callable[[SmallShow], None]:
    return lambda show: show.edit("digbeth", old, new)


def recording(show: SmallShow) -> None:
    sounds.save(show.project.root / "episodes/digbeth/recording.wav", sounds.speech(5.0, seed=7))


def other_sound(show: SmallShow) -> None:
    """Sound of another clone that was never published, such as a merge brings it."""
    facts_file = show.project.root / "episodes/digbeth/audio.json"
    known = json.loads(facts_file.read_text("utf-8"))
    media = show.project.feed / "media"
    new = known | {"name": "digbeth-000000000000.mp3"}
    (media / new["name"]).write_bytes((media / known["name"]).read_bytes())
    facts_file.write_text(json.dumps(new), "utf-8")


# What changes the published feed, the file that is at fault, and what is said of it.
CHANGES = {
    "date": (episode("2026-05-01T06:00:00", "2026-05-03T06:00:00"), "episodes/digbeth/episode.md: published"),
    "guid": (episode("guid-of-digbeth", "another-guid"), "episodes/digbeth/episode.md: guid"),
    "recording": (recording, "episodes/digbeth/episode.md: recording"),
    "sound": (other_sound, "episodes/digbeth/episode.md: recording"),
    "show's guid": (facts(GUID, GUID[:-1] + "9"), "placecast.toml: guid"),
    "address": (facts("podcast.example.org", "cast.example.org"), "placecast.toml: url"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_listeners_have_is_not_changed_without_a_word(show: SmallShow, name: str) -> None:
    change, where = CHANGES[name]
    change(show)
    before = files_below(show.target)
    with pytest.raises(FactsError) as error:
        show.publish()
    assert str(error.value).startswith(where)
    assert "placecast publish" in str(error.value)
    assert files_below(show.target) == before
    assert show.last.steps == [], "nothing costly was done"


@pytest.mark.parametrize("name", CHANGES)
def test_it_is_changed_when_that_is_allowed(show: SmallShow, name: str) -> None:
    change, _ = CHANGES[name]
    change(show)
    before = (show.target / "feed.xml").read_bytes()
    show.publish(allow_changes=True)
    assert (show.target / "feed.xml").read_bytes() != before
    assert len(feedparser.parse((show.target / "feed.xml").read_bytes()).entries) == 2
    assert show.publish()[0].empty, "and once it is out, nothing more need be said"


def test_all_changes_are_told_together(show: SmallShow) -> None:
    for name in ("date", "show's guid"):
        CHANGES[name][0](show)
    show.edit("ely", "guid-of-ely", "another-guid")
    with pytest.raises(FactsError) as error:
        show.publish()
    assert [fault.key for fault in error.value.faults] == ["guid", "guid", "published"]


def test_what_adds_and_corrects_needs_no_word(show: SmallShow) -> None:
    show.edit("digbeth", 'title = "Digbeth"', 'title = "Digbeth after dark"')
    show.add("hull", "2026-05-03T06:00:00", seed=3)
    show.publish()
    assert len(feedparser.parse((show.target / "feed.xml").read_bytes()).entries) == 3


@pytest.mark.parametrize("step", ["master", "tag"])
def test_what_is_asked_to_be_redone_may_sound_otherwise(show: SmallShow, step: str) -> None:
    recording(show)
    show.publish("digbeth", redo=frozenset({step}))  # type: ignore[arg-type]
    assert show.publish()[0].empty


def test_a_redo_of_one_episode_allows_nothing_of_another(show: SmallShow) -> None:
    other_sound(show)
    with pytest.raises(FactsError, match="digbeth"):
        show.publish("ely", redo=frozenset({"master"}))


def test_a_redo_does_not_allow_another_date(show: SmallShow) -> None:
    CHANGES["date"][0](show)
    with pytest.raises(FactsError, match="published"):
        show.publish("digbeth", redo=frozenset({"master"}))


def test_replace_and_unpublish_say_it_themselves(show: SmallShow, tmp_path: Path) -> None:
    new = tmp_path / "new.wav"
    sounds.save(new, sounds.speech(5.0, seed=9))
    replace(show.run(), "digbeth", new)
    unpublish(show.run(), "ely")
    entries = feedparser.parse((show.target / "feed.xml").read_bytes()).entries
    assert [each.id for each in entries] == ["guid-of-digbeth"]
    assert show.publish()[0].steps == ()


@pytest.mark.parametrize("stop", [0, 1, 2, 3])
def test_a_run_that_was_told_and_died_need_not_be_told_again(show: SmallShow, stop: int) -> None:
    recording(show)
    with pytest.raises(KeyboardInterrupt):
        pipeline.publish(show.run(fail_at=stop), told=Told(everything=True))
    show.publish()
    assert show.publish()[0].empty
    recording_again = show.project.root / "episodes/digbeth/recording.wav"
    sounds.save(recording_again, sounds.speech(6.0, seed=8))
    with pytest.raises(FactsError, match="recording"):
        show.publish()


def test_sound_that_the_target_has_lost_is_no_promise(show: SmallShow) -> None:
    for lost in (show.target / "media").glob("digbeth-*"):
        lost.unlink()
    other_sound(show)
    show.publish()
    assert "digbeth-000000000000.mp3" in (show.target / "feed.xml").read_text("utf-8")


def test_the_command_refuses_before_anything_is_done_and_shows_the_way(show: SmallShow, placecast: Command) -> None:
    at = ("-C", str(show.project.root))
    assert "Nothing to do" in placecast("publish", *at)[1]
    assert "Nothing to do" in placecast("publish", *at)[1], "known within a moment"
    CHANGES["date"][0](show)
    for arguments in ((), ("--dry-run",), ("ely",)):
        code, out, err = placecast("publish", *arguments, *at)
        assert (code, out) == (1, "")
        assert "episodes/digbeth/episode.md: published" in err
        assert "placecast publish --allow-changes" in err
    assert placecast("publish", "--allow-changes", *at)[0] == 0
    assert placecast("publish", *at)[0] == 0
