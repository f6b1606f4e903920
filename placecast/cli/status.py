"""The command that shows where a show stands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from placecast import report
from placecast.cli.options import FOLDER, JSON, make_run

if TYPE_CHECKING:
    from placecast.model import Show
    from placecast.project import Project


@click.command()
@click.option("--all", "whole", is_flag=True, help="Show every episode, however many there are.")
@click.option("--remote", is_flag=True, help="Look into the target now; otherwise nothing is asked of the network.")
@FOLDER
@JSON
def status(whole: bool, remote: bool, folder: Path, as_json: bool) -> None:
    """Where every episode is, what is missing, what the next publish does, and what waits for you.

    It changes nothing. What is wrong with one episode is said of that one. docs/status.md explains every state.
    """
    from placecast import lastseen, publishing
    from placecast.report.status import status
    from placecast.survey import survey
    from placecast.survey.outlook import outlook

    run = make_run(folder, as_json=as_json)

    def look(project: Project, show: Show) -> lastseen.Seen:
        if not remote:
            return lastseen.seen(project, show)
        return lastseen.of_sight(publishing.look(run, run.open_storage(show.target)), by="target")

    found = survey(run.project, run.now, look)
    report.show(status(found, outlook(found), whole=whole), as_json=as_json)


COMMANDS = (status,)
