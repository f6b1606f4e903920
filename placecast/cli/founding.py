"""`placecast init`: a new show, by a few questions or by options alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from placecast import report
from placecast.cli.options import JSON, NO_INPUT, QUIET, interactive
from placecast.errors import UsageError
from placecast.report.plain import plain_line

if TYPE_CHECKING:
    from placecast.founding.answers import Question

_INTRODUCTION = """\
A new show in {folder}.
Enter takes what stands in [brackets]; Ctrl-C leaves everything as it is.
Every answer can be changed later, in placecast.toml.
"""
_PUBLIC_BODY = """
Does a public body publish it, such as a university or a council? The law then asks for true transcripts: an episode
waits until a person has approved its transcript.
"""


@click.command()
@click.argument("directory", type=click.Path(path_type=Path), default=".")
@click.option("--title", help="The show's name.")
@click.option("--description", help="What it is about, in a sentence or two.")
@click.option("--author", help="Who makes it.")
@click.option("--url", help="The address where listeners will find the pages and feed.xml.")
@click.option("--email", help="An e-mail address that directories can write to. It stands in the feed.")
@click.option("--category", help="One of Apple's categories, or enough of its name: Government, politics.")
@click.option("--language", help="What is spoken: en-GB, cy, de. [default: en-GB]")
@click.option("--cover", metavar="FILE", help="A picture. [default: a plain one is drawn]")
@click.option("--time-zone", metavar="ZONE", help="The clock of the episodes' dates. [default: Europe/London]")
@click.option(
    "--public-body/--no-public-body",
    default=None,
    help="A public body must offer true transcripts: keep each episode back until a person has approved its own.",
)
@click.option(
    "--complete",
    is_flag=True,
    help="In a show that is there: add the files that it lacks, and renew what editors are told of its facts.",
)
@NO_INPUT
@QUIET
@JSON
def init(
    directory: Path, public_body: bool | None, complete: bool, no_input: bool, quiet: bool, as_json: bool, **given: str
) -> None:
    """Make a new show in DIRECTORY: its facts, a cover, and what it needs to be published from GitHub or GitLab.

    Asks for what no option says. Files that are there stay as they are, and a show that is there is left alone.
    """
    from placecast import founding
    from placecast.founding.answers import new_show, questions
    from placecast.project import Project
    from placecast.report.founded import completed, founded

    if complete:
        report.show(completed(founding.complete(Project.find(directory))), quiet=quiet, as_json=as_json)
        return
    founding.require_room(directory)
    ask = interactive() and not (no_input or as_json)
    answers = _answers(questions(), given, ask=ask, folder=directory)
    if public_body is None:
        public_body = ask and _confirmed()
    new = new_show(answers, public_body=public_body)
    report.show(founded(founding.found(directory, new), new.title, directory), quiet=quiet, as_json=as_json)


def _answers(
    questions: tuple[Question, ...], given: Mapping[str, str | None], *, ask: bool, folder: Path
) -> dict[str, str]:
    """What the options say; for the rest what the producer answers, or what is usual."""
    from placecast.founding.answers import judged

    answers = judged(questions, given)
    left = [each for each in questions if each.key not in answers]
    needed = [each.key for each in left if each.default is None]
    if needed and not ask:
        options = " ".join(f"--{key} …" for key in needed)
        raise UsageError("placecast init", f"{', '.join(needed)} not given.", f"Give them as options: {options}")
    if ask:
        click.echo(_INTRODUCTION.format(folder=folder.resolve()), err=True)
    for each in left:
        answers[each.key] = _asked(each) if ask and each.asked else each.default or ""
    return answers


def _asked(question: Question) -> str:
    """An answer, asked for until it is one; what is made of it is said where it is not what was typed."""
    typed: list[str] = []

    def read(text: str) -> str:
        typed.append(text)
        try:
            return question.read(text)
        except ValueError as error:
            raise click.UsageError(str(error)) from error  # Click says it, and asks again

    click.echo(question.about, err=True)
    label, default = f"  {click.style(question.label, bold=True)}", question.default or ""
    answer: str = click.prompt(label, default=default, show_default=bool(default), value_proc=read, err=True)
    click.echo(f"  = {plain_line(answer)}\n" if answer != typed[-1] else "", err=True)
    return answer


def _confirmed() -> bool:
    click.echo(_PUBLIC_BODY.strip(), err=True)
    return click.confirm("  Public body", default=True, err=True)


COMMANDS = (init,)
