"""A long archive is built again from what lies there; it must be the very archive that a fresh build gives."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from placecast import archive, captions, looks, pipeline, record
from placecast.cli import cli
from placecast.project import Project
from placecast.project.memory import Memory
from tests.small_show import SmallShow, files_below, make

SLUGS = ("digbeth", "grimsby", "marlow")


@pytest.fixture
def show(tmp_path: Path) -> SmallShow:
    small = make(tmp_path / "show")
    for day, slug in enumerate(SLUGS, 1):
        small.add(slug, f"2026-05-{day:02d}T06:00:00", seed=day)
    small.publish()
    return small


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The titles of the episodes whose words are written again, in order."""
    titles: list[str] = []
    html = captions.html
    monkeypatch.setattr(captions, "html", lambda told, *, title: titles.append(title) or html(told, title=title))
    return titles


def rebuilt(show: SmallShow) -> dict[str, bytes]:
    """The folder `feed` after a build by a new process, which knows only what is on the disk."""
    fresh = replace(show, project=Project(root=show.project.root))
    pipeline.rebuild(fresh.run())
    return files_below(show.project.feed)


def transcript(show: SmallShow, slug: str) -> Path:
    return show.project.root / "transcripts" / f"{slug}.vtt"


def corrected(show: SmallShow) -> None:
    path = transcript(show, "grimsby")
    path.write_text(path.read_text("utf-8").rstrip() + " indeed\n", "utf-8")


def retimed(show: SmallShow) -> None:
    path = show.project.record_file("grimsby")
    kept = record.parse_record(path.read_text("utf-8"), path.name)
    moved = tuple(replace(word, start=word.start + 0.01, end=word.end + 0.01) for word in kept.words)
    path.write_text(record.write_record(replace(kept, words=moved)), "utf-8")


def approved(show: SmallShow) -> None:
    runner = CliRunner()
    told = runner.invoke(cli, ["approve", "grimsby", "--by", "Ana", "-C", str(show.project.root)])
    assert told.exit_code == 0, told.output


def damaged(show: SmallShow) -> None:
    (show.project.feed / "e/grimsby/transcript.html").write_bytes(b"nothing")


def taken_away(show: SmallShow) -> None:
    (show.project.feed / "e/grimsby/transcript.html").unlink()


def renamed(show: SmallShow) -> None:
    path = show.project.root / "placecast.toml"
    path.write_text(path.read_text("utf-8").replace("Small places", "Large places"), "utf-8")


def templated(show: SmallShow) -> None:
    (show.project.root / "templates").mkdir()
    (show.project.root / "templates/listen.html").write_text("<p>Listen elsewhere.</p>\n", "utf-8")


CHANGES: dict[str, tuple[Callable[[SmallShow], object], set[str]]] = {
    "nothing": (lambda _: None, set()),
    "a transcript": (corrected, {"Grimsby"}),
    "the times of words": (retimed, {"Grimsby"}),
    "notes": (lambda show: show.edit("grimsby", "Notes on", "Notes of"), {"Grimsby"}),
    "a chapter": (lambda show: show.edit("grimsby", '"Start"', '"Begin"'), {"Grimsby"}),
    "a title, which the pages beside it show": (
        lambda show: show.edit("grimsby", 'title = "Grimsby"', 'title = "Hull"'),
        {"Digbeth", "Hull", "Marlow"},
    ),
    "an approval": (approved, {"Grimsby"}),
    "a file that was damaged": (damaged, {"Grimsby"}),
    "a file that is gone": (taken_away, {"Grimsby"}),
    "the show": (renamed, {"Digbeth", "Grimsby", "Marlow"}),
    "a template of the show": (templated, {"Digbeth", "Grimsby", "Marlow"}),
    "the cache": (lambda show: shutil.rmtree(show.project.cache), {"Digbeth", "Grimsby", "Marlow"}),
}


@pytest.mark.parametrize(("change", "again"), CHANGES.values(), ids=CHANGES)
def test_what_a_change_touches_is_made_again_and_nothing_else(
    show: SmallShow, rendered: list[str], change: Callable[[SmallShow], object], again: set[str]
) -> None:
    change(show)
    rendered.clear()
    built = rebuilt(show)
    assert set(rendered) == again
    rendered.clear()
    shutil.rmtree(show.project.cache)
    shutil.rmtree(show.project.feed / "e")
    assert rebuilt(show) == built, "a fresh build gives another tree"
    assert set(rendered) >= {"Digbeth", "Marlow"}


def test_captions_are_cut_again_for_words_and_not_for_notes(show: SmallShow, monkeypatch: pytest.MonkeyPatch) -> None:
    cut: list[str] = []
    srt = captions.srt
    monkeypatch.setattr(captions, "srt", lambda told, words: cut.append(told.cues[0].text) or srt(told, words))
    show.edit("grimsby", "Notes on", "Notes of")
    rebuilt(show)
    assert not cut
    for change in (retimed, lambda show: (show.project.feed / "e/grimsby/transcript.srt").unlink()):
        change(show)
        rebuilt(show)
        assert len(cut) == 1
        cut.clear()


def test_no_words_are_read_where_nothing_has_changed(show: SmallShow, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(Project, "transcript", never)
    monkeypatch.setattr(Project, "record", never)
    assert rebuilt(show)


def test_another_program_makes_all_again(show: SmallShow, rendered: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "program", lambda: "another")
    rebuilt(show)
    assert len(rendered) == 3


def test_what_lies_there_is_sent_as_it_was(show: SmallShow) -> None:
    for path in (show.target / "e").rglob("*.vtt"):
        path.unlink()
    fresh = replace(show, project=Project(root=show.project.root))
    pipeline.publish(replace(fresh.run(), thorough=True))
    assert files_below(show.target / "e") == files_below(show.project.feed / "e")


def test_what_is_known_of_words_is_what_they_say(show: SmallShow) -> None:
    told, episodes = show.project.load()
    for episode in episodes:
        read = show.project.transcript(episode, told)
        assert read is not None
        assert archive.said(show.project, told, episode) == archive.said_of(read)


@pytest.mark.parametrize("content", [b"", b"no JSON", b"[1]", b'{"said": 3, "made": {"digbeth": 4}}', b"[" * 100_000])
def test_a_cache_that_is_damaged_is_made_again(show: SmallShow, content: bytes) -> None:
    before = files_below(show.project.feed)
    (show.project.cache / "known.json").write_bytes(content)
    assert rebuilt(show) == before


def test_what_is_remembered_is_an_answer_to_the_same_question_alone(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "known.json")
    assert memory.found("kind", "name", [1, []], lambda: {"x": 1}) == {"x": 1}
    memory.save()
    again = Memory(tmp_path / "known.json")
    assert again.recall("kind", "name", [1, []]) == {"x": 1}
    assert again.recall("kind", "name", [2, []]) is None
    assert again.recall("kind", "other", [1, []]) is again.recall("other", "name", [1, []]) is None


def test_a_folder_that_cannot_be_written_into_is_no_fault(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "not there" / "known.json")
    memory.keep("kind", "name", 1, 2)
    memory.save()
    assert not (tmp_path / "not there").exists()


def test_the_cache_names_no_words(show: SmallShow) -> None:
    kept = json.loads((show.project.cache / "known.json").read_bytes())
    assert {"said", "made", "record", "text"} <= kept.keys()
    said = show.project.transcript(*reversed(_first(show)))
    assert said is not None
    assert said.cues[0].text not in json.dumps(kept, ensure_ascii=False)


def _first(show: SmallShow) -> tuple[object, object]:
    told, episodes = show.project.load()
    return told, episodes[0]


def build(show: SmallShow) -> str:
    told = CliRunner().invoke(cli, ["build", "-C", str(show.project.root)])
    assert told.exit_code == 0, told.output
    return told.output


def test_a_second_build_reads_no_facts(show: SmallShow, monkeypatch: pytest.MonkeyPatch) -> None:
    first = build(show)
    assert "up to date" in first
    monkeypatch.setattr(Project, "load", None)
    assert build(show) == first


@pytest.mark.parametrize("change", [corrected, damaged, renamed], ids=lambda each: each.__name__)
def test_a_build_sees_what_has_changed_since(show: SmallShow, change: Callable[[SmallShow], object]) -> None:
    build(show)
    change(show)
    assert "wrote feed/" in build(show)


def test_a_file_with_an_earlier_time_has_changed(show: SmallShow) -> None:
    build(show)
    corrected(show)
    os.utime(transcript(show, "grimsby"), ns=(1, 1))
    assert "wrote feed/" in build(show)
