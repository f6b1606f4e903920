"""The command that finds every sentence of a show."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from placecast import report
from placecast.cli.options import FOLDER, JSON
from placecast.errors import UsageError

if TYPE_CHECKING:
    from placecast.finding import Answer

_FORMS = ("%Y-%m-%d", "%Y-%m", "%Y")


def _day(context: click.Context, option: click.Parameter, given: str) -> str:
    """A day, a month or a year, as ISO 8601 writes it."""
    if given and not any(_is_written(given, form) for form in _FORMS):
        raise click.BadParameter("write it as 2026-05-01, 2026-05 or 2026.", context, option)
    return given


def _is_written(given: str, form: str) -> bool:
    try:
        return datetime.strptime(given, form).replace(tzinfo=UTC).strftime(form) == given
    except ValueError:
        return False


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="WORDS...")
@click.option("--speaker", default="", metavar="NAME", help="Only what this person says; a part of the name will do.")
@click.option("--place", default="", metavar="NAME", help="Only episodes about this place, or made there.")
@click.option(
    "--since",
    callback=_day,
    default="",
    metavar="DAY",
    help="Only episodes from this day on: 2026-05-01, 2026-05 or 2026.",
)
@click.option("--until", callback=_day, default="", metavar="DAY", help="Only episodes up to the end of it.")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="The most sentences to show."
)
@click.option("--play", is_flag=True, help="Play from the first sentence on, with mpv, vlc or ffplay.")
@FOLDER
@JSON
def search(
    words: tuple[str, ...],
    speaker: str,
    place: str,
    since: str,
    until: str,
    limit: int,
    play: bool,
    folder: Path,
    as_json: bool,
) -> None:
    """Find the sentences that say WORDS, in all transcripts of the show, those of drafts included.

    Words count in all their forms, and typing mistakes are seen through. What stands in quotation marks must be said
    just so: placecast search '"the harbour wall"'

    A query that begins with a dash goes behind two dashes: placecast search -- -odd
    """
    from placecast import finding
    from placecast.report.found import found
    from placecast.root import find_root

    root, query = find_root(folder), " ".join(words)
    question = finding.understood(query)
    if not question.said:
        raise UsageError("placecast search", "there are no words to look for.", "Name some: placecast search harbour")
    only = finding.Only(speaker=speaker, place=place, since=since, until=until)
    reporter = report.JsonReporter() if as_json else report.TerminalReporter()
    answered = finding.sentences(root, question, only, limit, reporter.tell, reporter.warn)
    shown = {each.slug for each in answered.found if (root / "feed/e" / each.slug / "index.html").is_file()}
    report.show(found(answered, query, shown, datetime.now(UTC)), as_json=as_json)
    if play:
        _play(root, answered)


def _play(root: Path, answered: Answer) -> None:
    from placecast.finding.playing import play
    from placecast.project import Project

    if answered.found and not play(Project(root=root), answered.found[0]):
        click.echo(f"There is no mpv, vlc or ffplay here. Hear it at {answered.found[0].address}", err=True)


COMMANDS = (search,)
