"""The costly steps on one episode: master its recording, transcribe it, tag a fresh copy.

Each step can be stopped and run again. What a step made waits in `.placecast/work/<slug>` until the episode is
finished; the facts that are kept (audio.json, the transcript) are written last.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from placecast import audio, chapters, files
from placecast import names as spelling
from placecast.model import Alternate, Audio, Episode, MadeFrom, Progress, Show, SoundFile
from placecast.project import Project
from placecast.work import State, Step
from placecast.workshop import Workshop, recording_hash, recording_of, unfinished

_NOTHING: Mapping[str, str] = {}


def state(
    project: Project, show: Show, episode: Episode, remote: Mapping[str, object], heard: Mapping[str, str] = _NOTHING
) -> State:
    """What is there of this episode.

    `remote`: the keys that the target holds. `heard`: by guid, the key of the sound that the published feed names.
    """
    recording = recording_hash(project, episode)
    published = project.audio(episode.slug)
    record = project.record_facts(episode.slug)
    return State(
        slug=episode.slug,
        file=project.shown(episode.file),
        recording=recording,
        audio=published,
        media=published is not None and (published.path in remote or project.media(published).is_file()),
        elsewhere=heard.get(episode.guid) in remote,
        media_here=published is not None and project.media(published).is_file(),
        mastered=unfinished(project, show, episode.slug, recording) is not None,
        transcript=project.transcript_file(episode.slug).is_file(),
        edited=project.edited(episode.slug),
        heard=record.recording if record else None,
        chapters=bool(episode.chapters),
        spelled=record is None or record.spelling == spelling.spelling(spelling.of_episode(show, episode)),
    )


def perform(shop: Workshop, episode: Episode, steps: Sequence[Step]) -> None:
    """Do these steps of one episode, each with its progress and its duration reported."""
    from placecast.scribe import spell, transcribe  # numpy and more, which a run without steps does without

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


def master(shop: Workshop, episode: Episode, progress: Progress) -> None:
    """The recording at its published loudness, waiting in the work folder, and its samples for Whisper."""
    recording, mastering = recording_of(episode), shop.show.mastering
    folder = shop.project.work_folder(episode.slug)
    (folder / "master.json").unlink(missing_ok=True)
    with audio.steady(recording), audio.finished(shop.project.original(episode.slug)):
        made = audio.master(recording, folder / "master.mp3", folder / "samples.f32", mastering, progress)
        digest = shop.project.fingerprint(recording)
    for warning in made.warnings:
        shop.reporter.warn(f"{episode.slug}: {warning}")
    made_from = MadeFrom(recording=digest, mastering=mastering, version=audio.VERSION)
    facts = {
        "made_from": asdict(made_from),
        "seconds": made.seconds,
        "loudness": made.loudness,
        "true_peak": made.true_peak,
        "small": asdict(made.small) if made.small else None,
        "start": made.start,
        "said": made.warnings,
    }
    files.write(folder / "master.json", json.dumps(facts).encode())


def tag(shop: Workshop, episode: Episode) -> None:
    """The published files: tagged copies of the masters, named after their content. audio.json keeps their facts."""
    from placecast import tags

    folder = shop.project.work_folder(episode.slug)
    facts = json.loads((folder / "master.json").read_bytes())
    tagged = folder / "tagged.mp3"
    _warn_of_chapters(shop, episode, facts["made_from"]["recording"], facts["seconds"])
    tags.write_tags(
        folder / "master.mp3",
        tagged,
        show=shop.show,
        episode=episode,
        published=_date(episode),
        seconds=facts["seconds"],
    )
    made_from = MadeFrom(**facts.pop("made_from") | {"mastering": shop.show.mastering})
    small = facts.pop("small")
    made = Audio(
        **_place(shop, episode, tagged),
        made_from=made_from,
        chapters=chapters.fingerprint(episode.chapters),
        alternates=(_tag_small(shop, episode, small),) if small else (),
        **facts,
    )
    shop.project.write_audio(episode.slug, made)


def _tag_small(shop: Workshop, episode: Episode, facts: Mapping[str, Any]) -> Alternate:
    from placecast import tags

    folder = shop.project.work_folder(episode.slug)
    tagged = folder / "tagged.opus"
    tags.write_comments(folder / "master.opus", tagged, show=shop.show, episode=episode, published=_date(episode))
    sri = files.sri_of(tagged)
    return Alternate(**_place(shop, episode, tagged), sri=sri, **facts)


def _place(shop: Workshop, episode: Episode, tagged: Path) -> dict[str, Any]:
    """Put a file where it is published, under the name of its content. What it is called there, and its size."""
    digest = files.sha256_of(tagged)
    name = SoundFile.name_for(episode.slug, digest, tagged.suffix)
    facts = {"name": name, "bytes": tagged.stat().st_size, "sha256": digest}
    published = shop.project.feed / "media" / name
    published.parent.mkdir(parents=True, exist_ok=True)
    tagged.replace(published)
    return facts


def _warn_of_chapters(shop: Workshop, episode: Episode, recording: str, seconds: float) -> None:
    """When the sound is replaced: chapters whose times seem to belong to the one before."""
    before = shop.project.audio(episode.slug)
    if before is None or before.made_from.recording == recording:
        return
    transcript = shop.project.transcript(episode, shop.show)
    for said in chapters.astray(episode.chapters, transcript.cues if transcript else (), seconds):
        shop.reporter.warn(f"{episode.slug}: {said}: check the times of its chapters")


def _date(episode: Episode) -> datetime:
    """The date, which every episode has when it is tagged."""
    if episode.published is None:
        raise ValueError(f"{episode.slug} has no date")
    return episode.published
