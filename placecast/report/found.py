"""What a search answers: sentences by episode, with the words that were asked for in bold on a terminal."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import groupby

import click

from placecast.finding import Answer as Answered
from placecast.finding import Found
from placecast.report import Answer
from placecast.report.plain import plain_line
from placecast.timecode import clock
from placecast.wording import few


def found(answered: Answered, query: str, shown: Collection[str], now: datetime) -> Answer:
    """The sentences. `shown`: the slugs of episodes that have a page."""
    states = {each.slug: state(each, each.slug in shown, now) for each in answered.found}
    lines = [*_taken(answered)]
    for slug, same in groupby(answered.found, key=lambda each: each.slug):
        lines += [*_episode(list(same), states[slug])]
    if not answered.found:
        lines.append(_nothing(query))
    sentences = [asdict(each) | {"address": each.address, "state": states[each.slug]} for each in answered.found]
    return Answer(lines=tuple(lines), data={"query": query, "taken": dict(answered.taken), "found": sentences})


def state(each: Found, shown: bool, now: datetime) -> str:
    """Whether listeners have the episode."""
    if each.withdrawn:
        return "unpublished"
    if not each.published:
        return "draft"
    if datetime.fromisoformat(each.published) > now:
        return "scheduled"
    return "published" if shown else "not published yet"


def _taken(answered: Answered) -> Iterator[str]:
    for word, others in answered.taken.items():
        instead = f"searched for {few(others)}." if others else "and nothing like it."
        yield plain_line(f"Nobody says {word}: {instead}" if others else f"Nobody says {word}, {instead}")


def _episode(same: Sequence[Found], state: str) -> Iterator[str]:
    first = same[0]
    about = [part for part in (first.day, state if state != "published" else "") if part]
    head = plain_line(first.title) + (f" ({', '.join(about)})" if about else "")
    yield click.style(head, bold=True)
    for each in same:
        who = f"{each.speaker}: " if each.speaker else ""
        yield f"  {clock(each.seconds)}  {plain_line(who)}{_marked(each)}"
        yield f"    {plain_line(each.address)}"


def _marked(each: Found) -> str:
    parts, at = [], 0
    for begin, end in each.marks:
        parts += [plain_line(each.text[at:begin]), click.style(plain_line(each.text[begin:end]), bold=True)]
        at = end
    return "".join([*parts, plain_line(each.text[at:])])


def _nothing(query: str) -> str:
    quoted = " Without the quotation marks there may be more." if '"' in query or "“" in query else ""
    return f"No sentence says that.{quoted}"
