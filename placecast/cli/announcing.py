"""The command that tells people of an episode: announce."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from placecast import report
from placecast.cli.options import FOLDER, JSON, NO_INPUT, QUIET, interactive, make_run
from placecast.errors import UsageError
from placecast.timecode import parse_clock

if TYPE_CHECKING:
    from placecast.announcing.posting import Network

_ATTACHED = {"card": "card.jpg", "square": "square.jpg", "clip": "clip.mp4"}


@click.command()
@click.argument("slug")
@click.option("--from", "start", metavar="TIME", help="Where the clip begins, as the episode's page shows it: 12:34.")
@click.option("--to", "end", metavar="TIME", help="Where the clip ends: 13:20.")
@click.option("--no-clip", is_flag=True, help="Make no clip, which takes some seconds.")
@click.option("--anew", is_flag=True, help="Make again what you have changed, too.")
@click.option("--post", is_flag=True, help="Show what would be posted, and post it when you say so.")
@click.option("--yes", is_flag=True, help="Post without asking.")
@click.option("--only", type=click.Choice(["bluesky", "mastodon"]), help="Post there alone.")
@click.option(
    "--attach",
    type=click.Choice(list(_ATTACHED)),
    default="card",
    show_default=True,
    help="What goes with the post on Mastodon.",
)
@FOLDER
@NO_INPUT
@QUIET
@JSON
def announce(
    slug: str,
    start: str | None,
    end: str | None,
    no_clip: bool,
    anew: bool,
    post: bool,
    yes: bool,
    only: Network | None,
    attach: str,
    folder: Path,
    no_input: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Make what tells people of the episode SLUG, in the folder announce/SLUG: posts for Bluesky, Mastodon and
    LinkedIn, a newsletter, two pictures, quotes with their times, and a clip with its words on it.

    Change the texts as you like: they stay as you left them. Nothing is posted without --post, and nothing twice.

    Accounts come from the environment: PLACECAST_BLUESKY_HANDLE and PLACECAST_BLUESKY_PASSWORD (an app password),
    PLACECAST_MASTODON_SERVER and PLACECAST_MASTODON_TOKEN. Secrets may lie in the keyring of this machine instead.
    """
    from placecast.announcing import kit, posting
    from placecast.report import announced

    run = make_run(folder, quiet=quiet, as_json=as_json)
    order = kit.Order(slug=slug, part=_part(start, end), clip=not no_clip or attach == "clip", anew=anew)
    who = posting.known_accounts(only) if post else None
    made = kit.prepare(run, order)
    if who is None:
        report.show(announced.kit(made, run.project.shown(made.folder)), quiet=quiet, as_json=as_json)
        return
    planned = posting.plan(run, made, who, _ATTACHED[attach])
    if not (yes and (quiet or as_json)):
        report.show(announced.planned(planned), as_json=as_json)
    if planned.waiting and not (yes or _said_yes(ask=not (no_input or as_json))):
        click.echo(f"Nothing was posted. To post it: placecast announce {slug} --post --yes", err=True)
        return
    sent = posting.send(run, planned, who)
    if sent or (yes and as_json):
        report.show(announced.posted(planned, sent), quiet=quiet, as_json=as_json)


def _said_yes(*, ask: bool) -> bool:
    return ask and interactive() and click.confirm("Post this?", default=False, err=True)


def _part(start: str | None, end: str | None) -> tuple[float, float] | None:
    if start is None and end is None:
        return None
    if start is None or end is None:
        raise UsageError("--from and --to", "belong together.", "Write both: --from 12:34 --to 13:20")
    try:
        return parse_clock(start), parse_clock(end)
    except ValueError as error:
        raise UsageError(f"{start} to {end}", "is not a time.", "Write it as --from 12:34 --to 13:20.") from error


COMMANDS = (announce,)
