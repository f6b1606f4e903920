"""The costly steps on one episode: master its recording, transcribe it, tag a fresh copy.

Each step can be stopped and run again. What a step made waits in `.placecast/work/<slug>` until the episode is
finished; the facts that are kept (audio.json, the transcript) are written last.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from placecast import audio, files, merging, sentences, tags, vtt
from placecast import names as spelling
from placecast.errors import AudioError
from placecast.fingerprint import sha256
from placecast.model import Audio, Episode, MachineRecord, MadeFrom, Progress, Show, Transcript, Transcription, Word
from placecast.project import Project
from placecast.timecode import spoken
from placecast.transcribe import Engine
from placecast.transcribe.account import Account, subject, take_account
from placecast.transcribe.hardware import Hardware, hardware
from placecast.transcribe.journal import Journal
from placecast.transcribe.listening import Request
from placecast.transcribe.speed import estimate, remember
from placecast.transcribe.vad import RATE
from placecast.work import State, Step

_QUESTION = "Take the words marked with a star? Yours stay everywhere else"
_DIFFERS = "the machine hears it differently in {} places now. Run the same in a terminal to see them"


class Reporter(Protocol):
    """Told what happens, as it happens."""

    def step(self, what: str, reason: str) -> AbstractContextManager[Progress]: ...

    def tell(self, text: str) -> None: ...

    def warn(self, text: str) -> None: ...

    def ask(self, question: str, lines: Sequence[str]) -> bool | None:
        """What a person answers who was shown these lines; None when there is nobody to ask."""


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """What the steps work with. `load_engine` is called once, by the first step that needs it."""

    project: Project
    reporter: Reporter
    load_engine: Callable[[Transcription], Engine]
    show: Show
    clock: Callable[[], float] = time.monotonic

    @cached_property
    def engine(self) -> Engine:
        return self.load_engine(self.transcription)

    @cached_property
    def hardware(self) -> Hardware:
        return hardware(self.show.transcription)

    @property
    def transcription(self) -> Transcription:
        """The show's settings, with the language that "show" stands for: a model is chosen by it."""
        settings = self.show.transcription
        return replace(settings, language=self.show.language) if settings.language == "show" else settings


def state(project: Project, show: Show, episode: Episode, remote: Mapping[str, object]) -> State:
    """What is there of this episode. `remote`: the keys that the target holds."""
    recording = _recording_hash(project, episode)
    published = project.audio(episode.slug)
    record = project.record(episode.slug)
    return State(
        slug=episode.slug,
        file=project.shown(episode.file),
        recording=recording,
        audio=published,
        media=published is not None and (published.path in remote or project.media(published).is_file()),
        media_here=published is not None and project.media(published).is_file(),
        mastered=_unfinished(project, show, episode.slug, recording) is not None,
        transcript=project.transcript_file(episode.slug).is_file(),
        edited=project.edited(episode.slug),
        heard=record.recording if record else None,
        spelled=record is None or record.spelling == spelling.spelling(spelling.of_episode(show, episode)),
    )


def perform(shop: Workshop, episode: Episode, steps: Sequence[Step]) -> None:
    """Do these steps of one episode, each with its progress and its duration reported."""
    for step in steps:
        with shop.reporter.step(f"{step.name} {step.slug}", step.reason) as progress:
            match step.name:
                case "master":
                    master(shop, episode, progress)
                case "transcribe":
                    transcribe(shop, episode, progress)
                case "spell":
                    spell(shop, episode)
                case "tag":
                    tag(shop, episode)


def finish(shop: Workshop, episode: Episode) -> None:
    """Take away what the steps left for each other."""
    shutil.rmtree(shop.project.work_folder(episode.slug), ignore_errors=True)


def master(shop: Workshop, episode: Episode, progress: Progress) -> None:
    """The recording at its published loudness, waiting in the work folder, and its samples for Whisper."""
    recording, mastering = _recording(episode), shop.show.mastering
    folder = shop.project.work_folder(episode.slug)
    (folder / "master.json").unlink(missing_ok=True)
    made = audio.master(recording, folder / "master.mp3", folder / "samples.f32", mastering, progress)
    for warning in made.warnings:
        shop.reporter.warn(f"{episode.slug}: {warning}")
    made_from = MadeFrom(recording=shop.project.fingerprint(recording), mastering=mastering, version=audio.VERSION)
    facts = {
        "made_from": asdict(made_from),
        "seconds": made.seconds,
        "loudness": made.loudness,
        "true_peak": made.true_peak,
    }
    files.write(folder / "master.json", json.dumps(facts).encode())


def transcribe(shop: Workshop, episode: Episode, progress: Progress) -> None:
    """The transcript, sentence by sentence, and beside it what the machine heard."""
    engine, asked, recording = shop.engine, request(shop.show, episode), heard_recording(shop.project, episode)
    samples = audio.read_samples(_samples(shop, episode))
    journal = Journal(_journal_file(shop.project, episode), subject(engine, asked, recording))
    _tell_duration(shop, len(samples) / RATE - journal.seconds)
    started = shop.clock()
    account = take_account(engine, samples, asked, journal=journal, progress=progress)
    remember(engine, shop.clock() - started, account.hearing.fresh, shop.hardware)
    keep(shop, episode, recording, account)


def request(show: Show, episode: Episode) -> Request:
    """What is known of an episode before it is heard."""
    return Request(language=episode.spoken(show), names=spelling.of_episode(show, episode))


def keep(shop: Workshop, episode: Episode, recording: str, account: Account) -> None:
    """Write what was heard in a recording (its SHA-256), as transcript and record."""
    hearing, names = account.hearing, spelling.of_episode(shop.show, episode)
    if not hearing.words:
        shop.reporter.warn(f"{episode.slug}: no speech was found in the recording, so the transcript is empty")
    words, _ = spelling.correct(hearing.words, names)
    text = vtt.write(Transcript(cues=sentences.cues(words), language=hearing.language))
    record = MachineRecord(
        engine=account.engine,
        model=account.model,
        weights=account.weights,
        options=account.options,
        language=hearing.language,
        recording=recording,
        vtt=sha256(text.encode()),
        spelling=spelling.spelling(names),
        words=hearing.words,
        flags=hearing.flags,
    )
    if shop.project.edited(episode.slug):
        _keep_edits(shop, episode, words, record)
    else:
        shop.project.write_transcript(episode.slug, text, record)


def _keep_edits(shop: Workshop, episode: Episode, words: Sequence[Word], record: MachineRecord) -> None:
    """What people wrote stays; where the machine hears something else now, a person decides."""
    project, before = shop.project, shop.project.record(episode.slug)
    edited = project.transcript(episode, shop.show)
    if before is None or edited is None:  # nothing of it is a machine's, so the words only give it their times
        project.write_record(episode.slug, record)
        return
    base, _ = spelling.correct(before.words, spelling.of_episode(shop.show, episode))
    merged = merging.merge(base, edited, words)
    answer = shop.reporter.ask(_QUESTION, merging.diff(merged)) if merged.changes else False
    if answer is None:
        count = len(merged.changes)
        shop.reporter.warn(f"{episode.slug}: the transcript is kept as people edited it; {_DIFFERS.format(count)}")
        return
    project.write_record(episode.slug, record)
    if answer:
        project.write_edited(episode.slug, vtt.write(merged.transcript))


def spell(shop: Workshop, episode: Episode) -> None:
    """The machine's transcript again, from what it heard, with the corrections that names.toml has now."""
    project, names = shop.project, spelling.of_episode(shop.show, episode)
    record, before = project.record(episode.slug), project.transcript(episode, shop.show)
    if record is None or before is None:
        return
    words, _ = spelling.correct(record.words, names)
    cues = sentences.with_speakers(sentences.cues(words), before.cues)
    text = vtt.write(replace(before, cues=cues))
    kept = replace(record, vtt=sha256(text.encode()), spelling=spelling.spelling(names))
    project.write_transcript(episode.slug, text, kept)


def leave(shop: Workshop, episode: Episode) -> None:
    """Take away what transcribing left, but not the master that an unfinished run made."""
    folder = shop.project.work_folder(episode.slug)
    if not (folder / "master.json").is_file():
        finish(shop, episode)
    _journal_file(shop.project, episode).unlink(missing_ok=True)


def _journal_file(project: Project, episode: Episode) -> Path:
    return project.work_folder(episode.slug) / "heard.jsonl"


def _tell_duration(shop: Workshop, seconds: float) -> None:
    """Say before it starts how long it will take, where that can be known."""
    expected = estimate(shop.engine, seconds, shop.hardware)
    if expected is not None:
        ours = f"{shop.engine.model} on {shop.hardware}"
        shop.reporter.tell(f"{spoken(seconds)} to hear: about {spoken(max(expected, 1))} with Whisper's {ours}")


def tag(shop: Workshop, episode: Episode) -> None:
    """The published file: a tagged copy of the master, named after its content. Its facts are kept in audio.json."""
    project, folder = shop.project, shop.project.work_folder(episode.slug)
    facts = json.loads((folder / "master.json").read_bytes())
    tagged = folder / "tagged.mp3"
    tags.write_tags(
        folder / "master.mp3",
        tagged,
        show=shop.show,
        episode=episode,
        published=_date(episode),
        seconds=facts["seconds"],
    )
    digest = files.sha256_of(tagged)
    made_from = MadeFrom(**facts.pop("made_from") | {"mastering": shop.show.mastering})
    name = Audio.name_for(episode.slug, digest)
    made = Audio(name=name, bytes=tagged.stat().st_size, sha256=digest, made_from=made_from, **facts)
    project.media(made).parent.mkdir(parents=True, exist_ok=True)
    tagged.replace(project.media(made))
    project.write_audio(episode.slug, made)


def _samples(shop: Workshop, episode: Episode) -> Path:
    """The 16 kHz samples that mastering left, or made now from the best sound that is here."""
    folder = shop.project.work_folder(episode.slug)
    samples = folder / "samples.f32"
    if _unfinished(shop.project, shop.show, episode.slug, _recording_hash(shop.project, episode)) is None:
        audio.decode_samples(_sound(shop.project, episode), samples)
    return samples


def _recording_hash(project: Project, episode: Episode) -> str | None:
    return project.fingerprint(episode.recording) if episode.recording and episode.recording.is_file() else None


def heard_recording(project: Project, episode: Episode) -> str:
    """The hash of the recording that was heard, also when what is here is only the file that was made from it."""
    published = project.audio(episode.slug)
    there = _recording_hash(project, episode) or (published.made_from.recording if published else None)
    return there or project.fingerprint(_recording(episode))


def _recording(episode: Episode) -> Path:
    """The recording, where the plan saw it; it may have been moved away since."""
    if episode.recording and episode.recording.is_file():
        return episode.recording
    raise AudioError(str(episode.recording), "is not there any more.", "Put the recording back, and run again.")


def _date(episode: Episode) -> datetime:
    """The date, which every episode has when it is tagged."""
    if episode.published is None:
        raise ValueError(f"{episode.slug} has no date")
    return episode.published


def _sound(project: Project, episode: Episode) -> Path:
    """The best sound of the episode on this machine: the recording, or else the published file."""
    published = project.audio(episode.slug)
    if published and not (episode.recording and episode.recording.is_file()):
        return project.media(published)
    return _recording(episode)


def _unfinished(project: Project, show: Show, slug: str, recording: str | None) -> dict[str, Any] | None:
    """The facts of a mastered file that an earlier run left, if it is what would be made now."""
    try:
        facts = json.loads((project.work_folder(slug) / "master.json").read_bytes())
    except (OSError, ValueError):
        return None
    wanted = asdict(MadeFrom(recording=recording or "", mastering=show.mastering, version=audio.VERSION))
    return dict(facts) if facts.get("made_from") == wanted else None
