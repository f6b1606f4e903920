"""Chapters that come as a file of their own: Podcasting 2.0 JSON, Podlove's XML, Audacity's labels, and plain text.

Text in, chapters out. All that is wrong in a file is told at once, each with the line or the key where it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import isfinite
from typing import Any

from placecast import addresses
from placecast.chapters.titles import LIMIT, one_line
from placecast.errors import FactsError, Fault
from placecast.model import Chapter, Place
from placecast.timecode import exact_clock, parse_clock

_PSC = "http://podlove.org/simple-chapters"
_LONGEST = 360_000  # seconds: a hundred hours
_KINDS = "Podcasting 2.0 JSON, Podlove Simple Chapters, Audacity labels, or lines such as 12:34 What it is about"
_TEXT = re.compile(
    r"(?:[-–—*+•]\s+)?[(\[]?(?P<start>\d+(?::\d+){1,2}(?:[.,]\d+)?)[)\]]?(?:\s+[-–—|]\s+|\s*[-–—|:]\s+|\s+)(?P<title>\S.*)",
    re.ASCII,
)
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,12})?", re.ASCII)
_LABEL = re.compile(r"\s*\d+[.,]?\d*\t\d+[.,]?\d*(\t|\s*$)", re.ASCII | re.MULTILINE)
_OGG = re.compile(r"CHAPTER(?P<number>\d{2,3})(?P<key>[A-Z]*)=(?P<value>.*)", re.ASCII | re.IGNORECASE)

# What JSON files call the same thing: the Podcasting 2.0 format first, then Podlove's.
_START, _END, _URL, _IMAGE = ("startTime", "start"), ("endTime",), ("url", "href"), ("img", "image")


class _EntryError(Exception):
    """What is wrong with one chapter of a file, and the cure."""

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(what)
        self.what, self.cure = what, cure


def parse(text: str, file: str) -> tuple[Chapter, ...]:
    """The chapters in the text of a file, in time order; FactsError with all that is wrong in it."""
    text = text.removeprefix("\ufeff")
    entries, made = _form(text)
    chapters: list[Chapter] = []
    faults: list[Fault] = []
    for key, entry in entries(text, file):
        try:
            chapters.append(made(entry))
        except _EntryError as problem:
            faults.append(Fault(file=file, key=key, what=problem.what, cure=problem.cure))
    chapters.sort(key=lambda chapter: chapter.seconds)
    faults += _twice(chapters, file)
    if not (chapters or faults):
        faults.append(Fault(file=file, what="has no chapters in it.", cure=f"It may be: {_KINDS}."))
    if faults:
        raise FactsError(faults)
    return tuple(chapters)


_Entries = Iterator[tuple[str, Any]]
"""What describes one chapter, by the line or the key that a person finds it under."""


def _form(text: str) -> tuple[Callable[[str, str], _Entries], Callable[[Any], Chapter]]:
    """How to read it, by what is in it: people rename files."""
    start = text.lstrip()
    if start[:1] in ("{", "[") and not _TEXT.match(start):
        return _json, _from_object
    if start[:1] == "<":
        return _xml, _from_facts
    if any(_OGG.match(line.strip()) for line in text.splitlines()):
        return _ogg, _from_facts
    if _LABEL.match(text):
        return _labels, _from_label
    return _lines, _from_line


def _json(text: str, file: str) -> _Entries:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        cure = "Export the chapters again: the file may be cut off."
        raise FactsError(
            [Fault(file=file, key=f"line {error.lineno}", what=f"is no JSON: {error.msg}.", cure=cure)]
        ) from error
    except (ValueError, RecursionError) as error:
        raise FactsError([Fault(file=file, what="is no list of chapters.", cure=f"It may be: {_KINDS}.")]) from error
    listed = data.get("chapters") if isinstance(data, Mapping) else data
    if not isinstance(listed, list):
        raise FactsError([Fault(file=file, key="chapters", what="is no list.", cure=f"It may be: {_KINDS}.")])
    for number, entry in enumerate(listed, 1):
        yield f"chapters[{number}]", entry


def _from_object(entry: Any) -> Chapter:
    if not isinstance(entry, Mapping):
        raise _EntryError("is no object.", 'Write it as {"startTime": 94, "title": "…"}.')
    start, end = _given(entry, _START), _given(entry, _END)
    if start is None:
        raise _EntryError("has no startTime.", 'Write "startTime": 94, in seconds.')
    return _chapter(
        seconds=_seconds(start),
        end=None if end is None else _seconds(end),
        title=_given(entry, ("title",)) or "",
        url=_given(entry, _URL),
        image=_given(entry, _IMAGE),
        place=placed(_given(entry, ("location",))),
        hidden=entry.get("toc") is False,
    )


def _given(entry: Mapping[str, Any], names: Sequence[str]) -> Any:
    """What stands under one of these names; programs write "" for nothing."""
    return next((entry[name] for name in names if entry.get(name) not in (None, "")), None)


def placed(data: Any) -> Place | None:
    """The place in a list of chapters, as far as it is one: a chapter is no worse for a place that nobody can find."""
    if not isinstance(data, Mapping) or not isinstance(name := data.get("name"), str) or not one_line(name):
        return None
    geo, osm = (str(data.get(key) or "") for key in ("geo", "osm"))
    if not addresses.GEO.fullmatch(geo):
        return None
    return Place(name=one_line(name)[:128], geo=geo, osm=osm if addresses.OSM.fullmatch(osm) else None)


def _xml(text: str, file: str) -> _Entries:
    from lxml import etree

    # Nothing is fetched and no entity is made use of, so that a file of a few lines cannot fill the memory.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        key = f"line {getattr(error, 'lineno', None) or 1}"
        what, cure = "is no XML that can be read.", "Export the chapters again: the file may be cut off."
        raise FactsError([Fault(file=file, key=key, what=what, cure=cure)]) from error
    if root.getroottree().docinfo.internalDTD is not None:
        what, cure = "has a document type of its own, which chapters have no use for.", "Export the chapters again."
        raise FactsError([Fault(file=file, key="line 1", what=what, cure=cure)])
    for element in root.iter(f"{{{_PSC}}}chapter"):
        yield f"line {element.sourceline}", dict(element.attrib)


def _from_facts(facts: Mapping[str, str]) -> Chapter:
    if "start" not in facts:
        raise _EntryError("has no start.", 'Write start="00:01:34.000".')
    return _chapter(
        seconds=_seconds(facts["start"]),
        title=facts.get("title", ""),
        url=facts.get("href") or None,
        image=facts.get("image") or None,
    )


def _labels(text: str, file: str) -> _Entries:  # noqa: ARG001 - as the other readers
    """Audacity's labels: start, end and title between tabs. Lines with a backslash tell of pitch."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("\\"):
            yield f"line {number}", line


def _from_label(line: str) -> Chapter:
    parts = line.split("\t", 2)
    if len(parts) < 3:
        raise _EntryError("is no label: it has no title.", "Give the label a name in Audacity, and export again.")
    start, end = (_seconds(_decimal(part)) for part in parts[:2])
    return _chapter(seconds=start, end=end if end > start else None, title=parts[2])


def _ogg(text: str, file: str) -> _Entries:  # noqa: ARG001 - as the other readers
    """Ogg's and Matroska's pairs: CHAPTER01=00:01:34.000, and CHAPTER01NAME=What it is about."""
    lines = [(number, _OGG.match(line.strip())) for number, line in enumerate(text.splitlines(), 1)]
    matches = [(number, match) for number, match in lines if match]
    names = {(match["number"], match["key"].upper()): match["value"] for _, match in matches}
    for number, match in matches:
        if not match["key"]:
            name, link = (names.get((match["number"], key), "") for key in ("NAME", "URL"))
            yield f"line {number}", {"start": match["value"], "title": name, "href": link}


def _lines(text: str, file: str) -> _Entries:  # noqa: ARG001 - as the other readers
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield f"line {number}", line.strip()


def _from_line(line: str) -> Chapter:
    match = _TEXT.fullmatch(line)
    if not match:
        raise _EntryError(f"{line[:60]!r} is no time with a title.", "Write it as: 12:34 What it is about")
    return _chapter(seconds=_seconds(match["start"]), title=match["title"])


def _decimal(text: str) -> Any:
    try:
        return float(text.strip().replace(",", "."))  # Audacity writes the comma of some countries
    except ValueError:
        return text


def _seconds(value: Any) -> float:
    """Seconds, or a time such as 1:02:03; as text too, in both forms of Podlove's normal play time."""
    if isinstance(value, str):
        try:
            value = float(value) if _NUMBER.fullmatch(value.strip()) else parse_clock(_milliseconds(value))
        except ValueError as error:
            raise _EntryError(f"{value[:40]!r} is no time.", "Write it as 1:02:03 or 2:03.") from error
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _EntryError(f"{str(value)[:40]!r} is no time.", "Write it in seconds, such as 94.5.")
    if not (0 <= value <= _LONGEST) or not isfinite(value):
        raise _EntryError(f"{str(value)[:40]} is no time in a recording.", "Write the seconds from its start.")
    return round(float(value), 3)


def _milliseconds(text: str) -> str:
    """The time without what is finer than a millisecond: Matroska counts nanoseconds."""
    return re.sub(r"([.,]\d{3})\d+$", r"\1", text.strip())


def _chapter(
    *,
    seconds: float,
    title: Any,
    end: float | None = None,
    url: Any = None,
    image: Any = None,
    place: Place | None = None,
    hidden: bool = False,
) -> Chapter:
    if not isinstance(title, str):
        raise _EntryError("has a title that is no text.", "Write the title in quotes.")
    name = one_line(title)
    if not (name or hidden):
        raise _EntryError(f"the chapter at {exact_clock(seconds)} has no title.", "Write what it is about.")
    if len(name) > LIMIT:
        raise _EntryError(f"the title has {len(name)} characters.", f"Shorten it to {LIMIT} at most.")
    if end is not None and end <= seconds:
        raise _EntryError(f"ends at {exact_clock(end)}, before it starts.", "Correct its end, or leave it out.")
    for address in (url, image):
        if address is not None and not (isinstance(address, str) and addresses.is_web(address)):
            raise _EntryError(f"{str(address)[:60]!r} is no web address.", "Write it with https://, or leave it out.")
    return Chapter(seconds=seconds, end=end, title=name, url=url, image=image, place=place, hidden=hidden)


def _twice(chapters: Sequence[Chapter], file: str) -> Iterator[Fault]:
    for one, other in pairwise(chapters):
        if one.seconds == other.seconds:
            what = f"{one.title!r} and {other.title!r} both start at {exact_clock(one.seconds)}."
            yield Fault(file=file, what=what, cure="Only one of them can be reached: give the other another time.")
