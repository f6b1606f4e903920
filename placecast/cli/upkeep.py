"""The commands on what listeners have already: unpublish, rollback, prune, replace."""

from __future__ import annotations

from pathlib import Path

import click

from placecast import report
from placecast.cli.options import FOLDER, JSON, NO_INPUT, QUIET, interactive, make_run

DAYS = 90  # as `upkeep.prune` has it, which --help need not load


@click.command()
@click.argument("slug")
@click.option("--delete-audio", is_flag=True, help="Delete its sound and its transcripts, in every version, as well.")
@FOLDER
@QUIET
@JSON
def unpublish(slug: str, delete_audio: bool, folder: Path, **flags: bool) -> None:
    """Take an episode out of the feed, and put a notice in place of its page.

    SLUG may be the guid of an episode that only the feed knows. Nothing else that waits in this clone is published.
    """
    from placecast.report.upkeep import unpublished
    from placecast.upkeep.unpublish import unpublish

    run = make_run(folder, **flags)
    show, _ = run.project.load()
    report.show(unpublished(unpublish(run, slug, delete_audio=delete_audio), show), **flags)


@click.command()
@click.argument("name", required=False)
@click.option("--list", "only_list", is_flag=True, help="Show the earlier feeds, and do nothing.")
@FOLDER
@QUIET
@JSON
def rollback(name: str | None, only_list: bool, folder: Path, **flags: bool) -> None:
    """Publish an earlier feed again: the last one, or NAME, as --list shows them. Twenty are kept.

    Refuses a feed that names what is not there any more.
    """
    from placecast.report.upkeep import earlier, rolled_back
    from placecast.upkeep import rollback

    run = make_run(folder, **flags)
    answer = earlier(rollback.earlier_feeds(run)) if only_list else rolled_back(rollback.rollback(run, name))
    report.show(answer, **flags)


@click.command()
@click.option(
    "--days", type=click.IntRange(0), default=DAYS, show_default=True, help="How long nothing has pointed to it."
)
@click.option("--yes", is_flag=True, help="Delete without asking.")
@FOLDER
@NO_INPUT
@JSON
def prune(days: int, yes: bool, folder: Path, no_input: bool, as_json: bool) -> None:
    """Show what neither the feed nor a page has pointed to for long, and delete it if you say so.

    Apps hold on to old addresses for weeks, so give them time. Only what placecast itself has published is looked at.
    """
    from placecast.report.upkeep import to_prune
    from placecast.upkeep import prune

    run = make_run(folder, as_json=as_json)
    found = prune.find(run, days)
    report.show(to_prune(found, days), as_json=as_json)
    if not found.idle:
        return
    ask = not (yes or no_input or as_json) and interactive()
    if yes or (ask and click.confirm(f"Delete these {len(found.idle)} files?", default=False, err=True)):
        prune.prune(run, found)
    elif not ask:
        click.echo("Nothing was deleted. To delete them: placecast prune --yes", err=True)


@click.command()
@click.argument("slug")
@click.argument("audio", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--recall", is_flag=True, help="Overwrite the old sound under its old address, too.")
@FOLDER
@QUIET
@JSON
def replace(slug: str, audio: Path, recall: bool, folder: Path, **flags: bool) -> None:
    """Publish AUDIO as the new sound of an episode that is out already, and say what listeners will notice.

    The guid stays, so that no app shows a new episode; the old recording stays where it is.
    """
    from placecast.report.upkeep import replaced
    from placecast.upkeep.replace import replace

    report.show(replaced(replace(make_run(folder, **flags), slug, audio, recall=recall)), **flags)


COMMANDS = (unpublish, rollback, prune, replace)
