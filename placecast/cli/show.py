"""The commands on a show and its episodes, from `new` to `check`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from placecast import report
from placecast.cli.options import FAST, FOLDER, JSON, NO_INPUT, QUIET, SPEAKERS, interactive, make_run
from placecast.cli.scheduling import BACKDATE, with_date
from placecast.errors import UsageError

if TYPE_CHECKING:
    from placecast.beginning import Begun
    from placecast.model import Episode, Show
    from placecast.project import Project
    from placecast.project.scaffold import NewEpisode
    from placecast.run import Run
    from placecast.unchanged import Command
    from placecast.work import StepName

_LEVELS = ["required", "recommended", "best"]  # of findings, the gravest first
HELD = 6  # the exit code that says: all is done but what waits for a person


@click.command()
@click.argument("recording", type=click.Path(path_type=Path))
@FOLDER
@NO_INPUT
@QUIET
@JSON
def new(recording: Path, folder: Path, no_input: bool, **flags: bool) -> None:
    """Begin an episode from RECORDING: its folder, a guid for ever, and a filled-in episode.md."""
    from placecast.project import Project

    ask = not (no_input or flags["as_json"]) and interactive()
    slug = _begin(Project.find(folder), recording, ask=ask).slug
    line = f"Fill in what is missing in episodes/{slug}/episode.md, then run: placecast publish {slug}"
    report.show(report.Answer(lines=(line,), data={"slug": slug, "file": f"episodes/{slug}/episode.md"}), **flags)


@click.command()
@click.argument("names", nargs=-1, metavar="[RECORDING|SLUG]...")
@click.option(
    "--redo",
    type=click.Choice(["master", "transcribe", "tag"]),
    multiple=True,
    help="Do this step again, though nothing has changed. May be given several times.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be done, and do nothing.")
@click.option(
    "--verify", is_flag=True, help="Trust no record: look at every file in the target, and ask for every address."
)
@click.option(
    "--transcript",
    type=click.Path(path_type=Path),
    help="A transcript that is there already (WebVTT, SubRip, JSON, plain text), instead of transcribing.",
)
@click.option(
    "--unreviewed",
    metavar="REASON",
    help="Let episodes out though nobody has approved their transcripts; the reason is kept.",
)
@click.option(
    "--at", metavar="WHEN", help='When it is to go out, as for schedule: "2026-12-01 07:00", "next tuesday 7am".'
)
@BACKDATE
@click.option("--allow-changes", is_flag=True, help="Let dates, guids and sound of published episodes change.")
@SPEAKERS
@FAST
@FOLDER
@NO_INPUT
@QUIET
@JSON
def publish(
    names: tuple[str, ...],
    redo: tuple[StepName, ...],
    dry_run: bool,
    verify: bool,
    transcript: Path | None,
    unreviewed: str | None,
    at: str | None,
    backdate: bool,
    allow_changes: bool,
    speakers: int | None,
    fast: bool,
    folder: Path,
    no_input: bool,
    **flags: bool,
) -> None:
    """Publish episodes: master, transcribe, tag, build feed and pages, upload what has changed.

    Without a name: every episode that has a date. A SLUG: this episode, which gets its date now if it is a draft.
    A RECORDING that is no episode yet becomes one. Running it again does only what is left to do.

    A name that begins with a dash goes behind two dashes: placecast publish -- -odd-name.wav

    With --at, the episode is made now and goes out with the first run after that moment.

    Ends with 6 when an episode is held back because nobody has approved its transcript.
    """
    plain = not (
        names or redo or dry_run or verify or transcript or unreviewed or allow_changes or speakers or fast or at
    )
    if plain and (known := _known_answer(folder, "publish")):
        report.show(known, **flags)
        return
    from placecast import pipeline, scheduling, transcripts
    from placecast.beginning import as_on_disk, provisional
    from placecast.changed import Told

    names = tuple(map(as_on_disk, names))
    run = make_run(folder, ask=not no_input, speakers=speakers, fast=fast, thorough=verify, **flags)
    steps, told = frozenset(redo), Told(everything=allow_changes)
    if unreviewed is not None and not unreviewed.strip():
        raise UsageError("--unreviewed", "has no reason.", 'Say why: --unreviewed "The minister resigned today"')
    if (transcript or at) and len(names) != 1:
        option = "--transcript" if transcript else "--at"
        raise UsageError(option, "belongs to one episode.", "Name its recording or its slug, and no other.")
    when = scheduling.moment(at, run.project.load()[0], run.now, backdate=backdate) if at else None
    moment = when.at if when else None
    if when and when.note:
        run.reporter.tell(when.note)
    if dry_run:
        slugs, sketched = _planned_episodes(run.project, names)
        report.show(report.planned(pipeline.make_plan(run, slugs, steps, sketched, told, moment)), **flags)
        return
    ask = not (no_input or flags["as_json"]) and interactive()
    begun: dict[str, Path] = {}
    slugs = [_slug(run.project, name, ask, begun) for name in names]
    with provisional(run.project, {} if ask else begun, run.reporter.tell):
        if transcript:
            transcripts.take(run, slugs[0], transcript)
        made, built = pipeline.publish(run, slugs, steps, unreviewed, told, moment)
    waits, doubtful = pipeline.waiting(made, built, run.now), pipeline.doubtful(run, made, slugs)
    answer = report.published(made, built, waits, doubtful, pipeline.kept(made, built, run.now))
    report.show(with_date(answer, run, made, slugs[0], when) if when else answer, **flags)
    if built.held:
        sys.exit(HELD)
    if plain and made.storage is None:
        _remember(run, made.show, made.episodes, answer, "publish")


@click.command()
@FOLDER
@QUIET
@JSON
def build(folder: Path, **flags: bool) -> None:
    """Build the feed and the pages in the folder `feed`, and upload nothing."""
    if known := _known_answer(folder, "build"):
        report.show(known, **flags)
        return
    from placecast import pipeline

    run = make_run(folder, **flags)
    built, episodes = pipeline.rebuild(run)
    report.show(report.rebuilt(built), **flags)
    if not built.changed:
        _remember(run, built.publication.show, episodes, report.rebuilt(built), "build")


@click.command()
@click.option(
    "--level",
    type=click.Choice(_LEVELS),
    default="best",
    show_default=True,
    help="The mildest findings to show.",
)
@click.option(
    "--fail-on",
    type=click.Choice([*_LEVELS, "never"]),
    default="required",
    show_default=True,
    help="The mildest findings that make it end with 1.",
)
@FOLDER
@JSON
def check(level: str, fail_on: str, folder: Path, as_json: bool) -> None:
    """Check the facts, and what was built of them: feed, pages, transcripts, chapters, sound and pictures.

    By the rules of RSS, Apple, the Podcast Standards Project, the podcast namespace and WCAG; and that nothing is
    taken from listeners which the published feed has given them. All rules are in docs/checks.md. Nothing is sent.

    Ends with 0 when nothing is wrong that is as grave as --fail-on says, with 1 otherwise. Other codes say that it
    could not look: 2 the command was used wrongly, 3 a tool is missing.
    """
    from placecast.inspection import examine

    findings = examine(make_run(folder, as_json=as_json))
    report.show(report.findings(findings, level), as_json=as_json)
    if fail_on != "never" and any(_LEVELS.index(each.severity) <= _LEVELS.index(fail_on) for each in findings):
        sys.exit(1)


def _known_answer(folder: Path, command: Command) -> report.Answer | None:
    """The answer of the last run, when this one would do nothing either."""
    from placecast import unchanged
    from placecast.root import find_root

    found = unchanged.answer(find_root(folder), datetime.now(UTC), command)
    return report.Answer(lines=tuple(found["lines"]), data=found["data"]) if found else None


def _remember(run: Run, show: Show, episodes: Sequence[Episode], answer: report.Answer, command: Command) -> None:
    from placecast import unchanged

    scheduled = [each.published for each in episodes if each.published and each.published > run.now]
    unchanged.remember(
        run.project.root,
        answer={"lines": answer.lines, "data": answer.data},
        feed_url=show.feed_url if command == "publish" else None,
        due=min(scheduled, default=None),
        outside=_outside(show, episodes),
        command=command,
    )


def _outside(show: Show, episodes: Iterable[Episode]) -> Iterator[Path]:
    """The files that facts name, wherever they lie."""
    pictures = (*show.pictures, *(picture for each in episodes for picture in each.pictures))
    yield from (picture.source for picture in pictures)
    yield from (each.recording for each in episodes if each.recording)


def _slug(project: Project, name: str, ask: bool, begun: dict[str, Path]) -> str:
    """The episode that a slug or a recording stands for; an unknown recording becomes one, noted in `begun`."""
    from placecast.beginning import is_file, known_slug

    known = known_slug(project, name)
    if known or not is_file(name):
        return known or name
    found = _begin(project, Path(name), ask=ask)
    if found.new:
        begun[found.slug] = Path(name)
    return found.slug


def _begin(project: Project, recording: Path, *, ask: bool) -> Begun:
    from placecast.beginning import begin

    begun = begin(project, recording, _asked if ask else lambda new: new)
    click.echo(begun.told, err=True)
    return begun


def _asked(new: NewEpisode) -> NewEpisode:
    title = click.prompt("Title", default=new.title, err=True)
    summary = click.prompt(
        "Summary, in a sentence or two", default=new.summary, show_default=bool(new.summary), err=True
    )
    return replace(new, title=title, summary=summary)


def _planned_episodes(project: Project, names: tuple[str, ...]) -> tuple[list[str], list[Episode]]:
    """The slugs that these names stand for, and the episodes among them that a run would begin."""
    from placecast.beginning import is_file, known_slug, suggestion
    from placecast.project.scaffold import sketch

    known = {name: known_slug(project, name) for name in names}
    recordings = [Path(name) for name in names if not known[name] and is_file(name)]
    sketched = [sketch(project, each, suggestion(project, each)) for each in recordings]
    named = [slug or name for name, slug in known.items() if slug or not is_file(name)]
    return [*named, *(each.slug for each in sketched)], sketched


COMMANDS = (new, publish, build, check)
