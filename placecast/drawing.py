"""Pictures that are drawn: a card of 1200 x 630 pixels for each episode, as messages and posts show it, and icons.

A picture is named for what it shows, not for its bytes: another version of the drawing library sets a letter a hair
apart, and that is no reason to send the pictures of a whole archive again.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image as Picture
from PIL import ImageDraw

from placecast.fingerprint import sha256, short
from placecast.lettering import LEADING, fitting, font, largest, writable

SIZE = (1200, 630)  # what Open Graph's readers show without cutting
ICONS = (512, 192, 180, 64)  # the web app's two, Apple's touch icon, and the one beside a page's title
_VERSION = 1  # raise it when the same facts are drawn in another way
_MARGIN, _COVER = 64, 400
_COLUMN = SIZE[0] - 3 * _MARGIN - _COVER  # pixels: as wide as text may be
_TITLE_SIZES = (84, 74, 64, 56, 48, 42, 36)
_TITLE_HEIGHT = 330
_SMALL, _GUESTS = 28, 32
_QUALITY = 82
_SQUARE, _AROUND, _SQUARE_COVER = 1080, 84, 260
_SQUARE_TITLE = 460  # pixels: as high as its title may be
_SQUARE_SIZES = (112, 100, 88, 76, 66, 58, 50)
_SQUARE_NAME, _SQUARE_SMALL = 54, 42


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
    return _jpeg(picture)


def square(shown: Card, cover: Path) -> bytes:
    """The same as a square JPEG of 1080 pixels, as feeds of pictures show it."""
    picture = Picture.new("RGB", (_SQUARE, _SQUARE), shown.ground)
    picture.paste(_cover(cover, _SQUARE_COVER), (_AROUND, _AROUND))
    draw, small, name = ImageDraw.Draw(picture), font("Regular", _SQUARE_SMALL), font("Regular", _SQUARE_NAME)
    wide = _SQUARE - 2 * _AROUND
    beside = wide - _SQUARE_COVER - _AROUND // 2
    show = "\n".join(fitting(writable(shown.show), name, 3, beside))
    guests = "\n".join(fitting(writable(shown.guests), small, 1, wide))
    left, middle = _AROUND + _SQUARE_COVER + _AROUND // 2, _AROUND + _SQUARE_COVER // 2
    draw.text((left, middle), show, shown.ink, name, anchor="lm", spacing=14)
    draw.text((_AROUND, _SQUARE - _AROUND), guests, shown.ink, small, anchor="ls" if guests else None)
    lines, letters = largest(writable(shown.title), "Semibold", _SQUARE_SIZES, wide, _SQUARE_TITLE)
    top, height = _AROUND + _SQUARE_COVER + _AROUND, letters.size * LEADING
    for number, line in enumerate(lines):
        draw.text((_AROUND, round(top + number * height)), line, shown.ink, letters, anchor="lt")
    return _jpeg(picture)


def icon(cover: Path, side: int) -> bytes:
    """The cover as a square PNG of so many pixels."""
    file = BytesIO()
    _cover(cover, side).quantize(256).save(file, format="PNG", optimize=True)
    return file.getvalue()


def _jpeg(picture: Picture.Image) -> bytes:
    file = BytesIO()
    picture.save(file, format="JPEG", quality=_QUALITY)
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
    show = fitting(writable(shown.show), font(regular, _SMALL), 1, _COLUMN)
    guests = fitting(writable(shown.guests), font(regular, _GUESTS), 1, _COLUMN)
    draw.text((_MARGIN, top), "\n".join(show), ink, font(regular, _SMALL), anchor="lt" if show else None)
    draw.text((_MARGIN, bottom), "\n".join(guests), ink, font(regular, _GUESTS), anchor="ls" if guests else None)
    lines, letters = largest(writable(shown.title), "Semibold", _TITLE_SIZES, _COLUMN, _TITLE_HEIGHT)
    height = letters.size * LEADING
    start = SIZE[1] / 2 - height * (len(lines) - 1) / 2
    for number, line in enumerate(lines):
        draw.text((_MARGIN, round(start + number * height)), line, ink, letters, anchor="lm")
