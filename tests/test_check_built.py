"""`placecast check` on a real show that was really published: what is broken in its files is found there."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from placecast.checks import RULES, Rule
from placecast.checks.sources import sources
from tests.small_show import SmallShow, files_below, make
from tests.tampering import CHAPTERS, TAMPERING, Change, in_episode, in_feed, words
from tests.test_cli import Command

CHECKS = Path(__file__).parents[1] / "docs" / "checks.md"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> SmallShow:
    """A show with two episodes, published."""
    show = make(tmp_path_factory.mktemp("made") / "show")
    show.add("digbeth")
    show.add("ely", "2026-05-02T06:00:00", seed=2)
    show.publish()
    return show


@pytest.fixture
def root(published: SmallShow, tmp_path: Path) -> Path:
    """A copy of it, to be tampered with."""
    return Path(shutil.copytree(published.project.root, tmp_path / "show"))


@pytest.fixture
def placecast(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capfd)


def found(placecast: Command, root: Path) -> list[dict[str, str]]:
    code, out, err = placecast("check", "-C", str(root), "--json")
    assert code in (0, 1), err
    findings: list[dict[str, str]] = json.loads(out)["findings"]
    assert code == any(each["severity"] == "required" for each in findings)
    return findings


@pytest.mark.parametrize(
    ("code", "change"),
    [
        pytest.param(code, change, id=f"{code}-{at}")
        for code, all_ in TAMPERING.items()
        for at, change in enumerate(all_)
    ],
)
def test_what_breaks_a_rule_is_found_in_the_show(root: Path, placecast: Command, code: str, change: Change) -> None:
    change(root)
    here = [each for each in found(placecast, root) if each["code"] == code]
    assert here
    for each in here:
        assert all(each[name] for name in ("file", "what", "why", "cure", "sources"))


def test_every_rule_is_broken_by_something_here() -> None:
    assert set(TAMPERING) == {rule.code for rule in RULES}


def test_a_show_as_it_was_published_breaks_nothing_but_what_waits_for_people(root: Path, placecast: Command) -> None:
    assert {each["code"] for each in found(placecast, root)} == {"transcript.machine", "chapter.count"}


def test_looking_changes_nothing(root: Path, placecast: Command) -> None:
    before = files_below(root)
    found(placecast, root)
    cache = ".placecast/known.json"
    assert files_below(root) | {cache: b""} == before | {cache: b""}


def test_what_is_said_names_file_and_key(root: Path, placecast: Command) -> None:
    in_feed('length="', 'length="1')(root)
    (one,) = [each for each in found(placecast, root) if each["code"] == "feed.enclosure.file" and "Ely" in each["key"]]
    assert (one["file"], one["key"]) == ("feed/feed.xml", "Ely > enclosure")


@pytest.mark.parametrize(
    ("options", "code"),
    [((), 0), (("--fail-on", "recommended"), 1), (("--fail-on", "best"), 1), (("--fail-on", "never"), 0)],
)
def test_a_pipeline_chooses_what_makes_it_fail(
    root: Path, placecast: Command, options: tuple[str, ...], code: int
) -> None:
    assert placecast("check", "-C", str(root), *options)[0] == code


def test_a_level_that_is_not_shown_may_still_fail(root: Path, placecast: Command) -> None:
    code, out, _ = placecast("check", "-C", str(root), "--level", "required", "--fail-on", "best")
    assert (code, out) == (1, "Nothing found: the facts and the feed follow the rules.\n")


def test_required_findings_fail_unless_never(root: Path, placecast: Command) -> None:
    in_feed(' type="audio/mpeg"', "")(root)
    assert placecast("check", "-C", str(root))[0] == 1
    assert placecast("check", "-C", str(root), "--fail-on", "never")[0] == 0


def test_a_hostile_feed_opens_no_other_file(root: Path, placecast: Command, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret words")
    in_feed("<rss", f'<!DOCTYPE rss [<!ENTITY a SYSTEM "{(tmp_path / "secret").as_uri()}">]>\n<rss', count=1)(root)
    in_feed("<title>Digbeth", "<title>&a;Digbeth")(root)
    told = found(placecast, root)
    assert "feed.doctype" in {each["code"] for each in told}
    assert "secret words" not in json.dumps(told)


def test_a_feed_of_growing_entities_ends_at_once(root: Path, placecast: Command) -> None:
    levels = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))
    in_feed("<rss", f'<!DOCTYPE rss [<!ENTITY a0 "ha">{levels}]>\n<rss', count=1)(root)
    in_feed("<title>Digbeth", "<title>&a12;Digbeth")(root)
    assert {"feed.doctype", "feed.xml"} & {each["code"] for each in found(placecast, root)}


def test_a_link_out_of_the_folder_is_no_built_file(root: Path, placecast: Command, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<p>secret words</p>")
    (root / "feed/e/digbeth/index.html").unlink()
    (root / "feed/e/digbeth/index.html").symlink_to(tmp_path / "page.html")
    assert "feed.file" in {each["code"] for each in found(placecast, root)}


def test_an_episode_that_was_unpublished_is_not_missed(root: Path, placecast: Command) -> None:
    assert placecast("unpublish", "-C", str(root), "digbeth")[0] == 0
    assert not [each for each in found(placecast, root) if each["code"].startswith("published.")]


def test_another_clones_episode_is_not_missed(root: Path, placecast: Command) -> None:
    shutil.rmtree(root / "episodes/digbeth")
    (root / "transcripts/digbeth.vtt").unlink()
    assert placecast("build", "-C", str(root))[0] == 0
    assert not [each for each in found(placecast, root) if each["code"].startswith("published.")]


def test_two_who_speak_at_once_are_no_fault(root: Path, placecast: Command) -> None:
    words(("00:00.000", "00:02.000", "<v Ana>One."), ("00:01.000", "00:03.000", "<v Rosa>Two."))(root)
    assert "transcript.overlap" not in {each["code"] for each in found(placecast, root)}


def test_a_built_show_keeps_chapters_equal_in_all_three_places(root: Path, placecast: Command) -> None:
    in_episode(CHAPTERS, "")(root)
    codes = {each["code"] for each in found(placecast, root)}
    assert {"chapter.tags", "feed.files"} <= codes


def document() -> str:
    """docs/checks.md."""
    parts = [HEAD]
    for name, told in LEVELS.items():
        parts.append(f"\n## {name.capitalize()}\n\n{told}\n\n| code | why | cure | source |\n|---|---|---|---|\n")
        parts += [row(rule) for rule in sorted(RULES, key=lambda each: each.code) if rule.severity == name]
    return "".join(parts)


def row(rule: Rule) -> str:
    links = ", ".join(f"<{each}>" if each.startswith("https:") else f"`{each}`" for each in sources(rule.why))
    return "| " + " | ".join([f"`{rule.code}`", rule.why, rule.cure.replace("|", "\\|"), links]) + " |\n"


HEAD = """\
# What `placecast check` looks for

Made from the program by `UPDATE_GOLDEN=1 .venv/bin/pytest tests/test_check_built.py`; a test compares it.

It reads the facts (`placecast.toml`, `names.toml`, `episode.md`, `audio.json`, transcripts) and, in the folder `feed`,
what was built of them: feed, pages, transcripts, chapters, sound and pictures. It changes nothing, and asks nothing of
the network. What is published is read in a folder that you publish to; of a bucket, it is what this clone saw last.

`--level` says which findings are shown, `--fail-on` which make it end with 1. `--json` writes one line with all:
`code`, `severity`, `file`, `key`, `what`, `why`, `cure` and `sources` of each finding, and `counts` by severity.

| it ends with | when |
|---|---|
| 0 | there is no finding as grave as `--fail-on` says (`required`, if left out) |
| 1 | there is one |
| 2 | the command was used wrongly, or there is no show here |
| 3 | a tool is missing |

The codes stay: a pipeline may rely on them.
"""
LEVELS = {
    "required": "Apps or directories refuse it, or listeners lose something.",
    "recommended": "A standard asks for it.",
    "best": "Good practice.",
}


def test_the_list_of_rules_is_made_from_the_rules() -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        CHECKS.write_text(document(), "utf-8")
    assert CHECKS.read_text("utf-8") == document()
