"""The commands that open an episode: in the browser, as listeners see it, and in an editor, as it is written."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from placecast import report
from placecast.cli import editor
from placecast.cli.options import FOLDER, JSON, NO_INPUT, QUIET, interactive, make_run
from placecast.errors import FactsError, UsageError

if TYPE_CHECKING:
    from placecast.errors import Fault
    from placecast.model import Episode, Show


@click.command("open")
@click.argument("slug", required=False)
@click.option("--feed", is_flag=True, help="The feed instead of a page.")
@click.option("--print", "only_say", is_flag=True, help="Say the address, and open nothing.")
@FOLDER
@JSON
def open_page(slug: str | None, feed: bool, only_say: bool, folder: Path, as_json: bool) -> None:
    """Open the page of the episode SLUG, or the show's home page, in the browser.

    The address is said, too. An episode that is not public yet is not opened: it is told where to see it.
    """
    from placecast.project import find_episode
    from placecast.project.unknown import no_such_episode
    from placecast.report.daily import addressed

    if feed and slug:
        raise UsageError("--feed", "is of the whole show.", "Leave out either --feed or the episode.")
    run = make_run(folder, as_json=as_json)
    show, episodes = run.project.load()
    episode = find_episode(run.project, episodes, slug) if slug else None
    if slug and episode is None:
        raise no_such_episode(slug, episodes)
    path = "feed.xml" if feed else f"{episode.folder if episode else ''}{show.index}"
    why_not = _not_public(episode, show) if episode else ""
    report.show(addressed(show.at(path), path, why_not, show), as_json=as_json)
    if not (only_say or as_json or why_not) and interactive() and click.launch(show.at(path)):
        click.echo("There is no browser that this command could open.", err=True)


def _not_public(episode: Episode, show: Show) -> str:
    """Why listeners find no page at the episode's address; "" where they do."""
    if episode.published is None:
        return "a draft"
    if episode.withdrawn:
        return ""  # there is a notice
    later = episode.published > datetime.now(UTC)
    return f"scheduled for {episode.published.astimezone(show.zone):%A %d %B %Y, %H:%M %Z}" if later else ""


@click.command()
@click.argument("slug", required=False)
@click.option("--transcript", "kind", flag_value="transcript", help="Its transcript instead of its episode.md.")
@click.option("--names", "kind", flag_value="names", help="names.toml: people, places and terms.")
@click.option("--show", "kind", flag_value="show", help="placecast.toml: the facts of the show.")
@FOLDER
@NO_INPUT
@QUIET
@JSON
def edit(slug: str | None, kind: str | None, folder: Path, no_input: bool, quiet: bool, as_json: bool) -> None:
    """Open episode.md of the episode SLUG in your editor ($VISUAL or $EDITOR), and check the facts when you are done.

    With a fault you may go on editing; what you have saved stays saved. With --no-input or --json nothing is opened:
    the file is named, and its faults.

    Ends with 1 when something is wrong with the facts.
    """
    from placecast import editing
    from placecast.project import Project
    from placecast.report.daily import edited

    project = Project.find(folder)
    wanted: editing.Kind = kind or "episode"  # type: ignore[assignment]  # the options' own values
    path = editing.file_of(project, slug, wanted)
    before = path.read_bytes() if path.is_file() else b""
    may = not (no_input or as_json) and (interactive() or editor.is_named())
    found = editing.edit(project, path, editor.edit_file, _again) if may else editing.faults(project, path)
    there = path.is_file()
    changed = may and there and path.read_bytes() != before
    answer = edited(project.shown(path), found, there=there, changed=changed)
    report.show(answer, quiet=quiet or bool(found), as_json=as_json)
    if found:
        if not as_json:
            report.failed(FactsError(found))
        sys.exit(FactsError.exit_code)


def _again(found: tuple[Fault, ...]) -> bool:
    if not interactive():
        return False
    report.failed(FactsError(found))
    return click.confirm("Edit it again?", default=True, err=True)


COMMANDS = (open_page, edit)
