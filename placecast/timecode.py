"""Times inside a recording: seconds in code, clock forms in files. Dates are not handled here."""

from __future__ import annotations

import re

_CLOCK = re.compile(r"(?:(\d{1,6}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?", re.ASCII)


def parse_clock(text: str) -> float:
    """Seconds of `h:mm:ss`, `mm:ss`, with or without a fraction; ValueError if it is no such time."""
    match = _CLOCK.fullmatch(text.strip())
    hours, minutes, seconds, fraction = match.groups("0") if match else ("0", "60", "0", "0")
    if int(minutes) > 59 or int(seconds) > 59:
        raise ValueError(f"{text!r} is not a time such as 1:02:03")
    whole = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
    return (whole * 1000 + int(fraction.ljust(3, "0"))) / 1000


def clock(seconds: float) -> str:
    """`1:02:03` or `2:03`, for people: rounded down to the second."""
    hours, minutes, rest = _split(int(seconds) * 1000)
    return f"{hours}:{minutes:02}:{rest // 1000:02}" if hours else f"{minutes}:{rest // 1000:02}"


def exact_clock(seconds: float) -> str:
    """`2:03`, or `2:03.250` where the fraction counts: for files that are read again."""
    fraction = round(seconds * 1000) % 1000
    whole = clock(round(seconds * 1000) // 1000)
    return f"{whole}.{fraction:03}" if fraction else whole


def long_clock(seconds: float, *, separator: str = ".") -> str:
    """`01:02:03.004`, as WebVTT wants it; SRT wants a comma as the separator."""
    hours, minutes, rest = _split(round(seconds * 1000))
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}{separator}{rest % 1000:03}"


def tenths(seconds: float) -> float:
    """The tenth of a second in which this moment lies: what links into the sound name, and no word begins before it."""
    return round(seconds * 1000) // 100 / 10


def fragment(seconds: float) -> str:
    """`t=754.2`, the end of a link to this moment: in seconds, as Media Fragments URI 1.0 (section 4.2.1) has it."""
    return f"t={tenths(seconds):.1f}".removesuffix(".0")


def iso_duration(seconds: float) -> str:
    """`PT1H2M3S`, as schema.org wants it (ISO 8601)."""
    hours, minutes, rest = _split(round(seconds) * 1000)
    parts = ((hours, "H"), (minutes, "M"), (rest // 1000, "S"))
    return "PT" + ("".join(f"{number}{unit}" for number, unit in parts if number) or "0S")


def spoken(seconds: float) -> str:
    """`2 minutes 35 seconds`, for people: the two largest units that count."""
    hours, minutes, rest = _split(round(seconds) * 1000)
    units = [(hours, "hour"), (minutes, "minute"), (rest // 1000, "second")]
    shown = [f"{number} {unit}{'s' * (number != 1)}" for number, unit in units if number]
    return " ".join(shown[:2]) or "0 seconds"


def _split(milliseconds: int) -> tuple[int, int, int]:
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return hours, minutes, rest
