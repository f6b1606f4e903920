"""Letters on pictures: in lines that fit, as large as there is room, and only those that the font has."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from io import BytesIO

from PIL import ImageFont

LEADING = 1.14
# The shapes of Source Serif are pinned in pyproject.toml: they are part of what a picture is.
_FONTS = files("font_source_serif_pro").joinpath("files")


def largest(
    text: str, weight: str, sizes: Sequence[int], width: int, height: int
) -> tuple[list[str], ImageFont.FreeTypeFont]:
    """The text in lines, and the largest letters that let it fit; the smallest, and cut, where none do."""
    for size in sizes:
        letters, most = font(weight, size), int(height // (size * LEADING))
        lines = list(_lines(text.split(), letters, width))
        if len(lines) <= most and all(letters.getlength(line) <= width for line in lines):
            return lines, letters
    return fitting(text, letters, most, width), letters


def fitting(text: str, letters: ImageFont.FreeTypeFont, most: int, width: int) -> list[str]:
    """The text in so many lines at most; what is left out shows as an ellipsis."""
    lines = list(_lines([part for word in text.split() for part in _pieces(word, letters, width)], letters, width))
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and letters.getlength(f"{last}…") > width:
        last = last[:-1]
    return [*lines[: most - 1], f"{last.rstrip(' ,;:.–-')}…"]


def writable(text: str) -> str:
    """The text without signs that the font lacks; nothing, where it lacks letters."""
    line = " ".join(unicodedata.normalize("NFC", text).split())[:500]
    line = "".join(sign for sign in line if unicodedata.category(sign)[0] != "C")
    lacking = {sign for sign in set(line) if not sign.isspace() and not _has(sign)}
    if any(unicodedata.category(sign)[0] in "LMN" for sign in lacking):
        return ""
    return " ".join("".join(" " if sign in lacking else sign for sign in line).split())


@cache
def font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    """The letters of this weight and size."""
    with _FONTS.joinpath(f"SourceSerifPro-{weight}.ttf").open("rb") as file:
        # The basic layout is part of every Pillow; the other one only of some.
        return ImageFont.truetype(BytesIO(file.read()), size, layout_engine=ImageFont.Layout.BASIC)


def _lines(words: Iterable[str], letters: ImageFont.FreeTypeFont, width: int) -> Iterator[str]:
    line = ""
    for word in words:
        longer = f"{line} {word}".strip()
        if line and letters.getlength(longer) > width:
            yield line
            longer = word
        line = longer
    if line:
        yield line


def _pieces(word: str, letters: ImageFont.FreeTypeFont, width: int) -> Iterator[str]:
    """A word that is too long for a line, in pieces that are not."""
    while word:
        end = len(word)
        while end > 1 and letters.getlength(word[:end]) > width:
            end = end // 2 if letters.getlength(word[: end // 2]) > width else end - 1
        yield word[:end]
        word = word[end:]


@cache
def _has(sign: str) -> bool:
    letters = font("Regular", 20)
    return _drawn(letters, sign) != _drawn(letters, "\uffff")


def _drawn(letters: ImageFont.FreeTypeFont, sign: str) -> bytes:
    return bytes(letters.getmask(sign))
