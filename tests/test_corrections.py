"""What was wrong in a published episode is put right in public: recorded, dated, shown, and never lost."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import feedparser
import lxml.html
import pytest

from placecast import amending, pipeline, rss
from placecast.cli import correcting as command
from placecast.cli import options
from placecast.errors import FactsError, UsageError
from placecast.model import Correction
from placecast.project import correcting
from tests import feeds, small_show
from tests.commands import Command, fake_engine
from tests.shows import page_of, structured_data, text_of
from tests.small_show import NOW, SmallShow

THEN = datetime(2026, 6, 1, 10, 30, tzinfo=UTC)
PLAN = Correction(
    date=THEN, kind="facts", wrong="The plan is of 2019", right="It is of 2021.", by="Rosa Hartley", at=61.0
)
NAME = Correction(
    date=THEN + timedelta(days=2), kind="transcript", wrong="Ana Miller", right="Ana <Müller> & Co", by="Rosa Hartley"
)


@pytest.fixture
def show(tmp_path: Path) -> SmallShow:
    """A show in the middle of its life: one episode is out, one is scheduled, one is a draft."""
    made = small_show.make(tmp_path / "show")
    made.add("trust")
    made.add("later", "2026-08-01T06:00:00")
    made.add("draft", "")
    return made


def corrected(show: SmallShow, **changes: Any) -> amending.Amended:
    said = {"kind": "facts", "wrong": "In 2019", "right": "In 2021", "by": "Rosa", "at": None}
    return amending.correct(show.run(), "trust", **{**said, **changes})


def the(slug: str, show: SmallShow) -> Any:
    return next(each for each in show.project.load()[1] if each.slug == slug)


def test_a_correction_is_kept_in_a_file_of_its_own_and_read_again(show):
    made = corrected(show, wrong='  In "2019",\n they said ', at=2.5)
    assert made.file.parent == show.project.root / "episodes" / "trust" / "corrections"
    assert made.file.name.startswith("2026-06-01-")
    assert the("trust", show).corrections == (made.correction,)
    assert made.correction.wrong == 'In "2019", they said'
    assert made.correction.date == NOW
    assert made.correction.at == 2.5


def test_what_is_recorded_twice_stands_once_and_a_further_one_leaves_the_first_as_it_is(show):
    first = corrected(show)
    kept = first.file.read_bytes()
    show.now += timedelta(hours=3)
    assert not corrected(show).new
    assert corrected(show, right="In 2022").new
    assert first.file.read_bytes() == kept
    assert [each.right for each in the("trust", show).corrections] == ["In 2021", "In 2022"]


def test_two_clones_that_correct_at_once_merge_without_a_conflict(show, tmp_path):
    root, other = show.project.root, tmp_path / "other"

    def git(*words: str, at: Path = root) -> None:
        who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main")
        subprocess.run(["git", *who, *words], cwd=at, check=True, capture_output=True)

    git("init")
    (root / ".gitignore").write_text("*.wav\n.placecast/\n", "utf-8")
    git("add", "-A")
    git("commit", "-m", "a show")
    git("clone", str(root), str(other), at=tmp_path)
    corrected(show)
    theirs = small_show.SmallShow(project=replace(show.project, root=other))
    corrected(theirs, kind="audio", wrong="Noise", right="None")
    for clone in (root, other):
        git("add", "-A", at=clone)
        git("commit", "-m", "a correction", at=clone)
    git("pull", "--no-rebase", "--no-edit", str(other), "main")
    assert {each.kind for each in the("trust", show).corrections} == {"facts", "audio"}


@pytest.mark.parametrize(
    ("slug", "said"),
    [("later", "is not published yet"), ("draft", "is not published yet"), ("nobody", "there is no such episode")],
)
def test_what_nobody_has_heard_is_not_corrected_in_public(show, slug, said):
    with pytest.raises(UsageError, match=said):
        amending.correct(show.run(), slug, kind="facts", wrong="a", right="b", by="c")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"wrong": "  "}, "--wrong: says nothing"),
        ({"by": ""}, "--by: says nothing"),
        ({"right": "In  2019"}, "--right: is the same as what was wrong"),
    ],
)
def test_a_correction_that_says_nothing_is_refused_and_nothing_is_written(show, changes, said):
    with pytest.raises(UsageError, match=said):
        corrected(show, **changes)
    assert not (show.project.root / "episodes/trust/corrections").exists()


def test_a_correction_that_holds_a_secret_is_refused_and_not_written(show):
    with pytest.raises(FactsError, match="holds an access key"):
        corrected(show, wrong="AKIA" + "A" * 16)
    assert not (show.project.root / "episodes/trust/corrections").exists()


def test_a_time_after_the_end_is_refused(show):
    show.publish()
    with pytest.raises(UsageError, match="after the end"):
        corrected(show, at=600.0)


def test_what_is_wrong_in_the_files_is_said_together_with_their_names(show):
    folder = show.project.root / "episodes" / "trust" / "corrections"
    folder.mkdir()
    (folder / "a.toml").write_text('date = 2026-06-01T10:00:00\nkind = "rumour"\nwrong = "x"\nright = "y"\n', "utf-8")
    (folder / "b.toml").write_bytes(b"\xff")
    with pytest.raises(FactsError) as told:
        show.project.load()
    assert {(fault.file, fault.key) for fault in told.value.faults} == {
        ("episodes/trust/corrections/a.toml", "kind"),
        ("episodes/trust/corrections/a.toml", "by"),
        ("episodes/trust/corrections/b.toml", ""),
    }


def test_publishing_a_correction_shows_it_and_touches_neither_guid_nor_sound(show):
    show.publish()
    before = feedparser.parse((show.target / "feed.xml").read_bytes()).entries[0]
    corrected(show, at=1.0)
    _, built = show.publish()
    after = feedparser.parse((show.target / "feed.xml").read_bytes()).entries[0]
    assert (after.id, after.enclosures, after.published) == (before.id, before.enclosures, before.published)
    assert "1 June 2026, the facts, at 0:01. Wrong: In 2019. Right: In 2021. (Rosa)" in after.content[-1].value
    assert {each.key for each in built.uploads} <= {"feed.xml", "e/trust/index.html"}
    assert pipeline.make_plan(show.run()).empty


def test_the_page_shows_corrections_the_newest_first_with_their_moment():
    episode = feeds.episode(corrections=(PLAN, NAME))
    page = page_of(feeds.release(episode))
    first, second = page.xpath("//section[@aria-labelledby='corrections-title']//li")
    assert text_of(first) == "3 June 2026, the transcript. Wrong: Ana Miller Right: Ana <Müller> & Co Rosa Hartley"
    assert second.xpath("./a/@href") == ["#t=61"]
    assert second.xpath("./time/@datetime") == ["2026-06-01T11:30:00+01:00"]


def test_search_engines_are_told_as_schema_org_has_it():
    told = structured_data(page_of(feeds.release(feeds.episode(corrections=(PLAN, NAME)))))["correction"]
    assert [each["@type"] for each in told] == ["CorrectionComment"] * 2
    assert told[1] == {
        "@type": "CorrectionComment",
        "text": "Wrong: The plan is of 2019. Right: It is of 2021.",
        "datePublished": "2026-06-01T11:30:00+01:00",
        "author": {"@type": "Person", "name": "Rosa Hartley"},
    }


def test_an_episode_without_corrections_has_not_a_byte_of_them():
    page = lxml.html.tostring(page_of(feeds.release())).lower()
    assert b"correction" not in page
    assert b"correction" not in rss.render(feeds.publication(feeds.release())).lower()


def test_hostile_text_stays_text_in_the_notes():
    hostile = replace(PLAN, wrong="]]><script>alert(1)</script>", right="&amp; \x00 %", by="<b>")
    feed = rss.render(feeds.publication(feeds.release(feeds.episode(corrections=(hostile,)))))
    notes = feedparser.parse(feed, sanitize_html=False).entries[0].content[-1].value
    assert "&lt;script&gt;" in notes
    assert "<script" not in notes


@pytest.fixture
def placecast(show, monkeypatch, capfd) -> Command:
    monkeypatch.chdir(show.project.root)
    monkeypatch.setattr(options, "_load_engine", fake_engine)
    return Command(monkeypatch, capfd)


def test_the_command_records_lists_and_says_what_comes_next(placecast):
    words = ["correct", "trust", "--kind", "facts", "--wrong", "In 2019", "--right", "In 2021", "--by", "Rosa"]
    code, out, _ = placecast(*words, "--at", "0:03")
    assert code == 0
    assert "placecast publish" in out
    assert "recorded already" in placecast(*words, "--at", "0:03")[1]
    listed = placecast("correct", "trust", "--list")[1]
    assert listed.splitlines()[0].endswith("the facts at 0:03, by Rosa")
    (kept,) = json.loads(placecast("correct", "trust", "--list", "--json")[1])["corrections"]
    assert (kept["kind"], kept["wrong"], kept["right"], kept["by"], kept["at"]) == (
        *("facts", "In 2019", "In 2021", "Rosa"),
        3.0,
    )


def test_what_is_not_given_is_named_where_nobody_can_be_asked(placecast):
    code, _, err = placecast("correct", "trust", "--wrong", "In 2019", "--no-input")
    assert code == 2
    assert "kind, right, by not given" in err
    assert "--kind … --right … --by …" in err


def test_a_person_is_asked_for_what_is_missing(placecast, monkeypatch, show):
    answers = {"What was wrong in": "audio", "What was wrong": "A hum", "What is right": "No hum"}
    monkeypatch.setattr(command, "interactive", lambda: True)
    monkeypatch.setattr(click, "prompt", lambda question, **_: answers.get(question, "Rosa Hartley"))
    assert placecast("correct", "trust")[0] == 0
    (made,) = the("trust", show).corrections
    assert (made.kind, made.wrong, made.right, made.by) == ("audio", "A hum", "No hum", "Rosa Hartley")


def test_a_draft_is_refused_before_anything_is_asked(placecast):
    code, _, err = placecast("correct", "draft")
    assert code == 2
    assert "Put it right in episode.md" in err


def test_the_file_is_what_a_person_can_read(show):
    text = corrected(show, at=63.0).file.read_text("utf-8")
    assert text == (
        'date = 2026-06-01T10:30:00+01:00\nkind = "facts"\nat = "1:03"\n'
        'wrong = "In 2019"\nright = "In 2021"\nby = "Rosa"\n'
    )
    assert correcting.FOLDER == "corrections"
