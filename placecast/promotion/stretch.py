"""Which part of an episode a clip plays: what the producer says, else around words that stand for the episode."""

from __future__ import annotations

from collections.abc import Sequence

from placecast.errors import UsageError
from placecast.model import Cue
from placecast.promotion.quotes import Quote
from placecast.timecode import clock

SHORTEST, LONGEST = 30.0, 60.0
"""Seconds. Shorter says too little, and few people look longer."""

LEAST, MOST = 1.0, 140.0  # seconds that may be asked for; no network plays a longer one everywhere
_BEFORE, _AFTER = 0.25, 0.6  # seconds of breath
_TURN = 8.0  # seconds: what the same person said just before belongs to it


def asked(start: float, end: float, length: float) -> tuple[float, float]:
    """What a producer asks for; UsageError when that is no part of the sound."""
    if not LEAST <= end - start <= MOST:
        what = f"lasts {end - start:.0f} seconds: a clip has {LEAST:.0f} to {MOST:.0f}."
        raise UsageError(f"{clock(start)} to {clock(end)}", what, "Write it as --from 12:34 --to 13:20.")
    if end > length:
        what = f"is not in the episode, which ends at {clock(length)}."
        raise UsageError(f"{clock(start)} to {clock(end)}", what, "Give times as the page shows them.")
    return start, end


def around(quote: Quote, cues: Sequence[Cue], length: float) -> tuple[float, float]:
    """Whole sentences around a quote: how its speaker came to it, then what follows, until it is long enough."""
    first, last = quote.first, quote.last
    while first and _leads_in(cues, first, quote) and cues[last].end - cues[first - 1].start <= LONGEST:
        first -= 1
    while cues[last].end - cues[first].start < SHORTEST:
        later = last + 1 < len(cues) and cues[last + 1].end - cues[first].start <= LONGEST
        earlier = first > 0 and cues[last].end - cues[first - 1].start <= LONGEST
        if not (later or earlier):
            break
        first, last = (first, last + 1) if later else (first - 1, last)
    return breathing(cues, first, last, length)


def whole(start: float, end: float, cues: Sequence[Cue], length: float) -> tuple[float, float]:
    """The sentences that are mostly in this part of the sound; the part as it is where there are none."""
    inside = [number for number, cue in enumerate(cues) if start <= (cue.start + cue.end) / 2 < end]
    return breathing(cues, inside[0], inside[-1], length) if inside else (start, min(end, length))


def breathing(cues: Sequence[Cue], first: int, last: int, length: float) -> tuple[float, float]:
    """From this cue to that one, with a little of the quiet around them, and nothing of what others say."""
    before = cues[first - 1].end if first else 0.0
    after = cues[last + 1].start if last + 1 < len(cues) else length
    start, end = max(cues[first].start - _BEFORE, before, 0.0), min(cues[last].end + _AFTER, after, length)
    return start, max(end, start)


def _leads_in(cues: Sequence[Cue], first: int, quote: Quote) -> bool:
    before = cues[first - 1]
    return before.speaker == quote.speaker and quote.start - before.start <= _TURN and not before.text.endswith("?")
