"""The border of the feed: texts that XML can hold, within the lengths that the specifications allow."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from functools import cache, partial
from html.parser import HTMLParser
from operator import is_
from typing import Any, TypeVar

NAME_LIMIT = 128  # characters: names and titles in podcast: tags (podcast namespace)
LINE_LIMIT = 255  # characters: any other text of one line (PSP-1)
DESCRIPTION_LIMIT = 4000  # bytes: descriptions (PSP-1, Apple)

# Everything outside `Char` of XML 1.0, section 2.2: no escape can carry these.
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
_SUSPECT = re.compile(r"[^\t\n\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
_BLANKS = re.compile(r"[ \t\n]+")
_ELLIPSIS = "…"
_WITHOUT_TEXT = frozenset({"bool", "datetime", "float", "int", "None"})  # types, as annotations name them

Facts = TypeVar("Facts")


def legal(text: str) -> str:
    """The text without characters that XML forbids, with plain newlines and no blanks around it."""
    if _SUSPECT.search(text) is None:  # as nearly all are
        return text.strip()
    # A carriage return would be written as `&#13;`, which apps show.
    return _FORBIDDEN.sub("", text).replace("\r\n", "\n").replace("\r", "\n").strip()


def forbidden(text: str) -> list[str]:
    """The characters of a text that XML cannot hold, in order."""
    return _FORBIDDEN.findall(text)


def legal_facts(facts: Facts, *names: str) -> Facts:
    """The same facts, where every text is `legal`, however deep it lies; `names`: in these fields alone."""
    cleaned: Facts = _facts(names, facts) if names else _cleaned(facts)
    return cleaned


def cut(text: str, limit: int = LINE_LIMIT) -> str:
    """The text, or its beginning up to a word and an ellipsis, in at most `limit` characters."""
    return text if len(text) <= limit else _to_word(text[: limit - 1]) + _ELLIPSIS


def cut_bytes(text: str, limit: int = DESCRIPTION_LIMIT) -> str:
    """As `cut`, where the limit counts bytes of UTF-8."""
    data = text.encode()
    if len(data) <= limit:
        return text
    return _to_word(data[: limit - len(_ELLIPSIS.encode())].decode(errors="ignore")) + _ELLIPSIS


def plain(html: str) -> str:
    """What a reader sees of HTML, on one line."""
    reader = _PlainText()
    reader.feed(html)
    reader.close()
    return _BLANKS.sub(" ", "".join(reader.parts)).strip()


class _PlainText(HTMLParser):
    _INLINE = frozenset({"a", "abbr", "b", "code", "em", "i", "s", "small", "span", "strong", "sub", "sup"})

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the base class's
        self._separate(tag)

    def handle_endtag(self, tag: str) -> None:
        self._separate(tag)

    def _separate(self, tag: str) -> None:
        if tag not in self._INLINE:
            self.parts.append(" ")


def _cleaned(value: Any) -> Any:
    kind: Any = type(value)
    return _cleaner(kind)(value)


@cache
def _cleaner(kind: Any) -> Callable[[Any], Any]:
    """What cleans a value of this type: looked up once, for a feed holds millions of them."""
    if issubclass(kind, str):
        return legal
    if issubclass(kind, tuple):
        return _each
    if is_dataclass(kind):
        return partial(_facts, tuple(part.name for part in fields(kind) if _may_hold_text(part.type)))
    return _as_it_is


def _may_hold_text(annotation: Any) -> bool:
    """Whether to look into a field with this type: most are numbers and flags."""
    return not set(str(annotation).split(" | ")) <= _WITHOUT_TEXT


def _each(value: tuple[Any, ...]) -> tuple[Any, ...]:
    cleaned = tuple(map(_cleaned, value))
    return value if all(map(is_, cleaned, value)) else cleaned


def _facts(names: tuple[str, ...], value: Any) -> Any:
    held, changed = value.__dict__, {}
    for name in names:
        if (was := held[name]) and (now := _cleaned(was)) is not was:
            changed[name] = now
    return replace(value, **changed) if changed else value


def _as_it_is(value: Any) -> Any:
    return value


def _to_word(text: str) -> str:
    # A text without blanks is cut where it is: half of it must stay.
    at = max(text.rfind(" "), text.rfind("\n"))
    return text[:at].rstrip() if at > len(text) // 2 else text
