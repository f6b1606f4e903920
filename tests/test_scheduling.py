"""When an episode goes out: its date set ahead, moved and taken away, and nothing else of its file."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placecast import lastseen, scheduling
from placecast.errors import FactsError, UsageError
from placecast.moments import Moment
from placecast.project import front_matter
from placecast.project.dating import dated
from placecast.project.workflows import next_time, workflows
from tests import sounds
from tests.commands import Command, fake_engine
from tests.small_show import NOW, SmallShow, make

DECEMBER = datetime(2026, 12, 1, 7, tzinfo=UTC)


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallShow:
    small = make(tmp_path / "show")
    monkeypatch.chdir(small.project.root)
    monkeypatch.setattr("placecast.transcribe.load_engine", fake_engine)
    return small


@pytest.fixture
def placecast(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capfd)


def text_of(slug: str) -> str:
    return Path(f"episodes/{slug}/episode.md").read_bytes().decode()


# One line of the file, and no other byte

FILES = {
    "a draft": '+++\ntitle = "A"\nguid = "1" # for ever\n+++\nNotes.\n',
    "no guid first": '+++\n# a comment\ntitle = "A"\nguid = "1"\n\n[[people]]\nname = "Rosa"\n+++\n',
    "with a date": '+++\ntitle = "A"\npublished = 2026-01-01T06:00:00+00:00 # the first of all\nguid = "1"\n+++\n',
    "a date in a text": "+++\nsummary = '''\npublished = 2026-01-01T06:00:00\n'''\ntitle = 'A'\nguid = '1'\n+++\n",
    "both": "+++\nnotes = '''\npublished = 2026-01-01T06:00:00\n'''\npublished=2026-05-05T06:00:00Z\nguid = '1'\n+++\n",
    "a guid in a text": "+++\nsummary = '''\nguid = no\n'''\nguid = '1'\n+++\n",
    "quoted": "+++\n\"published\" = 2026-05-05T06:00:00Z\nguid = '1'\n+++\n",
    "Windows": '+++\r\ntitle = "A"\r\nguid = "1"\r\n+++\r\nNotes.\r\n',
    "a mark before": '\ufeff+++\ntitle = "A"\nguid = "1"\n+++\nNotes.\n',
    "odd ends of lines": '+++\ntitle = "A\u2028B"\nguid = "1"\n+++\nNotes\x0b and\u2028 more.\n',
}


@pytest.mark.parametrize("name", FILES)
def test_setting_a_date_changes_one_line_and_taking_it_away_brings_the_file_back(name: str) -> None:
    before = FILES[name]
    after = dated(before, DECEMBER, "episode.md")
    facts, notes = front_matter.read(after, "episode.md")
    assert (facts["published"], notes) == (DECEMBER, front_matter.read(before, "episode.md")[1])
    old, new = before.split("\n"), after.split("\n")
    assert len([line for line in new if line not in old]) == 1
    assert len(new) - len(old) == int("published" not in front_matter.read(before, "episode.md")[0])
    assert dated(after, DECEMBER, "episode.md") == after
    if len(new) > len(old):
        assert dated(after, None, "episode.md") == before


def test_what_stands_behind_the_date_stays() -> None:
    assert "published = 2026-12-01T07:00:00+00:00 # the first of all\n" in dated(FILES["with a date"], DECEMBER, "x")


def test_a_file_whose_date_cannot_be_found_is_left_alone() -> None:
    folded = "+++\npublished = 2026-05-05T06:00:00Z\n+++\n".replace("published", '"publish\\u0065d"')
    with pytest.raises(FactsError, match="stands where it cannot be changed"):
        dated(folded, DECEMBER, "episode.md")


@given(
    lines=st.lists(
        st.sampled_from(
            [
                *("# published = 1", "", "season = 1", 'title = "A"', "a = '''\npublished = 2\nguid = 3\n'''"),
                *("[[people]]", "[other]", "published = 2020-01-01T00:00:00Z # x", "guid = '1'", "  guid='2'"),
            ]
        ),
        max_size=8,
    ),
    end=st.sampled_from(["\n", "\r\n"]),
    minutes=st.integers(0, 10_000_000),
)
def test_whatever_stands_in_the_facts_only_the_date_is_another(lines: list[str], end: str, minutes: int) -> None:
    before = "\n".join(["+++", *lines, "+++", "Notes: published = 1", ""]).replace("\n", end)
    try:
        facts, notes = front_matter.read(before, "x")
        after = dated(before, DECEMBER + timedelta(minutes=minutes), "x")
    except FactsError:
        return
    assert front_matter.read(after, "x") == (facts | {"published": DECEMBER + timedelta(minutes=minutes)}, notes)
    assert after.count("\r") - before.count("\r") == (end == "\r\n") * (after.count("\n") - before.count("\n"))


# placecast schedule


def test_a_scheduled_episode_waits_for_its_moment(show: SmallShow, placecast: Command) -> None:
    show.add("digbeth", published="", seconds=1.0)
    before = text_of("digbeth")
    code, out, err = placecast("schedule", "digbeth", "1", "december", "2099", "7am")
    assert code == 0, err
    assert out.splitlines()[0].startswith("digbeth goes out on Tuesday 1 December 2099, 07:00 GMT, in ")
    assert "Nothing in this folder runs one by itself" in out
    changed = set(text_of("digbeth").splitlines()) - set(before.splitlines())
    assert changed == {"published = 2099-12-01T07:00:00+00:00"}
    show.publish()
    assert "Digbeth" not in (show.target / "feed.xml").read_text("utf-8")
    show.now = datetime(2099, 12, 1, 8, tzinfo=UTC)
    show.publish()
    assert "Digbeth" in (show.target / "feed.xml").read_text("utf-8")
    assert show.last.steps[0][0].startswith("build")  # the first run had made it already


def test_saying_it_again_changes_nothing_and_clearing_brings_the_draft_back(
    show: SmallShow, placecast: Command
) -> None:
    show.add("digbeth", published="")
    draft = text_of("digbeth")
    placecast("schedule", "digbeth", "2099-12-01 07:00")
    once = text_of("digbeth")
    assert "as it did before" in placecast("schedule", "digbeth", "2099-12-01T07:00Z")[1]
    assert text_of("digbeth") == once
    Path("episodes/digbeth/recording.wav").unlink()
    assert "It has no recording yet." in placecast("schedule", "digbeth", "2099-12-01T07:00Z")[1]
    assert "is a draft without a date" in placecast("schedule", "digbeth", "--clear")[1]
    assert text_of("digbeth") == draft
    assert ", as it was" in placecast("schedule", "digbeth", "--clear")[1]


REFUSED = {
    ("digbeth", "2020-01-01 07:00"): "--backdate",
    ("digbeth", "some day"): "Europe/London",
    ("digbeth",): "has no time",
    ("digbeth", "tomorrow 7:00", "--clear"): "both a time and --clear",
    ("nowhere", "tomorrow 7:00"): "no such episode",
    ("york", "tomorrow 7:00"): "stays out",
    ("york", "--clear"): "placecast unpublish york",
    ("hull", "tomorrow 7:00"): "comes back only when you say so",
}


def test_what_cannot_be_scheduled_is_refused_with_2_and_nothing_is_written(show: SmallShow, placecast: Command) -> None:
    show.add("york", seconds=1.0)
    show.publish()
    show.add("digbeth", published="")
    show.add("hull")
    show.edit("hull", "published = ", "withdrawn = 2026-05-02T06:00:00\npublished = ")
    before = {slug: text_of(slug) for slug in ("york", "digbeth", "hull")}
    for arguments, said in REFUSED.items():
        code, out, err = placecast("schedule", *arguments)
        assert (code, out) == (2, ""), arguments
        assert said in err
    assert {slug: text_of(slug) for slug in before} == before


def test_a_time_that_has_passed_is_taken_when_one_says_so(show: SmallShow, placecast: Command) -> None:
    show.add("digbeth", published="")
    code, out, _ = placecast("schedule", "digbeth", "2020-01-01 07:00", "--backdate")
    assert code == 0
    assert "the next `placecast publish` brings it out" in out


def test_a_fault_in_another_episode_keeps_nobody_from_scheduling(show: SmallShow, placecast: Command) -> None:
    show.add("digbeth", published="")
    show.add("bad", published="= no")
    assert placecast("schedule", "digbeth", "2099-12-01 07:00")[0] == 0
    code, _, err = placecast("schedule", "bad", "2099-12-01 07:00")
    assert code == 1
    assert "episodes/bad/episode.md" in err


def test_the_second_of_two_hours_is_another_moment_than_the_first(show: SmallShow) -> None:
    show.add("digbeth", published="")
    for said, written in (("2027-10-31 01:30", "+01:00"), ("2027-10-31 01:30Z", "+00:00")):
        facts, episode = scheduling.episode_of(show.project, "digbeth")
        moment = scheduling.moment(said, facts, NOW)
        assert scheduling.schedule(show.project, facts, episode, moment).changed
        assert f"published = 2027-10-31T01:30:00{written}" in text_of("digbeth")


def test_a_show_with_approvals_says_that_its_episode_waits_for_one(show: SmallShow, placecast: Command) -> None:
    facts = show.project.root / "placecast.toml"
    facts.write_text(facts.read_text("utf-8") + '\n[transcription]\nreview = "required"\n', "utf-8")
    show.add("digbeth", published="2099-01-01T06:00:00")
    show.publish()
    out = placecast("schedule", "digbeth", "2099-12-01 07:00")[1]
    assert "held back until a person has approved its transcript: placecast review digbeth" in out


NIGHTLY = 'on:\n  schedule:\n    - cron: "17 4 * * *"\njobs:\n  publish:\n    steps:\n      - run: placecast publish\n'


def test_the_workflow_that_publishes_is_named_with_its_times(show: SmallShow, placecast: Command) -> None:
    folder = show.project.root / ".github/workflows"
    folder.mkdir(parents=True)
    (folder / "nightly.yml").write_text(NIGHTLY)
    (folder / "push.yml").write_text("on: push\njobs:\n  publish:\n    steps:\n      - run: placecast publish\n")
    (folder / "other.yml").write_text(NIGHTLY.replace("placecast publish", "true # placecast publish"))
    show.add("digbeth", published="")
    out = placecast("schedule", "digbeth", "2099-12-01 07:00")[1]
    assert ".github/workflows/nightly.yml runs one next after it on Wednesday 2 December 2099, 04:17 GMT." in out
    assert "commit and push: episodes/digbeth/episode.md" in out
    assert [each.file for each in workflows(show.project.root)] == [".github/workflows/nightly.yml"]


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        ("17 4 * * *", "2026-12-02T04:17"),
        ("0 7 * * *", "2026-12-01T07:00"),
        ("*/15 * * * *", "2026-12-01T07:00"),
        ("5/20 7-9 * * *", "2026-12-01T07:05"),
        ("0 6,18 * * 1-5", "2026-12-01T18:00"),
        ("0 7 * * 0", "2026-12-06T07:00"),
        ("0 7 * * 7", "2026-12-06T07:00"),
        ("0 7 15 * *", "2026-12-15T07:00"),
        ("0 7 15 * 4", "2026-12-03T07:00"),
        ("0 0 1 3 *", "2027-03-01T00:00"),
        ("0 7 * * MON", None),
        ("0 7 30 2 *", None),
        ("every day", None),
        ("0 7 * * * *", None),
        ("99 7 * * *", None),
        ("*/0 7 * * *", "2026-12-01T07:00"),
    ],
)
def test_the_next_run_of_a_workflow_is_found(cron: str, expected: str | None) -> None:
    found = next_time(cron, DECEMBER)
    assert (found and f"{found:%Y-%m-%dT%H:%M}") == expected


# placecast publish --at


def test_publish_at_makes_the_episode_now_and_keeps_it_back(show: SmallShow, placecast: Command) -> None:
    sounds.save(Path("trust.wav"), sounds.speech(1.0))
    code, out, err = placecast("publish", "trust.wav", "--no-input", "--at", "2099-12-01 07:00")
    assert code == 0, err
    assert "trust: mastered, transcribed and tagged." in out
    assert "trust goes out on Tuesday 1 December 2099, 07:00 GMT" in out
    assert "published = 2099-12-01T07:00:00+00:00" in text_of("trust")
    assert "<item>" not in (show.target / "feed.xml").read_text("utf-8")
    code, out, _ = placecast("publish", "trust", "--at", "2099-12-02 07:00", "--json")
    assert (code, json.loads(out.splitlines()[-1])["scheduled"]["published"]) == (0, "2099-12-02T07:00:00+00:00")
    assert len(re.findall("^published", text_of("trust"), re.MULTILINE)) == 1


REFUSED_AT = {
    ("trust.wav", "--at", "some day"): "no day and time",
    ("trust.wav", "--at", "2020-01-01 07:00"): "--backdate",
    ("--at", "tomorrow 7:00"): "belongs to one episode",
    ("york", "--at", "2099-12-01 07:00"): "placecast unpublish york",
}


def test_publish_at_refuses_before_anything_is_begun(show: SmallShow, placecast: Command) -> None:
    show.add("york", seconds=1.0)
    show.publish()
    sounds.save(Path("trust.wav"), sounds.speech(1.0))
    for arguments, said in REFUSED_AT.items():
        code, _, err = placecast("publish", *arguments, "--no-input")
        assert code == 2, arguments
        assert said in err
    assert [path.name for path in Path("episodes").iterdir()] == ["york"]
    assert "2026-05-01T06:00:00" in text_of("york")


def test_a_dry_run_says_the_date_and_writes_none(show: SmallShow, placecast: Command) -> None:
    show.add("digbeth", published="")
    before = text_of("digbeth")
    _, out, _ = placecast("publish", "digbeth", "--at", "2099-12-01 07:00", "--dry-run")
    assert "would give digbeth its date: 01 December 2099, 07:00 GMT" in out
    assert text_of("digbeth") == before


def test_a_date_before_the_recording_is_there_keeps_no_other_episode_waiting(show: SmallShow) -> None:
    show.add("digbeth", seconds=1.0)
    (show.add("hull", published="2099-12-01T07:00:00") / "recording.wav").unlink()
    show.publish()
    assert "Digbeth" in (show.target / "feed.xml").read_text("utf-8")
    assert any("hull: recording names no recording" in warning for warning in show.last.warnings)
    with pytest.raises(FactsError, match="names no recording"):
        show.publish("hull")


def test_an_episode_that_only_the_target_knows_to_be_out_is_not_dated_ahead(show: SmallShow) -> None:
    from placecast import pipeline

    show.add("digbeth", seconds=1.0)
    show.publish()
    show.edit("digbeth", "published = ", "# ")
    with pytest.raises(UsageError, match="stays out"):
        pipeline.publish(show.run(), ["digbeth"], at=DECEMBER)


def test_a_clone_that_never_looked_goes_by_what_was_built(tmp_path: Path) -> None:
    show = make(tmp_path / "show", 'bucket = "cast"\nverify = false')
    show.add("digbeth", seconds=1.0)
    assert lastseen.seen(show.project, show.project.load()[0]).by == "build"
    facts, episode = scheduling.episode_of(show.project, "digbeth")
    scheduling.schedule(show.project, facts, episode, Moment(at=DECEMBER))
    assert "2026-12-01T07:00:00" in (tmp_path / "show/episodes/digbeth/episode.md").read_text("utf-8")
