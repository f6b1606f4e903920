"""What a run says while it works, and what it says at the end: for people, or as JSON Lines.

Progress and warnings go to stderr; the answer goes to stdout.
"""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, TextIO

import click

from placecast import __version__, turns
from placecast import chapters as marks
from placecast.errors import OwnFaultError, PlacecastError
from placecast.model import Progress, no_progress
from placecast.pace import Pace
from placecast.report import manner
from placecast.report.plain import json_line, plain, plain_line
from placecast.timecode import clock

if TYPE_CHECKING:
    from placecast import backlog
    from placecast.checks import Finding
    from placecast.doubts import Doubt
    from placecast.model import Chapter, Episode, Transcript
    from placecast.pipeline import Plan
    from placecast.plan import Upload
    from placecast.publishing import Built
    from placecast.transcribe.holdings import Holding
    from placecast.transcribe.weights import Weights

LEVELS = ("required", "recommended", "best")
_DONE = {"master": "mastered", "transcribe": "transcribed", "spell": "spelled anew", "tag": "tagged"}
_BAR = 28
_HELD = (
    "nobody has approved its transcript. Read it with: placecast review {slug}\n"
    "  Then: placecast approve {slug} --by NAME, and publish again"
)


@dataclass(kw_only=True)
class TerminalReporter:
    """Steps with their reasons and durations; a bar only where it can be drawn over."""

    quiet: bool = False
    interactive: bool = False
    stream: TextIO = field(default_factory=lambda: sys.stderr)

    @contextmanager
    def step(self, what: str, reason: str) -> Iterator[Progress]:
        started = time.monotonic()
        self._say(f"{click.style(plain(what), bold=True)} ({plain(reason)})")
        yield self._bar() if self.stream.isatty() and not self.quiet else no_progress
        self._clear()
        self._say(f"  done in {duration(time.monotonic() - started)}")

    def tell(self, text: str) -> None:
        self._clear()
        self._say(f"  {plain(text)}")

    def warn(self, text: str) -> None:
        self._clear()
        click.echo(f"{click.style('Note:', fg='yellow')} {plain(text)}", file=self.stream)

    def ask(self, question: str, lines: Sequence[str]) -> bool | None:
        if not self.interactive:
            return None
        self._clear()
        click.echo(plain("\n".join(lines)), file=self.stream)
        return click.confirm(plain(question), default=False, err=True)

    def _say(self, text: str) -> None:
        if not self.quiet:
            click.echo(text, file=self.stream)

    def _bar(self) -> Progress:
        pace = Pace()

        def show(done: float) -> None:
            left = pace.told(done, time.monotonic())
            full = "#" * int(done * _BAR)
            ahead = f", {duration(left)} left" if left else ""
            click.echo(f"\r  [{full:<{_BAR}}] {done:4.0%}{ahead:<20}", file=self.stream, nl=False)

        return show

    def _clear(self) -> None:
        if self.stream.isatty() and not self.quiet:
            click.echo("\r\x1b[2K", file=self.stream, nl=False)


@dataclass(kw_only=True)
class JsonReporter:
    """One event a line on stdout, for other programs."""

    stream: TextIO = field(default_factory=lambda: sys.stdout)

    @contextmanager
    def step(self, what: str, reason: str) -> Iterator[Progress]:
        started = time.monotonic()
        self.event("step", what=what, reason=reason)
        yield no_progress
        self.event("done", what=what, seconds=round(time.monotonic() - started, 3))

    def tell(self, text: str) -> None:
        self.event("note", text=text)

    def warn(self, text: str) -> None:
        self.event("warning", text=text)

    def ask(self, question: str, lines: Sequence[str]) -> bool | None:
        self.event("question", text=question, lines=list(lines))
        return None

    def event(self, kind: str, **facts: Any) -> None:
        click.echo(json_line({"event": kind, **facts}), file=self.stream)


def duration(seconds: float) -> str:
    """`4.2 s` or `12 min 05 s`: for a terminal."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a command answers: lines for people, and the same as data for programs. `details`: for --verbose."""

    lines: tuple[str, ...]
    data: dict[str, Any]
    details: tuple[str, ...] = ()


def show(answer: Answer, *, quiet: bool = False, as_json: bool = False) -> None:
    """The answer, on stdout."""
    if as_json:
        click.echo(json_line({"event": "result", **answer.data}))
    elif not quiet:
        click.echo(plain("\n".join((*(answer.details if manner.verbose() else ()), *answer.lines))))


def failed(error: PlacecastError, colour: bool | None = None) -> None:
    """Every fault with its cure, on stderr."""
    for fault in error.faults:
        where = click.style(plain_line(": ".join(part for part in (fault.file, fault.key) if part)), bold=True)
        click.echo(f"{where}: {plain(fault.what)}\n  {plain(fault.cure)}", err=True, color=colour)


def our_fault(error: Exception) -> PlacecastError:
    """What a producer can do about an error that nobody foresaw."""
    what = f"a fault of its own stopped it ({type(error).__name__} in {manner.place_of(error)}): {error}"
    cure = "What was finished is kept. Run the same command with -v, and report what it says: it is not your doing."
    return OwnFaultError("placecast", what, cure)


def explained(error: Exception) -> None:
    """What a report of an error needs, on stderr."""
    versions = f"placecast {__version__}, Python {platform.python_version()}, {platform.platform()}"
    click.echo(plain(f"{versions}\n{manner.account(error)}"), err=True)


def planned(plan: Plan) -> Answer:
    """What a run would do."""
    lines = [f"would give {each.slug} its date: {each.published:%d %B %Y, %H:%M %Z}" for each in plan.minted]
    lines += [f"would {step.name} {step.slug} ({step.reason})" for step in plan.steps]
    if plan.built is None:
        lines += ["would then build feed and pages, and upload what is new or changed"]
        changed, uploads = None, None
    else:
        changed, uploads = list(plan.built.changed.written), [each.key for each in plan.built.uploads]
        lines += [f"would write feed/{path}" for path in changed]
        lines += [f"would remove feed/{path}" for path in plan.built.changed.removed]
        lines += [_sending(each, plan) for each in plan.built.uploads]
        total = sum(each.size for each in plan.built.uploads)
        lines += [f"would send {_count(len(uploads), 'file')}, {size(total)} before compression, in this order"] * bool(
            uploads
        )
    if plan.empty:
        lines = ["Nothing to do: everything is published as it is here."]
    steps = [{"slug": step.slug, "step": step.name, "reason": step.reason} for step in plan.steps]
    return Answer(lines=tuple(lines), data={"steps": steps, "write": changed, "upload": uploads})


def published(
    plan: Plan,
    built: Built,
    waiting: Iterable[tuple[Episode, str]],
    doubtful: Mapping[str, int],
    kept: Iterable[tuple[str, str]] = (),
) -> Answer:
    """What a run has made, where it is, and what waits. `doubtful`: how many doubtful words wait, by slug.

    `kept`: what the feed has, or has no more, against what this clone would show; each with the reason.
    """
    show_facts, sent = built.publication.show, sum(each.size for each in built.uploads)
    waits = [f"{episode.slug}: {reason}" for episode, reason in waiting]
    made = dict.fromkeys(step.slug for step in plan.steps)
    pages = {each.episode.slug: show_facts.page(each.episode.folder) for each in built.publication.releases}
    if plan.empty:
        lines = ["Nothing to do: everything is published as it is here."]
    elif built.blocked:
        lines = [f"{slug}: {_done(plan, slug)}." for slug in made]
        lines.append("Nothing was sent, so that listeners keep the approved transcript that they have.")
    else:
        lines = [f"{slug}: {_done(plan, slug)}. Page: {pages.get(slug, 'not yet')}" for slug in made]
        lines.append(f"Sent {_count(len(built.uploads), 'file')} ({size(sent)}) to {plan.show.target.name}.")
    other_clones = [f"{title}: {why}" for title, why in kept]
    lines += [f"Waiting: {text}" for text in waits]
    lines += [f"As the feed has it: {plain_line(text)}" for text in other_clones]
    lines += [f"Held back: {each.slug}: {_HELD.format(slug=each.slug)}" for each in built.held]
    lines.append(f"Feed: {show_facts.feed_url} ({_count(len(pages) + len(built.publication.others), 'episode')})")
    lines += [f"{slug}: {_waits(number)}: placecast review {slug}" for slug, number in doubtful.items()]
    data = {
        "nothing_to_do": plan.empty,
        "steps": [{"slug": step.slug, "step": step.name, "reason": step.reason} for step in plan.steps],
        "pages": {slug: pages.get(slug) for slug in made},
        "uploaded": [] if built.blocked else [each.key for each in built.uploads],
        "target": plan.show.target.name,
        "feed": show_facts.feed_url,
        "waiting": waits,
        "kept": other_clones,
        "held": [each.slug for each in built.held],
        "doubtful": dict(doubtful),
    }
    details = (
        () if plan.empty or built.blocked else tuple(f"sent {each.key} ({size(each.size)})" for each in built.uploads)
    )
    return Answer(lines=tuple(lines), data=data, details=details)


def _sending(upload: Upload, plan: Plan) -> str:
    """One line of a dry run: what is sent, how large it is, and whether something lies there."""
    there = "changed" if upload.key in plan.sight.objects else "new"
    return f"would upload {upload.key} to {plan.show.target.name} ({size(upload.size)}, {there})"


def _waits(doubtful: int) -> str:
    if doubtful == 0:
        return "nobody has approved the transcript yet"
    return f"{_count(doubtful, 'doubtful word')} in the transcript {'wait' if doubtful > 1 else 'waits'} for you"


def _done(plan: Plan, slug: str) -> str:
    """`mastered, transcribed and tagged`."""
    words = [_DONE[step.name] for step in plan.steps if step.slug == slug]
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def rebuilt(built: Built) -> Answer:
    """What a build has changed in the folder `feed`."""
    changed = built.changed
    lines = [f"wrote feed/{path}" for path in changed.written] + [f"removed feed/{path}" for path in changed.removed]
    data = {"written": list(changed.written), "removed": list(changed.removed)}
    return Answer(lines=tuple(lines or ["Nothing to do: the folder feed is up to date."]), data=data)


def transcribed(made: backlog.Report) -> Answer:
    """What became of many episodes: the failures, with what to do about them, come last."""
    lines = [f"{slug}: nothing to do, {reason}" for slug, reason in made.untouched.items()]
    lines += [f"{slug}: transcribed" for slug in made.done]
    lines += [f"{each.slug}: failed\n  {fault}" for each in made.failures for fault in each.error.faults]
    failures = [
        {"slug": each.slug, "exit_code": each.error.exit_code, "faults": [asdict(fault) for fault in each.error.faults]}
        for each in made.failures
    ]
    data = {"transcribed": list(made.done), "untouched": dict(made.untouched), "failed": failures}
    return Answer(lines=tuple(lines or ["There are no episodes."]), data=data)


def taken(slug: str, transcript: Transcript) -> Answer:
    """What became of a transcript that the producer brought along."""
    who = turns.speakers(transcript)
    said = f", said by {', '.join(who)}" if who else ""
    line = f"{slug}: {_count(len(transcript.cues), 'sentence')}{said}. Read them with: placecast review {slug}"
    return Answer(lines=(line,), data={"slug": slug, "sentences": len(transcript.cues), "speakers": list(who)})


def chapters(slug: str, made: Sequence[Chapter], *, written: bool) -> Answer:
    """Chapters as lines that another program, or `--from`, can read; and whether episode.md has them now."""
    lines = marks.lines(made)
    if written:
        lines += [f"# {_count(len(made), 'chapter')} written into the episode.md of {slug}."]
    data = {
        "slug": slug,
        "chapters": [{"startTime": each.seconds, "title": each.title} for each in made],
        "written": written,
    }
    return Answer(lines=tuple(lines) or ("# Nothing was written.",), data=data)


def models(held: Sequence[Holding], chosen: str | None) -> Answer:
    """The models that can be had, and where they are. `chosen`: the one that suits this machine."""
    lines = []
    for each in held:
        model, mark = each.model, "  (suits this machine)" if each.model.name == chosen else ""
        facts = f"{size(model.bytes)}, {model.memory / 1e9:.1f} GB of memory, {model.languages}"
        place = f"here: {each.place}, {each.source}" if each.place else f"not here; got by {each.way}"
        lines.append(f"{model.name:<9} {facts}{mark}\n          {model.purpose}\n          {place}")
    lines.append("Get one with: placecast models fetch NAME. All of them: MIT licence, by OpenAI.")
    facts_of = [
        {
            **{name: getattr(each.model, name) for name in ("name", "purpose", "languages", "bytes", "memory")},
            **{"sha256": each.model.sha256, "licence": each.model.licence, "place": each.place},
            **{"source": each.source, "engines": list(each.engines), "way": each.way},
        }
        for each in held
    ]
    return Answer(lines=tuple(lines), data={"models": facts_of, "chosen": chosen})


def verified(checked: Mapping[str, Sequence[tuple[Weights, bool]]]) -> Answer:
    """The weights that were read, by model: each with whether it is as it was published."""
    lines, data = [], []
    for name, found in checked.items():
        for weights, known in found:
            says = "as it was published" if known else "a model that only you have"
            lines.append(f"{name}: {weights.source} is {says} (SHA-256 {weights.sha256})")
            data.append({"model": name, "source": weights.source, "sha256": weights.sha256, "published": known})
    return Answer(lines=tuple(lines or ["There are no models on this machine."]), data={"verified": data})


def findings(found: Sequence[Finding], level: str) -> Answer:
    """The findings of `placecast check`, the gravest first."""
    shown = [each for each in found if LEVELS.index(each.severity) <= LEVELS.index(level)]
    shown.sort(key=lambda each: LEVELS.index(each.severity))
    lines = [f"{each.severity} {each.code}: {each.where}\n  {each.what} {each.why}\n  {each.cure}" for each in shown]
    counts = {level: sum(each.severity == level for each in found) for level in LEVELS}
    lines.append(
        f"{_count(len(shown), 'finding')}." if shown else "Nothing found: the facts and the feed follow the rules."
    )
    data = [asdict(each) | {"sources": each.sources} for each in shown]
    return Answer(lines=tuple(lines), data={"findings": data, "counts": counts})


def doubts(found: Sequence[Doubt], transcript: Transcript, slug: str) -> Answer:
    """What a person should look at in a transcript, each with its number for `--hear`."""
    lines = [line for number, each in enumerate(found, 1) for line in _doubt(number, each, transcript)]
    if found:
        lines.append(
            f"{_count(len(found), 'doubt')}. Listen and correct them on a page with: placecast review {slug} --page"
        )
    else:
        lines.append(f"Nothing doubtful was found. Read it once, then: placecast approve {slug} --by NAME")
    data = [
        {"number": number, "sentence": transcript.cues[each.cue].text, **asdict(each)}
        for number, each in enumerate(found, 1)
    ]
    return Answer(lines=tuple(lines), data={"slug": slug, "doubts": data})


def _doubt(number: int, doubt: Doubt, transcript: Transcript) -> Iterator[str]:
    """Where, the sentence with the doubtful words marked, and why; marks that can be read without colour too."""
    from placecast.doubts import text_of  # with the ear for names, which most commands do not need

    before, words, after = text_of(doubt, transcript)
    yield f"{number:>3}  {clock(doubt.start):>7}  {before}{click.style(f'*{words}*', bold=True)}{after}"
    suggestion = f" Perhaps: {doubt.suggestion}." if doubt.suggestion else ""
    yield f"{'':14}{doubt.reason}{suggestion}"


def size(count: int) -> str:
    """`4.2 MB`, for people."""
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count / 1e3:.1f} kB"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'s' * (number != 1)}"
