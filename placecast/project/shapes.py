"""The shapes that facts have in every file of a show: addresses, moments, and no unknown keys."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationInfo,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema
from pydantic_core.core_schema import no_info_after_validator_function

from placecast import addresses, moments

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NAME = 255  # bytes: more, no file system takes as a name


@dataclass(frozen=True)
class shaped:  # noqa: N801 - read as a word in an annotation
    """Only what looks like this pattern, which editors are told as well; `what` names it for people."""

    pattern: re.Pattern[str]
    what: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(core), "pattern": f"^(?:{self.pattern.pattern})$"}

    def _check(self, value: str) -> str:
        if not self.pattern.fullmatch(value):
            raise ValueError(f"{value!r} is not {self.what}")
        return value


def aware(value: Any, info: ValidationInfo) -> datetime:
    """A moment, in the show's zone where the file names none. A wall clock that did not exist, or twice, is refused."""
    if not isinstance(value, datetime):
        kind = "a date without a time" if isinstance(value, date) else "not a date and time"
        raise ValueError(f"{value} is {kind}")
    if value.tzinfo is not None:
        return moments.datable(value)
    zone: ZoneInfo = info.context["zone"] if info.context else ZoneInfo("UTC")
    moment = moments.on_clock(value, zone)
    if moment.note:
        why = "because the clocks change then: add the offset, such as +01:00"
        raise ValueError(f"{value} happens twice in {zone.key}, {why}")
    return moment.at


def _path(text: str) -> str:
    if "\0" in text or any(len(part.encode()) > _NAME for part in text.split("/")):
        raise ValueError(f"{text[:60]!r} cannot be the name of a file")
    return text


Text = Annotated[str, Field(min_length=1, max_length=4000), AfterValidator(str.strip)]
WebAddress = Annotated[str, shaped(addresses.WEB, "a web address")]
FilePath = Annotated[str, Field(min_length=1, max_length=4000), AfterValidator(str.strip), AfterValidator(_path)]
Uuid = Annotated[str, shaped(_UUID, "a UUID in small letters")]


class Facts(BaseModel):
    """No unknown keys: a misspelt key that is silently ignored is a fact that is lost."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True)
