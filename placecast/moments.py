"""Times as producers say them, on the show's own clock: `2026-12-01 07:00`, `tomorrow 7:00`, `next tuesday at 7am`.

A clock that is put forward leaves an hour out, and has one twice when it is put back: the first is refused, of the
second it is said which was taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from placecast.errors import UsageError

_CURE = (
    'Say a day and a time, such as "2026-12-01 07:00", "1 December 2026 07:00", "tomorrow 7:00" or "tuesday 7:30pm", '
    "on the show's own clock ({zone})."
)
_SHAPE = re.compile(
    r"(?P<day>.+?)(?:(?<=\d)t(?=\d)|,? at |,? )"
    r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))?(?::(?P<second>\d\d))? ?(?P<half>am|pm)?"
    r"(?: ?(?P<offset>z|utc|[+-]\d\d:?\d\d))?",
    re.ASCII,
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_LONGEST = 60  # characters; no time takes more to say


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A time that was understood. `note`: which of two it is, where the clock has it twice; "" otherwise."""

    at: datetime  # aware
    note: str = ""


def understood(text: str, now: datetime, zone: ZoneInfo) -> Moment:
    """The moment that this means on a clock in this zone; UsageError when there is none, or no telling."""
    said = " ".join(text.lower().replace("noon", "12:00").split())
    match = _SHAPE.fullmatch(said) if len(said) <= _LONGEST else None
    if match is None:
        raise _unclear(text, zone, "is no day and time that can be understood.")
    try:
        clock, offset = _clock(match), match["offset"]
        there = now.astimezone(_zone_of(offset) if offset else zone)
        wall = datable(datetime.combine(_day(match["day"], clock, there.replace(tzinfo=None)), clock))
        moment = Moment(at=wall.replace(tzinfo=_zone_of(offset))) if offset else on_clock(wall, zone)
        return Moment(at=_fixed(moment.at.astimezone(zone)), note=moment.note)
    except (ValueError, OverflowError) as error:
        raise _unclear(text, zone, f"cannot be: {error}.") from None


def on_clock(wall: datetime, zone: ZoneInfo) -> Moment:
    """The moment at which clocks in this zone show that; ValueError when they never do."""
    first, second = (datable(wall).replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return Moment(at=_fixed(first))
    shown = first.astimezone(UTC).astimezone(zone)
    if shown.replace(tzinfo=None, fold=0) != wall:
        raise ValueError(
            f"{wall:%H:%M} does not exist in {zone.key} on {day(wall)}, because the clocks go forward over it; "
            f"an hour later it is {shown:%H:%M}"
        )
    note = (
        f"{wall:%H:%M} comes twice in {zone.key} on {day(wall)}, because the clocks go back. This is the first, "
        f"{first:%H:%M %Z}; the second is {second.isoformat(timespec='minutes')}."
    )
    return Moment(at=_fixed(first), note=note)


def _fixed(at: datetime) -> datetime:
    """The same with its offset alone: in an hour that comes twice, Python compares nothing else rightly (PEP 495)."""
    return at.replace(tzinfo=timezone(at.utcoffset() or timedelta(), at.tzname() or ""), fold=0)


def day(at: date) -> str:
    """`Tuesday 1 December 2026`: no zero before the day, which strftime has on some systems only."""
    return f"{at:%A} {at.day} {at:%B %Y}"


def told(at: datetime) -> str:
    """`Tuesday 1 December 2026, 07:00 GMT`."""
    return f"{day(at)}, {at:%H:%M %Z}"


def away(at: datetime, now: datetime) -> str:
    """How far it is, by what one would say: `in 3 days`, `in 5 hours`, `2 days ago`."""
    seconds = abs((at - now).total_seconds())
    count, unit = next(
        (round(seconds / size), name)
        for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute"))
        if seconds >= 2 * size or size == 60
    )
    span = f"{count:,} {unit}{'s' * (count != 1)}"
    return f"in {span}" if at > now else f"{span} ago"


def iso(at: datetime) -> str:
    """As TOML writes it, with the offset: that of a zone before it had whole minutes has no form there (RFC 3339)."""
    offset = at.utcoffset() or timedelta()
    return (at.astimezone(UTC) if offset.total_seconds() % 60 else at).isoformat()


def datable(wall: datetime) -> datetime:
    """The same, unless no podcast can have that date."""
    if wall.year in (1, 9999):  # in another time zone it would be in a year that Python does not have
        raise ValueError(f"{wall} is no date that a podcast can have")
    return wall


def _clock(match: re.Match[str]) -> time:
    hour, half = int(match["hour"]), match["half"]
    if match["minute"] is None and half is None:
        raise ValueError(f"{match['hour']} is an hour without minutes, or without am or pm")
    if half and not 1 <= hour <= 12:
        raise ValueError(f"{hour} {half} is on no clock")
    hour = hour % 12 + 12 * (half == "pm") if half else hour
    return time(hour, int(match["minute"] or 0), int(match["second"] or 0))


def _zone_of(offset: str) -> timezone:
    if offset in ("z", "utc"):
        return UTC
    hours, minutes = int(offset[1:3]), int(offset[-2:])
    return timezone((1 if offset[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))


def _day(text: str, clock: time, now: datetime) -> date:
    """The day that is meant, by people whose clocks show `now`."""
    for pattern, meant in _DAYS:
        if match := re.fullmatch(pattern, text, re.ASCII):
            return meant(match, clock, now)
    raise ValueError(f"{text!r} is no day")


def _iso_day(match: re.Match[str], clock: time, now: datetime) -> date:  # noqa: ARG001  all of _DAYS take the same
    return date(*map(int, match.groups()))


def _near_day(match: re.Match[str], clock: time, now: datetime) -> date:  # noqa: ARG001
    return now.date() + timedelta(days=match[0] == "tomorrow")


def _weekday(match: re.Match[str], clock: time, now: datetime) -> date:
    """The first such day to come; today only if it is not called the next one, and its time is still to come."""
    wanted = next(number for number, name in enumerate(_WEEKDAYS) if name.startswith(match["name"]))
    days = (wanted - now.weekday()) % 7
    past = days == 0 and (match["which"] == "next " or clock <= now.time())
    return now.date() + timedelta(days=days + 7 * past)


def _named_day(match: re.Match[str], clock: time, now: datetime) -> date:
    """Without a year, the next such day to come."""
    month = next(number for number, name in enumerate(_MONTHS, 1) if name.startswith(match["month"]))
    found = date(int(match["year"] or now.year), month, int(match["day"]))
    if not match["year"] and datetime.combine(found, clock) <= now:
        found = found.replace(year=found.year + 1)
    if match["name"] and not _WEEKDAYS[found.weekday()].startswith(match["name"]):
        raise ValueError(f"{found.day} {found:%B %Y} is a {found:%A}")
    return found


def _either(names: tuple[str, ...]) -> str:
    """Each of these names, whole or cut down to three letters or more."""
    return "|".join(name[:length] for name in names for length in range(len(name), 2, -1))


_DAYS: tuple[tuple[str, Callable[[re.Match[str], time, datetime], date]], ...] = (
    (r"(\d{4})-(\d\d?)-(\d\d?)", _iso_day),
    (r"today|tomorrow", _near_day),
    (rf"(?P<which>on |this |next )?(?P<name>{_either(_WEEKDAYS)})", _weekday),
    (
        rf"(?:(?P<name>{_either(_WEEKDAYS)}),? )?(?P<day>\d\d?)(?:st|nd|rd|th)? "
        rf"(?P<month>{_either(_MONTHS)})(?:,? (?P<year>\d{{4}}))?",
        _named_day,
    ),
)


def _unclear(text: str, zone: ZoneInfo, what: str) -> UsageError:
    return UsageError(repr(text[:_LONGEST]), what, _CURE.format(zone=zone.key))
