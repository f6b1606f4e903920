"""What pydantic finds wrong with a file's facts, as faults that a producer understands."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from placecast.errors import FactsError, Fault

Model = TypeVar("Model", bound=BaseModel)

_WHAT = {
    "missing": "is missing.",
    "string_type": "is not text.",
    "int_type": "is not a whole number.",
    "float_type": "is not a number.",
    "bool_type": "is neither true nor false.",
    "tuple_type": "is not a list.",
    "model_type": "is not a table.",
    "model_attributes_type": "is not a table.",
    "dict_type": "is not a table.",
    "string_too_short": "is empty.",
    "too_short": "is empty.",
}


def validate(model: type[Model], data: dict[str, Any], file: str, **context: Any) -> Model:
    """The facts of a file, checked; FactsError with every fault of the file at once."""
    try:
        return model.model_validate(data, context=context)
    except ValidationError as error:
        raise FactsError([_fault(model, detail, file) for detail in error.errors()]) from None


def _fault(model: type[BaseModel], detail: ErrorDetails, file: str) -> Fault:
    path = _readable(detail["loc"])
    owner, field = _field(model, detail["loc"])
    if detail["type"] == "extra_forbidden":
        return _unknown(owner, detail, file, path)
    cure = (
        owner.model_fields[field].description if field in owner.model_fields else ""
    ) or "Correct it, or leave it out."
    return Fault(file=file, key=path, what=_what(detail), cure=cure)


def _what(detail: ErrorDetails) -> str:
    known = _WHAT.get(detail["type"])
    message = detail["msg"].removeprefix("Value error, ").rstrip(".")
    return known or (
        f"{message}." if detail["type"] == "value_error" else f"is wrong: {message[0].lower()}{message[1:]}."
    )


def _unknown(owner: type[BaseModel], detail: ErrorDetails, file: str, path: str) -> Fault:
    near = get_close_matches(str(detail["loc"][-1]), owner.model_fields, n=1)
    cure = f"Did you mean {near[0]}?" if near else f"Known here are: {', '.join(owner.model_fields)}."
    return Fault(file=file, key=path, what="is no fact that placecast knows.", cure=cure)


def _readable(location: tuple[int | str, ...]) -> str:
    """`people[2].name`: lists are counted from 1, as people do."""
    text = ""
    for part in location:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _field(model: type[BaseModel], location: tuple[int | str, ...]) -> tuple[type[BaseModel], str]:
    """The table that the fault lies in, and the key in it."""
    owner, field = model, str(location[0]) if location else ""
    for part in location[1:]:
        inner = _inner_model(owner, field)
        if isinstance(part, str) and inner:
            owner, field = inner, part
    return owner, field


def _inner_model(owner: type[BaseModel], field: str) -> type[BaseModel] | None:
    known = owner.model_fields.get(field)
    candidates = [known.annotation, *get_args(known.annotation)] if known else []
    return next((each for each in candidates if isinstance(each, type) and issubclass(each, BaseModel)), None)
