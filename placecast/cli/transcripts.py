"""The commands on transcripts: from hearing a back catalogue to answering for every word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from placecast import report
from placecast.cli.options import FOLDER, JSON, interactive
from placecast.errors import UsageError

if TYPE_CHECKING:
    from placecast.doubts import Doubt
    from placecast.model import Episode, Show
    from placecast.project import Project


@click.command()
@click.argument("slug")
@click.option("--page", is_flag=True, help="Listen, correct and approve on a page, on this computer only.")
@click.option("--hear", type=click.IntRange(1), metavar="N", help="Play the sound around the doubt with this number.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="Of the page; 0 takes a free one."
)
@FOLDER
@JSON
def review(slug: str, page: bool, hear: int | None, port: int, folder: Path, as_json: bool) -> None:
    """What a person should look at in the transcript of the episode SLUG, the most doubtful words first."""
    from placecast.project import reviewing

    project, show, episode = _episode(folder, slug)
    if page:
        _review_page(project, show, episode, port)
        return
    transcript = project.transcript(episode, show)
    if transcript is None:
        raise UsageError(slug, "has no transcript yet.", f"Make it with: placecast transcribe {slug}")
    found = reviewing.doubts_of(project, show, episode)
    if hear is None:
        report.show(report.doubts(found, transcript, episode.slug), as_json=as_json)
        return
    _hear(project, episode, found, hear)


def _review_page(project: Project, show: Show, episode: Episode, port: int) -> None:
    from placecast import review as reviewer

    def ready(url: str) -> None:
        click.echo(f"Review {episode.slug} at {url}\nCtrl-C ends it; what is saved is saved.")
        if interactive():
            click.launch(url)

    reviewer.serve(project, show, episode, port=port, ready=ready)


def _hear(project: Project, episode: Episode, found: Sequence[Doubt], number: int) -> None:
    from placecast import review as reviewer

    if number > len(found):
        cure = f"See them with: placecast review {episode.slug}"
        raise UsageError(f"--hear {number}", f"there are {len(found)} doubts.", cure)
    clip = reviewer.clip(project, episode, found[number - 1])
    click.echo(f"{clip}")
    if interactive():
        click.launch(str(clip))


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


COMMANDS: tuple[click.Command, ...] = (review, approve)
