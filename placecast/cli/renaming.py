"""The command that gives an episode another address."""

from __future__ import annotations

from pathlib import Path

import click

from placecast import report
from placecast.cli.options import FOLDER, JSON, QUIET, make_run


@click.command()
@click.argument("slug")
@click.argument("new")
@FOLDER
@QUIET
@JSON
def rename(slug: str, new: str, folder: Path, **flags: bool) -> None:
    """Give the episode SLUG the name NEW, which is then its address.

    Its guid and its sound stay, so that no app shows it again or downloads it again. Old addresses go on answering:
    the page leads to the new one, and transcripts and chapters are at both. Nothing is sent before the next publish.
    """
    from placecast.renaming import rename
    from placecast.report.daily import renamed

    report.show(renamed(rename(make_run(folder, **flags), slug, new)), **flags)


COMMANDS = (rename,)
