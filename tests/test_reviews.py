"""Who answers for a transcript: kept where git can compare it, and gone when text or sound change."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from placecast import lastseen, report, reviews
from placecast.errors import PlacecastError, TranscriptError, UsageError
from placecast.fingerprint import sha256
from placecast.project import reviewing
from placecast.reviews import Review
from placecast.survey import Standing, survey
from tests import desks, small_show, sounds
from tests.small_show import SmallShow

NOW = datetime(2026, 5, 3, 10, 30, tzinfo=UTC)
TEXT, SOUND, OTHER = sha256(b"text"), sha256(b"sound"), sha256(b"other")
ANA = reviews.approved(" Ana  Müller\n", NOW, text=TEXT, sound=SOUND)
LATE = reviews.waived("the reviewer is ill", NOW, text=TEXT)


def standing(review: Review | None, text: str = TEXT, sound: str | None = SOUND, edited: bool = False):
    return reviews.standing(review, text=text, sound=sound, edited=edited)


def test_an_approval_holds_for_this_text_and_sound() -> None:
    verdict = standing(Review(approval=ANA))
    assert (verdict.state, verdict.approval, verdict.lapsed) == ("approved", ANA, "")
    assert ANA.by == "Ana Müller"


@pytest.mark.parametrize(
    ("text", "sound", "said"),
    [
        (OTHER, SOUND, "The text has changed since Ana Müller approved the transcript."),
        (TEXT, OTHER, "The sound has changed since Ana Müller approved the transcript."),
        (OTHER, OTHER, "The text and the sound have changed since Ana Müller approved the transcript."),
    ],
)
def test_a_later_change_takes_the_tick_away_and_says_of_what(text: str, sound: str, said: str) -> None:
    verdict = standing(Review(approval=ANA), text, sound, edited=True)
    assert (verdict.state, verdict.approval, verdict.lapsed) == ("edited", None, said)


def test_a_waiver_holds_for_this_text_whatever_the_sound() -> None:
    assert standing(Review(waiver=LATE), sound=OTHER).state == "waived"
    assert standing(Review(waiver=LATE), text=OTHER).state == "machine"
    assert standing(Review(approval=ANA, waiver=LATE)).state == "approved"
    assert standing(Review(approval=ANA, waiver=LATE), sound=OTHER).state == "waived"


def test_without_a_record_it_is_a_machines_or_edited() -> None:
    assert (standing(None).state, standing(None, edited=True).state) == ("machine", "edited")


@pytest.mark.parametrize("name", ["", "  ", "\n\t"])
def test_nobody_is_no_name_and_nothing_is_no_reason(name: str) -> None:
    with pytest.raises(UsageError, match="Say who answers"):
        reviews.approved(name, NOW, text=TEXT, sound=SOUND)
    with pytest.raises(UsageError, match="Say why"):
        reviews.waived(name, NOW, text=TEXT)


NAMES = st.text(st.characters(exclude_categories=("Cs",)), min_size=1).filter(lambda text: bool(text.split()))
MOMENTS = st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.replace(microsecond=0))


@given(NAMES, NAMES, MOMENTS, st.booleans(), st.booleans())
def test_what_is_written_is_read_again(name: str, reason: str, at: datetime, approved: bool, waived: bool) -> None:
    review = Review(
        approval=reviews.approved(name, at, text=TEXT, sound=SOUND) if approved else None,
        waiver=reviews.waived(reason, at, text=OTHER) if waived else None,
    )
    assert reviews.parse(reviews.write(review), "x.review.json") == review


def test_the_file_has_a_fact_a_line() -> None:
    assert reviews.write(Review(approval=ANA)).splitlines() == [
        "{",
        '  "version": 1,',
        '  "approved": {',
        '    "by": "Ana Müller",',
        '    "at": "2026-05-03T10:30:00+00:00",',
        f'    "text": "{TEXT}",',
        f'    "sound": "{SOUND}"',
        "  }",
        "}",
    ]


GOOD = reviews.write(Review(approval=ANA, waiver=LATE))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        '"x"',
        "{}",
        GOOD.replace('"version": 1', '"version": 2'),
        GOOD.replace('"Ana Müller"', '" "'),
        GOOD.replace('"Ana Müller"', "7"),
        GOOD.replace("+00:00", ""),
        GOOD.replace("2026-05", "2026-25"),
        GOOD.replace(SOUND, "abc"),
        GOOD.replace('"sound"', '"noise"'),
        '{"version": 1, "approved": ["Ana"]}',
        "<<<<<<< HEAD\n" + GOOD,
    ],
)
def test_a_damaged_record_is_said_and_never_taken_for_an_approval(text: str) -> None:
    with pytest.raises(TranscriptError, match=r"(?s)x\.review\.json: the record of the review is damaged.*from git"):
        reviews.parse(text, "x.review.json")


# In a show's folder


@pytest.fixture
def show(tmp_path: Path) -> SmallShow:
    made = small_show.make(tmp_path)
    made.add("digbeth")
    made.publish()
    return made


def approve(show: SmallShow, by: str = "Ana Müller") -> None:
    facts, (episode,) = show.project.load()
    reviewing.approve(show.project, facts, episode, by, NOW)


def state(show: SmallShow) -> str:
    _, (episode,) = show.project.load()
    return show.project.verdict(episode).state


def test_line_ends_of_another_system_are_no_change(show: SmallShow) -> None:
    approve(show)
    path = show.project.transcript_file("digbeth")
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert state(show) == "approved"
    path.write_bytes(path.read_bytes().replace(b"words", b"sentences", 1) + b"\n")
    assert state(show) == "edited"


def test_a_new_recording_takes_the_approval_away_once_listeners_hear_it(show: SmallShow) -> None:
    path = show.project.transcript_file("digbeth")
    path.write_text(path.read_text("utf-8").replace("real", "really real"), "utf-8")
    approve(show)
    show.publish()
    assert state(show) == "approved"
    folder = show.project.root / "episodes" / "digbeth"
    sounds.save(folder / "recording.wav", sounds.speech(4.0, seed=9))
    show.publish(allow_changes=True)
    assert state(show) == "edited"
    _, (episode,) = show.project.load()
    assert show.project.verdict(episode).lapsed.startswith("The sound has changed")


def test_it_can_be_approved_before_the_first_publish_and_stays_so(tmp_path: Path) -> None:
    made = small_show.make(tmp_path)
    made.add("digbeth")
    path = made.project.transcript_file("digbeth")
    path.parent.mkdir()
    path.write_text("WEBVTT\n\n00:00:00.500 --> 00:00:01.000\nBy hand.\n", "utf-8")
    approve(made)
    made.publish()
    assert state(made) == "approved"


def test_nobody_answers_for_what_is_not_there(tmp_path: Path) -> None:
    made = small_show.make(tmp_path)
    folder = made.add("digbeth")
    with pytest.raises(UsageError, match="has no transcript yet"):
        approve(made)
    path = made.project.transcript_file("digbeth")
    path.parent.mkdir()
    path.write_text("WEBVTT\n\nno times\n", "utf-8")
    with pytest.raises(PlacecastError, match="players leave it out"):
        approve(made)
    path.write_text("WEBVTT\n", "utf-8")
    (folder / "recording.wav").unlink()
    with pytest.raises(UsageError, match="nobody can have heard it"):
        approve(made)
    assert not made.project.review_file("digbeth").exists()


def test_a_waiver_is_kept_beside_an_approval_that_lapsed_and_a_new_approval_ends_both(show: SmallShow) -> None:
    approve(show)
    facts, (episode,) = show.project.load()
    path = show.project.transcript_file("digbeth")
    path.write_text(path.read_text("utf-8") + "\nNOTE more\n", "utf-8")
    reviewing.waive(show.project, facts, episode, "the minister waits", NOW)
    verdict = show.project.verdict(episode)
    assert (verdict.state, verdict.lapsed[:8]) == ("waived", "The text")
    approve(show, "Tom")
    assert show.project.review("digbeth") == Review(approval=show.project.verdict(episode).approval)


def test_pages_and_feed_follow_the_approval(show: SmallShow) -> None:
    feed, page = show.target / "feed.xml", show.target / "e" / "digbeth" / "index.html"
    statement = show.target / "accessibility" / "index.html"
    label = '<podcast:txt purpose="ai-content">true</podcast:txt>'
    assert label in feed.read_text("utf-8")
    assert "nobody has checked it yet" in page.read_text("utf-8")
    assert "Digbeth" in statement.read_text("utf-8")
    approve(show, "Ana <Müller>")
    show.publish()
    assert label not in feed.read_text("utf-8")
    assert "Machine transcript, checked by Ana &lt;Müller&gt; on 3 May 2026." in page.read_text("utf-8")
    assert "Digbeth" not in statement.read_text("utf-8")


# What is said on the terminal


def surveyed(show: SmallShow) -> Standing:
    (found,) = survey(show.project, show.now, lastseen.seen).standings
    return found


def test_status_says_what_waits_and_who_answers(show: SmallShow) -> None:
    assert (surveyed(show).unread, surveyed(show).needs) == (True, ())
    facts, (episode,) = show.project.load()
    reviewing.waive(show.project, facts, episode, "nobody is here", NOW)
    assert not surveyed(show).unread
    approve(show, "Ana")
    verdict = surveyed(show).verdict
    assert verdict is not None
    assert verdict.approval is not None
    assert (verdict.approval.by, surveyed(show).changed) == ("Ana", ("approval",))
    path = show.project.transcript_file("digbeth")
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    (need,) = surveyed(show).needs
    assert need.what == "The text has changed since Ana approved the transcript."
    assert need.commands[0] == "placecast review digbeth"


def test_doubts_are_listed_with_their_words_marked_and_the_way_to_hear_them(tmp_path: Path) -> None:
    table = desks.make(tmp_path)
    found = reviewing.doubts_of(table.project, table.show, table.episode)
    transcript = table.project.transcript(table.episode, table.show)
    assert transcript is not None
    answer = report.doubts(found, transcript, desks.SLUG)
    lines = [click.unstyle(line) for line in answer.lines]
    assert lines[0] == "  1     0:14  *Thanks for watching*."
    assert lines[1].strip() == "Invented."
    assert lines[2] == "  2     0:12  We went to *grim bee* by train."
    assert lines[3].strip() == "A name. Perhaps: Grimsby."
    assert answer.data["doubts"][1]["sentence"] == "We went to grim bee by train."
    assert "placecast approve digbeth" in report.doubts((), transcript, desks.SLUG).lines[0]
