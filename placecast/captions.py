"""What is made from a transcript for apps and readers that do not take WebVTT, and its paragraphs for the page.

All of it follows from the transcript alone, so nothing here is ever edited or kept.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise

from placecast.model import Cue, Transcript
from placecast.timecode import clock, iso_duration, long_clock

_WIDTHS = range(32, 43)  # characters a line: the namespace wants 32, and two lines of 42 are common practice
_LINES = 2
_PARAGRAPH = 5  # sentences
_PAUSE = 1.5  # seconds that end a paragraph once it has begun
_BEGUN = 2  # sentences

_STYLE = (
    "body{max-width:40em;margin:auto;padding:1em;font:1.1em/1.6 sans-serif}cite{font-weight:bold;font-style:normal}"
)


def paragraphs(transcript: Transcript) -> tuple[tuple[Cue, ...], ...]:
    """The cues in paragraphs: one speaker each, and not too long to read."""
    made: list[list[Cue]] = []
    for cue in transcript.cues:
        if made and not _new_paragraph(made[-1], cue):
            made[-1].append(cue)
        else:
            made.append([cue])
    return tuple(map(tuple, made))


def srt(transcript: Transcript) -> str:
    """SubRip: captions of at most two lines of 42 characters, and `Name: ` where the speaker changes."""
    captions = (caption for cue, changed in _turns(transcript.cues) for caption in _captions(cue, changed))
    return "\n".join(
        f"{number}\n{_comma(cue.start)} --> {_comma(cue.end)}\n{cue.text}\n" for number, cue in enumerate(captions, 1)
    )


def podcast_json(transcript: Transcript) -> str:
    """The Podcasting 2.0 JSON transcript 1.0.0, a segment on each line."""
    segments = ",\n".join(json.dumps(_segment(cue), ensure_ascii=False) for cue in transcript.cues)
    return f'{{"version": "1.0.0", "segments": [\n{segments}\n]}}\n'


def plain_text(transcript: Transcript) -> str:
    """Paragraphs without times; a name where the speaker changes."""
    blocks = []
    for (first, *_), paragraph, changed in _spoken(transcript):
        name = f"{first.speaker}: " if changed and first.speaker else ""
        blocks.append(name + paragraph + "\n")
    return "\n".join(blocks)


def html(transcript: Transcript, *, title: str) -> str:
    """The namespace's HTML form (`cite`, `time`, `p`), as a whole document that can be read by itself."""
    body = "\n".join(
        (f"<cite>{escape(first.speaker)}:</cite>\n" if first.speaker else "")
        + f'<time datetime="{iso_duration(first.start)}">{clock(first.start)}</time>\n<p>{escape(paragraph)}</p>'
        for (first, *_), paragraph, _ in _spoken(transcript)
    )
    return (
        f'<!doctype html>\n<html lang="{escape(transcript.language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{escape(title)}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _new_paragraph(paragraph: Sequence[Cue], cue: Cue) -> bool:
    last = paragraph[-1]
    paused = len(paragraph) >= _BEGUN and cue.start - last.end >= _PAUSE
    return cue.speaker != last.speaker or paused or len(paragraph) >= _PARAGRAPH


def _spoken(transcript: Transcript) -> Iterator[tuple[tuple[Cue, ...], str, bool]]:
    """Each paragraph, its text, and whether another speaker than before says it."""
    speaker = None
    for paragraph in paragraphs(transcript):
        yield paragraph, " ".join(cue.text for cue in paragraph), paragraph[0].speaker != speaker
        speaker = paragraph[0].speaker


def _turns(cues: Sequence[Cue]) -> Iterator[tuple[Cue, bool]]:
    """Each cue, and whether another speaker than before says it."""
    before = [None, *(cue.speaker for cue in cues)]
    return ((cue, cue.speaker != speaker) for cue, speaker in zip(cues, before, strict=False))


def _captions(cue: Cue, changed: bool) -> Iterator[Cue]:
    """The cue in captions that fit a screen, its time shared out by characters."""
    name = f"{cue.speaker}: " if changed and cue.speaker else ""
    # SubRip has no escapes: an arrow in the text would be taken for a line of times.
    texts = _screens(re.sub("-{2,}>", "->", name + cue.text))
    shares = [0]
    for text in texts:
        shares.append(shares[-1] + len(text))
    times = [cue.start + (cue.end - cue.start) * share / (shares[-1] or 1) for share in shares]
    for text, (start, end) in zip(texts, pairwise(times), strict=True):
        yield Cue(start=start, end=end, text=text)


def _screens(text: str) -> list[str]:
    """The text in two lines at a time: as few lines as 42 characters allow, and those as even as possible."""
    wraps = [textwrap.wrap(text, width, break_on_hyphens=False) for width in _WIDTHS]
    lines = next(wrap for wrap in wraps if len(wrap) == len(wraps[-1]))
    return ["\n".join(lines[start : start + _LINES]) for start in range(0, len(lines), _LINES)]


def _segment(cue: Cue) -> dict[str, str | float]:
    speaker = {"speaker": cue.speaker} if cue.speaker else {}
    return {**speaker, "startTime": round(cue.start, 3), "endTime": round(cue.end, 3), "body": cue.text}


def _comma(seconds: float) -> str:
    return long_clock(seconds, separator=",")
