"""The command that says how an episode is cited."""

from __future__ import annotations

from pathlib import Path

import click

from placecast import report
from placecast.cli.options import FOLDER, JSON, make_run, moment

_STYLES = ("apa", "harvard", "bibtex", "ris", "csl-json", "datacite")


@click.command()
@click.argument("slug")
@click.option(
    "--style",
    type=click.Choice(_STYLES),
    default="apa",
    show_default=True,
    help="APA 7, Harvard (Cite Them Right), a file for reference managers, or DataCite's record.",
)
@click.option("--at", metavar="TIME", help="Cite this moment: 12:34.")
@FOLDER
@JSON
def cite(slug: str, style: str, at: str | None, folder: Path, as_json: bool) -> None:
    """Say how the episode SLUG is cited. Its page offers the same, and files of it.

    To have a file: placecast cite SLUG --style bibtex > episode.bib
    """
    from placecast import citing

    text = citing.cite(make_run(folder, as_json=as_json), slug, style, moment(at))
    data = {"slug": slug, "style": style, "text": text}
    report.show(report.Answer(lines=(text.rstrip("\n"),), data=data), as_json=as_json)


COMMANDS = (cite,)
