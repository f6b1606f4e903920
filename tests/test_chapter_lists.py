"""Chapters that others have written: files beside an episode, show notes, recordings, and the tables of episode.md."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placecast import chapters, lastseen
from placecast.chapters.sidecars import parse
from placecast.errors import FactsError, TagError
from placecast.model import Chapter, Cue, Place
from placecast.project.chaptering import with_tables
from placecast.survey import survey
from tests import sounds
from tests.small_show import SmallShow, make

_PSC = """<?xml version="1.0" encoding="utf-8"?>
<psc:chapters version="1.2" xmlns:psc="http://podlove.org/simple-chapters">
  <psc:chapter start="0" title="Welcome"/>
  <psc:chapter start="00:01:34.500" title="Trust" href="https://example.org/" image="https://example.org/a.jpg"/>
</psc:chapters>"""
_FORMS = {
    "json": '{"version": "1.2.0", "chapters": '
    '[{"startTime": 94.5, "title": "Trust"}, {"startTime": 0, "title": "Welcome"}]}',
    "podlove json": '[{"start": "00:00:00", "title": "Welcome"}, {"start": "00:01:34.500", "title": "Trust"}]',
    "podlove xml": _PSC,
    "audacity": "0.000000\t94.500000\tWelcome\n94,500000\t200,0\tTrust\n",
    "ogg": "CHAPTER01=00:00:00.000\nCHAPTER01NAME=Welcome\nCHAPTER02=00:01:34.500000000\nCHAPTER02NAME=Trust\n",
    "lines": "# from the editor\n\n(0:00) Welcome\n- 01:34.5 - Trust\n",
}


@pytest.mark.parametrize("text", _FORMS.values(), ids=_FORMS)
def test_every_form_is_read_by_what_is_in_it(text: str) -> None:
    found = parse("\ufeff" + text, "chapters")
    assert [(each.seconds, each.title) for each in found] == [(0, "Welcome"), (94.5, "Trust")]


def test_links_pictures_ends_and_places_are_kept() -> None:
    assert parse(_PSC, "c")[1].image == "https://example.org/a.jpg"
    assert parse(_PSC, "c")[1].url == "https://example.org/"
    place = '"location": {"name": "Grimsby", "geo": "geo:53.5675,-0.08", "osm": "R113314"}'
    (found,) = parse(f'[{{"startTime": 3, "endTime": 9, "toc": false, "url": "", {place}}}]', "c")
    assert found == Chapter(
        seconds=3,
        end=9,
        title="",
        hidden=True,
        place=Place(name="Grimsby", geo="geo:53.5675,-0.08", osm="R113314"),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no chapters in it"),
        ('{"chapters": [', "line 1: is no JSON"),
        ('{"chapters": 3}', "chapters: is no list"),
        ('[{"title": "a"}]', r"chapters\[1\]: has no startTime"),
        ('[{"startTime": -1, "title": "a"}]', "is no time in a recording"),
        ('[{"startTime": 1e999, "title": "a"}]', "is no time in a recording"),
        ('[{"startTime": 0, "title": "a", "url": "javascript:1"}]', "is no web address"),
        ('[{"startTime": 0, "title": "a"}, {"startTime": 0, "title": "b"}]', "both start at 0:00"),
        ("0:00 Welcome\nand then", "line 2: 'and then' is no time with a title"),
        ("1.0\t2.0\n", "line 1: is no label"),
        ("<psc:chapters", "chapters"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, said: str) -> None:
    with pytest.raises(FactsError, match=said):
        parse(text, "chapters")


def test_entities_are_not_made_use_of() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;">]>' + _PSC.partition("?>")[2]
    try:
        titles = [each.title for each in parse(bomb.replace("Trust", "&y;"), "c")]
    except FactsError:
        return
    assert not any("xxx" in title for title in titles)


@given(
    st.text()
    | st.sampled_from(list(_FORMS.values())).flatmap(lambda text: st.integers(0, len(text)).map(lambda n: text[:n]))
)
def test_no_text_does_more_than_be_refused(text: str) -> None:
    try:
        found = parse(text, "chapters")
    except FactsError:
        return
    assert found
    assert all(each.title or each.hidden for each in found)
    assert sorted(each.seconds for each in found) == [each.seconds for each in found]


@pytest.mark.parametrize(
    ("notes", "titles"),
    [
        ("0:00 Welcome\n1:00 Trust\n2:30 Goodbye", ["Welcome", "Trust", "Goodbye"]),
        ("- (00:00:00) Welcome\n- (00:01:00) Trust\n- (00:02:30) Goodbye", ["Welcome", "Trust", "Goodbye"]),
        (
            "Notes.\n\n1. 0:00 - Welcome\n2. 1:00 - 2:00 Rules\n3. 2:30 – Goodbye\n\nBye",
            ["Welcome", "Rules", "Goodbye"],
        ),
        ("0:00 Welcome\n1:00 Trust", []),  # Apple wants three
        ("0:10 Welcome\n1:00 Trust\n2:30 Goodbye", []),  # from the start
        ("We met at 10:30, left at 11:00, and came back at 12:00.", []),
    ],
)
def test_notes_are_read_as_apple_reads_them(tmp_path, notes: str, titles: list[str]) -> None:
    show = _with_notes(tmp_path, notes)
    assert [each.title for each in _chapters(show)] == titles


def _with_notes(folder, notes: str) -> SmallShow:
    show = make(folder / "show")
    show.add("one")
    show.edit("one", '[[chapters]]\nstart = 0\ntitle = "Start"\n', "")
    show.edit("one", "Notes on One.", notes)
    return show


def _chapters(show: SmallShow) -> tuple[Chapter, ...]:
    _, (episode,) = show.project.load()
    return episode.chapters


def test_tables_come_before_a_file_and_a_file_before_the_notes(tmp_path) -> None:
    show = _with_notes(tmp_path, "0:00 Notes\n0:01 Trust\n0:02 Goodbye")
    assert _chapters(show)[0].title == "Notes"
    folder = show.project.root / "episodes" / "one"
    (folder / "chapters.txt").write_text("0:00 File\n0:02 Trust\n", "utf-8")
    assert _chapters(show)[0].title == "File"
    show.edit("one", "+++\n0:00", '[[chapters]]\nstart = 0\ntitle = "Table"\n+++\n0:00')
    assert [each.title for each in _chapters(show)] == ["Table"]


def test_a_damaged_file_beside_the_episode_is_named(tmp_path) -> None:
    show = _with_notes(tmp_path, "Notes.")
    (show.project.root / "episodes" / "one" / "chapters.json").write_bytes(b"\xff\xfe")
    with pytest.raises(FactsError, match=r"episodes/one/chapters\.json: is not UTF-8"):
        show.project.load()


_EPISODE = """+++
title = "[[chapters]]" # a title
{chapters}
[[people]]
name = "Rosa"

# Below the next line: notes
+++
[[chapters]]
Notes +++
"""
_TABLES = (
    '[[chapters]]\nstart = 0\ntitle = "a"\n[chapters.location]\nname = "X"\n\n[[chapters]]\nstart = 5\ntitle = "b"\n'
)
_TITLES = st.text(max_size=40).map(chapters.one_line).filter(bool)


@pytest.mark.parametrize("there", ["", _TABLES])
@given(titles=st.lists(_TITLES, max_size=4))
def test_new_tables_change_nothing_else(there: str, titles: list[str]) -> None:
    made = [Chapter(seconds=number * 7.25, title=title) for number, title in enumerate(titles)]
    before = _EPISODE.format(chapters=there)
    after = with_tables(before, "episode.md", made)
    assert after.partition("+++\n[[chapters]]")[2] == before.partition("+++\n[[chapters]]")[2]
    facts = tomllib.loads(after.split("+++")[1])
    assert [each["title"] for each in facts.pop("chapters", [])] == titles
    assert facts == {"title": "[[chapters]]", "people": [{"name": "Rosa"}]}
    assert "# Below the next line: notes\n+++" in after
    assert not made or with_tables(after, "episode.md", made) == after


def test_line_ends_stay_as_they_are() -> None:
    text = _EPISODE.format(chapters="").replace("\n", "\r\n")
    after = with_tables(text, "episode.md", [Chapter(seconds=0, title="a")])
    assert after.count("\n") == after.count("\r\n")


def test_chapters_in_an_unusual_form_are_left_to_people() -> None:
    text = _EPISODE.format(chapters="").replace("title", 'chapters = [{ start = 0, title = "a" }]\ntitle', 1)
    with pytest.raises(FactsError, match="by hand"):
        with_tables(text, "episode.md", [Chapter(seconds=0, title="b")])


def test_a_recording_brings_its_chapters_whatever_it_is(tmp_path) -> None:
    from placecast.chaptering import from_file

    for suffix in (".mp3", ".m4a", ".mkv", ".opus"):
        path = sounds.save(tmp_path / f"x{suffix}", sounds.speech(4.0), chapters=((0.0, "One"), (2.0, "Two")))
        assert [(each.seconds, each.title) for each in from_file(path)] == [(0, "One"), (2, "Two")]


def test_chapters_of_replaced_sound_are_said_where_nothing_begins_there() -> None:
    said = (
        Cue(start=0, end=4, text="Welcome."),
        Cue(start=10, end=30, text="A long story about the harbour and its gulls"),
    )
    marks = [Chapter(seconds=at, title=f"at {at}") for at in (0, 9, 20, 29, 31, 60)]
    assert list(chapters.astray(marks, said, 45.0)) == [
        "the chapter “at 20” at 0:20 begins in the middle of “A long story about the harbour and its g”",
        "the chapter “at 60” at 1:00 lies past the end, 0:45",
    ]


def test_a_replaced_recording_warns_of_chapters_past_its_end(tmp_path) -> None:
    show = make(tmp_path / "show")
    folder = show.add("one")
    show.edit("one", "start = 0", "start = 3")
    show.publish()
    sounds.save(folder / "recording.wav", sounds.speech(2.0, seed=2))
    with pytest.raises(TagError, match="but the sound ends at 0:02"):
        show.publish(allow_changes=True)
    assert any("“Start” at 0:03 lies past the end" in warning for warning in show.last.warnings)


def test_status_says_that_the_published_file_has_other_chapters(tmp_path) -> None:
    show = make(tmp_path / "show")
    show.add("one")
    show.publish()
    show.edit("one", 'title = "Start"', 'title = "Beginning"')
    (standing,) = survey(show.project, show.now, lastseen.seen).standings
    assert "the published file has other chapters than the feed" in standing.needs[0].what
    assert standing.needs[0].commands == ("placecast publish one --redo tag",)
    show.publish(redo=frozenset({"tag"}))
    (standing,) = survey(show.project, show.now, lastseen.seen).standings
    assert standing.needs == ()
