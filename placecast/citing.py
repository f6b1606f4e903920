"""One episode, or a moment in it, as it is cited."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from placecast import citation, transcripts
from placecast.citation import Reference
from placecast.errors import UsageError
from placecast.model import Audio, Episode, Show
from placecast.run import Run
from placecast.timecode import clock

_Write = Callable[[Reference, date], str]

_STYLES: dict[str, _Write] = {
    "apa": lambda reference, _: _for_people(reference, citation.apa(reference)),
    "harvard": lambda reference, today: _for_people(reference, citation.harvard(reference, today)),
    "bibtex": lambda reference, _: citation.bibtex(reference),
    # Files have this format's own line ends; a terminal would show them as signs.
    "ris": lambda reference, _: citation.ris(reference).replace("\r\n", "\n"),
    "csl-json": lambda reference, _: citation.written(citation.csl_json(reference)),
}


def cite(run: Run, slug: str, style: str, at: float | None = None) -> str:
    """The episode in this style; UsageError where it cannot be cited so."""
    show, episode, audio = opened(run, slug)
    if style == "datacite":
        if at is not None:
            what = "cannot be had in this style, which is a record of the whole episode."
            raise UsageError("--at", what, "Leave it out, or take another style.")
        return citation.written(record(run, show, episode, audio))
    if audio and at is not None and at > audio.seconds:
        what = f"is after the end: the episode ends at {clock(audio.seconds)}."
        raise UsageError(f"--at {clock(at)}", what, "Give a time within it.")
    today = run.now.astimezone(show.zone).date()
    return _STYLES[style](reference(run, show, episode, at), today)


def opened(run: Run, slug: str) -> tuple[Show, Episode, Audio | None]:
    """The show, and an episode of it that has a date; UsageError when there is none."""
    episode = transcripts.episode(run, slug)
    if episode.published is None:
        cure = f"It gets its date when it is published: placecast publish {slug}"
        raise UsageError(slug, "is a draft without a date, which every reference names.", cure)
    return run.project.load()[0], episode, run.project.audio(slug)


def reference(run: Run, show: Show, episode: Episode, at: float | None = None) -> Reference:
    """What a reference says of an episode that has a date."""
    if episode.published is None:
        raise ValueError("a draft has no date")
    return citation.of_episode(show, episode, episode.published, run.project.language(episode, show), at)


def record(run: Run, show: Show, episode: Episode, audio: Audio | None) -> dict[str, object]:
    """What DataCite's registry would know of the episode."""
    return citation.datacite(reference(run, show, episode), show, episode, audio)


def _for_people(reference: Reference, line: citation.Line) -> str:
    return f"{line if reference.at is None else citation.moment(reference, line)}\n"
