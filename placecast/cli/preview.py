"""The command that shows the pages on this machine while somebody works on them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from placecast import report
from placecast.cli.options import FOLDER, QUIET, ended, make_run
from placecast.errors import FactsError

if TYPE_CHECKING:
    from placecast.errors import Fault


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
@FOLDER
@QUIET
def preview(port: int, folder: Path, quiet: bool) -> None:
    """Show the pages and the feed on this machine, scheduled episodes included. Ctrl-C ends it.

    They are built again whenever you save a file of the show, and the browser loads them anew. What is wrong with the
    facts is told here and above the page, which stays as it was last built.
    """
    from placecast import pipeline
    from placecast import preview as previewer
    from placecast.model import FolderTarget

    run = make_run(folder, quiet=quiet)
    show, _ = run.project.load()
    published = (show.target.folder,) if isinstance(show.target, FolderTarget) else ()

    def ready(url: str) -> None:
        click.echo(f"The show is at {url} and its feed at {url}feed.xml. Ctrl-C ends the preview.")

    def renewed(changed: Sequence[Path], faults: Sequence[Fault]) -> None:
        if faults:
            report.failed(FactsError(faults))
            click.echo("The preview shows what was built last. Save the file again when it is mended.", err=True)
        else:
            run.reporter.tell(f"Built again: {run.project.shown(changed[0])}{' and more' * (len(changed) > 1)}")

    run.project.preview.mkdir(parents=True, exist_ok=True)
    previewer.show(
        run.project.root,
        run.project.preview,
        build=lambda url: pipeline.build_preview(run, url),
        port=port,
        ready=ready,
        renewed=renewed,
        ignored=published,
    )
    ended("The preview has ended.")


COMMANDS = (preview,)
