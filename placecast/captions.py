"""What is made from a transcript for apps and readers that do not take WebVTT, and its paragraphs for the page.

All of it follows from the transcript alone, so nothing here is ever edited or kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import escape
from itertools import groupby

from placecast import screens
from placecast.model import Cue, Transcript, Word
from placecast.timecode import clock, iso_duration, long_clock

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


def srt(transcript: Transcript, words: Sequence[Sequence[Word]]) -> str:
    """SubRip, cut from the words of each cue: two short lines at a time, and `Name: ` where the speaker changes."""
    return subrip(screens.cut(list(_turns(transcript.cues, words))))


def subrip(captions: Sequence[Cue]) -> str:
    """These captions as SubRip."""
    return "\n".join(
        f"{number}\n{_comma(cue.start)} --> {_comma(cue.end)}\n{cue.text}\n" for number, cue in enumerate(captions, 1)
    )


def of_stretch(cues: Sequence[Cue], words: Sequence[Sequence[Word]], start: float, end: float) -> tuple[Cue, ...]:
    """The captions of what is said between these seconds, by a clock that begins with the stretch."""
    spoken = [
        (cue, [word for word in said if start <= (word.start + word.end) / 2 < end])
        for cue, said in zip(cues, words, strict=True)
    ]
    kept = [(cue, said) for cue, said in spoken if said]
    made = screens.cut(list(_turns([cue for cue, _ in kept], [said for _, said in kept])))
    return tuple(
        replace(each, start=max(each.start - start, 0.0), end=min(each.end, end) - start)
        for each in made
        if each.start < end
    )


def podcast_json(transcript: Transcript) -> str:
    """The Podcasting 2.0 JSON transcript 1.0.0, a segment on each line."""
    write = json.JSONEncoder(ensure_ascii=False).encode  # `dumps` would make one for each cue
    segments = ",\n".join(write(_segment(cue)) for cue in transcript.cues)
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


def _turns(cues: Sequence[Cue], words: Sequence[Sequence[Word]]) -> Iterator[tuple[str, list[Sequence[Word]]]]:
    """Each turn of a speaker: the name, and the words of the sentences."""
    spoken = zip(cues, words, strict=True)
    for speaker, sentences in groupby(spoken, key=lambda sentence: sentence[0].speaker):
        yield speaker or "", [said for _, said in sentences]


def _segment(cue: Cue) -> dict[str, str | float]:
    speaker = {"speaker": cue.speaker} if cue.speaker else {}
    return {**speaker, "startTime": round(cue.start, 3), "endTime": round(cue.end, 3), "body": cue.text}


def _comma(seconds: float) -> str:
    return long_clock(seconds, separator=",")
