"""Chapters as other hosts have them: Podcasting 2.0's JSON, and Podlove's Simple Chapters inside the feed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Any

from placecast import addresses
from placecast.chapters import placed
from placecast.model import Chapter
from placecast.moving.facts import Loss
from placecast.moving.nodes import name_of, one_line, said
from placecast.rss.text import legal

_TIME = re.compile(r"(?:(?:(\d{1,4}):)?(\d{1,4}):)?(\d{1,7}(?:\.\d{1,9})?)", re.ASCII)
_LONGEST = 360_000  # seconds: a hundred hours


@dataclass(frozen=True, kw_only=True)
class Found:
    """Chapters in the order of their start, each with a start of its own, and what of them was lost."""

    chapters: tuple[Chapter, ...] = ()
    lost: tuple[Loss, ...] = ()


NONE = Found()


def from_json(content: bytes) -> Found:
    """The chapters of a chapters.json; ValueError when it is none."""
    try:
        data = json.loads(content)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    listed = data.get("chapters") if isinstance(data, dict) else None
    if not isinstance(listed, list):
        raise ValueError("it holds no list of chapters")
    return _found(_from_entry(entry) for entry in listed if isinstance(entry, dict))


def from_simple(element: Any) -> Found:
    """The chapters in a `<psc:chapters>`: https://podlove.org/simple-chapters/."""
    return _found(_from_element(each) for each in element if name_of(each) == "psc:chapter")


def in_order(found: Iterable[Chapter]) -> Found:
    """As `Found` has them: times that two chapters share are the first one's."""
    return _found((each, ()) for each in found)


def _from_entry(entry: dict[str, Any]) -> tuple[Chapter | None, tuple[Loss, ...]]:
    title = legal(str(entry.get("title") or ""))
    start, end = _start(entry.get("startTime")), _start(entry.get("endTime"))
    place = placed(entry.get("location"))
    lost = () if place or not entry.get("location") else (_loss(f"{title}: location", "It has no name or no geo."),)
    if start is None:
        return None, lost
    found = Chapter(
        seconds=start,
        title=one_line(title)[:255],
        url=_web(entry.get("url")),
        image=_web(entry.get("img")),
        end=end if end is not None and end > start else None,
        place=place,
        hidden=entry.get("toc") is False,
    )
    return found, lost


def _from_element(element: Any) -> tuple[Chapter | None, tuple[Loss, ...]]:
    start = _start(said(element, "start"))
    if start is None:
        return None, ()
    title, url, image = one_line(said(element, "title"))[:255], said(element, "href"), said(element, "image")
    return Chapter(seconds=start, title=title, url=_web(url), image=_web(image)), ()


def _web(value: object) -> str | None:
    text = str(value or "").strip()
    return text if addresses.is_web(text) else None


def _found(entries: Iterable[tuple[Chapter | None, tuple[Loss, ...]]]) -> Found:
    listed = list(entries)
    lost = [loss for _, losses in listed for loss in losses]
    given = sorted((chapter for chapter, _ in listed if chapter), key=lambda chapter: chapter.seconds)
    kept: list[Chapter] = []
    for chapter in given:
        if why := _unusable(chapter, kept):
            lost.append(_loss(chapter.title or f"{chapter.seconds:g}", why))
        else:
            kept.append(chapter)
    return Found(chapters=tuple(kept), lost=tuple(lost))


def _unusable(chapter: Chapter, before: list[Chapter]) -> str:
    if not (chapter.title or chapter.hidden):
        return "A chapter without a title is shown by no app."
    if before and chapter.seconds <= before[-1].seconds:
        return "Another chapter starts at the same time."
    return ""


def _start(value: object) -> float | None:
    """Seconds, from a number or from a normal play time such as 01:02:03.5; to the millisecond."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return round(float(value), 3) if isfinite(value) and 0 <= value <= _LONGEST else None
    match = _TIME.fullmatch(str(value).strip())
    if not match:
        return None
    hours, minutes, seconds = match.groups(default="0")
    return round(int(hours) * 3600 + int(minutes) * 60 + float(seconds), 3)


def _loss(value: str, why: str) -> Loss:
    return Loss(tag="chapter", value=one_line(legal(value))[:200], why=why)
