"""The pictures: what a card shows, whatever it is told, and that none is drawn twice."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from placecast import drawing, lettering, pages, pipeline, plan
from placecast.drawing import Card
from placecast.plan import Stored
from placecast.project import Project
from tests import feeds
from tests.conftest import ROOT
from tests.hostile import TEXTS
from tests.small_show import SmallShow, files_below, make

COVER = ROOT / "cover.png"
CARD = Card(
    title="Whose high street is it?",
    show="Placecast",
    guests="with Daniel Marsh",
    cover="cover-0123456789ab.png",
    ground="#0b5a50",
    ink="#ffffff",
)
COLUMN = (0, 0, 700, 630)


def seen(card: Card) -> Image.Image:
    return Image.open(BytesIO(drawing.card(card, COVER)))


def written(card: Card) -> bool:
    """Whether there are letters in the column of a card."""
    lowest, highest = seen(card).convert("L").crop(COLUMN).getextrema()
    return highest - lowest > 100


def test_a_card_has_the_size_that_posts_show_whole_and_is_small():
    content = drawing.card(CARD, COVER)
    assert Image.open(BytesIO(content)).size == (1200, 630)
    assert drawing.is_whole(content)
    assert len(content) < 120_000


def test_a_square_has_room_for_the_longest_title_above_its_guests():
    content = drawing.square(CARD, COVER)
    assert Image.open(BytesIO(content)).size == (1080, 1080)
    assert drawing.is_whole(content)
    full = Image.open(BytesIO(drawing.square(replace(CARD, title="A very long title " * 30), COVER)))
    between = full.convert("L").crop((0, 880, 1080, 930)).getextrema()
    assert between[1] - between[0] < 20


def test_a_card_has_the_same_bytes_in_another_process():
    code = (
        "from tests.test_drawing import *; import hashlib; print(hashlib.sha256(drawing.card(CARD, COVER)).hexdigest())"
    )
    runs = {subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout for _ in range(2)}
    assert len(runs) == 1


@pytest.mark.parametrize(
    "changed",
    [{"title": "x"}, {"show": "x"}, {"guests": "x"}, {"cover": "x"}, {"ground": "#000000"}, {"ink": "#000000"}],
)
def test_a_card_is_named_for_what_it_shows(changed):
    assert replace(CARD, **changed).name != CARD.name == replace(CARD).name


@pytest.mark.parametrize(
    "title", ["Ŵŷ Ł Đèrry–Londonderry Ωμέγα Жизнь", "A" * 400, "word " * 200, "🎧 Listen", "e\u0301te\u0301"]
)
def test_a_title_is_written_whatever_its_length(title):
    assert written(replace(CARD, title=title, show="", guests=""))


@pytest.mark.parametrize("title", ["場所と政策", "שלום", "🎧", "\u202e", ""])
def test_a_title_that_the_letters_cannot_write_is_left_to_the_cover(title):
    assert not written(replace(CARD, title=title, show="", guests=""))


def test_nothing_is_written_over_the_cover():
    long = replace(CARD, title="W" * 300, show="W" * 300, guests="W" * 300)
    cover = (736, 115, 1136, 515)
    plain, full = (seen(card).crop(cover).tobytes() for card in (replace(CARD, title="", show="", guests=""), long))
    assert plain == full


@settings(max_examples=30, deadline=None)
@given(TEXTS, TEXTS, TEXTS)
def test_whatever_is_told_a_card_is_drawn(title, show, guests):
    assert drawing.is_whole(drawing.card(replace(CARD, title=title, show=show, guests=guests), COVER))


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=300))
def test_no_line_of_a_title_is_wider_than_its_column(title):
    lines, font = lettering.largest(lettering.writable(title), "Semibold", (84, 36), 608, 330)
    assert all(font.getlength(line) <= 608 for line in lines)
    assert font.size * lettering.LEADING * len(lines) <= 330 + font.size * lettering.LEADING


@pytest.mark.parametrize("side", drawing.ICONS)
def test_icons_are_square_pngs_of_the_cover(side):
    content = drawing.icon(COVER, side)
    assert Image.open(BytesIO(content)).size == (side, side)
    assert drawing.is_whole(content)
    assert not drawing.is_whole(content[:-1])


# In a show


@pytest.fixture
def show(tmp_path: Path) -> SmallShow:
    small = make(tmp_path / "show")
    for day, slug in enumerate(("digbeth", "grimsby"), 1):
        small.add(slug, f"2026-05-{day:02d}T06:00:00", seed=day)
    small.publish()
    return small


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The titles of the cards that are drawn, in order."""
    titles: list[str] = []
    card = drawing.card
    monkeypatch.setattr(drawing, "card", lambda told, cover: titles.append(told.title) or card(told, cover))
    return titles


def rebuild(show: SmallShow) -> dict[str, bytes]:
    pipeline.rebuild(replace(show, project=Project(root=show.project.root)).run())
    return files_below(show.project.feed)


def cards(folder: Path) -> list[Path]:
    return sorted(folder.glob("e/*/card-*.jpg"))


def test_each_episode_has_its_card_here_and_where_it_is_published(show: SmallShow) -> None:
    assert len(cards(show.project.feed)) == 2
    assert [path.name for path in cards(show.target)] == [path.name for path in cards(show.project.feed)]
    assert len(list(show.target.glob("assets/icon-*.png"))) == len(drawing.ICONS)


def test_a_correction_of_the_words_draws_nothing_again(show: SmallShow, drawn: list[str]) -> None:
    path = show.project.root / "transcripts" / "grimsby.vtt"
    path.write_text(path.read_text("utf-8").rstrip() + " indeed\n", "utf-8")
    rebuild(show)
    assert drawn == []


def test_a_new_title_draws_that_card_again_and_takes_the_old_one_away(show: SmallShow, drawn: list[str]) -> None:
    show.edit("grimsby", 'title = "Grimsby"', 'title = "Hull"')
    rebuild(show)
    assert drawn == ["Hull"]
    assert len(cards(show.project.feed)) == 2


def test_a_clone_without_a_cache_keeps_what_was_drawn(show: SmallShow, drawn: list[str]) -> None:
    before = files_below(show.project.feed)
    for path in (show.project.cache / "known.json", show.project.cache / "built.json"):
        path.unlink(missing_ok=True)
    assert rebuild(show) == before
    assert drawn == []


@pytest.mark.parametrize("damage", [b"", b"nothing", b"\xff\xd8\xff cut off"])
def test_a_picture_that_is_damaged_is_drawn_again(show: SmallShow, drawn: list[str], damage: bytes) -> None:
    before = files_below(show.project.feed)
    cards(show.project.feed)[0].write_bytes(damage)
    assert rebuild(show) == before
    assert drawn == ["Digbeth"]


def test_the_preview_has_the_pictures_and_draws_them_once(show: SmallShow, drawn: list[str]) -> None:
    for _ in range(2):
        pipeline.build_preview(show.run(), "http://127.0.0.1:8000/")
    assert len(cards(show.project.preview)) == 2
    assert sorted(drawn) == ["Digbeth", "Grimsby", "Small places"]


def test_a_picture_that_another_library_drew_is_not_sent_again() -> None:
    path = "e/trust/card-0123456789ab.jpg"
    ours = plan.upload(path, b"ours", 4, "a" * 64)
    theirs = Stored(key=path, size=9, mark="m", sha256="b" * 64)
    assert plan.uploads([ours], {path: theirs}) == ()
    assert plan.uploads([ours], {path: replace(theirs, sha256="")}) == (ours,)
    assert ours.immutable
    assert ours.phase < plan.Phase.PAGES


def test_pages_name_the_pictures_that_are_drawn() -> None:
    told = feeds.publication(feeds.FULL_RELEASE)
    tree = feeds.pages_of(told)
    for path in pages.drawn(told):
        name = path.encode() if path.startswith("e/") else path.rpartition("/")[2].encode()
        assert any(name in content for content in tree.values()), path
