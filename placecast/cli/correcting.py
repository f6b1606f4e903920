"""The command that corrects in public what an episode got wrong."""

from __future__ import annotations

from pathlib import Path

import click

from placecast import report
from placecast.cli.options import FOLDER, JSON, NO_INPUT, QUIET, interactive, make_run, moment
from placecast.errors import UsageError

_KINDS = ("transcript", "audio", "facts")
_QUESTIONS = {"wrong": "What was wrong", "right": "What is right", "by": "Who answers for the correction (full name)"}


@click.command()
@click.argument("slug")
@click.option(
    "--kind",
    type=click.Choice(_KINDS),
    help="What was wrong: the transcript, the sound itself, or a fact that is said in it.",
)
@click.option("--wrong", metavar="TEXT", help="What was said or written.")
@click.option("--right", metavar="TEXT", help="What is true, or what was really said.")
@click.option("--by", metavar="NAME", help="Who answers for the correction.")
@click.option("--at", metavar="TIME", help="Where in the sound it is: 12:34. May be left out.")
@click.option("--list", "only_list", is_flag=True, help="Show the corrections that the episode has, and do nothing.")
@FOLDER
@NO_INPUT
@QUIET
@JSON
def correct(
    slug: str, kind: str | None, at: str | None, only_list: bool, folder: Path, no_input: bool, quiet: bool,
    as_json: bool, **given: str | None,
) -> None:  # fmt: skip
    """Record a correction of the published episode SLUG, to be shown on its page and in its notes.

    It is dated, and kept for good: in a file of its own in episodes/SLUG/corrections, which belongs into git. Neither
    the guid nor the sound changes, so no app downloads the episode again. The next `placecast publish` shows it.
    """
    from placecast import amending, transcripts
    from placecast.report.amending import amended, listed

    run = make_run(folder, quiet=quiet, as_json=as_json)
    if only_list:
        report.show(listed(slug, amending.of_episode(run, slug)), as_json=as_json)
        return
    seconds = moment(at)
    amending.refuse(transcripts.episode(run, slug), run.now)
    ask = not (no_input or as_json) and interactive()
    answers = _answers(slug, {"kind": kind, **given}, ask=ask)
    made = amending.correct(run, slug, at=seconds, **answers)  # type: ignore[arg-type]  # click has looked at the kind
    report.show(amended(slug, made, run.project), quiet=quiet, as_json=as_json)


def _answers(slug: str, given: dict[str, str | None], *, ask: bool) -> dict[str, str]:
    """What was given, and for the rest what the producer answers."""
    missing = [name for name, text in given.items() if text is None]
    if missing and not ask:
        options = " ".join(f"--{name} …" for name in missing)
        raise UsageError(slug, f"{', '.join(missing)} not given.", f"Say it with options: {options}")
    return {name: _asked(name) if text is None else text for name, text in given.items()}


def _asked(name: str) -> str:
    if name == "kind":
        answer: str = click.prompt("What was wrong in", type=click.Choice(_KINDS), default="facts", err=True)
        return answer
    return str(click.prompt(_QUESTIONS[name], err=True))


COMMANDS = (correct,)
