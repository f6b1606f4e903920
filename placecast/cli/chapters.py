"""The command on chapters: proposed, brought along or edited, and written into episode.md when that is said."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from placecast import report
from placecast.cli.editor import keeps_ctrl_c
from placecast.cli.options import FOLDER, JSON, NO_INPUT, interactive, make_run
from placecast.errors import UsageError
from placecast.timecode import parse_clock

if TYPE_CHECKING:
    from placecast.model import Chapter
    from placecast.run import Run


@click.command()
@click.argument("slug")
@click.option("--print", "show", is_flag=True, help="Show the chapters, and write nothing.")
@click.option("--write", is_flag=True, help="Write them into episode.md as they are.")
@click.option(
    "--from",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Take them from FILE instead: a recording, JSON chapters, Podlove XML, Audacity labels, lines with times.",
)
@click.option("--shortest", metavar="TIME", help="No proposed chapter is shorter: 2:00. Left out: by the length.")
@click.option("--replace", is_flag=True, help="Also where the episode has chapters already.")
@FOLDER
@NO_INPUT
@JSON
def chapters(
    slug: str,
    show: bool,
    write: bool,
    file: Path | None,
    shortest: str | None,
    replace: bool,
    folder: Path,
    no_input: bool,
    as_json: bool,
) -> None:
    """Propose chapters for the episode SLUG, from its transcript and the pauses in it.

    They open in your editor ($EDITOR), and what you save is written into episode.md. Where nobody can edit, or with
    --print or --json, they are shown. Chapters that an episode has are never overwritten unless you say --replace.
    """
    from placecast import chaptering, transcripts

    if show and write:
        raise UsageError("--print", "writes nothing, and --write does.", "Give one of the two.")
    run = make_run(folder, as_json=as_json)
    edit = not (show or write or as_json or no_input) and interactive()
    if write or edit:
        chaptering.refuse(transcripts.episode(run, slug), anew=replace)
    made = chaptering.from_file(file) if file else chaptering.proposed(run, slug, _seconds(shortest))
    if edit:
        made = _edited(run, slug, made)
    if (write or edit) and made:
        chaptering.write(run, slug, made, anew=replace)
    report.show(report.chapters(slug, made, written=bool((write or edit) and made)), as_json=as_json)


def _edited(run: Run, slug: str, made: tuple[Chapter, ...]) -> tuple[Chapter, ...]:
    """What the producer saved; none when the editor was left without saving."""
    from placecast import chaptering

    with keeps_ctrl_c():
        left = click.edit(chaptering.as_lines(made, slug), extension=".txt")
    return chaptering.edited(run.project, slug, left or "", made)


def _seconds(text: str | None) -> float | None:
    try:
        return None if text is None else parse_clock(text)
    except ValueError as exc:
        raise UsageError(text or "", "is not a time.", "Write it as 2:00.") from exc


COMMANDS = (chapters,)
