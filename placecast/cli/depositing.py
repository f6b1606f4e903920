"""The command that gives an episode to a repository, and so a DOI."""

from __future__ import annotations

from pathlib import Path

import click

from placecast import report
from placecast.cli.options import FOLDER, JSON, NO_INPUT, QUIET, interactive, make_run

_TOKEN = "ZENODO_TOKEN"  # noqa: S105  the variable's name
_SANDBOX_TOKEN = "ZENODO_SANDBOX_TOKEN"  # noqa: S105


@click.command()
@click.argument("slug")
@click.option(
    "--post", is_flag=True, help="Do it without asking. Without it, and where nobody can be asked: only show."
)
@click.option("--reserve", is_flag=True, help="Only have a DOI reserved and written into episode.md, for the tags.")
@click.option("--sandbox", is_flag=True, help="Rehearse at sandbox.zenodo.org, which needs a token of its own.")
@click.option("--api", metavar="ADDRESS", help="Another repository that speaks Zenodo's deposit API.")
@FOLDER
@NO_INPUT
@QUIET
@JSON
def deposit(
    slug: str, post: bool, reserve: bool, sandbox: bool, api: str | None, folder: Path, no_input: bool, quiet: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Deposit the episode SLUG at Zenodo, for good: its sound, its transcript and its record, under a DOI.

    The token comes from ZENODO_TOKEN in the environment (ZENODO_SANDBOX_TOKEN with --sandbox). The DOI is written into
    episode.md; the next `placecast publish` shows it. What is deposited cannot be deleted. A run that was stopped is
    run again, and goes on with the same deposit.
    """
    from placecast import depositing
    from placecast.report.depositing import deposited, planned, reserved
    from placecast.zenodo import API, SANDBOX, open_repository

    run = make_run(folder, quiet=quiet, as_json=as_json)
    server, variable = api or (SANDBOX if sandbox else API), _SANDBOX_TOKEN if sandbox else _TOKEN
    if reserve:
        made = depositing.reserve(run, open_repository(server, variable), slug, sandbox=sandbox)
        report.show(reserved(slug, made), quiet=quiet, as_json=as_json)
        return
    plan = depositing.plan(run, slug, server, sandbox=sandbox)
    ask = not (post or no_input or as_json) and interactive()
    if not post:
        report.show(planned(plan, server), as_json=as_json)
    if post or (ask and click.confirm("Deposit it? It cannot be deleted afterwards", default=False, err=True)):
        made = depositing.deposit(run, open_repository(server, variable), slug, sandbox=sandbox)
        report.show(deposited(slug, made, sandbox=sandbox), quiet=quiet, as_json=as_json)


COMMANDS = (deposit,)
