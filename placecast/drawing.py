"""Pictures that are drawn: a card of 1200 x 630 pixels for each episode, as messages and posts show it, and icons.

A picture is named for what it shows, not for its bytes: another version of the drawing library sets a letter a hair
apart, and that is no reason to send the pictures of a whole archive again.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path

from PIL import Image as Picture
from PIL import ImageDraw, ImageFont

from placecast.fingerprint import sha256, short

SIZE = (1200, 630)  # what Open Graph's readers show without cutting
ICONS = (512, 192, 180, 64)  # the web app's two, Apple's touch icon, and the one beside a page's title
_VERSION = 1  # raise it when the same facts are drawn in another way
_MARGIN, _COVER = 64, 400
_COLUMN = SIZE[0] - 3 * _MARGIN - _COVER  # pixels: as wide as text may be
_TITLE_SIZES = (84, 74, 64, 56, 48, 42, 36)
_TITLE_HEIGHT = 330
_LEADING = 1.14
_SMALL, _GUESTS = 28, 32
# The shapes of Source Serif are pinned in pyproject.toml: they are part of what a picture is.
_FONTS = files("font_source_serif_pro").joinpath("files")
_QUALITY = 82


@dataclass(frozen=True, kw_only=True)
class Card:
    """What a card shows. `cover`: the published name, which carries its content's hash."""

    title: str
    show: str
    guests: str
    cover: str
    ground: str  # #rrggbb
    ink: str  # #rrggbb

    @property
    def name(self) -> str:
        return f"card-{_mark(astuple(self))}.jpg"


def icon_name(cover: str, side: int) -> str:
    """What the icon of this size is called that is made of a cover with this name."""
    return f"icon-{side}-{_mark((cover, side))}.png"


def is_whole(content: bytes) -> bool:
    """Whether this was drawn to its end: a JPEG or a PNG that is not cut off."""
    jpeg = content.startswith(b"\xff\xd8\xff") and content.endswith(b"\xff\xd9")
    return jpeg or (content.startswith(b"\x89PNG\r\n") and content.endswith(b"IEND\xaeB`\x82"))


def card(shown: Card, cover: Path) -> bytes:
    """This card as a JPEG. `cover`: the picture itself."""
    picture = _ground(cover, shown.cover, shown.ground).copy()
    _write(ImageDraw.Draw(picture), shown)
    file = BytesIO()
    picture.save(file, format="JPEG", quality=_QUALITY)
    return file.getvalue()


def icon(cover: Path, side: int) -> bytes:
    """The cover as a square PNG of so many pixels."""
    file = BytesIO()
    _cover(cover, side).quantize(256).save(file, format="PNG", optimize=True)
    return file.getvalue()


def _mark(facts: tuple[object, ...]) -> str:
    return short(sha256(repr((_VERSION, facts)).encode("utf-8", "backslashreplace")))


@lru_cache(maxsize=2)
def _ground(cover: Path, name: str, colour: str) -> Picture.Image:  # noqa: ARG001  # the file may change under its path
    """What all cards of a show have in common."""
    picture = Picture.new("RGB", SIZE, colour)
    picture.paste(_cover(cover, _COVER), (SIZE[0] - _MARGIN - _COVER, (SIZE[1] - _COVER) // 2))
    return picture


def _cover(path: Path, side: int) -> Picture.Image:
    with Picture.open(path) as picture:
        picture.draft("RGB", (side, side))
        return picture.convert("RGB").resize((side, side), Picture.Resampling.LANCZOS)


def _write(draw: ImageDraw.ImageDraw, shown: Card) -> None:
    """The show at the top, the guests at the bottom, and the title as large as it fits in between."""
    top, bottom = (SIZE[1] - _COVER) // 2, (SIZE[1] + _COVER) // 2
    regular, ink = "Regular", shown.ink
    show = _fitting(_writable(shown.show), _font(regular, _SMALL), 1)
    guests = _fitting(_writable(shown.guests), _font(regular, _GUESTS), 1)
    draw.text((_MARGIN, top), "\n".join(show), ink, _font(regular, _SMALL), anchor="lt" if show else None)
    draw.text((_MARGIN, bottom), "\n".join(guests), ink, _font(regular, _GUESTS), anchor="ls" if guests else None)
    lines, font = _title(_writable(shown.title))
    height = font.size * _LEADING
    start = SIZE[1] / 2 - height * (len(lines) - 1) / 2
    for number, line in enumerate(lines):
        draw.text((_MARGIN, round(start + number * height)), line, ink, font, anchor="lm")


def _title(text: str) -> tuple[list[str], ImageFont.FreeTypeFont]:
    """The title in lines, and the largest letters that let it fit; the smallest, and cut, where none do."""
    for size in _TITLE_SIZES:
        font, most = _font("Semibold", size), int(_TITLE_HEIGHT // (size * _LEADING))
        lines = list(_lines(text.split(), font))
        if len(lines) <= most and all(font.getlength(line) <= _COLUMN for line in lines):
            return lines, font
    return _fitting(text, font, most), font


def _fitting(text: str, font: ImageFont.FreeTypeFont, most: int) -> list[str]:
    """The text in so many lines at most; what is left out shows as an ellipsis."""
    lines = list(_lines([part for word in text.split() for part in _pieces(word, font)], font))
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and font.getlength(f"{last}…") > _COLUMN:
        last = last[:-1]
    return [*lines[: most - 1], f"{last.rstrip(' ,;:.–-')}…"]


def _lines(words: Iterable[str], font: ImageFont.FreeTypeFont) -> Iterator[str]:
    line = ""
    for word in words:
        longer = f"{line} {word}".strip()
        if line and font.getlength(longer) > _COLUMN:
            yield line
            longer = word
        line = longer
    if line:
        yield line


def _pieces(word: str, font: ImageFont.FreeTypeFont) -> Iterator[str]:
    """A word that is too long for a line, in pieces that are not."""
    while word:
        end = len(word)
        while end > 1 and font.getlength(word[:end]) > _COLUMN:
            end = end // 2 if font.getlength(word[: end // 2]) > _COLUMN else end - 1
        yield word[:end]
        word = word[end:]


def _writable(text: str) -> str:
    """The text without signs that the font lacks; nothing, where it lacks letters: the cover stands for it then."""
    line = " ".join(unicodedata.normalize("NFC", text).split())[:500]
    line = "".join(sign for sign in line if unicodedata.category(sign)[0] != "C")
    lacking = {sign for sign in set(line) if not sign.isspace() and not _has(sign)}
    if any(unicodedata.category(sign)[0] in "LMN" for sign in lacking):
        return ""
    return " ".join("".join(" " if sign in lacking else sign for sign in line).split())


@cache
def _has(sign: str) -> bool:
    font = _font("Regular", 20)
    return _drawn(font, sign) != _drawn(font, "\uffff")


def _drawn(font: ImageFont.FreeTypeFont, sign: str) -> bytes:
    return bytes(font.getmask(sign))


@cache
def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    with _FONTS.joinpath(f"SourceSerifPro-{weight}.ttf").open("rb") as file:
        # The basic layout is part of every Pillow; the other one only of some.
        return ImageFont.truetype(BytesIO(file.read()), size, layout_engine=ImageFont.Layout.BASIC)
