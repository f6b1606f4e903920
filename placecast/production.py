"""The costly steps on one episode: master its recording, transcribe it, tag a fresh copy.

Each step can be stopped and run again. What a step made waits in `.placecast/work/<slug>` until the episode is
finished; the facts that are kept (audio.json, the transcript) are written last.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from placecast import audio, files, sentences, tags, vtt
from placecast import names as spelling
from placecast.errors import AudioError
from placecast.fingerprint import sha256
from placecast.model import Audio, Episode, MachineRecord, MadeFrom, Progress, Show, Transcript, Transcription
from placecast.project import Project
from placecast.transcribe import Engine
from placecast.transcribe.journal import Journal
from placecast.transcribe.listening import Request, listen
from placecast.work import State, Step


class Reporter(Protocol):
    """Told what happens, as it happens."""

    def step(self, what: str, reason: str) -> AbstractContextManager[Progress]: ...

    def warn(self, text: str) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """What the steps work with. `load_engine` is called once, by the first step that needs it."""

    project: Project
    reporter: Reporter
    load_engine: Callable[[Transcription], Engine]
    show: Show

    @cached_property
    def engine(self) -> Engine:
        return self.load_engine(self.show.transcription)


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
    engine, names = shop.engine, spelling.of_episode(shop.show, episode)
    samples = audio.read_samples(_samples(shop, episode))
    request = Request(language=episode.spoken(shop.show), names=names)
    recording = _heard(shop.project, episode)
    journal = Journal(shop.project.work_folder(episode.slug) / "heard.jsonl", _about(engine, request, recording))
    heard = listen(engine, samples, request, journal=journal, progress=progress)
    if not heard.words:
        shop.reporter.warn(f"{episode.slug}: no speech was found in the recording, so the transcript is empty")
    words, _ = spelling.correct(heard.words, names)
    text = vtt.write(Transcript(cues=sentences.cues(words), language=heard.language))
    record = MachineRecord(
        engine=engine.name,
        model=engine.model,
        weights=engine.weights,
        options=engine.options,
        language=heard.language,
        recording=recording,
        vtt=sha256(text.encode()),
        spelling=spelling.spelling(names),
        words=heard.words,
        flags=heard.flags,
    )
    shop.project.write_transcript(episode.slug, text, record)


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


def _about(engine: Engine, request: Request, recording: str) -> str:
    """All that shapes what is heard: a journal of anything else is of no use."""
    return repr((engine.name, engine.model, engine.weights, sorted(engine.options.items()), request, recording))


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


def _heard(project: Project, episode: Episode) -> str:
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
