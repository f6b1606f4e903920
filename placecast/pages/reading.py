"""A transcript as it is read on a page: parts under the chapters' titles, paragraphs, and sentences with anchors.

How cues become paragraphs is decided in `captions`; how all this looks, in the templates.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from placecast.captions import paragraphs
from placecast.model import Chapter, Cue, Transcript
from placecast.timecode import clock, fragment


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A sentence and its anchor, unless another element of the page has that one already."""

    text: str
    anchor: str | None


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """Sentences that belong together. `speaker` is set where somebody else begins to speak.

    `anchor` is the time as people write it, so that #t=1:02:03 arrives without JavaScript too; None where it is taken.
    """

    start: float
    anchor: str | None
    speaker: str | None
    unnamed: bool  # somebody else begins, and nobody knows who: the name before does not count any more
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, kw_only=True)
class Part:
    """What is said in a chapter. Before the first chapter, and without chapters, there is no title."""

    title: str | None
    anchor: str | None
    paragraphs: tuple[Paragraph, ...]


def parts(transcript: Transcript, chapters: tuple[Chapter, ...]) -> tuple[Part, ...]:
    """The transcript in reading order. Every anchor is there once, and every chapter has one to be linked to."""
    for_sentences = {fragment(cue.start) for cue in transcript.cues}
    # A sentence that starts with its chapter is the chapter's anchor too.
    for_chapters = {fragment(chapter.seconds) for chapter in chapters} - for_sentences
    clocks: set[str] = set()
    made = []
    for chapter, cues in _by_chapter(transcript.cues, chapters):
        inside = Transcript(cues=cues, language=transcript.language)
        name = _take(for_chapters, fragment(chapter.seconds)) if chapter else None
        title = chapter.title if chapter else None
        made.append(Part(title=title, anchor=name, paragraphs=_paragraphs(inside, for_sentences, clocks)))
    return tuple(part for part in made if part.title is not None or part.paragraphs)


def _by_chapter(cues: Iterable[Cue], chapters: tuple[Chapter, ...]) -> Iterator[tuple[Chapter | None, tuple[Cue, ...]]]:
    """Each chapter with the cues whose middle lies in it: a chapter mark seldom hits the start of a sentence."""
    inside: list[list[Cue]] = [[] for _ in (None, *chapters)]
    starts = [chapter.seconds for chapter in chapters]
    for cue in cues:
        inside[bisect_right(starts, (cue.start + cue.end) / 2)].append(cue)
    return zip((None, *chapters), map(tuple, inside), strict=True)


def _paragraphs(transcript: Transcript, unused: set[str], clocks: set[str]) -> tuple[Paragraph, ...]:
    made = []
    speaking: str | None = None
    for cues in paragraphs(transcript):
        speaker, start = cues[0].speaker, cues[0].start
        paragraph = Paragraph(
            start=start,
            anchor=_first(clocks, f"t={clock(start)}"),
            speaker=speaker if speaker != speaking else None,
            unnamed=speaking is not None and not speaker,
            sentences=tuple(Sentence(text=cue.text, anchor=_take(unused, fragment(cue.start))) for cue in cues),
        )
        made.append(paragraph)
        speaking = speaker
    return tuple(made)


def _first(used: set[str], name: str) -> str | None:
    """This name, the first time."""
    if name in used:
        return None
    used.add(name)
    return name


def _take(unused: set[str], name: str) -> str | None:
    """This name if it is still to be had: two cues may start in the same moment."""
    if name not in unused:
        return None
    unused.remove(name)
    return name
