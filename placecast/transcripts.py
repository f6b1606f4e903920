"""What a producer does to the transcript of one episode: bring one along, and say who speaks. Nothing is published."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from placecast import scribe, turns, vtt
from placecast.errors import UsageError
from placecast.model import Episode, Transcript
from placecast.pipeline import require
from placecast.run import Run
from placecast.workshop import Workshop


def take(run: Run, slug: str, file: Path, *, replace: bool = False) -> None:
    """Make this file the episode's transcript. One that people wrote is replaced only when that is asked for."""
    with run.project.locked():
        shop, episode = _open(run, slug)
        if run.project.edited(slug) and not replace:
            there = run.project.shown(run.project.transcript_file(slug))
            raise UsageError(there, "was written by people.", "To have the file in its place, say so with --replace.")
        with run.reporter.step(f"take the transcript of {slug}", file.name) as progress:
            scribe.take(shop, episode, file, progress)
        scribe.leave(shop, episode)


def label(run: Run, slug: str, count: int) -> Transcript:
    """Say who says each sentence, told apart by voice. Names come from the episode's `speakers`."""
    with run.project.locked():
        shop, episode = _open(run, slug)
        count = count or len(episode.speakers)
        if not count:
            cure = 'Say how many with --count, or write speakers = ["Full Name", …] in episode.md.'
            raise UsageError(slug, "nobody has said how many people speak in it.", cure)
        with run.reporter.step(f"tell the {count} voices of {slug} apart", "asked for") as progress:
            made = scribe.label(shop, episode, count, progress)
        scribe.leave(shop, episode)
        return made


def rename(run: Run, slug: str, names: Mapping[str, str]) -> Transcript:
    """Give speakers other names, wherever they speak."""
    return _change(run, slug, lambda transcript: turns.renamed(transcript, names))


def assign(run: Run, slug: str, seconds: float, name: str) -> Transcript:
    """Give the sentence that is said at this time another speaker."""
    return _change(run, slug, lambda transcript: turns.assigned(transcript, seconds, name))


def read(run: Run, slug: str) -> Transcript:
    """The transcript of an episode; UsageError when there is none."""
    shop, episode = _open(run, slug)
    transcript = run.project.transcript(episode, shop.show)
    if transcript is None:
        raise UsageError(slug, "has no transcript yet.", f"Make it with: placecast transcribe {slug}")
    return transcript


def _change(run: Run, slug: str, change: Callable[[Transcript], Transcript]) -> Transcript:
    with run.project.locked():
        made = change(read(run, slug))
        run.project.write_edited(slug, vtt.write(made))
        return made


def episode(run: Run, slug: str) -> Episode:
    """The episode with this slug; UsageError when there is none."""
    return _open(run, slug)[1]


def _open(run: Run, slug: str) -> tuple[Workshop, Episode]:
    show, episodes = run.project.load()
    require(episodes, [slug])
    found = next(each for each in episodes if each.slug == slug)
    return run.workshop(show), found
