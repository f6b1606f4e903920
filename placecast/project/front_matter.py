"""episode.md: TOML between two `+++` lines, then the show notes in Markdown."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from typing import Any

from placecast.errors import FactsError, Fault

FENCE = "+++"


def read_toml(text: str, file: str) -> dict[str, Any]:
    """The table that this text is; FactsError that names the line when it is not TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        cure = "Look at that line: text needs quotes, a list needs brackets, and a key may stand once only."
        raise FactsError([Fault(file=file, what=f"is not valid TOML: {error}.", cure=cure)]) from error
    except (RecursionError, ValueError) as error:  # Python's own limits, which TOML knows nothing of
        what = "has lists within lists" if isinstance(error, RecursionError) else "has a number of digits"
        cure = "Something else was pasted into it: take that out, or bring the file back from git."
        raise FactsError([Fault(file=file, what=f"{what} without end.", cure=cure)]) from error


def split(text: str, file: str) -> tuple[str, str]:
    """The front matter and the notes of an episode.md; FactsError when the fences are missing."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    ends = [number for number, line in enumerate(lines) if line.strip() == FENCE]
    if len(ends) < 2 or any(line.strip() for line in lines[: ends[0]]):
        what = f"does not start with its facts between two lines of {FENCE}."
        raise FactsError(
            [Fault(file=file, what=what, cure=f"Put {FENCE} alone on the line before and after the facts.")]
        )
    # The lines before the facts count too, so that a fault names the line that an editor shows.
    facts = "\n" * (ends[0] + 1) + "\n".join(lines[ends[0] + 1 : ends[1]])
    return facts, "\n".join(lines[ends[1] + 1 :]).strip("\n")


def read(text: str, file: str) -> tuple[dict[str, Any], str]:
    """The facts and the notes of an episode.md."""
    facts, notes = split(text, file)
    return read_toml(facts, file), notes


def quoted(text: str) -> str:
    """The text as a TOML string: JSON's escapes are TOML's too, but for the character DEL."""
    clean = text.encode("utf-8", "replace").decode()
    return json.dumps(clean, ensure_ascii=False).replace("\x7f", "\\u007f")


def inside(lines: Sequence[str]) -> range:
    """The lines of an episode.md that are its facts: between the first two fences. Some editors put a mark before."""
    fences = [number for number, line in enumerate(lines) if line.removeprefix("\ufeff").strip() == FENCE]
    return range(fences[0] + 1, fences[1])


def insert(text: str, line: str, *, after: str) -> str:
    """The same file with one more line of facts, below the line of the key `after`, and nothing else changed."""
    lines = text.split("\n")
    facts = inside(lines)
    below = next((n for n in facts if lines[n].replace(" ", "").startswith(f"{after}=")), facts.start - 1)
    return "\n".join([*lines[: below + 1], line, *lines[below + 1 :]])


def append(text: str, tables: str) -> str:
    """The same file with more tables at the end of its facts, and nothing else changed."""
    lines = text.split("\n")
    end = inside(lines).stop
    return "\n".join([*lines[:end], tables.rstrip("\n"), *lines[end:]])


def change(text: str, line: str, *, key: str) -> str:
    """The same file with this line in place of that of `key`, or with one more, and nothing else changed."""
    lines = text.split("\n")
    found = next((n for n in inside(lines) if lines[n].replace(" ", "").startswith(f"{key}=")), None)
    if found is None:
        return insert(text, line, after="guid")
    return "\n".join([*lines[:found], line, *lines[found + 1 :]])
