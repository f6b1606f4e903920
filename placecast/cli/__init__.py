"""The `placecast` command: reads what was asked, calls one function, shows the result.

Only this package and `report` know Click. Everything heavy is imported by the command that needs it.
"""

from __future__ import annotations

import os
import signal
import sys
from io import StringIO
from pathlib import Path

import click

from placecast import report
from placecast.cli import (
    accounts,
    announcing,
    chapters,
    citing,
    correcting,
    depositing,
    doctor,
    editing,
    everywhere,
    finding,
    founding,
    moving,
    preview,
    renaming,
    scheduling,
    shell,
    show,
    status,
    transcripts,
    upkeep,
    version,
)
from placecast.errors import PlacecastError
from placecast.report.manner import Manner
from placecast.report.plain import plain

_DISK = "See that the disk has room and that you may write there, then run the same command again."
_PARTS = (
    founding,
    *(show, status, scheduling, preview, editing, renaming, upkeep, doctor, transcripts, chapters, moving, finding),
    *(correcting, citing, depositing, announcing, accounts),
    shell,
)
_COMMANDS = tuple(each for part in _PARTS for each in part.COMMANDS)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@everywhere.common
@click.pass_context
def cli(context: click.Context, /, folder: Path, **flags: bool) -> None:
    """From a finished recording to a published podcast episode.

    Begin with `placecast init`, then `placecast publish RECORDING`: it masters, transcribes and tags the recording,
    builds the feed and the pages, and uploads what has changed. It can be stopped and run again at any time.

    The options below may stand before the command or after it. A command explains itself: placecast publish --help
    """
    given = {name: True for name, said in flags.items() if said}
    context.default_map = everywhere.defaults(cli, given | {"folder": str(folder)})


cli.params.append(version.option())
for command in _COMMANDS:
    cli.add_command(command)
    everywhere.equip(command)


def main() -> None:
    """Run the command, and turn what went wrong into a message and an exit code."""
    manner = Manner()
    try:
        cli(prog_name="placecast", standalone_mode=False, obj=manner, color=manner.colour)
    except PlacecastError as error:
        _end(error, manner)
    except BrokenPipeError:  # who reads our answer has read enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        where, what = (
            str(error.filename2 or error.filename or "a file"),
            f"cannot be read or written: {error.strerror}.",
        )
        _end(PlacecastError(where, what, _DISK), manner, error)
    except click.ClickException as error:
        message = StringIO()
        error.show(message)
        click.echo(plain(message.getvalue()), err=True, nl=False)  # it may repeat a file's name
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # who cannot wait for the end may press it again
        click.echo("\nStopped. Run the same command again to go on.", err=True)
        sys.exit(130)
    except Exception as error:  # noqa: BLE001  # a fault of ours, which no producer can read in Python's words
        _end(report.our_fault(error), manner, error)


def _end(error: PlacecastError, manner: Manner, cause: Exception | None = None) -> None:
    report.failed(error, colour=manner.colour)
    if manner.verbose:
        report.explained(cause or error)
    sys.exit(error.exit_code)
