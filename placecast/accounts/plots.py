"""Bars as SVG that stands in the page. Each has a title and says in words what it shows; its table stands beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from markupsafe import Markup, escape

_WIDTH, _HEIGHT = 720, 240  # of columns, in the SVG's own units
_LEFT, _BELOW, _ABOVE = 56, 28, 12
_ROW, _NAMES, _MOST = 28, 250, 12  # of bars: their height, room for names, and how many
_LONG_NAME = 34
_BY_DAY, _BY_WEEK = 62, 400  # days that a plot shows one by one, or by week


@dataclass(frozen=True, kw_only=True)
class Bar:
    """What is counted, and how much of it there is."""

    name: str
    count: int


def spans(days: Sequence[tuple[date, int]]) -> tuple[str, list[Bar]]:
    """Days put together so that a plot can be read: "day", "week" or "month", and a bar for each."""
    if len(days) <= _BY_DAY:
        return "day", [Bar(name=_day(day), count=count) for day, count in days]
    if len(days) <= _BY_WEEK:
        weeks = groupby(days, lambda each: each[0] - timedelta(days=each[0].weekday()))
        return "week", [Bar(name=f"week of {_day(first)}", count=sum(n for _, n in each)) for first, each in weeks]
    months = groupby(days, lambda each: f"{each[0]:%b %Y}")
    return "month", [Bar(name=name, count=sum(n for _, n in each)) for name, each in months]


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def columns(bars: Sequence[Bar], title: str, identity: str) -> Markup:
    """Upright bars in the order of time."""
    top = _nice(max((bar.count for bar in bars), default=0))
    step = (_WIDTH - _LEFT) / max(len(bars), 1)
    parts = [_line(_height(level, top), level) for level in (0, top // 2, top)]
    parts += [
        Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
            _LEFT + number * step + step * 0.1,
            _height(bar.count, top),
            step * 0.8,
            _HEIGHT - _BELOW - _height(bar.count, top),
        )
        for number, bar in enumerate(bars)
        if bar.count
    ]
    if bars:
        parts += [_below(_LEFT, "start", bars[0].name), _below(_WIDTH, "end", bars[-1].name)]
    return _figure(title, _told(bars), identity, _HEIGHT, parts)


def rows(bars: Sequence[Bar], title: str, identity: str) -> Markup:
    """Lying bars with their names, the largest first: a dozen at most."""
    shown, top = bars[:_MOST], max((bar.count for bar in bars), default=0) or 1
    room = _WIDTH - _NAMES - 80
    parts = []
    for number, bar in enumerate(shown):
        middle, length = number * _ROW + _ROW / 2, room * bar.count / top
        parts += [
            Markup('<text x="{}" y="{:.1f}" text-anchor="end">{}</text>').format(
                _NAMES - 8, middle + 5, _short(bar.name)
            ),
            Markup('<rect x="{}" y="{:.1f}" width="{:.1f}" height="18"/>').format(_NAMES, middle - 9, length),
            Markup('<text x="{:.1f}" y="{:.1f}">{:,}</text>').format(_NAMES + length + 8, middle + 5, bar.count),
        ]
    return _figure(title, _told(shown), identity, max(len(shown), 1) * _ROW, parts)


def _figure(title: str, description: str, identity: str, height: int, parts: Sequence[Markup]) -> Markup:
    return Markup(
        '<svg viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-desc">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}</svg>'
    ).format(_WIDTH, height, identity, identity, identity, title, identity, description, Markup("").join(parts))


def _told(bars: Sequence[Bar]) -> str:
    """What the plot shows, for those who do not see it."""
    total = sum(bar.count for bar in bars)
    if not total:
        return "No downloads."
    most = max(bars, key=lambda bar: bar.count)
    return (
        f"{total:,} downloads in {len(bars)} bars, the most, {most.count:,}, for {most.name}. The table has them all."
    )


def _height(count: float, top: int) -> float:
    return _HEIGHT - _BELOW - (_HEIGHT - _BELOW - _ABOVE) * count / top


def _line(y: float, level: int) -> Markup:
    return Markup('<path d="M{} {:.1f}H{}"/><text x="{}" y="{:.1f}" text-anchor="end">{:,}</text>').format(
        _LEFT, y, _WIDTH, _LEFT - 8, y + 5, level
    )


def _below(x: int, anchor: str, text: str) -> Markup:
    return Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(x, _HEIGHT - 8, anchor, text)


def _nice(count: int) -> int:
    """An even round number that is no smaller: 2, 4, 6, 10, 20, 30, 100."""
    if count <= 2:
        return 2
    power: int = 10 ** math.floor(math.log10(count))
    return next(step * power for step in (1, 2, 3, 4, 6, 8, 10) if step * power >= count and step * power % 2 == 0)


def _short(name: str) -> Markup:
    return escape(name if len(name) <= _LONG_NAME else name[: _LONG_NAME - 1].rstrip() + "…")
