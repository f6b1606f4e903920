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

_STEPS = 256


def contrast(first: str, second: str) -> float:
    """How far two colours such as `#0b5a50` are apart, from 1 to 21."""
    dark, light = sorted((_luminance(first), _luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def least(colour: str, grounds: Sequence[str]) -> tuple[float, str]:
    """The contrast with the ground on which this colour is hardest to read, and that ground."""
    return min((contrast(colour, ground), ground) for ground in grounds)


def nearest(colour: str, grounds: Sequence[str], enough: float = ENOUGH) -> str:
    """This colour, or the first on its way to black or to white that can be read on all these grounds."""
    end = "#000000" if least("#000000", grounds) > least("#ffffff", grounds) else "#ffffff"
    shades = (_mixed(colour, end, step / _STEPS) for step in range(_STEPS + 1))
    return next(shade for shade in shades if least(shade, grounds)[0] >= enough)


def _mixed(colour: str, other: str, share: float) -> str:
    pairs = zip(_parts(colour), _parts(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def _luminance(colour: str) -> float:
    """WCAG 2.2, "relative luminance"."""
    scaled = [part / 255 for part in _parts(colour)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in scaled]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
