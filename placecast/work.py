"""What must be done to an episode's sound and words before listeners can have it, and why.

Decides from names and hashes; acts on nothing. `plan` decides what is uploaded afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from placecast.errors import Fault
from placecast.model import Audio

StepName = Literal["master", "transcribe", "spell", "tag"]
STEPS: tuple[StepName, ...] = ("master", "transcribe", "spell", "tag")

_BEHIND = (
    "{slug}: listeners have other sound of it than this clone knows, so it stays as it is in the feed. "
    "Bring audio.json here with git pull; or replace the sound with: placecast publish {slug} --redo master"
)
_CHANGED = (
    "has changed since the episode was published, so every listener's app would download it again.",
    "Put the old recording back. If another clone has replaced it, bring its audio.json here with git pull. "
    "To give listeners the new sound, run: placecast replace {slug} RECORDING, "
    "or: placecast publish {slug} --allow-changes",
)
ASKED = "asked for with --redo"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One costly thing to do to an episode, with the reason that the producer reads."""

    slug: str
    name: StepName
    reason: str


@dataclass(frozen=True, kw_only=True)
class State:
    """What is there of an episode. Hashes are sha256 of the producer's recording."""

    slug: str
    file: str  # its episode.md, as shown to people
    recording: str | None  # None: the recording is not on this machine
    audio: Audio | None  # None: never published
    media: bool  # the published file is on this machine or in the target
    media_here: bool  # it is on this machine
    elsewhere: bool = False  # listeners have sound of this episode in the target, perhaps another clone's
    mastered: bool  # an earlier run was stopped after mastering this recording
    transcript: bool
    edited: bool  # a person wrote or changed the transcript
    heard: str | None  # what the machine's transcript was made from; None: no machine made it
    chapters: bool = False  # at times in the recording
    spelled: bool = True  # with the corrections that names.toml has now

    @property
    def behind(self) -> bool:
        """Whether another clone has published this episode with sound that this one knows nothing of.

        To make sound again here would have every listener download the episode once more.
        """
        return self.elsewhere and not self.media and not self.changed

    @property
    def changed(self) -> bool:
        """Whether the recording is another one than the sound was made from."""
        return bool(self.audio and self.recording and self.audio.made_from.recording != self.recording)


@dataclass(frozen=True, kw_only=True)
class Work:
    """What to do to one episode, what to tell the producer, and what stands in the way."""

    steps: tuple[Step, ...] = ()
    warnings: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


def plan(state: State, redo: frozenset[StepName], new_sound: bool = False) -> Work:
    """The steps that this episode needs, in the order of `STEPS`. `new_sound`: listeners may get other sound of it."""
    if state.behind and not redo:
        return Work(warnings=(_BEHIND.format(slug=state.slug),))
    faults = _faults(state, redo) or _unasked(state, new_sound or bool(redo & {"master", "tag"}))
    if faults:
        return Work(faults=faults)
    reasons = _audio_reasons(state, redo) | _transcript_reason(state, redo)
    steps = tuple(Step(slug=state.slug, name=name, reason=reasons[name]) for name in STEPS if name in reasons)
    return Work(steps=steps, warnings=_warnings(state))


def transcription(state: State, redo: bool) -> Work:
    """The transcript alone, wherever its sound may be: what `placecast transcribe` does to this episode."""
    asked: frozenset[StepName] = frozenset({"transcribe"}) if redo else frozenset()
    reasons = _transcript_reason(state, asked)
    steps = [Step(slug=state.slug, name=name, reason=reasons[name]) for name in reasons if name == "transcribe"]
    return Work(steps=tuple(steps), warnings=_warnings(state))


def _faults(state: State, redo: frozenset[StepName]) -> tuple[Fault, ...]:
    if state.recording:
        return ()
    if state.audio is None:
        what, cure = "names no recording that is on this machine.", "Write its path, from the folder of this file."
    elif not state.media:
        what = "is not on this machine, and its published file is neither here nor in the target."
        cure = "Put the recording back, so that the published file can be made again."
    elif not state.transcript and not state.media_here:
        what, cure = "is not on this machine, so no transcript can be made.", "Put it, or the transcript, back."
    elif redo & {"master", "tag"}:
        what, cure = "is not on this machine, so nothing can be redone from it.", "Put the recording back."
    else:
        return ()
    return (Fault(file=state.file, key="recording", what=what, cure=cure),)


def _unasked(state: State, new_sound: bool) -> tuple[Fault, ...]:
    """A recording was replaced without a word, and listeners have the sound that was made of the old one."""
    if new_sound or not (state.elsewhere and state.changed):
        return ()
    what, cure = _CHANGED
    return (Fault(file=state.file, key="recording", what=what, cure=cure.format(slug=state.slug)),)


def _audio_reasons(state: State, redo: frozenset[StepName]) -> dict[StepName, str]:
    reason = _audio_reason(state, redo)
    if not reason:
        return {}
    if state.mastered and "master" not in redo:
        return {"tag": f"{reason}; an earlier run had mastered it"}
    return {"master": reason, "tag": ASKED if "tag" in redo else "newly mastered"}


def _audio_reason(state: State, redo: frozenset[StepName]) -> str:
    if state.recording is None:
        return ""
    if redo & {"master", "tag"}:
        return ASKED
    if state.audio is None:
        return "no published audio yet"
    if state.changed:
        return "the recording has changed"
    return "" if state.media else "its published file is neither here nor in the target"


def _transcript_reason(state: State, redo: frozenset[StepName]) -> dict[StepName, str]:
    if not state.transcript:
        return {"transcribe": "no transcript yet"}
    if "transcribe" in redo:
        return {"transcribe": f"{ASKED}; what people have edited is kept" if state.edited else ASKED}
    if state.edited:
        return {}
    if state.recording and state.heard != state.recording:
        return {"transcribe": "the recording has changed"}
    return {} if state.spelled else {"spell": "the names that must be written right have changed"}


def _warnings(state: State) -> tuple[str, ...]:
    """What people wrote about an earlier recording: it is never overwritten, so they must look at it."""
    slug, kept = state.slug, state.transcript and state.edited
    warnings = []
    if kept and state.heard and state.recording and state.heard != state.recording:
        warnings.append(f"{slug}: the recording has changed, but its transcript was edited by a person: check it")
    if state.chapters and state.audio and state.recording not in (None, state.audio.made_from.recording):
        warnings.append(f"{slug}: the recording has changed, so its chapters may have moved: check their times")
    return tuple(warnings)
