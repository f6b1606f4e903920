"""The commands on transcripts: from hearing a back catalogue to answering for every word."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from placecast import report
from placecast.cli.options import FAST, FOLDER, JSON, NO_INPUT, QUIET, SPEAKERS, ended, interactive, make_run
from placecast.errors import UsageError
from placecast.timecode import parse_clock

if TYPE_CHECKING:
    from placecast.doubts import Doubt
    from placecast.model import Episode, Show
    from placecast.project import Project


@click.command()
@click.argument("slugs", nargs=-1, metavar="[SLUG]...")
@click.option("--all", "everything", is_flag=True, help="Every episode that has no transcript of its recording yet.")
@click.option("--redo", is_flag=True, help="Hear them again; what people have edited is kept.")
@click.option("--cluster", metavar="ADDRESS", help="Spread the work over a dask cluster: tcp://host:8786")
@SPEAKERS
@FAST
@FOLDER
@NO_INPUT
@QUIET
@JSON
def transcribe(
    slugs: tuple[str, ...],
    everything: bool,
    redo: bool,
    cluster: str | None,
    speakers: int | None,
    fast: bool,
    folder: Path,
    no_input: bool,
    **flags: bool,
) -> None:
    """Transcribe episodes, drafts included, and publish nothing.

    One that fails does not stop the others. Ctrl-C keeps what is finished, and the next run goes on from there.
    """
    from placecast import backlog

    if bool(slugs) == everything:
        what = "names no episode." if not slugs else "names episodes, and --all as well."
        raise UsageError("placecast transcribe", what, "Name the episodes, or give --all for a whole back catalogue.")
    if cluster and speakers:
        cure = "Leave it out, and label each episode afterwards: placecast speakers SLUG --count N"
        raise UsageError("--speakers", "cannot be had from a cluster.", cure)
    run = make_run(folder, ask=not no_input, speakers=speakers, fast=fast, **flags)
    made = backlog.transcribe_all(run, slugs, cluster=cluster, redo=redo)
    report.show(report.transcribed(made), **flags)
    sys.exit(made.exit_code)


@click.command()
@click.argument("slug")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Also where people have written or edited the one that is there.")
@FOLDER
@QUIET
@JSON
def transcript(slug: str, file: Path, replace: bool, folder: Path, **flags: bool) -> None:
    """Make FILE the transcript of the episode SLUG: WebVTT, SubRip, JSON or plain text.

    Plain text has no times: the recording is heard, and the text is laid over what was heard.
    """
    from placecast import transcripts

    run = make_run(folder, **flags)
    transcripts.take(run, slug, file, replace=replace)
    report.show(report.taken(slug, transcripts.read(run, slug)), **flags)


@click.command()
@click.argument("slug")
@click.option("--count", type=click.IntRange(1), metavar="N", help="Label every sentence: N people speak.")
@click.option("--rename", multiple=True, metavar="OLD=NEW", help="Another name for a speaker, wherever they speak.")
@click.option(
    "--set", "corrected", multiple=True, metavar="TIME=NAME", help="Another speaker for a sentence: 1:23=Rosa"
)
@FOLDER
@QUIET
@JSON
def speakers(
    slug: str, count: int | None, rename: tuple[str, ...], corrected: tuple[str, ...], folder: Path, **flags: bool
) -> None:
    """Say who speaks in the transcript of the episode SLUG: by voice, and by hand.

    Voices are told apart for the people whom the episode's facts name as `speakers`, or for --count of them.
    """
    from placecast import transcripts

    run = make_run(folder, **flags)
    if count or not (rename or corrected):
        transcripts.label(run, slug, count or 0)
    if rename:
        transcripts.rename(run, slug, dict(_pair(each) for each in rename))
    for time, name in map(_pair, corrected):
        transcripts.assign(run, slug, _seconds(time), name)
    report.show(report.taken(slug, transcripts.read(run, slug)), **flags)


def _pair(text: str) -> tuple[str, str]:
    left, equals, right = (part.strip() for part in text.partition("="))
    if not (left and equals and right):
        raise UsageError(text, "is no pair.", 'Write it as "Speaker 1=Rosa Hartley", or as "1:23=Rosa Hartley".')
    return left, right


def _seconds(text: str) -> float:
    try:
        return parse_clock(text)
    except ValueError as exc:
        raise UsageError(text, "is not a time.", "Write it as 1:23 or 1:02:03.") from exc


@click.group(invoke_without_command=True)
@JSON
@click.pass_context
def models(context: click.Context, as_json: bool) -> None:
    """Whisper's models: what they are for, what they need, and which are on this machine."""
    from placecast.model import Transcription
    from placecast.transcribe.choice import choose
    from placecast.transcribe.hardware import hardware
    from placecast.transcribe.holdings import known

    if context.invoked_subcommand is None:
        settings = Transcription()
        chosen = choose(settings, hardware(settings))
        report.show(report.models(known(), chosen.model if chosen else None), as_json=as_json)


@models.command("fetch")
@click.argument("name")
@click.option(
    "--engine",
    type=click.Choice(["whisper", "faster-whisper"]),
    default="whisper",
    show_default=True,
    help="Who is to read it.",
)
@QUIET
@JSON
def fetch_model(name: str, engine: str, quiet: bool, as_json: bool) -> None:
    """Get the weights of the model NAME onto this machine, whole and verified."""
    from placecast.transcribe.fetching import fetch_for

    reporter = report.JsonReporter() if as_json else report.TerminalReporter(quiet=quiet)
    with reporter.step(f"fetch {name}", f"for {engine}") as progress:
        found = fetch_for(name, engine, progress)
    line, data = f"{name}: {found.source}, SHA-256 {found.sha256}", {"model": name, "sha256": found.sha256}
    report.show(report.Answer(lines=(line,), data=data | {"source": str(found.source)}), as_json=as_json)


@models.command("verify")
@click.argument("name", required=False)
@JSON
def verify_models(name: str | None, as_json: bool) -> None:
    """Read the weights of the model NAME, or of all that are here, and compare them with what was published."""
    from placecast.transcribe.holdings import known, published, verify

    names = [name] if name else [each.model.name for each in known() if each.place]
    checked = {each: [(found, published(found, each)) for found in verify(each)] for each in names}
    report.show(report.verified(checked), as_json=as_json)


@click.command()
@click.argument("slug")
@click.option("--page", is_flag=True, help="Listen, correct and approve on a page, on this computer only.")
@click.option("--hear", type=click.IntRange(1), metavar="N", help="Play the sound around the doubt with this number.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="Of the page; 0 takes a free one."
)
@FOLDER
@JSON
def review(slug: str, page: bool, hear: int | None, port: int, folder: Path, as_json: bool) -> None:
    """What a person should look at in the transcript of the episode SLUG, the most doubtful words first."""
    from placecast.project import reviewing

    project, show, episode = _episode(folder, slug)
    if page:
        _review_page(project, show, episode, port)
        return
    transcript = project.transcript(episode, show)
    if transcript is None:
        raise UsageError(slug, "has no transcript yet.", f"Make it with: placecast transcribe {slug}")
    found = reviewing.doubts_of(project, show, episode)
    if hear is None:
        report.show(report.doubts(found, transcript, episode.slug), as_json=as_json)
        return
    _hear(project, episode, found, hear)


def _review_page(project: Project, show: Show, episode: Episode, port: int) -> None:
    from placecast import review as reviewer

    def ready(url: str) -> None:
        click.echo(f"Review {episode.slug} at {url}\nCtrl-C ends it.")
        if interactive():
            click.launch(url)

    reviewer.serve(project, show, episode, port=port, ready=ready)
    ended("The review has ended; what is saved is saved.")


def _hear(project: Project, episode: Episode, found: Sequence[Doubt], number: int) -> None:
    from placecast import review as reviewer

    if number > len(found):
        cure = f"See them with: placecast review {episode.slug}"
        raise UsageError(f"--hear {number}", f"there are {len(found)} doubts.", cure)
    clip = reviewer.clip(project, episode, found[number - 1])
    click.echo(f"{clip}")
    if interactive():
        click.launch(str(clip))


@click.command()
@click.argument("slug")
@click.option("--by", required=True, metavar="NAME", help="Who has read the transcript and answers for it.")
@FOLDER
@QUIET
@JSON
def approve(slug: str, by: str, folder: Path, **flags: bool) -> None:
    """Record that a person has checked the transcript of the episode SLUG.

    It holds for these words and this recording: a later change of either takes the tick away.
    """
    from placecast.project import reviewing

    project, show, episode = _episode(folder, slug)
    with project.locked():
        approval = reviewing.approve(project, show, episode, by, datetime.now(UTC).astimezone(show.zone))
    line = f"{approval.by} answers for the transcript of {slug}. Publish it with: placecast publish"
    data = {"slug": slug, "by": approval.by, "at": approval.at.isoformat()}
    report.show(report.Answer(lines=(line,), data=data), **flags)


def _episode(folder: Path, slug: str) -> tuple[Project, Show, Episode]:
    """The show in this folder, and one of its episodes."""
    from placecast.project import Project, find_episode
    from placecast.project.unknown import no_such_episode

    project = Project.find(folder)
    show, episodes = project.load()
    episode = find_episode(project, episodes, slug)
    if episode is None:
        raise no_such_episode(slug, episodes)
    return project, show, episode


COMMANDS: tuple[click.Command, ...] = (transcribe, transcript, speakers, review, approve, models)
