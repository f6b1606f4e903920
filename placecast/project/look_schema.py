"""The facts of a show's look: its colours, and that people can read what stands in them."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from placecast import colours
from placecast.project.shapes import Facts, shaped

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def _readable(grounds: tuple[str, ...]) -> AfterValidator:
    def check(colour: str) -> str:
        told = colour.lower()
        contrast, ground = colours.least(told, grounds)
        if contrast < colours.ENOUGH:
            good = colours.nearest(told, grounds)
            raise ValueError(
                f"{told} on {ground} has a contrast of {contrast:.1f}, and people need {colours.ENOUGH} to read it."
                f" The nearest colour that has it is {good}"
            )
        return told

    return AfterValidator(check)


class LookFacts(Facts):
    accent: Annotated[str, shaped(_COLOUR, "a colour"), _readable(colours.BY_DAY)] | None = Field(
        None, description='Write accent = "#0b5a50": the colour of links and buttons on the pages.'
    )
    accent_dark: Annotated[str, shaped(_COLOUR, "a colour"), _readable(colours.AT_NIGHT)] | None = Field(
        None,
        description='Write accent_dark = "#86d3c5": the same on dark pages. Left out: accent, made as light as it must be.',
    )
