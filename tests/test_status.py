"""The one screen on a show: where every episode stands, what the next publish does, and what waits for a person."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import click
import pytest

from placecast import lastseen, pipeline
from placecast.errors import FactsError
from placecast.project import Project, reviewing
from placecast.report.plain import columns, fitted
from placecast.report.status import status
from placecast.storage import MemoryStorage
from placecast.survey import State, Survey, survey
from placecast.survey.outlook import outlook
from tests.commands import Command
from tests.small_show import NOW, SmallShow, files_below, make

GOLDEN = Path(__file__).parent / "data" / "status"


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> SmallShow:
    """A show with an episode in each state. It is not changed by the tests that look at it."""
    show = make(tmp_path_factory.mktemp("every") / "show", now=NOW - timedelta(days=10))
    for month, slug in enumerate(("york", "hull", "digbeth", "ely"), 2):
        show.add(slug, published=f"2026-0{month}-01T06:00:00", seconds=1.0, seed=month)
    show.add("unheard", published="2026-01-01T06:00:00", seconds=1.0)
    show.add("bath", published="", seconds=1.0)
    pipeline.publish(show.run(), ["bath"], at=NOW + timedelta(days=3))
    show.publish()
    show.edit("bath", "published = ", "# published = ")
    for slug in ("york", "hull", "bath"):
        approve(show, slug)
    show.publish()
    shutil.rmtree(show.project.root / "episodes/unheard")
    show.edit("digbeth", "Notes on", "Better notes on")
    show.edit("digbeth", 'title = "Digbeth"', 'title = "Digbeth after dark"')
    for slug, date in (("wells", "2026-06-04T07:00:00"), ("truro", "2026-05-31T07:00:00"), ("poole", "")):
        show.add(slug, published=date, seconds=1.0)
    (show.add("deal", published="") / "recording.wav").unlink()
    show.add("rye", published="2026-04-15T06:00:00")
    show.edit("rye", "published = ", "withdrawn = 2026-04-16T06:00:00\npublished = ")
    show.add("stoke-on-trent-and-the-potteries-museum", published="2026-06-02T08:15:00", seconds=1.0)
    show.now = NOW
    return show


def approve(show: SmallShow, slug: str) -> None:
    facts, episodes = show.project.load()
    episode = next(each for each in episodes if each.slug == slug)
    reviewing.approve(show.project, facts, episode, "Rosa Hartley", NOW)


def look_at(show: SmallShow) -> Survey:
    return survey(show.project, show.now, lastseen.seen)


def states(found: Survey) -> dict[str, str]:
    return {each.slug: each.state for each in found.standings}


def screen(found: Survey, *, whole: bool = False) -> str:
    return click.unstyle("\n".join(status(found, outlook(found), whole=whole).lines)) + "\n"


def data(found: Survey) -> Any:
    return json.loads(json.dumps(status(found, outlook(found)).data))


def compare(name: str, text: str) -> None:
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")


# States


def test_every_state_is_told(every: SmallShow) -> None:
    assert states(look_at(every)) == {
        "poole": "recorded",
        "deal": "draft",
        "bath": "transcribed",
        "wells": "scheduled",
        "stoke-on-trent-and-the-potteries-museum": "scheduled",
        "truro": "due",
        "ely": "live",
        "rye": "unpublished",
        "digbeth": "changed",
        "hull": "live",
        "york": "live",
        "unheard": "elsewhere",
    }


def test_the_screen_is_as_it_should_be(every: SmallShow) -> None:
    text = screen(look_at(every))
    assert max(columns(line) for line in text.splitlines()) <= 80
    compare("every-state", text)


def test_nothing_but_the_memory_of_what_was_found_is_written(every: SmallShow) -> None:
    def kept() -> dict[str, bytes]:
        return {name: body for name, body in files_below(every.project.root).items() if "known.json" not in name}

    before = kept()
    look_at(every)
    every.project.memory.save()
    assert kept() == before
    again = survey(Project(root=every.project.root), NOW, lastseen.seen)  # from memory
    assert screen(again) == screen(look_at(every))


def test_what_listeners_have_otherwise_is_named(every: SmallShow) -> None:
    found = {each.slug: each.changed for each in look_at(every).standings if each.changed}
    assert found == {"digbeth": ("title", "show notes")}


CHANGES: dict[str, tuple[Callable[[SmallShow], object], tuple[str, ...]]] = {
    "a sentence": (
        lambda show: edit_transcript(show, "hull"),
        ("approval", "transcript"),
    ),
    "a chapter": (lambda show: show.edit("hull", "start = 0", "start = 0.2"), ("chapters",)),
    "a guest": (lambda show: show.edit("hull", "[[chap", '[[people]]\nname = "Ada"\n[[chap'), ("people",)),
    "a number": (lambda show: show.edit("hull", "summary", "number = 4\nsummary"), ("number",)),
    "a summary": (lambda show: show.edit("hull", "What happened", "All that happened"), ("summary",)),
    "nothing": (lambda show: show.edit("hull", "summary =", "summary  ="), ()),
}


def edit_transcript(show: SmallShow, slug: str) -> None:
    path = show.project.transcript_file(slug)
    path.write_text(path.read_text("utf-8") + "\n00:00:00.900 --> 00:00:00.950\nMore.\n", "utf-8")


@pytest.mark.parametrize("what", CHANGES)
def test_each_change_has_its_name(every: SmallShow, tmp_path: Path, what: str) -> None:
    show = copied(every, tmp_path)
    change, named = CHANGES[what]
    change(show)
    (hull,) = (each for each in look_at(show).standings if each.slug == "hull")
    assert (hull.changed, hull.state) == (named, "changed" if named else "live")


def test_another_title_of_the_show_is_told_of_the_show_alone(every: SmallShow, tmp_path: Path) -> None:
    show = copied(every, tmp_path)
    facts = show.project.root / "placecast.toml"
    facts.write_text(facts.read_text("utf-8").replace("Small places", "Great places"), "utf-8")
    found = look_at(show)
    assert found.show_changed
    assert {each.slug: each.changed for each in found.standings if each.changed} == {"digbeth": ("title", "show notes")}
    assert "  updates     the show itself" in screen(found)


def copied(show: SmallShow, to: Path) -> SmallShow:
    shutil.copytree(show.project.root, to / "show")
    return SmallShow(project=Project(root=to / "show"), now=show.now)


# What it says is what publish does


def test_the_next_publish_does_what_was_said(every: SmallShow, tmp_path: Path) -> None:
    show = copied(every, tmp_path)
    said = outlook(look_at(show))
    made, built = show.publish()
    assert {step.slug for step in made.steps} == set(said.makes)
    before = {"york", "hull", "digbeth", "ely"}
    shown = {each.episode.slug for each in built.publication.releases}
    assert shown - before == set(said.brings_out) == {"truro"}
    after = look_at(show)
    assert outlook(after).idle
    assert "has nothing to do for any episode." in screen(after)
    assert states(after)["truro"] == "live"


def test_what_stops_a_publish_is_said_before_it_does(every: SmallShow, tmp_path: Path) -> None:
    show = copied(every, tmp_path)
    show.edit("hull", "guid-of", "another-guid-of")
    show.edit("york", "2026-02-01", "2026-02-02")
    (show.project.root / "episodes/truro/recording.wav").unlink()
    found = look_at(show)
    assert {each.file for each in found.stops} == {f"episodes/{slug}/episode.md" for slug in ("hull", "york", "truro")}
    with pytest.raises(FactsError):
        show.publish()
    assert "does nothing at all until this is put right:" in screen(found)
    assert states(found)["truro"] == "no recording"


def test_where_approvals_are_required_an_episode_is_held_back_and_the_commands_are_there(
    every: SmallShow, tmp_path: Path
) -> None:
    show = copied(every, tmp_path)
    facts = show.project.root / "placecast.toml"
    facts.write_text(facts.read_text("utf-8") + '\n[transcription]\nreview = "required"\n', "utf-8")
    show.publish("truro")
    found = look_at(show)
    assert outlook(found).holds_back == ("truro",)
    text = screen(found)
    assert "holds back  truro, which nobody has approved" in text
    assert "truro has no date" not in text
    assert states(found)["truro"] == "to review"
    assert "      placecast review truro\n      placecast approve truro --by NAME\n" in text
    approve(show, "truro")
    assert outlook(look_at(show)).brings_out == ("truro",)


def test_a_date_ahead_of_what_is_out_says_that_it_stays_out(every: SmallShow, tmp_path: Path) -> None:
    show = copied(every, tmp_path)
    show.edit("hull", "2026-03-01", "2027-03-01")
    text = screen(look_at(show))
    assert "hull has the date Monday 1 March 2027, 06:00 GMT here, but listeners have it" in text
    assert "      placecast unpublish hull\n" in text


def test_a_date_that_is_gone_is_given_back(every: SmallShow, tmp_path: Path) -> None:
    show = copied(every, tmp_path)
    show.edit("hull", "published = ", "# published = ")
    (hull,) = (each for each in look_at(show).standings if each.slug == "hull")
    assert (hull.state, hull.urgent) == ("live", True)
    assert hull.needs[0].what.endswith("published = 2026-03-01T06:00:00+00:00")


def test_an_episode_that_was_to_be_taken_out_and_is_there_still_is_told_of(every: SmallShow, tmp_path: Path) -> None:
    show = copied(every, tmp_path)
    show.edit("hull", "published = ", "withdrawn = 2026-05-30T06:00:00\npublished = ")
    found = look_at(show)
    assert outlook(found).updates["hull"] == ("taken out",)
    show.publish()
    assert states(look_at(show))["hull"] == "unpublished"


# Bad episodes


def no_toml(root: Path) -> None:
    (root / "episodes/hull/episode.md").write_text("+++\ntitle =\n+++\n")


def no_text(root: Path) -> None:
    (root / "episodes/hull/episode.md").write_bytes(b"+++\n\xff\n+++\n")


BAD: dict[str, Callable[[Path], object]] = {
    "its facts": no_toml,
    "its encoding": no_text,
    "its audio.json": lambda root: (root / "episodes/hull/audio.json").write_text("{"),
    "its transcript": lambda root: (root / "transcripts/hull.vtt").write_text("WEBVTT\n\nx --> y\nNo.\n"),
    "its review": lambda root: (root / "transcripts/hull.review.json").write_text("[]"),
    "its record": lambda root: (root / "transcripts/hull.words.json").write_text('{"vtt": 1}'),
    "a folder in place of its facts": lambda root: (
        (root / "episodes/hull/episode.md").unlink() or (root / "episodes/hull/episode.md").mkdir()
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_one_bad_episode_is_told_of_and_takes_nothing_from_the_others(
    every: SmallShow, tmp_path: Path, what: str
) -> None:
    show, good = copied(every, tmp_path), states(look_at(every))
    BAD[what](show.project.root)
    found = look_at(show)
    assert states(found) == good | {"hull": "broken"}
    assert "hull" in screen(found).split("For you")[1]


def test_nothing_is_kept_behind_a_link_that_leads_out_of_the_show(every: SmallShow, tmp_path: Path) -> None:
    show = copied(every, tmp_path)
    (tmp_path / "elsewhere").mkdir()
    shutil.rmtree(show.project.cache)
    show.project.cache.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FactsError, match="leads out of the show"):
        look_at(show)
    show.project.memory.save()
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_feed_that_cannot_be_read_is_a_fault_of_its_own(every: SmallShow, tmp_path: Path) -> None:
    show = copied(every, tmp_path)
    (show.target / "feed.xml").write_text("<rss")
    found = look_at(show)
    assert "feed.xml" in {fault.file for fault in found.faults}
    assert states(found)["bath"] == "transcribed"


def test_without_a_show_that_can_be_read_it_ends_with_the_faults(
    every: SmallShow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    show = copied(every, tmp_path)
    (show.project.root / "placecast.toml").write_text("title = 1")
    monkeypatch.chdir(show.project.root)
    code, out, err = Command(monkeypatch, capfd)("status")
    assert (code, out) == (1, "")
    assert "placecast.toml: title" in err


# The screen


def test_hostile_names_stay_plain(tmp_path: Path) -> None:
    show = make(tmp_path / "show")
    facts = show.project.root / "placecast.toml"
    facts.write_text(facts.read_text("utf-8").replace("Small places", "\\u001b]0;x\\u0007今日は" * 20), "utf-8")
    folder = show.project.root / "episodes" / "\x1b]0;owned\x07\nFor you\u202e"
    folder.mkdir(parents=True)
    (folder / "episode.md").write_text("+++\n+++\n")
    text = screen(look_at(show), whole=True)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)
    assert text.count("\nFor you\n") == 1
    assert columns(text.splitlines()[0]) == 80


def test_a_long_list_is_cut_with_a_count_and_shown_whole_when_asked(every: SmallShow, tmp_path: Path) -> None:
    show = copied(every, tmp_path)
    for number in range(14):
        show.add(f"draft-{number:02}", published="")
        (show.project.root / f"episodes/draft-{number:02}/recording.wav").unlink()
    found = look_at(show)
    text = screen(found)
    assert "  … and 7 more: placecast status --all" in text
    assert "draft-00" not in text
    whole = screen(found, whole=True)
    assert whole.count("draft-00") > 1
    assert " more: placecast" not in whole


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("short", 5, "short"),
        ("longer than", 7, "longer…"),
        ("今日は晴れ", 7, "今日は…"),
        ("e\u0301e\u0301", 2, "e\u0301e\u0301"),
    ],
)
def test_what_does_not_fit_is_cut_by_the_places_that_it_takes(text: str, width: int, shown: str) -> None:
    assert fitted(text, width) == shown
    assert columns(shown) <= width


def test_dates_are_shown_on_the_shows_clock(every: SmallShow, tmp_path: Path) -> None:
    show = copied(every, tmp_path)
    facts = show.project.root / "placecast.toml"
    show.edit("wells", "2026-06-04T07:00:00", "2026-06-04T07:00:00+01:00")
    facts.write_text('time_zone = "Asia/Kathmandu"\n' + facts.read_text("utf-8"), "utf-8")
    text = screen(look_at(show))
    assert "Monday 1 June 2026, 15:15 +0545" in text.splitlines()[0]
    assert re.search(r"wells +scheduled +4 Jun 2026 11:45", text)


def test_an_empty_show_says_how_to_begin(tmp_path: Path) -> None:
    text = screen(look_at(make(tmp_path / "show")))
    assert "placecast publish RECORDING" in text


# For programs

STATES = set(get_args(State))


def test_json_has_the_shape_that_the_document_promises(every: SmallShow) -> None:
    found = data(look_at(every))
    document = (Path(__file__).parents[1] / "docs" / "status.md").read_text("utf-8")
    promised = set(re.findall(r"^\| `([\w.]+)` \|", document, re.MULTILINE))
    inner = {"episodes": found["episodes"][0], "next_publish": found["next_publish"]}
    named = {*found, "event"} | {f"{name}.{key}" for name, part in inner.items() for key in part}
    assert named == promised - STATES
    assert {frozenset(each) for each in found["episodes"]} == {frozenset(inner["episodes"])}
    assert found["seen"] == {"by": "folder", "at": None}
    assert found["next_publish"]["makes"]["truro"] == ["master", "transcribe", "tag"]
    assert found["next_publish"]["later"] == {
        "stoke-on-trent-and-the-potteries-museum": "2026-06-02T08:15:00+01:00",
        "wells": "2026-06-04T07:00:00+01:00",
    }
    assert set(re.findall(r"^\| `([a-z ]+)` \|", document, re.MULTILINE)) >= {
        each["state"] for each in found["episodes"]
    }


def test_the_command_says_the_same_in_lines_and_in_json(
    every: SmallShow, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(every.project.root)
    placecast = Command(monkeypatch, capfd)
    code, out, err = placecast("status")
    assert (code, err) == (0, "")
    assert "Needs a person" in out
    code, out, _ = placecast("status", "--json")
    (line,) = out.splitlines()
    assert {each["slug"] for each in json.loads(line)["episodes"]} == set(states(look_at(every)))


# What is known of the target


def test_a_bucket_is_asked_only_when_one_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    show = make(tmp_path / "show", 'bucket = "cast"\nendpoint = "http://127.0.0.1:9"\nverify = false')
    show.add("digbeth", seconds=1.0)
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("the network was asked"))
    found = look_at(show)
    assert (found.seen.by, states(found)) == ("build", {"digbeth": "due"})
    assert "placecast status --remote" in " ".join(screen(found).split())


def test_what_one_look_found_is_known_to_the_next_without_asking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    storage = MemoryStorage()
    storage.lists_freely = False  # as a bucket
    show = make(tmp_path / "show", 'bucket = "cast"\nverify = false', opened=lambda _: storage)
    monkeypatch.setattr(storage, "name", show.project.load()[0].target.name)
    show.add("digbeth", seconds=1.0)
    show.publish()
    (show.project.last_look / "target.txt").unlink()
    monkeypatch.setattr("placecast.storage.open_storage", lambda _: storage)
    monkeypatch.chdir(show.project.root)
    placecast = Command(monkeypatch, capfd)
    said = [json.loads(placecast("status", "--json", *also)[1]) for also in ((), ("--remote",), ())]
    assert [each["seen"]["by"] for each in said] == ["build", "target", "run"]
    assert {each["episodes"][0]["state"] for each in said} == {"live"}
    show.edit("digbeth", "Notes on", "Notes about")
    assert "changed" in placecast("status")[1]


def test_a_clone_that_never_looked_takes_what_was_built_for_published(tmp_path: Path) -> None:
    show = make(tmp_path / "show")
    show.add("digbeth", seconds=1.0)
    show.publish()
    facts = show.project.root / "placecast.toml"
    facts.write_text(
        facts.read_text("utf-8").replace('folder = "public"', 'bucket = "cast"\nindex_pages = true'), "utf-8"
    )
    shutil.rmtree(show.project.feed / "media")
    (show.project.root / "episodes/digbeth/recording.wav").unlink()
    found = look_at(show)
    assert states(found) == {"digbeth": "live"}
    assert not found.stops


def test_when_the_last_run_looked_is_said(every: SmallShow) -> None:
    found = look_at(every)
    seen = lastseen.Seen(by="run", feed=found.seen.feed, at=datetime(2026, 5, 30, 9, 30, tzinfo=UTC))
    text = screen(survey(every.project, NOW, lambda _, __: seen))
    assert "was 2 days ago; to look again: placecast status --remote" in " ".join(text.split())
