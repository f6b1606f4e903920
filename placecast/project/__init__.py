"""A show's folder: where its files are, and reading and writing what people and runs keep there.

It does not decide what to do (`placecast.work`) and renders nothing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property, lru_cache, partial
from pathlib import Path
from secrets import token_hex
from typing import Any, TypeVar

from filelock import FileLock, Timeout

from placecast import files, looks, record, reviews, vtt
from placecast.errors import FactsError, Fault, LockedError
from placecast.fingerprint import sha256
from placecast.helpers import Helpers
from placecast.model import (
    DETECT,
    Audio,
    Episode,
    MachineRecord,
    Names,
    Show,
    SoundFile,
    Transcript,
)
from placecast.project import dating, facts, front_matter, naming, sounds, unique
from placecast.project.links import link_faults
from placecast.project.memory import Memory
from placecast.reviews import Review, Verdict
from placecast.root import SHOW_FILE, find_root

Found = TypeVar("Found")

NAMES_FILE = "names.toml"
EPISODE_FILE = "episode.md"
_ORIGINS = "origins.json"


@dataclass(frozen=True, kw_only=True)
class Project:
    """A show's folder, by the folder that placecast.toml lies in."""

    root: Path

    def __reduce__(self) -> tuple[Callable[[Path], Project], tuple[Path]]:
        """What another process is given is the folder: what this process knows of it stays here."""
        return opened, (self.root,)

    @classmethod
    def find(cls, start: Path) -> Project:
        """The show that this folder belongs to: here or in a folder above."""
        return cls(root=find_root(start))

    @property
    def feed(self) -> Path:
        """The public tree, as it was built last."""
        return self.root / "feed"

    @property
    def cache(self) -> Path:
        """What may be deleted at any time."""
        return self.root / ".placecast"

    @property
    def last_look(self) -> Path:
        """What this clone saw in the target when it looked last."""
        return self.cache / "target"

    @property
    def preview(self) -> Path:
        """The public tree as `placecast preview` shows it, with this machine's address in it."""
        return self.cache / "preview"

    def media(self, sound: SoundFile) -> Path:
        return self.feed / sound.path

    def work_folder(self, slug: str) -> Path:
        """Where an unfinished episode's mastered file and samples wait for the next step."""
        return self.cache / "work" / slug

    def transcript_file(self, slug: str) -> Path:
        return self.root / f"transcripts/{slug}.vtt"

    def record_file(self, slug: str) -> Path:
        return self.root / f"transcripts/{slug}.words.json"

    def review_file(self, slug: str) -> Path:
        return self.root / f"transcripts/{slug}.review.json"

    def episode_folder(self, slug: str) -> Path:
        return self.root / "episodes" / slug

    def audio_file(self, slug: str) -> Path:
        return self.episode_folder(slug) / "audio.json"

    def shown(self, path: Path) -> str:
        """A path as people want to read it: from the show's folder, where it lies in there."""
        text, start = str(path), f"{self.root}{os.sep}"  # a long show asks thousands of times
        return text.removeprefix(start).replace(os.sep, "/") if text.startswith(start) else text

    def load(self) -> tuple[Show, tuple[Episode, ...]]:
        """The show and its episodes; FactsError with every fault of every file at once."""
        show, episodes, faults = self.readable()
        if faults:
            raise FactsError(faults)
        return show, episodes

    def readable(self) -> tuple[Show, tuple[Episode, ...], tuple[Fault, ...]]:
        """The show, the episodes that can be read, and every fault of every file.

        FactsError where there is no show to be read, or where what is found out would be kept outside of it.
        """
        faults = link_faults(self.root)
        names = _gather(faults, self._read_names)
        show = _gather(faults, partial(self._read_show, names or Names()))
        episodes = [_gather(faults, partial(self._read_episode, path, show)) for path in self._episode_files()]
        found = tuple(episode for episode in episodes if episode)
        faults += unique.faults(found, self.shown)
        if show is None or any(each.file.split("/")[0] == self.cache.name for each in faults):
            raise FactsError(faults)
        return show, found, tuple(faults)

    def _episode_files(self) -> list[Path]:
        return sorted(self.root.glob(f"episodes/*/{EPISODE_FILE}"))

    def _read_names(self) -> Names:
        path = self.root / NAMES_FILE
        return naming.read_names(_text(path, NAMES_FILE), NAMES_FILE) if path.is_file() else Names()

    def _read_show(self, names: Names) -> Show:
        return facts.read_show(_text(self.root / SHOW_FILE, SHOW_FILE), self.root, SHOW_FILE, names)

    def _read_episode(self, path: Path, show: Show | None) -> Episode:
        shown = self.shown(path)
        try:
            return facts.read_episode(_text(path, shown), path, shown, show)
        except OSError as error:
            what, cure = f"cannot be read: {error.strerror}.", "See that it is a file, and that you may read it."
            raise FactsError([Fault(file=shown, what=what, cure=cure)]) from error

    def write_date(self, episode: Episode) -> bool:
        """Write the date that an episode has, or that it has none, into its episode.md; whether that changed it."""
        before = episode.file.read_bytes().decode("utf-8")
        after = dating.dated(before, episode.published, self.shown(episode.file))
        if after != before:
            files.write(episode.file, after.encode())
        return after != before

    def withdraw(self, episode: Episode, at: datetime) -> None:
        """Write into its episode.md that an episode is out of the feed again."""
        text = episode.file.read_bytes().decode("utf-8")
        line = f"withdrawn = {at.isoformat()}"
        files.write(episode.file, front_matter.insert(text, line, after="published").encode())

    @property
    def clone(self) -> str:
        """The name of this clone among those that publish the show: made once, and kept in the cache."""
        path = self.cache / "clone"
        if not path.is_file():
            files.write(path, token_hex(8).encode())
        return path.read_text("ascii")

    def audio(self, slug: str) -> Audio | None:
        """The facts of the published audio, or None before the first time."""
        path = self.audio_file(slug)
        if not path.is_file():
            return None
        try:
            return sounds.read(_text(path, self.shown(path)))
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            what = f"cannot be read: {error}."
            cure = "Get it back from git, or delete it and publish again: the audio is then made anew."
            raise FactsError([Fault(file=self.shown(path), what=what, cure=cure)]) from error

    def write_audio(self, slug: str, audio: Audio) -> None:
        files.write(self.audio_file(slug), (json.dumps(asdict(audio), indent=2) + "\n").encode())

    def transcript(self, episode: Episode, show: Show) -> Transcript | None:
        """The transcript as people left it, or None where there is none."""
        path = self.transcript_file(episode.slug)
        if not path.is_file():
            return None
        return _spoken(_text(path, self.shown(path)), self.shown(path), self.language(episode, show))

    def language(self, episode: Episode, show: Show) -> str:
        """The language of what is said: as the facts say, or as it was heard where they leave it to the machine."""
        said = episode.spoken(show)
        if said != DETECT:
            return said
        heard = self.record_facts(episode.slug)
        return heard.language if heard else show.language

    def record(self, slug: str) -> MachineRecord | None:
        """What a machine heard, or None when no machine wrote the transcript."""
        path = self.record_file(slug)
        return _parsed(_text(path, self.shown(path)), self.shown(path)) if path.is_file() else None

    def record_facts(self, slug: str) -> MachineRecord | None:
        """The record without its thousands of words, which is remembered."""
        path = self.record_file(slug)
        if not (look := looks.look(path)):
            return None
        shown = self.shown(path)
        facts = self._found("record", slug, look, lambda: _facts_of(_parsed(_text(path, shown), shown)))
        return MachineRecord(**facts, words=())

    def edited(self, slug: str) -> bool:
        """Whether a person wrote or changed the transcript."""
        text, kept = self.transcript_hash(slug), self.record_facts(slug)
        return text is not None and (kept is None or text != kept.vtt)

    def transcript_hash(self, slug: str) -> str | None:
        """The sha256 of the transcript file, with line ends as git keeps them; None where there is none."""
        path = self.transcript_file(slug)
        look = looks.look(path)
        return self._found("text", slug, look, lambda: sha256(_same_lines(path.read_bytes()))) if look else None

    def sound_hash(self, episode: Episode) -> str | None:
        """The sha256 of the recording that listeners hear, or of the one that is here before the first publish."""
        published = self.audio(episode.slug)
        if published:
            return published.made_from.recording
        here = episode.recording and episode.recording.is_file()
        return self.fingerprint(episode.recording) if here and episode.recording else None

    def review(self, slug: str) -> Review | None:
        """What people have said about the transcript, or None when nobody has said anything."""
        path = self.review_file(slug)
        return reviews.parse(_text(path, self.shown(path)), self.shown(path)) if path.is_file() else None

    def write_review(self, slug: str, review: Review) -> None:
        files.write(self.review_file(slug), reviews.write(review).encode())

    def verdict(self, episode: Episode) -> Verdict:
        """Where the transcript stands: approved, waived, edited or a machine's."""
        text = self.transcript_hash(episode.slug) or ""
        return reviews.standing(
            self.review(episode.slug),
            text=text,
            sound=self.sound_hash(episode),
            edited=self.edited(episode.slug),
        )

    def write_transcript(self, slug: str, text: str, kept: MachineRecord) -> None:
        """The words first: a transcript without its record would pass for a person's."""
        self.write_record(slug, kept)
        files.write(self.transcript_file(slug), text.encode())

    def write_record(self, slug: str, kept: MachineRecord) -> None:
        """What a machine heard, beside a transcript that people wrote."""
        files.write(self.record_file(slug), record.write_record(kept).encode())

    def write_edited(self, slug: str, text: str) -> None:
        """A transcript that people answer for: no run overwrites it."""
        files.write(self.transcript_file(slug), text.encode())

    def fingerprint(self, path: Path) -> str:
        """The sha256 of a recording, remembered as long as it looks the same."""
        found = self.memory.found("recording", str(path.resolve()), looks.look(path), lambda: files.sha256_of(path))
        return str(found)

    @cached_property
    def memory(self) -> Memory:
        """What was found out about the files of this show: saved when a run ends."""
        return Memory(self.cache / "known.json")

    @cached_property
    def helpers(self) -> Helpers:
        """Who shares the work of a long archive, while the show is locked."""
        return Helpers(self.cache / "spool")

    def _found(self, kind: str, name: str, about: object, find: Callable[[], Any]) -> Any:
        """What is remembered of what this very program has found."""
        return self.memory.found(kind, name, [about, looks.program()], find)

    def remember_origin(self, recording: Path, slug: str) -> None:
        """Keep in mind which episode was begun from a recording elsewhere, so that it is known again."""
        known = _known(self.cache / _ORIGINS)
        known.pop(os.path.realpath(recording), None)  # the newest stands last
        known[os.path.realpath(recording)] = slug
        files.write(self.cache / _ORIGINS, json.dumps(known, indent=1).encode())

    def forget_origin(self, recording: Path) -> None:
        """No episode stands for this recording any more."""
        known = _known(self.cache / _ORIGINS)
        if known.pop(os.path.realpath(recording), None):
            files.write(self.cache / _ORIGINS, json.dumps(known, indent=1).encode())

    def rename_origin(self, old: str, new: str) -> None:
        """The episode that stands for a recording has another name."""
        known = _known(self.cache / _ORIGINS)
        if old in known.values():
            renamed = {path: new if slug == old else slug for path, slug in known.items()}
            files.write(self.cache / _ORIGINS, json.dumps(renamed, indent=1).encode())

    def origin(self, recording: Path) -> str | None:
        """The slug of the episode that was begun from this file elsewhere."""
        slug = _known(self.cache / _ORIGINS).get(os.path.realpath(recording))
        return str(slug) if slug else None

    def original(self, slug: str) -> Path | None:
        """The file elsewhere that an episode's recording was copied from last: `origin` the other way round."""
        known = reversed(_known(self.cache / _ORIGINS).items())
        return next((Path(path) for path, name in known if name == slug), None)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Only one run at a time may work on a show."""
        if faults := link_faults(self.root):
            raise FactsError(faults)  # the lock is a file, too
        self.cache.mkdir(exist_ok=True)
        lock = FileLock(self.cache / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            cure = "Wait for it to end, then run the command again."
            raise LockedError(str(self.root), "another placecast is at work on this show.", cure) from None
        try:
            with self.helpers.at_hand():
                yield
        finally:
            self.memory.save()
            lock.release()


# One run asks several times for the words of an episode before it turns to the next one.
_parsed = lru_cache(maxsize=2)(record.parse_record)
_spoken = lru_cache(maxsize=2)(vtt.parse)


@lru_cache(maxsize=1)
def opened(root: Path) -> Project:
    """The show in this folder, once for all that a helper does."""
    return Project(root=root)


def find_episode(project: Project, episodes: Sequence[Episode], wanted: str) -> Episode | None:
    """The episode that a slug stands or stood for, or its recording, or a file elsewhere with the same content."""
    path = Path(wanted)
    named = (each for each in episodes if wanted in (each.slug, *each.formerly))
    found = next(named, None)
    if found or not os.path.isfile(path):  # noqa: PTH113  pathlib fails on a name that is too long
        return found
    real = os.path.realpath(path)
    inside = (each for each in episodes if each.recording and os.path.realpath(each.recording) == real)
    return next(inside, None) or next((each for each in episodes if _same_content(each.recording, path, project)), None)


def _same_content(recording: Path | None, other: Path, project: Project) -> bool:
    if recording is None or not recording.is_file() or recording.stat().st_size != other.stat().st_size:
        return False
    return project.fingerprint(recording) == project.fingerprint(other)


def _gather(faults: list[Fault], read: Callable[[], Found]) -> Found | None:
    """What `read` gives; its faults are kept for later, so that those of all files are reported together."""
    try:
        return read()
    except FactsError as error:
        faults.extend(error.faults)
        return None


def _text(path: Path, shown: str) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"is not UTF-8 text (at byte {error.start})."
        cure = "Save it again in your editor with the encoding UTF-8."
        raise FactsError([Fault(file=shown, what=what, cure=cure)]) from error


def _same_lines(content: bytes) -> bytes:
    """The content as git keeps it: a checkout on Windows is no edit."""
    return content.replace(b"\r\n", b"\n")


def _facts_of(kept: MachineRecord) -> dict[str, Any]:
    """All of a record but its lists, as JSON can hold it."""
    return {name: value for name, value in vars(kept).items() if name not in ("words", "flags")}


def _known(cache: Path) -> dict[str, Any]:
    """What a cache file says; nothing when it is missing or damaged, since it can be made again."""
    try:
        known = json.loads(cache.read_bytes())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
