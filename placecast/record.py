"""What an engine heard, as the JSON that stands beside a transcript: a word a line, so that git can compare it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields
from math import isfinite

from placecast.errors import TranscriptError
from placecast.model import Flag, MachineRecord, Word

_VERSION = 2
_OLDER = {"options": {}, "spelling": "", "flags": []}  # what version 1 did not know
_LISTS = ("words", "flags")
_FACTS = tuple(entry.name for entry in fields(MachineRecord) if entry.name not in (*_LISTS, "options"))


def write_record(record: MachineRecord) -> str:
    """The record as the text of a file: each word as [start, end, probability, text]."""
    facts = {"version": _VERSION, **{name: getattr(record, name) for name in _FACTS}}
    facts["options"] = dict(sorted(record.options.items()))
    lines = [f"{_json(name)}: {_json(value)}" for name, value in facts.items()]
    flags = _rows([flag.start, flag.end, flag.kind, flag.text, flag.reason] for flag in record.flags)
    words = _rows([word.start, word.end, word.probability, word.text] for word in record.words)
    return "{\n" + ",\n".join([*lines, f'"flags": {flags}', f'"words": {words}']) + "\n}\n"


def parse_record(text: str, file: str) -> MachineRecord:
    """The record in the text of a file; TranscriptError when it is not one."""
    try:
        data = json.loads(text)
        if data["version"] == 1:
            data = _OLDER | data
        elif data["version"] != _VERSION:
            raise ValueError(f"its version is {data['version']!r}, not {_VERSION}")
        facts = {name: _string(data[name], name) for name in _FACTS}
        options = {name: _string(value, name) for name, value in dict(data["options"]).items()}
        words, flags = tuple(map(_word, data["words"])), tuple(map(_flag, data["flags"]))
        return MachineRecord(**facts, options=options, words=words, flags=flags)
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError) as exc:
        reason = f"{exc} is missing" if isinstance(exc, KeyError) else str(exc)
        what = f"the record of what was heard is damaged ({reason})."
        cure = "No one needs to edit this file: bring back its last version from git, or delete it."
        raise TranscriptError(file, what, cure) from exc


def _word(entry: object) -> Word:
    match entry:
        # Nearly always; three numbers that make an infinite sum are looked at one by one.
        case [float() as start, float() as end, float() as probability, str() as text] if isfinite(
            start + end + probability
        ):
            return Word(start=start, end=end, text=text, probability=probability)
        case [start, end, probability, str() as text]:
            return Word(start=_number(start), end=_number(end), text=text, probability=_number(probability))
    raise ValueError(f"{entry!r} is not a word")


def _flag(entry: object) -> Flag:
    match entry:
        case [start, end, ("loop" | "phantom" | "unlikely" | "prompted") as kind, str() as text, str() as reason]:
            return Flag(start=_number(start), end=_number(end), kind=kind, text=text, reason=reason)
    raise ValueError(f"{entry!r} is not a flag")


def _number(value: object) -> float:
    # To Python, true is a number; and its JSON reader takes NaN, which is none.
    if isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value):
        return float(value)
    raise ValueError(f"{value!r} is not a number")


def _string(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name} is not text")
    return value


def _rows(entries: Iterable[object]) -> str:
    rows = ",\n".join(map(_json, entries))
    return f"[\n{rows}\n]" if rows else "[]"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
