"""The command for those who pay for a show."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from pathlib import Path

import click

from placecast import report
from placecast.cli.options import FOLDER, JSON, QUIET, make_run
from placecast.errors import UsageError


class _Day(click.ParamType[date]):
    """A day, a month or a year, as ISO 8601 writes it: its first day, or its last."""

    name = "day"

    def __init__(self, *, last: bool) -> None:
        self._last = last

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            year, month, day = (*map(int, value.split("-")), 0, 0)[:3]
            month = month or (12 if self._last else 1)
            return date(year, month, day or (monthrange(year, month)[1] if self._last else 1))
        except ValueError:
            self.fail("write it as 2026-05-01, 2026-05 or 2026.", param, ctx)


@click.command("report")
@click.option(
    "--from", "first", type=_Day(last=False), required=True, metavar="DAY", help="2026-05-01, 2026-05 or 2026."
)
@click.option("--to", "last", type=_Day(last=True), required=True, metavar="DAY", help="The last day; the same forms.")
@click.option(
    "--logs",
    multiple=True,
    metavar="PLACE",
    help="Count downloads from the logs in this folder, or at s3://BUCKET/PREFIX. Can be given again.",
)
@click.option(
    "--countries",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A database of countries (.mmdb): count downloads by country, too.",
)
@click.option("--update-apps", is_flag=True, help="First fetch the newest list of podcast apps and bots.")
@click.option(
    "--to-dir",
    "into",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to write it. [default: reports/FROM_TO]",
)
@FOLDER
@QUIET
@JSON
def report_(
    first: date,
    last: date,
    logs: tuple[str, ...],
    countries: Path | None,
    update_apps: bool,
    into: Path | None,
    folder: Path,
    **flags: bool,
) -> None:
    """Write the report for funders: what was made in a period, with whom, and how often it was downloaded.

    It is a page to read and to print (report.html), with the same numbers as tables (CSV) and data (JSON).

    Downloads are counted from the access logs of S3 or CloudFront by the guideline of the IAB Tech Lab. The counts are
    kept under audience/ in the show's folder, without any internet address: logs can be deleted two days after the
    last day that is in them, once they were counted. See docs/report.md.
    """
    from placecast import accounts
    from placecast.accounts import reporting
    from placecast.report.accounts import accounted

    if last < first:
        raise UsageError("placecast report", "the period ends before it begins.", "Put the earlier day behind --from.")
    run = make_run(folder, **flags)
    asked = reporting.Asked(period=accounts.Period(first=first, last=last), logs=logs, countries=countries)
    written = reporting.report(run, asked, into, update_apps=update_apps)
    report.show(accounted(written, run.project), **flags)


COMMANDS = (report_,)
