"""The colours of the style, for what is not style: pictures, and what a phone shows around a page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_COLOUR = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")
_DARK = "prefers-color-scheme: dark"


@cache
def light() -> Mapping[str, str]:
    """Each colour by its name, as in daylight."""
    return dict(_COLOUR.findall(_style().split(_DARK)[0]))


@cache
def dark() -> Mapping[str, str]:
    """Each colour by its name, as at night."""
    return {**light(), **dict(_COLOUR.findall(_style().split(_DARK)[1]))}


def _style() -> str:
    return files("placecast.pages").joinpath("assets", "style", "10-tokens.css").read_text("utf-8")
