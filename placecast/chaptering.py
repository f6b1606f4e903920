"""The chapters of one episode as a producer makes them: proposed, read from a file, edited, and written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from placecast import chapters, files, transcripts
from placecast.chapters.proposing import propose
from placecast.chapters.sidecars import parse
from placecast.errors import UsageError
from placecast.model import Chapter, Episode
from placecast.project import Project, chaptering
from placecast.run import Run

_LARGEST = 4 << 20  # bytes of a list of chapters
_HEAD = """\
# The chapters of {title}: one a line, when it starts and what it is called.
# Lines that begin with # do not count. Without a chapter, nothing is written.
"""


def proposed(run: Run, slug: str, shortest: float | None = None) -> tuple[Chapter, ...]:
    """Chapters from the transcript of an episode; UsageError when it has none, or is too short to divide."""
    cues, seconds = transcripts.read(run, slug).cues, _seconds(run, slug)
    made = propose(cues, max([seconds, *(cue.end for cue in cues)]), shortest)
    if not made:
        cure = f"Write chapters by hand, or allow shorter ones: placecast chapters {slug} --shortest 0:20"
        raise UsageError(slug, "is too short, or says too little, to be divided.", cure)
    return made


def from_file(file: Path) -> tuple[Chapter, ...]:
    """The chapters of another file: of a recording, or a list that another program has exported."""
    try:
        with file.open("rb") as opened:
            content = opened.read(_LARGEST)
    except (FileNotFoundError, IsADirectoryError):
        raise UsageError(str(file), "is no file.", "Look at its name and its folder.") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _of_recording(file)
    return _of_recording(file) if "\0" in text else chapters.usable(parse(text, str(file)))


def _of_recording(file: Path) -> tuple[Chapter, ...]:
    from placecast import tags  # it loads FFmpeg

    made = chapters.usable(tags.read_embedded(file).chapters)
    if not made:
        cure = "Give a recording with chapters, or a list of them as UTF-8 text."
        raise UsageError(str(file), "has no chapters in it.", cure)
    return made


def as_lines(made: Sequence[Chapter], title: str) -> str:
    """The chapters as the text that a producer edits."""
    return _HEAD.format(title=chapters.one_line(title)) + "".join(f"{line}\n" for line in chapters.lines(made))


def edited(project: Project, slug: str, text: str, before: Sequence[Chapter]) -> tuple[Chapter, ...]:
    """What a producer has made of the lines; none when no chapter is left.

    What a line cannot say, such as a link, stays with the chapter at that time. The text is kept until it can be read.
    """
    kept = draft(project, slug)
    files.write(kept, text.encode())
    lines = any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines())
    read = parse(text, project.shown(kept)) if lines else ()
    known = {each.seconds: each for each in before}
    kept.unlink()
    return chapters.usable(
        [
            *(replace(known.get(each.seconds, each), title=each.title) for each in read),
            *(each for each in before if each.hidden and read),
        ]
    )


def draft(project: Project, slug: str) -> Path:
    """Where the lines wait that an editor left and nobody could read."""
    return project.cache / f"chapters-{slug}.txt"


def write(run: Run, slug: str, made: Sequence[Chapter], *, anew: bool = False) -> None:
    """Write chapters into the episode's episode.md. `anew`: also in place of those that it has."""
    with run.project.locked():
        episode = transcripts.episode(run, slug)
        refuse(episode, anew=anew)
        if len(made) > chapters.MOST:
            what = f"would have {len(made)} chapters, but a file can list only {chapters.MOST}."
            raise UsageError(slug, what, "Take some of them out of the list first.")
        text = episode.file.read_bytes().decode("utf-8")
        changed = chaptering.with_tables(text, run.project.shown(episode.file), made)
        files.write(episode.file, changed.encode())


def refuse(episode: Episode, *, anew: bool) -> None:
    """UsageError when the episode has chapters, and nobody has asked to have others in their place."""
    if episode.chapters and not anew:
        what = f"has {len(episode.chapters)} chapters already, which people wrote."
        raise UsageError(episode.slug, what, "To have others in their place, say so with --replace.")


def _seconds(run: Run, slug: str) -> float:
    """How long the published sound is; 0 before there is any."""
    audio = run.project.audio(slug)
    return audio.seconds if audio else 0.0
