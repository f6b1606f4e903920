"""The commands for a show that moves in from another host: import, and verify-migration."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from placecast import report
from placecast.cli.options import JSON, NO_INPUT, QUIET, interactive

_URL = "The address where listeners will find the pages and feed.xml"
PRIVATE = click.option(
    "--allow-private", is_flag=True, help="Ask servers of this machine and of private networks too, such as your own."
)


@click.command("import")
@click.argument("feed", metavar="FEED_URL_OR_FILE")
@click.argument("directory", type=click.Path(path_type=Path), default=".", metavar="[DIR]")
@click.option("--url", help=f"{_URL}.")
@click.option("--owner", metavar="EMAIL", help="Confirms that a locked feed is yours: its owner's e-mail address.")
@click.option("--email", help="The new owner's e-mail address, where the feed names none or another shall be named.")
@click.option("--category", help="One of Apple's categories, where the feed names none.")
@PRIVATE
@NO_INPUT
@QUIET
@JSON
def import_show(
    feed: str, directory: Path, url: str | None, allow_private: bool, no_input: bool, quiet: bool, as_json: bool,
    **given: str | None,
) -> None:  # fmt: skip
    """Bring a show over from any host into DIR: facts, guids, dates, notes, chapters, transcripts, sound, cover.

    The sound stays byte for byte what it is. It can be stopped and run again: it goes on where it stopped, and brings
    nothing twice. At the end it says what could not be kept, and how to move without losing anyone (moving/plan.md).

    Ends with 1 when the sound of an episode could not be had.
    """
    from placecast import arrival
    from placecast.abroad import Abroad
    from placecast.moving import instructions
    from placecast.report.moving import imported
    from placecast.root import SHOW_FILE

    if not url and not (directory / SHOW_FILE).is_file() and not no_input and interactive():
        url = click.prompt(_URL, err=True)
    order = arrival.Order(
        source=feed, folder=directory, url=url or "", **{key: said or "" for key, said in given.items()}
    )
    reporter = report.JsonReporter() if as_json else report.TerminalReporter(quiet=quiet)
    today = datetime.now(UTC)
    moved = arrival.bring(order, Abroad(private=allow_private), reporter, today)
    plan = Path(moved.root, arrival.PLAN)
    answer = imported(moved, instructions.steps(moved, today), str(plan))
    report.show(answer, quiet=quiet and not moved.missing, as_json=as_json)
    if moved.missing:
        sys.exit(1)


@click.command("verify-migration")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@PRIVATE
@JSON
def verify_migration(old: str, new: str, allow_private: bool, as_json: bool) -> None:
    """Compare the feeds OLD and NEW, addresses or files: of the show its facts, and of each episode guid, date, title,
    sound, duration, transcripts, chapters and order.

    Ends with 1 when something differs that listeners or directories lose by.
    """
    from placecast.abroad import Abroad
    from placecast.arrival import feeds
    from placecast.moving.comparing import compare
    from placecast.report.moving import compared

    abroad = Abroad(private=allow_private)
    before, after = feeds.load(abroad, old).feed, feeds.load(abroad, new).feed
    feeds.require_two(before, after)
    found = compare(before, after, abroad.length)
    report.show(compared(before, after, found), as_json=as_json)
    if any(each.grave for each in found):
        sys.exit(1)


COMMANDS = (import_show, verify_migration)
