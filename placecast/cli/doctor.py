"""`placecast doctor`: what is wrong with the storage and the public address."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from placecast import report
from placecast.cli.options import FOLDER, JSON, QUIET, make_run


@click.command()
@click.option("--fix", is_flag=True, help="Set CORS rules and public-read policy, and end abandoned uploads.")
@click.option("--policy", is_flag=True, help="Print what the publishing key must be allowed (AWS IAM), and end.")
@FOLDER
@QUIET
@JSON
def doctor(fix: bool, policy: bool, folder: Path, quiet: bool, as_json: bool) -> None:
    """Examine the target and the public address: rights, rules, what listeners get, and what differs from the feed.

    Changes nothing without --fix, but for a small object of its own that it writes and deletes again. Ends with 4 when
    something is broken.
    """
    from placecast import doctor
    from placecast.errors import StorageError
    from placecast.report.doctor import examined

    run = make_run(folder, quiet=quiet, as_json=as_json)
    if policy:
        document = doctor.key_policy(run)
        report.show(report.Answer(lines=(json.dumps(document, indent=2),), data={"policy": document}), as_json=as_json)
        return
    mended = doctor.mend(run) if fix else ()
    found = doctor.examine(run)
    answer = examined(found, mended, quiet=quiet)
    report.show(answer, quiet=not answer.lines, as_json=as_json)
    if any(each.severity == "fault" for each in found):
        sys.exit(StorageError.exit_code)


COMMANDS = (doctor,)
