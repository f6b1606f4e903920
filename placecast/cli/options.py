"""What several commands share: their options, and what they work with."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from placecast import report

if TYPE_CHECKING:
    from placecast.model import Transcription
    from placecast.run import Run
    from placecast.transcribe import Engine
    from placecast.workshop import Reporter

FOLDER = click.option(
    "-C",
    "folder",
    type=click.Path(path_type=Path),
    default=".",
    metavar="DIR",
    help="The show's folder. [default: here]",
)
JSON = click.option("--json", "as_json", is_flag=True, help="Write events and results as JSON Lines.")
QUIET = click.option("-q", "--quiet", is_flag=True, help="Say only what needs a person.")
SPEAKERS = click.option(
    "--speakers",
    type=click.IntRange(1),
    metavar="N",
    help="How many people are heard: the new transcript says who speaks, told apart by voice.",
)
FAST = click.option(
    "--fast",
    is_flag=True,
    help="Transcribe in eight-bit arithmetic: a quarter less time, about one word in 200 more wrong or left out.",
)
NO_INPUT = click.option("--no-input", is_flag=True, help="Ask nothing: use what is there and say what is missing.")


def make_run(
    folder: Path,
    *,
    quiet: bool = False,
    as_json: bool = False,
    ask: bool = False,
    speakers: int | None = None,
    fast: bool = False,
    thorough: bool = False,
) -> Run:
    """What the commands work with. `ask`: there may be a person to ask."""
    from placecast.project import Project
    from placecast.run import Run
    from placecast.storage import open_storage

    reporter = (
        report.JsonReporter() if as_json else report.TerminalReporter(quiet=quiet, interactive=ask and interactive())
    )
    project = Project.find(folder)
    click.get_current_context().call_on_close(lambda: project.memory.save())
    return Run(
        project=project,
        reporter=reporter,
        now=datetime.now(UTC),
        load_engine=partial(_load_engine, reporter),
        open_storage=open_storage,
        speakers=speakers or 0,
        fast=fast,
        thorough=thorough,
    )


def _load_engine(reporter: Reporter, wanted: Transcription) -> Engine:
    from placecast.transcribe import load_engine

    return load_engine(wanted, tell=reporter.tell, warn=reporter.warn)


def interactive() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def ended(line: str) -> NoReturn:
    """What goes on until Ctrl-C has come to its end, which is no failure: only the code tells that it was stopped."""
    click.echo(f"\n{line}", err=True)
    sys.exit(130)
