"""The search index: what it holds, that it can be read again, and that it changes no more than it must."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import snowballstemmer
from hypothesis import given
from hypothesis import strategies as st

from placecast import indexing, pages, pipeline, search
from placecast.model import Cue, Transcript
from placecast.project import Project
from placecast.search import index, porter, postings
from placecast.search.passages import FURTHER, passages, terms
from placecast.search.words import common, words
from placecast.upkeep import unpublish
from tests import feeds
from tests.made_up import made_up
from tests.small_show import SmallShow, files_below, make

TEXTS = st.lists(st.text(max_size=60), max_size=30)


def transcript(*texts: str, language: str = "en-GB") -> Transcript:
    cues = (Cue(start=4.0 * at, end=4.0 * at + 3.5, text=text, speaker="Ana") for at, text in enumerate(texts))
    return Transcript(cues=tuple(cues), language=language)


# Words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The council's housing, in 1998.", "the councils housing in 1998"),
        ("Don’t “quote” me – OK?", "dont quote me ok"),
        ("Caffè Ysgol Llanfairpwll\tÂr", "caffe ysgol llanfairpwll ar"),
        ("co-operative ﬁrst e.g. snake_case", "co operative first e g snake case"),
        ("東京 Привет नमस्ते", "東京 привет नमसत"),
        ("", ""),
    ],
)
def test_words_are_what_a_reader_would_type(text: str, found: str) -> None:
    assert words(text) == found.split()


def test_stems_are_those_of_porters_algorithm() -> None:
    """Against Snowball's own, but for what the paper says of a doubled consonant and of words of two letters."""
    known = snowballstemmer.stemmer("porter")
    text = (Path(__file__).parents[1] / "README.md").read_text("utf-8") + (porter.__doc__ or "")
    for path in Path(shutil.__file__).parent.glob("*.py"):
        text += path.read_text("utf-8", errors="ignore")
    found = {word for word in re.findall(r"[a-z]{3,}", text.lower()) if not re.search(r"([chjkqvwx])\1(ed|ing)$", word)}
    assert len(found) > 10_000
    assert {word: porter.stem(word) for word in found} == {word: known.stemWord(word) for word in found}


@given(st.text(max_size=40))
def test_no_word_is_without_a_stem(text: str) -> None:
    for word in words(text):
        assert porter.stem(word)
        assert words(word) == [word]


@pytest.mark.parametrize("language", ["cy", "de", "en-GB", "es", "fr"])
def test_frequent_words_are_written_as_words_are_found(language: str) -> None:
    assert len(common(language)) > 40
    assert all(words(word) == [word] for word in common(language))


def test_a_language_without_a_list_looks_up_every_word() -> None:
    single, double, said = terms(passages(transcript("to be or not to be", language="nl")), "nl")
    assert single.keys() == said == {"to", "be", "or", "not"}
    assert not double


def test_frequent_words_are_looked_up_in_pairs() -> None:
    single, double, _ = terms(passages(transcript("To be or not to leave")), "en")
    assert [*single] == ["leav"]
    assert [*double] == ["to be", "be or", "or not", "not to"]


# Passages


@given(TEXTS)
def test_every_sentence_is_in_one_passage_in_order(texts: list[str]) -> None:
    told = transcript(*texts)
    assert [cue for passage in search.passages(told) for cue in passage] == list(told.cues)


@given(TEXTS)
def test_the_parts_say_what_the_transcript_says(texts: list[str]) -> None:
    told = transcript(*texts)
    parts = [json.loads(part) for part in search.parts(feeds.release(), told).values()]
    said = [sentence for part in parts for passage in part["passages"] for sentence in passage]
    assert said == [[cue.start, cue.text, 0] for cue in told.cues]
    assert all(len(part["passages"]) <= search.PART for part in parts)


def test_each_part_says_how_the_next_one_begins() -> None:
    told = made_up(random.Random(5), 400)
    parts = [json.loads(part) for part in search.parts(feeds.release(), told).values()]
    assert len(parts) > 3
    for part, behind in pairwise(parts):
        further = part["further"]
        assert further == behind["passages"][0][: len(further)]
        assert len(words(" ".join(text for _, text, _ in further))) >= FURTHER
        assert len(words(" ".join(text for _, text, _ in further[:-1]))) < FURTHER
    assert parts[-1]["further"] == []


def test_a_phrase_across_two_passages_is_found_in_the_first() -> None:
    told = transcript("one " * 59 + "harbour", "wall stands here.")
    heard = search.heard(told)
    assert heard.passages == [2]
    assert postings.local([postings.place(0, "wall")]) == heard.single["harbour"].places
    assert postings.local([postings.place(each, "stand") for each in (0, 1)]) == heard.single["wall"].places


# Postings

PASSAGES = st.lists(st.integers(0, 3_000), min_size=1, unique=True).map(sorted)
EPISODES = st.lists(st.dictionaries(st.text(min_size=1, max_size=12), PASSAGES, max_size=8), max_size=8)


@given(EPISODES)
def test_postings_are_read_as_they_were_written(episodes: list[dict[str, list[int]]]) -> None:
    local = [{term: postings.local(found) for term, found in each.items()} for each in episodes]
    joined = postings.Joined()
    for each in local:
        joined.add({term: postings.Run(0, 0, found) for term, found in each.items()})
    shards = postings.shards(joined.terms)
    assert not shards or len(shards).bit_count() == 1
    read = {term: found for shard in shards for term, found in postings.read(shard).items()}
    expected: dict[str, list[tuple[int, list[int]]]] = {}
    for number, each in enumerate(episodes):
        for term, found in each.items():
            expected.setdefault(term, []).append((number, found))
    assert read == expected


@given(EPISODES, st.integers(1, 4))
def test_postings_that_were_joined_in_batches_are_those_that_were_joined_at_once(
    episodes: list[dict[str, list[int]]], size: int
) -> None:
    runs = [{term: postings.Run(0, 0, postings.local(found)) for term, found in each.items()} for each in episodes]
    once, twice = postings.Joined(), postings.Joined()
    for each in runs:
        once.add(each)
    for at in range(0, len(runs), size):
        batch = postings.Joined()
        for each in runs[at : at + size]:
            batch.add(each)
        twice.add(batch.runs, len(runs[at : at + size]))
    assert once.terms == twice.terms
    assert once.runs == twice.runs


def test_a_term_is_in_the_shard_of_its_hash() -> None:
    shards = postings.shards({str(number): bytes(2) for number in range(3_000)})
    assert len(shards) > 1
    for number, shard in enumerate(shards):
        assert all(postings.hash_of(term) & (len(shards) - 1) == number for term in postings.read(shard))


@pytest.mark.parametrize(("text", "value"), [("", 0x811C9DC5), ("a", 0xE40C292C), ("foobar", 0xBF9CF968)])
def test_the_hash_is_fnv_1a(text: str, value: int) -> None:
    """The values are those of draft-eastlake-fnv, appendix C."""
    assert postings.hash_of(text) == value


# The index of a show


def _said(number: int, more: str = "") -> Transcript:
    chance = random.Random(number)
    rare = [f"{chr(97 + word % 26)}{word}" for word in (chance.randrange(3_000) for _ in range(400))]
    return transcript(*(" ".join(rare[at : at + 10]) for at in range(0, 400, 10)), more)


def _index(*told: Transcript) -> dict[str, bytes]:
    slugs = [f"episode-{number}" for number in range(len(told))]
    heard = [search.heard(each) for each in told]
    cut = search.divided(len(told))
    segments = [search.segment(slugs[:cut], heard[:cut]), search.segment(slugs[cut:], heard[cut:])]
    tree = {path: content for _, files in segments for path, content in files.items()}
    return tree | search.table([each for each, _ in segments], "en-GB", [2026] * len(told), [()] * len(told))


def _first_segment(index: dict[str, bytes]) -> set[str]:
    table = json.loads(index[search.TABLE])
    return set(re.findall(".{10}", table["segments"][0]["single"] + table["segments"][0]["double"]))


def test_one_more_episode_leaves_the_first_segment_as_it_is() -> None:
    told = [_said(number) for number in range(70)]
    before, after = _index(*told[:69]), _index(*told)
    assert len(_first_segment(before)) > 10
    assert _first_segment(before) == _first_segment(after)


def test_a_corrected_word_changes_the_shards_of_that_word_and_of_the_one_before_it() -> None:
    told = [_said(number) for number in range(64)]
    before = _index(*told)
    after = _index(*told[:10], _said(10, "corrected"), *told[11:])
    assert 0 < len(_first_segment(after) - _first_segment(before)) <= 2


@pytest.fixture
def show(tmp_path: Path) -> SmallShow:
    small = make(tmp_path / "show")
    small.add("digbeth", "2026-05-01T06:00:00")
    small.add("grimsby", "2026-05-02T06:00:00", seed=2)
    small.publish()
    return small


def _searchable(show: SmallShow) -> dict[str, bytes]:
    return {path: content for path, content in files_below(show.project.feed).items() if path.startswith("search/")}


def _table(show: SmallShow) -> dict[str, object]:
    found: dict[str, object] = json.loads(_searchable(show)[search.TABLE])
    return found


def test_the_oldest_episode_comes_first(show: SmallShow) -> None:
    segments = _table(show)["segments"]
    assert isinstance(segments, list)
    assert " ".join(each["slugs"] for each in segments).split() == ["digbeth", "grimsby"]


def test_every_file_that_the_table_names_is_there_and_no_other(show: SmallShow) -> None:
    found = _searchable(show)
    table = json.loads(found[search.TABLE])
    hashes = [table["facets"]]
    for segment in table["segments"]:
        hashes += segment["words"].values()
        hashes += re.findall(".{10}", segment["single"] + segment["double"])
    named = {f"search/{each}.bin" for each in hashes} | {search.TABLE, "search/index.html"}
    assert named == found.keys()


def _fresh(show: SmallShow) -> SmallShow:
    return replace(show, project=Project(root=show.project.root))


def _corrected(show: SmallShow) -> None:
    path = show.project.transcript_file("grimsby")
    path.write_text(path.read_text("utf-8").rstrip() + " harbour\n", "utf-8")


def _broken_off(show: SmallShow) -> None:
    path = show.project.cache / "search/batches/0.json"
    path.write_bytes(path.read_bytes()[:100])
    (show.project.cache / "search/search-new.json").unlink()


CHANGES: dict[str, Callable[[SmallShow], object]] = {
    "nothing": lambda show: show,
    "a transcript": _corrected,
    "the cache of the index": lambda show: shutil.rmtree(show.project.cache / "search"),
    "what was read": lambda show: (show.project.cache / "search/said/grimsby.json").write_bytes(b"[]"),
    "what was joined": _broken_off,
    "what is said of a segment": lambda show: (show.project.cache / "search/search-new.json").write_bytes(b"{"),
    "a shard": lambda show: next((show.project.feed / "search").glob("*.bin")).write_bytes(b"x"),
    "an episode": lambda show: show.edit("grimsby", "published = 2026-05-02", "published = 2026-04-02"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_index_is_the_one_that_a_fresh_build_gives(show: SmallShow, change: Callable[[SmallShow], object]) -> None:
    change(show)
    pipeline.rebuild(_fresh(show).run())
    found = _searchable(show)
    assert _rebuilt(show) == found


def test_an_index_is_joined_of_what_was_read_before(show: SmallShow, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    heard = search.heard
    monkeypatch.setattr(search, "heard", lambda told: read.append(told.cues[-1].text) or heard(told))
    _corrected(show)
    pipeline.rebuild(_fresh(show).run())
    assert len(read) == 1
    assert read[0].endswith("harbour")


def test_a_clone_that_does_not_know_all_episodes_leaves_the_index(show: SmallShow) -> None:
    before = files_below(show.target / "search")
    shutil.rmtree(show.project.root / "episodes/digbeth")
    shutil.rmtree(show.project.cache)
    show.edit("grimsby", "Notes on", "Notes of")
    _, built = _fresh(show).publish()
    assert built.uploads
    assert files_below(show.target / "search") == before


def test_the_index_of_a_show_without_episodes_says_so(tmp_path: Path) -> None:
    empty = make(tmp_path / "show")
    pipeline.rebuild(empty.run())
    table = _table(empty)
    assert table["years"] == []
    pipeline.rebuild(_fresh(empty).run())
    assert _table(empty) == table


def test_what_was_unpublished_is_found_no_more(show: SmallShow) -> None:
    unpublish.unpublish(_fresh(show).run(), "grimsby")
    table = json.loads((show.target / search.TABLE).read_bytes())
    assert " ".join(each["slugs"] for each in table["segments"]).split() == ["digbeth"]


def test_the_script_counts_as_the_build_does() -> None:
    script = (Path(pages.__file__).parent / "assets" / "lookup.js").read_text("utf-8")
    told = {name: int(value) for name, value in re.findall(r"(?m)^const ([A-Z]+) = (\d+);", script)}
    here = {"PART": search.PART, "FURTHER": FURTHER, "SHORTEST": index.SHORTEST, "HINT": postings.HINT}
    assert here.items() <= told.items()


def test_of_batches_of_batches_only_those_with_a_change_are_joined_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = make(tmp_path / "show")
    for day in range(1, 8):
        show.add(f"episode-{day}", f"2026-05-{day:02d}T06:00:00", seed=day)
    show.publish()
    before = _searchable(show)
    monkeypatch.setattr(search, "STEP", 1)
    monkeypatch.setattr(indexing, "_TOGETHER", 2)
    _rebuilt(show)
    groups = show.project.cache / "search/groups"
    assert len(list(groups.iterdir())) == 4
    made = {path: path.stat().st_mtime_ns for path in groups.iterdir()}
    path = show.project.transcript_file("episode-3")
    path.write_text(path.read_text("utf-8").rstrip() + " harbour\n", "utf-8")
    pipeline.rebuild(_fresh(show).run())
    assert [each.name for each in groups.iterdir() if each.stat().st_mtime_ns != made[each]] == ["1.json"]
    grouped = _searchable(show)
    monkeypatch.setattr(indexing, "_TOGETHER", 8)
    assert _words(grouped) == _words(_rebuilt(show)) != _words(before)


def _rebuilt(show: SmallShow) -> dict[str, bytes]:
    """The index after a build that knows nothing of the one before."""
    shutil.rmtree(show.project.cache)
    shutil.rmtree(show.project.feed / "search")
    pipeline.rebuild(_fresh(show).run())
    return _searchable(show)


def _words(found: dict[str, bytes]) -> dict[str, list[tuple[int, list[int]]]]:
    """Where each term is said, whatever segments say it: the episodes, and the places in them."""
    told: dict[str, list[tuple[int, list[int]]]] = {}
    table = json.loads(found[search.TABLE])
    first = 0
    for segment in table["segments"]:
        for name in re.findall(".{10}", segment["single"] + segment["double"]):
            for term, episodes in postings.read(found[f"search/{name}.bin"]).items():
                told.setdefault(term, []).extend((first + number, places) for number, places in episodes)
        first += len(segment["passages"])
    return told
