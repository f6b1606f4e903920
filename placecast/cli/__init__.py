"""The `placecast` command: reads what was asked, calls one function, shows the result.

Only this package and `report` know Click. Everything heavy is imported by the command that needs it.
"""

from __future__ import annotations

import sys
from io import StringIO

import click

from placecast import report
from placecast.cli import chapters, doctor, finding, founding, moving, show, transcripts, upkeep, version
from placecast.errors import PlacecastError
from placecast.report.plain import plain

_DISK = "See that the disk has room and that you may write there, then run the same command again."
_COMMANDS = tuple(
    each for part in (founding, show, upkeep, doctor, transcripts, chapters, moving, finding) for each in part.COMMANDS
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def cli() -> None:
    """From a finished recording to a published podcast episode.

    Begin with `placecast init`, then `placecast publish RECORDING`: it masters, transcribes and tags the recording,
    builds the feed and the pages, and uploads what has changed. It can be stopped and run again at any time.
    """


cli.params.append(version.option())
for command in _COMMANDS:
    cli.add_command(command)


def main() -> None:
    """Run the command, and turn what went wrong into a message and an exit code."""
    try:
        cli(standalone_mode=False)
    except PlacecastError as error:
        report.failed(error)
        sys.exit(error.exit_code)
    except OSError as error:
        failure = PlacecastError(
            str(error.filename2 or error.filename or "a file"), f"cannot be read or written: {error.strerror}.", _DISK
        )
        report.failed(failure)
        sys.exit(failure.exit_code)
    except click.ClickException as error:
        message = StringIO()
        error.show(message)
        click.echo(plain(message.getvalue()), err=True, nl=False)  # it may repeat a file's name
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("\nStopped. Run the same command again to go on.", err=True)
        sys.exit(130)
