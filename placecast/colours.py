"""Colours that people can read: contrast as WCAG 2.2 measures it, and the nearest colour that has enough of it.

The grounds that a show's own colour stands on are those of the style's tokens; a test keeps them the same.
"""

from __future__ import annotations

from collections.abc import Sequence

BY_DAY = ("#ffffff", "#fbf9f4", "#eef1ea", "#f6edd4")
"""What links and buttons stand on, and the words of a button."""

AT_NIGHT = ("#131816", "#1b2220", "#19211e", "#2b2716")

ENOUGH = 4.5  # to one; WCAG 2.2, 1.4.3, for text of ordinary size
EASY = 7.0  # 1.4.6: what we choose ourselves may be better than the least

_STEPS = 128


def contrast(first: str, second: str) -> float:
    """How far two colours such as `#0b5a50` are apart, from 1 to 21."""
    dark, light = sorted((_luminance(first), _luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def least(colour: str, grounds: Sequence[str]) -> tuple[float, str]:
    """The contrast with the ground on which this colour is hardest to read, and that ground."""
    return min((contrast(colour, ground), ground) for ground in grounds)


def nearest(colour: str, grounds: Sequence[str], enough: float = ENOUGH) -> str:
    """This colour, or the first of its hue, darker or lighter, that can be read on all these grounds."""
    if least(colour, grounds)[0] >= enough:
        return colour
    end = 0.0 if least("#000000", grounds) > least("#ffffff", grounds) else 1.0
    lightness, a, b = _oklab(colour)
    levels = (lightness + (end - lightness) * step / _STEPS for step in range(1, _STEPS + 1))
    return next(shade for level in levels if least(shade := _shade(level, a, b), grounds)[0] >= enough)


def _shade(lightness: float, a: float, b: float) -> str:
    """The colour of this lightness and hue that is as vivid as a screen can show it, and no more than asked."""
    for share in range(_STEPS, 0, -8):
        linear = _linear(lightness, a * share / _STEPS, b * share / _STEPS)
        if all(-0.0005 <= part <= 1.0005 for part in linear):
            return _hex(linear)
    return _hex(_linear(lightness, 0, 0))


def _oklab(colour: str) -> tuple[float, float, float]:
    """Lightness and two axes of colour as people see them: https://bottosson.github.io/posts/oklab/"""
    r, g, b = _parts(colour)
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    middle = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _linear(lightness: float, a: float, b: float) -> tuple[float, float, float]:
    """The light of red, green and blue, from Oklab; outside of 0 to 1 no screen can show it."""
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _hex(linear: Sequence[float]) -> str:
    """`#0b5a50` for the light of red, green and blue (IEC 61966-2-1)."""
    held = (min(max(part, 0.0), 1.0) for part in linear)
    coded = (part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055 for part in held)
    return "#" + "".join(f"{round(part * 255):02x}" for part in coded)


def _luminance(colour: str) -> float:
    """WCAG 2.2, "relative luminance"."""
    red, green, blue = _parts(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parts(colour: str) -> tuple[float, float, float]:
    """The light of red, green and blue that a colour stands for."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return _light(red), _light(green), _light(blue)


def _light(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
