"""Facts from elsewhere, made to fit what placecast.toml and episode.md may hold: the rest is lost, and said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from placecast.moving.facts import Loss
from placecast.moving.nodes import one_line
from placecast.project.front_matter import quoted
from placecast.project.secrets import masked

_SHOWN = 200  # characters of a value in a table


def fitted(model: type[BaseModel], data: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Loss, ...]]:
    """The facts without what the schema refuses. What it needs and does not find stays missing: ValidationError."""
    kept = {key: _cleaned(value) for key, value in data.items()}
    losses = [secret(key) for key, value in data.items() if kept[key] != value]
    while True:
        try:
            model.model_validate(kept)
            return kept, tuple(losses)
        except ValidationError as error:
            detail = error.errors()[0]
            if (lost := _without(kept, detail)) is None:
                raise
            losses.append(lost)


def secret(tag: str) -> Loss:
    """The loss of what is refused as a secret, which is not said again."""
    why = "A part of it looks like a password or a key, which no file of the show may hold. It was left out."
    return Loss(tag=tag, value="…", why=why)


def toml(facts: Mapping[str, Any]) -> str:
    """The facts as TOML: what is no table first, as the format wants it."""
    lines = [f"{key} = {_value(value)}" for key, value in facts.items() if not _is_table(value)]
    for key, value in facts.items():
        if _is_table(value):
            for table in value if isinstance(value, list) else [value]:
                head = f"[[{key}]]" if isinstance(value, list) else f"[{key}]"
                lines += ["", head, *(f"{name} = {_value(each)}" for name, each in table.items())]
    return "\n".join(lines) + "\n"


def _cleaned(value: Any) -> Any:
    """A copy, without what is refused as a secret, and without halves of characters."""
    if isinstance(value, str):
        return masked(value.encode("utf-8", "replace").decode())
    if isinstance(value, list):
        return [_cleaned(each) for each in value]
    return {key: _cleaned(each) for key, each in value.items()} if isinstance(value, dict) else value


def _without(data: dict[str, Any], detail: ErrorDetails) -> Loss | None:
    """Take out what this error is about, or, where something is missing, the table in which it is."""
    path = list(detail["loc"])
    holder: Any = data
    above: list[tuple[Any, Any]] = []
    for step in path:
        if not _has(holder, step):
            break
        above.append((holder, step))
        holder = holder[step]
    if not above:
        return None
    holder, step = above[-1]
    value = holder.pop(step)
    told = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    name = ".".join(str(each) for each in path if not isinstance(each, int))
    what = detail["msg"].removeprefix("Value error, ").rstrip(".")
    unknown = detail["type"] == "extra_forbidden"
    why = "Placecast has no fact for it yet." if unknown else f"It does not fit here: {what}."
    return Loss(tag=name, value=one_line(told)[:_SHOWN], why=why)


def _has(holder: Any, step: Any) -> bool:
    if isinstance(holder, dict):
        return step in holder
    return isinstance(holder, list) and isinstance(step, int) and step < len(holder)


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_value(each)}' for key, each in value.items())} }}"
    return quoted(value) if isinstance(value, str) else repr(value)
