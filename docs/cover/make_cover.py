"""Draws cover.png, the sample show's cover: run by hand with Pillow and Debian's fonts-lato installed.

A street plan seen from above; its high street is a sound wave.
"""

from __future__ import annotations

import math
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SIZE, OVERSAMPLE = 2000, 2
INK, PAPER, BLOCK, RIVER, ACCENT = "#10312f", "#f4efe4", "#1d4a46", "#5fa8a0", "#f2b84b"
FONTS = Path("/usr/share/fonts/truetype/lato")


def scaled(*numbers: float) -> list[float]:
    return [number * OVERSAMPLE for number in numbers]


def blocks(draw: ImageDraw.ImageDraw) -> None:
    """City blocks between the streets, in a grid that leans a little."""
    for row in range(-1, 12):
        for column in range(-2, 13):
            x = column * 182 + (row % 3) * 34 + row * 22
            y = row * 178 - column * 9
            width = 140 + 22 * math.sin(row * 2.1 + column * 1.7)
            height = 132 + 24 * math.cos(row * 1.3 + column * 2.9)
            if not 600 < y + height / 2 < 1060:
                draw.rounded_rectangle(scaled(x, y, x + width, y + height), radius=14 * OVERSAMPLE, fill=BLOCK)


def river(draw: ImageDraw.ImageDraw) -> None:
    for colour, radius in ((INK, 78), (RIVER, 46)):
        for x in range(-80, 2100, 2):
            y = 1250 + 95 * math.sin(x / 330) + x * 0.05
            draw.ellipse(scaled(x - radius, y - radius, x + radius, y + radius), fill=colour)


def high_street(draw: ImageDraw.ImageDraw) -> None:
    """A voice: bars along the street, loud in the middle of each phrase."""
    for number in range(45):
        x = 112 + number * 40.5
        phrase = abs(math.sin(number * 0.21 + 0.35)) ** 1.4
        height = 26 + 180 * phrase * (0.62 + 0.38 * math.sin(number * 2.3) ** 2)
        draw.rounded_rectangle(
            scaled(x - 11, 840 - height, x + 11, 840 + height),
            radius=11 * OVERSAMPLE,
            fill=ACCENT if number % 9 else PAPER,
        )


def words(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle(scaled(0, 1480, 2000, 2000), fill=PAPER)
    title = ImageFont.truetype(str(FONTS / "Lato-Black.ttf"), 300 * OVERSAMPLE)
    line = ImageFont.truetype(str(FONTS / "Lato-Medium.ttf"), 78 * OVERSAMPLE)
    draw.text(scaled(1000, 1782), "Placecast", font=title, fill=INK, anchor="ms")
    draw.text(scaled(1000, 1905), "places, policy and the people who run them", font=line, fill=INK, anchor="ms")


def main() -> None:
    image = Image.new("RGB", (SIZE * OVERSAMPLE, SIZE * OVERSAMPLE), INK)
    draw = ImageDraw.Draw(image)
    for part in (blocks, river, high_street, words):
        part(draw)
    small = image.resize((SIZE, SIZE), Image.Resampling.LANCZOS)
    small.quantize(64, dither=Image.Dither.NONE).convert("RGB").save(
        Path(__file__).parents[2] / "cover.png", optimize=True
    )


main()
