"""One episode: where it stands, what the next publish does to it, and what a person must do.

Whatever is wrong with it is said of it, and of no other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from placecast import chapters, production, work
from placecast.changed import Listed
from placecast.errors import Fault
from placecast.lastseen import Seen
from placecast.model import Episode, Show
from placecast.moments import day, iso, told
from placecast.project import Project, reviewing
from placecast.reviews import Verdict
from placecast.survey.heard import Heard
from placecast.work import Work

State = Literal[
    "broken",
    "no recording",
    "draft",
    "recorded",
    "transcribed",
    "to review",
    "scheduled",
    "due",
    "live",
    "changed",
    "elsewhere",
    "unpublished",
]
OUT: frozenset[State] = frozenset({"live", "changed", "elsewhere"})
"""The states in which listeners have an episode."""


@dataclass(frozen=True, kw_only=True)
class Need:
    """What a person must do: why, and the commands to type. `urgent`: something waits for it."""

    what: str
    commands: tuple[str, ...] = ()
    urgent: bool = True


@dataclass(frozen=True, kw_only=True)
class View:
    """What all episodes of a show are looked at with. `counted`: those whose doubtful words are counted."""

    project: Project
    show: Show
    seen: Seen
    heard: Heard
    now: datetime
    counted: Collection[str] = frozenset()

    @property
    def required(self) -> bool:
        """Whether an episode waits until a person has approved its transcript."""
        return self.show.transcription.review == "required"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where an episode stands. `note`: the one thing worth knowing beside its state."""

    slug: str
    state: State
    title: str = ""
    published: datetime | None = None
    note: str = ""
    changed: tuple[str, ...] = ()  # what listeners have otherwise
    work: Work = field(default_factory=Work)  # before listeners can have it
    verdict: Verdict | None = None  # on its transcript; None without one
    doubts: int | None = None  # None: not counted
    held: bool = False  # it would be kept back until a person has approved its transcript
    needs: tuple[Need, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def urgent(self) -> bool:
        """Whether it gets no further without a person."""
        return bool(self.faults) or any(each.urgent for each in self.needs)

    @property
    def unread(self) -> bool:
        """Whether listeners have it with a transcript that nobody answers for."""
        return self.out and self.verdict is not None and self.verdict.state in ("machine", "edited")

    @property
    def out(self) -> bool:
        return self.state in OUT


def broken(slug: str, faults: tuple[Fault, ...], episode: Episode | None = None) -> Standing:
    """An episode that cannot be read, or one of its files."""
    title, published = (episode.title, episode.published) if episode else ("", None)
    what = f"{faults[0].key} {faults[0].what}".strip()
    return Standing(slug=slug, state="broken", title=title, published=published, note=what, faults=faults)


def elsewhere(slug: str, listed: Listed) -> Standing:
    """An episode that only the published feed knows."""
    need = Need(what="is published by another clone: bring it here.", commands=("git pull",), urgent=False)
    facts: dict[str, Any] = {"title": listed.title, "published": listed.published, "note": "from another clone"}
    return Standing(slug=slug, state="elsewhere", needs=(need,), **facts)


def standing(view: View, episode: Episode, changed: tuple[str, ...]) -> Standing:
    """Where this episode stands; a PlacecastError when one of its files cannot be read."""
    if episode.withdrawn and episode.guid in view.heard.episodes:
        changed = ("taken out",)  # by a run that did not come to its end
    todo = _todo(view, episode)
    has_text = view.project.transcript_file(episode.slug).is_file()
    verdict = view.project.verdict(episode) if has_text else None
    doubts = reviewing.count_doubts(view.project, view.show, episode) if verdict and _counted(view, episode) else None
    unread = verdict is not None and verdict.state in ("machine", "edited")
    state = _state(view, episode, todo, changed, waits=unread and bool(view.required or doubts))
    if state == "due" and unread and view.required:
        state = "to review"
    found = Standing(
        slug=episode.slug,
        state=state,
        title=episode.title,
        published=episode.published,
        changed=changed,
        work=todo,
        verdict=verdict,
        doubts=doubts if unread else None,
        held=view.required and (verdict is None or unread) and state not in (*OUT, "unpublished"),
    )
    return _with_words(view, episode, found)


def _todo(view: View, episode: Episode) -> Work:
    audio, known = view.project.audio(episode.slug), view.heard.sound.get(episode.guid)
    # Where nobody has looked, what was published is taken to be there still.
    unseen: Mapping[str, object] = {audio.path: None} if audio else {}
    remote = unseen if view.seen.by == "build" else view.seen.objects
    sound = {episode.guid: known} if known else {}
    return work.plan(production.state(view.project, view.show, episode, remote, sound), frozenset())


def _counted(view: View, episode: Episode) -> bool:
    """Counting takes a while the first time: it is done for those that somebody may still read before they go out."""
    return episode.slug in view.counted or episode.guid not in view.heard.episodes


def _state(view: View, episode: Episode, todo: Work, changed: tuple[str, ...], *, waits: bool) -> State:
    if episode.guid not in view.heard.episodes and (episode.withdrawn or episode.guid in view.seen.withdrawn):
        return "unpublished"
    if episode.guid in view.heard.episodes:
        return "changed" if changed or todo.steps else "live"
    if episode.published is None:
        return _stage(todo, waits=waits)
    if todo.faults:
        return "no recording"
    return "scheduled" if episode.published > view.now else "due"


def _stage(todo: Work, *, waits: bool) -> State:
    """How far an episode without a date has come."""
    if todo.faults:
        return "draft"
    if any(step.name == "transcribe" for step in todo.steps):
        return "recorded"
    return "to review" if waits else "transcribed"


def _with_words(view: View, episode: Episode, found: Standing) -> Standing:
    faults = () if found.state in ("draft", "unpublished") else found.work.faults
    since = f"since {day(episode.withdrawn.astimezone(view.show.zone))}" if episode.withdrawn else ""
    note = since if found.state == "unpublished" else _note(found)
    return replace(found, note=note, needs=tuple(_needs(view, episode, found)), faults=faults)


def _note(found: Standing) -> str:
    """The one thing worth knowing beside the state, the most important first."""
    to_do = _to_do(found.work)
    if found.state == "changed":
        return ", ".join(filter(None, (*found.changed, to_do)))
    if found.state == "draft":
        return "no recording yet"
    if to_do and found.state in ("scheduled", "due"):
        return to_do
    if found.doubts:
        return _doubtful(found.doubts)
    if found.held and found.verdict:
        return "not approved yet"
    approval = found.verdict.approval if found.verdict else None
    return f"approved by {approval.by}" if approval and not found.out else ""


def _to_do(todo: Work) -> str:
    names = [step.name for step in todo.steps]
    return "to be made" if "master" in names else " ".join(["to", names[0]]) if names else ""


def _doubtful(count: int) -> str:
    return f"{count} doubtful word{'s' * (count != 1)}"


def _needs(view: View, episode: Episode, found: Standing) -> Iterator[Need]:
    slug, state = found.slug, found.state
    if state == "unpublished":
        return
    if state == "draft":
        what = f'has no recording here. Put it into episodes/{slug}, and its name into episode.md: recording = "…"'
        yield Need(what=what)
        return
    yield from _reading(view, found)
    if state in ("recorded", "transcribed", "to review") and not episode.published:
        # One that is not made yet is made at once, so that it can be read before it goes out.
        when = f'publish {slug} --at "tomorrow 7:00"' if state == "recorded" else f'schedule {slug} "tomorrow 7:00"'
        yield Need(what="has no date yet.", commands=(f"placecast {when}",))
    if found.out and not episode.withdrawn:
        yield from _misdated(view, episode)
    if behind := chapters.behind(episode, view.project.audio(slug)):
        what = f"{behind.partition(';')[0]}. At a new address, apps download it again."
        yield Need(what=what, commands=(f"placecast publish {slug} --redo tag",), urgent=False)


def _misdated(view: View, episode: Episode) -> Iterator[Need]:
    """An episode that listeners have, and that has no date here, or one to come."""
    at = view.heard.episodes[episode.guid].published
    if episode.published is None and at:
        what = f"is out, and its date is gone. Put it back into episode.md: published = {iso(at)}"
        yield Need(what=what)
    elif episode.published and episode.published > view.now:
        what = f"has the date {told(episode.published)} here, but listeners have it already, and keep it."
        yield Need(what=what, commands=(f"placecast unpublish {episode.slug}",))


def _reading(view: View, found: Standing) -> Iterator[Need]:
    """What waits for a reader."""
    verdict = found.verdict
    if verdict is None or verdict.approval or verdict.waiver or not (view.required or found.doubts or verdict.lapsed):
        return
    said = (f"has {_doubtful(found.doubts)}." if found.doubts else "", verdict.lapsed)
    what = " ".join(filter(None, said)) or "waits until somebody has approved its transcript."
    commands = (f"placecast review {found.slug}", f"placecast approve {found.slug} --by NAME")
    if not found.out or verdict.lapsed:  # others that are out wait for nothing, and are told of together
        yield Need(what=what, commands=commands, urgent=not found.out)
