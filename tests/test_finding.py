"""`placecast search`: every sentence is found, whatever is typed, and the index is never older than the show."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from placecast import finding, pipeline
from placecast.finding import Answer, Only
from placecast.finding.keeping import path as index_of
from placecast.finding.store import Known, State, Store, reading, writing
from placecast.model import Cue, Transcript
from placecast.search.words import common, words
from tests.commands import Command
from tests.made_up import made_up, quoted
from tests.small_show import SmallShow, make

HARBOUR = (
    "Welcome to the show about small places.",
    "The harbour wall was built in 1893 by the council.",
    "And the fishermen were mending their nets on the quay.",
    "To be or not to be, that is what they said.",
)
MARKET = (
    "The market hall has a new roof.",
    "Nobody had asked the traders what they wanted from the council.",
    "It was built of walls and promises.",
)


def transcript(*texts: str, language: str = "en-GB", speakers: Sequence[str] = ("Ana",)) -> Transcript:
    cues = (
        Cue(start=4.0 * at, end=4.0 * at + 3.5, text=text, speaker=speakers[at % len(speakers)])
        for at, text in enumerate(texts)
    )
    return Transcript(cues=tuple(cues), language=language)


@contextmanager
def index(*told: Transcript) -> Iterator[Store]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "search.sqlite"
        with writing(path, anew=True) as store:
            store.replace([], ((f"episode-{number}", "", each) for number, each in enumerate(told)))
            store.describe([known(f"episode-{number}", f"2026-0{number + 1}-03") for number in range(len(told))])
            store.settle(State(program="", seen="", language="en-GB"))
        with reading(path) as store:
            yield store


def known(slug: str, day: str) -> Known:
    page = f"https://podcast.example.org/e/{slug}/"
    return Known(slug=slug, title=slug, published=day, day=day, withdrawn=False, page=page, places=("Grimsby",))


def ask(store: Store, query: str, only: Only = Only(), limit: int = 10) -> Answer:  # noqa: B008  it is frozen
    return finding.search(store, finding.understood(query), only, limit)


def texts(answer: Answer) -> list[str]:
    return [each.text for each in answer.found]


# What is found


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("harbour walls", HARBOUR[1]),
        ("the fisherman mended nets", HARBOUR[2]),
        ("harbor wal", HARBOUR[1]),
        ("to be or not to be", HARBOUR[3]),
        ("asking trader", MARKET[1]),
        ('"built in 1893"', HARBOUR[1]),
        ("“that is what they said”", HARBOUR[3]),
        ("council 1893", HARBOUR[1]),
        ("HARBÖUR", HARBOUR[1]),
    ],
)
def test_the_sentence_that_says_most_comes_first(query: str, first: str) -> None:
    with index(transcript(*HARBOUR), transcript(*MARKET)) as store:
        assert texts(ask(store, query))[0] == first


def test_a_quoted_phrase_must_be_said_just_so() -> None:
    with index(transcript(*HARBOUR), transcript(*MARKET)) as store:
        assert texts(ask(store, '"harbour wall"')) == [HARBOUR[1]]
        assert texts(ask(store, '"wall harbour"')) == []
        assert texts(ask(store, '"harbour walls"')) == []


def test_it_is_told_what_stands_for_a_word_that_nobody_says() -> None:
    with index(transcript(*HARBOUR)) as store:
        assert ask(store, "habrour qqqqqqq").taken == {"habrour": ("harbour",), "qqqqqqq": ()}
        assert texts(ask(store, "qqqqqqq")) == []


def test_a_phrase_across_two_passages_is_found() -> None:
    with index(transcript("one " * 59 + "harbour", "wall stands here.")) as store:
        assert ask(store, '"harbour wall"').found[0].seconds == 0


def test_whatever_is_said_side_by_side_is_found_in_quotes() -> None:
    told = made_up(random.Random(11), 400)
    chance = random.Random(12)
    with index(told) as store:
        for _ in range(150):
            phrase, _ = quoted(told, chance)
            assert ask(store, f'"{phrase}"').found, phrase
            assert not ask(store, f'"{phrase.replace(" ", " unsaid ", 1)}"').found, phrase


def test_words_are_found_in_every_language_of_the_show() -> None:
    welsh = transcript("Mae'r porthladdoedd yn hen iawn.", language="cy")
    with index(transcript(*HARBOUR), welsh) as store:
        assert texts(ask(store, "porthladdoedd hen")) == ["Mae'r porthladdoedd yn hen iawn."]


def test_the_words_that_were_asked_for_are_marked() -> None:
    with index(transcript(*HARBOUR)) as store:
        (found,) = ask(store, '"harbour wall"').found
        assert [found.text[begin:end] for begin, end in found.marks] == ["harbour", "wall"]


ONLY: dict[str, tuple[Only, set[str]]] = {
    "a speaker, by a part of the name": (Only(speaker="rosa"), {"Rosa Hartley"}),
    "a day": (Only(since="2026-02-03", until="2026-02-03"), {"Ben"}),
    "from a month on": (Only(since="2026-02"), {"Ben"}),
    "up to a month": (Only(until="2026-01"), {"Ana", "Rosa Hartley"}),
    "a place": (Only(place="grimsby"), {"Ana", "Rosa Hartley", "Ben"}),
    "no day": (Only(since="2027"), set()),
}


@pytest.mark.parametrize(("only", "speakers"), ONLY.values(), ids=ONLY)
def test_only_some_sentences_count(only: Only, speakers: set[str]) -> None:
    two = transcript("The council met.", "The council left.", speakers=["Ana", "Rosa Hartley"])
    with index(two, transcript("The council slept.", speakers=["Ben"])) as store:
        found = ask(store, "council", only).found
        assert {each.speaker for each in found} <= speakers
        assert bool(found) == bool(speakers)


def test_everything_that_is_rare_enough_is_found_up_to_the_limit() -> None:
    with index(transcript(*(f"The harbour of day {number}. " + "word " * 60 for number in range(80)))) as store:
        assert len(ask(store, "harbour", limit=70).found) == 70


TEXT = st.text(max_size=60) | st.lists(st.sampled_from([*HARBOUR[1].split(), "NEAR", "to", "be"]), max_size=9).map(
    " ".join
)


@pytest.mark.parametrize("query", ["he", "to be", "harbour", '"to be or"', "..."])
@pytest.mark.parametrize("episodes", [0, 1])
def test_nothing_is_found_where_nobody_has_said_anything(query: str, episodes: int) -> None:
    with index(*[transcript()] * episodes) as store:
        assert ask(store, query).found == ()


@given(said=st.lists(TEXT, max_size=12), query=TEXT, filler=st.lists(TEXT, max_size=6))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_typed_every_sentence_is_found_by_its_own_words(
    said: list[str], query: str, filler: list[str]
) -> None:
    with index(transcript(*said), transcript(*filler)) as store:
        ask(store, query)
        for sentence in said:
            own = words(sentence)
            if len(own) > 1 or set(own) - common("en"):
                assert any(words(each.text) == own for each in ask(store, " ".join(own), limit=100).found)
                assert any(words(each.text) == own for each in ask(store, f'"{" ".join(own)}"', limit=100).found)


@given(before=st.lists(TEXT, max_size=8), after=st.lists(TEXT, max_size=8))
@settings(max_examples=40, deadline=None)
def test_an_index_that_was_changed_is_the_one_that_a_new_one_is(before: list[str], after: list[str]) -> None:
    other = transcript(*HARBOUR)
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("changed.sqlite", "new.sqlite")]
        for path, texts in zip(paths, (before, after), strict=True):
            with writing(path, anew=True) as store:
                store.replace([], iter([("other", "", other), ("one", "", transcript(*texts))]))
        with writing(paths[0], anew=False) as store:
            store.replace(["one"], iter([("one", "", transcript(*after))]))
        assert content(paths[0]) == content(paths[1])


def content(path: Path) -> list[object]:
    with reading(path) as store:
        query = store.connection.execute
        query("CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, said, row)")
        tables = ("SELECT term, doc FROM temp.terms", "SELECT * FROM word", "SELECT sentences FROM passage ORDER BY id")
        return [query(each).fetchall() for each in tables]


# The command


@pytest.fixture
def show(tmp_path: Path) -> SmallShow:
    small = make(tmp_path / "show")
    add(small, "harbour", HARBOUR, "2026-05-01T06:00:00")
    add(small, "market", MARKET, "")
    return small


def add(show: SmallShow, slug: str, said: Sequence[str], published: str) -> None:
    from placecast import vtt

    show.add(slug, published)
    path = show.project.transcript_file(slug)
    path.parent.mkdir(exist_ok=True)
    path.write_text(vtt.write(transcript(*said)), "utf-8")


@pytest.fixture
def search(
    show: SmallShow, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    run = Command(monkeypatch, capfd)
    return lambda *arguments: run("search", "-C", str(show.project.root), *arguments)


Search = Callable[..., tuple[int, str, str]]


def test_a_draft_is_found_and_said_to_be_one(search: Search) -> None:
    code, out, _ = search("market", "roof")
    assert code == 0
    assert out.splitlines()[0] == "Market (draft)"
    assert f"  0:00  Ana: {MARKET[0]}" in out


def test_an_answer_names_day_time_speaker_and_address(search: Search) -> None:
    _, out, _ = search("harbour wall")
    assert out.splitlines()[:3] == [
        "Harbour (2026-05-01, not published yet)",
        f"  0:04  Ana: {HARBOUR[1]}",
        "    https://podcast.example.org/small/e/harbour/#t=4",
    ]


def test_programs_read_the_same_answer(search: Search) -> None:
    _, out, _ = search("habrour", "--json", "--limit", "1")
    answer = json.loads(out.splitlines()[-1])
    (found,) = answer["found"]
    assert answer["taken"] == {"habrour": ["harbour"]}
    assert (found["slug"], found["seconds"], found["state"]) == ("harbour", 4.0, "not published yet")


def test_a_word_that_nobody_says_is_told(search: Search) -> None:
    _, out, _ = search("habrour")
    assert out.startswith("Nobody says habrour: searched for harbour.\n")


@pytest.mark.parametrize(
    "query",
    [
        *('"', '""', "a\x00b".replace("\x00", " "), "harbour AND", "NEAR(a b)", "terms:harbour", "har*", "-- ;DROP"),
        *(
            "^wall",
            '"unclosed',
            "(",
            "{a b}: c",
            "'",
            "\\",
            "\x1b[31mred",
            "\u202eabc",
            "👍🏽",
            "x" * 10_000,
            "wall " * 2_000,
        ),
        *("\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape"), "%", "_", "a_b", "İstanbul"),
    ],
)
def test_a_hostile_query_is_only_a_query(search: Search, query: str) -> None:
    code, out, err = search("--", query)
    assert code in (0, 2)
    assert "Traceback" not in err
    assert "\x1b[31m" not in out


WRONG = {
    "no words": (["?!"], "there are no words to look for"),
    "an unknown speaker": (["wall", "--speaker", "Zoe"], "There is: Ana."),
    "an unknown place": (["wall", "--place", "Atlantis"], "No episode has a place yet."),
    "a day that is none": (["wall", "--since", "yesterday"], "write it as 2026-05-01"),
}


@pytest.mark.parametrize(("arguments", "told"), WRONG.values(), ids=WRONG)
def test_wrong_use_is_told(search: Search, arguments: list[str], told: str) -> None:
    code, _, err = search(*arguments)
    assert code == 2
    assert told in err


# The index is as new as the show


def test_a_corrected_transcript_is_found_at_once(show: SmallShow, search: Search) -> None:
    search("wall")
    path = show.project.transcript_file("harbour")
    path.write_text(path.read_text("utf-8").replace("fishermen", "lighthouse keepers"), "utf-8")
    assert "lighthouse" in search("lighthouse keeper")[1]
    assert "Nobody says fishermen" in search("fishermen")[1]


def test_only_what_has_changed_is_read_again(show: SmallShow, search: Search, monkeypatch: pytest.MonkeyPatch) -> None:
    search("wall")
    read: list[str] = []
    take_in = Store._take_in
    monkeypatch.setattr(Store, "_take_in", lambda self, slug, *rest: read.append(slug) or take_in(self, slug, *rest))
    add(show, "quay", ["The quay is new."], "2026-05-02T06:00:00")
    assert "The quay is new." in search("quay new")[1]
    search("quay")
    assert read == ["quay"]


def test_an_episode_that_is_gone_is_found_no_more(show: SmallShow, search: Search) -> None:
    search("wall")
    (show.project.root / "episodes/market/episode.md").unlink()
    assert "roof" not in search("market roof")[1].replace("Nobody says roof", "")


def test_a_new_title_is_shown_at_once(show: SmallShow, search: Search) -> None:
    search("wall")
    show.edit("market", 'title = "Market"', 'title = "Hall"')
    assert search("new roof")[1].startswith("Hall (draft)")


BROKEN: dict[str, Callable[[Path], object]] = {
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:5_000]),
    "its middle overwritten": lambda path: path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 40_000),
    "no database": lambda path: path.write_bytes(b"nothing of the kind"),
    "empty": lambda path: path.write_bytes(b""),
    "of another version": lambda path: _changed(path, "UPDATE show SET version = 0"),
    "of another program": lambda path: _changed(path, "UPDATE show SET program = 'other'"),
    "without a table": lambda path: _changed(path, "DROP TABLE passage"),
    "with a text that is none": lambda path: _changed(path, "UPDATE passage SET sentences = '{'"),
}


def _changed(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize("break_it", BROKEN.values(), ids=BROKEN)
def test_an_index_that_cannot_be_used_is_made_anew(
    show: SmallShow, search: Search, break_it: Callable[[Path], object]
) -> None:
    _, before, _ = search("harbour wall")
    break_it(index_of(show.project.root))
    code, after, err = search("harbour wall")
    assert (code, after) == (0, before), err


def test_a_locked_index_can_be_read(show: SmallShow, search: Search) -> None:
    _, before, _ = search("wall")
    connection = sqlite3.connect(index_of(show.project.root))
    connection.execute("BEGIN EXCLUSIVE")
    assert search("wall")[1] == before
    show.edit("market", 'title = "Market"', 'title = "Hall"')
    assert "Hall (draft)" in search("roof")[1]
    connection.close()


def test_a_transcript_that_cannot_be_read_leaves_the_others(show: SmallShow, search: Search) -> None:
    show.project.transcript_file("market").write_text("WEBVTT\n\n00:00 --> nonsense\nx\n", "utf-8")
    code, out, err = search("harbour wall")
    assert (code, out.splitlines()[1]) == (0, f"  0:04  Ana: {HARBOUR[1]}")
    assert "transcripts/market.vtt" in err


def test_facts_that_are_wrong_leave_what_was_known(show: SmallShow, search: Search) -> None:
    search("wall")
    show.edit("market", "guid = ", "gid = ")
    code, out, err = search("new roof")
    assert (code, out.splitlines()[0]) == (0, "Market (draft)")
    assert "Searched as it was before" in err


def test_build_keeps_an_index_up_to_date_and_makes_none(show: SmallShow, search: Search) -> None:
    show.publish("harbour")
    assert not index_of(show.project.root).exists()
    search("wall")
    path = show.project.transcript_file("harbour")
    path.write_text(path.read_text("utf-8").replace("fishermen", "keepers"), "utf-8")
    pipeline.rebuild(show.run())
    with reading(index_of(show.project.root)) as store:
        state = store.state()
        assert "keepers" in texts(ask(store, "keepers"))[0]
        assert state is not None
        assert state.seen == finding.seen(show.project.root)


@pytest.mark.parametrize("break_it", BROKEN.values(), ids=BROKEN)
def test_build_does_not_mind_a_broken_index(
    show: SmallShow, search: Search, break_it: Callable[[Path], object]
) -> None:
    _, before, _ = search("harbour wall")
    break_it(index_of(show.project.root))
    show.project.transcript_file("market").unlink()
    show.publish("harbour")
    assert search("harbour wall")[1].splitlines()[1] == before.splitlines()[1]


def test_publish_keeps_an_index_up_to_date(show: SmallShow, search: Search) -> None:
    search("wall")
    show.publish("market")
    with reading(index_of(show.project.root)) as store:
        assert ask(store, "roof").found[0].day
    assert "(2026-06-01" in search("roof")[1]


def started(show: SmallShow, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "placecast.cli", *arguments, "-C", str(show.project.root)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_several_searches_and_a_build_at_once_do_not_mind_each_other(show: SmallShow) -> None:
    show.publish("harbour")
    commands = [["search", "harbour wall"], ["search", "harbour walls"], ["build"], ["search", "harbor wall"]]
    for run in [started(show, *arguments) for arguments in commands]:
        out, err = run.communicate(timeout=120)
        assert run.returncode == 0, err
        assert HARBOUR[1] in out or "search" not in run.args
    assert not list(show.project.cache.glob(".search*"))


# Hearing it


def player(folder: Path, name: str, code: int = 0) -> Path:
    """A player that only writes down how it was called."""
    folder.mkdir(exist_ok=True)
    script = folder / name
    script.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{folder}/called"\nexit {code}\n')
    script.chmod(0o755)
    return folder / "called"


@pytest.mark.parametrize("name", ["mpv", "vlc", "ffplay"])
def test_it_is_played_from_the_sentence_on(
    show: SmallShow, search: Search, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    show.publish("harbour")
    called = player(tmp_path / "bin", name)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}/bin")
    monkeypatch.setattr("placecast.finding.playing._PLAYERS", {name: _players()[name]})
    assert search("harbour wall", "--play")[0] == 0
    *options, sound = called.read_text().splitlines()
    assert "4.00" in " ".join(options)
    assert Path(sound).parent == show.project.feed / "media"


def _players() -> dict[str, tuple[str, ...]]:
    from placecast.finding import playing

    return playing._PLAYERS


def test_without_a_player_the_address_is_told(show: SmallShow, search: Search, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    code, _, err = search("harbour wall", "--play")
    assert code == 0
    assert "Hear it at https://podcast.example.org/small/e/harbour/#t=4" in err


def test_a_player_that_fails_is_told(
    show: SmallShow, search: Search, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    player(tmp_path / "bin", "mpv", code=2)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}/bin")
    code, _, err = search("new roof", "--play")
    assert (code, "has no sound to play yet" in err) == (1, True)
    show.publish("harbour")
    code, _, err = search("harbour wall", "--play")
    assert (code, "could not play it (it ended with 2)" in err) == (3, True)
