"""The commands on transcripts: from hearing a back catalogue to answering for every word."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from placecast.cli.options import FOLDER, JSON
from placecast.errors import UsageError

if TYPE_CHECKING:
    from placecast.model import Episode, Show
    from placecast.project import Project


@click.command()
@click.argument("slug")
@click.option("--by", required=True, metavar="NAME", help="Who has read the transcript and answers for it.")
@FOLDER
def approve(slug: str, by: str, folder: Path) -> None:
    """Record that a person has checked the transcript of the episode SLUG.

    It holds for these words and this recording: a later change of either takes the tick away.
    """
    from placecast.project import reviewing

    project, show, episode = _episode(folder, slug)
    with project.locked():
        approval = reviewing.approve(project, show, episode, by, datetime.now(UTC).astimezone(show.zone))
    click.echo(f"{approval.by} answers for the transcript of {slug}. Publish it with: placecast publish")


def _episode(folder: Path, slug: str) -> tuple[Project, Show, Episode]:
    """The show in this folder, and one of its episodes."""
    from placecast.project import Project, find_episode

    project = Project.find(folder)
    show, episodes = project.load()
    episode = find_episode(project, episodes, slug)
    if episode is None:
        raise UsageError(slug, "there is no such episode.", "See the episodes with: placecast status")
    return project, show, episode


COMMANDS: tuple[click.Command, ...] = (approve,)
