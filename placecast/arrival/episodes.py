"""One episode: its sound byte for byte, its transcript, its chapters, and its episode.md, which is written last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from placecast import audio, chapters, files, importing, vtt
from placecast.abroad import Abroad
from placecast.abroad.parts import LATER, BrokenOffError, forget
from placecast.arrival.fitting import fitted, secret, toml
from placecast.arrival.show import person, place
from placecast.errors import AudioError, HostError, PlacecastError, TranscriptError
from placecast.fingerprint import sha256, short
from placecast.media_types import media_type
from placecast.model import Audio, Chapter, MadeFrom, MovedIn, Place, Progress, Transcript
from placecast.moving import chapters as old_chapters
from placecast.moving import listing
from placecast.moving.facts import Loss, OldEpisode, OldShow, OldSound, OldTranscript
from placecast.project import EPISODE_FILE, Project, front_matter
from placecast.project.schema import EpisodeFacts
from placecast.project.secrets import masked
from placecast.tags.reading import read_embedded
from placecast.timecode import clock

_SOUND_MOST = 4_000_000_000  # bytes
_TEXT_MOST = 20_000_000
_TITLE_LIMIT = 255
_IN_A_ROW = 5  # hosts that fail so often are not asked for the rest
_SECONDS = 2.0  # by which a feed may be wrong about a duration before anybody is told


@dataclass(frozen=True, kw_only=True)
class Words:
    """What could be had of transcript and chapters. `language`: of the transcript."""

    chapters: tuple[Chapter, ...] = ()
    language: str = ""
    losses: tuple[Loss, ...] = ()


def known(project: Project) -> dict[str, str]:
    """The slugs of the episodes that are here, by guid, whatever people have made of the rest."""
    found = {}
    for path in sorted(project.root.glob(f"episodes/*/{EPISODE_FILE}")):
        data, _ = front_matter.read(path.read_bytes().decode("utf-8-sig"), project.shown(path))
        found[str(data.get("guid"))] = path.parent.name
    return found


def complete(project: Project, slug: str) -> bool:
    """Whether no sound is left to be fetched. Sound that the producer has made since is nobody else's to give."""
    there = project.audio(slug)
    return there is not None and (isinstance(there.made_from, MadeFrom) or _is_here(project, there))


@dataclass
class Host:
    """The old host, which is not asked any more when it has failed often enough."""

    abroad: Abroad
    _failed: int = field(default=0)

    def sound(
        self, project: Project, slug: str, old: OldEpisode, progress: Progress
    ) -> tuple[Audio | None, tuple[Loss, ...]]:
        """The published file as it is, under its new name, and what of it is not as the feed says."""
        if old.sound is None:
            return None, ()
        known = _same_sound(project.audio(slug), old.sound)
        if known and _is_here(project, known):
            return known, ()
        if self._failed >= _IN_A_ROW:
            why = f"The last {_IN_A_ROW} could not be had, so it was not asked for."
            return None, (Loss(tag="enclosure", value=old.sound.address, why=f"{why} {LATER}"),)
        try:
            made = _fetched(project, self.abroad, slug, old.sound, known, progress)
        except (HostError, AudioError) as error:
            self._failed += isinstance(error, HostError)
            return None, (_failed("enclosure", old.sound.address, error),)
        self._failed = 0
        return made, tuple(_untrue(old, old.sound, made))


def _same_sound(known: Audio | None, sound: OldSound) -> Audio | None:
    """The sound that an earlier run has brought from the same address."""
    origin = known.made_from if known else None
    return known if isinstance(origin, MovedIn) and origin.moved_in_from == sound.address else None


def _fetched(
    project: Project, abroad: Abroad, slug: str, sound: OldSound, known: Audio | None, progress: Progress
) -> Audio:
    part = project.cache / "moving" / f"{short(sha256(sound.address.encode()))}.part"
    part.parent.mkdir(parents=True, exist_ok=True)
    saved = abroad.save(sound.address, part, _SOUND_MOST, progress)
    if known and known.sha256 != saved.sha256:
        forget(part)
        what = "it sends other bytes now than those which were brought first, perhaps with other advertisements."
        raise HostError(sound.address, what, "Take the file from where the show was published.")
    try:
        kept = audio.look(part)
    except AudioError:
        forget(part)  # an error page, or a file of nobody's use
        raise
    name = Audio.name_for(slug, saved.sha256, kept.suffix)
    made = Audio(
        name=name,
        bytes=saved.bytes,
        seconds=kept.seconds,
        sha256=saved.sha256,
        loudness=None,
        true_peak=None,
        made_from=MovedIn(recording=saved.sha256, moved_in_from=sound.address),
        type=media_type(name),
    )
    project.media(made).parent.mkdir(parents=True, exist_ok=True)
    part.chmod(0o644)
    part.replace(project.media(made))
    project.write_audio(slug, made)
    forget(part)
    return made


def _is_here(project: Project, known: Audio) -> bool:
    media = project.media(known)
    return media.is_file() and media.stat().st_size == known.bytes and project.fingerprint(media) == known.sha256


def _untrue(old: OldEpisode, sound: OldSound, made: Audio) -> list[Loss]:
    """Where the feed was wrong about its own sound: the new one says what is true."""
    found = []
    if sound.bytes != made.bytes:
        said = f"{sound.bytes:,}" if sound.bytes else "nothing"
        why = f"The file has {made.bytes:,} bytes, and the new feed says so."
        found.append(Loss(tag="enclosure length", value=said, why=why))
    if old.seconds and abs(old.seconds - made.seconds) > _SECONDS:
        why = f"The file lasts {clock(made.seconds)}, and the new feed says so."
        found.append(Loss(tag="itunes:duration", value=clock(old.seconds), why=why))
    return found


def _failed(tag: str, address: str, error: PlacecastError, cure: str = "") -> Loss:
    """What could not be had, and whether another run may have it."""
    again = LATER if isinstance(error, BrokenOffError) or tag == "enclosure" else cure
    return Loss(tag=tag, value=address, why=f"It could not be had: {error.faults[0].what} {again}".strip())


def texts(project: Project, abroad: Abroad, slug: str, old: OldEpisode, sound: Audio | None) -> Words:
    """The transcript, written where there is none yet, and the chapters."""
    language, lost = _transcript(project, abroad, slug, old, sound)
    found, more = _chapters(project, abroad, old, sound)
    return Words(chapters=found, language=language, losses=(*lost, *more))


def _transcript(
    project: Project, abroad: Abroad, slug: str, old: OldEpisode, sound: Audio | None
) -> tuple[str, tuple[Loss, ...]]:
    if not old.transcripts or project.transcript_file(slug).is_file():
        return "", ()
    losses = []
    for offered in old.transcripts:
        try:
            made = _read_transcript(abroad, offered, sound)
        except PlacecastError as error:
            cure = "Save it and bring it with `placecast transcript`, or let the episode be transcribed."
            losses.append(_failed("podcast:transcript", offered.address, error, cure))
            continue
        project.write_edited(slug, vtt.write(made))
        return offered.language, ()
    # Where one of them may come yet, the others are not missed.
    return "", tuple([each for each in losses if each.why.endswith(LATER)] or losses)


def _read_transcript(abroad: Abroad, offered: OldTranscript, sound: Audio | None) -> Transcript:
    page = abroad.read(offered.address, _TEXT_MOST)
    name = PurePosixPath(urlsplit(offered.address).path).name or "transcript"
    imported = importing.read(importing.decode(page.body, name).text, name, offered.language or "en")
    if imported.transcript is None:
        raise TranscriptError(offered.address, "it has no times.", "Bring it with: placecast transcript SLUG FILE")
    if sound:
        importing.check(imported.transcript, sound.seconds, name)
    return imported.transcript


def _chapters(
    project: Project, abroad: Abroad, old: OldEpisode, sound: Audio | None
) -> tuple[tuple[Chapter, ...], tuple[Loss, ...]]:
    """The chapters of the file that the feed names, or those in the feed, or those in the sound."""
    losses: tuple[Loss, ...] = ()
    if old.chapters_at:
        try:
            found = old_chapters.from_json(abroad.read(old.chapters_at, _TEXT_MOST).body)
            return found.chapters, found.lost
        except HostError as error:
            losses = (_failed("podcast:chapters", old.chapters_at, error),)
        except ValueError as error:
            losses = (Loss(tag="podcast:chapters", value=old.chapters_at, why=f"It could not be read: {error}."),)
    if old.chapters or sound is None:
        return old.chapters, losses
    inside = old_chapters.in_order(read_embedded(project.media(sound)).chapters)
    return inside.chapters, (*losses, *inside.lost)


def write(project: Project, slug: str, old: OldEpisode, show: OldShow, words: Words) -> tuple[Loss, ...]:
    """The episode.md, and what does not fit into it."""
    facts, losses = fitted(EpisodeFacts, _facts(old, show, words))
    text = f"+++\n{toml(facts)}+++\n{masked(old.notes)}\n"
    files.write(project.root / "episodes" / slug / EPISODE_FILE, text.encode("utf-8", "replace"))
    return (*losses, *_cut(old))


def _cut(old: OldEpisode) -> Iterator[Loss]:
    if len(old.title) > _TITLE_LIMIT:
        why = f"A title has {_TITLE_LIMIT} letters at most; its end was cut off."
        yield Loss(tag="title", value=old.title[_TITLE_LIMIT:], why=why)
    if masked(old.notes) != old.notes:
        yield secret("show notes")


def complete_chapters(project: Project, slug: str, found: Sequence[Chapter]) -> None:
    """Add chapters that could not be had before to an episode.md that has none; nothing else in it is touched."""
    path = project.root / "episodes" / slug / EPISODE_FILE
    text = path.read_bytes().decode("utf-8-sig")
    data, _ = front_matter.read(text, project.shown(path))
    if not found or "chapters" in data:
        return
    tables = toml({"chapters": [_chapter(each) for each in chapters.in_order(found)]})
    files.write(path, front_matter.append(text, tables).encode())


def _facts(old: OldEpisode, show: OldShow, words: Words) -> dict[str, Any]:
    told: dict[str, Any] = {
        "title": old.title[:_TITLE_LIMIT],
        "guid": old.guid,
        "published": old.published,
        "season": old.season,
        "number": old.number,
        "display": old.display,
        "license_url": old.license_url,
        "license": old.license,
        "kind": "" if old.kind == "full" else old.kind,
        "explicit": None if old.explicit == show.explicit else old.explicit,
        "language": words.language if words.language.partition("-")[0] != show.language.partition("-")[0] else "",
        "summary": old.summary,
        "people": [person(each) for each in old.people],
        "places": [place(each) for each in old.places],
        "chapters": [_chapter(each) for each in chapters.in_order(words.chapters)],
        "links": listing.tables(old.links),
        "comments": listing.tables(old.comments),
        "soundbites": [
            {"start": each.seconds, "duration": each.duration, "title": each.title} for each in old.soundbites
        ],
    }
    return {key: value for key, value in told.items() if value not in ("", [], None)}


def _chapter(each: Chapter) -> dict[str, Any]:
    told = {
        "start": each.seconds,
        "title": each.title,
        "url": each.url,
        "image": each.image if isinstance(each.image, str) else None,
        "end": each.end,
        "hidden": each.hidden or None,
        "location": _place(each.place) if each.place else None,
    }
    return {key: value for key, value in told.items() if value is not None}


def _place(place: Place) -> dict[str, str]:
    told = {"name": place.name, "geo": place.geo, "osm": place.osm}
    return {key: value for key, value in told.items() if value}
