"""An episode's transcript: heard by a machine, written down, corrected by people and by names, never overwritten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from placecast import audio, importing, merging, sentences, turns, vtt
from placecast import names as spelling
from placecast.errors import EngineError, TranscriptError, UsageError
from placecast.fingerprint import sha256
from placecast.model import Episode, MachineRecord, Progress, Show, Transcript, Word, no_progress
from placecast.project import Project
from placecast.timecode import clock, spoken
from placecast.transcribe.account import Account, subject, take_account
from placecast.transcribe.journal import Journal
from placecast.transcribe.listening import Request
from placecast.transcribe.speed import estimate, remember
from placecast.transcribe.vad import RATE
from placecast.workshop import Workshop, finish, heard_recording, recording_of, samples_of

if TYPE_CHECKING:
    from placecast.transcribe.speakers import Labelled

_QUESTION = "Take the words marked with a star? Yours stay everywhere else"
_DIFFERS = "the machine hears it differently in {} places now. Run the same in a terminal to see them"


def transcribe(shop: Workshop, episode: Episode, progress: Progress) -> None:
    """The transcript, sentence by sentence, and beside it what the machine heard."""
    keep(shop, episode, heard_recording(shop.project, episode), hear(shop, episode, progress))
    count = shop.speakers or len(episode.speakers)
    if count and not shop.project.edited(episode.slug):
        _label_if_possible(shop, episode, count)


def hear(shop: Workshop, episode: Episode, progress: Progress) -> Account:
    """What the machine hears in the best sound that is here; what an earlier run finished is not heard again."""
    engine, asked, recording = shop.engine, request(shop.show, episode), heard_recording(shop.project, episode)
    samples = audio.read_samples(samples_of(shop, episode))
    journal = Journal(_journal_file(shop.project, episode), subject(engine, asked, recording))
    _tell_duration(shop, len(samples) / RATE - journal.seconds)
    started = shop.clock()
    account = take_account(engine, samples, asked, journal=journal, progress=progress)
    remember(engine, shop.clock() - started, account.hearing.fresh, shop.hardware)
    return account


def request(show: Show, episode: Episode) -> Request:
    """What is known of an episode before it is heard."""
    return Request(language=episode.spoken(show), names=spelling.of_episode(show, episode))


def keep(shop: Workshop, episode: Episode, recording: str, account: Account) -> None:
    """Write what was heard in a recording (its SHA-256), as transcript and record."""
    if not account.hearing.words:
        shop.reporter.warn(f"{episode.slug}: no speech was found in the recording, so the transcript is empty")
    text, words, record = _written(shop.show, episode, recording, account)
    if shop.project.edited(episode.slug):
        _keep_edits(shop, episode, words, record)
    else:
        shop.project.write_transcript(episode.slug, text, record)


def _written(
    show: Show, episode: Episode, recording: str, account: Account
) -> tuple[str, Sequence[Word], MachineRecord]:
    """What was heard as the text of a transcript, its words with names corrected, and the record of it."""
    hearing, names = account.hearing, spelling.of_episode(show, episode)
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
    return text, words, record


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


def take(shop: Workshop, episode: Episode, file: Path, progress: Progress) -> None:
    """Make a file that the producer has the episode's transcript. Plain text is laid over what is heard."""
    decoded = importing.decode(_content(file), file.name)
    if decoded.note:
        shop.reporter.warn(decoded.note)
    imported = importing.read(decoded.text, file.name, shop.project.language(episode, shop.show))
    if imported.transcript:
        if seconds := _seconds(shop, episode):
            importing.check(imported.transcript, seconds, file.name)
        shop.project.write_edited(episode.slug, vtt.write(imported.transcript))
        return
    recording = heard_recording(shop.project, episode)
    _, words, record = _written(shop.show, episode, recording, hear(shop, episode, progress))
    aligned = importing.align(imported, words, record.language)
    shop.project.write_record(episode.slug, record)
    shop.project.write_edited(episode.slug, vtt.write(aligned.transcript))


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as exc:
        raise TranscriptError(str(file), f"cannot be read ({exc.strerror}).", "Correct the path of the file.") from exc


def _seconds(shop: Workshop, episode: Episode) -> float:
    """How long the episode's sound is, as far as is known: 0 otherwise."""
    published = shop.project.audio(episode.slug)
    return published.seconds if published else audio.length(recording_of(episode))


def label(shop: Workshop, episode: Episode, count: int, progress: Progress) -> Transcript:
    """Say who says each sentence of the transcript that is there, when `count` people speak."""
    from placecast.transcribe import speakers

    project, transcript = shop.project, shop.project.transcript(episode, shop.show)
    if transcript is None or not transcript.cues:
        raise UsageError(episode.slug, "has no transcript yet.", f"Make it with: placecast transcribe {episode.slug}")
    heard = speakers.label(
        audio.read_samples(samples_of(shop, episode)), transcript.cues, count=count, progress=progress
    )
    made = turns.labelled(transcript, heard.speakers, episode.speakers)
    _tell_doubts(shop, episode, made, heard)
    text, record = vtt.write(made), project.record(episode.slug)
    if record and not project.edited(episode.slug):
        project.write_transcript(episode.slug, text, replace(record, vtt=sha256(text.encode())))
    else:
        project.write_edited(episode.slug, text)
    return made


def _label_if_possible(shop: Workshop, episode: Episode, count: int) -> None:
    """An episode is not kept back because nothing is installed that tells voices apart."""
    try:
        label(shop, episode, count, no_progress)
    except EngineError as error:
        shop.reporter.warn(f"{episode.slug}: its speakers are not labelled. {error.faults[0]}")


def _tell_doubts(shop: Workshop, episode: Episode, made: Transcript, heard: Labelled) -> None:
    if not heard.reliable:
        shop.reporter.warn(f"{episode.slug}: check who speaks, the labels are not reliable: {heard.reason}")
    for change in heard.changes:
        sentence = made.cues[change.cue].text
        shop.reporter.warn(f"{episode.slug}: at {clock(change.seconds)} somebody else takes over within: {sentence!r}")


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
