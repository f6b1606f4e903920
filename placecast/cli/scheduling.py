"""The command that says when an episode goes out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from placecast import report
from placecast.cli.options import FOLDER, JSON, QUIET, make_run
from placecast.errors import UsageError

if TYPE_CHECKING:
    from placecast.moments import Moment
    from placecast.pipeline import Plan
    from placecast.run import Run

BACKDATE = click.option("--backdate", is_flag=True, help="Take a time that has passed, too.")


@click.command()
@click.argument("slug")
@click.argument("when", nargs=-1)
@click.option("--clear", is_flag=True, help="Take the date away: the episode is a draft again.")
@BACKDATE
@FOLDER
@QUIET
@JSON
def schedule(slug: str, when: tuple[str, ...], clear: bool, backdate: bool, folder: Path, **flags: bool) -> None:
    """Say when the episode SLUG goes out: its date in episode.md is set, and nothing else.

    WHEN is a day and a time on the show's own clock (time_zone in placecast.toml): "2026-12-01 07:00",
    "1 december 7am", "tomorrow 7:00", "tuesday 07:00" or "next tuesday 07:00", the first to come.

    The first `placecast publish` after that moment brings it out. An episode that listeners have keeps its date.
    """
    from placecast import scheduling
    from placecast.report.scheduling import scheduled

    if bool(when) == clear:
        what = "has both a time and --clear." if clear else "has no time."
        cure = f'Say when: placecast schedule {slug} "tomorrow 7:00", or take its date away: --clear'
        raise UsageError(f"placecast schedule {slug}", what, cure)
    run = make_run(folder, **flags)
    with run.project.locked():
        show, episode = scheduling.episode_of(run.project, slug)
        moment = None if clear else scheduling.moment(" ".join(when), show, run.now, backdate=backdate)
        done = scheduling.schedule(run.project, show, episode, moment)
    report.show(scheduled(done, run.now), **flags)


def with_date(answer: report.Answer, run: Run, made: Plan, slug: str, when: Moment) -> report.Answer:
    """What a run says, and of an episode that it has made ahead of its date, who brings it out then."""
    from placecast import scheduling
    from placecast.report.scheduling import scheduled

    if when.at <= run.now:
        return answer
    episode = next(each for each in made.episodes if each.slug == slug)
    done = replace(scheduling.schedule(run.project, made.show, episode, when), changed=True, note="")
    also = scheduled(done, run.now)
    lines = [each for each in answer.lines if not each.startswith(f"Waiting: {slug}:")]
    return report.Answer(lines=(*lines, *also.lines), data=answer.data | {"scheduled": also.data})


COMMANDS = (schedule,)
