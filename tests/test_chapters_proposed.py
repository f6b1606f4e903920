"""Chapters that are found in a transcript, and the command that a producer edits them with."""

from __future__ import annotations

import json
import sys
from itertools import pairwise
from pathlib import Path

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placecast import cli, vtt
from placecast.chapters.proposing import propose, shortest_for
from placecast.chapters.telling import words_of
from placecast.model import Cue, Transcript
from tests import shows
from tests.small_show import SmallShow, make

_TOPICS = (
    "The ferry crosses the river. Fishermen mend their nets beside the harbour. The tide brings herring to it.",
    "Our orchard grows pears and apples. Bees visit the orchard blossom. We press apples for cider in the orchard.",
    "The school teaches chemistry. Pupils like the chemistry laboratory. A teacher burns magnesium in the laboratory.",
)


def cues(*texts: str, gap: float = 0.4, border: float = 0.4) -> tuple[Cue, ...]:
    """These texts, one after the other, four times each; 0.4 seconds a word."""
    made, now = [], 1.0
    for text in texts:
        now += border - gap if made else 0
        for sentence in [each.strip(". ") + "." for each in text.split(". ")] * 4:
            end = now + 0.4 * len(sentence.split())
            made.append(Cue(start=round(now, 3), end=round(end, 3), text=sentence))
            now = end + gap
    return tuple(made)


def borders(said: tuple[Cue, ...]) -> list[float]:
    """Where the texts of `cues` begin."""
    return [said[number].start for number in range(0, len(said), 12)]


def test_parts_are_found_by_their_words_alone() -> None:
    said = cues(*_TOPICS)
    made = propose(said, said[-1].end + 1, 15)
    assert [each.seconds for each in made] == pytest.approx([0, *borders(said)[1:]], abs=1.0)


def test_titles_are_words_that_were_said_in_their_part_and_differ() -> None:
    for release in shows.realistic().releases:
        said = release.text().transcript.cues
        made = propose(said, release.audio.seconds)
        titles = [each.title for each in made]
        assert len(set(titles)) == len(titles) >= 3
        ends = [*(each.seconds for each in made[1:]), release.audio.seconds]
        for each, end in zip(made, ends, strict=True):
            there = " ".join(cue.text for cue in said if each.seconds - 0.5 <= cue.start < end)
            assert " ".join(words_of(each.title)).casefold() in " ".join(words_of(there)).casefold()


def test_the_sample_is_divided_where_its_producer_divided_it() -> None:
    text = (Path(__file__).parents[1] / "transcripts" / "whose-high-street.vtt").read_text("utf-8")
    made = propose(vtt.parse(text, "x", "en-GB").cues, 178.0)
    assert {0, 106, 142} <= {each.seconds for each in made}


_SENTENCES = st.lists(
    st.tuples(st.text(max_size=30), st.floats(0, 5, allow_nan=False), st.floats(0.01, 20, allow_nan=False)), max_size=40
)


@settings(max_examples=150)
@given(_SENTENCES, st.floats(5, 60))
def test_any_transcript_gives_chapters_that_are_long_enough_and_in_order(sentences, shortest: float) -> None:
    said, now = [], 0.0
    for text, pause, length in sentences:
        said.append(Cue(start=now + pause, end=now + pause + length, text=text))
        now = said[-1].end
    made = propose(said, now, shortest)
    assert made == propose(list(said), now, shortest)
    assert len(made) != 1
    starts = [each.seconds for each in made]
    assert starts[:1] in ([], [0.0])
    # A start is moved into the pause before its sentence, by a second at most.
    assert all(later - earlier >= shortest - 1.01 for earlier, later in pairwise(starts))
    assert all(each.title for each in made)


def test_a_longer_episode_has_longer_chapters() -> None:
    assert [shortest_for(seconds) for seconds in (60, 1200, 3600, 36_000)] == [30, 60, 180, 300]


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallShow:
    """A show with a draft that has a transcript and no chapters, in the current folder."""
    made = make(tmp_path / "show")
    made.add("one", published="")
    made.edit("one", '[[chapters]]\nstart = 0\ntitle = "Start"\n', "")
    made.project.write_edited("one", vtt.write(Transcript(cues=cues(*_TOPICS), language="en-GB")))
    monkeypatch.chdir(made.project.root)
    return made


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["placecast", "chapters", *arguments])
    try:
        cli.main()
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def written(show: SmallShow) -> list[tuple[float, str]]:
    _, (episode,) = show.project.load()
    return [(each.seconds, each.title) for each in episode.chapters]


def test_what_is_printed_can_be_brought_back(show: SmallShow, monkeypatch, capsys) -> None:
    assert run(monkeypatch, "one", "--print") == 0
    assert written(show) == []
    lines = capsys.readouterr().out
    Path("list.txt").write_text(lines, "utf-8")
    assert run(monkeypatch, "one", "--from", "list.txt", "--write") == 0
    assert [f"{title}" for _, title in written(show)] == [line.partition(" ")[2] for line in lines.splitlines()]


def test_json_has_the_same_chapters(show: SmallShow, monkeypatch, capsys) -> None:
    run(monkeypatch, "one", "--json", "--write")
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [(each["startTime"], each["title"]) for each in told["chapters"]] == written(show)
    assert told["written"] is True


def test_chapters_that_are_there_are_overwritten_only_when_told(show: SmallShow, monkeypatch, capsys) -> None:
    show.edit(
        "one", 'recording = "recording.wav"', 'recording = "recording.wav"\n[[chapters]]\nstart = 0\ntitle = "Mine"'
    )
    assert run(monkeypatch, "one", "--write") == 2
    assert "--replace" in capsys.readouterr().err
    assert written(show) == [(0, "Mine")]
    assert run(monkeypatch, "one", "--write", "--replace") == 0
    assert len(written(show)) >= 3


def editing(monkeypatch: pytest.MonkeyPatch, change) -> None:
    """A person at a terminal, whose editor does this to the text."""
    monkeypatch.setattr("placecast.cli.chapters.interactive", lambda: True)
    monkeypatch.setattr(click, "edit", lambda text, **_: change(text))


def test_what_the_producer_saves_in_the_editor_is_written(show: SmallShow, monkeypatch) -> None:
    editing(monkeypatch, lambda text: text.splitlines()[0] + "\n0:00 Hello\n1:00.5 The orchard\n")
    assert run(monkeypatch, "one") == 0
    assert written(show) == [(0, "Hello"), (60.5, "The orchard")]


def test_the_editor_is_the_one_that_the_producer_has_chosen(show: SmallShow, monkeypatch) -> None:
    monkeypatch.setattr("placecast.cli.chapters.interactive", lambda: True)
    monkeypatch.setenv("VISUAL", "sed -i s/^0:00.*/0:00\\ Hello/")
    assert run(monkeypatch, "one") == 0
    assert written(show)[0] == (0, "Hello")
    assert len(written(show)) == 3


@pytest.mark.parametrize("left", [None, "", "# nothing\n"])
def test_an_empty_editor_writes_nothing(show: SmallShow, monkeypatch, capsys, left: str | None) -> None:
    editing(monkeypatch, lambda _: left)
    assert run(monkeypatch, "one") == 0
    assert "Nothing was written" in capsys.readouterr().out
    assert written(show) == []


def test_a_mistake_in_the_editor_loses_nothing(show: SmallShow, monkeypatch, capsys) -> None:
    editing(monkeypatch, lambda _: "0:00 Hello\nThe orchard\n")
    assert run(monkeypatch, "one") == 1
    assert ".placecast/chapters-one.txt: line 2" in capsys.readouterr().err
    kept = show.project.root / ".placecast" / "chapters-one.txt"
    kept.write_text(kept.read_text("utf-8").replace("The orchard", "1:00 The orchard"), "utf-8")
    assert run(monkeypatch, "one", "--from", str(kept), "--write") == 0
    assert written(show) == [(0, "Hello"), (60, "The orchard")]


def test_too_little_to_divide_is_said(show: SmallShow, monkeypatch, capsys) -> None:
    assert run(monkeypatch, "one", "--print", "--shortest", "5:00") == 2
    assert "too short" in capsys.readouterr().err
