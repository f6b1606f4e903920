"""What a machine seems to have invented: said, with time and reason, and never silently deleted.

Whisper goes round in circles now and then, and in near-silence it says what it read under a million videos.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from placecast.model import Flag, Word
from placecast.transcribe.heard import Heard

_REPEATED = 4  # times in a row: people say "no, no, no"
_LONGEST = 12  # words of a loop
_UNLIKELY = -1.0  # mean log probability of a chunk's tokens: Whisper's own limit
_DRAWN = 0.5  # temperature: from here on, chance decides

# What subtitles end with. People say some of it too, so it is only flagged.
_PHANTOMS = re.compile(
    r"\b(?:(?:thanks|thank you)(?: so much| very much| all| everyone)? for (?:watching|viewing)"
    r"|(?:please )?(?:like and )?subscribe(?: to| and|,|\.)"
    r"|see you (?:in the )?next (?:video|time)"
    r"|(?:subtitles?|captions?|captioned|transcri(?:bed|ption|pts)|translated) by\b"
    r"|amara\.org"
    r"|(?:copyright|all rights reserved)"
    r"|don't forget to (?:like|subscribe))",
    re.IGNORECASE,
)


def suspicions(heard: Heard) -> tuple[Flag, ...]:
    """What should be looked at in one chunk, with the times of its words."""
    if not heard.words:
        return ()
    return (*_loops(heard.words), *_phantoms(heard.words), *_unlikely(heard))


def _loops(words: Sequence[Word]) -> Iterator[Flag]:
    bare = [re.sub(r"\W", "", word.text).lower() for word in words]
    at = 0
    while at < len(words):
        length, times = _loop(bare, at)
        if times:
            stop = at + length * times
            text = _text(words[at : at + length])
            yield _flag(words[at:stop], "loop", text, f"the machine heard {text!r} {times} times in a row")
            at = stop
        else:
            at += 1


def _loop(bare: Sequence[str], at: int) -> tuple[int, int]:
    """The words of the loop that starts here and how often it comes; (0, 0) when there is none."""
    for length in range(1, _LONGEST + 1):
        unit, times = bare[at : at + length], 1
        while len(unit) == length and bare[at + times * length : at + (times + 1) * length] == unit:
            times += 1
        if times >= _REPEATED:
            return length, times
    return 0, 0


def _phantoms(words: Sequence[Word]) -> Iterator[Flag]:
    text, ends = "", []
    for word in words:
        text += word.text
        ends.append(len(text))
    for match in _PHANTOMS.finditer(text):
        inside = [word for word, end in zip(words, ends, strict=True) if match.start() < end <= match.end() + 1]
        if inside:
            reason = "Whisper is known to invent these words where little is heard"
            yield _flag(inside, "phantom", match[0], reason)


def _unlikely(heard: Heard) -> Iterator[Flag]:
    if heard.log_probability < _UNLIKELY or heard.temperature > _DRAWN:
        reason = "the machine itself hardly believes what it heard here"
        yield _flag(heard.words, "unlikely", _text(heard.words), reason)


def _flag(words: Sequence[Word], kind: object, text: str, reason: str) -> Flag:
    return Flag(start=words[0].start, end=words[-1].end, kind=kind, text=text.strip(), reason=reason)  # type: ignore[arg-type]


def _text(words: Sequence[Word]) -> str:
    return "".join(word.text for word in words).strip()
