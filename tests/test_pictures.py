"""Pictures that apps would show wrongly are refused where the facts name them, and a change of one is seen."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from placecast import unchanged
from placecast.errors import FactsError
from placecast.project import pictures
from tests import every_fact, small_show
from tests.commands import Command, fake_engine

WHERE = "episodes/harbour/episode.md: image"


def drawn(kind: str, mode: str = "RGB", size: int = 1400, **options: Any) -> bytes:
    file = io.BytesIO()
    Image.new(mode, (size, size)).save(file, kind, **options)
    return file.getvalue()


def with_thumbnail() -> bytes:
    """A JPEG with a smaller one in its head, as cameras write it."""
    exif = Image.Exif()
    exif[0x9286] = drawn("JPEG", size=16)
    return drawn("JPEG", exif=exif)


WHOLE: dict[str, Callable[[], bytes]] = {
    "JPEG": lambda: drawn("JPEG"),
    "progressive JPEG": lambda: drawn("JPEG", progressive=True),
    "JPEG with a thumbnail": with_thumbnail,
    "PNG": lambda: drawn("PNG"),
    "palette PNG": lambda: drawn("PNG", "P"),
    "grey PNG": lambda: drawn("PNG", "L"),
    "WebP": lambda: drawn("WEBP"),
}


@pytest.mark.parametrize("kind", WHOLE)
def test_a_picture_that_broke_off_is_refused_and_one_with_a_tail_is_not(tmp_path: Path, kind: str) -> None:
    path, content = tmp_path / "art", WHOLE[kind]()
    for whole in (content, content + b"\0more"):
        path.write_bytes(whole)
        assert pictures.read_variant(path, WHERE, "", "banner").width == 1400
    for left in (len(content) - 3, len(content) * 2 // 3):
        path.write_bytes(content[:left])
        with pytest.raises(FactsError, match=r"breaks off|cannot be read"):
            pictures.read_variant(path, WHERE, "", "banner")


def test_a_cover_that_is_see_through_in_parts_is_refused_whatever_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "art.png"
    for mode, clear in (("P", 0), ("RGB", (0, 0, 0)), ("L", 0)):
        path.write_bytes(drawn("PNG", mode, transparency=clear))
        with pytest.raises(FactsError, match="see-through"):
            pictures.read_cover(path, WHERE)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_damaged_pictures_are_read_or_refused_in_words(data: st.DataObject, tmp_path_factory: Any) -> None:
    content = bytearray(drawn(data.draw(st.sampled_from(["JPEG", "PNG", "WEBP"])), size=8))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    with suppress(FactsError):
        assert pictures.read_variant(path, WHERE, "", "banner").width > 0


@pytest.mark.parametrize("name", ["banner.png", "cover.png", "art/shared.png"])
def test_a_picture_that_is_drawn_anew_is_no_standstill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.setattr("placecast.transcribe.load_engine", fake_engine)
    show = small_show.make(tmp_path / "show")
    root = show.project.root
    show.add("trust")
    (root / "art").mkdir()
    (root / "banner.png").write_bytes(every_fact.png(160, 90))
    (root / "art" / "shared.png").write_bytes(drawn("PNG"))
    show.edit("trust", "[[chapters]]", 'image = "../../art/shared.png"\n[[chapters]]')
    facts = root / "placecast.toml"
    table = '[[images]]\nfile = "banner.png"\nalt = "A harbour"\npurpose = "banner"\n[target]'
    facts.write_text(facts.read_text("utf-8").replace("[target]", table), "utf-8")
    show.publish()
    monkeypatch.chdir(root)
    for _ in range(2):
        assert Command(monkeypatch, capfd)("build")[0] == 0
    assert unchanged.answer(root, show.now, "build") is not None
    (root / name).write_bytes(drawn("PNG", size=1500))
    assert unchanged.answer(root, show.now, "build") is None
