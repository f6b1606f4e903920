"""One command publishes; where a show requires approvals, an episode waits for its own, and listeners lose nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from placecast import pipeline
from placecast.project import reviewing
from tests.small_show import SmallShow, files_below, make

REQUIRED = 'folder = "public"\n[transcription]\nreview = "required"'


@pytest.fixture
def show(tmp_path: Path) -> SmallShow:
    """A show that requires approvals, with one episode."""
    made = make(tmp_path, REQUIRED)
    made.add("digbeth")
    return made


def approve(show: SmallShow, slug: str) -> None:
    facts, episodes = show.project.load()
    (episode,) = (each for each in episodes if each.slug == slug)
    reviewing.approve(show.project, facts, episode, "Rosa Hartley", show.now)


def edit(show: SmallShow, slug: str) -> None:
    path = show.project.transcript_file(slug)
    path.write_text(path.read_text("utf-8").replace("not real", "quite real"), "utf-8")


def out(show: SmallShow, slug: str) -> bool:
    """Whether listeners have the episode, in the feed and on its page."""
    tree = files_below(show.target)
    return f"guid-of-{slug}".encode() in tree.get("feed.xml", b"") and f"e/{slug}/index.html" in tree


def test_an_episode_waits_for_its_approval_with_everything_made(show: SmallShow) -> None:
    _, built = show.publish()
    assert [(each.slug, each.live) for each in built.held] == [("digbeth", False)]
    assert not out(show, "digbeth")
    assert show.project.audio("digbeth") is not None
    approve(show, "digbeth")
    made, built = show.publish()
    assert made.steps == ()
    assert built.held == ()
    assert out(show, "digbeth")


def test_an_unapproved_episode_keeps_no_other_one_back(show: SmallShow) -> None:
    show.publish()
    approve(show, "digbeth")
    show.add("grimsby", seed=2)
    _, built = show.publish()
    assert [each.slug for each in built.held] == ["grimsby"]
    assert out(show, "digbeth")
    assert not out(show, "grimsby")


def test_a_waiver_lets_this_text_out_and_no_other(show: SmallShow) -> None:
    _, built = pipeline.publish(show.run(), ["digbeth"], unreviewed="The minister resigned")
    assert built.held == ()
    assert out(show, "digbeth")
    review = show.project.review("digbeth")
    assert review is not None
    assert review.waiver is not None
    assert review.waiver.reason == "The minister resigned"
    edit(show, "digbeth")
    _, built = show.publish()
    assert [each.live for each in built.held] == [True]


def test_a_later_edit_sends_nothing_until_it_is_approved_and_takes_nothing_away(show: SmallShow) -> None:
    show.publish()
    approve(show, "digbeth")
    show.publish()
    before = files_below(show.target)
    edit(show, "digbeth")
    _, built = show.publish()
    assert built.blocked
    assert files_below(show.target) == before
    approve(show, "digbeth")
    _, built = show.publish()
    assert not built.held
    assert b"quite real" in files_below(show.target)["e/digbeth/transcript.vtt"]


def test_what_was_out_before_approvals_were_required_stays_out(tmp_path: Path) -> None:
    show = make(tmp_path)
    show.add("digbeth")
    show.publish()
    settings = show.project.root / "placecast.toml"
    settings.write_text(settings.read_text("utf-8") + '[transcription]\nreview = "required"\n', "utf-8")
    _, built = show.publish()
    assert built.held == ()
    pipeline.rebuild(show.run())
    assert out(show, "digbeth")
    assert b"guid-of-digbeth" in files_below(show.project.feed)["feed.xml"]


def test_building_alone_shows_no_unapproved_episode(show: SmallShow) -> None:
    show.publish()
    pipeline.rebuild(show.run())
    assert b"guid-of-digbeth" not in files_below(show.project.feed)["feed.xml"]


def test_a_change_of_the_recording_takes_the_tick_away(show: SmallShow) -> None:
    from tests import sounds

    show.publish()
    approve(show, "digbeth")
    show.publish()
    recording = show.project.root / "episodes" / "digbeth" / "recording.wav"
    sounds.save(recording, sounds.speech(5.0, seed=9))
    _, built = show.publish(allow_changes=True)
    assert [each.live for each in built.held] == [True]


def test_where_review_is_encouraged_everything_goes_out_and_the_doubts_are_counted(tmp_path: Path) -> None:
    show = make(tmp_path)
    show.add("digbeth")
    run = show.run()
    made, built = pipeline.publish(run)
    assert built.held == ()
    assert out(show, "digbeth")
    assert pipeline.doubtful(run, made, ()).keys() == {"digbeth"}
    approve(show, "digbeth")
    made, _ = pipeline.publish(run, ["digbeth"])
    assert pipeline.doubtful(run, made, ["digbeth"]) == {}
