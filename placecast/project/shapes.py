"""What all facts of a producer's files have in common: no unknown keys, and text of a given shape."""

from __future__ import annotations

import re

from pydantic import AfterValidator, BaseModel, ConfigDict


def shaped(pattern: re.Pattern[str], what: str) -> AfterValidator:
    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise ValueError(f"{value!r} is not {what}")
        return value

    return AfterValidator(check)


class Facts(BaseModel):
    """No unknown keys: a misspelt key that is silently ignored is a fact that is lost."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True)
